//! A server that crashes during an import.

use std::thread;
use std::time::Duration;

use midi_testkit::cluster::{Cluster, backend_pid, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;

fn files(client: &mut Client) -> i64 {
    client.query_one("SELECT count(*) FROM midi_library", &[]).expect("a count").get(0)
}

#[test]
fn committed_imports_survive_a_crash_during_the_next_import() {
    let (mut cluster, first, second) =
        (Cluster::start(), Folder::numbered(200, 20), Folder::numbered(20_000, 200));
    let sql = "SELECT midi_import($1::text)";
    let mut client = cluster.connect();
    client.execute(sql, &[&first.as_str()]).unwrap();
    let pid = backend_pid(&mut client);
    let source = second.as_str().to_owned();
    let import = thread::spawn(move || client.execute(sql, &[&source]).is_err());
    wait_until("the import runs", || {
        std::fs::read_dir(format!("/proc/{pid}/task")).is_ok_and(|tasks| tasks.count() > 1)
    });
    thread::sleep(Duration::from_millis(300));
    cluster.kill();
    assert!(import.join().unwrap(), "the import was not cut off");

    cluster.restart();
    let mut client = cluster.connect();
    assert_eq!(files(&mut client), 200);
    let third = Folder::numbered(300, 20);
    client.execute(sql, &[&third.as_str()]).expect("an import after the restart");
    assert_eq!(files(&mut client), 500);
}
