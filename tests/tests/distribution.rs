//! A library is distributed over nodes, and imported on all of them: no file twice and none missing, also where a worker, a node
//! or the coordinator is killed.

use std::thread;
use std::time::{Duration, Instant};

use midi_pipeline_tests::citus::{Distributed, Nodes, SHAPES, distributed, number};
use midi_pipeline_tests::jobs::wait;
use midi_testkit::cluster::{
    Cluster, DATABASE, SUPERUSER, kill_hard, sqlstate, succeed, wait_until,
};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// How long an import may take to go on after a node was lost: Citus looks for unfinished transactions once a minute.
const PATIENCE: Duration = Duration::from_secs(240);

/// Starts an import on all nodes.
fn import_on_nodes(client: &mut Client, folder: &Folder) {
    let sql = "SELECT count(*) FROM midi_import_on_nodes($1, workers => 2)";
    let jobs: i64 = client.query_one(sql, &[&folder.as_str()]).expect("jobs").get(0);
    assert_eq!(jobs, 3);
}

/// Waits until all parts have finished, and checks that all files are there once.
fn reconcile(coordinator: &Cluster, files: i64) {
    let start = Instant::now();
    let mut client = coordinator.connect();
    let ended = |client: &mut Client| {
        let sql = "SELECT count(*) FROM midi_node_imports() WHERE state = 'finished'";
        client.query_one(sql, &[]).is_ok_and(|row| row.get::<_, i64>(0) == 3)
    };
    while !ended(&mut client) {
        let states =
            "SELECT node || ' ' || state || ' ' || COALESCE(error, '') FROM midi_node_imports()";
        assert!(
            start.elapsed() < PATIENCE,
            "{:?}",
            client
                .query(states, &[])
                .map(|rows| { rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>() })
        );
        thread::sleep(Duration::from_millis(500));
    }
    // What a node that was lost had agreed to and not committed yet: Citus does this once a minute.
    let recover = "SELECT run_command_on_all_nodes('SELECT recover_prepared_transactions()')";
    client.batch_execute(recover).expect("all nodes answer");
    for (sql, expected) in [
        ("SELECT sum(done)::bigint FROM midi_node_imports()", files),
        ("SELECT count(*) FROM midi_files WHERE state = 'imported'", files),
        ("SELECT count(DISTINCT path_digest) FROM midi_files", files),
        ("SELECT count(*) FROM musical_metadata", files),
        ("SELECT count(*) FROM musical_search", files),
        ("SELECT count(*) FROM midi_library", files),
    ] {
        assert_eq!(number(&mut client, sql), expected, "{sql}");
    }
}

/// Waits until each node has done a part of its files.
fn wait_until_under_way(client: &mut Client) {
    wait_until("all nodes are importing", || {
        number(client, "SELECT count(*) FROM midi_node_imports() WHERE done > 0 AND done < found")
            == 3
    });
}

const FILES: u32 = 1_500;

/// Imports on all nodes, does something to them meanwhile, and checks what is there in the end.
fn import_while(shape: &str, disturb: impl FnOnce(&mut Nodes)) {
    let Some(mut nodes) = distributed(shape) else { return };
    let folder = Folder::corpus(FILES);
    let mut client = nodes.coordinator.connect();
    import_on_nodes(&mut client, &folder);
    wait_until_under_way(&mut client);
    disturb(&mut nodes);
    reconcile(&nodes.coordinator, FILES.into());
}

/// Kills a server, and starts it again when the others have noticed.
fn lose_for_a_while(node: &mut Cluster) {
    node.kill_postmaster();
    thread::sleep(Duration::from_secs(7));
    node.restart();
}

#[test]
fn a_killed_worker_loses_nothing() {
    let worker =
        "SELECT pid::bigint FROM pg_stat_activity WHERE backend_type = 'midi_import' LIMIT 1";
    for shape in SHAPES {
        import_while(shape, |nodes| {
            kill_hard(number(&mut nodes.others[0].connect(), worker) as i32);
        });
    }
}

#[test]
fn a_killed_node_loses_nothing() {
    for shape in SHAPES {
        import_while(shape, |nodes| lose_for_a_while(&mut nodes.others[1]));
    }
}

