//! Storage that fails. Temporary errors are retried, lasting ones remove no rows, and a call that is never answered does
//! not delay a cancel.

use std::thread;
use std::time::{Duration, Instant};

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait, wait_until_left, workers};
use midi_testkit::archives::{gzip, tar, zip};
use midi_testkit::cluster::{Cluster, wait_until};
use midi_testkit::faulty_files::{Call, FaultyFiles};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use postgres::error::SqlState;
use rustix::io::Errno;

/// More often than a call is tried.
const ALWAYS: u32 = u32::MAX;

/// The names of the files in a state, one after the other.
fn names(client: &mut Client, state: &str) -> String {
    let sql = "SELECT string_agg(concat_ws('!', filename, archive_member), ' ' ORDER BY path, archive_member)
               FROM midi_files WHERE state = $1";
    client.query_one(sql, &[&state]).unwrap().get::<_, Option<_>>(0).unwrap_or_default()
}

/// Deletes the recorded problems, and answers their kinds with the names of the files.
fn problems(client: &mut Client) -> Vec<String> {
    let sql = "WITH gone AS (DELETE FROM midi_import_errors RETURNING *)
               SELECT kind || ' ' || regexp_replace(path, '.*/(?=.)', '') FROM gone ORDER BY 1";
    client.query(sql, &[]).unwrap().into_iter().map(|row| row.get(0)).collect()
}

fn members(from: u32) -> Vec<(&'static str, Vec<u8>)> {
    vec![("m.mid", smf::numbered(from, 8)), ("n.mid", smf::numbered(from + 1, 8))]
}

const ERRORS: [Errno; 6] =
    [Errno::MFILE, Errno::IO, Errno::NOMEM, Errno::AGAIN, Errno::STALE, Errno::BUSY];
const FILES: [&str; 6] = ["a.mid", "b.mid", "c.mid", "d/e.mid", "d/f.mid", "d/g.mid"];

/// Six files and two archives of two members each, with music of these numbers.
fn write_all(disk: &FaultyFiles, from: u32) {
    for (number, name) in (from..).zip(FILES) {
        disk.write(name, &smf::numbered(number, 8));
    }
    disk.write("x.zip", &zip(&members(from + 50)));
    disk.write("y.tgz", &gzip(&tar(&members(from + 60))));
}

fn fail(disk: &FaultyFiles, path: &str, call: Call, errno: Errno, times: u32) {
    disk.fail(path, call, errno.raw_os_error(), times);
}

#[test]
fn temporary_io_errors_are_retried() {
    let Some(disk) = FaultyFiles::mount(&[]) else { return };
    write_all(&disk, 0);
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // Each file has another error once or twice, at one call or another.
    for ((number, name), errno) in (0..).zip(FILES).zip(ERRORS) {
        let call = [Call::Look, Call::Open, Call::Read][number % 3];
        fail(&disk, name, call, errno, 1 + number as u32 % 2);
    }
    fail(&disk, "x.zip", Call::Read, Errno::IO, 2);
    fail(&disk, "y.tgz", Call::Open, Errno::TXTBSY, 2);
    assert_eq!(import(&mut client, disk.path()), [10, 10, 0, 0, 0, 0, 0]);
    assert_eq!(problems(&mut client), [""; 0]);
}

#[test]
fn lasting_io_errors_remove_nothing_from_the_library() {
    let Some(disk) = FaultyFiles::mount(&[]) else { return };
    write_all(&disk, 0);
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, disk.path()), [10, 10, 0, 0, 0, 0, 0]);
    let known = names(&mut client, "imported");

    // The files have changed and cannot be read, and there is a new one.
    write_all(&disk, 100);
    disk.write("new.mid", &smf::numbered(200, 8));
    let all = FILES.iter().chain(&["x.zip", "y.tgz", "new.mid"]);
    for (name, errno) in all.zip(ERRORS.iter().cycle()) {
        let call = if name.len() % 2 == 0 { Call::Open } else { Call::Read };
        fail(&disk, name, call, *errno, ALWAYS);
    }
    assert_eq!(import(&mut client, disk.path()), [9, 0, 0, 0, 9, 0, 0]);
    assert_eq!(names(&mut client, "imported"), known, "their rows stay");
    assert_eq!(names(&mut client, "failed"), "new.mid");
    assert_eq!(names(&mut client, "archive"), "x.zip y.tgz");
    let found = problems(&mut client);
    assert_eq!(found.len(), 9);
    assert!(found.iter().all(|problem| problem.starts_with("unavailable ")), "{found:?}");

    // A directory that cannot be listed, and a file that cannot be looked up.
    disk.clear_faults();
    fail(&disk, "d", Call::List, Errno::IO, ALWAYS);
    fail(&disk, "a.mid", Call::Look, Errno::IO, ALWAYS);
    let counts = import(&mut client, disk.path());
    assert_eq!(counts, [9, 7, 0, 0, 2, 0, 0], "b, c, new and four members are read anew");
    assert_eq!(names(&mut client, "vanished"), "");

    disk.clear_faults();
    assert_eq!(import(&mut client, disk.path()), [11, 4, 0, 7, 0, 0, 0]);
    assert_eq!(names(&mut client, "failed"), "");

    // A refusal by the operating system is no temporary error: the state of the file changes.
    disk.write("a.mid", &smf::numbered(300, 8));
    fail(&disk, "a.mid", Call::Open, Errno::ACCESS, ALWAYS);
    assert_eq!(import(&mut client, disk.path()), [11, 0, 0, 10, 1, 0, 0]);
    assert_eq!(names(&mut client, "failed"), "a.mid");
}

