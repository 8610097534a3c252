//! Every statement of SECURITY.md names tests, and they exist.

use std::fs;
use std::path::Path;

/// Every function of the tests, in the folders where tests are.
fn functions() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["tests/tests", "src", "crates/midi_analysis"] {
        collect(&root().join(folder), &mut found);
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|line| line.trim().strip_prefix("fn "));
            found.extend(names.filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
        }
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The names in backticks between the parentheses at the end of a statement.
fn tests_of(statement: &str) -> Vec<&str> {
    let Some((_, names)) = statement.trim_end_matches(')').rsplit_once('(') else {
        return Vec::new();
    };
    names.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_statement_of_security_md_names_existing_tests() {
    let document = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let functions = functions();
    let statements: Vec<String> = document
        .split("\n- ")
        .skip(1)
        .map(|item| {
            item.split("\n\n").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert!(statements.len() > 20, "{statements:?}");
    for statement in &statements {
        let tests = tests_of(statement);
        assert!(!tests.is_empty(), "no test is named by: {statement}");
        for test in tests {
            assert!(
                functions.iter().any(|name| name == test),
                "there is no test {test}: {statement}"
            );
        }
    }
}
