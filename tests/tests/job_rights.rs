//! Who owns a job, what its workers may do, and what they need from the server.

use midi_pipeline_tests::jobs::{reconcile, start, wait, wait_until_left, workers};
use midi_testkit::cluster::{Cluster, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::error::SqlState;

#[test]
fn a_role_sees_and_cancels_only_its_own_jobs_and_cannot_write_their_rows() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(10, 8));
    cluster
        .connect()
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE other LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE group_of_readers IN ROLE pg_read_server_files;
             GRANT group_of_readers TO reader;",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    let job = start(&mut reader, folder.as_str(), 1);
    assert_eq!(wait(&mut reader, job), "finished");
    let mut other = cluster.connect_as("other");
    let sql = "SELECT count(*) FROM midi_import_progress";
    assert_eq!(other.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
    assert_eq!(reader.query_one(sql, &[]).unwrap().get::<_, i64>(0), 1);
    assert_eq!(cluster.connect().query_one(sql, &[]).unwrap().get::<_, i64>(0), 1);
    let refused = |sql: &str, client: &mut postgres::Client| {
        client.query_one(sql, &[&job]).expect_err(sql).code().cloned()
    };
    for sql in ["SELECT midi_import_cancel($1)", "SELECT midi_import_wait($1)"] {
        assert_eq!(refused(sql, &mut other), Some(SqlState::UNDEFINED_OBJECT));
    }
    for sql in [
        "UPDATE midi_import_jobs SET role = 10 WHERE id = $1",
        "DELETE FROM midi_import_chunks WHERE job = $1",
        "SELECT FROM midi_import_jobs WHERE id = $1",
    ] {
        assert_eq!(refused(sql, &mut reader), Some(SqlState::INSUFFICIENT_PRIVILEGE), "{sql}");
    }
    let role: String =
        reader.query_one("SELECT current_user::text FROM midi_files LIMIT 1", &[]).unwrap().get(0);
    assert_eq!(role, "reader");
    reader.batch_execute("SET ROLE group_of_readers").unwrap();
    let sql = "SELECT midi_import_start($1)";
    let started = reader.query_one(sql, &[&folder.as_str()]);
    if cluster.version() < 17 {
        let error = started.expect_err("a worker cannot act as such a role");
        assert_eq!(error.code(), Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION));
    } else {
        let job: i64 = started.unwrap().get(0);
        assert_eq!(wait(&mut reader, job), "finished");
    }
}

#[test]
fn limits_of_the_caller_apply_to_its_workers() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(5, 8));
    folder.write("inside/a.mid", &smf::numbered(1, 8));
    let mut client = cluster.connect();
    let inside = format!("{}/inside", folder.as_str());
    client
        .batch_execute(&format!("SET midi_pipeline.allowed_directories = '\"{inside}\"'"))
        .unwrap();
    let sql = "SELECT midi_import_start($1)";
    let error = client.query_one(sql, &[&folder.as_str()]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    // The limits of the server apply to the worker, too, even if the caller's are wider.
    client
        .batch_execute("ALTER SYSTEM SET midi_pipeline.allowed_directories = '/nowhere'")
        .unwrap();
    client.batch_execute("SELECT pg_reload_conf()").unwrap();
    wait_until("the server has read its settings", || {
        let sql = "SHOW midi_pipeline.allowed_directories";
        cluster.connect().query_one(sql, &[]).unwrap().get::<_, String>(0) == "/nowhere"
    });
    let job = start(&mut client, &inside, 1);
    assert_eq!(wait(&mut client, job), "failed");
    let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
    let error: String = client.query_one(sql, &[&job]).unwrap().get(0);
    assert!(error.contains("allowed_directories"), "{error}");
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn waiting_for_a_job_ends_if_its_workers_cannot_start() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(10, 8));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = cluster.connect_as("reader");
    let mut transaction = reader.transaction().unwrap();
    let sql = "SELECT midi_import_start($1)";
    let job: i64 = transaction.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    client.batch_execute("REVOKE CONNECT ON DATABASE music FROM PUBLIC").unwrap();
    for worker in workers(&mut client, job) {
        client.execute("SELECT pg_terminate_backend($1)", &[&worker]).unwrap();
    }
    wait_until_left(&mut client, job);
    transaction.commit().unwrap();
    let error = reader.query_one("SELECT midi_import_wait($1)", &[&job]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_RESOURCES));
    client.batch_execute("GRANT CONNECT ON DATABASE music TO PUBLIC").unwrap();
    assert_eq!(wait(&mut reader, job), "finished");
    reconcile(&mut client, job, 10, 10);
}

#[test]
fn the_error_for_missing_worker_slots_names_the_setting_to_raise() {
    let (mut cluster, folder) = (Cluster::start(), Folder::numbered(10, 8));
    cluster.stop();
    cluster.configure("max_worker_processes = 0");
    cluster.restart();
    let mut client = cluster.connect();
    let sql = "SELECT midi_import_start($1)";
    let error = client.query_one(sql, &[&folder.as_str()]).unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(*error.code(), SqlState::INSUFFICIENT_RESOURCES);
    assert!(error.hint().unwrap().contains("max_worker_processes"), "{error:?}");
}
