//! What words may be meant as.

use super::super::fields::Field;
use super::super::meant::{self, Meant, all, connective, surely};
use super::*;

/// The words, with the conditions that they may be meant as.
fn written(meant: Vec<Meant>) -> Vec<String> {
    let one = |Meant { words, conditions, .. }| format!("{words} = {}", conditions.join(" or "));
    meant.into_iter().map(one).collect()
}

#[test]
fn another_value_after_that_of_a_condition_is_told_and_so_are_meters() {
    for (query, meant) in [
        ("instrument:piano bass", vec!["bass = instrument:bass"]),
        ("chord:maj 9 waltz", vec!["9 = chord:9"]),
        ("key:C Am G", vec!["Am = key:Am", "G = key:G"]),
        ("tag:rock jazz", vec!["jazz = tag:jazz"]),
        ("-tag:rock jazz", vec!["jazz = tag:jazz"]),
        ("part:bass drums", vec!["drums = part:drums"]),
        ("3/4 waltz", vec!["3/4 = meter:3/4"]),
        ("key:C or G", vec!["G = key:G"]),
        ("key:C a waltz", vec![]),
        ("instrument:piano solo bass", vec![]),
        ("instrument:\"piano\" bass", vec![]),
        ("instrument:piano \"bass\"", vec![]),
        ("piano bass", vec![]),
        ("name:c am", vec![]),
        ("key:Am C major", vec!["C major = key:\"C major\""]),
        (
            "instrument:piano electric guitar",
            vec!["electric guitar = instrument:\"electric guitar\""],
        ),
        ("instrument:piano bass bass", vec!["bass = instrument:bass"]),
        ("instrument:piano bass,", vec!["bass, = instrument:bass"]),
        ("0/0 waltz", vec![]),
    ] {
        assert_eq!(written(surely(&read(query).unwrap())), meant, "{query}");
    }
}

#[test]
fn the_longest_runs_of_words_are_conditions() {
    for (query, meant) in [
        ("3/4 waltz quiet", vec!["waltz = tag:waltz"]),
        ("120 bpm", vec!["120 bpm = bpm:120"]),
        ("tempo 120 moon", vec!["tempo 120 = bpm:120"]),
        ("without drums", vec!["drums = tag:drums or part:drums or drums:yes"]),
        ("quantized", vec!["quantized = quantized:yes"]),
        ("in a minor mood", vec!["a minor = key:\"a minor\""]),
        ("a moon", vec![]),
        ("ii V I key:C f#m", vec!["ii V I = progression:\"ii V I\""]),
        ("\"nylon guitar\"", vec![]),
        ("-vibes", vec![]),
        ("piano,", vec!["piano, = tag:piano or instrument:piano"]),
        ("piano piano", vec!["piano = tag:piano or instrument:piano"]),
        ("piano..", vec!["piano.. = tag:piano or instrument:piano"]),
        (
            "jazz, rock",
            vec!["jazz, = tag:jazz or instrument:jazz", "rock = tag:rock or instrument:rock"],
        ),
        ("#rock", vec!["#rock = tag:rock or instrument:rock"]),
        (",8A,", vec![",8A, = key:8A"]),
        (">8A", vec![]),
        ("=4.", vec![]),
        ("<5 tracks", vec!["<5 tracks = tracks:<5"]),
        (">=8 bars", vec![">=8 bars = bars:>=8"]),
        ("key:Am C major", vec![]),
        ("I #iv V I", vec!["I #iv V I = progression:\"I #iv V I\""]),
    ] {
        let terms = read(query).unwrap();
        assert_eq!(written(all(&terms)), meant, "{query}");
        for condition in all(&terms).into_iter().flat_map(|meant| meant.conditions) {
            assert!(statement(&condition, &schemas(false), true).is_ok(), "{query}: {condition}");
        }
    }
}

#[test]
fn words_that_join_conditions_are_told_in_small_letters_where_nothing_is_found() {
    for (query, always, where_nothing_is_found) in [
        ("moon AND light", Some("AND"), Some("AND")),
        ("moon and light", None, Some("and")),
        ("key:C or G", Some("or"), Some("or")),
        ("Or key:C", Some("Or"), Some("Or")),
        ("key:C or key:D", Some("or"), Some("or")),
        ("moon \"and\" light", None, None),
        ("sand", None, None),
    ] {
        let terms = read(query).unwrap();
        let found = [connective(&terms, false), connective(&terms, true)];
        assert_eq!(found, [always, where_nothing_is_found], "{query}");
    }
}

#[test]
fn a_name_is_suggested_in_quotes_where_it_would_be_read_as_more() {
    let folder = |name| meant::written(Field::known("folder").unwrap(), name);
    for (name, condition) in [
        ("jazz", "folder:jazz"),
        ("a..b", "folder:\"a..b\""),
        (">loud", "folder:\">loud\""),
        ("a,b", "folder:\"a,b\""),
        ("=e", "folder:\"=e\""),
        ("a b", "folder:\"a b\""),
    ] {
        assert_eq!(folder(name).as_deref(), Some(condition));
    }
    assert_eq!(folder("a\"b"), None);
    assert_eq!(folder(&"a".repeat(300)), None);
}
