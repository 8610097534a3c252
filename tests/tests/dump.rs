//! A dump holds the whole library.

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, DATABASE, PRELOADED, SUPERUSER, succeed, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// Every row of every table, in an order of its own.
fn rows(client: &mut Client) -> Vec<String> {
    ["midi_files", "musical_metadata", "midi_import_errors"]
        .into_iter()
        .flat_map(|table| {
            let sql = format!("SELECT t::text FROM {table} t ORDER BY t::text COLLATE \"C\"");
            client
                .query(&sql, &[])
                .expect(table)
                .into_iter()
                .map(|row| row.get(0))
                .collect::<Vec<String>>()
        })
        .collect()
}

fn import(client: &mut Client, folder: &Folder) -> i64 {
    client
        .query_one("SELECT imported FROM midi_import($1::text)", &[&folder.as_str()])
        .expect("an import")
        .get(0)
}

#[test]
fn a_restored_dump_is_the_same_library_and_imports_continue() {
    let (cluster, folder, dump) = (Cluster::start(), Folder::demo(), Folder::new());
    let mut client = cluster.connect();
    assert!(import(&mut client, &folder) > 0);
    let file = dump.path().join("dump");
    succeed(
        cluster.program("pg_dump").args(["--format=custom", "--file"]).arg(&file).arg(DATABASE),
    );
    succeed(cluster.program("createdb").arg("restored"));
    succeed(
        cluster.program("pg_restore").args(["--exit-on-error", "--dbname", "restored"]).arg(&file),
    );
    let mut restored = cluster.connect_to("restored", SUPERUSER);
    assert!(!rows(&mut client).is_empty());
    assert_eq!(rows(&mut restored), rows(&mut client));

    let last: i64 = restored.query_one("SELECT max(id) FROM midi_files", &[]).unwrap().get(0);
    folder.write("new.mid", &smf::numbered(1, 8));
    assert_eq!(import(&mut restored, &folder), 1, "what was there is unchanged");
    let new: i64 = restored
        .query_one("SELECT id FROM midi_files WHERE filename = 'new.mid'", &[])
        .unwrap()
        .get(0);
    assert!(new > last, "the number {new} is not after {last}");
}

#[test]
fn the_extension_can_be_dropped_and_created_again() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    let first = import(&mut client, &folder);
    client.batch_execute("DROP EXTENSION midi_pipeline; CREATE EXTENSION midi_pipeline").unwrap();
    assert_eq!(import(&mut client, &folder), first);
}

#[test]
fn the_extension_lives_in_any_schema_and_needs_no_search_path() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    client
        .batch_execute(
            r#"DROP EXTENSION midi_pipeline;
               CREATE SCHEMA "my ""music""";
               CREATE EXTENSION midi_pipeline SCHEMA "my ""music""";
               SET search_path = pg_catalog"#,
        )
        .unwrap();
    let found: i64 = client
        .query_one(r#"SELECT found FROM "my ""music""".midi_import($1::text)"#, &[&folder.as_str()])
        .unwrap()
        .get(0);
    assert_eq!(found, 9);
}

/// Rows of a query's first column.
fn texts(client: &mut Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).expect(sql).iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_restored_schedule_does_not_run_until_its_role_creates_it_again() {
    let (cluster, folder, dump) = (Cluster::start(), Folder::numbered(3, 8), Folder::new());
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let number: u32 =
        client.query_one("SELECT oid FROM pg_roles WHERE rolname = 'reader'", &[]).unwrap().get(0);
    for role in ["reader", SUPERUSER] {
        let mut client = cluster.connect_as(role);
        let job = start(&mut client, folder.as_str(), 1);
        assert_eq!(wait(&mut client, job), "finished");
        let sql = "SELECT midi_schedule($2, $1, every => '1 second')";
        client.execute(sql, &[&folder.as_str(), &role]).unwrap();
    }
    let file = dump.path().join("dump");
    succeed(
        cluster.program("pg_dump").args(["--format=custom", "--file"]).arg(&file).arg(DATABASE),
    );

    // There, the role is missing and its number is another's.
    let other = Cluster::start().with(&[PRELOADED, "midi_pipeline.databases = 'restored'"]);
    let mut client = other.connect_to("postgres", SUPERUSER);
    let mut namesake = String::new();
    for count in 0..200 {
        namesake = format!("someone_{count}");
        client
            .batch_execute(&format!("CREATE ROLE {namesake} LOGIN IN ROLE pg_read_server_files"))
            .unwrap();
        let sql = "SELECT oid FROM pg_roles WHERE rolname = $1";
        let oid: u32 = client.query_one(sql, &[&namesake]).unwrap().get(0);
        if oid >= number {
            assert_eq!(oid, number, "the number is free");
            break;
        }
    }
    succeed(other.program("createdb").arg("restored"));
    succeed(
        other.program("pg_restore").args(["--exit-on-error", "--dbname", "restored"]).arg(&file),
    );
    let mut client = other.connect_to("restored", SUPERUSER);
    let schedules = "SELECT concat_ws(' ', name, role, role_oid) FROM midi_schedules ORDER BY 1";
    assert_eq!(texts(&mut client, schedules), ["postgres postgres", "reader reader"]);
    let jobs = "SELECT concat_ws(' ', role, state, role_oid) FROM midi_import_jobs ORDER BY 1";
    assert_eq!(texts(&mut client, jobs), ["postgres finished", "reader finished"]);

    let mut someone = other.connect_to("restored", &namesake);
    assert_eq!(texts(&mut someone, schedules), [""; 0]);
    let progress = "SELECT source FROM midi_import_progress";
    assert_eq!(texts(&mut someone, progress), [""; 0]);
    let sql = "SELECT midi_unschedule('reader')";
    assert!(!someone.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let sql = "SELECT midi_schedule('reader', $1, every => '1 second')";
    someone.execute(sql, &[&folder.as_str()]).expect_err("the name is taken");

    // What is made here runs, and what was restored does not, a superuser's neither.
    let sql = "SELECT midi_schedule('own', $1, every => '1 second')";
    someone.execute(sql, &[&folder.as_str()]).unwrap();
    let ran = "SELECT name FROM midi_schedules s
               WHERE EXISTS (SELECT FROM midi_import_jobs j
                             WHERE j.id = s.last_job AND j.finished_at > pg_postmaster_start_time()) ORDER BY 1";
    wait_until("the schedule has run", || texts(&mut client, ran).contains(&"own".to_owned()));
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert_eq!(texts(&mut client, ran), ["own"]);

    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = other.connect_to("restored", "reader");
    assert_eq!(texts(&mut reader, schedules), ["reader reader"], "by its name it is shown");
    let sql = "SELECT midi_schedule('reader', $1, every => '1 second')";
    reader.execute(sql, &[&folder.as_str()]).unwrap();
    wait_until("it runs again", || texts(&mut client, ran) == ["own", "reader"]);
}
