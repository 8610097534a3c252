//! Imports that recur, and the launcher that runs them.

use std::time::{Duration, Instant};
use std::{fs, thread};

use midi_pipeline_tests::cluster::{Cluster, SUPERUSER, kill_hard, wait_until};
use midi_pipeline_tests::folder::Folder;
use midi_pipeline_tests::jobs::{reconcile, start, wait_until_under_way, workers};
use midi_pipeline_tests::smf;
use postgres::Client;
use postgres::error::SqlState;

const EVERY_SECOND: &str = "SELECT midi_schedule('all', $1, every => '1 second')";

/// A cluster whose launcher sees to the database.
fn cluster() -> Cluster {
    let mut cluster = Cluster::start();
    cluster.stop();
    cluster.configure("shared_preload_libraries = 'midi_pipeline'");
    cluster.configure("midi_pipeline.databases = 'no_such_database, music'");
    cluster.restart();
    cluster
}

fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}

fn wait_until_imported(client: &mut Client, files: i64) {
    wait_until("the schedule has brought the files in", || {
        number(client, "SELECT count(*) FROM midi_files WHERE state = 'imported'") == files
    });
}

fn jobs(client: &mut Client) -> i64 {
    number(client, "SELECT count(*) FROM midi_import_jobs")
}

#[test]
fn a_schedule_runs_time_and_again_until_it_is_removed() {
    let (cluster, folder) = (cluster(), Folder::numbered(20, 8));
    let mut client = cluster.connect();
    client.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 20);
    folder.write("later.mid", &smf::numbered(100, 8));
    wait_until_imported(&mut client, 21);
    let sql = "SELECT midi_unschedule('all')";
    assert!(client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let ran = jobs(&mut client);
    assert!(ran >= 2);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(jobs(&mut client), ran, "what is removed runs no more");
    let sql = "SELECT count(*) FROM midi_import_jobs WHERE state <> 'finished'";
    assert_eq!(number(&mut client, sql), 0);
}

#[test]
fn a_schedule_goes_on_after_a_restart_and_so_does_a_job_that_was_cut_off() {
    let (mut cluster, folder) = (cluster(), Folder::numbered(6_000, 150));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 200").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    kill_hard(workers(&mut client, job)[0]);
    wait_until("the server has noticed", || client.is_closed() || client.simple_query("").is_err());
    cluster.wait_until_ready();
    let mut client = cluster.connect();
    wait_until("the launcher has resumed the job", || {
        let sql = "SELECT count(*) FROM midi_import_jobs WHERE state = 'finished'";
        number(&mut client, sql) == 1
    });
    reconcile(&mut client, job, 6_000, 6_000);

    let sql = "SELECT midi_schedule('all', $1, every => '2 seconds')";
    client.execute(sql, &[&folder.as_str()]).unwrap();
    cluster.stop();
    folder.write("while it was down.mid", &smf::numbered(9_000, 8));
    cluster.restart();
    wait_until_imported(&mut cluster.connect(), 6_001);
}

#[test]
fn a_reload_switches_the_launcher_off_and_on() {
    let (cluster, folder) = (cluster(), Folder::numbered(5, 8));
    let mut client = cluster.connect();
    let mut set = |value: &str| {
        client.batch_execute(&format!("ALTER SYSTEM SET midi_pipeline.enabled = {value}")).unwrap();
        client.batch_execute("SELECT pg_reload_conf()").unwrap();
    };
    set("off");
    thread::sleep(Duration::from_millis(500));
    let mut other = cluster.connect();
    other.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    thread::sleep(Duration::from_secs(3));
    assert_eq!(jobs(&mut other), 0);
    set("on");
    wait_until_imported(&mut other, 5);
}

