//! Parts of pieces in the library: when imports store them, when they are made again, and how they are found.

use std::sync::{Arc, Mutex};

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, PRELOADED, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf::{self, Track};
use postgres::Client;

/// A bass line of four bars in A minor, played so many times.
fn bass(times: usize, bpm: u32) -> Vec<u8> {
    let bars = "A1e A1 E2 A1 A1 E2 A1 A1 | F1 F1 C2 F1 F1 C2 F1 F1 | \
                C2 C2 G2 C2 C2 G2 C2 C2 | E1 E1 B1 E1 E1 B1 G#1 E1";
    let track = Track::new("Loop", 0).tempo(bpm).meter(4, 4).program(33);
    smf::file(&[(0..times).fold(track, |track, _| track.play(90, bars))])
}

fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).expect(sql).get(0)
}

fn parts_of(client: &mut Client) -> i64 {
    number(client, "SELECT count(DISTINCT content_hash) FROM midi_parts_library")
}

/// All rows of a relation.
fn rows(client: &mut Client, relation: &str) -> Vec<String> {
    let sql = format!("SELECT t::text FROM {relation} t ORDER BY 1");
    client.query(&sql, &[]).expect(relation).iter().map(|row| row.get(0)).collect()
}

fn set(client: &mut Client, settings: &str) {
    client.batch_execute(&format!("SET midi_pipeline.{settings}")).expect(settings);
}

fn names(client: &mut Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).expect(sql).iter().map(|row| row.get(0)).collect()
}

#[test]
fn an_import_stores_parts_where_it_is_asked_to_in_every_way_to_import() {
    let folder = Folder::numbered(5, 8);
    folder.write("archive.zip", &zip(&[("member.mid", smf::numbered(9, 8))]));
    for (what, expected) in [("off", 0), ("on", 6)] {
        let cluster = Cluster::start().with(&[PRELOADED]);
        let mut client = cluster.connect();
        set(&mut client, &format!("parts = {what}"));
        assert_eq!(import(&mut client, folder.as_str())[1], 6);
        assert_eq!(parts_of(&mut client), expected, "{what}");
        let clear = "TRUNCATE midi_files, musical_metadata, musical_search, midi_parts_library";
        client.batch_execute(clear).unwrap();
        // Both do as was set when they were made.
        let other = format!("parts = {}", if what == "on" { "off" } else { "on" });
        let job = start(&mut client, folder.as_str(), 2);
        set(&mut client, &other);
        assert_eq!(wait(&mut client, job), "finished");
        assert_eq!(parts_of(&mut client), expected, "{what} in a job");
        client.batch_execute(clear).unwrap();
        set(&mut client, &format!("parts = {what}"));
        let sql = "SELECT midi_schedule('s', $1, every => '1 second')";
        client.execute(sql, &[&folder.as_str()]).unwrap();
        set(&mut client, &other);
        wait_until("the schedule has run", || {
            let sql = "SELECT count(*) FROM midi_import_progress WHERE state = 'finished'";
            number(&mut client, sql) > 1
        });
        assert_eq!(parts_of(&mut client), expected, "{what} by a schedule");
    }
}

#[test]
fn a_client_has_the_parts_of_its_piece_stored_or_not_whatever_is_set() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let send = |client: &mut Client, number: u32, arguments: &str| -> [i64; 3] {
        let sql =
            format!("SELECT imported, duplicate, unchanged FROM midi_import('a', $1{arguments})");
        let row = client.query_one(&sql, &[&smf::numbered(number, 8)]).expect(&sql);
        [0, 1, 2].map(|column| row.get(column))
    };
    assert_eq!(send(&mut client, 1, ""), [1, 0, 0]);
    assert_eq!(parts_of(&mut client), 0);
    assert_eq!(send(&mut client, 1, ", parts => true"), [1, 0, 0], "it lacks its parts");
    assert_eq!(parts_of(&mut client), 1);
    assert_eq!(send(&mut client, 1, ", parts => true"), [0, 0, 1]);
    assert_eq!(send(&mut client, 2, ", 'catalog', true"), [1, 0, 0]);
    assert_eq!(parts_of(&mut client), 1, "a catalogue has no parts");
    set(&mut client, "parts = on");
    send(&mut client, 3, ", parts => false");
    assert_eq!(parts_of(&mut client), 1);
    send(&mut client, 4, ", parts => NULL");
    assert_eq!(parts_of(&mut client), 2);
}

