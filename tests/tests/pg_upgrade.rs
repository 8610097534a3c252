//! A library of an older major version of PostgreSQL in this one: by `pg_upgrade --link`, and by a dump. The `pg_config` of
//! the older server, in which the same sources are installed, is in the variable OLDER_PG_CONFIG.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use midi_pipeline_tests::server_copy::{Released, of_tests};
use midi_pipeline_tests::upgrades::{
    RELEASED, assert_same, assert_same_answers, assert_same_rows, former, give_arguments, library,
};
use midi_testkit::cluster::{Cluster, DATABASE, SUPERUSER, succeed};
use midi_testkit::folder::Folder;
use postgres::Client;

/// The older server, if there is one.
fn older() -> Option<Released> {
    let older = env::var_os("OLDER_PG_CONFIG").map(|older| Released::of(&PathBuf::from(older)));
    if older.is_none() {
        eprintln!("skipped: OLDER_PG_CONFIG does not name an older server");
    }
    older
}

/// A cluster of the older server with a library and all indexes, and with a database for each version of the extension.
fn old_cluster(older: &Released, folder: &Folder) -> Cluster {
    let cluster = Cluster::start_from(older.programs());
    let mut client = library(&cluster, folder);
    client.query("SELECT midi_create_indexes('all')", &[]).expect("indexes");
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = former(&cluster, &name_of_former(number), version, &mut client);
        forget_versions_of_columns(&mut former);
    }
    forget_versions_of_columns(&mut client);
    cluster
}

/// The newest minor versions of PostgreSQL note an option `pg_attver` of each column, which dumps have and other versions do
/// not know. The newer server of these tests may be of an earlier date than the older one.
fn forget_versions_of_columns(client: &mut Client) {
    let sql =
        "UPDATE pg_attribute SET attoptions = NULL WHERE attoptions::text ~ '^{pg_attver=[^,]*}$'";
    client.batch_execute(sql).expect("columns");
}

/// The name of the database with a former version.
fn name_of_former(number: usize) -> String {
    format!("former{number}")
}

/// A cluster of this server with the same library, imported by it.
fn new_library(folder: &Folder) -> (Cluster, Client) {
    let cluster = Cluster::start();
    let mut client = library(&cluster, folder);
    client.query("SELECT midi_create_indexes('all')", &[]).expect("indexes");
    (cluster, client)
}

/// Rewrites what is compressed by lz4 where the newer server was built without it: it could not read that.
fn leave_lz4(client: &mut Client, new: &mut Client) {
    let knows =
        "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'";
    if !new.query_one(knows, &[]).expect("a setting").get::<_, bool>(0) {
        let sql = "ALTER TABLE midi_contents ALTER COLUMN content SET COMPRESSION default;
                   UPDATE midi_contents SET content = content || ''";
        client.batch_execute(sql).expect("contents");
    }
}

#[test]
fn pg_upgrade_keeps_the_library_and_its_indexes() {
    let Some(older) = older() else { return };
    let folder = Folder::demo();
    let old = old_cluster(&older, &folder);
    let server = Released::of(&of_tests());
    let (_cluster, mut new) = new_library(&folder);
    for database in (0..RELEASED.len()).map(name_of_former).chain([DATABASE.to_owned()]) {
        leave_lz4(&mut old.connect_to(&database, SUPERUSER), &mut new);
    }
    let upgraded = old.upgraded_to(server.programs());
    for database in (0..RELEASED.len()).map(name_of_former).chain([DATABASE.to_owned()]) {
        let mut client = upgraded.connect_to(&database, SUPERUSER);
        client.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        let all = "SELECT midi_create_indexes('all')";
        client.query(all, &[]).expect("indexes");
        assert_same(&mut client, &mut new);
        [&mut client, &mut new].into_iter().for_each(give_arguments);
        assert_same_answers(&mut client, &mut new);
        let again = "SELECT unchanged = found - failed FROM midi_import($1::text)";
        assert!(client.query_one(again, &[&folder.as_str()]).unwrap().get::<_, bool>(0));
    }
}

#[test]
fn a_dump_of_an_older_server_is_the_same_library() {
    let Some(older) = older() else { return };
    let (folder, dumps) = (Folder::demo(), Folder::new());
    let old = old_cluster(&older, &folder);
    let server = Released::of(&of_tests());
    let cluster = Cluster::start_from(server.programs());
    for (number, name) in
        (0..RELEASED.len()).map(name_of_former).chain([DATABASE.to_owned()]).enumerate()
    {
        let file = dumps.path().join(number.to_string());
        // The newer pg_dump, as its manual advises.
        let newer = cluster.program("pg_dump");
        let mut dump = Command::new(newer.get_program());
        dump.args(newer.get_args())
            .envs(old.program("pg_dump").get_envs().filter_map(|(k, v)| Some((k, v?))));
        succeed(dump.args(["--format=custom", "--file"]).arg(&file).arg(&name));
        let restored = format!("restored{number}");
        succeed(cluster.program("createdb").arg(&restored));
        let mut restore = cluster.program("pg_restore");
        succeed(restore.args(["--exit-on-error", "--dbname", &restored]).arg(&file));
        let mut client = cluster.connect_to(&restored, SUPERUSER);
        client.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        let mut original = old.connect_to(&name, SUPERUSER);
        original.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        // A role's OID means another role elsewhere, so a restored row has none.
        for table in ["midi_import_jobs", "midi_schedules"] {
            original.batch_execute(&format!("UPDATE {table} SET role_oid = NULL")).unwrap();
        }
        assert_same_rows(&mut client, &mut original);
    }
}
