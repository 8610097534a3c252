//! Which contents imports keep in the database, and for how long.

use std::fs;

use midi_pipeline_tests::contents::{
    FILES, MEMBERS, count, id, keep, kept, readable, refused, write_music,
};
use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, PRELOADED, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

#[test]
fn an_import_keeps_the_contents_that_it_is_asked_to_keep_in_every_way_to_import() {
    let folder = Folder::new();
    write_music(&folder);
    for (what, expected) in [("off", 0), ("archives", MEMBERS), ("'on'", FILES + MEMBERS)] {
        for way in ["direct", "job", "schedule"] {
            let cluster = Cluster::start().with(&[PRELOADED]);
            let mut client = cluster.connect();
            keep(&mut client, what);
            match way {
                "direct" => assert_eq!(import(&mut client, folder.as_str())[1], FILES + MEMBERS),
                "job" => {
                    let job = start(&mut client, folder.as_str(), 2);
                    // A job does as its caller asked when it was started.
                    keep(&mut client, "off");
                    assert_eq!(wait(&mut client, job), "finished");
                }
                _ => {
                    let sql = "SELECT midi_schedule('s', $1, every => '1 second')";
                    client.execute(sql, &[&folder.as_str()]).unwrap();
                    wait_until("the schedule has run", || {
                        let sql =
                            "SELECT count(*) FROM midi_import_progress WHERE state = 'finished'";
                        count(&mut client, sql) > 0
                    });
                }
            }
            assert_eq!(kept(&mut client), expected, "{what} {way}");
            assert_eq!(count(&mut client, "SELECT count(*) FROM midi_contents"), expected);
            assert_eq!(readable(&mut client), FILES + MEMBERS, "{what} {way}");
        }
    }
}

#[test]
fn kept_contents_outlive_their_files() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_music(&folder);
    let mut client = cluster.connect();
    keep(&mut client, "archives");
    import(&mut client, folder.as_str());
    fs::remove_dir_all(folder.path()).unwrap();
    fs::create_dir(folder.path()).unwrap();
    let sql = "SELECT count(*) FROM midi_library
               WHERE archive_member IS NOT NULL AND sha256(midi_content(file_id)) = content_hash";
    assert_eq!(count(&mut client, sql), MEMBERS);
    assert_eq!(import(&mut client, folder.as_str())[6], FILES + MEMBERS);
    let member = id(&mut client, "same.mid (2)");
    let sql = "SELECT midi_content($1)";
    let bytes: Vec<u8> = client.query_one(sql, &[&member]).expect("it has vanished").get(0);
    assert_eq!(bytes, smf::numbered(4, 8));
    let file = id(&mut client, "one.mid");
    assert_eq!(refused(&mut client, file), "58P01");
}

#[test]
fn an_import_keeps_the_contents_that_are_not_kept_yet_and_changes_nothing_else() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_music(&folder);
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    let rows = "SELECT string_agg((to_jsonb(f) - 'modified_at')::text, E'\n' ORDER BY id) FROM midi_files f";
    let rows = |client: &mut Client| client.query_one(rows, &[]).unwrap().get::<_, String>(0);
    let before = rows(&mut client);
    let all = FILES + MEMBERS;
    for (what, expected) in [("archives", MEMBERS), ("'on'", all)] {
        keep(&mut client, what);
        assert_eq!(import(&mut client, folder.as_str()), [all, 0, 0, all, 0, 0, 0], "{what}");
        assert_eq!(kept(&mut client), expected, "{what}");
    }
    for name in ["y.mid", "one.mid"] {
        let sql = "DELETE FROM midi_contents WHERE content_hash =
                       (SELECT content_hash FROM midi_files WHERE id = $1)";
        let file = id(&mut client, name);
        assert_eq!(client.execute(sql, &[&file]).unwrap(), 1);
        assert_eq!(kept(&mut client), all - 1, "{name}");
        let job = start(&mut client, folder.as_str(), 1);
        assert_eq!(wait(&mut client, job), "finished");
        assert_eq!(kept(&mut client), all, "{name}");
    }
    assert_eq!(rows(&mut client), before);
}

