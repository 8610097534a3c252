//! The locks of imports and jobs: they exclude each other, and no statement of SQL can take them.

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::folder::Folder;

#[test]
fn no_two_jobs_share_a_lock() {
    let folder = Folder::numbered(1, 8);
    let cluster = Cluster::start();
    let roles = "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
                 CREATE ROLE writer LOGIN IN ROLE pg_write_all_data, pg_read_server_files";
    cluster.connect().batch_execute(roles).unwrap();
    let mut reader = cluster.connect_as("reader");
    let first: i64 = start(&mut reader, folder.as_str(), 1);
    // pg_write_all_data includes setval.
    let mut writer = cluster.connect_as("writer");
    let sql = "SELECT setval('midi_import_jobs_id_seq', $1, false)";
    for number in [first + (1 << 32), (1 << 32), i64::MAX] {
        writer.execute(sql, &[&number]).unwrap();
        let result = writer.query("SELECT midi_import_start($1)", &[&folder.as_str()]);
        assert_eq!(sqlstate(&result), "2200H", "{number}: {result:?}");
    }
    writer.execute(sql, &[&((1_i64 << 32) - 1)]).unwrap();
    let last = start(&mut writer, folder.as_str(), 1);
    assert_eq!(wait(&mut writer, last), "finished");
    assert_eq!(wait(&mut reader, first), "finished");
}

#[test]
fn a_role_that_may_not_import_cannot_block_imports() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE nobody LOGIN").unwrap();
    let mut nobody = cluster.connect_as("nobody");
    // The key of earlier versions, and the one that pg_locks shows of an import now.
    let mut importing = client.transaction().unwrap();
    importing.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let sql = "SELECT classid::bigint, objid::bigint, objsubid FROM pg_locks
               WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    let held = importing.query(sql, &[]).unwrap();
    assert_eq!(held.len(), 1);
    let (class, object): (i64, i64) = (held[0].get(0), held[0].get(1));
    assert!(held[0].get::<_, i16>(2) > 2, "functions of SQL take the classes 1 and 2");
    importing.rollback().unwrap();
    let keys = [i64::from_be_bytes(*b"midi_imp"), (class << 32) | object];
    for key in keys {
        nobody.execute("SELECT pg_advisory_lock($1)", &[&key]).unwrap();
    }
    nobody
        .execute("SELECT pg_advisory_lock($1, $2)", &[&(class as i32), &(object as i32)])
        .unwrap();
    client.batch_execute("SET lock_timeout = '2s'").unwrap();
    client
        .execute("SELECT midi_import($1::text)", &[&folder.as_str()])
        .expect("no lock of SQL blocks it");
    // Two imports still exclude each other.
    let mut importing = client.transaction().unwrap();
    importing.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let mut other = cluster.connect();
    other.batch_execute("SET lock_timeout = '300ms'").unwrap();
    let waited = other.execute("SELECT midi_import($1::text)", &[&folder.as_str()]);
    assert_eq!(sqlstate(&waited), "55P03", "{waited:?}");
}
