//! Texts and arrays of millions of elements, for every argument that can have them: the call ends at once with a result or
//! a short error, or within a second of a cancel.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use midi_pipeline_tests::surface::{Argument, Function, functions, inputs, piece};
use midi_testkit::cluster::{Cluster, backend_pid, succeed, wait_until};
use midi_testkit::folder::Folder;
use postgres::error::SqlState;
use postgres::{Client, Error};
use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

const TIMEOUT: Duration = Duration::from_millis(500);
/// How long a cancelled call may go on: a second, and what a busy machine adds.
const SLACK: Duration = Duration::from_millis(1_500);
/// Most bytes of an argument that an error may repeat.
const LONGEST_MESSAGE: usize = 1_000;

/// Texts of five megabytes or more, some of which are valid and expensive.
const TEXTS: [&str; 16] = [
    "repeat('a', 100000000)",
    "repeat('é', 2500000)",
    "repeat('-', 5000000)",
    "repeat('a b ', 1250000)",
    "repeat('\"\"', 2500000)",
    "'text:\"' || repeat('a b ', 1250000) || '\"'",
    "'name:' || repeat('%a', 2500000)",
    "'instrument:' || repeat('b', 5000000)",
    "'sort:' || repeat('b', 5000000)",
    "repeat('b', 5000000) || ':1'",
    "'duration:' || repeat('1:', 2500000) || '1'",
    "repeat('I V ', 2500000)",
    "repeat('I ', 5000000)",
    "repeat('E4 ', 2500000)",
    "repeat('/tmp/../', 1250000)",
    "repeat('1,', 2500000) || '1 * * * *'",
];

/// Arrays of millions of elements, by their types.
fn arrays(kind: &str) -> &'static [&'static str] {
    match kind {
        "text[]" => &[
            "array_fill('I'::text, '{10000000}')",
            "array_fill('a'::text, '{3,3000000}')",
            "array_fill(NULL::text, '{10000000}')",
            "ARRAY[repeat('é ', 20000000)]",
        ],
        "integer[]" => &["array_fill(60, '{20000000}')", "array_fill(NULL::int, '{5000000}')"],
        "real[]" => &["array_fill(1::real, '{20000000}')", "array_fill(NULL::real, '{5000000}')"],
        _ => &[],
    }
}

/// Whether the call ended in time, with a result or an expected error.
fn check(sql: &str, result: Result<(), Error>, took: Duration) {
    assert!(took < TIMEOUT + SLACK, "{sql}: {took:?}");
    let Err(error) = result else { return };
    let error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
    assert_ne!(*error.code(), SqlState::INTERNAL_ERROR, "{sql}: {error:?}");
    let shown = [Some(error.message()), error.detail(), error.hint()];
    let shown: usize = shown.into_iter().flatten().map(str::len).sum();
    assert!(shown < LONGEST_MESSAGE, "{sql}: an error of {shown} bytes");
}

/// Calls a function with a value for one of its arguments, and rolls back.
fn call(client: &mut Client, function: &Function, large: &Argument, value: &str) {
    let expression = |argument: &Argument| match argument.kind.as_str() {
        _ if argument == large => value.to_owned(),
        // A schedule has an interval or a cron expression.
        "interval" if large.name == "cron" => "NULL".to_owned(),
        _ => argument.input(),
    };
    let sql = format!("SELECT {} FROM public.inputs i", function.call(expression));
    // The timeout is for the call alone: a machine may stall for half a second in any other statement.
    let timeout = TIMEOUT.as_millis();
    client.batch_execute(&format!("BEGIN; SET LOCAL statement_timeout = {timeout}")).unwrap();
    let start = Instant::now();
    // The rows are discarded as they arrive.
    let result = client.batch_execute(&format!("DO $do$ BEGIN PERFORM * FROM ({sql}) s; END $do$"));
    check(&sql, result, start.elapsed());
    client.batch_execute("ROLLBACK").or_else(|_| client.batch_execute("ROLLBACK")).unwrap();
}

#[test]
fn long_text_and_array_arguments_do_not_delay_a_cancel() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let path = folder.write("piece.mid", &piece());
    let mut client = cluster.connect();
    inputs(&mut client, path.to_str().unwrap());
    client
        .batch_execute(&format!(
            "SELECT midi_import('{}'); SELECT midi_create_indexes(); SET client_min_messages = error",
            folder.as_str()
        ))
        .unwrap();
    let mut seen = 0;
    for function in functions(&mut client) {
        for argument in &function.arguments {
            let values = if argument.kind == "text" { &TEXTS[..] } else { arrays(&argument.kind) };
            seen += usize::from(!values.is_empty());
            for value in values {
                call(&mut client, &function, argument, value);
            }
        }
    }
    assert!(seen > 30, "{seen} arguments are texts or arrays");
    assert!(!cluster.log().contains("terminated by signal"));
}

