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

#[test]
fn importing_many_files_stays_below_300_megabytes() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(20_000, 1_000));
    let mut client = cluster.connect();
    let pid = backend_pid(&mut client);
    let found: i64 = client
        .query_one("SELECT found FROM midi_import($1::text)", &[&folder.as_str()])
        .unwrap()
        .get(0);
    assert_eq!(found, 20_000);
    let peak = peak_megabytes(pid);
    assert!(peak < 300, "the backend took {peak} MB");
}
