//! Recurring imports, and the launcher that runs them.

use std::time::{Duration, Instant};
use std::{fs, thread};

use midi_pipeline_tests::jobs::{reconcile, start, wait_until_under_way, workers};
use midi_testkit::cluster::{Cluster, PRELOADED, SUPERUSER, kill_hard, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use postgres::error::SqlState;

const EVERY_SECOND: &str = "SELECT midi_schedule('all', $1, every => '1 second')";

/// A cluster with the launcher.
fn cluster() -> Cluster {
    Cluster::start().with(&[PRELOADED])
}

fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}

fn wait_until_imported(client: &mut Client, files: i64) {
    wait_until("the schedule has imported the files", || {
        number(client, "SELECT count(*) FROM midi_files WHERE state = 'imported'") == files
    });
}

fn jobs(client: &mut Client) -> i64 {
    number(client, "SELECT count(*) FROM midi_import_jobs")
}

#[test]
fn a_schedule_runs_repeatedly_until_it_is_removed() {
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
    assert_eq!(jobs(&mut client), ran, "a removed schedule does not run");
    let sql = "SELECT count(*) FROM midi_import_jobs WHERE state <> 'finished'";
    assert_eq!(number(&mut client, sql), 0);
}

#[test]
fn schedules_and_interrupted_jobs_resume_after_a_restart() {
    let (mut cluster, folder) = (cluster(), Folder::numbered(6_000, 150));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 200").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    kill_hard(workers(&mut client, job)[0]);
    let mut client = cluster.reconnect_after_crash(&mut client);
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
        ("cron => '0 0 0 1 1 * 2001'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '0 seconds'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '-1 hour'", SqlState::INVALID_PARAMETER_VALUE),
        // Longer than a second as PostgreSQL compares intervals, with months of thirty days.
        ("every => '-1 month 30 days 1 second'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 month -29 days'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 day -24 hours 2 seconds'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 hour', cron => '* * * * *'", SqlState::INVALID_PARAMETER_VALUE),
        ("every => '1 hour', workers => 0", SqlState::INVALID_PARAMETER_VALUE),
    ] {
        let sql = format!("SELECT midi_schedule('bad', $1, {rhythm})");
        let error = client.execute(&sql, &[&folder.as_str()]).expect_err(rhythm);
        assert_eq!(error.code(), Some(&code), "{rhythm}");
    }
    if cluster.version() >= 17 {
        let sql = "SELECT midi_schedule('bad', $1, every => 'infinity')";
        let error = client.execute(sql, &[&folder.as_str()]).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE));
    }
    for good in ["1 second", "1 month", "1 year -1 day", "1 day -1 hour"] {
        let sql = "SELECT midi_schedule('good', $1, every => $2::text::interval) > now()";
        assert!(client.query_one(sql, &[&folder.as_str(), &good]).unwrap().get::<_, bool>(0));
    }
}

/// A time zone whose clocks are put back by an hour, so many minutes from now.
fn zone_that_ends_summer_time(client: &mut Client, minutes: f64) -> String {
    let sql = "SELECT format('STD0DST-1,0/0,%s/%s', extract(doy FROM local)::int - 1, to_char(local, 'HH24:MI:SS'))
               FROM (SELECT now() AT TIME ZONE 'UTC' + make_interval(hours => 1, secs => $1)) AS t (local)";
    client.query_one(sql, &[&(minutes * 60.0)]).unwrap().get(0)
}

#[test]
fn a_cron_expression_runs_without_a_gap_when_clocks_are_put_back() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 8));
    let mut client = cluster.connect();
    // Within the hour that occurs twice: its first and its second time.
    for (minutes, offset) in [(20.0, 1), (-20.0, 0)] {
        let zone = zone_that_ends_summer_time(&mut client, minutes);
        client.batch_execute(&format!("SET TimeZone = '{zone}'")).unwrap();
        let sql = "SELECT (extract(epoch FROM now() AT TIME ZONE current_setting('TimeZone'))
                           - extract(epoch FROM now()))::int / 3600";
        assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i32>(0), offset, "{zone}");
        let sql = "SELECT midi_schedule('often', $1, cron => '* * * * *')
                          BETWEEN now() AND now() + interval '61 seconds'";
        let soon: bool = client.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
        assert!(soon, "{zone}");
    }
}

