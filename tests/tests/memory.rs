//! The memory of imports and searches does not grow with the number of files or rows.

use std::fs;

use midi_pipeline_tests::jobs::{start, wait, workers};
use midi_pipeline_tests::surface::{Argument, functions, inputs};
use midi_testkit::archives;
use midi_testkit::cluster::{Cluster, backend_pid, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// The peak memory of a process in MB, shared buffers included.
fn peak_megabytes(pid: i32) -> u64 {
    try_peak_megabytes(pid).expect("the backend runs")
}

/// `None` if the process has ended.
fn try_peak_megabytes(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024)
}

fn peak_of_importing(folder: &Folder, files: i64) -> u64 {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // Each thread analyses a file of its own.
    client.batch_execute("SET midi_pipeline.threads = 2").unwrap();
    let pid = backend_pid(&mut client);
    let found: i64 = client
        .query_one("SELECT found FROM midi_import($1::text)", &[&folder.as_str()])
        .unwrap()
        .get(0);
    assert_eq!(found, files);
    peak_megabytes(pid)
}

#[test]
fn importing_many_files_stays_below_300_megabytes() {
    let peak = peak_of_importing(&Folder::numbered(20_000, 1_000), 20_000);
    assert!(peak < 300, "the backend took {peak} MB");
}

/// Files with long rows: lyrics, progressions, drum patterns.
#[test]
fn importing_many_long_rows_stays_below_300_megabytes() {
    let peak = peak_of_importing(&Folder::corpus(6_000), 6_000);
    assert!(peak < 300, "the backend took {peak} MB");
}

#[test]
fn a_job_on_many_files_and_a_large_archive_stays_below_300_megabytes() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(5_000, 1_000));
    let names: Vec<_> = (0..5_000).map(|number| format!("{number}.mid")).collect();
    let files: Vec<_> =
        (10_000..).zip(&names).map(|(n, name)| (name.as_str(), smf::numbered(n, 1_000))).collect();
    folder.write("all.zip", &archives::zip(&files));
    folder.write("all.tar.gz", &archives::gzip(&archives::tar(&files)));
    drop(files);
    let mut client = cluster.connect();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until("the worker is there", || !workers(&mut client, job).is_empty());
    let pid = workers(&mut client, job)[0];
    let mut peak = 0;
    while let Some(now) = try_peak_megabytes(pid) {
        peak = peak.max(now);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT found, imported, duplicate FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    let counts = [0, 1, 2].map(|column| row.get::<_, i64>(column));
    assert_eq!(counts, [15_000, 10_000, 5_000]);
    assert!(peak < 300, "the worker took {peak} MB");
}

/// The memory that a session takes for a statement, including the rows of the result.
fn grown_by(client: &mut Client, sql: &str) -> u64 {
    let pid = backend_pid(client);
    client.batch_execute("SELECT midi_pipeline_version()").unwrap();
    let before = peak_megabytes(pid);
    client.query_one(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    peak_megabytes(pid) - before
}

/// A library of 4,000 files whose rows are 400 MB as text.
#[test]
fn a_search_that_finds_all_of_a_large_library_takes_little_memory() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 40));
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    client
        .batch_execute(
            "UPDATE musical_metadata SET lyrics = (
                 SELECT string_agg(md5(line::text), ' ') FROM generate_series(1, 3000) AS line);
             INSERT INTO midi_files (path, path_digest, filename, content_hash, state)
             SELECT number, sha256(number::bytea), number, content_hash, 'duplicate'
             FROM musical_metadata,
                  LATERAL (SELECT n::text FROM generate_series(1, 3999) AS n) AS s (number)",
        )
        .unwrap();
    for sql in [
        "SELECT count(*), 4000 FROM midi_search('', 1000000)",
        "SELECT count(found), 4000 FROM (SELECT midi_search('', 1000000) AS found OFFSET 0) AS s",
    ] {
        let mut client = cluster.connect();
        let grown = grown_by(&mut client, sql);
        assert!(grown < 60, "{sql} took {grown} MB");
        let row = client.query_one(sql, &[]).unwrap();
        assert_eq!(row.get::<_, i64>(0), 4_000, "{sql}");
    }
}

