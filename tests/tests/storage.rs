//! Storage in problem. What may pass is waited for, and where it stays nothing that is known is given up; what never
//! answers holds up no cancel.

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

/// More than a call is tried.
const ALWAYS: u32 = u32::MAX;

/// The names of the files in a state, one after the other.
fn names(client: &mut Client, state: &str) -> String {
    let sql = "SELECT string_agg(concat_ws('!', filename, archive_member), ' ' ORDER BY path, archive_member)
               FROM midi_files WHERE state = $1";
    client.query_one(sql, &[&state]).unwrap().get::<_, Option<_>>(0).unwrap_or_default()
}

/// The kinds of problem that were recorded, with the files; which are then forgotten.
fn problems(client: &mut Client) -> Vec<String> {
    let sql = "WITH gone AS (DELETE FROM midi_import_errors RETURNING *)
               SELECT kind || ' ' || regexp_replace(path, '.*/(?=.)', '') FROM gone ORDER BY 1";
    client.query(sql, &[]).unwrap().into_iter().map(|row| row.get(0)).collect()
}

fn members(from: u32) -> Vec<(&'static str, Vec<u8>)> {
    vec![("m.mid", smf::numbered(from, 8)), ("n.mid", smf::numbered(from + 1, 8))]
}

#[test]
fn temporary_io_errors_are_retried_and_lasting_ones_remove_nothing() {
    let errors = [Errno::MFILE, Errno::IO, Errno::NOMEM, Errno::AGAIN, Errno::STALE, Errno::BUSY];
    let files = ["a.mid", "b.mid", "c.mid", "d/e.mid", "d/f.mid", "d/g.mid"];
    let Some(disk) = FaultyFiles::mount(&[]) else { return };
    let write_all = |from: u32| {
        for (number, name) in (from..).zip(files) {
            disk.write(name, &smf::numbered(number, 8));
        }
        disk.write("x.zip", &zip(&members(from + 50)));
        disk.write("y.tgz", &gzip(&tar(&members(from + 60))));
    };
    write_all(0);
    let cluster = Cluster::start();
    let mut client = cluster.connect();

    // Each meets another problem once or twice, at one call or another.
    for ((number, name), errno) in (0..).zip(files).zip(errors) {
        let call = [Call::Look, Call::Open, Call::Read][number % 3];
        disk.fail(name, call, errno.raw_os_error(), 1 + number as u32 % 2);
    }
    disk.fail("d", Call::List, Errno::IO.raw_os_error(), 0);
    disk.fail("x.zip", Call::Read, Errno::IO.raw_os_error(), 2);
    disk.fail("y.tgz", Call::Open, Errno::TXTBSY.raw_os_error(), 2);
    assert_eq!(import(&mut client, disk.path()), [10, 10, 0, 0, 0, 0, 0]);
    assert_eq!(problems(&mut client), [""; 0]);
    let known = names(&mut client, "imported");

    // The files are others now, and there is no getting at them; a new one is nobody's loss.
    write_all(100);
    disk.write("new.mid", &smf::numbered(200, 8));
    for (name, errno) in
        files.iter().chain(&["x.zip", "y.tgz", "new.mid"]).zip(errors.iter().cycle())
    {
        let call = if name.len() % 2 == 0 { Call::Open } else { Call::Read };
        disk.fail(name, call, errno.raw_os_error(), ALWAYS);
    }
    let counts = import(&mut client, disk.path());
    assert_eq!(counts, [9, 0, 0, 0, 9, 0, 0]);
    assert_eq!(names(&mut client, "imported"), known, "what is known of them stays");
    assert_eq!(names(&mut client, "failed"), "new.mid");
    assert_eq!(names(&mut client, "archive"), "x.zip y.tgz");
    let told = problems(&mut client);
    assert_eq!(told.len(), 9);
    assert!(told.iter().all(|problem| problem.starts_with("unavailable ")), "{told:?}");

    // Directories that do not list their files, files that do not say what they are.
    disk.clear_faults();
    disk.fail("d", Call::List, Errno::IO.raw_os_error(), ALWAYS);
    disk.fail("a.mid", Call::Look, Errno::IO.raw_os_error(), ALWAYS);
    let counts = import(&mut client, disk.path());
    assert_eq!(counts, [9, 7, 0, 0, 2, 0, 0], "b, c, new and four members are read anew");
    assert_eq!(names(&mut client, "vanished"), "");

    disk.clear_faults();
    assert_eq!(import(&mut client, disk.path()), [11, 4, 0, 7, 0, 0, 0]);
    assert_eq!(names(&mut client, "failed"), "");

    // What the system refuses is no accident: it is what holds of the file from now on.
    disk.write("a.mid", &smf::numbered(300, 8));
    disk.fail("a.mid", Call::Open, Errno::ACCESS.raw_os_error(), ALWAYS);
    assert_eq!(import(&mut client, disk.path()), [11, 0, 0, 10, 1, 0, 0]);
    assert_eq!(names(&mut client, "failed"), "a.mid");
    disk.clear_faults();

    // A job does the same.
    write_all(400);
    for (name, errno) in files.iter().zip(errors) {
        disk.fail(name, Call::Open, errno.raw_os_error(), ALWAYS);
    }
    let job = start(&mut client, disk.path(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT found, imported, unchanged, failed FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| row.get::<_, i64>(column)), [11, 4, 1, 6]);
    assert_eq!(names(&mut client, "failed"), "a.mid");
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
    assert_eq!(import(&mut client, disk.path())[1], 6, "nothing was left behind by the others");

    // A job is cancelled as soon, and a session ended.
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
    wait_until("the session holds nothing", || {
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
        codes.push(error.code().cloned().expect("an error of the server's"));
    }
    // Elsewhere all goes on; and here, once the storage is back.
    let folder = Folder::numbered(3, 8);
    assert_eq!(import(&mut cluster.connect(), folder.as_str())[1], 3);
    disk.clear_faults();
    client.batch_execute("SET statement_timeout = 0").unwrap();
    wait_until("the threads are gone", || client.simple_query(&sql).is_ok());
    let imported: i64 = client.query_one("SELECT count(*) FROM midi_files", &[]).unwrap().get(0);
    assert_eq!(imported, i64::from(FILES) + 3);
}