#[test]
fn a_client_has_its_piece_kept_or_not_whatever_is_set() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let send = |client: &mut Client, name: &str, number: u32, arguments: &str| -> i64 {
        let sql = format!("SELECT unchanged FROM midi_import($1, $2{arguments})");
        client.query_one(&sql, &[&name, &smf::numbered(number, 8)]).expect(name).get(0)
    };
    for (set, number) in [("off", 1), ("archives", 2)] {
        keep(&mut client, set);
        send(&mut client, set, number, "");
        assert_eq!(kept(&mut client), 0, "{set}: a piece is in no archive");
    }
    assert_eq!(send(&mut client, "off", 1, ", keep => true"), 1, "it is known");
    assert_eq!(kept(&mut client), 1);
    assert_eq!(send(&mut client, "a copy", 2, ", 'catalog', true"), 0);
    assert_eq!(kept(&mut client), 2);
    keep(&mut client, "'on'");
    send(&mut client, "not this one", 3, ", keep => false");
    assert_eq!(kept(&mut client), 2);
    send(&mut client, "as set", 4, ", keep => NULL");
    assert_eq!(kept(&mut client), 3);
    // Its content is kept under another name.
    let file = id(&mut client, "archives");
    let bytes: Vec<u8> = client.query_one("SELECT midi_content($1)", &[&file]).unwrap().get(0);
    assert_eq!(bytes, smf::numbered(2, 8));
    let file = id(&mut client, "not this one");
    assert_eq!(refused(&mut client, file), "55000");
}

#[test]
fn what_cannot_be_analyzed_is_not_kept() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3, 8));
    // The same bytes in three batches, of which one is written while the others are under way.
    for name in ["0a.mid", "1a.mid", "2a.mid"] {
        folder.write(name, b"no music");
    }
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 1").unwrap();
    keep(&mut client, "'on'");
    assert_eq!(import(&mut client, folder.as_str()), [6, 3, 0, 0, 3, 0, 0]);
    let sql = "SELECT failed FROM midi_import('a', 'no music either')";
    assert_eq!(count(&mut client, sql), 1);
    assert_eq!(count(&mut client, "SELECT count(*) FROM midi_contents"), 3);
    // Its bytes are still those that are recorded.
    let file = id(&mut client, "0a.mid");
    let bytes: Vec<u8> = client.query_one("SELECT midi_content($1)", &[&file]).unwrap().get(0);
    assert_eq!(bytes, b"no music");
}

#[test]
fn two_workers_that_keep_the_same_contents_do_not_wait_for_each_other_in_a_circle() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(300, 8));
    let other = folder.path().join("copies");
    fs::create_dir(&other).unwrap();
    for number in 0..300 {
        let copy = other.join(format!("{number}.mid"));
        fs::copy(folder.path().join(format!("{number}.mid")), copy).unwrap();
    }
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 40; SET midi_pipeline.keep_content = on")
        .unwrap();
    let jobs =
        [folder.as_str(), other.to_str().unwrap()].map(|source| start(&mut client, source, 2));
    for job in jobs {
        assert_eq!(wait(&mut client, job), "finished");
    }
    assert_eq!(kept(&mut client), 300);
}

#[test]
fn deleting_an_analysis_deletes_no_content() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_music(&folder);
    let mut client = cluster.connect();
    keep(&mut client, "'on'");
    import(&mut client, folder.as_str());
    client.batch_execute("DELETE FROM musical_metadata; TRUNCATE musical_search").unwrap();
    assert_eq!(kept(&mut client), FILES + MEMBERS);
    assert_eq!(import(&mut client, folder.as_str())[1], FILES + MEMBERS);
    assert_eq!((kept(&mut client), readable(&mut client)), (FILES + MEMBERS, FILES + MEMBERS));
}
