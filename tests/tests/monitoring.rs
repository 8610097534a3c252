//! What the pipeline says of itself: its status, its workers, and the damage of files by kind.

use std::{fs, thread};

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, PRELOADED, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

const JOBS: &str = "SELECT jobs_pending + jobs_running + jobs_interrupted + jobs_finished + jobs_failed + jobs_cancelled
                    FROM midi_pipeline_status";

fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).expect(sql).get(0)
}

fn holds(client: &mut Client, sql: &str) -> bool {
    client.query_one(sql, &[]).expect(sql).get(0)
}

#[test]
fn the_status_tells_of_jobs_to_those_who_may_see_them() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client
        .batch_execute("CREATE ROLE guest LOGIN; CREATE ROLE watcher LOGIN IN ROLE pg_monitor")
        .unwrap();
    assert!(holds(
        &mut client,
        "SELECT library_version = extension_version AND NOT is_preloaded AND launcher_pid IS NULL
            AND NOT is_standby AND last_error IS NULL AND workers_running = 0 AND schedules = 0
         FROM midi_pipeline_status"
    ));
    let job = start(&mut client, folder.as_str(), 1);
    wait(&mut client, job);
    let few = Folder::numbered(1, 8);
    client.execute("SELECT midi_schedule('a', $1, every => '1 day')", &[&few.as_str()]).unwrap();
    let second = start(&mut client, few.as_str(), 1);
    wait(&mut client, second);
    let log = cluster.log();
    for line in [
        format!(r#"job {job} of "postgres" in database "music" begins: {}"#, folder.as_str()),
        format!(r#"job {job} of "postgres" in database "music" is finished"#),
    ] {
        assert!(log.contains(&line), "{line}: {log}");
    }
    let both =
        "SELECT jobs_finished = 2 AND files_left = 0 AND workers_missing = 0 AND schedules = 1
                FROM midi_pipeline_status";
    assert!(holds(&mut client, both));
    let mut watcher = cluster.connect_as("watcher");
    assert!(holds(&mut watcher, both));
    let fail = "UPDATE midi_import_jobs SET state = 'failed', error = '/secret' WHERE id = $1";
    client.execute(fail, &[&job]).unwrap();
    let failed = "SELECT jobs_failed = 1 FROM midi_pipeline_status";
    let error = "SELECT last_error IS NOT DISTINCT FROM '/secret' AND last_error_of = 'job 1'
                 FROM midi_pipeline_status";
    let no_error = "SELECT last_error IS NULL AND last_error_of IS NULL AND last_error_at IS NULL
                    FROM midi_pipeline_status";
    assert!(holds(&mut client, failed) && holds(&mut client, error));
    assert!(holds(&mut watcher, failed) && holds(&mut watcher, no_error));
    let error = watcher.query("SELECT * FROM midi_import_states", &[]).unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    for own in ["midi_import_progress", "midi_import_workers", "midi_schedules"] {
        assert_eq!(number(&mut watcher, &format!("SELECT count(*) FROM {own}")), 0, "{own}");
    }
    assert_eq!(number(&mut cluster.connect_as("guest"), JOBS), 0);
    assert_eq!(
        number(&mut cluster.connect_as("guest"), "SELECT schedules FROM midi_pipeline_status"),
        0
    );

    let standby = cluster.standby();
    let mut standby = standby.connect();
    let same =
        "SELECT is_standby AND jobs_finished = 1 AND jobs_failed = 1 AND workers_running IS NULL
                    AND workers_missing IS NULL AND workers_blocked IS NULL FROM midi_pipeline_status";
    wait_until("the standby has the jobs", || holds(&mut standby, same));
}

#[test]
fn schedules_that_do_not_run_or_whose_jobs_fail_are_counted() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    let schedule = "SELECT midi_schedule('a', $1, every => '1 day')";
    client.execute(schedule, &[&folder.as_str()]).unwrap();
    let counts = |client: &mut Client| -> (i64, i64) {
        let sql = "SELECT schedules_failing, schedules_overdue FROM midi_pipeline_status";
        let row = client.query_one(sql, &[]).unwrap();
        (row.get(0), row.get(1))
    };
    assert_eq!(counts(&mut client), (0, 0));
    client.execute("UPDATE midi_schedules SET next_at = now() - interval '2 min'", &[]).unwrap();
    assert_eq!(counts(&mut client), (0, 1));
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    let last = "UPDATE midi_schedules SET last_job = $1, next_at = now() + interval '1 day'";
    client.execute(last, &[&job]).unwrap();
    assert_eq!(counts(&mut client), (0, 0));
    client.execute("UPDATE midi_import_jobs SET state = 'failed'", &[]).unwrap();
    assert_eq!(counts(&mut client), (1, 0));
}

