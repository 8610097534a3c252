//! Interrupted jobs. Whatever ends a worker, the job resumes at the first batch that was not committed, and at the end of
//! each test every file is in exactly one recorded state.

use std::thread;
use std::time::Duration;

use midi_pipeline_tests::jobs::{
    done, reconcile, start, state, wait, wait_until_left, wait_until_under_way,
    watch_until_finished, workers,
};
use midi_testkit::cluster::{Cluster, SUPERUSER, kill_hard, wait_until};
use midi_testkit::disk::SmallDisk;
use midi_testkit::folder::Folder;
use postgres::Client;

const FILES: u32 = 8_000;
const ALL: i64 = FILES as i64;

/// A cluster, a folder, and a job on it that has just committed its first batch.
fn under_way(workers: i32) -> (Cluster, Folder, Client, i64) {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 150));
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 200; SET midi_pipeline.threads = 1")
        .unwrap();
    let job = start(&mut client, folder.as_str(), workers);
    wait_until_under_way(&mut client, job);
    (cluster, folder, client, job)
}

/// Checks that the job was interrupted, that it resumes by itself, and that its result matches the folder.
fn watch_and_reconcile(client: &mut Client, job: i64) {
    let before = done(client, job);
    assert!(before < ALL, "{before} files were done");
    watch_until_finished(client, job);
    reconcile(client, job, ALL, ALL);
}

/// Checks that the job is shown as interrupted, resumes it, and checks that its result matches the folder.
fn resume_and_reconcile(client: &mut Client, job: i64) {
    let sql = "SELECT state = 'interrupted' AND eta IS NULL AND files_per_second IS NULL
               FROM midi_import_progress WHERE job = $1";
    assert!(client.query_one(sql, &[&job]).unwrap().get::<_, bool>(0));
    let asked = client.query_one("SELECT midi_import_wait($1, '0')", &[&job]).unwrap();
    assert_eq!(asked.get::<_, String>(0), "interrupted");
    let before = done(client, job);
    // The last commits of a killed server may be lost; their files are imported again.
    assert!(before < ALL, "{before} files were done");
    assert_eq!(wait(client, job), "finished");
    reconcile(client, job, ALL, ALL);
}

#[test]
fn a_job_resumes_by_itself_after_its_worker_is_killed() {
    let (cluster, _folder, mut client, job) = under_way(2);
    kill_hard(workers(&mut client, job)[0]);
    watch_and_reconcile(&mut cluster.reconnect_after_crash(&mut client), job);
}

#[test]
fn a_job_survives_an_immediate_shutdown() {
    let (mut cluster, _folder, _client, job) = under_way(2);
    cluster.kill();
    cluster.restart();
    resume_and_reconcile(&mut cluster.connect(), job);
}

#[test]
fn a_job_survives_the_death_of_the_postmaster() {
    let (mut cluster, _folder, _client, job) = under_way(2);
    cluster.kill_postmaster();
    cluster.restart();
    resume_and_reconcile(&mut cluster.connect(), job);
}

#[test]
fn a_job_survives_a_fast_shutdown_and_resumes_when_any_job_is_started() {
    let (mut cluster, _folder, _client, job) = under_way(1);
    cluster.stop();
    cluster.restart();
    let mut client = cluster.connect();
    let other = Folder::numbered(1, 8);
    let next = start(&mut client, other.as_str(), 1);
    wait_until("the first job is resumed", || !workers(&mut client, job).is_empty());
    assert_eq!(wait(&mut client, next), "finished");
    // The one piece of the other folder is there as well.
    assert_eq!(wait(&mut client, job), "finished");
    client.batch_execute("DELETE FROM midi_files WHERE path LIKE '%/0.mid'").unwrap();
    let sql = "SELECT found, done, (SELECT count(*) FROM midi_files)
               FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [ALL, ALL, ALL - 1]);
}

