//! Sources and documents stay short enough to be read: what grows beyond that has more than one subject. How long a
//! function may be is clippy's to check (clippy.toml).

use std::fs;
use std::path::{Path, PathBuf};

const MOST_LINES: usize = 400;

/// What people write and read. Without a suffix: scripts.
const SUFFIXES: [&str; 9] = ["", "js", "md", "py", "rs", "sh", "sql", "toml", "txt"];
/// Where the project's folders are, beside which people may have made others.
const FOLDERS: [&str; 10] =
    [".ci", "benches", "crates", "docs", "examples", "packaging", "scripts", "sql", "src", "tests"];
/// Folders of build outputs, of music that the fuzz targets read, and of weights, which nobody writes by hand.
const SKIPPED: [&str; 6] = ["artifacts", "corpus", "fixtures", "seeds", "target", "weights"];

/// The files below a folder, with their lines.
fn files(folder: &Path, found: &mut Vec<(PathBuf, usize)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let suffix = path.extension().map_or("", |suffix| suffix.to_str().expect("a plain name"));
        // What CREATE EXTENSION runs is made, and what ALTER EXTENSION runs is no shorter than the change.
        if SKIPPED.contains(&name) || name.starts_with("midi_pipeline--") {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else if SUFFIXES.contains(&suffix) {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            found.push((path, text.lines().count()));
        }
    }
}

#[test]
fn no_source_and_no_document_has_more_than_400_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project");
    let mut found = Vec::new();
    FOLDERS.iter().for_each(|folder| files(&root.join(folder), &mut found));
    assert!(found.len() > 400, "{} files are too few", found.len());
    let long: Vec<_> = found.iter().filter(|(_, lines)| *lines > MOST_LINES).collect();
    assert!(long.is_empty(), "to be divided by subject: {long:?}");
}
