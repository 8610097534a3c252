//! A dump holds the whole library.

use std::path::Path;

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, DATABASE, PRELOADED, SUPERUSER, succeed, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// Schedules with their roles.
const SCHEDULES: &str =
    "SELECT concat_ws(' ', name, role, role_oid) FROM midi_schedules ORDER BY 1";
/// Schedules that have run since the server was started.
const RAN: &str = "SELECT name FROM midi_schedules s
    WHERE EXISTS (SELECT FROM midi_import_jobs j
                  WHERE j.id = s.last_job AND j.finished_at > pg_postmaster_start_time()) ORDER BY 1";

/// Every row of every table, sorted as text.
fn rows(client: &mut Client) -> Vec<String> {
    [
        "midi_files",
        "musical_metadata",
        "musical_search",
        "midi_parts_library",
        "midi_contents",
        "midi_import_errors",
    ]
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
    let (cluster, folder, dumps) = (Cluster::start(), Folder::demo(), Folder::new());
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.keep_content = on; SET midi_pipeline.parts = on")
        .unwrap();
    assert!(import(&mut client, &folder) > 0);
    let file = dumps.path().join("dump");
    dump(&cluster, &file);
    restore(&cluster, &file);
    let mut restored = cluster.connect_to("restored", SUPERUSER);
    assert!(!rows(&mut client).is_empty());
    assert_eq!(rows(&mut restored), rows(&mut client));

    let last: i64 = restored.query_one("SELECT max(id) FROM midi_files", &[]).unwrap().get(0);
    folder.write("new.mid", &smf::numbered(1, 8));
    assert_eq!(import(&mut restored, &folder), 1, "restored rows are unchanged");
    let new: i64 = restored
        .query_one("SELECT id FROM midi_files WHERE filename = 'new.mid'", &[])
        .unwrap()
        .get(0);
    assert!(new > last, "the id {new} is not after {last}");
}

