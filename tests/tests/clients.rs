//! The examples for clients run on a library, and docs/clients.md shows each and what it prints. `UPDATE_DOCS=1` writes both
//! into the document. What they need is installed by `scripts/setup --tests`; where it is missing, these tests fail.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use midi_pipeline_tests::imports::import;
use midi_testkit::cluster::{Cluster, DATABASE, SUPERUSER, succeed};
use midi_testkit::folder::Folder;
use midi_testkit::smf::bytes;

const QUERY: &str = "key:C,F sort:bpm";
const SONG: &str = "Row, Row, Row Your Boat.kar";

#[test]
fn the_document_shows_the_examples_and_what_they_print() {
    let (cluster, music, results) = (Cluster::start(), Folder::demo(), results());
    import(&mut cluster.connect(), music.as_str());
    let examples = examples(&cluster, QUERY, &music.path().join(SONG), results.path());

    let path = root().join("docs/clients.md");
    let former = fs::read_to_string(&path).expect("the document");
    let mut document = former.clone();
    for (name, mut client) in examples {
        let source = show_source(&mut document, name);
        let printed = String::from_utf8(succeed(&mut client).stdout).expect("UTF-8");
        let shown = fenced(&document, source.end + FENCE.len());
        document.replace_range(shown, &printed);
    }
    compare(&path, &former, &document);
}

#[test]
fn the_document_on_the_web_shows_the_schema() {
    // Its SQL runs with that of all documents.
    let path = root().join("docs/web.md");
    let former = fs::read_to_string(&path).expect("the document");
    let mut document = former.clone();
    show_source(&mut document, "postgrest/schema.sql");
    compare(&path, &former, &document);
}

/// Compares what a document has with what it is to have, or writes it.
fn compare(path: &Path, former: &str, document: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, document).expect("the document can be written");
    } else {
        assert!(document == former, "not what is shown; UPDATE_DOCS=1 would write:\n{document}");
    }
}

#[test]
fn the_examples_print_music_without_key_tempo_bars_and_title() {
    let (cluster, music, results) = (Cluster::start(), Folder::new(), results());
    // In frames instead of beats, and so without bars.
    let notes = bytes::note(0, 0, 60, 40);
    let short = music.write("one note.mid", &bytes::file(0, 0xE728, &[notes]));
    import(&mut cluster.connect(), music.as_str());
    for (name, mut client) in examples(&cluster, "sort:bpm", &short, results.path()) {
        let printed = String::from_utf8(succeed(&mut client).stdout).expect("UTF-8");
        let lines = ["one note.mid: no key, no tempo, ", "no title: 0 bars of "];
        let shown = lines.iter().all(|line| printed.contains(line));
        assert!(shown || name == "python/to_parquet.py", "{name}: {printed}");
    }
}

/// A folder for a copy of the module, which looks for packages in the folders above, and for a file of Parquet.
fn results() -> Folder {
    Folder::new_in(&installed("node"))
}

/// The examples, ready to run: a search, and what is in a file.
fn examples(
    cluster: &Cluster,
    query: &str,
    file: &Path,
    results: &Path,
) -> [(&'static str, Command); 4] {
    let host = cluster.socket_folder().to_str().expect("a plain name");
    let client = |program: PathBuf| {
        let mut client = Command::new(program);
        client.envs([("PGHOST", host), ("PGDATABASE", DATABASE), ("PGUSER", SUPERUSER)]);
        client
    };
    let mut psycopg = client(installed("python/bin/python"));
    psycopg.arg(example("python/find.py")).arg(query).arg(file);
    let mut adbc = client(installed("python/bin/python"));
    adbc.arg(example("python/to_parquet.py"))
        .arg("postgresql://")
        .arg(results.join("pieces.parquet"));
    let mut node = client("node".into());
    let module = results.join("find.js");
    fs::copy(example("node/find.js"), &module).expect("a copy");
    node.arg(module).arg(query).arg(file);
    let mut rust = Command::new(env!("CARGO_BIN_EXE_find"));
    rust.arg(format!("host={host} dbname={DATABASE} user={SUPERUSER}")).arg(query).arg(file);
    [
        ("python/find.py", psycopg),
        ("python/to_parquet.py", adbc),
        ("node/find.js", node),
        ("rust/find.rs", rust),
    ]
}

const FENCE: &str = "```\n";

/// Replaces the block that follows the link to an example by the example, and returns where it is.
fn show_source(document: &mut String, name: &str) -> Range<usize> {
    let source = fs::read_to_string(example(name)).expect(name);
    let link = document.find(&format!("](../examples/{name})")).expect(name);
    let shown = fenced(document, link);
    document.replace_range(shown.clone(), &source);
    shown.start..shown.start + source.len()
}

/// The inside of the first block after a place.
fn fenced(document: &str, from: usize) -> Range<usize> {
    let after = |place: usize, text: &str| {
        let found = document[place..].find(text).expect("a block");
        place + found + text.len()
    };
    let start = after(after(from, "\n```"), "\n");
    start..after(start, FENCE) - FENCE.len()
}

/// What `scripts/setup --tests` has installed for an example.
fn installed(name: &str) -> PathBuf {
    let path = root().join("target/clients").join(name);
    assert!(path.exists(), "{} is not there: scripts/setup --tests installs it", path.display());
    path
}

fn example(name: &str) -> PathBuf {
    root().join("examples").join(name)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project")
}
