//! Imports in the background: their results, progress, cancellation, and division among workers.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use midi_pipeline_tests::jobs::{
    done, reconcile, start, wait, wait_until_left, wait_until_under_way, workers,
};
use midi_testkit::archives;
use midi_testkit::cluster::{Cluster, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use rustix::fs::{CWD, FileType, Mode, mknodat};

#[test]
fn a_job_imports_every_file_and_sends_a_notification() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3_000, 8));
    folder.write("copy/of 1.mid", &smf::numbered(1, 8));
    folder.write("no music.mid", b"a shopping list");
    folder.write(std::ffi::OsString::from("odd \\x41.mid"), &smf::numbered(9_001, 8));
    let mut listener = cluster.connect();
    listener.batch_execute("LISTEN midi_import").unwrap();
    let mut client = cluster.connect();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 3_003, 3_001);
    let row = client
        .query_one(
            "SELECT files_per_second > 0, eta IS NULL, finished_at > started_at, error IS NULL,
                    (SELECT job FROM midi_import_errors)
             FROM midi_import_progress WHERE job = $1",
            &[&job],
        )
        .unwrap();
    assert!([0, 1, 2, 3].iter().all(|&column| row.get::<_, bool>(column)), "{row:?}");
    assert_eq!(row.get::<_, i64>(4), job, "problems refer to their job");
    let notification = listener
        .notifications()
        .timeout_iter(Duration::from_secs(5))
        .next()
        .unwrap()
        .expect("a notification");
    assert_eq!(notification.channel(), "midi_import");
    // Everyone may LISTEN, so that the notification contains nothing that the job has read.
    assert_eq!(notification.payload(), format!("{{\"job\": {job}, \"state\": \"finished\"}}"));

    let again = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, again), "finished");
    let unchanged: i64 = client
        .query_one("SELECT unchanged FROM midi_import_progress WHERE job = $1", &[&again])
        .unwrap()
        .get(0);
    assert_eq!(unchanged, 3_003, "nothing is read a second time");

    fs::remove_file(folder.path().join("7.mid")).unwrap();
    folder.write("8.mid", &smf::numbered(9_002, 8));
    let third = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, third), "finished");
    let sql = "SELECT found, done, imported, unchanged, vanished
               FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&third]).unwrap();
    let counts = [0, 1, 2, 3, 4].map(|column| row.get::<_, i64>(column));
    assert_eq!(counts, [3_003, 3_003, 1, 3_001, 1]);
}

#[test]
fn four_workers_share_a_job_and_import_no_file_twice() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(6_000, 20));
    for number in 0..500 {
        folder.write(format!("copies/{number}.mid"), &smf::numbered(number, 20));
    }
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 50; SET midi_pipeline.threads = 1")
        .unwrap();
    let job = start(&mut client, folder.as_str(), 4);
    wait_until("all workers are there", || workers(&mut client, job).len() == 4);
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 6_500, 6_000);
}

#[test]
fn two_jobs_on_one_folder_do_not_disturb_each_other() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(4_000, 20));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 100").unwrap();
    let jobs = [1, 2].map(|_| start(&mut client, folder.as_str(), 2));
    for job in jobs {
        assert_eq!(wait(&mut client, job), "finished");
        wait_until_left(&mut client, job);
    }
    let row = client
        .query_one(
            "SELECT sum(imported)::bigint, min(found), max(found), sum(failed)::bigint,
                    (SELECT count(*) FROM midi_files WHERE state = 'imported'),
                    (SELECT count(*) FROM musical_metadata)
             FROM midi_import_progress",
            &[],
        )
        .unwrap();
    let counts = [0, 1, 2, 3, 4, 5].map(|column| row.get::<_, i64>(column));
    assert_eq!(counts, [4_000, 4_000, 4_000, 0, 4_000, 4_000]);
}

#[test]
fn a_job_and_direct_imports_do_not_disturb_each_other() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(4_000, 20));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 50").unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    wait_until_under_way(&mut client, job);
    let found: i64 = client
        .query_one("SELECT found FROM midi_import($1::text)", &[&folder.as_str()])
        .expect("no deadlock")
        .get(0);
    assert_eq!(found, 4_000);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT count(*) FROM midi_files WHERE state = 'imported'";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 4_000);
}

