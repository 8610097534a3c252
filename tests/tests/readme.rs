//! What the documentation shows is what happens: its SQL is run on the project's own pieces, block after block in one
//! database, and what psql prints is compared. `UPDATE_DOCS=1` writes the outputs anew instead.

use std::fs;
use std::path::{Path, PathBuf};

use midi_pipeline_tests::cluster::{Cluster, DATABASE, succeed};
use midi_pipeline_tests::documents::Document;
use midi_pipeline_tests::folder::Folder;

#[test]
fn the_documentation_shows_what_happens() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for path in documents() {
        let text = fs::read_to_string(&path).expect("a document is UTF-8");
        let mut document = Document::parse(&text);
        if document.examples().next().is_none() {
            continue;
        }
        let (cluster, folder) = (Cluster::start(), Folder::demo());
        for example in document.examples() {
            let output = psql(&cluster, folder.path(), &example.sql);
            let Some(said) = &mut example.output else { continue };
            if update {
                *said = output;
            } else {
                assert_eq!(*said, output, "{}, line {}", path.display(), example.line);
            }
        }
        if update {
            fs::write(&path, document.text()).expect("a document is ours to write");
        }
    }
}

#[test]
fn the_readme_names_every_function_relation_column_and_setting() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a README");
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // Settings are known once the library is loaded.
    client.execute("SELECT midi_pipeline_version()", &[]).expect("a version");
    let names = client
        .query(
            "SELECT proname::text FROM pg_proc JOIN pg_depend
                ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
             WHERE proname LIKE 'midi%'
             UNION
             SELECT relname FROM pg_class JOIN pg_depend
                ON classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
             WHERE relkind IN ('r', 'v')
             UNION
             SELECT attname FROM pg_attribute WHERE attrelid = 'midi_analysis'::regclass
             UNION
             SELECT name FROM pg_settings WHERE name LIKE 'midi_pipeline.%'",
            &[],
        )
        .expect("the catalog");
    assert!(names.len() > 50);
    for name in names {
        let name: String = name.get(0);
        let named = [format!("`{name}`"), format!("`{name}(")];
        assert!(named.iter().any(|named| readme.contains(named)), "the README lacks {name}");
    }
}

fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md")];
    let docs = fs::read_dir(root().join("docs")).into_iter().flatten();
    documents.extend(
        docs.map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md")),
    );
    documents.sort();
    documents
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the project")
}

/// What psql prints, less the spaces at the ends of lines and the empty line at the end of a table.
fn psql(cluster: &Cluster, folder: &Path, sql: &str) -> String {
    let script = Folder::new();
    let mut psql = cluster.program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", DATABASE])
        .arg(format!("--set=folder={}", folder.display()))
        .arg("--file")
        .arg(script.write("example.sql", sql.as_bytes()));
    let output = String::from_utf8(succeed(&mut psql).stdout).expect("psql prints UTF-8");
    let lines: Vec<&str> = output.trim_end().lines().map(str::trim_end).collect();
    lines.iter().map(|line| format!("{line}\n")).collect()
}
