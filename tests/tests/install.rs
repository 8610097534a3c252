//! `scripts/install` while servers run from the folders that it installs into.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use midi_pipeline_tests::jobs::{reconcile, start, wait, wait_until_under_way};
use midi_pipeline_tests::server_copy;
use midi_testkit::cluster::{Cluster, PRELOADED, pg_config, succeed};
use midi_testkit::folder::Folder;
use midi_testkit::smf;

/// A copy of a server's files, and the files that are to be installed in it.
struct Tree {
    folder: Folder,
    pg_config: PathBuf,
}

impl Tree {
    fn new() -> Self {
        let folder = Folder::new();
        let [built, other] = ["built", "other"].map(|name| folder.path().join(name));
        fs::create_dir(&built).unwrap();
        fs::create_dir(&other).unwrap();
        let extension = pg_config("--sharedir").join("extension");
        for source in [pg_config("--pkglibdir"), extension] {
            for entry in fs::read_dir(source).unwrap().flatten() {
                if entry.file_name().to_string_lossy().starts_with("midi_pipeline") {
                    fs::copy(entry.path(), built.join(entry.file_name())).unwrap();
                    fs::copy(entry.path(), other.join(entry.file_name())).unwrap();
                }
            }
        }
        // A library in which every address differs.
        let library = other.join("midi_pipeline.so");
        let length = fs::metadata(&library).unwrap().len() as usize;
        fs::write(library, vec![0; length]).unwrap();
        let pg_config = server_copy::make(&server_copy::of_tests(), &folder.path().join("server"));
        Self { folder, pg_config }
    }

    fn start(&self) -> Cluster {
        Cluster::start_from(self.pg_config.parent().unwrap().to_owned())
    }

    /// Installs the files of a folder of the copy, and returns the output of the script.
    fn install(&self, built: &str) -> String {
        let output = succeed(
            Command::new(server_copy::root().join("scripts/install"))
                .args(["--built".as_ref(), self.folder.path().join(built).as_os_str()])
                .env("PG_CONFIG", &self.pg_config),
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn running_servers_survive_the_replacement_of_the_library() {
    let tree = Tree::new();
    let output = tree.install("built");
    assert!(!output.contains("The server in"), "no server runs from there yet: {output}");

    let (preloaded, loaded) = (tree.start().with(&[PRELOADED]), tree.start());
    let music = Folder::numbered(6_000, 100);
    let mut client = preloaded.connect();
    let mut session = loaded.connect();
    let analyze = "SELECT (midi_analyze($1::bytea)).note_count";
    let piece = smf::numbered(1, 8);
    session.query_one(analyze, &[&piece]).expect("an analysis");
    client.batch_execute("SET midi_pipeline.batch_size = 100").unwrap();
    let job = start(&mut client, music.as_str(), 1);
    wait_until_under_way(&mut client, job);

    let output = tree.install("other");
    session.query_one(analyze, &[&piece]).expect("a session that has the former library");
    preloaded.connect().query_one(analyze, &[&piece]).expect("a session that inherits it");
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 6_000, 6_000);
    tree.install("built");
    loaded.connect().query_one(analyze, &[&piece]).expect("a session that loads the new one");
    for cluster in [&preloaded, &loaded] {
        let log = cluster.log();
        assert!(!log.contains("was terminated by signal"), "{log}");
    }

    let folders = [&preloaded, &loaded].map(|cluster| cluster.data().display().to_string());
    let line = |folder: &str| output.lines().find(|line| line.contains(folder)).unwrap_or_default();
    assert!(output.contains(&format!("pg_ctl restart -D {}", folders[0])), "{output}");
    assert!(line(&folders[1]).contains("1 sessions"), "{output}");
    assert!(!output.contains(&format!("pg_ctl restart -D {}", folders[1])), "{output}");
}
