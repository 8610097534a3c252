//! A library that is replicated to another database by logical replication.

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, SUPERUSER, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// The library's rows as one text.
const LIBRARY: &str = "
    SELECT concat_ws(' ',
        (SELECT md5(string_agg(f::text, ' ' ORDER BY id)) FROM midi_files f),
        (SELECT md5(string_agg(m::text, ' ' ORDER BY content_hash)) FROM musical_metadata m),
        (SELECT md5(string_agg(s::text, ' ' ORDER BY content_hash)) FROM musical_search s),
        (SELECT md5(string_agg(c::text, ' ' ORDER BY content_hash)) FROM midi_contents c),
        (SELECT md5(string_agg(p::text, ' ' ORDER BY content_hash, part_no)) FROM midi_parts_library p),
        (SELECT md5(string_agg(e::text, ' ' ORDER BY id)) FROM midi_import_errors e))";

/// A cluster with a second database that subscribes to the first.
struct Publisher {
    cluster: Cluster,
}

impl Publisher {
    fn start() -> Self {
        let cluster = Cluster::start().with(&["wal_level = logical"]);
        cluster.connect().batch_execute("CREATE DATABASE follower").unwrap();
        Self { cluster }
    }

    /// A session in the database that subscribes to a publication from now on.
    fn follower(&self, publication: &str) -> Client {
        let mut client = self.cluster.connect();
        let slot = "SELECT pg_create_logical_replication_slot('s', 'pgoutput')";
        client.query_one(slot, &[]).unwrap();
        let socket: String = client.query_one("SHOW unix_socket_directories", &[]).unwrap().get(0);
        let mut follower = self.cluster.connect_to("follower", SUPERUSER);
        follower.batch_execute("CREATE EXTENSION midi_pipeline").unwrap();
        follower
            .batch_execute(&format!(
                "CREATE SUBSCRIPTION s CONNECTION 'host={socket} port=5432 dbname=music user=postgres'
                 PUBLICATION {publication} WITH (create_slot = false, slot_name = 's')"
            ))
            .unwrap();
        follower
    }
}

fn library(client: &mut Client) -> String {
    client.query_one(LIBRARY, &[]).unwrap().get(0)
}

#[test]
fn a_database_that_subscribes_to_the_tables_has_the_same_library() {
    let (publisher, folder) = (Publisher::start(), Folder::numbered(50, 8));
    let mut client = publisher.cluster.connect();

    // A publication of all tables must not prevent writes to them.
    client
        .batch_execute(
            "CREATE PUBLICATION everything FOR ALL TABLES;
             CREATE PUBLICATION library
                 FOR TABLE midi_files, musical_metadata, musical_search, midi_parts_library, midi_contents, midi_import_errors;
             SET midi_pipeline.keep_content = on;
             SET midi_pipeline.parts = on",
        )
        .unwrap();
    let mut follower = publisher.follower("library");
    folder.write("bad.mid", b"no music");
    let import = |client: &mut Client| {
        let sql = "SELECT found FROM midi_import($1::text)";
        client.query_one(sql, &[&folder.as_str()]).unwrap().get::<_, i64>(0)
    };
    assert_eq!(import(&mut client), 51);
    // Updates and deletes: changed contents, deleted files, a job's list of files, rows that a user deletes.
    folder.write("1.mid", &smf::numbered(100, 8));
    folder.write("bad.mid", b"still no music");
    std::fs::remove_file(folder.path().join("2.mid")).unwrap();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    std::fs::remove_file(folder.path().join("3.mid")).unwrap();
    assert_eq!(import(&mut client), 50, "one file had vanished before");
    client
        .batch_execute(
            "DELETE FROM midi_import_errors WHERE job IS NULL;
             DELETE FROM midi_files WHERE state = 'vanished';
             SELECT midi_schedule('s', '/', every => '1 day');
             SELECT midi_unschedule('s')",
        )
        .expect("every table has a key");
    let expected = library(&mut client);
    wait_until("the subscriber has caught up", || library(&mut follower) == expected);
    let errors: i64 =
        follower.query_one("SELECT count(*) FROM midi_import_errors", &[]).unwrap().get(0);
    assert_eq!(errors, 1);
    follower.batch_execute("DROP SUBSCRIPTION s").unwrap();
}

#[test]
fn replicated_schedules_and_jobs_are_never_run() {
    let publisher = Publisher::start();
    let mut client = publisher.cluster.connect();
    client
        .batch_execute("CREATE PUBLICATION jobs FOR TABLE midi_schedules, midi_import_jobs")
        .unwrap();
    let mut follower = publisher.follower("jobs");
    wait_until("the initial copy is done, and changes are applied", || {
        let sql = "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel";
        follower.query_one(sql, &[]).unwrap().get(0)
    });
    // A superuser of the subscriber may forge rows, when they arrive and later.
    client
        .batch_execute(
            "INSERT INTO midi_schedules
                 (name, source, every, time_zone, workers, role, role_oid, settings, next_at)
             VALUES ('s', '/', '1 day', 'UTC', 1, 'postgres', 10, '{}', now());
             INSERT INTO midi_import_jobs (source, role, role_oid, workers, settings)
             VALUES ('/', 'postgres', 10, 1, '{}');
             UPDATE midi_schedules SET role_oid = 10, source = '/tmp';
             UPDATE midi_import_jobs SET role_oid = 10, source = '/tmp';",
        )
        .unwrap();
    let rows = "SELECT source, role_oid FROM midi_schedules
                UNION ALL SELECT source, role_oid FROM midi_import_jobs";
    let come = |client: &mut Client| -> Vec<(String, Option<u32>)> {
        let rows = client.query(rows, &[]).unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    assert_eq!(come(&mut client), vec![("/tmp".to_owned(), Some(10)); 2]);
    wait_until("the subscriber has caught up", || {
        let rows = come(&mut follower);
        rows.len() == 2 && rows.iter().all(|(source, _)| source == "/tmp")
    });
    assert_eq!(come(&mut follower), vec![("/tmp".to_owned(), None); 2]);
    follower.batch_execute("DROP SUBSCRIPTION s").unwrap();
}
