//! ALTER EXTENSION midi_pipeline UPDATE, from each released version: what it leaves is what a new installation has, and no
//! row is lost. Libraries and SQL objects of different versions work together, or say what to do.

use std::fs;

use midi_pipeline_tests::documents::searches;
use midi_pipeline_tests::server_copy::{Released, of_tests, root};
use midi_pipeline_tests::surface::{Argument, functions};
use midi_pipeline_tests::upgrades::{
    CURRENT, RELEASED, answer, assert_same, assert_same_answers, assert_same_rows, database,
    former, give_arguments, library,
};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

#[test]
fn an_upgraded_extension_is_a_new_one() {
    let server = Released::of(&of_tests());
    let cluster = Cluster::start_from(server.programs());
    for (number, version) in RELEASED.iter().enumerate() {
        for (place, schema) in ["public", r#""my ""music""""#].into_iter().enumerate() {
            let mut upgraded = database(&cluster, &format!("a{number}{place}"), version, schema);
            upgraded.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
            let mut new = database(&cluster, &format!("b{number}{place}"), CURRENT, schema);
            assert_same(&mut upgraded, &mut new);
        }
    }
}

/// Each column that an upgrade adds to a table, as the script writes it.
fn added_columns(version: &str) -> Vec<(String, String)> {
    let path = root().join(format!("sql/midi_pipeline--{version}--{CURRENT}.sql"));
    let script = fs::read_to_string(path).expect("an upgrade");
    let lines = script.lines().filter_map(|line| {
        let (table, column) = line.split_once(" ADD COLUMN IF NOT EXISTS ")?;
        Some((table.strip_prefix("ALTER TABLE ")?.to_owned(), column.split(' ').next()?.to_owned()))
    });
    lines.collect()
}

#[test]
fn a_column_of_a_users_own_is_not_taken_for_one_of_the_extension() {
    let server = Released::of(&of_tests());
    let cluster = Cluster::start_from(server.programs());
    let mut number = 0;
    for version in RELEASED {
        for (table, column) in added_columns(version) {
            number += 1;
            let mut client = database(&cluster, &format!("a{number}"), version, "public");
            let own = format!("ALTER TABLE {table} ADD COLUMN {column} point");
            client.batch_execute(&own).expect(&own);
            let error = client.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").unwrap_err();
            let error = error.as_db_error().expect("an error of the server").clone();
            assert_eq!(error.code(), &SqlState::DUPLICATE_COLUMN, "{table}.{column}: {error:?}");
            let rename = format!("ALTER TABLE {table} RENAME COLUMN {column} TO ");
            assert!(error.hint().is_some_and(|hint| hint.contains(&rename)), "{error:?}");
            client.batch_execute(&format!("{rename} mine")).expect("another name");
            client.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        }
    }
    assert!(number > 0, "no column is added");
}

#[test]
fn an_upgrade_keeps_the_indexes_of_every_profile() {
    let server = Released::of(&of_tests());
    let cluster = Cluster::start_from(server.programs());
    for (number, version) in RELEASED.iter().enumerate() {
        let all = "SELECT count(*) FROM midi_create_indexes('all')";
        let mut upgraded = database(&cluster, &format!("a{number}"), version, "public");
        upgraded.query_one(all, &[]).expect("indexes");
        upgraded.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        upgraded.query_one(all, &[]).expect("indexes");
        let mut new = database(&cluster, &format!("b{number}"), CURRENT, "public");
        new.query_one(all, &[]).expect("indexes");
        assert_same(&mut upgraded, &mut new);
    }
}

#[test]
fn an_upgrade_loses_no_row_and_searches_find_the_same() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = former(&cluster, &format!("a{number}"), version, &mut new);
        former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        assert_same_rows(&mut former, &mut new);
        [&mut former, &mut new].into_iter().for_each(give_arguments);
        assert_same_answers(&mut former, &mut new);
        let again = "SELECT unchanged = found - failed FROM midi_import($1::text)";
        assert!(former.query_one(again, &[&folder.as_str()]).unwrap().get::<_, bool>(0));
    }
}

