//! The catalogue of features, and the document made from it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crate::support::{melody, read, smf};
use midi_analysis::{FeatureDefinition, feature_catalog};

/// Codes, titles and sizes of the groups, in the order of the manual.
const GROUPS: [(&str, &str, usize); 8] = [
    ("P", "Overall pitch statistics", 41),
    ("M", "Melody and melodic intervals", 25),
    ("C", "Chords and vertical intervals", 35),
    ("R", "Rhythm, independent of tempo", 66),
    ("RT", "Rhythm, dependent on tempo", 29),
    ("I", "Instrumentation", 20),
    ("T", "Texture", 24),
    ("D", "Dynamics", 4),
];
const MARK: &str = "--test core catalog -->\n";

#[test]
fn the_catalogue_has_each_feature_that_midi_allows_exactly_once() {
    let catalog: Vec<FeatureDefinition> = feature_catalog().collect();
    // The paper counts 246 features and 1,497 values; two of them, of one value each, need MEI.
    assert_eq!(catalog.len(), 246 - 2);
    assert_eq!(catalog.iter().map(|feature| feature.dimensions).sum::<usize>(), 1_497 - 2);
    let codes = GROUPS
        .iter()
        .flat_map(|&(group, _, count)| (1..=count).map(move |number| format!("{group}-{number}")));
    assert!(catalog.iter().map(|feature| feature.code).eq(codes));
    let names: BTreeSet<&str> = catalog.iter().map(|feature| feature.name).collect();
    assert_eq!(names.len(), catalog.len());
}

#[test]
fn the_features_of_a_piece_are_those_of_the_catalogue() {
    let file = smf(1, &[melody(0, &[60, 64, 67, 72, 60]), melody(9, &[36, 38, 36])]);
    let found = read(&file).features().expect("the file has notes");
    let catalog: Vec<FeatureDefinition> = feature_catalog().collect();
    assert_eq!(found.len(), catalog.len());
    for (feature, definition) in found.iter().zip(&catalog) {
        assert_eq!(feature.name, definition.name);
        if let Some(value) = &feature.value {
            assert_eq!(value.len(), definition.dimensions, "{}", feature.name);
        }
    }
}

#[test]
fn the_document_of_the_catalogue_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/features.md");
    let document = std::fs::read_to_string(&path).expect("docs/features.md");
    let (prose, _) = document.split_once(MARK).expect("the place of the tables");
    let expected = [prose, MARK, &tables()].concat();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).expect("a document can be written");
    } else {
        assert!(document == expected, "docs/features.md is out of date: run with UPDATE_DOCS=1");
    }
}

fn tables() -> String {
    let mut text = String::new();
    for (group, title, _) in GROUPS {
        writeln!(text, "\n## {title}\n\n| | name | values | |\n| --- | --- | --- | --- |")
            .expect("a string takes all");
        for feature in feature_catalog() {
            if feature.code.split_once('-').is_some_and(|(code, _)| code == group) {
                let FeatureDefinition { code, name, dimensions, definition, .. } = feature;
                writeln!(text, "| {code} | {name} | {dimensions} | {definition} |")
                    .expect("a string takes all");
            }
        }
    }
    text
}
