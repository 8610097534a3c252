//! The tables of jobs and schedules are the extension's to write: what they say is done as the roles that they name, so
//! whoever could write them, or have code run while they are written, could be anyone.

use std::thread;
use std::time::Duration;

use midi_pipeline_tests::jobs::{start, wait, wait_until_left};
use midi_testkit::cluster::{Cluster, PRELOADED, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;

const TABLES: [&str; 3] = ["midi_import_jobs", "midi_import_chunks", "midi_schedules"];
const REFUSED: &str = "42501";
/// The tables are not as they were made.
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
            // Row security hides rows from who does not bypass it: then there is nothing to write.
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
    for table in TABLES {
        for (make, unmake) in [
            (
                format!(
                    "CREATE TRIGGER aaa BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION escalate()"
                ),
                format!("DROP TRIGGER aaa ON {table}"),
            ),
            (
                format!(
                    "CREATE CONSTRAINT TRIGGER zzz AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION escalate()"
                ),
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
                format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER midi_guard"),
            ),
        ] {
            // The TRIGGER privilege comes with GRANT ALL; the rest takes the owner.
            if make.contains("TRIGGER") && make.starts_with("CREATE") {
                granted.batch_execute(&make).expect(&make);
            } else {
                client.batch_execute(&make).expect(&make);
            }
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
    }
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'granted'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
    let job = start(&mut reader, source, 1);
    assert_eq!(wait(&mut reader, job), "finished", "and without them all is well");
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
    refused("it is another's");
    let hostile = "CREATE OR REPLACE FUNCTION midi_guard() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                 EXECUTE 'ALTER ROLE keeper SUPERUSER';
             END IF;
             RETURN NEW;
         END $$";
    cluster.connect_as("keeper").batch_execute(hostile).unwrap();
    refused("it is replaced");
    client.batch_execute("ALTER FUNCTION midi_guard() OWNER TO postgres").unwrap();
    refused("it was replaced before it was given back");
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn no_two_jobs_share_a_lock() {
    let folder = Folder::numbered(1, 8);
    let cluster = cluster(&folder);
    let mut client = cluster.connect();
    client.batch_execute("GRANT pg_read_server_files TO writer").unwrap();
    let mut reader = cluster.connect_as("reader");
    let first: i64 = start(&mut reader, folder.as_str(), 1);
    // It comes with pg_write_all_data.
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
        // Not before the first has changed hands.
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
    assert_eq!(wait(&mut keeper, job), "finished", "as itself it may");

    // Rows that it makes up, past the trigger that it may put out of force.
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
    assert!(client.query_one(sql, &[]).unwrap().get::<_, bool>(0), "nothing runs as a superuser");
}

#[test]
fn index_names_recorded_for_a_job_are_data_and_not_sql() {
    // A superuser's own text in the row is quoted, not run.
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
    // Whoever calls next has it put back.
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
fn a_role_that_may_not_import_cannot_block_imports() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    client.batch_execute("CREATE ROLE nobody LOGIN").unwrap();
    let mut nobody = cluster.connect_as("nobody");
    // The key that imports once took, and every class that pg_locks shows of an import now.
    let mut importing = client.transaction().unwrap();
    importing.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let sql = "SELECT classid::bigint, objid::bigint, objsubid FROM pg_locks
               WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    let held = importing.query(sql, &[]).unwrap();
    assert_eq!(held.len(), 1);
    let (class, object): (i64, i64) = (held[0].get(0), held[0].get(1));
    assert!(held[0].get::<_, i16>(2) > 2, "SQL takes the classes 1 and 2");
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
        .expect("nobody holds it off");
    // Two imports still do.
    let mut importing = client.transaction().unwrap();
    importing.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    let mut other = cluster.connect();
    other.batch_execute("SET lock_timeout = '300ms'").unwrap();
    let waited = other.execute("SELECT midi_import($1::text)", &[&folder.as_str()]);
    assert_eq!(sqlstate(&waited), "55P03", "{waited:?}");
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
    // Where the tables are the keeper's as well, it is the keeper that its list runs as.
    client
        .batch_execute(
            "ALTER TABLE midi_files OWNER TO keeper; ALTER TABLE musical_metadata OWNER TO keeper",
        )
        .unwrap();
    let refused = client.query("SELECT midi_create_indexes('default')", &[]);
    assert_eq!(sqlstate(&refused), REFUSED, "it may not make itself a superuser: {refused:?}");
    client.query("SELECT midi_drop_indexes('default')", &[]).unwrap();
    let job: i64 = client.query_one(start, &[&source]).unwrap().get(0);
    wait(&mut client, job);
    wait_until_left(&mut client, job);
    let sql = "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'";
    assert!(!client.query_one(sql, &[]).unwrap().get::<_, bool>(0));
}
