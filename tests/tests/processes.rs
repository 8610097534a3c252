//! The processes of jobs: who starts them, how many there are, and what the end of the starting transaction does to them.

use std::thread;
use std::time::{Duration, Instant};

use midi_pipeline_tests::jobs::{
    done, reconcile, start, state, wait, wait_until_left, wait_until_under_way,
    watch_until_finished, workers,
};
use midi_testkit::archives;
use midi_testkit::cluster::{Cluster, PRELOADED, kill_hard, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::error::SqlState;

#[test]
fn a_job_started_in_a_rolled_back_savepoint_does_not_run() {
    let (mut cluster, folder) = (Cluster::start(), Folder::numbered(6_000, 150));
    cluster.stop();
    cluster.configure("max_prepared_transactions = 2");
    cluster.restart();
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 100; SET midi_pipeline.threads = 1")
        .unwrap();

    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    let cancel = |how: &str| how.replace("CANCEL", &format!("SELECT midi_import_cancel({job})"));
    for rolled_back in [
        "BEGIN; SAVEPOINT a; CANCEL; ROLLBACK TO a; COMMIT",
        "BEGIN; SAVEPOINT a; SAVEPOINT b; CANCEL; RELEASE b; ROLLBACK TO a; COMMIT",
        "BEGIN; SAVEPOINT a; CANCEL; ROLLBACK TO a; CANCEL; ROLLBACK",
        "DO $$BEGIN PERFORM 1; BEGIN CANCEL; RAISE division_by_zero;
             EXCEPTION WHEN division_by_zero THEN NULL; END; END$$",
    ] {
        client
            .batch_execute(&cancel(rolled_back).replace("BEGIN SELECT", "BEGIN PERFORM"))
            .unwrap();
    }
    thread::sleep(Duration::from_millis(300));
    assert_eq!(state(&mut client, job), "running");
    assert_eq!(workers(&mut client, job).len(), 1);
    let asked = Instant::now();
    client
        .batch_execute(&cancel(
            "BEGIN; SAVEPOINT a; SAVEPOINT b; CANCEL; RELEASE b; RELEASE a; COMMIT",
        ))
        .unwrap();
    wait_until_left(&mut client, job);
    assert_eq!(wait(&mut client, job), "cancelled");
    assert!(asked.elapsed() < Duration::from_secs(2));

    let small = Folder::numbered(10, 8);
    let mut transaction = client.transaction().unwrap();
    let mut savepoint = transaction.savepoint("a").unwrap();
    let sql = "SELECT midi_import_start($1)";
    let never: i64 = savepoint.query_one(sql, &[&small.as_str()]).unwrap().get(0);
    savepoint.rollback().unwrap();
    // A rolled-back request occupies no worker slot, however long its transaction lasts.
    let mut watcher = cluster.connect();
    wait_until_left(&mut watcher, never);
    transaction.commit().unwrap();

    // A prepared transaction may be committed by another session.
    let mut transaction = client.transaction().unwrap();
    let job: i64 = transaction.query_one(sql, &[&small.as_str()]).unwrap().get(0);
    transaction.batch_execute("PREPARE TRANSACTION 'job'").unwrap();
    transaction.rollback().unwrap();
    drop(client);
    thread::sleep(Duration::from_millis(200));
    watcher.batch_execute("COMMIT PREPARED 'job'").unwrap();
    watch_until_finished(&mut watcher, job);
}

#[test]
fn a_job_has_one_set_of_workers_even_if_many_sessions_wait_for_it() {
    let (mut cluster, folder) = (Cluster::start(), Folder::numbered(2_000, 100));
    cluster.stop();
    cluster.configure("log_min_messages = debug1");
    cluster.restart();
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 50").unwrap();
    let started = |job: i64| {
        let process = format!("starting background worker process \"midi_import job {job} worker");
        cluster.log().matches(&process).count()
    };
    for _ in 0..3 {
        client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
        let job = start(&mut client, folder.as_str(), 2);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(wait(&mut cluster.connect(), job), "finished"));
            }
        });
        assert_eq!(started(job), 2);
    }
    reconcile(&mut client, 3, 2_000, 2_000);

    // Each of the sessions may start workers for a job that has none.
    client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    wait_until_under_way(&mut client, job);
    for pid in workers(&mut client, job) {
        client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    }
    wait_until_left(&mut client, job);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(wait(&mut cluster.connect(), job), "finished"));
        }
    });
    // The server restarts terminated workers, which find their slots taken or the job finished.
    assert!((4..=6).contains(&started(job)), "{}", started(job));
    reconcile(&mut client, job, 2_000, 2_000);
}