#[test]
fn a_restored_library_gets_the_indexes_that_it_had() {
    const BUILT: &str =
        "SELECT index_name FROM midi_index_profiles WHERE state = 'built' ORDER BY 1";
    let (cluster, dumps) = (Cluster::start(), Folder::new());
    let mut client = cluster.connect();
    let create = "SELECT count(*) FROM midi_create_indexes()";
    for (number, (change, remembered)) in [
        ("SELECT", "search"),
        ("SELECT midi_create_indexes('all')", "all"),
        ("SELECT midi_create_indexes('default')", "all"),
        ("SELECT midi_drop_indexes('all')", "search"),
        ("SELECT midi_drop_indexes('search')", "default"),
        ("SELECT midi_create_indexes()", "default"),
    ]
    .into_iter()
    .enumerate()
    {
        client.batch_execute(change).expect(change);
        let file = dumps.path().join(format!("{number}"));
        dump(&cluster, &file);
        let name = format!("restored{number}");
        restore_to(&cluster, &file, &name);
        let mut restored = cluster.connect_to(&name, SUPERUSER);
        restored.query(create, &[]).expect("indexes");
        if number > 0 {
            assert_eq!(texts(&mut restored, BUILT), texts(&mut client, BUILT), "{change}");
        }
        let profiles = format!(
            "SELECT DISTINCT profile FROM midi_index_profiles WHERE state = 'missing'
               AND (requires IS NULL OR EXISTS (SELECT FROM pg_available_extensions WHERE name = requires))
               AND array_position('{{default,search,all}}'::text[], profile)
                   <= array_position('{{default,search,all}}'::text[], '{remembered}')"
        );
        assert_eq!(texts(&mut restored, &profiles), [""; 0], "{change}");
    }
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

fn dump(cluster: &Cluster, file: &Path) {
    let mut dump = cluster.program("pg_dump");
    succeed(dump.args(["--format=custom", "--file"]).arg(file).arg(DATABASE));
}

/// Restores a dump into a new database of that name.
fn restore_to(cluster: &Cluster, file: &Path, name: &str) {
    succeed(cluster.program("createdb").arg(name));
    let mut restore = cluster.program("pg_restore");
    succeed(restore.args(["--exit-on-error", "--dbname", name]).arg(file));
}

fn restore(cluster: &Cluster, file: &Path) {
    restore_to(cluster, file, "restored");
}

/// Creates roles that may read files until one has this OID, and answers its name.
fn role_with_oid(cluster: &Cluster, oid: u32) -> String {
    let mut client = cluster.connect_to("postgres", SUPERUSER);
    for count in 0..200 {
        let name = format!("someone_{count}");
        let sql = format!("CREATE ROLE {name} LOGIN IN ROLE pg_read_server_files");
        client.batch_execute(&sql).unwrap();
        let sql = "SELECT oid FROM pg_roles WHERE rolname = $1";
        if client.query_one(sql, &[&name]).unwrap().get::<_, u32>(0) == oid {
            return name;
        }
    }
    panic!("no new role got the OID {oid}");
}

#[test]
fn a_restored_schedule_does_not_run_until_its_role_creates_it_again() {
    let (cluster, folder, dumps) = (Cluster::start(), Folder::numbered(3, 8), Folder::new());
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let sql = "SELECT oid FROM pg_roles WHERE rolname = 'reader'";
    let oid: u32 = client.query_one(sql, &[]).unwrap().get(0);
    for role in ["reader", SUPERUSER] {
        let mut client = cluster.connect_as(role);
        let job = start(&mut client, folder.as_str(), 1);
        assert_eq!(wait(&mut client, job), "finished");
        let sql = "SELECT midi_schedule($2, $1, every => '1 second')";
        client.execute(sql, &[&folder.as_str(), &role]).unwrap();
    }
    let file = dumps.path().join("dump");
    dump(&cluster, &file);

    // In the other cluster the role is missing, and another role has its OID.
    let other = Cluster::start().with(&[PRELOADED, "midi_pipeline.databases = 'restored'"]);
    let namesake = role_with_oid(&other, oid);
    restore(&other, &file);
    let mut client = other.connect_to("restored", SUPERUSER);
    assert_eq!(texts(&mut client, SCHEDULES), ["postgres postgres", "reader reader"]);
    let jobs = "SELECT concat_ws(' ', role, state, role_oid) FROM midi_import_jobs ORDER BY 1";
    assert_eq!(texts(&mut client, jobs), ["postgres finished", "reader finished"]);
    let mut someone = other.connect_to("restored", &namesake);
    restored_rows_are_hidden_from(&mut someone, folder.as_str());

    // A new schedule runs, and restored ones do not, not even a superuser's.
    let sql = "SELECT midi_schedule('own', $1, every => '1 second')";
    someone.execute(sql, &[&folder.as_str()]).unwrap();
    wait_until("the schedule has run", || texts(&mut client, RAN).contains(&"own".to_owned()));
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert_eq!(texts(&mut client, RAN), ["own"]);

    client.batch_execute("CREATE ROLE reader LOGIN IN ROLE pg_read_server_files").unwrap();
    let mut reader = other.connect_to("restored", "reader");
    assert_eq!(
        texts(&mut reader, SCHEDULES),
        ["reader reader"],
        "it is shown to a role of that name"
    );
    let sql = "SELECT midi_schedule('reader', $1, every => '1 second')";
    reader.execute(sql, &[&folder.as_str()]).unwrap();
    wait_until("it runs again", || texts(&mut client, RAN) == ["own", "reader"]);
}

/// What a role sees of restored jobs and schedules of a role whose OID it has: nothing, and the name stays taken.
fn restored_rows_are_hidden_from(someone: &mut Client, source: &str) {
    assert_eq!(texts(someone, SCHEDULES), [""; 0]);
    assert_eq!(texts(someone, "SELECT source FROM midi_import_progress"), [""; 0]);
    let sql = "SELECT midi_unschedule('reader')";
    assert!(!someone.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let sql = "SELECT midi_schedule('reader', $1, every => '1 second')";
    someone.execute(sql, &[&source]).expect_err("the name is taken");
}
