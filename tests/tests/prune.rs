//! midi_prune: what it removes, and that no path loses its music, whatever is imported meanwhile.

use std::fs;
use std::thread;
use std::time::Duration;

use midi_pipeline_tests::contents::{count, keep, kept};
use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait, wait_until_under_way};
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::error::SqlState;
use postgres::{Client, Error};

/// Files, pieces and kept contents that are removed. Problems have a test of their own.
fn try_prune(client: &mut Client, older_than: &str) -> Result<[i64; 3], Error> {
    let sql = format!("SELECT files, music, contents FROM midi_prune('{older_than}')");
    let row = client.query_one(&sql, &[])?;
    Ok([0, 1, 2].map(|column| row.get(column)))
}

fn prune(client: &mut Client, older_than: &str) -> [i64; 3] {
    try_prune(client, older_than).expect(older_than)
}

/// Rows of all tables of music.
const MUSIC: &str = "SELECT (SELECT count(*) FROM musical_metadata) + (SELECT count(*) FROM musical_search)
    + (SELECT count(DISTINCT content_hash) FROM midi_parts_library) + (SELECT count(*) FROM midi_contents)";

/// Paths whose music is not in the library.
const BARE: &str = "SELECT count(*) FROM midi_files f
    WHERE state IN ('imported', 'duplicate')
      AND NOT EXISTS (SELECT FROM musical_metadata m WHERE m.content_hash = f.content_hash)";

#[test]
fn files_of_the_age_go_and_the_music_that_no_path_has_with_all_that_is_stored_of_it() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    for number in 0..6 {
        folder.write(format!("{number}.mid"), &smf::numbered(number, 8));
    }
    folder.write("copy.mid", &smf::numbered(0, 8));
    let mut client = cluster.connect();
    keep(&mut client, "on");
    client.batch_execute("SET midi_pipeline.parts = on").unwrap();
    import(&mut client, folder.as_str());
    assert_eq!(count(&mut client, MUSIC), 4 * 6);
    assert_eq!(prune(&mut client, "0"), [0, 0, 0], "all is in use");
    for name in ["0.mid", "1.mid", "2.mid"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    import(&mut client, folder.as_str());
    assert_eq!(prune(&mut client, "1 minute"), [0, 0, 0], "what has just vanished stays");
    client
        .batch_execute(
            "UPDATE midi_files SET vanished_at = vanished_at - interval '1 hour'
             WHERE filename IN ('0.mid', '1.mid')",
        )
        .unwrap();
    assert_eq!(prune(&mut client, "1 minute"), [2, 1, 1], "the copy keeps the music of 0.mid");
    assert_eq!(count(&mut client, MUSIC), 4 * 5);
    assert_eq!(count(&mut client, BARE), 0);

    // No time is known of what an older version has found to have vanished.
    client.batch_execute("UPDATE midi_files SET vanished_at = NULL").unwrap();
    assert_eq!(prune(&mut client, "1 microsecond"), [0, 0, 0]);
    assert_eq!(prune(&mut client, "0"), [1, 1, 1]);
    client.execute("SELECT midi_forget('/')", &[]).unwrap();
    let left = count(&mut client, "SELECT count(*) FROM musical_metadata");
    assert_eq!(prune(&mut client, "100 years"), [0, left, left], "forgotten music has no age");
    assert_eq!(count(&mut client, MUSIC), 0);
}

