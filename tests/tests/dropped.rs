//! Another session drops the objects that a call uses: the call raises an error, and the server keeps running.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use midi_pipeline_tests::surface::{Argument, functions, inputs, piece};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

/// The extension in a schema of its own, so that everything can be dropped at once.
const CREATE: &str = "CREATE SCHEMA library; CREATE EXTENSION midi_pipeline SCHEMA library";
const DROP: &str = "DROP SCHEMA library CASCADE";

/// A cluster with the extension in a schema of its own, and the table of inputs.
fn cluster(folder: &Folder) -> Cluster {
    let path = folder.write("piece.mid", &piece());
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute("SET client_min_messages = error; DROP EXTENSION midi_pipeline").unwrap();
    client.batch_execute(CREATE).unwrap();
    inputs(&mut client, path.to_str().unwrap());
    cluster
}

fn server_is_up(cluster: &Cluster) {
    cluster.connect().batch_execute("SELECT 1").expect("the server is up");
    let log = cluster.log();
    for problem in ["terminated by signal", "was terminated", "panic at"] {
        assert!(!log.contains(problem), "{log}");
    }
}

/// Asserts that an error was raised on purpose, by PostgreSQL or the extension, and leaves the connection usable.
fn is_regular(error: &postgres::Error, sql: &str) {
    let error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
    assert!(!error.message().contains("internal error in midi_pipeline"), "{sql}: {error:?}");
    assert_eq!(error.severity(), "ERROR", "{sql}: {error:?}");
}

#[test]
fn dropping_the_schema_between_two_calls_of_a_statement_is_an_error() {
    let folder = Folder::new();
    let cluster = cluster(&folder);
    let (mut caller, mut dropper) = (cluster.connect(), cluster.connect());
    dropper.batch_execute("SET client_min_messages = error; SET lock_timeout = '100ms'").unwrap();
    let mut dropped = 0;
    for number in 0..functions(&mut dropper).len() {
        // The functions have new OIDs each time.
        let function = functions(&mut dropper).swap_remove(number);
        let sql = format!("{}, generate_series(1, 4)", function.statement());
        caller.batch_execute(&format!("BEGIN; DECLARE calls CURSOR FOR {sql}")).unwrap();
        if let Err(error) = caller.simple_query("FETCH 1 FROM calls") {
            is_regular(&error, &sql);
            caller.batch_execute("ROLLBACK; BEGIN").unwrap();
            continue;
        }
        // A call that has read the library's tables keeps them locked until its transaction ends.
        let drop = dropper.batch_execute(DROP);
        // The next call may not see the change yet; later ones do.
        if let Err(error) = caller.simple_query("FETCH ALL FROM calls") {
            is_regular(&error, &sql);
        }
        caller.batch_execute("ROLLBACK").unwrap();
        match drop {
            Ok(()) => {
                dropped += 1;
                dropper.batch_execute(CREATE).unwrap();
            }
            Err(error) => assert_eq!(error.code(), Some(&SqlState::LOCK_NOT_AVAILABLE), "{sql}"),
        }
    }
    assert!(dropped > 20, "{dropped} calls hold nothing");
    server_is_up(&cluster);
}

/// Calls all functions repeatedly until `done`, and returns how many calls gave a result.
fn call(mut client: Client, statements: &[String], done: &AtomicBool) -> usize {
    client.batch_execute("SET statement_timeout = '2s'").unwrap();
    let mut answered = 0;
    for sql in statements.iter().cycle().take_while(|_| !done.load(Ordering::Relaxed)) {
        match client.simple_query(sql) {
            Ok(_) => answered += 1,
            Err(error) => is_regular(&error, sql),
        }
    }
    answered
}

#[test]
fn creating_and_dropping_the_extension_during_calls_crashes_no_session() {
    let folder = Folder::new();
    let cluster = cluster(&folder);
    let mut dropper = cluster.connect();
    dropper.batch_execute("SET client_min_messages = error; CREATE SCHEMA elsewhere").unwrap();
    let reads = |argument: &Argument| argument.kind != "library.midi_analysis";
    let statements: Vec<_> = functions(&mut dropper)
        .into_iter()
        .filter(|function| !function.writes && function.arguments.iter().all(reads))
        .map(|function| format!("{}, generate_series(1, 100)", function.statement()))
        .collect();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let calls: Vec<_> = [0, 13, 26]
            .into_iter()
            .map(|first| {
                let mut statements = statements.clone();
                let first = first % statements.len();
                statements.rotate_left(first);
                let (client, done) = (cluster.connect(), &done);
                scope.spawn(move || call(client, &statements, done))
            })
            .collect();
        let start = Instant::now();
        for change in [
            [DROP, CREATE].as_slice(),
            &["DROP EXTENSION midi_pipeline", "CREATE EXTENSION midi_pipeline SCHEMA library"],
            &["ALTER SCHEMA library RENAME TO moved", "ALTER SCHEMA moved RENAME TO library"],
        ]
        .into_iter()
        .cycle()
        .take_while(|_| start.elapsed() < Duration::from_secs(6))
        {
            for sql in change {
                // In a deadlock, this session may be the one that is cancelled.
                while dropper.batch_execute(sql).is_err_and(|error| {
                    assert_eq!(
                        error.code(),
                        Some(&SqlState::T_R_DEADLOCK_DETECTED),
                        "{sql}: {error:?}"
                    );
                    true
                }) {}
            }
        }
        done.store(true, Ordering::Relaxed);
        let answered: usize = calls.into_iter().map(|call| call.join().unwrap()).sum();
        assert!(answered > 0, "some calls give a result");
    });
    server_is_up(&cluster);
}

/// PostgreSQL's functions that return NULL or 0 if the catalogs have no such row.
const LOOKUPS: [&str; 14] = [
    "get_namespace_name",
    "get_func_namespace",
    "get_func_name",
    "get_rel_name",
    "get_rel_namespace",
    "get_rel_type_id",
    "get_array_type",
    "get_element_type",
    "get_database_name",
    "get_database_oid",
    "get_extension_oid",
    "get_extension_name",
    "GetSysCacheOid",
    "SearchSysCache",
];

/// The files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn catalog_lookups_that_may_find_nothing_are_in_one_module() {
    let sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../src"));
    assert!(sources.len() > 50);
    for path in sources.iter().filter(|path| !path.ends_with("pg/catalog.rs")) {
        let text = fs::read_to_string(path).unwrap();
        for lookup in LOOKUPS {
            let call = format!("{lookup}(");
            assert!(
                !text.contains(&call),
                "{} calls {lookup}, which may return NULL",
                path.display()
            );
        }
    }
}