#[test]
fn a_worker_that_is_blocked_is_shown_with_who_blocks_it() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let (mut client, mut other) = (cluster.connect(), cluster.connect());
    let mut blocking = other.transaction().unwrap();
    blocking.batch_execute("LOCK TABLE midi_files IN SHARE MODE").unwrap();
    let pid: i32 = blocking.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let job = start(&mut client, folder.as_str(), 64);
    let blocked = format!(
        "SELECT EXISTS (SELECT FROM midi_import_workers
                        WHERE job = {job} AND {pid} = ANY (blocked_by) AND worker > 0
                          AND since IS NOT NULL AND wait_event_type = 'Lock')"
    );
    wait_until("a worker is blocked", || holds(&mut client, &blocked));
    assert!(holds(
        &mut client,
        "SELECT workers_blocked > 0 AND workers_running > 0 AND jobs_running = 1
            AND workers_running + workers_missing = 64
         FROM midi_pipeline_status"
    ));
    client.batch_execute("CREATE ROLE guest LOGIN").unwrap();
    client.batch_execute("CREATE ROLE watcher LOGIN IN ROLE pg_monitor").unwrap();
    let workers = "SELECT count(*) FROM midi_import_workers";
    for role in ["guest", "watcher"] {
        assert_eq!(number(&mut cluster.connect_as(role), workers), 0, "{role}");
    }
    let counted = "SELECT workers_running FROM midi_pipeline_status";
    assert!(number(&mut cluster.connect_as("watcher"), counted) > 0);
    assert_eq!(number(&mut cluster.connect_as("guest"), counted), 0);
    blocking.rollback().unwrap();
    assert_eq!(wait(&mut client, job), "finished");
    wait_until("the workers have ended", || number(&mut client, workers) == 0);
}

