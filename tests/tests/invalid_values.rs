//! Any values that a role may write into the library's columns: searches give a result or an error, and can be cancelled.

use std::time::{Duration, Instant};

use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

/// Every query that reads columns written by the analysis.
const READERS: [&str; 21] = [
    "SELECT count(*) FROM midi_find_melody('E4 D4 C4 D4 E4 E4')",
    "SELECT count(*) FROM midi_find_melody(ARRAY[60,62,64,65,67,69,71,72])",
    "SELECT count(*) FROM midi_find_progression('I V')",
    "SELECT count(*) FROM midi_find_progression('I V7 ? ii')",
    "SELECT count(*) FROM midi_search('progression:\"I V7\" text:a name:a tag:a -tag:b ode')",
    "SELECT count(*) FROM midi_search('bpm:1.. key:C sort:-duration,name')",
    "SELECT count(*) FROM midi_search('part:bass loop:4 notes:>8 -part:drums sort:loop')",
    "SELECT count(*) FROM midi_similar((SELECT min(id) FROM midi_files))",
    "SELECT count(*) FROM midi_compatible((SELECT min(id) FROM midi_files))",
    "SELECT count(*) FROM midi_library_music WHERE melody @~ 'E D C D E E' OR harmony @~ 'I V7' OR embedding <-> '{1}' < 1",
    "SELECT count(*) FROM midi_library_tags",
    "SELECT count(*) FROM midi_library_instruments",
    "SELECT count(*) FROM midi_library_chord_types",
    "SELECT count(*) FROM midi_duplicates",
    "SELECT count(*) FROM midi_duplicate_pairs()",
    "SELECT count(*) FROM midi_files, midi_duplicates_of(id)",
    "SELECT count(*) FROM midi_library",
    "SELECT midi_library_report()",
    "SELECT count(*) FROM midi_name_disagreements",
    "SELECT count(s) FROM midi_library l, LATERAL midi_search_sql(left(l.filename, 100)) s",
    "SELECT count(midi_to_jsonb(a)) FROM midi_files f, LATERAL midi_analyze('\\x'::bytea) a WHERE false",
];

/// Runs every query, each within a savepoint.
fn read(client: &mut Client, garbage: &str) {
    for sql in READERS {
        client.batch_execute("SAVEPOINT reading").unwrap();
        if let Err(error) = client.query(sql, &[]) {
            let shown =
                error.as_db_error().unwrap_or_else(|| panic!("{garbage}, {sql}: {error:?}"));
            assert_ne!(*shown.code(), SqlState::INTERNAL_ERROR, "{garbage}, {sql}: {shown:?}");
            assert_ne!(*shown.code(), SqlState::QUERY_CANCELED, "{garbage}, {sql}: {shown:?}");
        }
        client.batch_execute("ROLLBACK TO reading").unwrap();
    }
}

/// A library of the project's own pieces, with or without indexes.
fn library(folder: &Folder, indexes: bool) -> Cluster {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    if indexes {
        client
            .batch_execute("SET client_min_messages = error; SELECT midi_create_indexes()")
            .unwrap();
    }
    cluster
}

/// Values that no analysis writes.
const STRANGE: [&str; 11] = [
    "chord_progression = NULL",
    "chord_progression = '{NULL,I,\"\",I V,V}'",
    "chord_progression = '[-5:-3][1:1]={{I},{V},{I}}'",
    "tags = '{NULL}', chord_types = '{}', instruments = '{NULL,-1,32767}'",
    "bpm = 'nan', duration_s = 'infinity', complexity = '-infinity', bar_count = -2147483648",
    "bpm = 'infinity', key_signature = NULL, pitch_min = NULL",
    "bpm = 5e-324, key_signature = 'A minor'",
    "bpm = 0, duration_s = -1",
    "key_signature = 'H sharp', lyrics = repeat('la ', 1000000), track_names = '{NULL}', markers = NULL",
    "title = repeat('é', 100000), artist = '', lyrics_language = 'none', copyright = NULL",
    "analyzer_version = 2147483647, note_count = -1, time_signature_numerator = 0",
];

