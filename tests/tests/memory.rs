//! The memory of an import does not grow with the folder.

use std::fs;

use midi_pipeline_tests::cluster::{Cluster, backend_pid};
use midi_pipeline_tests::folder::Folder;

/// The most memory a process ever had, in MB, shared buffers included.
fn peak_megabytes(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the backend runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells");
    peak.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
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
fn importing_many_long_rows_stays_below_200_megabytes() {
    let peak = peak_of_importing(&Folder::corpus(6_000), 6_000);
    assert!(peak < 200, "the backend took {peak} MB");
}
