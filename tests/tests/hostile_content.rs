//! Every function that takes the content of a file, on the largest hostile files that it accepts: it stays within a limit of
//! memory, ends within a second of a cancel, and if there is no memory the call fails and other sessions continue.

use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{fs, thread};

use midi_testkit::cluster::{Cluster, backend_pid, limit_address_space, wait_until};
use midi_testkit::hostile;
use postgres::Client;
use postgres::error::SqlState;

/// Most megabytes that a backend may grow by, including the file itself: in functions that describe the music, and in those
/// that hold its events or parts beside its notes.
const MOST_MEGABYTES: u64 = 400;
const MOST_OF_BOTH: u64 = 650;
/// Those functions.
const HOLD_BOTH: [&str; 7] = [
    "midi_keep_parts",
    "midi_parts",
    "midi_quantize",
    "midi_set_tempo",
    "midi_split",
    "midi_transpose",
    "midi_trim",
];
/// How soon a cancelled call ends, and what a busy machine may add.
const SECOND: Duration = Duration::from_secs(1);
const SLACK: Duration = Duration::from_millis(500);

/// A call for each function that has a parameter `content`, for which `$` stands.
const CALLS: [(&str, &str); 29] = [
    ("midi_analyze", "SELECT (midi_analyze($)).note_count"),
    ("midi_beats", "SELECT count(*) FROM midi_beats($)"),
    ("midi_chords", "SELECT count(*) FROM midi_chords($)"),
    ("midi_compatible", "SELECT count(*) FROM midi_compatible($)"),
    ("midi_convert", "SELECT length(midi_convert($, 1, -6360))"),
    ("midi_events", "SELECT count(*) FROM midi_events($)"),
    ("midi_features", "SELECT count(*) FROM midi_features($)"),
    ("midi_find_melody", "SELECT count(*) FROM midi_find_melody($)"),
    ("midi_header", "SELECT count(*) FROM midi_header($)"),
    ("midi_import", "SELECT count(*) FROM midi_import('hostile.mid', $)"),
    ("midi_keep_parts", "SELECT length(midi_keep_parts($, '{1}'))"),
    ("midi_keys", "SELECT count(*) FROM midi_keys($)"),
    ("midi_lyrics", "SELECT count(*) FROM midi_lyrics($)"),
    ("midi_melody", "SELECT count(*) FROM midi_melody($)"),
    ("midi_notes", "SELECT count(*) FROM midi_notes($)"),
    ("midi_page", "SELECT length(midi_page($))"),
    ("midi_parts", "SELECT count(*) FROM midi_parts($)"),
    ("midi_piano_roll", "SELECT length(midi_piano_roll($))"),
    ("midi_quantize", "SELECT length(midi_quantize($, '1/16, 1/8T'))"),
    ("midi_repair", "SELECT length(midi_repair($))"),
    ("midi_sections", "SELECT count(*) FROM midi_sections($)"),
    ("midi_set_tempo", "SELECT length(midi_set_tempo($, 90, stretch => false))"),
    ("midi_set_text", "SELECT length(midi_set_text($, 'title', 'A'))"),
    ("midi_similar_to", "SELECT count(*) FROM midi_similar_to($)"),
    ("midi_split", "SELECT count(*) FROM midi_split($)"),
    ("midi_tempo_map", "SELECT count(*) FROM midi_tempo_map($)"),
    ("midi_tracks", "SELECT count(*) FROM midi_tracks($)"),
    ("midi_transpose", "SELECT length(midi_transpose($, 2))"),
    ("midi_trim", "SELECT length(midi_trim($, 2, 3))"),
];

/// A cluster with the hostile files in a table, uncompressed.
fn cluster() -> Cluster {
    let mut cluster = Cluster::start();
    // The system counts shared buffers that a backend has touched as its own memory.
    cluster.configure("shared_buffers = '8MB'");
    cluster.stop();
    cluster.restart();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE TABLE hostile (kind text, content bytea);
             ALTER TABLE hostile ALTER content SET STORAGE EXTERNAL",
        )
        .unwrap();
    for file in hostile::files() {
        let sql = "INSERT INTO hostile VALUES ($1, $2)";
        client.execute(sql, &[&file.kind, &file.content]).unwrap();
    }
    cluster
}

