//! Code that runs when an import writes to the library: none of roles that do not have the importer's rights, neither as a
//! trigger, which GRANT ALL lets anyone create, nor as the owner of a table.

use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::cluster::{Cluster, PRELOADED, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

const TABLES: [&str; 6] = [
    "midi_files",
    "musical_metadata",
    "musical_search",
    "midi_parts_library",
    "midi_contents",
    "midi_import_errors",
];
const UNFIT: &str = "55000";

/// Functions that try to use the rights of whoever runs them: one for triggers, and one for conditions.
const ESCALATE: &str = "
    CREATE FUNCTION escalate() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            EXECUTE 'ALTER ROLE granted SUPERUSER';
        END IF;
        RETURN true;
    END $$;
    CREATE FUNCTION on_write() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM escalate(); RETURN NEW; END $$;";

fn cluster() -> Cluster {
    let cluster = Cluster::start().with(&[PRELOADED]);
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE granted LOGIN;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE keeper LOGIN IN ROLE pg_read_server_files;
             GRANT ALL ON ALL TABLES IN SCHEMA public TO granted;
             GRANT ALL ON SCHEMA public TO granted, keeper;",
        )
        .unwrap();
    cluster.connect_as("granted").batch_execute(ESCALATE).unwrap();
    cluster
}

/// Triggers of partitions run with the table's, and would not be seen.
#[test]
fn partitioned_tables_are_refused() {
    let folder = Folder::new();
    folder.write("a.mid", &smf::numbered(7, 8));
    let cluster = cluster();
    let mut client = cluster.connect();
    client
        .batch_execute(
            "ALTER EXTENSION midi_pipeline DROP TABLE musical_search;
             ALTER TABLE musical_search RENAME TO whole;
             CREATE TABLE musical_search (LIKE whole INCLUDING ALL) PARTITION BY HASH (content_hash);
             CREATE TABLE half PARTITION OF musical_search FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        )
        .unwrap();
    let error = client.query("SELECT midi_import($1)", &[&folder.as_str()]).unwrap_err();
    let error = error.as_db_error().expect("an error of the server");
    assert_eq!(error.code().code(), "0A000", "{error:?}");
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("midi_distribute()"), "{hint}");
}

fn is_superuser(client: &mut Client) -> bool {
    let sql = "SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname IN ('granted', 'keeper')";
    client.query_one(sql, &[]).unwrap().get(0)
}

/// Each way to import with its SQLSTATE; for a job its state and error.
fn imports(client: &mut Client, folder: &Folder) -> Vec<(&'static str, String)> {
    let source = folder.as_str();
    let code = |result: Result<u64, postgres::Error>| sqlstate(&result).to_owned();
    let mut came =
        vec![("midi_import", code(client.execute("SELECT midi_import($1::text)", &[&source])))];
    came.push(("midi_catalog", code(client.execute("SELECT midi_catalog($1::text)", &[&source]))));
    came.push((
        "midi_reanalyze",
        code(client.execute("SELECT midi_reanalyze($1::text)", &[&source])),
    ));
    let sql = "SELECT midi_import('a', $1::bytea)";
    came.push(("of content", code(client.execute(sql, &[&smf::numbered(7, 8)]))));
    let job = start(client, source, 1);
    came.push(("job", wait(client, job)));
    let job = client.query_one("SELECT midi_deepen()", &[]).expect("a job").get(0);
    came.push(("completing job", wait(client, job)));
    came
}

fn refused() -> Vec<(&'static str, String)> {
    let ways = [
        ("midi_import", UNFIT),
        ("midi_catalog", UNFIT),
        ("midi_reanalyze", UNFIT),
        ("of content", UNFIT),
        ("job", "failed"),
        ("completing job", "failed"),
    ];
    ways.map(|(way, code)| (way, code.to_owned())).to_vec()
}

fn done() -> Vec<(&'static str, String)> {
    let ways = [
        ("midi_import", ""),
        ("midi_catalog", ""),
        ("midi_reanalyze", ""),
        ("of content", ""),
        ("job", "finished"),
        ("completing job", "finished"),
    ];
    ways.map(|(way, code)| (way, code.to_owned())).to_vec()
}

#[test]
fn an_import_runs_no_trigger_of_a_role_without_the_importer_s_rights() {
    let (cluster, folder) = (cluster(), Folder::numbered(2, 8));
    folder.write("bad.mid", b"no music");
    let mut client = cluster.connect();
    let mut granted = cluster.connect_as("granted");
    for table in TABLES {
        for trigger in [
            "BEFORE INSERT OR UPDATE ON @ FOR EACH ROW EXECUTE FUNCTION on_write()",
            "AFTER INSERT ON @ FOR EACH STATEMENT EXECUTE FUNCTION on_write()",
            // The function is PostgreSQL's own, and its arguments are not.
            "BEFORE INSERT ON @ FOR EACH ROW WHEN (escalate())
             EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "BEFORE INSERT ON @ FOR EACH ROW
             WHEN (query_to_xml('SELECT escalate()', true, true, '') IS NOT NULL)
             EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ] {
            let trigger = trigger.replace('@', table);
            granted.batch_execute(&format!("CREATE TRIGGER t {trigger}")).expect(&trigger);
            assert_eq!(imports(&mut client, &folder), refused(), "{trigger}");
            assert!(!is_superuser(&mut client), "{trigger}");
            client.batch_execute(&format!("DROP TRIGGER t ON {table}")).unwrap();
        }
    }
    // A schedule runs without a session.
    granted
        .batch_execute("CREATE TRIGGER t BEFORE INSERT OR UPDATE ON midi_files FOR EACH ROW EXECUTE FUNCTION on_write()")
        .unwrap();
    client
        .execute("SELECT midi_schedule('s', $1, every => '1 second')", &[&folder.as_str()])
        .unwrap();
    wait_until("the schedule has run", || {
        let sql = "SELECT count(*) FROM midi_import_progress p JOIN midi_schedules s ON s.last_job = p.job
                   WHERE p.state = 'failed' AND p.error LIKE '%of trigger _t_ on table%'";
        client.query_one(sql, &[]).unwrap().get::<_, i64>(0) == 1
    });
    client.batch_execute("SELECT midi_unschedule('s')").unwrap();
    assert!(!is_superuser(&mut client));
    // With the rights of its owner it does what its owner may do.
    client.batch_execute("ALTER FUNCTION on_write() SECURITY DEFINER").unwrap();
    assert_eq!(imports(&mut client, &folder), done());
    assert!(!is_superuser(&mut client));
}

