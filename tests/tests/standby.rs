//! Functions where nothing can be written: on a standby, in a read-only transaction, in and beside parallel workers.

use std::thread;

use midi_pipeline_tests::jobs;
use midi_pipeline_tests::surface::{Function, functions, inputs};
use midi_testkit::cluster::{Cluster, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

/// A cluster with a library, the table of inputs, and a finished job.
fn cluster(folder: &Folder) -> Cluster {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let job = jobs::start(&mut client, folder.as_str(), 1);
    assert_eq!((job, jobs::wait(&mut client, job)), (1, "finished".to_owned()));
    let song = "SELECT path FROM midi_files WHERE path LIKE '%.kar'";
    let path: String = client.query_one(song, &[]).unwrap().get(0);
    inputs(&mut client, &path);
    cluster
}

/// Functions that only read succeed, and those that write raise an error with the reason.
fn sweep(client: &mut Client, functions: &[Function], place: &str) {
    for function in functions {
        let sql = function.statement();
        let result = client.query(&sql, &[]);
        if function.writes {
            let error = result.expect_err(&function.name);
            assert_eq!(
                error.code(),
                Some(&SqlState::READ_ONLY_SQL_TRANSACTION),
                "{}, {place}: {error:?}",
                function.name
            );
        } else {
            let rows =
                result.unwrap_or_else(|error| panic!("{}, {place}: {error:?}", function.name));
            let may_be_empty = [
                "midi_similar",
                "midi_duplicates_of",
                "midi_find_melody",
                "midi_find_progression",
                "midi_compatible",
            ];
            let name = function.name.trim_start_matches("public.");
            assert!(may_be_empty.contains(&name) || !rows.is_empty(), "{sql}, {place}");
        }
    }
}

#[test]
fn reading_functions_run_on_a_standby() {
    let folder = Folder::demo();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    let functions = functions(&mut client);

    client.batch_execute("SET default_transaction_read_only = on").unwrap();
    sweep(&mut client, &functions, "in a read-only transaction");

    let standby = cluster.standby();
    let mut client = standby.connect();
    let in_recovery: bool = client.query_one("SELECT pg_is_in_recovery()", &[]).unwrap().get(0);
    assert!(in_recovery);
    sweep(&mut client, &functions, "on a standby");
}

fn plan(client: &mut Client, sql: &str) -> String {
    let rows = client.query(&format!("EXPLAIN {sql}"), &[]).expect(sql);
    rows.into_iter().map(|row| row.get::<_, String>(0) + "\n").collect()
}

#[test]
fn reading_functions_run_in_parallel_workers_or_beside_them() {
    let folder = Folder::demo();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client
        .batch_execute(
            "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
             SET min_parallel_table_scan_size = 0; ALTER TABLE inputs SET (parallel_workers = 2)",
        )
        .unwrap();
    for function in functions(&mut client) {
        // A function that is not parallel safe runs in the leader, while workers scan the table.
        let beside = function.statement();
        let forced =
            if cluster.version() < 16 { "force_parallel_mode" } else { "debug_parallel_query" };
        client.batch_execute(&format!("SET {forced} = {}", function.parallel_safe)).unwrap();
        if function.writes {
            continue;
        }
        // A call that is known to be parallel safe runs in the worker.
        let waits = function.name.ends_with("midi_import_wait");
        let parallel = plan(&mut client, &beside).contains("Gather");
        assert_eq!(parallel, !waits, "{beside}");
        client.query(&beside, &[]).unwrap_or_else(|error| panic!("{beside}: {error:?}"));
    }
}

#[test]
fn a_standby_can_wait_for_a_job_of_its_primary() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(4_000, 100));
    let standby = cluster.standby();
    let (mut client, mut watcher) = (cluster.connect(), standby.connect());
    // As for any long statement on a standby, which a conflict with recovery would cancel.
    for sql in [
        "ALTER SYSTEM SET hot_standby_feedback = on",
        "ALTER SYSTEM SET wal_receiver_status_interval = '1s'",
        "SELECT pg_reload_conf()",
    ] {
        watcher.batch_execute(sql).unwrap();
    }
    wait_until("the standby reports its oldest transaction", || {
        let sql = "SELECT count(*) FROM pg_stat_replication WHERE backend_xmin IS NOT NULL";
        client.query_one(sql, &[]).unwrap().get::<_, i64>(0) == 1
    });
    let job = jobs::start(&mut client, folder.as_str(), 1);
    wait_until("the standby has the job", || {
        let sql = "SELECT count(*) FROM midi_import_progress WHERE job = $1 AND state = 'running'";
        watcher.query_one(sql, &[&job]).unwrap().get::<_, i64>(0) == 1
    });
    let state = move |client: &mut Client, timeout: &str| -> String {
        let sql = format!("SELECT midi_import_wait($1, '{timeout}')");
        client.query_one(&sql, &[&job]).expect("a standby can wait").get(0)
    };
    assert_eq!(state(&mut watcher, "0 s"), "running");
    let waiting = thread::spawn(move || state(&mut watcher, "1 min"));
    assert_eq!(jobs::wait(&mut client, job), "finished");
    assert_eq!(waiting.join().unwrap(), "finished");
}
