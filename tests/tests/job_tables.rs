//! Only the extension writes the tables of jobs and schedules. Jobs act as the roles that those rows name, so that whoever
//! could write them, or run code while they are written, could act as any role.

use std::thread;
use std::time::Duration;

use midi_pipeline_tests::jobs::{start, wait, wait_until_left};
use midi_testkit::cluster::{Cluster, PRELOADED, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;

const TABLES: [&str; 3] = ["midi_import_jobs", "midi_import_chunks", "midi_schedules"];
const REFUSED: &str = "42501";
/// The tables are not as the extension created them.
const UNFIT: &str = "55000";

/// A cluster with a role that reads files, has a job that has ended and a schedule, and rows in every table.
fn cluster(folder: &Folder) -> Cluster {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE writer LOGIN IN ROLE pg_write_all_data, pg_read_all_data;
             CREATE ROLE bypasser LOGIN BYPASSRLS IN ROLE pg_write_all_data, pg_read_all_data;
             CREATE ROLE granted LOGIN;
             GRANT ALL ON ALL TABLES IN SCHEMA public TO granted;
             GRANT ALL ON SCHEMA public TO granted;",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    let job = start(&mut reader, folder.as_str(), 1);
    assert_eq!(wait(&mut reader, job), "finished");
    wait_until_left(&mut client, job);
    reader.execute("SELECT midi_schedule('r', $1, every => '1 day')", &[&folder.as_str()]).unwrap();
    client
        .execute(
            "INSERT INTO midi_import_chunks (job, chunk, names, sizes, modified, states, kinds, reasons)
             VALUES ($1, 1, '{a}', '{1}', '{1}', '{NULL}', '{NULL}', '{NULL}')",
            &[&job],
        )
        .expect("a superuser may");
    cluster
}

fn contents(client: &mut Client) -> Vec<String> {
    let table = |table: &str| {
        let sql = format!("SELECT t::text FROM {table} t ORDER BY 1");
        let rows = client.query(&sql, &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
    };
    TABLES.map(table).concat()
}

#[test]
fn no_role_can_write_the_job_tables_whatever_it_was_granted() {
    let folder = Folder::numbered(3, 8);
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    let before = contents(&mut client);
    assert!(before.len() >= TABLES.len());
    let sql = "SELECT attrelid::regclass::text, quote_ident(attname) FROM pg_attribute
               WHERE attrelid = ANY ($1::text[]::regclass[]) AND attnum > 0 AND NOT attisdropped
                 AND attidentity = ''";
    let columns = client.query(sql, &[&TABLES.to_vec()]).unwrap();
    assert!(columns.len() > 40);
    for role in ["writer", "bypasser", "granted"] {
        let mut role_client = cluster.connect_as(role);
        let mut refused = |sql: &str| {
            let result = role_client.execute(sql, &[]);
            // Row security hides the rows from roles that do not bypass it: then no row is written.
            assert!(
                sqlstate(&result) == REFUSED || matches!(result, Ok(0)),
                "{role}: {sql}: {result:?}"
            );
        };
        for column in &columns {
            let (table, name): (&str, &str) = (column.get(0), column.get(1));
            refused(&format!("UPDATE {table} SET {name} = {name}"));
        }
        for table in TABLES {
            refused(&format!("INSERT INTO {table} DEFAULT VALUES"));
            refused(&format!("INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}"));
            refused(&format!("DELETE FROM {table}"));
            refused(&format!("TRUNCATE {table} CASCADE"));
        }
    }
    assert_eq!(contents(&mut client), before);
}

/// What would have code of another role run on writes to a table, and what undoes it.
fn changes(table: &str) -> [(String, String); 5] {
    let run = "FOR EACH ROW EXECUTE FUNCTION escalate()";
    let deferred = format!("DEFERRABLE INITIALLY DEFERRED {run}");
    let always = "ENABLE ALWAYS TRIGGER midi_guard";
    [
        (
            format!("CREATE TRIGGER aaa BEFORE INSERT OR UPDATE ON {table} {run}"),
            format!("DROP TRIGGER aaa ON {table}"),
        ),
        (
            format!("CREATE CONSTRAINT TRIGGER zzz AFTER INSERT OR UPDATE ON {table} {deferred}"),
            format!("DROP TRIGGER zzz ON {table}"),
        ),
        (
            format!("CREATE RULE own AS ON INSERT TO {table} DO ALSO SELECT 1"),
            format!("DROP RULE own ON {table}"),
        ),
        (
            format!("CREATE TABLE heir () INHERITS ({table})"),
            format!("DROP TABLE heir; VACUUM {table}; ANALYZE {table}"),
        ),
        (
            format!("ALTER TABLE {table} ENABLE TRIGGER midi_guard"),
            format!("ALTER TABLE {table} {always}"),
        ),
    ]
}

#[test]
fn no_trigger_or_rule_of_another_role_runs_with_the_owner_s_rights() {
    let folder = Folder::numbered(3, 8);
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    let mut granted = cluster.connect_as("granted");
    granted
        .batch_execute(
            "CREATE FUNCTION escalate() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                     EXECUTE 'ALTER ROLE granted SUPERUSER';
                 END IF;
                 RETURN NEW;
             END $$",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    let source = folder.as_str();
    for (make, unmake) in TABLES.iter().flat_map(|table| changes(table)) {
        // GRANT ALL includes the privilege TRIGGER; everything else takes the owner.
        let is_trigger = make.starts_with("CREATE") && make.contains("TRIGGER");
        let role = if is_trigger { &mut granted } else { &mut client };
        role.batch_execute(&make).expect(&make);
        for sql in [
            "SELECT midi_import_start($1)",
            "SELECT midi_schedule('r', $1, every => '1 day')",
            "SELECT midi_unschedule($1)",
        ] {
            let result = reader.query(sql, &[&source]);
            assert_eq!(sqlstate(&result), UNFIT, "{make}: {sql}: {result:?}");
        }
        for part in unmake.split("; ") {
            client.batch_execute(part).expect(part);
        }
    }
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'granted'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let job = start(&mut reader, source, 1);
    assert_eq!(wait(&mut reader, job), "finished", "and without them jobs run");
}

#[test]
fn a_guard_function_that_another_role_can_replace_is_not_run() {
    let folder = Folder::numbered(1, 8);
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE keeper LOGIN; GRANT ALL ON SCHEMA public TO keeper;
             ALTER FUNCTION midi_guard() OWNER TO keeper",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    let mut refused = |when: &str| {
        for sql in
            ["SELECT midi_import_start($1)", "SELECT midi_schedule('r', $1, every => '1 day')"]
        {
            let result = reader.query(sql, &[&folder.as_str()]);
            assert_eq!(sqlstate(&result), UNFIT, "{when}: {sql}: {result:?}");
        }
    };
    refused("another role owns it");
    let hostile = "CREATE OR REPLACE FUNCTION midi_guard() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                 EXECUTE 'ALTER ROLE keeper SUPERUSER';
             END IF;
             RETURN NEW;
         END $$";
    cluster.connect_as("keeper").batch_execute(hostile).unwrap();
    refused("that role has replaced it");
    client.batch_execute("ALTER FUNCTION midi_guard() OWNER TO postgres").unwrap();
    refused("it was replaced before its owner was set back");
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_foreign_key_to_the_job_tables_is_refused_like_a_trigger() {
    let folder = Folder::numbered(1, 8);
    let cluster = cluster(&folder);
    let mut granted = cluster.connect_as("granted");
    granted
        .batch_execute(
            "CREATE TABLE holds (job bigint REFERENCES midi_import_jobs ON DELETE CASCADE)",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    let started = reader.query("SELECT midi_import_start($1)", &[&folder.as_str()]);
    assert_eq!(sqlstate(&started), UNFIT, "{started:?}");
}

#[test]
fn an_owner_who_is_no_superuser_cannot_act_as_another_role() {
    let folder = Folder::numbered(3, 8);
    let cluster = cluster(&folder).with(&[PRELOADED, "midi_pipeline.databases = 'music'"]);
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE keeper LOGIN IN ROLE pg_read_server_files").unwrap();
    for table in TABLES {
        let refused = cluster
            .connect_as("reader")
            .query("SELECT midi_import_start($1)", &[&folder.as_str()])
            .map(|_| ());
        // Before the first table has another owner, the job starts.
        assert_eq!(sqlstate(&refused), if table == TABLES[0] { "" } else { UNFIT }, "{table}");
        client.batch_execute(&format!("ALTER TABLE {table} OWNER TO keeper")).unwrap();
    }
    client.batch_execute("GRANT ALL ON SCHEMA public TO keeper").unwrap();
    let mut reader = cluster.connect_as("reader");
    for sql in ["SELECT midi_import_start($1)", "SELECT midi_schedule('s', $1, every => '1 day')"] {
        let refused = reader.query(sql, &[&folder.as_str()]);
        assert_eq!(sqlstate(&refused), REFUSED, "{sql}: {refused:?}");
    }
    let mut keeper = cluster.connect_as("keeper");
    let job = start(&mut keeper, folder.as_str(), 1);
    assert_eq!(wait(&mut keeper, job), "finished", "it may import as itself");

    // Rows that the owner forges, having disabled the trigger.
    let forged = folder.as_str();
    let mut forge = |table: &str, sql: &str| {
        keeper.batch_execute(&format!("ALTER TABLE {table} DISABLE TRIGGER midi_guard")).unwrap();
        keeper.execute(sql, &[&forged]).expect(sql);
        let enable = format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER midi_guard");
        keeper.batch_execute(&enable).unwrap();
    };
    forge(
        "midi_import_jobs",
        "INSERT INTO midi_import_jobs (id, source, role, role_oid, workers, settings)
         OVERRIDING SYSTEM VALUE VALUES (100, $1, 'postgres', 10, 1, '{}')",
    );
    forge(
        "midi_schedules",
        "INSERT INTO midi_schedules (name, source, every, time_zone, workers, role, role_oid, settings, next_at)
         VALUES ('forged', $1, '1 second', 'UTC', 1, 'postgres', 10, '{}', now())",
    );
    keeper.execute("SELECT midi_schedule('own', $1, every => '1 second')", &[&forged]).unwrap();
    let runs = |client: &mut Client, name: &str| -> Option<i64> {
        let sql = "SELECT last_job FROM midi_schedules WHERE name = $1";
        client.query_one(sql, &[&name]).unwrap().get(0)
    };
    wait_until("the owner's own schedule has run", || runs(&mut client, "own").is_some());
    thread::sleep(Duration::from_millis(1_500));
    assert_eq!(runs(&mut client, "forged"), None);
    let sql = "SELECT started_at IS NULL FROM midi_import_jobs WHERE id = 100";
    assert!(
        client.query_one(sql, &[]).unwrap().get::<_, bool>(0),
        "no forged job runs as a superuser"
    );
}

#[test]
fn index_names_recorded_for_a_job_are_data_and_not_sql() {
    // Text in the row is quoted, not run, even if a superuser wrote it.
    let folder = Folder::numbered(3, 8);
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client
        .batch_execute(
            r#"SELECT midi_create_indexes('default');
               DROP INDEX musical_metadata_bpm_idx;
               UPDATE midi_import_jobs SET state = 'cancelled', role_oid = 10, deferred_indexes =
                   '[{"name": "musical_metadata_bpm_idx", "comment": "x''; CREATE ROLE hacked; --",
                      "tablespace": "nowhere; CREATE ROLE hacked"},
                     {"name": "x; CREATE ROLE hacked", "options": ["a=b"]}]'"#,
        )
        .unwrap();
    // The next call rebuilds the index.
    start(&mut client, folder.as_str(), 1);
    wait_until("the index is there", || {
        let sql = "SELECT obj_description(to_regclass('musical_metadata_bpm_idx'), 'pg_class')";
        let comment: Option<String> = client.query_one(sql, &[]).unwrap().get(0);
        comment.is_some_and(|comment| comment.starts_with("x'; CREATE"))
    });
    let sql = "SELECT count(*) FROM pg_roles WHERE rolname = 'hacked'";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn a_role_that_writes_the_list_of_indexes_cannot_act_as_another() {
    let folder = Folder::numbered(3, 8);
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE keeper LOGIN IN ROLE pg_read_server_files;
             GRANT ALL ON SCHEMA public TO keeper;
             ALTER VIEW midi_index_profiles OWNER TO keeper;",
        )
        .unwrap();
    let hostile = r#"CREATE FUNCTION escalate() RETURNS text LANGUAGE plpgsql AS $$
         BEGIN
             IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                 EXECUTE 'ALTER ROLE keeper SUPERUSER';
             END IF;
             RETURN 'musical_metadata_bpm_idx';
         END $$;
         CREATE OR REPLACE VIEW midi_index_profiles AS
         SELECT escalate() AS index_name, 'default'::text AS profile,
                'musical_metadata'::regclass AS relation, NULL::text AS requires, ''::text AS comment,
                ''::text AS serves, 'ALTER ROLE keeper SUPERUSER' COLLATE "C" AS definition,
                'missing'::text AS state"#;
    cluster.connect_as("keeper").batch_execute(hostile).unwrap();
    let source = folder.as_str();
    let refused = client.query("SELECT midi_create_indexes('default')", &[]);
    assert_eq!(sqlstate(&refused), UNFIT, "{refused:?}");
    let refused = client.query("SELECT midi_drop_indexes('default')", &[]);
    assert_eq!(sqlstate(&refused), UNFIT, "{refused:?}");
    let start = "SELECT midi_import_start($1, defer_indexes => true)";
    let job: i64 = client.query_one(start, &[&source]).unwrap().get(0);
    assert_eq!(wait(&mut client, job), "failed");
    // If the keeper owns the tables as well, its list runs as the keeper.
    client
        .batch_execute(
            "ALTER TABLE midi_files OWNER TO keeper; ALTER TABLE musical_metadata OWNER TO keeper;
             ALTER TABLE musical_search OWNER TO keeper; ALTER TABLE midi_parts_library OWNER TO keeper",
        )
        .unwrap();
    let refused = client.query("SELECT midi_create_indexes('default')", &[]);
    assert_eq!(sqlstate(&refused), REFUSED, "it cannot make itself a superuser: {refused:?}");
    client.query("SELECT midi_drop_indexes('default')", &[]).unwrap();
    let job: i64 = client.query_one(start, &[&source]).unwrap().get(0);
    wait(&mut client, job);
    wait_until_left(&mut client, job);
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
}