/// Ten thousand names of the greatest length.
#[test]
fn many_files_of_long_names_take_little_memory() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 40));
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    client
        .batch_execute(
            "INSERT INTO midi_files (path, path_digest, filename, content_hash, state)
             SELECT number || repeat('a', 65000), sha256(number::bytea), number, content_hash, 'duplicate'
             FROM musical_metadata,
                  LATERAL (SELECT n::text FROM generate_series(1, 10000) AS n) AS s (number)",
        )
        .unwrap();
    client.batch_execute("UPDATE musical_metadata SET chord_progression = '{I,V}'").unwrap();
    for sql in [
        "SELECT count(*) FROM midi_similar((SELECT min(id) FROM midi_files), 10000)",
        "SELECT count(*) FROM midi_find_progression('I V', 10000)",
    ] {
        let grown = grown_by(&mut client, sql);
        assert!(grown < 100, "{sql} took {grown} MB");
        assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 10_000, "{sql}");
    }
}

/// The bytes that this session's memory contexts hold.
fn held(client: &mut Client) -> i64 {
    let sql = "SELECT sum(used_bytes)::bigint FROM pg_backend_memory_contexts";
    client.query_one(sql, &[]).unwrap().get(0)
}

/// Memory that each call leaves behind until the statement ends adds up in a statement with a million calls.
#[test]
fn repeated_calls_in_one_statement_do_not_accumulate_memory() {
    const CALLS: i64 = 300;
    /// What PostgreSQL itself may keep for a call, such as the column names of the result.
    const MOST: i64 = 200;
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!((job, wait(&mut client, job)), (1, "finished".to_owned()));
    let path: String =
        client.query_one("SELECT path FROM midi_files WHERE id = 1", &[]).unwrap().get(0);
    inputs(&mut client, &path);
    let mut leaks = Vec::new();
    for function in functions(&mut client).iter().filter(|function| !function.writes) {
        let call = function.call(Argument::input);
        // All rows of the call are read, once in the select list and once in FROM.
        for rows in
            [format!("ARRAY(SELECT {call})"), format!("(SELECT count(*) FROM {call} AS result)")]
        {
            let sql =
                format!("SELECT {rows} IS NULL FROM public.inputs i, generate_series(1, 10000)");
            client.batch_execute(&format!("BEGIN; DECLARE calls CURSOR FOR {sql}")).unwrap();
            let moved = format!("MOVE {CALLS} FROM calls");
            // The first calls fill caches.
            client.batch_execute(&moved).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            let before = held(&mut client);
            client.batch_execute(&moved).unwrap();
            let left = (held(&mut client) - before) / CALLS;
            if left >= MOST {
                leaks.push(format!("{sql}: each call leaves {left} bytes"));
            }
            client.batch_execute("ROLLBACK").unwrap();
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// Contexts and descriptors that outlive the statement which made them must be freed however it ends.
#[test]
fn imports_and_errors_leave_no_memory_to_the_session() {
    const CALLS: i64 = 50;
    /// What PostgreSQL's own caches may grow by.
    const MOST: i64 = 100;
    let (cluster, folder) = (Cluster::start(), Folder::numbered(1, 3));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 1").unwrap();
    let import = format!("SELECT midi_import('{}')", folder.as_str());
    let analyses =
        "SELECT midi_analyze(decode(repeat('00', n), 'hex')) FROM generate_series(1, 9) n";
    // The trigger is the importing role's own, so it is not refused, and its error ends a statement of the import.
    client
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE 'refused'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON midi_files
             FOR EACH ROW EXECUTE FUNCTION refuse();
             ALTER TABLE midi_files DISABLE TRIGGER refuse",
        )
        .unwrap();
    client.batch_execute(&import).unwrap();
    let refused = format!(
        "BEGIN; DELETE FROM midi_files; ALTER TABLE midi_files ENABLE TRIGGER refuse; {import}; COMMIT"
    );
    for (sql, code) in
        [(import.as_str(), None), (analyses, Some("22P03")), (&refused, Some("P0001"))]
    {
        let call = |client: &mut Client| {
            let error = client.batch_execute(sql).err();
            let found = error.as_ref().and_then(|error| error.code().map(|code| code.code()));
            assert_eq!(found, code, "{sql}: {error:?}");
            client.batch_execute("ROLLBACK").unwrap();
        };
        (0..5).for_each(|_| call(&mut client));
        let before = held(&mut client);
        (0..CALLS).for_each(|_| call(&mut client));
        let left = (held(&mut client) - before) / CALLS;
        assert!(left < MOST, "{sql}: each call leaves {left} bytes");
    }
}