/// One cluster for all checks, since the files take a while to generate and to load.
#[test]
fn the_largest_hostile_contents_stay_within_time_and_memory() {
    let cluster = cluster();
    a_call_without_memory_fails_and_other_sessions_continue(&cluster);
    rows_that_are_not_read_to_the_end_leave_nothing(&cluster);
    millions_of_rows_end_within_a_second_of_a_cancel_or_termination(&cluster);
    every_function_ends_within_a_second_of_a_timeout_whatever_the_content(&cluster);
    no_function_takes_more_than_it_may_whatever_the_content(&cluster);
}

fn kinds(client: &mut Client) -> Vec<String> {
    let rows = client.query("SELECT kind FROM hostile", &[]).unwrap();
    rows.into_iter().map(|row| row.get(0)).collect()
}

fn on(call: &str, kind: &str) -> String {
    call.replace('$', &format!("(SELECT content FROM hostile WHERE kind = '{kind}')"))
}

/// Runs a check of each function on each kind of file, numbered from 0, two at a time.
fn on_all(cluster: &Cluster, check: impl Fn(usize, &str, &str, &str) + Sync) {
    let kinds = kinds(&mut cluster.connect());
    let pairs = CALLS.iter().flat_map(|call| kinds.iter().map(move |kind| (call, kind)));
    let next = Mutex::new(pairs.enumerate());
    let take = || next.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((index, ((function, call), kind))) = take() {
                    check(index, function, call, kind);
                }
            });
        }
    });
}