#[test]
fn the_length_of_a_list_of_directories_is_limited() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // Loads the library.
    client.batch_execute("SELECT midi_pipeline_version()").unwrap();
    let set = "SELECT set_config('midi_pipeline.allowed_directories', repeat('/tmp/x, ', $1) || '/tmp', false)";
    client.execute(set, &[&999]).expect("a thousand");
    let error = client.execute(set, &[&1_000]).expect_err("more");
    let error = error.as_db_error().unwrap();
    assert_eq!(*error.code(), SqlState::INVALID_PARAMETER_VALUE);
    assert_eq!(error.detail(), Some("There are more than 1000 names."));
}

#[test]
fn a_name_may_be_as_long_as_that_of_an_archive_member() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute("SET client_min_messages = error; SELECT midi_create_indexes()").unwrap();
    let start = Instant::now();
    for name in ["a".repeat(65_535), "Am ".repeat(21_845), "/120 bpm".repeat(8_191)] {
        let sql = "SELECT imported + duplicate FROM midi_import($1, $2)";
        let imported: i64 = client.query_one(sql, &[&name, &piece()]).expect("a long name").get(0);
        assert_eq!(imported, 1);
        let error = client.query(sql, &[&(name + "too long"), &piece()]).expect_err("too long");
        let error = error.as_db_error().unwrap();
        assert_eq!(*error.code(), SqlState::NAME_TOO_LONG);
        assert_eq!(error.hint(), Some("It may have up to 65535 bytes."));
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_query_may_have_at_most_ten_thousand_bytes() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    for sql in ["SELECT count(*) FROM midi_search($1)", "SELECT midi_search_sql($1)"] {
        client.query_one(sql, &[&"é".repeat(5_000)]).expect("10,000 bytes");
        let error = client.query_one(sql, &[&("é".repeat(5_000) + "a")]).expect_err("one more");
        let error = error.as_db_error().unwrap();
        assert_eq!(*error.code(), SqlState::PROGRAM_LIMIT_EXCEEDED);
        assert_eq!(
            error.message(),
            "the query is longer than 10000 bytes, at column 5001 of the query"
        );
        assert!(error.hint().is_some());
    }
}

/// A path down through that many folders, and up again.
fn down_and_up(folder: &Folder, depth: usize) -> String {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY;
    let mode = Mode::from_raw_mode(0o755);
    let mut directory = openat(CWD, folder.path(), flags, Mode::empty()).unwrap();
    for _ in 0..depth {
        mkdirat(&directory, "a", mode).unwrap();
        directory = openat(&directory, "a", flags, Mode::empty()).unwrap();
    }
    format!("{}/{}{}", folder.as_str(), "a/".repeat(depth), "../".repeat(depth))
}

#[test]
fn resolving_a_path_through_thousands_of_folders_can_be_cancelled() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    // Each `..` is resolved from the root: tens of millions of steps.
    let path = down_and_up(&folder, 8_000);
    let mut client = cluster.connect();
    client.batch_execute(&format!("SET statement_timeout = {}", TIMEOUT.as_millis())).unwrap();
    let start = Instant::now();
    let error = client.execute("SELECT midi_analyze($1::text)", &[&path]).expect_err("no file");
    let took = start.elapsed();
    // Deeper than the standard library can remove.
    succeed(Command::new("rm").arg("-rf").arg(folder.path().join("a")));
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
    assert!(took < TIMEOUT + SLACK, "{took:?}");
}

#[test]
fn a_search_over_millions_of_chords_can_be_cancelled_or_terminated() {
    let cluster = Cluster::start();
    let mut watcher = cluster.connect();
    for (end, code) in [
        ("SELECT pg_cancel_backend($1)", SqlState::QUERY_CANCELED),
        ("SELECT pg_terminate_backend($1)", SqlState::ADMIN_SHUTDOWN),
    ] {
        let mut client = cluster.connect();
        let pid = backend_pid(&mut client);
        let calls = thread::spawn(move || {
            // Nearly all of it matches at every position, as do its rotations.
            let sql = "SELECT midi_progression_position(array_fill('V'::text, '{10000000}'), NULL,
                                                        repeat('V ? ', 31) || 'V IV', true)";
            let error = client.query(sql, &[]).expect_err("it takes minutes");
            (error, Instant::now())
        });
        wait_until("the call is under way", || {
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'";
            watcher.query_one(sql, &[&pid]).unwrap().get::<_, i64>(0) == 1
        });
        thread::sleep(Duration::from_millis(1_500));
        let signalled = Instant::now();
        watcher.execute(end, &[&pid]).unwrap();
        let (error, ended) = calls.join().unwrap();
        assert_eq!(error.code(), Some(&code));
        assert!(ended - signalled < SLACK, "{end}: {:?}", ended - signalled);
    }
}