#[test]
fn triggers_of_roles_with_the_importer_s_rights_are_run() {
    let (cluster, folder) = (cluster(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE TABLE runs (role name);
             GRANT INSERT ON runs TO PUBLIC;
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO public.runs VALUES (current_user); RETURN NEW; END $$;
             CREATE TRIGGER t AFTER INSERT OR UPDATE ON midi_files
                 FOR EACH ROW EXECUTE FUNCTION note()",
        )
        .unwrap();
    let mut reader = cluster.connect_as("reader");
    assert_eq!(imports(&mut reader, &folder), done());
    let runs = |client: &mut Client| -> i64 {
        let sql = "SELECT count(*) FROM runs WHERE role = 'reader'";
        client.query_one(sql, &[]).unwrap().get(0)
    };
    assert!(runs(&mut client) >= 3);
    // The importer's own triggers, too.
    client.batch_execute("ALTER FUNCTION note() OWNER TO reader; TRUNCATE runs").unwrap();
    folder.write("more.mid", &smf::numbered(9, 8));
    assert_eq!(imports(&mut reader, &folder), done());
    assert!(runs(&mut client) >= 1);
}

#[test]
fn the_owner_of_the_library_gains_no_rights_of_importers() {
    let (cluster, folder) = (cluster(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    for table in TABLES {
        client.batch_execute(&format!("ALTER TABLE {table} OWNER TO keeper")).unwrap();
        // Code that an owner can have run without any trigger.
        let hostile = format!(
            "ALTER TABLE {table} ADD CONSTRAINT mine CHECK (escalate()) NOT VALID;
             GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO reader"
        );
        cluster.connect_as("keeper").batch_execute(&hostile).unwrap();
        assert_eq!(imports(&mut client, &folder), refused(), "{table}");
        assert!(!is_superuser(&mut client), "{table}");
        assert_eq!(imports(&mut cluster.connect_as("reader"), &folder), refused(), "{table}");
        client
            .batch_execute(&format!(
                "ALTER TABLE {table} DROP CONSTRAINT mine; ALTER TABLE {table} OWNER TO postgres"
            ))
            .unwrap();
    }
    for table in TABLES {
        client.batch_execute(&format!("ALTER TABLE {table} OWNER TO keeper")).unwrap();
    }
    assert_eq!(
        imports(&mut cluster.connect_as("keeper"), &folder),
        done(),
        "it may import as itself"
    );
}

#[test]
fn a_foreign_key_gives_no_trigger_the_importer_s_rights() {
    let (cluster, folder) = (cluster(), Folder::numbered(2, 8));
    let mut client = cluster.connect();
    let mut granted = cluster.connect_as("granted");
    // A row that the import will delete: of a directory that could not be read, and now can.
    let path = format!("{}/sub/", folder.as_str());
    let put = "INSERT INTO midi_files (path, path_digest, filename, state)
               VALUES ($1, sha256($1::text::bytea), '', 'failed') ON CONFLICT DO NOTHING";
    folder.write("sub/a.mid", &smf::numbered(5, 8));
    for (make, after) in [
        ("file bigint REFERENCES midi_files ON DELETE CASCADE", "DELETE"),
        ("file bigint REFERENCES midi_files ON DELETE SET NULL", "UPDATE"),
        ("file bigint PRIMARY KEY REFERENCES midi_files ON DELETE CASCADE", "chain"),
    ] {
        granted.execute(put, &[&path]).unwrap();
        let trigger = if after == "chain" {
            "CREATE TABLE further (file bigint REFERENCES mine ON DELETE CASCADE);
             INSERT INTO further SELECT file FROM mine;
             CREATE TRIGGER t AFTER DELETE ON further FOR EACH ROW EXECUTE FUNCTION on_write()"
                .to_owned()
        } else {
            format!(
                "CREATE TRIGGER t AFTER {after} ON mine FOR EACH ROW EXECUTE FUNCTION on_write()"
            )
        };
        granted
            .batch_execute(&format!(
                "CREATE TABLE mine ({make});
                 INSERT INTO mine SELECT id FROM midi_files WHERE path LIKE '%/sub/';
                 {trigger}"
            ))
            .unwrap();
        assert_eq!(imports(&mut client, &folder), refused(), "{make}");
        assert!(!is_superuser(&mut client), "{make}");
        granted.batch_execute("DROP TABLE mine CASCADE; DROP TABLE IF EXISTS further").unwrap();
    }
    // A foreign key without an action runs no code.
    granted
        .batch_execute("CREATE TABLE mine (file bigint REFERENCES midi_files ON DELETE CASCADE)")
        .unwrap();
    assert_eq!(imports(&mut client, &folder), done());
}