#[test]
fn a_cancelled_job_ends_within_a_second_and_keeps_what_it_has_committed() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(20_000, 200));
    let mut client = cluster.connect();
    let job = start(&mut client, folder.as_str(), 2);
    wait_until_under_way(&mut client, job);
    let asked = Instant::now();
    assert!(client.query_one("SELECT midi_import_cancel($1)", &[&job]).unwrap().get::<_, bool>(0));
    wait_until_left(&mut client, job);
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(1), "the cancelled job went on for {took:?}");
    assert_eq!(wait(&mut client, job), "cancelled");
    let kept = done(&mut client, job);
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), kept);
    assert!(kept > 0 && kept < 20_000);
    let again = client.query_one("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    assert!(!again.get::<_, bool>(0), "it had ended before");

    let next = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, next), "finished");
    let sql = "SELECT unchanged, found, (SELECT count(*) FROM midi_import_chunks)
               FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&next]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (kept, 20_000));
}

#[test]
fn a_cancel_that_is_rolled_back_cancels_nothing_and_neither_does_a_statement_timeout() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3_000, 100));
    let mut client = cluster.connect();
    client.batch_execute("ALTER ROLE postgres SET statement_timeout = '100ms'").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    let mut transaction = client.transaction().unwrap();
    transaction.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 3_000, 3_000);
}

#[test]
fn a_job_starts_at_commit_and_not_after_a_rollback() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(10, 8));
    let mut client = cluster.connect();
    let mut transaction = client.transaction().unwrap();
    let sql = "SELECT midi_import_start($1)";
    let job: i64 = transaction.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    let error = transaction.query_one("SELECT midi_import_wait($1)", &[&job]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::ACTIVE_SQL_TRANSACTION));
    transaction.rollback().unwrap();
    wait_until_left(&mut client, job);
    let sql = "SELECT (SELECT count(*) FROM midi_import_jobs) + (SELECT count(*) FROM midi_files)";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
}

/// Everything that is recorded about files.
fn recorded(client: &mut postgres::Client) -> Vec<Vec<Option<String>>> {
    client
        .query(
            "SELECT path, archive_member, filename, state, error, size_bytes::text,
                    modified_at::text, encode(content_hash, 'hex')
             FROM midi_files ORDER BY path, archive_member",
            &[],
        )
        .unwrap()
        .into_iter()
        .map(|row| (0..8).map(|column| row.get(column)).collect())
        .collect()
}

#[test]
fn a_job_records_what_a_direct_import_records() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(30, 8));
    for (number, name) in
        (100..).zip([&b"\xff.mid"[..], b"\xc3\x28\\.mid", b"a\\b.mid", b"\\x41.mid"])
    {
        folder.write(OsStr::from_bytes(name), &smf::numbered(number, 8));
    }
    folder.write(OsStr::from_bytes(b"dir \xfe/nested.mid"), &smf::numbered(200, 8));
    folder.write("no music.mid", b"a shopping list");
    folder.write("all.zip", &archives::zip(&[("one.mid", smf::numbered(300, 8))]));
    folder.write("broken.tar", b"neither tar nor music");
    let mode = Mode::from_raw_mode(0o644);
    mknodat(CWD, folder.path().join("fifo.mid"), FileType::Fifo, mode, 0).unwrap();
    symlink("1.mid", folder.path().join("link.mid")).unwrap();
    symlink(folder.path(), folder.path().join("up")).unwrap();
    let closed = folder.write("closed/inside.mid", &smf::numbered(400, 8));
    fs::set_permissions(closed.parent().unwrap(), fs::Permissions::from_mode(0o000)).unwrap();

    let mut client = cluster.connect();
    let direct = client
        .query_one(
            "SELECT found, imported, failed, skipped FROM midi_import($1::text)",
            &[&folder.as_str()],
        )
        .unwrap();
    let expected = recorded(&mut client);
    client.batch_execute("DROP EXTENSION midi_pipeline; CREATE EXTENSION midi_pipeline").unwrap();
    client.batch_execute("SET midi_pipeline.batch_size = 7").unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT found, imported, failed, skipped FROM midi_import_progress WHERE job = $1";
    let counted = client.query_one(sql, &[&job]).unwrap();
    for column in 0..4 {
        assert_eq!(counted.get::<_, i64>(column), direct.get::<_, i64>(column), "{counted:?}");
    }
    assert_eq!(recorded(&mut client), expected);
    let again = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, again), "finished");
    assert_eq!(recorded(&mut client), expected, "and nothing has vanished");
    fs::set_permissions(closed.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
}
