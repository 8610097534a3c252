//! Through PgBouncer in transaction mode, as docs/clients.md describes it: searches, imports and jobs work, and what belongs
//! to a session is lost, or goes to whoever gets its connection next. PgBouncer is installed by `scripts/setup --tests`.

use std::fs;
use std::process::{Child, Command};

use midi_pipeline_tests::jobs;
use midi_testkit::cluster::{Cluster, DATABASE, SUPERUSER, as_server, succeed, wait_until};
use midi_testkit::folder::Folder;
use postgres::error::SqlState;
use postgres::types::Type;
use postgres::{Client, Config, NoTls};

const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// A PgBouncer in front of a cluster.
struct Pool {
    pgbouncer: Child,
    folder: Folder,
}

impl Pool {
    /// One whose clients share this many connections of the server.
    fn of(cluster: &Cluster, connections: u32) -> Self {
        assert!(
            fs::exists(PROGRAM).unwrap_or(false),
            "no PgBouncer: scripts/setup --tests installs it"
        );
        let folder = Folder::new();
        let users = folder.write("users", format!("\"{SUPERUSER}\" \"\"\n").as_bytes());
        let settings = format!(
            "[databases]
             {DATABASE} = host={host}
             [pgbouncer]
             pool_mode = transaction
             default_pool_size = {connections}
             {prepared}
             auth_type = trust
             auth_file = {users}
             unix_socket_dir = {socket}
             unix_socket_mode = 0777
             listen_port = 6432",
            host = cluster.socket_folder().display(),
            prepared = if prepares() { "max_prepared_statements = 100" } else { "" },
            users = users.display(),
            socket = folder.as_str(),
        );
        let settings = folder.write("pgbouncer.ini", settings.as_bytes());
        cluster.give(folder.path());
        let pgbouncer = as_server(PROGRAM.as_ref())
            .arg("--quiet")
            .arg(settings)
            .spawn()
            .expect("PgBouncer starts");
        let pool = Self { pgbouncer, folder };
        wait_until("PgBouncer answers", || pool.config().connect(NoTls).is_ok());
        pool
    }

    fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(self.folder.path()).port(6432).dbname(DATABASE).user(SUPERUSER);
        config
    }

    fn connect(&self) -> Client {
        self.config().connect(NoTls).expect("a connection")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.pgbouncer.kill().and_then(|()| self.pgbouncer.wait()).expect("it runs");
    }
}

/// Whether this PgBouncer has prepared statements in transaction mode, as from 1.21 on.
fn prepares() -> bool {
    let version = succeed(Command::new(PROGRAM).arg("--version")).stdout;
    let version = String::from_utf8(version).expect("UTF-8");
    let numbers = version.strip_prefix("PgBouncer ").expect("its name").split(['.', '\n']);
    let numbers: Vec<u32> = numbers.map_while(|number| number.parse().ok()).collect();
    numbers >= vec![1, 21]
}

fn text(client: &mut Client, sql: &str) -> String {
    let rows = client.query_typed(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows[0].get(0)
}

#[test]
fn searches_imports_and_jobs_work() {
    let (cluster, music) = (Cluster::start(), Folder::demo());
    let pool = Pool::of(&cluster, 2);
    let mut client = pool.connect();
    let folder = [(&music.as_str() as _, Type::TEXT)];
    let rows =
        client.query_typed("SELECT imported FROM midi_import($1)", &folder).expect("an import");
    assert_eq!(rows[0].get::<_, i64>(0), 7);
    let sql = "SELECT string_agg(filename, ',' ORDER BY bpm) FROM midi_search('key:C,F')";
    let found = text(&mut client, sql);
    assert_eq!(found, "Row, Row, Row Your Boat.kar,Frère Jacques.mid,Late Train.mid");

    let rows = client.query_typed("SELECT midi_import_start($1)", &folder).expect("a job");
    let job: i64 = rows[0].get(0);
    // Whichever connection of the server has this statement, and while another client has the other.
    let mut other = pool.connect();
    let mut busy = other.transaction().expect("a transaction");
    busy.batch_execute("SELECT 1").expect("a connection of the server");
    assert_eq!(text(&mut client, &format!("SELECT midi_import_wait({job})")), "finished");
    assert_eq!(jobs::wait(&mut cluster.connect(), job), "finished");
}

#[test]
fn settings_and_listeners_stay_with_the_connection_of_the_server() {
    let cluster = Cluster::start();
    let pool = Pool::of(&cluster, 1);
    let (mut client, mut other) = (pool.connect(), pool.connect());
    let depth = "SHOW midi_pipeline.depth";
    // A connection of the server knows the settings from its first call on.
    text(&mut client, "SELECT version FROM midi_pipeline_version()");

    client
        .batch_execute("BEGIN; SET LOCAL midi_pipeline.depth = catalog; COMMIT")
        .expect("a setting");
    assert_eq!(text(&mut client, depth), "full");
    client.batch_execute("SET midi_pipeline.depth = catalog").expect("a setting");
    assert_eq!(text(&mut other, depth), "catalog", "the next client has it");

    client.batch_execute("LISTEN midi_import").expect("a listener");
    assert_eq!(text(&mut other, "SELECT pg_listening_channels()"), "midi_import");

    let refused = pool.config().options("-c midi_pipeline.depth=catalog").connect(NoTls);
    let refused = refused.err().expect("an error");
    let message = refused.as_db_error().expect("an answer").message();
    assert!(message.contains("unsupported startup parameter"), "{message}");
}

#[test]
fn settings_of_a_role_hold_for_all_connections_of_the_server() {
    let cluster = Cluster::start();
    let sql =
        format!("ALTER ROLE {SUPERUSER} IN DATABASE {DATABASE} SET midi_pipeline.depth = catalog");
    cluster.connect().batch_execute(&sql).expect("a setting");
    let pool = Pool::of(&cluster, 1);
    assert_eq!(text(&mut pool.connect(), "SHOW midi_pipeline.depth"), "catalog");
}

#[test]
fn prepared_statements_need_a_pgbouncer_that_knows_them() {
    let cluster = Cluster::start();
    let pool = Pool::of(&cluster, 2);
    let mut client = pool.connect();
    let search = client.prepare("SELECT count(*) FROM midi_search($1)").expect("a statement");

    let mut others = [pool.connect(), pool.connect()];
    let [first, second] = &mut others;
    let mut busy = first.transaction().expect("a transaction");
    busy.batch_execute("SELECT 1").expect("a connection of the server");
    let found = client.query_one(&search, &[&"key:C"]);
    drop(busy);
    let mut busy = second.transaction().expect("a transaction");
    busy.batch_execute("SELECT 1").expect("a connection of the server");
    let again = client.query_one(&search, &[&"key:C"]);

    if prepares() {
        assert!(found.is_ok() && again.is_ok(), "{found:?} {again:?}");
    } else {
        let error = found.and(again).expect_err("only one connection has the statement");
        assert_eq!(error.code(), Some(&SqlState::INVALID_SQL_STATEMENT_NAME));
    }
}
