//! The limits that superusers set apply to everyone. A client may try to set them before the library is loaded, when
//! PostgreSQL does not know yet that only superusers may.

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

const REFUSED: &str = "42501";
const TOO_LARGE: &str = "54000";
const NO_SUCH_LIMIT: &str = "F0000";

/// Each limit, with the value that would lift it.
const LIFTED: [(&str, &str); 4] = [
    ("allowed_directories", ""),
    ("max_file_size", "1GB"),
    ("max_events", "100000000"),
    ("max_archive_size", "1TB"),
];

/// A cluster that allows one folder and small files, and has a role that reads files and owns a database.
fn cluster(folder: &Folder) -> Cluster {
    let mut cluster = Cluster::start();
    cluster.stop();
    let allowed = format!("midi_pipeline.allowed_directories = '\"{}/allowed\"'", folder.as_str());
    cluster.configure(&allowed);
    cluster.configure("midi_pipeline.max_events = 100");
    cluster.configure("midi_pipeline.max_file_size = '10kB'");
    cluster.restart();
    cluster
        .connect()
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             ALTER DATABASE music OWNER TO reader; GRANT CREATE ON SCHEMA public TO reader;",
        )
        .unwrap();
    cluster
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("allowed/short.mid", &smf::numbered(1, 8));
    folder.write("allowed/long.mid", &smf::numbered(2, 400));
    folder.write("secret.mid", &smf::numbered(3, 8));
    folder
}

fn analyze(client: &mut Client, folder: &Folder, name: &str) -> String {
    let path = format!("{}/{name}", folder.as_str());
    let result = client.query("SELECT (midi_analyze($1::text)).note_count", &[&path]);
    sqlstate(&result).to_owned()
}

/// Checks that the limits apply in this session.
fn hold(client: &mut Client, folder: &Folder, way: &str) {
    assert_eq!(analyze(client, folder, "secret.mid"), REFUSED, "{way}");
    assert_eq!(analyze(client, folder, "allowed/long.mid"), TOO_LARGE, "{way}");
    assert_eq!(analyze(client, folder, "allowed/short.mid"), "", "{way}");
}

#[test]
fn a_startup_option_does_not_lift_a_limit() {
    let folder = folder();
    let cluster = cluster(&folder);
    hold(&mut cluster.connect_as("reader"), &folder, "without options");
    let inside = format!("{}/allowed", folder.as_str());
    for (name, value) in LIFTED {
        for name in [format!("midi_pipeline.{name}"), format!("MIDI_Pipeline.{name}")] {
            let options = format!("-c {name}={value}");
            // Each call is the first of its session and loads the library.
            for sql in [
                "SELECT midi_analyze($1::text)",
                "SELECT midi_notes($1::text)",
                "SELECT midi_import($1::text)",
                "SELECT midi_import_start($1::text)",
                "SELECT midi_schedule('x', $1::text, every => '1 day')",
            ] {
                let mut client = cluster.connect_with("reader", &options);
                for _ in 0..2 {
                    let result = client.query(sql, &[&inside]);
                    assert_eq!(sqlstate(&result), REFUSED, "{options}: {sql}: {result:?}");
                }
            }
            let mut client = cluster.connect_with("reader", &options);
            let content = smf::numbered(2, 400);
            for sql in ["SELECT midi_analyze($1::bytea)", "SELECT midi_import('a', $1::bytea)"] {
                let result = client.query(sql, &[&content]);
                assert_eq!(sqlstate(&result), REFUSED, "{options}: {sql}: {result:?}");
            }
        }
    }
    let mut client = cluster.connect();
    let sql = "SELECT count(*) FROM midi_files";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
    // A superuser may, before and after.
    let mut client = cluster.connect_with("postgres", "-c midi_pipeline.allowed_directories=");
    assert_eq!(analyze(&mut client, &folder, "secret.mid"), "");
}

#[test]
fn no_statement_lifts_a_limit_before_the_library_is_loaded() {
    let folder = folder();
    let cluster = cluster(&folder);
    for (name, value) in LIFTED {
        let name = format!("midi_pipeline.{name}");
        for set in [
            format!("SET {name} = '{value}'"),
            format!("SELECT set_config('{name}', '{value}', false)"),
            format!("BEGIN; SET LOCAL {name} = '{value}'"),
            format!("SET {name} = '{value}'; RESET {name}"),
            format!("SET {name} = '{value}'; RESET ALL"),
            format!("BEGIN; SET {name} = '{value}'; SAVEPOINT s; SET LOCAL {name} = '{value}'"),
        ] {
            let mut client = cluster.connect_as("reader");
            client.batch_execute(&set).expect("the setting is not defined yet");
            let path = format!("{}/secret.mid", folder.as_str());
            let result = client.query("SELECT midi_analyze($1::text)", &[&path]);
            assert_eq!(sqlstate(&result), REFUSED, "{set}");
            client.batch_execute("ROLLBACK").unwrap();
            hold(&mut client, &folder, &set);
        }
        for is_loaded in [false, true] {
            let mut client = cluster.connect_as("reader");
            if is_loaded {
                client.execute("SELECT midi_pipeline_version()", &[]).unwrap();
            }
            for sql in [
                format!("ALTER ROLE reader SET {name} = '{value}'"),
                format!("ALTER ROLE reader IN DATABASE music SET {name} = '{value}'"),
                format!("ALTER DATABASE music SET {name} = '{value}'"),
                format!(
                    "CREATE FUNCTION lift() RETURNS int LANGUAGE sql SET {name} = '{value}' AS 'SELECT 1'"
                ),
            ] {
                assert_eq!(sqlstate(&client.execute(&sql, &[])), REFUSED, "{sql}");
            }
        }
    }
    hold(&mut cluster.connect_as("reader"), &folder, "after all");
}