#[test]
fn a_cron_expression_is_due_when_it_says() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 8));
    let mut client = cluster.connect();
    client.batch_execute("SET TimeZone = 'Asia/Tokyo'").unwrap();
    let sql = "SELECT midi_schedule('night', $1, cron => '30 3 * * *') AT TIME ZONE 'Asia/Tokyo'
                      = date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') + interval '3:30'
                      + CASE WHEN (now() AT TIME ZONE 'Asia/Tokyo')::time < '3:30'
                             THEN interval '0' ELSE interval '1 day' END";
    assert!(client.query_one(sql, &[&folder.as_str()]).unwrap().get::<_, bool>(0));
    for (rhythm, code) in [
        ("cron => 'every night'", SqlState::INVALID_PARAMETER_VALUE),
        ("cron => '0 0 31 2 *'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '0 seconds'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 hour', cron => '* * * * *'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 hour', workers => 0", SqlState::INVALID_PARAMETER_VALUE),
    ] {
        let sql = format!("SELECT midi_schedule('bad', $1, {rhythm})");
        let error = client.execute(&sql, &[&folder.as_str()]).expect_err(rhythm);
        assert_eq!(error.code(), Some(&code), "{rhythm}");
    }
}

#[test]
fn a_role_has_schedules_of_its_own_and_they_go_with_it() {
    let (cluster, folder) = (cluster(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE other LOGIN IN ROLE pg_read_server_files;",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    reader.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 3);
    let sql = "SELECT count(*) FROM midi_import_jobs WHERE role <> 'reader'";
    assert_eq!(number(&mut client, sql), 0, "a run acts as the role that made the schedule");
    let mut other = cluster.connect_as("other");
    assert_eq!(number(&mut other, "SELECT count(*) FROM midi_schedules"), 0);
    assert_eq!(number(&mut reader, "SELECT count(*) FROM midi_schedules"), 1);
    let error = other.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::DUPLICATE_OBJECT));
    let sql = "SELECT midi_unschedule('all')";
    assert!(!other.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let error = reader.execute("DELETE FROM midi_schedules", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    drop(reader);
    client.batch_execute("DROP ROLE reader").unwrap();
    wait_until("the schedule is gone", || {
        number(&mut client, "SELECT count(*) FROM midi_schedules") == 0
    });
}

#[test]
fn nothing_keeps_the_extension_or_the_database_from_being_dropped() {
    let (cluster, folder) = (cluster(), Folder::numbered(10, 8));
    let mut client = cluster.connect();
    client.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 10);
    client
        .batch_execute(
            "SET statement_timeout = '5s'; DROP EXTENSION midi_pipeline;
             CREATE EXTENSION midi_pipeline;",
        )
        .unwrap();
    client.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 10);
    drop(client);
    let mut client = cluster.connect_to("postgres", SUPERUSER);
    let begun = Instant::now();
    client.batch_execute("DROP DATABASE music").expect("no process stays in the database");
    assert!(begun.elapsed() < Duration::from_secs(5));
    thread::sleep(Duration::from_secs(2));
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'midi_pipeline launcher'";
    assert_eq!(number(&mut client, sql), 1, "and the launcher goes on");
}

#[test]
fn a_standby_is_quiet_until_it_is_promoted() {
    let (cluster, folder) = (cluster(), Folder::numbered(5, 8));
    let mut client = cluster.connect();
    client.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 5);
    let mut standby = cluster.standby();
    let mut watcher = standby.connect();
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'midi%'";
    assert!(watcher.query_one("SELECT pg_is_in_recovery()", &[]).unwrap().get::<_, bool>(0));
    assert_eq!(number(&mut watcher, sql), 0);
    let error = watcher.query("SELECT midi_import_start($1)", &[&folder.as_str()]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));
    drop(client);
    drop(cluster);
    folder.write("after.mid", &smf::numbered(50, 8));
    fs::metadata(folder.path()).unwrap();
    watcher.batch_execute("SELECT pg_promote()").unwrap();
    wait_until_imported(&mut watcher, 6);
    standby.stop();
}
