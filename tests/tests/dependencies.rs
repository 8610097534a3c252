//! CREATE EXTENSION in a schema that already contains objects of another role: names in the extension's definitions
//! resolve to `pg_catalog` and to the extension itself, and to nothing else.

use midi_pipeline_tests::extensions::offers_contrib;
use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::folder::Folder;
use postgres::Client;

/// What objects of the extension depend on: the extension's members and what belongs to them (constraints, rules,
/// policies, defaults, triggers, indexes), and of their dependencies those that are neither PostgreSQL's own, nor among
/// them, nor of the schema, nor of a contrib extension that indexes are made with.
const FOREIGN: &str = "
    WITH RECURSIVE ours AS (
        SELECT d.classid, d.objid
        FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
          AND e.extname = 'midi_pipeline'
        UNION
        SELECT d.classid, d.objid
        FROM pg_depend d JOIN ours o ON d.refclassid = o.classid AND d.refobjid = o.objid
        WHERE d.deptype IN ('a', 'i')
    )
    SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || ' depends on '
           || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
    FROM pg_depend d JOIN ours USING (classid, objid)
    WHERE d.refobjid >= 16384
      AND NOT EXISTS (SELECT FROM ours o
                      WHERE o.classid = d.refclassid AND o.objid = d.refobjid)
      AND d.refclassid NOT IN ('pg_extension'::regclass, 'pg_namespace'::regclass)
      AND NOT EXISTS (SELECT FROM pg_depend c JOIN pg_extension e ON e.oid = c.refobjid
                      WHERE c.classid = d.refclassid AND c.objid = d.refobjid
                        AND c.deptype = 'e' AND e.extname IN ('pg_trgm', 'bloom', 'vector'))
    ORDER BY 1";