/// The functions and relations of the extension, with what is granted on them.
fn grants(client: &mut Client) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', pg_describe_object(d.classid, d.objid, 0), p.proacl, c.relacl)
               FROM pg_extension e JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e'
               LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
               LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
               WHERE e.extname = 'midi_pipeline' AND COALESCE(p.proacl, c.relacl)::text ~ 'guest' ORDER BY 1";
    client.query(sql, &[]).expect("grants").iter().map(|row| row.get(0)).collect()
}

/// Views on every function and relation of the extension, and a table with a column of each composite type of a relation.
fn build_on(client: &mut Client) {
    let on_functions = functions(client).into_iter().map(|function| {
        // What names the argument that has another name is another test's.
        let call = function.call(Argument::input);
        let call = call.replace("melody => i.\"melody integer[]\"", "i.\"melody integer[]\"");
        format!("SELECT count(*) FROM inputs i, LATERAL {call} AS r")
    });
    let relations = "SELECT d.objid::regclass::text FROM pg_extension e
                     JOIN pg_depend d ON d.refobjid = e.oid AND d.classid = 'pg_class'::regclass
                     JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'v')
                     WHERE e.extname = 'midi_pipeline'";
    let relations = client.query(relations, &[]).expect("relations");
    let relations = relations.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>();
    let on_relations = relations.iter().map(|relation| format!("SELECT * FROM {relation}"));
    for (number, sql) in on_functions.chain(on_relations).enumerate() {
        client.batch_execute(&format!("CREATE VIEW own{number} AS {sql}")).expect(&sql);
    }
    client.batch_execute("CREATE TABLE own (analysis midi_analysis)").expect("a table");
}

#[test]
fn an_upgrade_leaves_what_users_have_built_granted_and_revoked() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    new.batch_execute("CREATE ROLE guest").unwrap();
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = former(&cluster, &format!("a{number}"), version, &mut new);
        give_arguments(&mut former);
        build_on(&mut former);
        former
            .batch_execute(
                "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
                 GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO guest;
                 GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest",
            )
            .unwrap();
        let before = grants(&mut former);
        former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        assert!(before.len() > 100, "{before:?}");
        assert_eq!(grants(&mut former), before);
    }
}

#[test]
fn functions_of_a_former_version_work_or_say_what_to_do() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = former(&cluster, &format!("a{number}"), version, &mut new);
        give_arguments(&mut former);
        let mut worked = 0;
        for function in functions(&mut former) {
            match answer(&mut former, &function) {
                Ok(_) => worked += 1,
                Err(error) => assert_advised(&error, &format!("{function:?}")),
            }
        }
        assert!(worked > 0, "no function of {version} works");
        for query in searches() {
            let found = former.query("SELECT FROM midi_search($1)", &[&query]);
            found.err().iter().for_each(|error| assert_advised(error, &query));
        }
    }
}

/// What views are set to do, such as to have row security bind whoever reads them.
const OPTIONS: &str = "SELECT relname || ' ' || reloptions::text FROM pg_class
                       WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' AND reloptions IS NOT NULL ORDER BY 1";

