//! What pg_stat_statements shows of the extension's own statements: they can be read, have no values of users in them, and
//! do not become more as the library is used.

use midi_pipeline_tests::extensions::offers;
use midi_testkit::cluster::Cluster;
use midi_testkit::demo;
use midi_testkit::folder::Folder;
use postgres::Client;

/// Far more than the longest, which writes the columns of an analysis.
const MAX_BYTES: usize = 16 * 1024;

/// Waits for the last job.
const WAIT: &str = "SELECT midi_import_wait(max(job), '1 min') FROM midi_import_progress";

/// What a session does with a library, with values that no other use has.
struct Use {
    folder: Folder,
    query: &'static str,
    melody: &'static str,
    progression: &'static str,
    number: i32,
}

impl Use {
    fn new(number: i32, [query, melody, progression]: [&'static str; 3]) -> Self {
        let folder = Folder::demo();
        folder.write(format!("text {number}.mid"), b"no music");
        Self { folder, query, melody, progression, number }
    }

    /// Everything that acts or searches, each with values of this use.
    fn run(&self, client: &mut Client) {
        let Self { folder, query, melody, progression, number } = self;
        let folder = folder.as_str();
        let any = "(SELECT max(file_id) FROM midi_library WHERE path LIKE '/%')";
        for sql in [
            format!("SELECT midi_catalog('{folder}')"),
            "SELECT midi_deepen()".to_owned(),
            WAIT.to_owned(),
            format!("SELECT midi_import('{folder}')"),
            format!("SELECT midi_import('sent {number}.mid', content) FROM sent"),
            format!("SELECT midi_import_start('{folder}')"),
            WAIT.to_owned(),
            format!("SELECT midi_schedule('s{number}', '{folder}', every => '{number} days')"),
            format!("SELECT midi_unschedule('s{number}')"),
            format!("SELECT * FROM midi_search('{query}', {number})"),
            format!("SELECT midi_search_count('{query}')"),
            format!("SELECT * FROM midi_find_melody('{melody}', {number})"),
            format!("SELECT * FROM midi_find_progression('{progression}', {number})"),
            format!("SELECT * FROM midi_similar({any}, {number})"),
            format!("SELECT * FROM midi_compatible({any})"),
            format!("SELECT * FROM midi_notes({any})"),
            "SELECT * FROM midi_duplicate_pairs()".to_owned(),
            format!("SELECT * FROM midi_duplicates_of({any})"),
            "SELECT midi_library_report()".to_owned(),
            "SELECT * FROM midi_pipeline_status".to_owned(),
            "SELECT * FROM midi_import_workers".to_owned(),
            "SELECT midi_create_indexes('search')".to_owned(),
            "SELECT midi_drop_indexes('search')".to_owned(),
            format!("SELECT midi_forget('{folder}/damaged')"),
            format!("SELECT midi_prune('{number} days')"),
        ] {
            client.simple_query(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
}

#[test]
fn statements_are_readable_and_do_not_become_more_with_use() {
    let cluster = Cluster::start();
    if !offers(&cluster, "pg_stat_statements", "1.9") || !offers(&cluster, "pg_trgm", "1.6") {
        return;
    }
    let cluster = cluster.with(&[
        "shared_preload_libraries = 'midi_pipeline, pg_stat_statements'",
        "pg_stat_statements.track = 'all'",
    ]);
    let mut client = cluster.connect();
    client
        .batch_execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION pg_stat_statements; CREATE TABLE sent (content bytea)")
        .unwrap();
    client.execute("INSERT INTO sent VALUES ($1)", &[&demo::pieces()[0].1]).unwrap();
    let first = Use::new(
        7,
        ["key:D,Am bpm:..133 -tag:karaoke tide sort:-bpm,name", "E4 E4 F4 G4 G4 F4", "ii V I"],
    );
    let second = Use::new(
        23,
        [
            "key:C,A,Bm,Am bpm:..121 -tag:rock moon sort:-bpm,name",
            "C4 D4 E4 F4 G4 A4 A4 A4",
            "I IV V",
        ],
    );
    first.run(&mut client);
    client.batch_execute("CREATE TABLE known AS SELECT queryid FROM pg_stat_statements").unwrap();
    second.run(&mut client);

    let more = "SELECT query FROM pg_stat_statements
                WHERE queryid NOT IN (SELECT queryid FROM known) AND query NOT LIKE 'CREATE TABLE known %'";
    let more: Vec<String> = client.query(more, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(more.is_empty(), "{more:#?}");

    let inner = "SELECT query FROM pg_stat_statements WHERE NOT toplevel AND query LIKE '%midi%'";
    let inner: Vec<String> =
        client.query(inner, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(inner.len() > 50, "{inner:#?}");
    for text in inner {
        assert!(text.len() <= MAX_BYTES, "{text}");
        for value in [first.folder.as_str(), second.folder.as_str(), "karaoke", "121", "\\x"] {
            assert!(!text.contains(value), "{value} in {text}");
        }
    }
}
