//! The fixtures are what the generator writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use midi_testkit::demo;

#[test]
fn the_fixtures_are_what_the_generator_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut written = BTreeMap::new();
    read_below(&root, &root, &mut written);
    let generated: BTreeMap<PathBuf, Vec<u8>> =
        demo::pieces().into_iter().map(|(path, bytes)| (path.into(), bytes)).collect();
    assert_eq!(
        generated.keys().collect::<Vec<_>>(),
        written.keys().collect::<Vec<_>>(),
        "cargo run -p midi_testkit --features generators --bin demo_pieces tests/fixtures"
    );
    for (path, bytes) in &generated {
        assert!(written[path] == *bytes, "{} is not what the generator writes", path.display());
    }
}

fn read_below(root: &Path, directory: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(directory).expect("a directory of fixtures") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_below(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it lies below the root").to_owned();
            files.insert(name, fs::read(&path).expect("a fixture"));
        }
    }
}
