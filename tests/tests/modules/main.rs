//! The modules of each crate refer to each other in one direction: no circle among files, and layers without a way back.

mod graph;
mod made_up;
mod references;

use std::fs;
use std::path::{Path, PathBuf};

use graph::Graph;

/// The layers of `midi_analysis`, lowest first: a module refers to its own layer and to lower ones.
const CORE: &[&[&str]] = &[
    &["error", "limits", "net", "options", "room", "weights"],
    &["model"],
    &["read"],
    &["names"],
    &["analysis"],
    &["query"],
    &["piece"],
    &["write"],
    &["training"],
];

/// The layers of `midi_pipeline`, lowest first. Its other modules help several layers, and lead to none of these that is
/// above one that uses them. `pg` has a test of its own.
const EXTENSION: &[&[&str]] = &[
    &["pg"],
    &["archive", "files"],
    &["import"],
    &["content", "jobs", "render"],
    &["query", "schedule"],
    &["functions"],
];

#[test]
fn the_modules_of_a_crate_refer_to_each_other_in_no_circle() {
    let mut circles = String::new();
    for folder in source_folders() {
        let graph = Graph::read(&folder);
        for circle in graph.circles() {
            circles += &format!("{}:\n{}\n", folder.display(), graph.describe(&circle));
        }
    }
    assert!(circles.is_empty(), "modules that refer to each other in a circle, in {circles}");
}

#[test]
fn no_layer_of_the_core_refers_to_one_above_it() {
    let graph = Graph::read(&root().join("crates/midi_analysis/src"));
    let listed: Vec<&str> = CORE.concat();
    for module in graph.families() {
        assert!(listed.contains(&module), "the module {module} of midi_analysis has no layer");
    }
    assert_eq!(upward(&graph, CORE), [""; 0]);
}

#[test]
fn no_layer_of_the_extension_leads_to_one_above_it() {
    let graph = Graph::read(&root().join("src"));
    for module in EXTENSION.concat() {
        assert!(graph.families().contains(module), "there is no module {module}");
    }
    assert_eq!(upward(&graph, &EXTENSION[1..]), [""; 0]);
}

#[test]
fn the_postgres_layer_refers_to_nothing_of_the_extension_but_itself() {
    let outward = Graph::read(&root().join("src")).outward("pg");
    assert_eq!(outward, [""; 0]);
}

/// For each layer the ways from it to a higher one, a shortest for each pair of modules directly below the root.
fn upward(graph: &Graph, layers: &[&[&str]]) -> Vec<String> {
    let mut ways = Vec::new();
    for (height, lower) in layers.iter().enumerate() {
        for from in *lower {
            for to in layers[height + 1..].concat() {
                ways.extend(graph.way(from, to).map(|way| way.join(" -> ")));
            }
        }
    }
    ways
}

/// Where the sources of the extension and of each crate are.
fn source_folders() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> =
        crates.chain([root()]).map(|folder| folder.join("src")).collect();
    folders.sort();
    assert!(folders.len() > 1 && folders.iter().all(|folder| folder.is_dir()), "{folders:?}");
    folders
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the project").to_owned()
}