#[test]
fn a_killed_coordinator_loses_nothing() {
    for shape in SHAPES {
        import_while(shape, |nodes| lose_for_a_while(&mut nodes.coordinator));
    }
}

#[test]
fn imports_of_one_folder_from_two_nodes_end_without_a_deadlock() {
    SHAPES.iter().for_each(|shape| import_from_two_nodes(shape));
}

fn import_from_two_nodes(shape: &str) {
    let Some(nodes) = distributed(shape) else { return };
    let folder = Folder::corpus(400);
    let [mut here, mut there, mut third] = nodes.all().map(Cluster::connect);
    let direct = |client: &mut Client| {
        client.execute("SELECT midi_import($1)", &[&folder.as_str()]).expect("an import");
    };
    let start = "SELECT midi_import_start($1, workers => 2)";
    let job: i64 = third.query_one(start, &[&folder.as_str()]).expect("a job").get(0);
    thread::scope(|scope| {
        scope.spawn(|| direct(&mut here));
        scope.spawn(|| direct(&mut there));
    });
    assert_eq!(wait(&mut third, job), "finished");
    assert_eq!(number(&mut here, "SELECT count(*) FROM midi_library"), 400);
    for node in nodes.all() {
        assert!(!node.log().contains("deadlock"), "{}", node.log());
    }
}

#[test]
fn all_rows_are_moved_once_and_the_indexes_follow() {
    SHAPES.iter().for_each(|shape| move_all_rows(shape));
}

fn move_all_rows(shape: &str) {
    let Some(library) = Distributed::start(shape) else { return };
    let mut client = library.connect();
    let again = "SELECT sum(rows_moved)::bigint FROM midi_distribute()";
    assert_eq!(number(&mut client, again), 0);
    let kinds = "SELECT count(*) FROM midi_distribution
                 WHERE kind = 'distributed' AND shards = 2 AND bytes > 0 OR kind = 'reference' AND shards = 1";
    // Five tables on two nodes, and one on all three, or six on two.
    let expected = if shape == SHAPES[0] { 13 } else { 12 };
    assert_eq!(number(&mut client, kinds), expected);
    // Also on nodes that had other indexes.
    for sql in [
        "midi_drop_indexes('default')",
        "midi_create_indexes('search')",
        "midi_drop_indexes('search')",
    ] {
        client
            .batch_execute(&format!("SELECT {sql}"))
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    let defer = "SELECT midi_import_start($1, workers => 2, defer_indexes => true)";
    let job: i64 = client.query_one(defer, &[&library.folder().as_str()]).expect("a job").get(0);
    assert_eq!(wait(&mut client, job), "finished");
}

/// The way back: a dump of the coordinator is one of the whole library. PostgreSQL 16 cannot leave out an extension.
#[test]
fn a_dump_is_a_library_on_one_machine() {
    SHAPES.iter().for_each(|shape| dump(shape));
}

fn dump(shape: &str) {
    let Some(library) = Distributed::start(shape) else { return };
    let coordinator = &library.nodes().coordinator;
    let out = Folder::new();
    let dump = out.path().join("library.sql");
    let mut program = coordinator.program("pg_dump");
    succeed(
        program
            .args(["--exclude-extension=citus", "--exclude-extension=citus_columnar", "--file"])
            .arg(&dump)
            .arg(DATABASE),
    );
    coordinator.connect().batch_execute("CREATE DATABASE restored").expect("a database");
    let mut psql = coordinator.program("psql");
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--dbname",
        "restored",
        "--file",
    ])
    .arg(&dump);
    succeed(&mut psql);
    let mut restored = coordinator.connect_to("restored", SUPERUSER);
    for table in
        ["midi_files", "musical_metadata", "musical_search", "midi_contents", "midi_parts_library"]
    {
        let sql = format!("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t");
        let rows = [&mut restored, &mut library.connect()]
            .map(|client| client.query_one(&sql, &[]).expect("rows").get::<_, Option<String>>(0));
        assert_eq!(rows[0], rows[1], "{table}");
    }
}