#[test]
fn an_upgrade_keeps_the_options_and_owners_of_views() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    new.batch_execute("CREATE ROLE keeper; CREATE ROLE tenant").unwrap();
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = former(&cluster, &format!("a{number}"), version, &mut new);
        let each = |client: &mut Client, kinds: &str, change: &str| {
            let sql = format!(
                "DO $$ DECLARE r regclass; BEGIN
                     FOR r IN SELECT oid FROM pg_class
                              WHERE relnamespace = 'public'::regnamespace AND relkind IN ({kinds}) LOOP
                         EXECUTE format('ALTER TABLE %s {change}', r);
                     END LOOP;
                 END $$"
            );
            client.batch_execute(&sql).unwrap();
        };
        each(&mut former, "'r', 'v'", "OWNER TO keeper");
        former
            .batch_execute(
                "DO $$ DECLARE f regprocedure; BEGIN
                     FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
                              JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'midi_pipeline'
                              WHERE d.classid = 'pg_proc'::regclass AND p.prokind = 'f' LOOP
                         EXECUTE format('ALTER FUNCTION %s OWNER TO keeper', f);
                     END LOOP;
                 END $$",
            )
            .unwrap();
        each(&mut former, "'v'", "SET (security_invoker = true)");
        let options = |client: &mut Client| -> Vec<String> {
            client.query(OPTIONS, &[]).unwrap().iter().map(|row| row.get(0)).collect()
        };
        let before = options(&mut former);
        former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        let after = options(&mut former);
        assert!(
            before.len() > 5 && before.iter().all(|view| after.contains(view)),
            "{before:?} {after:?}"
        );
        assert!(
            after.iter().any(|view| view.starts_with("midi_library_music {security_invoker=true"))
        );
        let others = "SELECT count(*) FROM pg_class
                      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
                        AND relowner <> 'keeper'::regrole";
        assert_eq!(former.query_one(others, &[]).unwrap().get::<_, i64>(0), 0);
        former
            .batch_execute(
                "ALTER VIEW midi_import_progress RESET (security_invoker);
                            SELECT FROM midi_import_progress; SELECT FROM midi_pipeline_status",
            )
            .expect("the views can be read");
        // Nobody has changed a right.
        former.batch_execute("GRANT USAGE ON SCHEMA public TO tenant; SET ROLE tenant").unwrap();
        former.batch_execute("SELECT FROM midi_import_progress").expect("everyone may");
        let refused = former.batch_execute("SELECT midi_import('/nowhere')").unwrap_err();
        let hint = refused.as_db_error().and_then(|error| error.hint()).unwrap_or_default();
        assert!(hint.contains("pg_read_server_files"), "{refused:?}");
        former.batch_execute("RESET ROLE").unwrap();
    }
}

/// What new code runs with is what the extension gives it.
#[test]
fn an_upgrade_takes_what_was_set_on_a_function_that_it_replaces() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    let mut former = former(&cluster, "a", "0.1.0", &mut new);
    former
        .batch_execute(
            "ALTER FUNCTION midi_create_indexes SECURITY DEFINER SET maintenance_work_mem = '1GB';
             ALTER EXTENSION midi_pipeline UPDATE",
        )
        .expect("an upgrade");
    let is_set = "SELECT prosecdef OR proconfig IS NOT NULL FROM pg_proc WHERE proname = 'midi_create_indexes'";
    assert!(!former.query_one(is_set, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn what_would_not_be_restored_from_a_dump_is_named_before_an_upgrade() {
    let (server, folder) = (Released::of(&of_tests()), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    let mut former = former(&cluster, "a", "0.1.0", &mut new);
    former.batch_execute("CREATE TABLE own ()").unwrap();
    for (create, name, drop) in [
        (
            "CREATE VIEW mine AS SELECT f.* FROM midi_find_melody(max_results => 3,
                 melody => (SELECT array_agg(n) FROM generate_series(60, 68) n)) f",
            "view mine",
            "DROP VIEW mine",
        ),
        (
            "CREATE FUNCTION mine() RETURNS bigint BEGIN ATOMIC
                 SELECT count(*) FROM midi_find_melody(melody => '{60,62,64,65,67,69}'::int[]); END",
            "function mine()",
            "DROP FUNCTION mine()",
        ),
        (
            "CREATE POLICY mine ON own USING (EXISTS (
                 SELECT FROM midi_find_melody(melody => '{60,62,64,65,67,69}'::int[])))",
            "policy mine",
            "DROP POLICY mine ON own",
        ),
    ] {
        former.batch_execute(create).unwrap();
        let error = former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").unwrap_err();
        let error = error.as_db_error().expect("an error of the server");
        assert_eq!(error.code(), &SqlState::DEPENDENT_OBJECTS_STILL_EXIST, "{error:?}");
        assert!(error.message().contains(name) && error.hint().is_some(), "{error:?}");
        former.batch_execute(drop).unwrap();
    }
    former
        .batch_execute(
            "CREATE VIEW mine AS SELECT f.* FROM midi_find_melody('{60,62,64,65,67,69}'::int[], max_results => 3) f;
             CREATE VIEW other AS SELECT f.* FROM midi_find_melody(melody => 'C4 D4 E4 F4 G4 A4') f;
             ALTER EXTENSION midi_pipeline UPDATE",
        )
        .expect("an upgrade");
}

