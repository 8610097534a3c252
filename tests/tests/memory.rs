//! The memory of an import does not grow with the folder, nor with an archive.

use std::fs;

use midi_pipeline_tests::archives;
use midi_pipeline_tests::cluster::{Cluster, backend_pid, wait_until};
use midi_pipeline_tests::folder::Folder;
use midi_pipeline_tests::jobs::{start, wait, workers};
use midi_pipeline_tests::smf;

/// The most memory a process ever had, in MB, shared buffers included.
fn peak_megabytes(pid: i32) -> u64 {
    try_peak_megabytes(pid).expect("the backend runs")
}

/// `None` of a process that is no more.
fn try_peak_megabytes(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024)
}

fn peak_of_importing(folder: &Folder, files: i64) -> u64 {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // Each thread works on a file of its own.
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

/// These have long rows: lyrics, progressions, drum patterns.
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