/// Functions and operators that an unqualified name would resolve to instead of PostgreSQL's own, because their argument
/// types match better or as well. Each tries to make its owner a superuser. The operators have all names that PostgreSQL
/// has, for pairs of types for which it has no operator.
const HOSTILE: &str = r#"
    CREATE FUNCTION app.escalate() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
            EXECUTE 'ALTER ROLE mallory SUPERUSER';
        END IF;
    END $$;
    CREATE FUNCTION app.num_nonnulls(interval, text) RETURNS int LANGUAGE plpgsql AS
        $$ BEGIN PERFORM app.escalate(); RETURN 1; END $$;
    CREATE FUNCTION app.abs(real) RETURNS real LANGUAGE plpgsql AS
        $$ BEGIN PERFORM app.escalate(); RETURN 1; END $$;
    CREATE FUNCTION app.midi_create_indexes(varchar) RETURNS int LANGUAGE plpgsql AS
        $$ BEGIN PERFORM app.escalate(); RETURN 1; END $$;
    CREATE FUNCTION app.midi_words_query(text) RETURNS tsquery LANGUAGE plpgsql AS
        $$ BEGIN PERFORM app.escalate(); RETURN ''; END $$;
    DO $$
    DECLARE
        operator record;
    BEGIN
        FOR operator IN
            SELECT n.name, l.type AS l, r.type AS r,
                   CASE WHEN n.name IN ('=', '<>', '<', '>', '<=', '>=', '&&', '@>', '@@', '~')
                        THEN 'boolean' ELSE l.type END AS result
            FROM unnest('{=,<>,<,>,<=,>=,+,-,*,/,%,||,&&,@>,@@,~}'::text[]) AS n (name),
                 unnest('{smallint,integer,bigint,real,double precision,numeric,text,varchar,
                          name,interval,timestamptz,text[],integer[],smallint[],bytea,oid,regclass,
                          anyelement,anyarray}'::text[]) AS l (type),
                 unnest('{smallint,integer,bigint,real,double precision,numeric,text,varchar,
                          name,interval,timestamptz,text[],integer[],smallint[],bytea,oid,regclass,
                          anyelement,anyarray}'::text[]) AS r (type)
            WHERE NOT EXISTS (SELECT FROM pg_operator o
                              WHERE o.oprname = n.name AND o.oprleft = l.type::regtype
                                AND o.oprright = r.type::regtype)
        LOOP
            BEGIN
                EXECUTE format('CREATE OR REPLACE FUNCTION app.%I(%s, %s) RETURNS %s
                                LANGUAGE plpgsql AS
                                ''BEGIN PERFORM app.escalate(); RETURN NULL; END''',
                               'to ' || operator.result, operator.l, operator.r, operator.result);
                EXECUTE format('CREATE OPERATOR app.%s (leftarg = %s, rightarg = %s,
                                                        function = app.%I)',
                               operator.name, operator.l, operator.r, 'to ' || operator.result);
            EXCEPTION WHEN invalid_function_definition THEN
                NULL; -- not all polymorphic types go together
            END;
        END LOOP;
    END $$;
"#;

fn foreign(client: &mut Client) -> Vec<String> {
    client.query(FOREIGN, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn is_superuser(client: &mut Client, role: &str) -> bool {
    let sql = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = $1::text";
    client.query_one(sql, &[&role]).unwrap().get(0)
}

#[test]
fn objects_that_existed_before_do_not_become_part_of_the_extension() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    if !offers_contrib(&cluster) {
        return;
    }
    let mut client = cluster.connect();
    client
        .batch_execute(
            "DROP EXTENSION midi_pipeline; CREATE ROLE mallory LOGIN;
             CREATE EXTENSION pg_trgm; CREATE EXTENSION bloom;
             CREATE SCHEMA app AUTHORIZATION mallory;",
        )
        .unwrap();
    let mut mallory = cluster.connect_as("mallory");
    mallory.batch_execute(HOSTILE).unwrap();
    let sql = "SELECT count(*) FROM pg_operator WHERE oprnamespace = 'app'::regnamespace";
    assert!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0) > 500);

    client.batch_execute("CREATE EXTENSION midi_pipeline SCHEMA app").unwrap();
    assert_eq!(foreign(&mut client), [""; 0]);
    assert!(!is_superuser(&mut client, "mallory"), "by CREATE EXTENSION");
    // Nor do later calls use them, even with the schema in the caller's search path.
    client.batch_execute("SET search_path = app, public").unwrap();
    for sql in
        ["SELECT app.midi_schedule('x', $1, every => '1 day')", "SELECT app.midi_import($1::text)"]
    {
        client.query(sql, &[&folder.as_str()]).expect(sql);
        assert!(!is_superuser(&mut client, "mallory"), "{sql}");
    }
    let sql = "SELECT app.midi_import_start($1)";
    let job: i64 = client.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    client.query_one("SELECT app.midi_import_wait($1)", &[&job]).unwrap();
    for sql in [
        "SELECT app.midi_create_indexes('all'::text)",
        "SELECT * FROM app.midi_import_progress",
        "SELECT * FROM app.midi_pipeline_status",
        "SELECT * FROM app.midi_name_disagreements",
        "SELECT * FROM app.midi_library_tags",
        "SELECT * FROM app.midi_library_instruments",
        "SELECT * FROM app.midi_library_chord_types",
        "SELECT * FROM app.midi_library_music WHERE melody OPERATOR(app.@~) 'E4 E4 F4 G4 G4 F4 E4 D4' OR harmony OPERATOR(app.@~) 'ii V7 I' ORDER BY embedding OPERATOR(app.<->) '{1}'",
        "SELECT * FROM app.midi_duplicates",
        "SELECT * FROM app.midi_index_profiles",
        "SELECT * FROM app.midi_schedules",
        "SELECT * FROM app.midi_search('bpm:60..200 -tag:rock moonlight sort:bpm')",
        "SELECT * FROM app.midi_search('text:gently key:C \"ode to joy\" melody:\"E E F G G F\"')",
        "SELECT * FROM app.midi_find_progression('ii V I')",
        "SELECT * FROM app.midi_find_melody('E4 E4 F4 G4 G4 F4 E4 D4'::text)",
        "SELECT * FROM app.midi_similar(1)",
        "SELECT * FROM app.midi_compatible(1)",
        "SELECT * FROM app.midi_tuning_advice()",
        "SELECT app.midi_drop_indexes('all'::text)",
        "SELECT app.midi_unschedule('x'::text)",
    ] {
        client.query(sql, &[]).expect(sql);
        assert!(!is_superuser(&mut client, "mallory"), "{sql}");
    }
    assert_eq!(foreign(&mut client), [""; 0]);
}

#[test]
fn creating_the_extension_fails_if_a_name_is_already_taken() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute("DROP EXTENSION midi_pipeline").unwrap();
    for taken in [
        "CREATE TABLE app.midi_files (path text)",
        "CREATE TYPE app.midi_analysis AS (format smallint)",
        "CREATE VIEW app.midi_library AS SELECT 1",
        "CREATE FUNCTION app.midi_analyze(bytea) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION app.midi_words(text[]) RETURNS tsvector LANGUAGE sql AS $$SELECT ''::tsvector$$",
        "CREATE FUNCTION app.midi_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ] {
        client.batch_execute(&format!("CREATE SCHEMA app; {taken}")).unwrap();
        let refused = client.batch_execute("CREATE EXTENSION midi_pipeline SCHEMA app");
        assert!(sqlstate(&refused).starts_with("42"), "{taken}: {refused:?}");
        client.batch_execute("DROP SCHEMA app CASCADE").unwrap();
    }
}