/// A line of a process's status, in MB.
fn megabytes(pid: i32, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the backend runs");
    let value = status.lines().find_map(|found| found.strip_prefix(line)).expect("a line");
    value.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

/// Whether an error is an expected one: the file has no notes or no melody, or exceeds a limit.
fn is_plain_refusal(error: &postgres::Error) -> bool {
    let plain = [
        SqlState::DATA_EXCEPTION,
        SqlState::PROGRAM_LIMIT_EXCEEDED,
        SqlState::INVALID_PARAMETER_VALUE,
        SqlState::INVALID_BINARY_REPRESENTATION,
    ];
    error.code().is_some_and(|code| plain.contains(code))
}

#[test]
fn every_function_that_takes_content_is_tested_here() {
    let sql = "SELECT DISTINCT p.proname::text COLLATE \"C\"
               FROM pg_proc AS p
               JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
               JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'midi_pipeline'
               WHERE 'content' = ANY (p.proargnames)
               ORDER BY 1";
    let rows = Cluster::start().connect().query(sql, &[]).unwrap();
    let found: Vec<String> = rows.into_iter().map(|row| row.get(0)).collect();
    assert_eq!(found, CALLS.map(|(function, _)| function));
}

fn no_function_takes_more_than_it_may_whatever_the_content(cluster: &Cluster) {
    let over = Mutex::new(Vec::new());
    on_all(cluster, |_, function, call, kind| {
        let mut client = cluster.connect();
        let pid = backend_pid(&mut client);
        client.batch_execute("SELECT midi_pipeline_version()").unwrap();
        // Without the server's buffers, through which the file is read.
        let held = || megabytes(pid, "VmHWM:") - megabytes(pid, "RssShmem:");
        let before = held();
        if let Err(error) = client.query_one(&on(call, kind), &[]) {
            assert!(is_plain_refusal(&error), "{function} on {kind}: {error:?}");
        }
        let grown = held() - before;
        let most = if HOLD_BOTH.contains(&function) { MOST_OF_BOTH } else { MOST_MEGABYTES };
        if grown >= most {
            over.lock().unwrap().push(format!("{function} on {kind} took {grown} MB"));
        }
    });
    let over = over.into_inner().unwrap();
    assert!(over.is_empty(), "{over:#?}");
}

fn every_function_ends_within_a_second_of_a_timeout_whatever_the_content(cluster: &Cluster) {
    on_all(cluster, |index, function, call, kind| {
        let mut client = cluster.connect();
        // Each at another moment of its run.
        let timeout = 40 + 97 * index as u64 % 400;
        client.batch_execute(&format!("SET statement_timeout = {timeout}")).unwrap();
        let start = Instant::now();
        let result = client.query_one(&on(call, kind), &[]);
        let late = start.elapsed().saturating_sub(Duration::from_millis(timeout));
        assert!(late < SECOND + SLACK, "{function} on {kind} went on for {late:?}");
        if let Err(error) = result {
            let is_timeout = error.code() == Some(&SqlState::QUERY_CANCELED);
            assert!(is_timeout || is_plain_refusal(&error), "{function} on {kind}: {error:?}");
        }
    });
}

fn millions_of_rows_end_within_a_second_of_a_cancel_or_termination(cluster: &Cluster) {
    for (signal, code) in [
        ("pg_cancel_backend", SqlState::QUERY_CANCELED),
        ("pg_terminate_backend", SqlState::ADMIN_SHUTDOWN),
    ] {
        for call in ["midi_events", "midi_notes", "midi_melody"] {
            let mut client = cluster.connect();
            let pid = backend_pid(&mut client);
            // Both in FROM, where all rows are collected first, and in the select list, where they may be fetched one by one.
            let content = "(SELECT content FROM hostile WHERE kind = 'notes far apart')";
            let sql =
                format!("SELECT max(n) FROM (SELECT length({call}({content})::text) AS n) AS rows");
            let run = thread::spawn(move || (client.query_one(&sql, &[]), Instant::now()));
            thread::sleep(Duration::from_millis(600));
            let signalled = Instant::now();
            cluster.connect().execute(&format!("SELECT {signal}({pid})"), &[]).unwrap();
            let (result, ended) = run.join().unwrap();
            let error = result.expect_err("millions of rows take longer");
            assert_eq!(error.code(), Some(&code), "{call}: {error:?}");
            let took = ended - signalled;
            assert!(took < SECOND + SLACK, "{call} went on for {took:?} after {signal}");
        }
    }
}

fn rows_that_are_not_read_to_the_end_leave_nothing(cluster: &Cluster) {
    let mut client = cluster.connect();
    let content = "(SELECT content FROM hostile WHERE kind = 'tracks of many channels')";
    let sql = format!("SELECT pitch FROM midi_notes({content}) LIMIT 2");
    assert_eq!(client.query(&sql, &[]).unwrap().len(), 2);
    let sql = format!("SELECT midi_notes({content}) IS NULL LIMIT 2");
    assert_eq!(client.query(&sql, &[]).unwrap().len(), 2);
    client
        .batch_execute(&format!(
            "BEGIN;
             DECLARE kept CURSOR WITH HOLD FOR SELECT pitch FROM midi_notes({content}) LIMIT 1000;
             DECLARE open CURSOR FOR SELECT pitch FROM midi_notes({content});
             FETCH 2 FROM open;
             COMMIT;"
        ))
        .unwrap();
    assert_eq!(client.query("FETCH 3 FROM kept", &[]).unwrap().len(), 3);
    client.batch_execute("CLOSE kept").unwrap();
    let error =
        client.query(&format!("SELECT 1 / (pitch - pitch) FROM midi_notes({content})"), &[]);
    assert_eq!(error.unwrap_err().code(), Some(&SqlState::DIVISION_BY_ZERO));
    let sql = "SELECT count(*) FROM pg_ls_tmpdir()";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
}

fn a_call_without_memory_fails_and_other_sessions_continue(cluster: &Cluster) {
    let mut bystander = cluster.connect();
    let witness = backend_pid(&mut bystander);
    let mut refused = 0;
    for more in [2, 40, 100, 200] {
        for kind in ["notes far apart", "syllables", "one long text"] {
            let mut client = cluster.connect();
            let pid = backend_pid(&mut client);
            client.batch_execute("SELECT midi_pipeline_version()").unwrap();
            limit_address_space(pid, (megabytes(pid, "VmSize:") + more) << 20);
            for (function, call) in CALLS {
                // A call that raises an error ends soon; the others are checked elsewhere.
                client.batch_execute("SET statement_timeout = '400ms'").unwrap();
                let Err(error) = client.query_one(&on(call, kind), &[]) else { continue };
                let code = error.code().cloned();
                assert!(
                    code.is_some(),
                    "{function} on {kind} with {more} MB: {error:?}\n{}",
                    cluster.log()
                );
                refused += usize::from(code == Some(SqlState::OUT_OF_MEMORY));
                let expected = is_plain_refusal(&error)
                    || [SqlState::OUT_OF_MEMORY, SqlState::QUERY_CANCELED].contains(&code.unwrap());
                assert!(expected, "{function} on {kind} with {more} MB: {error:?}");
            }
            assert_eq!(backend_pid(&mut client), pid, "the session goes on");
        }
    }
    assert!(refused > 50, "only {refused} calls met the limit");
    assert_eq!(backend_pid(&mut bystander), witness, "no other session has ended");
    wait_until("the log is written", || !cluster.log().is_empty());
    assert!(!cluster.log().contains("was terminated by signal"), "{}", cluster.log());
}