#[test]
fn a_job_whose_workers_are_terminated_resumes_when_waited_for_or_by_itself() {
    let (cluster, _folder, mut client, job) = under_way(2);
    // A lock keeps the job from writing, so that it does not end meanwhile.
    let mut holder = cluster.connect();
    let mut held = holder.transaction().unwrap();
    held.batch_execute("LOCK TABLE musical_metadata IN SHARE ROW EXCLUSIVE MODE").unwrap();
    let terminate = |client: &mut Client| {
        for pid in workers(client, job) {
            client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
        }
        wait_until_left(client, job);
        assert_eq!(state(client, job), "interrupted");
    };
    terminate(&mut client);
    wait_until("both jobs go on", || workers(&mut client, job).len() == 2);
    assert_eq!(state(&mut client, job), "running");
    terminate(&mut client);
    held.rollback().unwrap();
    resume_and_reconcile(&mut client, job);
}

#[test]
fn files_claimed_by_a_terminated_worker_are_imported_by_the_others() {
    let (_cluster, _folder, mut client, job) = under_way(3);
    let pid = workers(&mut client, job)[0];
    client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    watch_and_reconcile(&mut client, job);
}

#[test]
fn cancelling_a_worker_s_backend_cancels_its_job() {
    let (_cluster, folder, mut client, job) = under_way(2);
    let pid = workers(&mut client, job)[0];
    client.execute("SELECT pg_cancel_backend($1)", &[&pid]).unwrap();
    assert_eq!(wait(&mut client, job), "cancelled");
    wait_until_left(&mut client, job);
    let next = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, next), "finished");
    let sql = "SELECT count(*), count(DISTINCT path), count(*) FILTER (WHERE state = 'imported')
               FROM midi_files";
    let row = client.query_one(sql, &[]).unwrap();
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [ALL; 3]);
}

#[test]
fn a_job_that_makes_no_progress_is_given_up() {
    let (_cluster, folder, mut client, job) = under_way(1);
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    wait_until_left(&mut client, job);
    let next = start(&mut client, folder.as_str(), 1);
    client.execute("UPDATE midi_import_jobs SET attempts = 100 WHERE id = $1", &[&next]).unwrap();
    for pid in workers(&mut client, next) {
        client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    }
    wait_until_left(&mut client, next);
    client.execute("UPDATE midi_import_jobs SET attempts = 100 WHERE id = $1", &[&next]).unwrap();
    assert_eq!(wait(&mut client, next), "failed");
    let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
    let error: String = client.query_one(sql, &[&next]).unwrap().get(0);
    assert!(error.contains("times"), "{error}");
}

#[test]
fn a_job_whose_role_is_dropped_fails_and_another_role_can_import() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 150));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = cluster.connect_as("reader");
    reader.batch_execute("SET midi_pipeline.batch_size = 100").unwrap();
    let job = start(&mut reader, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    drop(reader);
    client.batch_execute("DROP ROLE reader").unwrap();
    assert_eq!(wait(&mut client, job), "failed");
    let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
    let error: String = client.query_one(sql, &[&job]).unwrap().get(0);
    assert!(error.contains("role"), "{error}");
    let kept = done(&mut client, job);
    let next = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, next), "finished");
    let sql = "SELECT found, unchanged, (SELECT count(*) FROM midi_files)
               FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&next]).unwrap();
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [ALL, kept, ALL]);
}

#[test]
fn a_role_that_loses_its_right_to_read_files_loses_its_job() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 150));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = cluster.connect_as("reader");
    reader.batch_execute("SET midi_pipeline.batch_size = 100").unwrap();
    let job = start(&mut reader, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    client.batch_execute("REVOKE pg_read_server_files FROM reader").unwrap();
    assert_eq!(wait(&mut client, job), "failed");
    let kept = done(&mut client, job);
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), kept);
}

#[test]
fn the_extension_can_be_dropped_during_a_job() {
    let (_cluster, folder, mut client, job) = under_way(2);
    client.batch_execute("SET statement_timeout = '20s'; DROP EXTENSION midi_pipeline").unwrap();
    wait_until_left(&mut client, job);
    client.batch_execute("CREATE EXTENSION midi_pipeline").unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, job), "finished");
    reconcile(&mut client, job, ALL, ALL);
}