/// Citus asks the nodes as the role that asks it.
#[test]
fn views_of_a_distributed_library_shield_nothing() {
    let Some(library) = Distributed::start(SHAPES[0]) else { return };
    let grant = "CREATE ROLE visitor LOGIN; GRANT SELECT ON midi_library TO visitor";
    library.connect().batch_execute(grant).expect("a role");
    let mut visitor = library.nodes().coordinator.connect_as("visitor");
    let read = "SELECT count(*) > 0 FROM midi_library";
    assert_eq!(sqlstate(&visitor.query(read, &[])), "42501");
    let grant = "GRANT SELECT ON midi_files, musical_metadata, musical_search TO visitor";
    library.connect().batch_execute(grant).expect("rights");
    for sql in [read, "SELECT count(*) > 0 FROM midi_files"] {
        assert!(visitor.query_one(sql, &[]).expect("rows").get::<_, bool>(0), "{sql}");
    }
    for sql in [
        "ALTER TABLE musical_metadata ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY none ON musical_metadata FOR SELECT USING (false)",
    ] {
        library.connect().batch_execute(sql).expect(sql);
    }
    assert!(!visitor.query_one(read, &[]).expect("rows").get::<_, bool>(0));
}

/// Whose work waits for whose is known to no node, so Citus ends one of them, which does it again.
#[test]
fn jobs_of_one_folder_on_all_nodes_finish() {
    for shape in SHAPES {
        let Some(nodes) = distributed(shape) else { return };
        let folder = Folder::corpus(200);
        let mut clients = nodes.all().map(Cluster::connect);
        let jobs = clients.each_mut().map(|client| -> i64 {
            client.batch_execute("SET midi_pipeline.batch_size = 6").expect("a setting");
            let start = "SELECT midi_import_start($1)";
            client.query_one(start, &[&folder.as_str()]).expect("a job").get(0)
        });
        for (client, job) in clients.iter_mut().zip(jobs) {
            assert_eq!(wait(client, job), "finished");
        }
        for counted in ["count(*)", "count(DISTINCT path_digest)", "count(DISTINCT id)"] {
            let sql = format!(
                "SELECT {counted} FROM midi_files WHERE state IN ('imported', 'duplicate')"
            );
            assert_eq!(number(&mut clients[0], &sql), 200, "{sql}");
        }
    }
}

#[test]
fn a_node_gives_no_number_twice() {
    for shape in SHAPES {
        let Some(nodes) = distributed(shape) else { return };
        let [mut coordinator, mut node, _] = nodes.all().map(Cluster::connect);
        for (name, again) in [("a", 2), ("b", 1), ("c", 0)] {
            let send = "SELECT midi_import($1, $2)";
            node.execute(send, &[&name, &smf::numbered(1, 40)]).expect("a piece");
            (0..again).for_each(|_| {
                coordinator.batch_execute("SELECT midi_distribute()").expect("distributed again");
            });
        }
        let ids = "SELECT count(DISTINCT id) FROM midi_files WHERE id > 1::bigint << 48";
        assert_eq!(number(&mut coordinator, ids), 3);
    }
}

#[test]
fn what_the_coordinator_alone_can_do_is_refused_elsewhere() {
    let Some(nodes) = distributed(SHAPES[0]) else { return };
    let folder = Folder::corpus(20);
    let mut node = nodes.others[0].connect();
    let defer = format!("SELECT midi_import_start('{}', defer_indexes => true)", folder.as_str());
    for sql in [&*defer, "SELECT midi_create_indexes('search')"] {
        assert_eq!(sqlstate(&node.batch_execute(sql)), "55000", "{sql}");
    }
    let indexes = "SELECT count(*) FROM midi_index_profiles WHERE state = 'built'";
    assert!(number(&mut nodes.coordinator.connect(), indexes) > 0);
}

