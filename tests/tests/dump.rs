//! A dump holds the whole library.

use midi_pipeline_tests::cluster::{Cluster, DATABASE, SUPERUSER, succeed};
use midi_pipeline_tests::folder::Folder;
use midi_pipeline_tests::smf;
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
fn a_restored_dump_is_the_same_library_and_goes_on_where_it_was() {
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
fn the_extension_can_be_dropped_and_made_again() {
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