#[test]
fn the_database_can_be_dropped_during_a_job() {
    let (cluster, _folder, client, _job) = under_way(2);
    drop(client);
    let mut client = cluster.connect_to("postgres", SUPERUSER);
    client.batch_execute("DROP DATABASE music WITH (FORCE)").unwrap();
    // The workers are started once more, after a while, and find no database to connect to.
    let refused = || cluster.log().matches("FATAL:  database").count();
    wait_until("the workers have looked for their database", || refused() == 2);
    thread::sleep(Duration::from_secs(7));
    assert_eq!(refused(), 2, "and none comes back: {}", cluster.log());
}

#[test]
fn a_full_disk_fails_the_job_with_the_reason_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount(1) else { return };
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 20));
    let mut client = cluster.connect();
    let space = disk.folder("space");
    cluster.give(&space);
    client
        .batch_execute(&format!("CREATE TABLESPACE small LOCATION '{}'", space.display()))
        .unwrap();
    client
        .batch_execute(
            "ALTER TABLE midi_files SET TABLESPACE small; SET midi_pipeline.batch_size = 200",
        )
        .unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "failed");
    let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
    let error: String = client.query_one(sql, &[&job]).unwrap().get(0);
    assert!(error.contains("No space left"), "{error}");
    let kept = done(&mut client, job);
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), kept);

    client.batch_execute("ALTER TABLE midi_files SET TABLESPACE pg_default").unwrap();
    client.batch_execute("DROP TABLESPACE small").unwrap();
    let next = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, next), "finished");
    let sql = "SELECT found, unchanged, (SELECT count(*) FROM midi_files),
                      (SELECT count(*) FROM musical_metadata)
               FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&next]).unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| row.get::<_, i64>(column)), [ALL, kept, ALL, ALL]);
}

/// The definitions and comments of the library's indexes.
fn indexes(client: &mut Client) -> Vec<(String, Option<String>)> {
    client
        .query(
            "SELECT pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class')
             FROM pg_index WHERE indrelid IN ('midi_files'::regclass, 'musical_metadata'::regclass, 'musical_search'::regclass)
             ORDER BY 1",
            &[],
        )
        .unwrap()
        .into_iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect()
}

#[test]
fn deferred_indexes_are_rebuilt_however_the_job_ends() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 150));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE INDEX \"my own\" ON musical_metadata (duration_s);
             SELECT midi_create_indexes('all')",
        )
        .unwrap();
    let before = indexes(&mut client);
    let sql = "SELECT midi_import_start($1, defer_indexes => true)";
    let start = |client: &mut Client| -> i64 {
        client
            .batch_execute("SET midi_pipeline.batch_size = 200; SET midi_pipeline.threads = 1")
            .unwrap();
        let job = client.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
        wait_until_under_way(client, job);
        assert!(indexes(client).len() < before.len() - 20, "the indexes are dropped meanwhile");
        job
    };
    let job = start(&mut client);
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    wait_until_left(&mut client, job);
    assert_eq!(indexes(&mut client), before, "after a cancel");

    let job = start(&mut client);
    kill_hard(workers(&mut client, job)[0]);
    let mut client = cluster.reconnect_after_crash(&mut client);
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    wait_until("the indexes are there", || indexes(&mut client) == before);

    let job = start(&mut client);
    for pid in workers(&mut client, job) {
        client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    }
    wait_until_left(&mut client, job);
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(indexes(&mut client), before, "after the job was resumed");
    let sql = "SELECT count(*), count(*) FILTER (WHERE state = 'imported') FROM midi_files";
    let row = client.query_one(sql, &[]).unwrap();
    assert_eq!([0, 1].map(|column| row.get::<_, i64>(column)), [ALL; 2]);

    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let error = cluster
        .connect_as("reader")
        .query_one("SELECT midi_import_start($1, defer_indexes => true)", &[&folder.as_str()])
        .unwrap_err();
    assert_eq!(error.code(), Some(&postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
}
