//! Jobs, as seen by a session.

use std::time::Duration;

use postgres::Client;

use midi_testkit::cluster::wait_until;

/// Starts a job and returns its number.
pub fn start(client: &mut Client, source: &str, workers: i32) -> i64 {
    client
        .query_one("SELECT midi_import_start($1, workers => $2)", &[&source, &workers])
        .expect("the job is started")
        .get(0)
}

/// Waits until a job has ended and returns its state.
pub fn wait(client: &mut Client, job: i64) -> String {
    client.query_one("SELECT midi_import_wait($1, '2 min')", &[&job]).expect("a state").get(0)
}

/// The state of a job, as it is shown.
pub fn state(client: &mut Client, job: i64) -> String {
    let sql = "SELECT state FROM midi_import_progress WHERE job = $1";
    client.query_one(sql, &[&job]).expect("the job").get(0)
}

/// Waits until a job has finished, without any call that would resume it.
pub fn watch_until_finished(client: &mut Client, job: i64) {
    wait_until("the job has finished by itself", || state(client, job) == "finished");
}

/// How many files a job is done with.
pub fn done(client: &mut Client, job: i64) -> i64 {
    let sql = "SELECT done FROM midi_import_progress WHERE job = $1";
    client.query_one(sql, &[&job]).expect("the job").get(0)
}

/// Waits until a job has written its first batch.
pub fn wait_until_under_way(client: &mut Client, job: i64) {
    wait_until("the job has written a batch", || done(client, job) > 0);
}

/// The processes of a job's workers.
pub fn workers(client: &mut Client, job: i64) -> Vec<i32> {
    client
        .query(
            "SELECT pid FROM pg_stat_activity
             WHERE backend_type = 'midi_import' AND application_name LIKE $1",
            &[&format!("midi_import job {job} %")],
        )
        .expect("processes")
        .into_iter()
        .map(|row| row.get(0))
        .collect()
}

/// Waits until a job has no worker.
pub fn wait_until_left(client: &mut Client, job: i64) {
    wait_until("the workers are gone", || workers(client, job).is_empty());
}

/// The counts of a job beside those of the tables. If they agree, every file is in exactly one recorded state: none is
/// missing, and none was counted twice.
pub const RECONCILE: &str = "
    SELECT p.state,
           p.found,
           p.done,
           p.imported + p.duplicate + p.unchanged + p.failed + p.skipped + p.vanished AS counted,
           (SELECT count(*) FROM midi_files) AS recorded,
           (SELECT count(DISTINCT path) FROM midi_files) AS paths,
           p.imported,
           (SELECT count(*) FROM midi_files WHERE state = 'imported') AS recorded_as_imported,
           (SELECT count(*) FROM musical_metadata) AS contents,
           p.failed,
           (SELECT count(*) FROM midi_files WHERE state = 'failed') AS recorded_as_failed,
           (SELECT count(*) FROM midi_import_chunks) AS chunks_left
    FROM midi_import_progress p
    WHERE p.job = $1";

/// Compares the counts of a finished first import of `files` files, of which `music` have distinct contents, with the
/// tables.
pub fn reconcile(client: &mut Client, job: i64, files: i64, music: i64) {
    // The worker that finishes a job clears its list just after.
    wait_until_left(client, job);
    std::thread::sleep(Duration::from_millis(50));
    let row = client.query_one(RECONCILE, &[&job]).expect("the job");
    let state: String = row.get("state");
    assert_eq!(state, "finished");
    let number = |column: &str| row.get::<_, i64>(column);
    for column in ["found", "done", "counted", "recorded", "paths"] {
        assert_eq!(number(column), files, "{column}: {row:?}");
    }
    for column in ["imported", "recorded_as_imported", "contents"] {
        assert_eq!(number(column), music, "{column}: {row:?}");
    }
    assert_eq!(number("failed"), number("recorded_as_failed"), "{row:?}");
    assert_eq!(number("chunks_left"), 0, "{row:?}");
}
