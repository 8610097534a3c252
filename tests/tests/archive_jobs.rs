//! Jobs on many archives: what they read, and how they resume.

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{done, start, wait, wait_until_under_way, workers};
use midi_testkit::archives::{Files, gzip, tar, zip};
use midi_testkit::cluster::{Cluster, kill_hard, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// Distributes files over that many archives.
fn write_archives(folder: &Folder, archives: usize, files: Files<'_>) {
    for (number, part) in files.chunks(files.len() / archives).enumerate() {
        folder.write(format!("{number}.zip"), &zip(part));
    }
}

/// How many rows sequential scans have read.
fn rows_scanned(cluster: &Cluster) -> i64 {
    let sql = "SELECT sum(seq_tup_read)::bigint FROM pg_stat_user_tables
               WHERE relname IN ('midi_files', 'musical_metadata')";
    // A session reports its statistics when it ends.
    let mut client = cluster.connect();
    let others = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_until("the others are gone", || {
        client.query_one(others, &[]).unwrap().get::<_, i64>(0) == 0
    });
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn many_archives_cost_no_more_than_their_members() {
    const FILES: usize = 3_000;
    // While the tables are small, sequential scans are cheap. One for each file would read thousands of rows a file.
    const MOST: i64 = 200;
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let names: Vec<_> = (0..FILES).map(|number| format!("{number}.mid")).collect();
    let files: Vec<_> =
        (0..).zip(&names).map(|(n, name)| (name.as_str(), smf::numbered(n, 4))).collect();
    write_archives(&folder, 500, &files);
    let all = FILES as i64;
    let mut client = cluster.connect();
    // As many batches as there would be with one for each archive.
    client.batch_execute("SET midi_pipeline.batch_size = 20").unwrap();
    assert_eq!(import(&mut client, folder.as_str())[1], all);
    let read = rows_scanned_by(&cluster, client);
    assert!(read < MOST * all, "{read} rows were read to import {all}");
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, folder.as_str())[3], all);
    client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    let before = rows_scanned_by(&cluster, client);
    let mut client = cluster.connect();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    let read = rows_scanned_by(&cluster, client) - before;
    assert!(read < MOST * all, "a job has read {read} rows to import {all}");
}

/// [`rows_scanned`] once this session has ended.
fn rows_scanned_by(cluster: &Cluster, client: Client) -> i64 {
    drop(client);
    rows_scanned(cluster)
}

#[test]
fn a_job_resumes_within_an_archive_after_its_worker_is_killed() {
    resumes_after_its_worker_is_killed(|folder, files| {
        folder.write("all.zip", &zip(&files[..4_000]));
        folder.write("rest.tar.gz", &gzip(&tar(&files[4_000..])));
    });
}

#[test]
fn a_job_resumes_among_many_archives_and_files_after_its_worker_is_killed() {
    resumes_after_its_worker_is_killed(|folder, files| {
        write_archives(folder, 150, &files[..4_500]);
        for (name, bytes) in &files[4_500..] {
            folder.write(name, bytes);
        }
    });
}

/// Kills the worker of a job on six thousand pieces, which `write` puts into a folder.
fn resumes_after_its_worker_is_killed(write: impl Fn(&Folder, Files<'_>)) {
    const FILES: u32 = 6_000;
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let names: Vec<_> = (0..FILES).map(|number| format!("{number}.mid")).collect();
    let files: Vec<_> =
        (0..).zip(&names).map(|(n, name)| (name.as_str(), smf::numbered(n, 150))).collect();
    write(&folder, &files);
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 100; SET midi_pipeline.threads = 1")
        .unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    kill_hard(workers(&mut client, job)[0]);
    let mut client = cluster.reconnect_after_crash(&mut client);
    assert!(done(&mut client, job) < i64::from(FILES));
    assert_eq!(wait(&mut client, job), "finished");
    let row = client
        .query_one(
            "SELECT found, done, imported,
                    (SELECT count(*) FROM midi_files WHERE state = 'imported'),
                    (SELECT count(*) FROM musical_metadata)
             FROM midi_import_progress WHERE job = $1",
            &[&job],
        )
        .unwrap();
    let all = [i64::from(FILES); 5];
    assert_eq!([0, 1, 2, 3, 4].map(|column| row.get::<_, i64>(column)), all);
    let again = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, again), "finished");
    let sql = "SELECT found, unchanged FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&again]).unwrap();
    assert_eq!([0, 1].map(|column| row.get::<_, i64>(column)), [i64::from(FILES); 2]);
}
