//! A server without disk space or locks: the import reports it, loses nothing, and works again once there is enough.

use midi_pipeline_tests::jobs::{start, wait, wait_until_under_way};
use midi_testkit::cluster::Cluster;
use midi_testkit::disk::SmallDisk;
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

/// The number of files, of their rows, and of contents.
fn recorded(client: &mut Client) -> [i64; 3] {
    let row = client
        .query_one(
            "SELECT (SELECT count(*) FROM midi_files), (SELECT count(*) FROM midi_library),
                    (SELECT count(*) FROM musical_metadata)",
            &[],
        )
        .unwrap();
    [0, 1, 2].map(|column| row.get(column))
}

#[test]
fn a_full_disk_ends_a_direct_import_with_the_reason_and_leaves_nothing() {
    let Some(disk) = SmallDisk::mount(2) else { return };
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3_000, 60));
    let space = disk.folder("space");
    cluster.give(&space);
    let mut client = cluster.connect();
    client
        .batch_execute(&format!("CREATE TABLESPACE small LOCATION '{}'", space.display()))
        .unwrap();
    client.batch_execute("ALTER TABLE musical_search SET TABLESPACE small").unwrap();
    let import = "SELECT midi_import($1::text)";
    let error = client.execute(import, &[&folder.as_str()]).expect_err("there is no room");
    assert_eq!(error.code(), Some(&SqlState::DISK_FULL), "{error}");
    assert_eq!(recorded(&mut client), [0; 3]);
    client.batch_execute("ALTER TABLE musical_search SET TABLESPACE pg_default").unwrap();
    client.execute(import, &[&folder.as_str()]).unwrap();
    assert_eq!(recorded(&mut client), [3_000; 3]);
}

/// Takes and keeps advisory locks until the lock table is full.
fn take_all_locks(client: &mut Client) {
    for step in [100, 1] {
        let sql = "SELECT pg_advisory_lock(nextval('locks')) FROM generate_series(1, $1::int)";
        while client.execute(sql, &[&step]).is_ok() {}
    }
}

#[test]
fn a_full_lock_table_is_reported_and_no_batch_is_lost() {
    const FILES: u32 = 8_000;
    let (mut cluster, folder) = (Cluster::start(), Folder::numbered(FILES, 100));
    cluster.configure("max_locks_per_transaction = 10");
    cluster.stop();
    cluster.restart();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE SEQUENCE locks; SET midi_pipeline.batch_size = 100; SET midi_pipeline.threads = 1",
        )
        .unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    let (mut greedy, mut other) = (cluster.connect(), cluster.connect());
    let import = "SELECT midi_import($1::text)";
    // Locks that the job releases are taken as well.
    let error = loop {
        take_all_locks(&mut greedy);
        if let Err(error) = other.execute(import, &[&folder.as_str()]) {
            break error;
        }
    };
    assert_eq!(error.code(), Some(&SqlState::OUT_OF_MEMORY), "{error}");
    greedy.batch_execute("SELECT pg_advisory_unlock_all()").unwrap();

    let state = wait(&mut client, job);
    if state == "failed" {
        let sql = "SELECT error FROM midi_import_progress WHERE job = $1";
        let error: String = client.query_one(sql, &[&job]).unwrap().get(0);
        assert!(error.contains("out of shared memory"), "{error}");
    } else {
        assert_eq!(state, "finished");
    }
    other.execute(import, &[&folder.as_str()]).expect("there are locks again");
    assert_eq!(recorded(&mut client), [i64::from(FILES); 3]);
}
