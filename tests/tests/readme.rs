//! The documentation shows what happens: the SQL of each document is run on the project's own pieces, block after block, in
//! a database of its own, and the output of psql is compared. `UPDATE_DOCS=1` writes the outputs into the documents instead.
//! The links of the documents are checked, too.

use std::fs;
use std::path::{Path, PathBuf};

use midi_pipeline_tests::documents::{Document, psql};
use midi_pipeline_tests::extensions::offers_contrib;
use midi_testkit::cluster::{Cluster, DATABASE, SUPERUSER};
use midi_testkit::folder::Folder;

#[test]
fn the_documentation_shows_what_happens() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let cluster = Cluster::start();
    let has_contrib = offers_contrib(&cluster);
    let mut client = cluster.connect_to("postgres", SUPERUSER);
    for (number, path) in documents().iter().enumerate() {
        let text = fs::read_to_string(path).expect("a document is UTF-8");
        let mut document = Document::parse(&text);
        let needs_contrib = ["`pg_trgm`", "postgres_fdw"].iter().any(|name| text.contains(name));
        // Those that need nodes are run by the test `citus`.
        let is_possible = (has_contrib || !needs_contrib) && !text.contains("citus_add_node(:");
        if document.examples().next().is_none() || !is_possible {
            continue;
        }
        let (database, folder) = (format!("document_{number}"), Folder::demo());
        client
            .batch_execute(&format!("CREATE DATABASE {database} TEMPLATE {DATABASE}"))
            .expect("a database for the document");
        // Another library is what the first example makes of one.
        let other = text.contains(":'other_host'").then(Cluster::start);
        if let (Some(other), Some(first)) = (&other, document.examples().next()) {
            psql(other, DATABASE, &[("folder", folder.path())], &first.sql);
        }
        let mut variables = vec![("folder", folder.path())];
        variables.extend(other.as_ref().map(|other| ("other_host", other.socket_folder())));
        for example in document.examples() {
            let output = psql(&cluster, &database, &variables, &example.sql);
            let Some(shown) = &mut example.output else { continue };
            if update {
                *shown = output;
            } else {
                assert_eq!(*shown, output, "{}, line {}", path.display(), example.line);
            }
        }
        if update {
            fs::write(path, document.text()).expect("a document can be written");
        }
    }
}

#[test]
fn every_link_of_the_documents_leads_to_a_file_or_a_heading() {
    let others = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
    for path in documents().into_iter().chain(others.map(|name| root().join(name))) {
        let text = fs::read_to_string(&path).expect("a document is UTF-8");
        let links = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        for link in links.filter(|link| !link.starts_with("http")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                _ => path.parent().expect("a document is in a folder").join(file),
            };
            assert!(target.exists(), "{}: there is no file {link}", path.display());
            if !heading.is_empty() {
                let text = fs::read_to_string(&target).expect("a document is UTF-8");
                let found = text.lines().any(|line| anchor(line).as_deref() == Some(heading));
                assert!(found, "{}: there is no heading {link}", path.display());
            }
        }
    }
}

/// The anchor that GitHub gives to a heading; `None` for any other line.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
}

/// README.md and all of docs/.
fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("docs/");
    let mut documents: Vec<PathBuf> = docs
        .map(|entry| entry.expect("a file in docs/").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .chain([root().join("README.md")])
        .collect();
    documents.sort();
    documents
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the project")
}