#[test]
fn the_number_of_workers_is_bounded_whatever_the_row_says() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(200, 8));
    let mut client = cluster.connect();
    for workers in [0, -1, 65, i32::MAX] {
        for sql in [
            "SELECT midi_import_start($1, workers => $2)",
            "SELECT midi_schedule('many', $1, every => '1 hour', workers => $2)",
        ] {
            let error = client.query_one(sql, &[&folder.as_str(), &workers]).unwrap_err();
            assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE), "{workers}");
        }
    }
    let mut transaction = client.transaction().unwrap();
    let sql = "SELECT midi_import_start($1, workers => 64)";
    // As many as there are slots.
    let job: i64 = transaction.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    let sql = "UPDATE midi_import_jobs SET workers = 2147483647 WHERE id = $1";
    transaction.execute(sql, &[&job]).unwrap();
    transaction.commit().unwrap();
    client.batch_execute("SET statement_timeout = '20s'").unwrap();
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 200, 200);
}

#[test]
fn jobs_run_despite_read_only_and_timeout_defaults_of_their_role() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(300, 50));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE other;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files, other;
             ALTER ROLE reader SET default_transaction_read_only = on;
             ALTER ROLE reader SET default_transaction_deferrable = on;
             ALTER ROLE reader SET default_transaction_isolation = 'serializable';
             ALTER ROLE reader SET statement_timeout = '1ms';
             ALTER ROLE reader SET lock_timeout = '1ms';
             ALTER ROLE reader SET idle_in_transaction_session_timeout = '1ms';",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    reader
        .batch_execute(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
             SET midi_pipeline.batch_size = 20;
             SET default_transaction_read_only = off",
        )
        .unwrap();
    let job = start(&mut reader, folder.as_str(), 2);
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 300, 300);
    // A role that the session has set with SET ROLE is not the role of its workers.
    client.batch_execute("ALTER ROLE reader SET role = other").unwrap();
    let again = start(&mut reader, folder.as_str(), 1);
    assert_eq!(wait(&mut client, again), "finished");
}

#[test]
fn an_archive_that_crashes_the_server_is_given_up() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let members: Vec<_> =
        (0..800).map(|number| (format!("{number}.mid"), smf::numbered(number, 2_000))).collect();
    let members: Vec<_> =
        members.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    folder.write("heavy.zip", &archives::zip(&members));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.threads = 1").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    for round in 1_i32.. {
        let mut pid = None;
        // The worker of this round has claimed the archive, whose members are being analysed; none is
        // written yet.
        let sql = "SELECT l.pid FROM pg_locks l, midi_import_jobs j, midi_import_chunks c
                   WHERE l.objsubid = 19785 AND l.objid = 1 AND j.begun >= $1
                     AND c.worker IS NOT NULL AND c.members = 0";
        wait_until("a worker has claimed the archive, or the job has failed", || {
            pid = client.query_opt(sql, &[&round]).unwrap().map(|row| row.get::<_, i32>(0));
            pid.is_some() || state(&mut client, job) == "failed"
        });
        let Some(pid) = pid else { break };
        assert!(round <= 8, "the archive was begun {round} times");
        kill_hard(pid);
        client = cluster.reconnect_after_crash(&mut client);
    }
    let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
    let error: String = client.query_one(sql, &[&job]).unwrap().get(0);
    assert!(error.contains("interrupted 5 times"), "{error}");
}

#[test]
fn files_that_crash_the_server_are_given_up_even_if_others_succeed() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1_000, 150));
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 50; SET midi_pipeline.threads = 1")
        .unwrap();
    // The state after that many crashes, in which the other batches succeeded.
    let mut transaction = client.transaction().unwrap();
    let sql = "SELECT midi_import_start($1)";
    let job: i64 = transaction.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    transaction.commit().unwrap();
    wait_until_under_way(&mut client, job);
    let sql = "UPDATE midi_import_chunks SET attempts = 5
               WHERE job = $1 AND worker IS NULL AND NOT done
                 AND chunk = (SELECT max(chunk) FROM midi_import_chunks)
               RETURNING names[1]";
    let first: String = client.query_one(sql, &[&job]).expect("the job is not finished").get(0);
    assert_eq!(wait(&mut client, job), "failed");
    let sql = "SELECT error, done FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    let error: String = row.get(0);
    assert!(error.contains(&format!("\"{first}\"")), "{error}");
    assert_eq!(row.get::<_, i64>(1), 950, "the other files come first: {error}");
}

#[test]
fn a_restarted_worker_ignores_another_role_s_job_with_its_number() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2_000, 50));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = cluster.connect_as("reader");
    let job = start(&mut reader, folder.as_str(), 2);
    for pid in workers(&mut client, job) {
        client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    }
    wait_until_left(&mut client, job);
    client.batch_execute("DROP EXTENSION midi_pipeline; CREATE EXTENSION midi_pipeline").unwrap();
    client.batch_execute("BEGIN; LOCK midi_files IN EXCLUSIVE MODE").unwrap();
    let mut other = cluster.connect();
    assert_eq!(start(&mut other, folder.as_str(), 1), job, "the numbers start again");
    // The server restarts a terminated worker after five seconds.
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE usename = 'reader' AND backend_type = 'midi_import'";
    thread::sleep(Duration::from_secs(7));
    assert_eq!(other.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
    client.batch_execute("COMMIT").unwrap();
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, 2_000, 2_000);
}

