//! Imports of parts of a folder: together they are one of all of it, whatever each knows of the others.

use std::fs;

use midi_pipeline_tests::jobs::wait;
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, PRELOADED, sqlstate};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// Parts of the folder.
const OF: i32 = 3;

fn import_part(client: &mut Client, folder: &Folder, part: i32, of: i32) -> i64 {
    let sql = "SELECT midi_import_part($1, part => $2, of => $3)";
    let job = client.query_one(sql, &[&folder.as_str(), &part, &of]).expect("a job").get(0);
    assert_eq!(wait(client, job), "finished");
    job
}

/// What was found, imported and has vanished.
fn counts(client: &mut Client, job: i64) -> [i64; 3] {
    let sql = "SELECT found, imported, vanished FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).expect("the job");
    [0, 1, 2].map(|column| row.get(column))
}

fn number(client: &mut Client, state: &str) -> i64 {
    let sql = "SELECT count(*) FROM midi_files WHERE state = $1";
    client.query_one(sql, &[&state]).expect("a number").get(0)
}

#[test]
fn parts_make_a_whole() {
    let folder = Folder::numbered(60, 8);
    for number in 0..12 {
        let bytes = zip(&[
            ("a.mid", smf::numbered(100 + number, 8)),
            ("b.mid", smf::numbered(200 + number, 8)),
        ]);
        folder.write(format!("{number}.zip"), &bytes);
    }
    let cluster = Cluster::start().with(&[PRELOADED]);
    let mut client = cluster.connect();
    let jobs: Vec<_> = (1..=OF).map(|part| import_part(&mut client, &folder, part, OF)).collect();
    let shown =
        "SELECT count(*) FROM midi_node_imports() WHERE node IS NULL AND state = 'finished'";
    assert_eq!(client.query_one(shown, &[]).expect("the jobs").get::<_, i64>(0), 3);
    let each: Vec<_> = jobs.iter().map(|&job| counts(&mut client, job)).collect();
    assert_eq!(each.iter().map(|[_, imported, _]| imported).sum::<i64>(), 84);
    assert!(each.iter().all(|[found, imported, _]| found == imported && *found > 5), "{each:?}");
    assert_eq!(number(&mut client, "imported"), 84);

    // What one part does not see has vanished in another, and its archives with all members.
    for number in 0..30 {
        fs::remove_file(folder.path().join(format!("{number}.mid"))).expect("a piece");
    }
    for number in 0..6 {
        fs::remove_file(folder.path().join(format!("{number}.zip"))).expect("an archive");
    }
    let jobs: Vec<_> = (1..=OF).map(|part| import_part(&mut client, &folder, part, OF)).collect();
    let each: Vec<_> = jobs.iter().map(|&job| counts(&mut client, job)).collect();
    assert_eq!(each.iter().map(|[_, imported, _]| imported).sum::<i64>(), 0);
    assert_eq!(each.iter().map(|[.., vanished]| vanished).sum::<i64>(), 42);
    assert_eq!([number(&mut client, "imported"), number(&mut client, "vanished")], [42, 48]);
    // An archive that vanished is a row, too.
    let whole = "SELECT found, imported, vanished FROM midi_import($1)";
    let row = client.query_one(whole, &[&folder.as_str()]).expect("an import");
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [42, 0, 0]);
}

#[test]
fn a_part_that_is_none_is_refused() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    for (part, of) in [(0, 2), (3, 2), (1, 0), (-1, -1)] {
        let sql = format!("SELECT midi_import_part('/', {part}, {of})");
        let refused = client.batch_execute(&sql);
        assert_eq!(sqlstate(&refused), "22023", "{sql}");
    }
}

#[test]
fn a_server_without_citus_says_what_it_lacks() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    for call in ["midi_distribute()", "midi_import_on_nodes('/')"] {
        let refused = client.batch_execute(&format!("SELECT {call}")).expect_err(call);
        let error = refused.as_db_error().expect("an error of the server");
        assert_eq!(error.code().code(), "55000", "{call}: {error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("citus")), "{call}: {error:?}");
    }
    let local =
        "SELECT count(*) > 5 AND bool_and(kind = 'local' AND node IS NULL) FROM midi_distribution";
    assert!(client.query_one(local, &[]).expect("placements").get::<_, bool>(0));
}

/// Those of a session on another node: what it has set holds, and its limits do besides those here.
#[test]
fn a_part_takes_settings_of_another_session() {
    let folder = Folder::numbered(3, 8);
    let cluster = Cluster::start().with(&[PRELOADED]);
    let mut client = cluster.connect();
    let mut start = |settings: &str| {
        let sql = format!("SELECT midi_import_part($1, 1, 1, settings => '{settings}')");
        client.query(&sql, &[&folder.as_str()])
    };
    let begun = start(
        r#"{"midi_pipeline.keep_content": "on", "midi_pipeline.batch_size": "7", "midi_pipeline.max_events": 10}"#,
    );
    let job: i64 = begun.expect("a job")[0].get(0);
    for invalid in [
        "[]",
        r#""off""#,
        r#"{"midi_pipeline.keep_content": 1}"#,
        r#"{"midi_pipeline.keep_content": "some"}"#,
        r#"{"midi_pipeline.max_events": 0}"#,
        r#"{"midi_pipeline.max_events": "many"}"#,
        r#"{"midi_pipeline.allowed_directories": "below"}"#,
        r#"{"role": "postgres"}"#,
    ] {
        assert_eq!(sqlstate(&start(invalid)), "22023", "{invalid}");
    }
    let elsewhere = r#"{"midi_pipeline.allowed_directories": "/no/music/is/here"}"#;
    assert_eq!(sqlstate(&start(elsewhere)), "42501");
    assert_eq!(wait(&mut client, job), "finished");
    // Pieces of eight notes have more events.
    let failed = "SELECT count(*) FROM midi_files WHERE state = 'failed' AND error LIKE '%events%'";
    assert_eq!(client.query_one(failed, &[]).expect("a number").get::<_, i64>(0), 3);
    let set = "SELECT current_setting('midi_pipeline.batch_size') || ' ' || (settings ->> 'midi_pipeline.batch_size')
               FROM midi_import_jobs";
    assert_eq!(client.query_one(set, &[]).expect("the job").get::<_, String>(0), "1000 7");
}
