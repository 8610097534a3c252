//! A cancelled import ends within a second and leaves nothing.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use midi_testkit::cluster::{Cluster, backend_pid, wait_until};
use midi_testkit::folder::Folder;
use postgres::error::SqlState;

/// How many threads a process has.
fn threads(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

/// Waits until only the main thread is left; the system shows a thread for a moment after it has ended.
fn wait_for_threads(pid: i32) {
    wait_until("the import's threads are gone", || threads(pid) == 1);
}

#[test]
fn a_cancelled_import_ends_within_a_second_and_leaves_nothing() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(20_000, 200));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.threads = 2").unwrap();
    let pid = backend_pid(&mut client);
    let source = folder.as_str().to_owned();
    let import = thread::spawn(move || {
        let error = client
            .execute("SELECT midi_import($1::text)", &[&source])
            .expect_err("the import was cancelled");
        (error, Instant::now(), client)
    });
    wait_until("the import has its threads", || threads(pid) >= 3);
    thread::sleep(Duration::from_millis(300));
    let cancelled = Instant::now();
    cluster.connect().execute("SELECT pg_cancel_backend($1)", &[&pid]).unwrap();
    let (error, ended, mut client) = import.join().unwrap();
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
    let took = ended - cancelled;
    assert!(took < Duration::from_secs(1), "the cancelled import went on for {took:?}");
    wait_for_threads(pid);
    let rows: i64 = client
        .query_one(
            "SELECT (SELECT count(*) FROM midi_files) + (SELECT count(*) FROM musical_metadata)",
            &[],
        )
        .expect("the connection is usable")
        .get(0);
    assert_eq!(rows, 0);
    let small = Folder::numbered(20, 8);
    let imported: i64 = client
        .query_one("SELECT imported FROM midi_import($1::text)", &[&small.as_str()])
        .expect("the next import works")
        .get(0);
    assert_eq!(imported, 20);
}

#[test]
fn a_statement_timeout_ends_an_import_and_leaves_no_thread() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(10_000, 200));
    let mut client = cluster.connect();
    let pid = backend_pid(&mut client);
    client.batch_execute("SET statement_timeout = '200ms'").unwrap();
    let start = Instant::now();
    let error = client
        .execute("SELECT midi_import($1::text)", &[&folder.as_str()])
        .expect_err("ten thousand files take longer than the timeout");
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
    assert!(start.elapsed() < Duration::from_millis(1_200));
    wait_for_threads(pid);
}