#[test]
fn the_rows_are_those_of_midi_parts() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    set(&mut client, "parts = on");
    import(&mut client, folder.as_str());
    let differ = "
        WITH stored AS (
            SELECT f.path, to_jsonb(p) - 'content_hash' AS part
            FROM midi_files f JOIN midi_parts_library p USING (content_hash)
        ), found AS (
            SELECT f.path, to_jsonb(p) AS part
            FROM midi_files f, LATERAL midi_parts(f.path) p WHERE f.content_hash IS NOT NULL AND f.state <> 'failed'
        )
        SELECT count(*) FROM (
            (TABLE stored EXCEPT ALL TABLE found) UNION ALL (TABLE found EXCEPT ALL TABLE stored)) AS differ";
    assert_eq!(number(&mut client, differ), 0);
    assert!(number(&mut client, "SELECT count(*) FROM midi_parts_library") > 8);
}

#[test]
fn what_is_in_the_library_without_its_parts_is_completed_and_otherwise_unchanged() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(30, 8));
    folder.write(
        "archive.zip",
        &zip(&[("a.mid", smf::numbered(91, 8)), ("b.mid", smf::numbered(92, 8))]),
    );
    folder.write("bad.mid", b"no music");
    let mut client = cluster.connect();
    set(&mut client, "batch_size = 7");
    assert_eq!(import(&mut client, folder.as_str()), [33, 32, 0, 0, 1, 0, 0]);
    let music = "(SELECT m, s FROM musical_metadata m JOIN musical_search s USING (content_hash))";
    let before = rows(&mut client, music);
    set(&mut client, "parts = on");
    assert_eq!(import(&mut client, folder.as_str()), [33, 32, 0, 1, 0, 0, 0]);
    assert_eq!(parts_of(&mut client), 32);
    assert_eq!(rows(&mut client, music), before);
    assert_eq!(import(&mut client, folder.as_str()), [33, 0, 0, 33, 0, 0, 0]);
    // One that lost its parts, and one that lost its music.
    client
        .batch_execute(
            "DELETE FROM midi_parts_library
             WHERE content_hash = (SELECT content_hash FROM musical_metadata ORDER BY 1 LIMIT 1);
             DELETE FROM musical_metadata
             WHERE content_hash = (SELECT content_hash FROM musical_metadata ORDER BY 1 DESC LIMIT 1)",
        )
        .unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(parts_of(&mut client), 32);
    assert_eq!(rows(&mut client, music), before);
}

#[test]
fn a_catalogue_gets_its_parts_when_it_is_completed() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(5, 8));
    let mut client = cluster.connect();
    set(&mut client, "parts = on");
    client.execute("SELECT midi_catalog($1)", &[&folder.as_str()]).unwrap();
    assert_eq!(parts_of(&mut client), 0);
    client.execute("SELECT midi_catalog($1)", &[&folder.as_str()]).unwrap();
    let sql = "SELECT count(*) FROM musical_metadata WHERE depth = 'catalog'";
    assert_eq!(number(&mut client, sql), 5);
    let job = number(&mut client, "SELECT midi_deepen()");
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(parts_of(&mut client), 5);
}

#[test]
fn parts_are_made_again_with_their_music_and_for_no_other() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(5, 8));
    let mut client = cluster.connect();
    set(&mut client, "parts = on");
    import(&mut client, folder.as_str());
    let before = rows(&mut client, "midi_parts_library");
    set(&mut client, "parts = off");
    for number in 10..13 {
        folder.write(format!("{number}.mid"), &smf::numbered(number, 8));
    }
    assert_eq!(import(&mut client, folder.as_str()), [8, 3, 0, 5, 0, 0, 0]);
    client
        .batch_execute(
            "UPDATE musical_metadata SET analyzer_version = 0;
             UPDATE midi_parts_library SET note_count = -1, role = 'effect'",
        )
        .unwrap();
    // What an older version has made is left alone unless it is to be renewed.
    assert_eq!(import(&mut client, folder.as_str()), [8, 0, 0, 8, 0, 0, 0]);
    assert_ne!(rows(&mut client, "midi_parts_library"), before);
    client.execute("SELECT midi_reanalyze($1)", &[&folder.as_str()]).unwrap();
    assert_eq!(rows(&mut client, "midi_parts_library"), before);
}