#[test]
fn limits_set_for_a_role_or_a_database_apply_too() {
    let folder = folder();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client
        .batch_execute(
            "ALTER ROLE reader SET midi_pipeline.max_events = 50;
             ALTER DATABASE music SET midi_pipeline.max_file_size = '100 kB'",
        )
        .unwrap();
    let shown = |client: &mut Client, name: &str| -> String {
        client.execute("SELECT midi_pipeline_version()", &[]).unwrap();
        client.query_one(&format!("SHOW midi_pipeline.{name}"), &[]).unwrap().get(0)
    };
    let mut reader = cluster.connect_as("reader");
    assert_eq!(shown(&mut reader, "max_events"), "50");
    assert_eq!(shown(&mut reader, "max_file_size"), "100kB");
    let mut reader = cluster.connect_with("reader", "-c midi_pipeline.max_events=5000");
    assert_eq!(analyze(&mut reader, &folder, "allowed/short.mid"), REFUSED);
}

#[test]
fn an_invalid_limit_allows_nothing_until_it_is_corrected() {
    let folder = folder();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    // PostgreSQL does not check the value while the library is not loaded.
    client
        .batch_execute("ALTER ROLE reader SET midi_pipeline.allowed_directories = 'relative'")
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    for name in ["secret.mid", "allowed/short.mid"] {
        assert_eq!(analyze(&mut reader, &folder, name), NO_SUCH_LIMIT, "{name}");
    }
    client.batch_execute("ALTER ROLE reader RESET midi_pipeline.allowed_directories").unwrap();
    hold(&mut cluster.connect_as("reader"), &folder, "mended");
}

#[test]
fn workers_of_parallel_queries_obey_the_limits() {
    let folder = folder();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client.batch_execute("CREATE TABLE pieces AS SELECT ''::bytea AS content LIMIT 0").unwrap();
    let content = smf::numbered(2, 400);
    client.execute("INSERT INTO pieces VALUES ($1)", &[&content]).unwrap();
    client.batch_execute("GRANT SELECT ON pieces TO PUBLIC; ANALYZE pieces").unwrap();
    let mut reader = cluster.connect_as("reader");
    let force = if cluster.version() < 16 { "force_parallel_mode" } else { "debug_parallel_query" };
    reader.batch_execute(&format!("SET {force} = on")).unwrap();
    let result = reader.query("SELECT (midi_analyze(content)).note_count FROM pieces", &[]);
    assert_eq!(sqlstate(&result), TOO_LARGE, "{result:?}");
    let options = format!("-c {force}=on -c midi_pipeline.max_events=5000");
    let mut reader = cluster.connect_with("reader", &options);
    let result = reader.query("SELECT (midi_analyze(content)).note_count FROM pieces", &[]);
    assert_eq!(sqlstate(&result), REFUSED, "{result:?}");
}

#[test]
fn a_job_obeys_the_limits_at_its_start_and_those_while_it_runs() {
    let folder = folder();
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    let imported = |client: &mut Client, job: i64| -> i64 {
        assert_eq!(wait(client, job), "finished");
        let sql = "SELECT imported FROM midi_import_progress WHERE job = $1";
        client.query_one(sql, &[&job]).unwrap().get(0)
    };
    let inside = format!("{}/allowed", folder.as_str());
    // This superuser allows itself more than the server's setting does.
    client.batch_execute("SET midi_pipeline.max_events = 100000").unwrap();
    let job = start(&mut client, &inside, 1);
    assert_eq!(imported(&mut client, job), 1, "the long file still has too many events");
    client.batch_execute("SET midi_pipeline.max_events = 2").unwrap();
    client.batch_execute("TRUNCATE midi_files, musical_metadata, musical_search").unwrap();
    let job = start(&mut client, &inside, 1);
    assert_eq!(imported(&mut client, job), 0, "limits that it sets for itself apply to its job");
    // Limits that were lowered after the job was recorded, as may happen to an old schedule.
    client.batch_execute("RESET midi_pipeline.max_events").unwrap();
    let mut transaction = client.transaction().unwrap();
    let sql = "SELECT midi_import_start($1)";
    let job: i64 = transaction.query_one(sql, &[&inside]).unwrap().get(0);
    let mut other = cluster.connect();
    for sql in [
        "SELECT midi_pipeline_version()",
        "ALTER SYSTEM SET midi_pipeline.max_events = 2",
        "SELECT pg_reload_conf()",
    ] {
        other.execute(sql, &[]).expect(sql);
    }
    wait_until("the server has read its settings", || {
        let sql = "SELECT current_setting('midi_pipeline.max_events', true)";
        cluster.connect().query_one(sql, &[]).unwrap().get::<_, String>(0) == "2"
    });
    transaction.commit().unwrap();
    assert_eq!(imported(&mut client, job), 0);
}