#[test]
fn a_job_takes_one_line_of_the_log_whatever_its_path_has() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    let strange = folder.path().join("a\nFATAL:  b\x1b[2J\t\u{202e}");
    fs::create_dir(&strange).unwrap();
    let job = start(&mut client, strange.to_str().unwrap(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    client.execute("SELECT midi_catalog($1)", &[&folder.as_str()]).unwrap();
    folder.write("a\nFATAL:  c.mid", b"no music");
    client.execute("ALTER ROLE postgres SET log_min_messages = debug1", &[]).unwrap();
    let failing = start(&mut cluster.connect(), folder.as_str(), 1);
    assert_eq!(wait(&mut client, failing), "finished");
    let deepening: i64 = client.query_one("SELECT midi_deepen()", &[]).unwrap().get(0);
    assert_eq!(wait(&mut client, deepening), "finished");
    let (log, named) = (cluster.log(), r#"of "postgres" in database "music""#);
    for line in [
        format!(
            r#"job {job} {named} begins: {}/a\nFATAL:  b\u{{1b}}[2J\t\u{{202e}}"#,
            folder.as_str()
        ),
        format!("job {deepening} {named} begins: what has only been catalogued"),
        format!("midi_import job {failing}: {}/a\\nFATAL:  c.mid: not_midi: ", folder.as_str()),
    ] {
        assert!(log.lines().any(|logged| logged.contains(&line)), "{line}: {log}");
    }
}

/// What `pg_stat_activity` has for a wait of this name: before PostgreSQL 17 extensions could not name theirs.
fn wait_event(client: &mut Client, name: &str) -> String {
    let sql = "SELECT CASE WHEN current_setting('server_version_num')::int >= 170000
                      THEN $1 ELSE 'Extension' END";
    client.query_one(sql, &[&name]).unwrap().get(0)
}

#[test]
fn what_processes_wait_for_has_names() {
    let (cluster, folder) = (Cluster::start().with(&[PRELOADED]), Folder::demo());
    let (mut client, mut other) = (cluster.connect(), cluster.connect());
    let mut blocking = other.transaction().unwrap();
    blocking.batch_execute("LOCK TABLE midi_files IN SHARE MODE").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    let mut waiting = cluster.connect();
    let waits = thread::spawn(move || wait(&mut waiting, job));
    for (what, name) in [
        ("backend_type = 'midi_pipeline launcher'", "MidiPipelineSchedule"),
        ("query LIKE 'SELECT midi_import_wait%'", "MidiPipelineJob"),
    ] {
        let event = wait_event(&mut client, name);
        let sql = format!(
            "SELECT count(*) = 1 FROM pg_stat_activity
             WHERE {what} AND wait_event_type = 'Extension' AND wait_event = '{event}'"
        );
        wait_until("it waits", || holds(&mut client, &sql));
    }
    blocking.rollback().unwrap();
    assert_eq!(waits.join().unwrap(), "finished");
}

#[test]
fn the_status_is_planned_for_the_one_row_that_it_is() {
    let cluster = Cluster::start();
    let plan: String =
        cluster.connect().query("EXPLAIN SELECT * FROM midi_pipeline_status", &[]).expect("a plan")
            [0]
        .get(0);
    // With more, the view would be compiled at each reading.
    assert!(plan.contains(" rows=1 "), "{plan}");
}

#[test]
fn the_status_shows_the_launcher() {
    let cluster = Cluster::start().with(&[PRELOADED]);
    let mut client = cluster.connect();
    wait_until("the launcher has checked this database", || {
        holds(
            &mut client,
            "SELECT is_preloaded AND is_enabled AND next_check IS NOT NULL
                AND launcher_pid = (SELECT pid FROM pg_stat_activity
                                    WHERE backend_type = 'midi_pipeline launcher')
             FROM midi_pipeline_status",
        )
    });
}

#[test]
fn damage_is_grouped_and_found_by_kind() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let sql = "SELECT damage FROM midi_library WHERE filename = 'Greensleeves, cut off.mid'";
    let damage: Vec<String> = client.query_one(sql, &[]).unwrap().get(0);
    let kinds =
        ["missing End of Track", "note without note-off", "track cut short", "wrong track length"];
    assert_eq!(damage, kinds);
    assert!(holds(
        &mut client,
        "SELECT bool_and((warnings = '{}') = (damage = '{}')) FROM midi_library"
    ));
    for query in ["damage:\"Track Cut Short\"", "damage:\"tempo of 0\",\"wrong track length\""] {
        let found = client.query("SELECT filename FROM midi_search($1)", &[&query]).unwrap();
        assert_eq!(found.len(), 1, "{query}");
    }
    let all = number(&mut client, "SELECT count(*) FROM midi_library");
    let sound =
        number(&mut client, "SELECT count(*) FROM midi_search('-damage:\"track cut short\"')");
    assert_eq!(sound, all - 1);
    let error =
        client.query("SELECT FROM midi_search('damage:\"track cut shrt\"')", &[]).unwrap_err();
    let hint = error.as_db_error().and_then(|error| error.hint()).unwrap_or_default().to_owned();
    assert!(hint.starts_with("Did you mean \"track cut short\"?"), "{hint}");
}