/// The same, in `musical_search`.
const STRANGE_SEARCH: [&str; 9] = [
    "embedding = array_fill('nan'::real, '{66}')",
    "embedding = '{1,NULL}'",
    "embedding = array_fill('infinity'::real, '{2,33}')",
    "fingerprint = array_fill(1, '{3}')",
    "fingerprint = array_fill(-1, '{64}')",
    "fingerprint = array_fill(NULL::int, '{64}')",
    "melody_ngrams = '{NULL,-1,2147483647}'",
    "melody_lines = NULL, chord_moments = NULL",
    "chord_moments = '\\x00'",
];

const STRANGE_FILES: [&str; 5] = [
    "modified_at = 'infinity', size_bytes = -1, content_hash = '\\x00'",
    "modified_at = '-infinity', path = repeat('x', 100000), filename = '', tags = ARRAY[NULL]",
    "path_digest = sha256(path_digest) || '\\x00', archive_digest = '\\x'",
    "state = 'archive', archive_member = repeat('é', 60000), error = repeat('e', 100000)",
    "name_bpm = 'nan', name_key = '', imported_at = 'infinity', analyzed_at = NULL",
];

#[test]
fn column_values_that_no_analysis_writes_are_ignored() {
    let folder = Folder::demo();
    let cluster = library(&folder, true);
    let mut client = cluster.connect();
    // Names with which the music is compared.
    let named = "UPDATE midi_files SET name_bpm = 120, name_key = 'C major'";
    client.batch_execute(&format!("SET statement_timeout = '10s'; {named}")).unwrap();
    let of = |table: &'static str| move |strange: &'static str| (table, strange);
    let metadata = STRANGE.into_iter().map(of("musical_metadata"));
    for (table, strange) in metadata.chain(STRANGE_SEARCH.into_iter().map(of("musical_search"))) {
        client.batch_execute(&format!("BEGIN; UPDATE {table} SET {strange}")).unwrap();
        read(&mut client, strange);
        client.batch_execute("ROLLBACK").unwrap();
    }
    for strange in STRANGE_FILES {
        client.batch_execute(&format!("BEGIN; UPDATE midi_files SET {strange}")).unwrap();
        read(&mut client, strange);
        // An import reads the rows that the one before wrote.
        client.batch_execute("SAVEPOINT import").unwrap();
        let import = client.query("SELECT midi_import($1::text)", &[&folder.as_str()]);
        if let Err(error) = import {
            let shown = error.as_db_error().unwrap_or_else(|| panic!("{strange}: {error:?}"));
            assert_ne!(*shown.code(), SqlState::INTERNAL_ERROR, "{strange}: {shown:?}");
        }
        client.batch_execute("ROLLBACK").unwrap();
    }
    assert!(!cluster.log().contains("terminated by signal"));
}

#[test]
fn random_bytes_are_read_as_no_lines_and_no_moments() {
    let folder = Folder::demo();
    let cluster = library(&folder, false);
    let mut client = cluster.connect();
    let mut random = fastrand::Rng::with_seed(1);
    let mut bytes = |most: usize| {
        let count = random.usize(..most);
        std::iter::repeat_with(|| random.u8(..)).take(count).collect::<Vec<_>>()
    };
    for _ in 0..60 {
        let (line, moments, keep) = (bytes(800), bytes(300), bytes(2).len() as i32 * 40);
        client
            .execute(
                "UPDATE musical_search SET melody_lines = substr(melody_lines, 1, $3) || $1,
                                           chord_moments = substr(chord_moments, 1, $3) || $2",
                &[&line, &moments, &keep],
            )
            .unwrap();
        for sql in &READERS[..5] {
            client.query(*sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
    }
}

#[test]
fn a_hundred_megabytes_of_lines_do_not_delay_a_search() {
    let folder = Folder::demo();
    let cluster = library(&folder, false);
    let mut client = cluster.connect();
    // Lines without notes, and one with as many notes as bytes.
    for lines in ["repeat('00', 50000000)", "'80e1eb1700' || repeat('3c', 50000000)"] {
        let sql = format!(
            "UPDATE musical_search SET melody_lines = decode({lines}, 'hex')
                           WHERE content_hash = (SELECT content_hash FROM musical_search LIMIT 1)"
        );
        client.batch_execute(&sql).unwrap();
        let start = Instant::now();
        client.query(READERS[0], &[]).expect("a search");
        assert!(start.elapsed() < Duration::from_secs(2), "{lines}: {:?}", start.elapsed());
    }
}