#[test]
fn lasting_io_errors_in_a_job_remove_nothing_from_the_library() {
    let Some(disk) = FaultyFiles::mount(&[]) else { return };
    write_all(&disk, 0);
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, disk.path()), [10, 10, 0, 0, 0, 0, 0]);
    write_all(&disk, 400);
    for (name, errno) in FILES.iter().zip(ERRORS) {
        fail(&disk, name, Call::Open, errno, ALWAYS);
    }
    let job = start(&mut client, disk.path(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT found, imported, unchanged, failed FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| row.get::<_, i64>(column)), [10, 4, 0, 6]);
    assert_eq!(names(&mut client, "failed"), "");
}

/// Runs a statement with a timeout, which has to end it, soon after.
fn times_out(client: &mut Client, sql: &str, what: &str) {
    let begun = Instant::now();
    let error = client.simple_query(sql).expect_err("nothing answers");
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED), "{what}: {error}");
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(1_300), "{what} went on for {took:?}");
}

#[test]
fn unresponsive_storage_does_not_delay_a_cancel() {
    let files = [
        ("a.mid", smf::numbered(1, 8)),
        ("d/b.mid", smf::numbered(2, 8)),
        ("x.zip", zip(&members(10))),
        ("y.tgz", gzip(&tar(&members(20)))),
    ];
    let Some(disk) = FaultyFiles::mount(&files) else { return };
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute("SET statement_timeout = '300ms'").unwrap();
    let sources = [
        ("a.mid", vec![Call::Look, Call::Open, Call::Read]),
        ("d", vec![Call::Look, Call::List]),
        ("x.zip", vec![Call::Look, Call::Open, Call::Read]),
        ("y.tgz", vec![Call::Open, Call::Read]),
    ];
    for (name, calls) in sources {
        for call in calls {
            disk.stall(name, call);
            let what = format!("{call:?} of {name}");
            times_out(&mut client, &format!("SELECT midi_import('{}')", disk.path()), &what);
            if name == "a.mid" {
                let sql = format!("SELECT midi_analyze('{}/a.mid')", disk.path());
                times_out(&mut client, &sql, &what);
            }
            disk.clear_faults();
        }
    }
    client.batch_execute("SET statement_timeout = 0").unwrap();
    assert_eq!(import(&mut client, disk.path())[1], 6, "the cancelled imports left nothing behind");

    // A job is cancelled as quickly, and a session terminated.
    disk.write("a.mid", &smf::numbered(3, 8));
    disk.stall("a.mid", Call::Read);
    let job = start(&mut client, disk.path(), 1);
    wait_until("the job waits for the file", || disk.waiting() > 0);
    let begun = Instant::now();
    client.execute("SELECT midi_import_cancel($1)", &[&job]).unwrap();
    assert_eq!(wait(&mut client, job), "cancelled");
    assert!(begun.elapsed() < Duration::from_secs(2), "the job went on for {:?}", begun.elapsed());
    disk.clear_faults();
    wait_until_left(&mut client, job);
    disk.stall("a.mid", Call::Open);
    let mut other = cluster.connect();
    let pid: i32 = other.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let source = disk.path().to_owned();
    let import = thread::spawn(move || other.execute("SELECT midi_import($1::text)", &[&source]));
    wait_until("the import waits for the file", || disk.waiting() > 0);
    client.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    let locks = "SELECT count(*) FROM pg_locks WHERE pid = $1";
    wait_until("the session holds no lock", || {
        client.query_one(locks, &[&pid]).unwrap().get::<_, i64>(0) == 0
    });
    disk.clear_faults();
    import.join().unwrap().expect_err("the session was ended");
    assert_eq!(workers(&mut client, job), [0; 0]);
}

#[test]
fn the_number_of_abandoned_threads_is_bounded() {
    const FILES: u32 = 70;
    let names: Vec<_> = (0..FILES).map(|number| format!("{number}.mid")).collect();
    let files: Vec<_> =
        (0..).zip(&names).map(|(n, name)| (name.as_str(), smf::numbered(n, 8))).collect();
    let Some(disk) = FaultyFiles::mount(&files) else { return };
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.threads = 64; SET statement_timeout = '300ms'")
        .unwrap();
    names.iter().for_each(|name| disk.stall(name, Call::Read));
    let sql = format!("SELECT midi_import('{}')", disk.path());
    let mut codes = Vec::new();
    while codes.last() != Some(&SqlState::INSUFFICIENT_RESOURCES) {
        assert!(codes.len() < 10, "{codes:?}");
        let error = client.simple_query(&sql).expect_err("nothing answers");
        codes.push(error.code().cloned().expect("an error of the server"));
    }
    // Another session can import, and this one can once the storage answers.
    let folder = Folder::numbered(3, 8);
    assert_eq!(import(&mut cluster.connect(), folder.as_str())[1], 3);
    disk.clear_faults();
    client.batch_execute("SET statement_timeout = 0").unwrap();
    wait_until("the threads are gone", || client.simple_query(&sql).is_ok());
    let imported: i64 = client.query_one("SELECT count(*) FROM midi_files", &[]).unwrap().get(0);
    assert_eq!(imported, i64::from(FILES) + 3);
}