#[test]
fn a_missing_synchronous_standby_delays_no_job_and_no_cancel() {
    let (cluster, folder) = (Cluster::start().with(&[PRELOADED]), Folder::numbered(6_000, 150));
    let mut client = cluster.connect();
    // Every commit waits for the standby, except in this session.
    client
        .batch_execute(
            "SET synchronous_commit = local; SET statement_timeout = '20s';
             SET midi_pipeline.batch_size = 100; SET midi_pipeline.threads = 1",
        )
        .unwrap();
    client.batch_execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").unwrap();
    client.batch_execute("SELECT pg_reload_conf()").unwrap();
    wait_until("the server waits for it", || {
        let shown = client.query_one("SHOW synchronous_standby_names", &[]).unwrap();
        shown.get::<_, String>(0) == "nobody"
    });
    let job = start(&mut client, folder.as_str(), 2);
    wait_until_under_way(&mut client, job);
    // A resumed job waits for the disk at each batch.
    for pid in workers(&mut client, job) {
        client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    }
    wait_until_left(&mut client, job);
    assert_eq!(state(&mut client, job), "interrupted");
    wait_until("the job goes on", || state(&mut client, job) == "running");
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    wait_until_left(&mut client, job);

    let small = Folder::numbered(10, 8);
    let sql = "SELECT midi_schedule('few', $1, every => '1 second')";
    client.execute(sql, &[&small.as_str()]).unwrap();
    wait_until("the schedule has run twice", || {
        let sql = "SELECT count(*) FROM midi_import_jobs WHERE source = $1 AND state = 'finished'";
        client.query_one(sql, &[&small.as_str()]).unwrap().get::<_, i64>(0) >= 2
    });
    client.batch_execute("DROP EXTENSION midi_pipeline").unwrap();
}

#[test]
fn a_job_that_ends_while_a_worker_starts_stays_ended() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2_000, 50));
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 50; SET midi_pipeline.threads = 1")
        .unwrap();
    let mut ending = cluster.connect();
    for state in ["finished", "cancelled"] {
        let job = start(&mut client, folder.as_str(), 1);
        wait_until_under_way(&mut client, job);
        for pid in workers(&mut client, job) {
            client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
        }
        wait_until_left(&mut client, job);
        let before = done(&mut client, job);
        // The end of the job writes in a transaction that takes a while.
        ending
            .batch_execute(&format!(
                "BEGIN;
                 UPDATE midi_import_jobs SET state = '{state}', finished_at = now() WHERE id = {job}"
            ))
            .unwrap();
        let sql = "SELECT count(*) FROM pg_stat_activity
                   WHERE backend_type = 'midi_import' AND wait_event_type = 'Lock'";
        wait_until("the restarted worker waits", || {
            client.query_one(sql, &[]).unwrap().get::<_, i64>(0) == 1
        });
        ending.batch_execute("COMMIT").unwrap();
        wait_until_left(&mut client, job);
        assert_eq!(self::state(&mut client, job), state);
        assert_eq!(done(&mut client, job), before, "{state}");
        let sql = "SELECT (SELECT count(*) FROM midi_import_chunks),
                          (SELECT count(*) FROM midi_files WHERE state = 'vanished')";
        let row = client.query_one(sql, &[]).unwrap();
        assert_eq!([0, 1].map(|column| row.get::<_, i64>(column)), [0; 2], "{state}");
        client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    }
}

#[test]
fn a_repeatable_read_session_can_cancel_a_running_job() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(2_000, 50));
    let (mut client, mut other) = (cluster.connect(), cluster.connect());
    client
        .batch_execute("SET midi_pipeline.batch_size = 5; SET midi_pipeline.threads = 1")
        .unwrap();
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        let job = start(&mut client, folder.as_str(), 2);
        wait_until_under_way(&mut client, job);
        for (end, ends) in [("ROLLBACK", false), ("COMMIT", true)] {
            other.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}")).unwrap();
            other.query("SELECT * FROM midi_import_progress", &[]).unwrap();
            let before = done(&mut client, job);
            wait_until("the job goes on", || done(&mut client, job) > before);
            let row = other.query_one("SELECT midi_import_cancel($1)", &[&job]).expect(level);
            assert!(row.get::<_, bool>(0));
            other.batch_execute(end).unwrap();
            if ends {
                wait_until_left(&mut client, job);
            } else {
                thread::sleep(Duration::from_millis(200));
            }
            let expected = if ends { "cancelled" } else { "running" };
            assert_eq!(state(&mut client, job), expected, "{level}: {end}");
        }
        client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    }
}