#[test]
fn what_cannot_be_made_again_is_removed_by_its_owner_alone_and_never_by_who_does_not_see_all_paths()
{
    let (cluster, folder) = (Cluster::start(), Folder::numbered(4, 8));
    let mut owner = cluster.connect();
    keep(&mut owner, "on");
    import(&mut owner, folder.as_str());
    owner.execute("SELECT midi_forget($1)", &[&folder.as_str()]).unwrap();
    owner.batch_execute("CREATE ROLE librarian LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut librarian = cluster.connect_as("librarian");
    let refused = Some(&SqlState::INSUFFICIENT_PRIVILEGE);
    let error = try_prune(&mut librarian, "0").unwrap_err();
    assert_eq!(error.code(), refused, "{error:?}");
    let hint = error.as_db_error().and_then(|error| error.hint()).unwrap_or_default();
    assert!(hint.contains("GRANT SELECT, DELETE ON midi_contents"), "{hint}");
    assert_eq!(kept(&mut owner), 4);
    owner
        .batch_execute(
            "GRANT DELETE ON midi_contents TO librarian;
             ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             CREATE POLICY none ON midi_files USING (false)",
        )
        .unwrap();
    import(&mut owner, folder.as_str());
    let error = try_prune(&mut librarian, "0").unwrap_err();
    assert_eq!(error.code(), refused, "{error:?}");
    assert_eq!(count(&mut owner, BARE), 0);
    owner.batch_execute("ALTER TABLE midi_files DISABLE ROW LEVEL SECURITY").unwrap();
    owner.execute("SELECT midi_forget($1)", &[&folder.as_str()]).unwrap();
    assert_eq!(prune(&mut librarian, "0"), [0, 4, 4]);
}

#[test]
fn the_problems_of_a_file_go_with_it() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 8));
    folder.write("bad.mid", b"no music");
    folder.write("worse.mid", b"no music");
    let members = [("good.mid", smf::numbered(7, 8)), ("bad.mid", b"no music".to_vec())];
    folder.write("a.zip", &zip(&members));
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    let problems = "SELECT count(*) FROM midi_import_errors";
    assert_eq!(count(&mut client, problems), 3);
    for name in ["bad.mid", "a.zip"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    import(&mut client, folder.as_str());
    let before = count(&mut client, problems);
    let removed = count(&mut client, "SELECT problems FROM midi_prune('0')");
    assert_eq!(removed, before - count(&mut client, problems));
    let others = "SELECT count(*) FROM midi_import_errors WHERE path NOT LIKE '%worse.mid'";
    assert_eq!(count(&mut client, others), 0, "of files that are gone");
    assert!(count(&mut client, problems) > 0, "of files that are there");
}

#[test]
fn an_import_with_an_older_snapshot_does_not_take_music_for_known_that_is_gone() {
    let cluster = Cluster::start();
    let [mut client, mut pruner] = [(); 2].map(|()| cluster.connect());
    let sql = "SELECT duplicate FROM midi_import('again', $1)";
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        send(&mut client, "first", 1);
        client.execute("SELECT midi_forget('first')", &[]).unwrap();
        client.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}")).unwrap();
        assert_eq!(count(&mut client, "SELECT count(*) FROM musical_metadata"), 1, "{level}");
        assert_eq!(prune(&mut pruner, "0"), [0, 1, 0], "{level}");
        let error = client.query_one(sql, &[&smf::numbered(1, 8)]).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE), "{level}: {error:?}");
        client.batch_execute("ROLLBACK").unwrap();
        assert_eq!(count(&mut client, BARE), 0, "{level}");
    }
    // Music that is there is found as ever.
    send(&mut client, "first", 1);
    client.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE").unwrap();
    let found: i64 = client.query_one(sql, &[&smf::numbered(1, 8)]).unwrap().get(0);
    client.batch_execute("COMMIT").unwrap();
    assert_eq!(found, 1);
}

#[test]
fn an_age_or_a_transaction_in_which_it_cannot_be_right_is_refused() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let error = try_prune(&mut client, "-1 second").unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE), "{error:?}");
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        client.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}")).unwrap();
        let error = try_prune(&mut client, "0").unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::ACTIVE_SQL_TRANSACTION), "{error:?}");
        client.batch_execute("ROLLBACK").unwrap();
    }
}

/// Sends a piece, and returns whether it was analyzed.
fn send(client: &mut Client, name: &str, number: u32) -> bool {
    let sql = "SELECT imported = 1 FROM midi_import($1, $2)";
    client.query_one(sql, &[&name, &smf::numbered(number, 8)]).expect(name).get(0)
}