#[test]
fn a_bass_line_in_a_key_at_a_tempo_that_loops_in_four_bars_is_one_query() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    folder.write("loop.mid", &bass(4, 90));
    folder.write("fast.mid", &bass(4, 140));
    folder.write("once.mid", &bass(1, 90));
    let mut client = cluster.connect();
    set(&mut client, "parts = on");
    import(&mut client, folder.as_str());
    for sql in [
        "SELECT filename FROM midi_library JOIN midi_parts_library p USING (content_hash)
         WHERE role = 'bass' AND key = 'A minor' AND bpm BETWEEN 89.5 AND 90.5 AND p.loop_bars = 4",
        "SELECT filename FROM midi_search('part:bass loop:4 key:Am bpm:90')",
    ] {
        assert_eq!(names(&mut client, sql), ["loop.mid"], "{sql}");
    }
    let found = names(&mut client, "SELECT filename FROM midi_search('part:bass bars:4 key:Am')");
    assert_eq!(found, ["once.mid"]);
    let not = names(&mut client, "SELECT filename FROM midi_search('part:bass -loop:4 sort:name')");
    assert_eq!(not, ["Frère Jacques.mid", "Greensleeves.mid", "once.mid"]);
    let drums = names(&mut client, "SELECT filename FROM midi_search('part:drums part:bass')");
    assert_eq!(drums, ["Late Train.mid"]);
    let no_bass = names(&mut client, "SELECT filename FROM midi_search('-part:bass sort:name')");
    assert!(
        no_bass.contains(&"Rock Beat.mid".to_owned()) && !no_bass.contains(&"loop.mid".to_owned())
    );
}

#[test]
fn a_search_for_parts_tells_where_none_are_stored() {
    let cluster = Cluster::start();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let mut client =
        cluster.connect_noticing(move |notice| heard.lock().unwrap().push(notice.to_owned()));
    let told = |client: &mut Client| {
        notices.lock().unwrap().clear();
        client.execute("SELECT midi_search('part:bass')", &[]).unwrap();
        notices.lock().unwrap().clone()
    };
    client.execute("SELECT midi_import('a', $1)", &[&bass(2, 90)]).unwrap();
    assert_eq!(told(&mut client), ["no parts are stored, so that none are found"]);
    client.execute("SELECT midi_import('a', $1, parts => true)", &[&bass(2, 90)]).unwrap();
    assert_eq!(told(&mut client), [""; 0]);
}

#[test]
fn who_stores_no_parts_needs_no_right_to_their_table() {
    let cluster = Cluster::start();
    cluster
        .connect()
        .batch_execute(
            "CREATE ROLE sender LOGIN;
             GRANT SELECT, INSERT, UPDATE ON midi_files, musical_metadata, musical_search TO sender;
             GRANT INSERT ON midi_import_errors TO sender",
        )
        .unwrap();
    let mut sender = cluster.connect_as("sender");
    let send = |sender: &mut Client, number: u32, parts: bool| {
        let sql = "SELECT midi_import('a', $1, parts => $2)";
        let sent = sender.execute(sql, &[&smf::numbered(number, 8), &parts]);
        sqlstate(&sent).to_owned()
    };
    assert_eq!(send(&mut sender, 1, false), "");
    assert_eq!(send(&mut sender, 2, true), "42501");
    cluster
        .connect()
        .batch_execute("GRANT SELECT, INSERT, DELETE ON midi_parts_library TO sender")
        .unwrap();
    assert_eq!(send(&mut sender, 2, true), "");
}