#[test]
fn a_failing_schedule_is_recorded_and_delays_no_other() {
    let (cluster, folder) = (cluster(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    // One cron expression has a single time to come. Other rows are as a newer version, or a superuser, may have left them.
    let once =
        "to_char(now() AT TIME ZONE 'UTC' + interval '4 seconds', 'SS MI HH24 DD MM \"*\" YYYY')";
    client.batch_execute("SET TimeZone = 'UTC'").unwrap();
    for (name, rhythm) in [
        ("a broken expression", "cron => '* * * * * *'"),
        ("b broken zone", "cron => '* * * * * *'"),
        ("c backwards", "every => '1 second'"),
        ("d once", &format!("cron => {once}")),
        ("e valid", "every => '1 second'"),
    ] {
        let sql = format!("SELECT midi_schedule('{name}', $1, {rhythm})");
        client.execute(&sql, &[&folder.as_str()]).unwrap();
    }
    client
        .batch_execute(
            "UPDATE midi_schedules SET cron = 'nonsense' WHERE name LIKE 'a%';
             UPDATE midi_schedules SET time_zone = 'Nowhere/At all' WHERE name LIKE 'b%';
             UPDATE midi_schedules SET every = '-1 month 30 days 1 second' WHERE name LIKE 'c%';",
        )
        .unwrap();
    wait_until("all have been tried", || {
        let sql = "SELECT count(*) FROM midi_schedules WHERE last_error IS NOT NULL";
        number(&mut client, sql) == 4
    });
    let rows = client
        .query(
            "SELECT last_error, failures > 0, next_at IS NULL, last_job IS NULL,
                    next_at > now() + interval '30 seconds', failed_at <= now()
             FROM midi_schedules ORDER BY name LIMIT 4",
            &[],
        )
        .unwrap();
    let says = |row: usize, what: &str| rows[row].get::<_, String>(0).contains(what);
    assert!(says(0, "nonsense") && says(1, "Nowhere/At all"), "{rows:?}");
    assert!(says(2, "no time in the future") && says(3, "no time in the future"), "{rows:?}");
    for (row, fails) in [(0, true), (1, true), (2, false), (3, false)] {
        let flag = |column: usize| rows[row].get::<_, Option<bool>>(column);
        assert_eq!(flag(1), Some(fails), "counted as a failure: {row} {rows:?}");
        assert_eq!(flag(2), Some(!fails), "over: {row} {rows:?}");
        assert_eq!(flag(3), Some(fails), "has no job: {row} {rows:?}");
        assert_eq!(flag(4), fails.then_some(true), "tried again in a minute: {row} {rows:?}");
        assert_eq!(flag(5), Some(true), "{row} {rows:?}");
    }
    thread::sleep(Duration::from_secs(2));
    let later =
        "SELECT count(*) FROM midi_import_jobs WHERE created_at > now() - interval '1 second'";
    wait_until("the valid one goes on", || number(&mut client, later) > 0);
    let sql = "SELECT count(*) FROM midi_schedules WHERE name LIKE 'e%' AND last_error IS NULL";
    assert_eq!(number(&mut client, sql), 1);
}

#[test]
fn a_schedule_that_finds_no_worker_slot_is_recorded_and_retried() {
    let (cluster, folder) = (cluster(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    let mut holder = cluster.connect();
    let mut transaction = holder.transaction().unwrap();
    let sql = "SELECT midi_import_start($1, workers => 5)";
    transaction.query_one(sql, &[&folder.as_str()]).unwrap();
    client
        .execute("SELECT midi_schedule('late', $1, every => '1 second')", &[&folder.as_str()])
        .unwrap();
    let sql = "SELECT count(*) FROM midi_schedules
               WHERE last_error LIKE '%background worker%' AND next_at > now() + interval '30 seconds'";
    wait_until("the schedule has found no slot", || number(&mut client, sql) == 1);
    transaction.rollback().unwrap();
    // The slots are free some time after the workers have ended; until then a try fails again. After a change by
    // hand the launcher looks again when another schedule is created.
    let postponed = "UPDATE midi_schedules SET next_at = now()
                     WHERE name = 'late' AND failures > 0 AND next_at > now()";
    let other = "SELECT midi_schedule('other', $1, every => '1 day')";
    let ran = "SELECT count(*) FROM midi_schedules
               WHERE name = 'late' AND last_job IS NOT NULL AND last_error IS NULL AND failures = 0";
    wait_until("the schedule has run", || {
        if client.execute(postponed, &[]).unwrap() == 1 {
            client.execute(other, &[&folder.as_str()]).unwrap();
        }
        number(&mut client, ran) == 1
    });
}

#[test]
fn schedules_belong_to_a_role_and_are_removed_with_it() {
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
    assert_eq!(number(&mut client, sql), 0, "a run acts as the role that created the schedule");
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
fn schedules_do_not_block_dropping_the_extension_or_the_database() {
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
    client.batch_execute("DROP DATABASE music").expect("no process is connected to the database");
    assert!(begun.elapsed() < Duration::from_secs(5));
    thread::sleep(Duration::from_secs(2));
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'midi_pipeline launcher'";
    assert_eq!(number(&mut client, sql), 1, "and the launcher goes on");
}

#[test]
fn a_standby_runs_no_schedule_until_it_is_promoted() {
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

#[test]
fn schedules_are_started_as_the_table_owner_and_nothing_runs_as_superuser() {
    let (cluster, folder) = (cluster(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE app NOLOGIN;
             GRANT reader TO app;
             GRANT CREATE ON SCHEMA public TO app;
             ALTER TABLE midi_import_jobs OWNER TO app;
             ALTER TABLE midi_import_chunks OWNER TO app;
             ALTER TABLE midi_schedules OWNER TO app;
             SET ROLE app;
             CREATE TABLE seen AS SELECT current_user AS who, false AS super WHERE false;
             CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 INSERT INTO public.seen SELECT current_user, rolsuper FROM pg_catalog.pg_roles
                 WHERE rolname = current_user;
                 RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER look AFTER INSERT ON midi_import_jobs
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look();
             RESET ROLE;",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    // With that trigger it may be refused.
    let _ = reader.execute(EVERY_SECOND, &[&folder.as_str()]);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(number(&mut client, "SELECT count(*) FROM seen WHERE super"), 0);
    client.batch_execute("DROP TRIGGER look ON midi_import_jobs").unwrap();
    reader.execute(EVERY_SECOND, &[&folder.as_str()]).unwrap();
    wait_until_imported(&mut client, 3);
}