fn wait_until_one_waits(client: &mut Client) {
    wait_until("a session waits for a lock", || {
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        count(client, waiting) > 0
    });
}

#[test]
fn a_piece_that_a_client_sends_keeps_its_music_whichever_comes_first() {
    let cluster = Cluster::start();
    let [mut watch, mut sender, mut pruner] = [(); 3].map(|()| cluster.connect());
    send(&mut watch, "first", 1);
    watch.execute("SELECT midi_forget('first')", &[]).unwrap();
    let mut sending = sender.transaction().unwrap();
    let sql = "SELECT duplicate FROM midi_import('second', $1)";
    let duplicate: i64 = sending.query_one(sql, &[&smf::numbered(1, 8)]).unwrap().get(0);
    assert_eq!(duplicate, 1, "the library has its music");
    let pruned = thread::scope(|scope| {
        let pruned = scope.spawn(|| prune(&mut pruner, "0"));
        wait_until_one_waits(&mut watch);
        sending.commit().unwrap();
        pruned.join().unwrap()
    });
    assert_eq!(pruned, [0, 0, 0]);
    assert_eq!(count(&mut watch, BARE), 0);

    watch.execute("SELECT midi_forget('second')", &[]).unwrap();
    let mut pruning = pruner.transaction().unwrap();
    pruning.execute("SELECT midi_prune('0')", &[]).unwrap();
    let analyzed = thread::scope(|scope| {
        let analyzed = scope.spawn(|| send(&mut sender, "third", 1));
        wait_until_one_waits(&mut watch);
        pruning.commit().unwrap();
        analyzed.join().unwrap()
    });
    assert!(analyzed, "its music was gone");
    assert_eq!(count(&mut watch, BARE), 0);
}

#[test]
fn a_job_under_way_is_named_and_waited_for_by_the_caller() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(4_000, 20));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 20").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    let mut other = cluster.connect();
    other.batch_execute("BEGIN; LOCK TABLE musical_metadata IN SHARE MODE").unwrap();
    let error = try_prune(&mut client, "0").unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::OBJECT_IN_USE), "{error:?}");
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(prune(&mut client, "0"), [0, 0, 0], "its workers have left, or are about to");
    assert_eq!(count(&mut client, BARE), 0);
}

/// Its workers leave one after the other.
#[test]
fn a_job_that_has_just_ended_is_no_job_under_way() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(300, 8));
    let mut client = cluster.connect();
    for _ in 0..5 {
        let job = start(&mut client, folder.as_str(), 3);
        assert_eq!(wait(&mut client, job), "finished");
        assert_eq!(prune(&mut client, "0")[0], 0);
        client.batch_execute("SELECT midi_forget('/')").unwrap();
    }
}

/// Music loses its path again and again, is pruned, and gets another path, by all ways of importing at once.
#[test]
fn no_path_is_left_without_music_by_prunes_beside_imports() {
    const ROUNDS: u32 = 40;
    let (cluster, folder) = (Cluster::start(), Folder::numbered(5, 8));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = cluster.connect();
            for number in 0..ROUNDS {
                send(&mut client, &format!("sent/{number}"), number % 5);
            }
        });
        scope.spawn(|| {
            let mut client = cluster.connect();
            for _ in 0..ROUNDS {
                import(&mut client, folder.as_str());
            }
        });
        scope.spawn(|| {
            let mut client = cluster.connect();
            for _ in 0..ROUNDS {
                client
                    .batch_execute("SELECT midi_forget('sent'); SELECT midi_forget('/')")
                    .expect("it is forgotten");
                prune(&mut client, "0");
                thread::sleep(Duration::from_millis(5));
            }
        });
    });
    let mut client = cluster.connect();
    assert_eq!(count(&mut client, BARE), 0);
    import(&mut client, folder.as_str());
    assert_eq!(count(&mut client, "SELECT count(DISTINCT content_hash) FROM midi_library"), 5);
}