#[test]
fn a_job_of_another_node_is_seen_by_a_prune() {
    let Some(nodes) = distributed(SHAPES[1]) else { return };
    let folder = Folder::corpus(300);
    let [mut coordinator, mut node, mut third] = nodes.all().map(Cluster::connect);
    node.batch_execute("SET midi_pipeline.batch_size = 3").expect("a setting");
    let start = "SELECT midi_import_start($1)";
    let job: i64 = node.query_one(start, &[&folder.as_str()]).expect("a job").get(0);
    wait_until("the job has begun", || {
        number(&mut node, "SELECT count(*) FROM midi_import_progress WHERE done > 0") == 1
    });
    for client in [&mut coordinator, &mut third] {
        assert_eq!(sqlstate(&client.query("SELECT midi_prune('0')", &[])), "55006");
    }
    assert_eq!(wait(&mut node, job), "finished");
    assert_eq!(number(&mut third, "SELECT music FROM midi_prune('0')"), 0);
}

#[test]
fn what_cannot_be_distributed_is_refused() {
    let Some(mut nodes) = Nodes::start(|_| ()) else { return };
    let mut client = nodes.coordinator.connect();
    client.batch_execute("CREATE ROLE visitor LOGIN").expect("a role");
    let code = |client: &mut Client, sql: &str| sqlstate(&client.batch_execute(sql)).to_owned();
    let mut visitor = nodes.coordinator.connect_as("visitor");
    assert_eq!(code(&mut visitor, "SELECT midi_distribute()"), "42501");
    assert_eq!(code(&mut client, "SELECT midi_import_on_nodes('/')"), "55000");
    assert_eq!(code(&mut nodes.others[0].connect(), "SELECT midi_distribute()"), "55000");
    // The tables and the view whose owner counts.
    let give = "DO $$ DECLARE relation regclass; BEGIN
        FOR relation IN SELECT unnest('{musical_metadata,musical_search,midi_contents,midi_parts_library,midi_files,
                                        midi_import_errors,midi_index_profiles}'::regclass[])
        LOOP EXECUTE format('ALTER TABLE %s OWNER TO @owner@', relation); END LOOP; END $$";
    client.batch_execute(&give.replace("@owner@", "visitor")).expect("another owner");
    assert_eq!(code(&mut visitor, "SELECT midi_distribute()"), "42501");
    assert_eq!(code(&mut client, "SELECT midi_distribute()"), "42501");
    client.batch_execute(&give.replace("@owner@", SUPERUSER)).expect("the owner");
    assert_eq!(code(&mut client, "SELECT midi_distribute(0)"), "22023");
    nodes.others[1].stop();
    assert_eq!(code(&mut client, "SELECT midi_distribute()"), "55000");
    nodes.others[1].restart();
    let mut node = nodes.others[1].connect();
    node.batch_execute("SELECT midi_import('a', 'no music')").expect("a row");
    assert_eq!(code(&mut nodes.coordinator.connect(), "SELECT midi_distribute()"), "55000");
    node.batch_execute("TRUNCATE midi_files, midi_import_errors").expect("no row");
    let mut client = nodes.coordinator.connect();
    client.batch_execute("SELECT midi_distribute(shards => 4)").expect("distributed");
    assert_eq!(
        code(&mut client, "SELECT midi_import_on_nodes('/', nodes => '{elsewhere:5432}')"),
        "22023"
    );
    for (arguments, expected) in [
        ("'/no/such/folder'", "55000"),
        ("'no/whole/path'", "42602"),
        ("'/', workers => 65", "22023"),
        ("'/', depth => 'deep'", "22023"),
    ] {
        let call = format!("SELECT midi_import_on_nodes({arguments})");
        assert_eq!(code(&mut client, &call), expected, "{call}");
    }
    assert_eq!(
        number(&mut client, "SELECT count(*) FROM midi_node_imports() WHERE state <> 'cancelled'"),
        0
    );
    let late = "BEGIN; SELECT midi_import('a', 'no music'); SELECT midi_distribute()";
    assert_eq!(code(&mut client, late), "25001");
    client.batch_execute("ROLLBACK").expect("the end");
    // The rows of files lie on all nodes by now.
    assert_eq!(code(&mut client, &format!("SELECT {}", SHAPES[1])), "55000");
    let one_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT midi_import('/tmp'); COMMIT";
    assert_eq!(code(&mut client, one_snapshot), "0A000");
}
