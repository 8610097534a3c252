//! The launcher of a preloaded library: which databases it serves, and when.

use std::thread;
use std::time::Duration;

use midi_pipeline_tests::jobs::{reconcile, start, wait_until_under_way};
use midi_testkit::cluster::{Cluster, PRELOADED, SUPERUSER, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;

const EVERY_SECOND: &str = "SELECT midi_schedule('all', $1, every => '1 second')";

fn files(client: &mut Client) -> i64 {
    client.query_one("SELECT count(*) FROM midi_files", &[]).unwrap().get(0)
}

#[test]
fn the_launcher_serves_every_database_before_any_client_connects() {
    let (mut cluster, folder) = (Cluster::start().with(&[PRELOADED]), Folder::numbered(6_000, 150));
    let few = Folder::numbered(3, 8);
    cluster.connect().batch_execute("CREATE DATABASE other").unwrap();
    cluster.connect().batch_execute("CREATE DATABASE without").unwrap();
    let mut other = cluster.connect_to("other", SUPERUSER);
    other.batch_execute("CREATE SCHEMA odd; CREATE EXTENSION midi_pipeline SCHEMA odd").unwrap();
    let sql = "SELECT odd.midi_schedule('all', $1, every => '2 seconds')";
    other.execute(sql, &[&few.as_str()]).unwrap();
    other.batch_execute("SET search_path = odd").unwrap();
    wait_until("the schedule has run", || files(&mut other) == 3);
    drop(other);

    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.batch_size = 200").unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    wait_until_under_way(&mut client, job);
    cluster.kill();
    few.write("later.mid", &midi_testkit::smf::numbered(100, 8));
    cluster.restart_without_connecting();
    wait_until("the job goes on", || cluster.processes("midi_import job 1") > 0);
    wait_until("the job is over", || cluster.processes("midi_import job 1") == 0);
    thread::sleep(Duration::from_secs(3));
    let log = cluster.log();
    assert!(!log.contains("FATAL") && !log.contains("ERROR"), "{log}");

    let mut client = cluster.connect();
    reconcile(&mut client, job, 6_000, 6_000);
    let sql = "SELECT finished_at < (SELECT min(backend_start) FROM pg_stat_activity
                                     WHERE backend_type = 'client backend')
               FROM midi_import_progress WHERE job = $1";
    assert!(client.query_one(sql, &[&job]).unwrap().get::<_, bool>(0));
    let mut other = cluster.connect_to("other", SUPERUSER);
    other.batch_execute("SET search_path = odd").unwrap();
    assert_eq!(files(&mut other), 4, "the schedule has run as well");

    // A database of the same name replaces one that was dropped.
    drop(other);
    client.batch_execute("DROP DATABASE other WITH (FORCE)").unwrap();
    client.batch_execute("CREATE DATABASE other").unwrap();
    let mut other = cluster.connect_to("other", SUPERUSER);
    other.batch_execute("CREATE EXTENSION midi_pipeline").unwrap();
    other.execute(EVERY_SECOND, &[&few.as_str()]).unwrap();
    wait_until("the new database's schedule has run", || files(&mut other) == 4);

    // The setting restricts it to some databases.
    client
        .batch_execute("ALTER SYSTEM SET midi_pipeline.databases = 'music, \"no such\"'")
        .unwrap();
    client.batch_execute("SELECT pg_reload_conf()").unwrap();
    thread::sleep(Duration::from_millis(500));
    client.execute(EVERY_SECOND, &[&few.as_str()]).unwrap();
    wait_until("the named database is served", || files(&mut client) == 6_004);
    let jobs = "SELECT count(*) FROM midi_import_jobs";
    let before: i64 = other.query_one(jobs, &[]).unwrap().get(0);
    thread::sleep(Duration::from_secs(3));
    let after: i64 = other.query_one(jobs, &[]).unwrap().get(0);
    assert_eq!(before, after, "and no other database is");
}