#[test]
fn an_upgrade_runs_no_code_of_the_owner_of_the_library() {
    let server = Released::of(&of_tests());
    let cluster = Cluster::start_from(server.programs());
    for version in RELEASED {
        let mut former = database(&cluster, "trapped", version, "public");
        former.batch_execute(include_str!("upgrade_traps.sql")).expect("traps");
        let sprung = former.batch_execute("SELECT FROM midi_index_profiles").unwrap_err();
        assert!(format!("{sprung:?}").contains("code of the owner"), "{sprung:?}");
        former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
    }
}

/// Fails unless an error says that the SQL objects have to be updated.
fn assert_advised(error: &postgres::Error, what: &str) {
    let error = error.as_db_error().expect("an error of the server");
    assert_eq!(error.code(), &SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "{what}: {error:?}");
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("ALTER EXTENSION midi_pipeline UPDATE"), "{what}: {error:?}");
}

/// A library that is older than the SQL objects, as a server has that preloaded it before the new files came.
#[test]
fn an_older_library_says_to_connect_again_or_to_restart() {
    let server = Released::of(&of_tests());
    let read = |name: &str| fs::read(server.extensions.join(name)).expect(name);
    let created = read(&format!("midi_pipeline--{CURRENT}.sql"));
    fs::write(server.extensions.join("midi_pipeline--9.9.9.sql"), created).unwrap();
    for version in RELEASED {
        let upgrade = read(&format!("midi_pipeline--{version}--{CURRENT}.sql"));
        let name = format!("midi_pipeline--{version}--9.9.9.sql");
        fs::write(server.extensions.join(name), upgrade).unwrap();
    }
    let cluster = Cluster::start_from(server.programs());
    let mut client = cluster.connect();
    client.batch_execute("DROP EXTENSION midi_pipeline").unwrap();
    let mut refused = |sql: &str| {
        let error = client.batch_execute(sql).expect_err(sql);
        let error = error.as_db_error().expect("an error of the server").clone();
        assert_eq!(error.code(), &SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "{error:?}");
        assert!(error.message().contains(CURRENT) && error.message().contains("9.9.9"));
        assert!(error.hint().unwrap_or_default().contains("restart the server"), "{error:?}");
    };
    refused("CREATE EXTENSION midi_pipeline VERSION '9.9.9'");
    for version in RELEASED {
        let mut client = cluster.connect();
        let sql = format!("CREATE EXTENSION midi_pipeline VERSION '{version}'");
        client.batch_execute(&sql).expect("a former version");
        refused("ALTER EXTENSION midi_pipeline UPDATE TO '9.9.9'");
        client.batch_execute("DROP EXTENSION midi_pipeline").unwrap();
    }
}

#[test]
fn every_released_version_has_its_files_and_its_upgrade() {
    let mut found: Vec<_> = fs::read_dir(root().join("sql"))
        .expect("a folder")
        .filter_map(|entry| {
            let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
            name.strip_prefix("midi_pipeline--").map(str::to_owned)
        })
        .collect();
    found.sort();
    let mut expected: Vec<_> = RELEASED.iter().map(|version| format!("{version}.sql")).collect();
    let next = RELEASED.iter().skip(1).copied().chain([CURRENT]);
    expected.extend(RELEASED.iter().zip(next).map(|(from, to)| format!("{from}--{to}.sql")));
    expected.sort();
    assert_eq!(found, expected);
}
