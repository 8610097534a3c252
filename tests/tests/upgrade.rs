//! ALTER EXTENSION midi_pipeline UPDATE, from each released version: what it leaves is what a new installation has, and no
//! row is lost. Libraries and SQL objects of different versions work together, or say what to do.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};

use midi_pipeline_tests::catalog::described;
use midi_pipeline_tests::jobs;
use midi_pipeline_tests::server_copy::{Released, root};
use midi_pipeline_tests::surface::{Function, functions, inputs};
use midi_testkit::cluster::{Cluster, SUPERUSER};
use midi_testkit::folder::Folder;
use postgres::Client;
use postgres::error::SqlState;

/// The versions that were released, oldest first.
const RELEASED: [&str; 1] = ["0.1.0"];
const CURRENT: &str = env!("CARGO_PKG_VERSION");

/// A new database with the extension in this version and schema.
fn database(cluster: &Cluster, name: &str, version: &str, schema: &str) -> Client {
    cluster.connect().batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
    let mut client = cluster.connect_to(name, SUPERUSER);
    let sql = format!(
        "CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path = {schema};
         CREATE EXTENSION midi_pipeline SCHEMA {schema} VERSION '{version}'"
    );
    client.batch_execute(&sql).expect("an extension");
    client
}

/// Fails with the lines that only one of two descriptions has.
fn assert_same(upgraded: &mut Client, new: &mut Client) {
    let (upgraded, new) = (described(upgraded), described(new));
    for ((subject, upgraded), (_, new)) in upgraded.into_iter().zip(new) {
        let (upgraded, new): (BTreeSet<_>, BTreeSet<_>) =
            (upgraded.into_iter().collect(), new.into_iter().collect());
        let only = |some: &BTreeSet<String>, others: &BTreeSet<String>| {
            some.difference(others).cloned().collect::<Vec<_>>().join("\n")
        };
        assert!(
            upgraded == new,
            "{subject}: only after the upgrade:\n{}\n\nonly in a new installation:\n{}",
            only(&upgraded, &new),
            only(&new, &upgraded)
        );
        assert!(
            !new.is_empty() || ["policies", "casts", "functions of indexes"].contains(&subject),
            "no {subject}"
        );
    }
}

#[test]
fn an_upgraded_extension_is_a_new_one() {
    let server = Released::new();
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

#[test]
fn an_upgrade_keeps_the_indexes_of_every_profile() {
    let server = Released::new();
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

/// A library in the database [`DATABASE`], with jobs, a schedule and rows in every table.
fn library(cluster: &Cluster, folder: &Folder) -> Client {
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.keep_content = on; SET midi_pipeline.parts = on")
        .unwrap();
    folder.write("none.mid", b"no music");
    let job = jobs::start(&mut client, folder.as_str(), 1);
    assert_eq!(jobs::wait(&mut client, job), "finished");
    let sql = "SELECT midi_schedule('weekly', $1, every => '1 week')";
    client.execute(sql, &[&folder.as_str()]).expect("a schedule");
    client
}

/// The tables and sequences of the extension whose rows belong to the user, in the order in which they can be filled.
fn tables(client: &mut Client) -> Vec<(String, bool)> {
    let sql = "SELECT c.oid::regclass::text, c.relkind = 'S'
               FROM pg_extension e, unnest(e.extconfig) WITH ORDINALITY AS t (oid, place)
               JOIN pg_class c ON c.oid = t.oid
               WHERE e.extname = 'midi_pipeline' ORDER BY t.place";
    client.query(sql, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The columns of a table.
fn columns(client: &mut Client, table: &str) -> String {
    let sql = "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
               WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''";
    client.query_one(sql, &[&table]).expect("columns").get(0)
}

/// Enables or disables the triggers of a table.
fn set_triggers(client: &mut Client, table: &str, action: &str) {
    let sql = format!(
        "SELECT format('ALTER TABLE %s {action} TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger
         WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal"
    );
    for row in client.query(&sql, &[]).expect("triggers") {
        client.batch_execute(row.get(0)).expect("a trigger");
    }
}

/// Fills the tables of a former version with what the current one has in its.
fn fill(former: &mut Client, current: &mut Client) {
    for (table, is_sequence) in tables(former) {
        if is_sequence {
            let sql = format!("SELECT last_value FROM {table}");
            let last: i64 = current.query_one(&sql, &[]).expect("a sequence").get(0);
            former.execute("SELECT setval($1::text::regclass, $2)", &[&table, &last]).unwrap();
            continue;
        }
        let columns = columns(former, &table);
        former.batch_execute(&format!("TRUNCATE {table} CASCADE")).expect("an empty table");
        // The guard would take its role from a row of a job, as from one that was restored.
        set_triggers(former, &table, "DISABLE");
        let mut rows = Vec::new();
        let sql = format!("COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT binary)");
        current.copy_out(&sql).expect("rows").read_to_end(&mut rows).expect("all rows");
        let sql = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
        let mut copy = former.copy_in(&sql).expect("a table");
        copy.write_all(&rows).expect("rows");
        copy.finish().expect("all rows");
        set_triggers(former, &table, "ENABLE ALWAYS");
    }
}

/// Every row of every table, sorted.
fn rows(client: &mut Client) -> Vec<(String, Vec<String>)> {
    let tables = tables(client).into_iter().filter(|&(_, is_sequence)| !is_sequence);
    let rows = tables.map(|(table, _)| {
        let sql = format!("SELECT t::text FROM {table} t ORDER BY t::text COLLATE \"C\"");
        let rows = client.query(&sql, &[]).expect(&table);
        (table, rows.iter().map(|row| row.get(0)).collect())
    });
    rows.collect()
}

/// What a function answers: its rows as text.
fn answer(
    client: &mut Client,
    function: &Function,
) -> Result<Vec<Option<String>>, postgres::Error> {
    let sql = format!("SELECT s.result::text FROM ({}) AS s", function.statement());
    let mut rows: Vec<Option<String>> =
        client.query(&sql, &[])?.iter().map(|row| row.get(0)).collect();
    rows.sort();
    Ok(rows)
}

/// Creates the table of arguments in both databases.
fn give_arguments(clients: [&mut Client; 2]) {
    for client in clients {
        let sql = "SELECT path FROM midi_files WHERE filename LIKE '%.kar'";
        let song: String = client.query_one(sql, &[]).expect("a song").get(0);
        inputs(client, &song);
    }
}

#[test]
fn an_upgrade_loses_no_row_and_searches_find_the_same() {
    let (server, folder) = (Released::new(), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = database(&cluster, &format!("a{number}"), version, "public");
        fill(&mut former, &mut new);
        former.batch_execute("ALTER EXTENSION midi_pipeline UPDATE").expect("an upgrade");
        for ((table, upgraded), (_, new)) in rows(&mut former).into_iter().zip(rows(&mut new)) {
            assert!(!new.is_empty() || table == "midi_import_chunks", "{table} is empty");
            assert_eq!(upgraded, new, "{table}");
        }
        give_arguments([&mut former, &mut new]);
        for function in functions(&mut new).into_iter().filter(|function| !function.writes) {
            let [upgraded, new] = [&mut former, &mut new].map(|client| {
                answer(client, &function).unwrap_or_else(|error| panic!("{function:?}: {error:?}"))
            });
            assert_eq!(upgraded, new, "{function:?}");
        }
        former.batch_execute("DROP TABLE inputs").unwrap();
        new.batch_execute("DROP TABLE inputs").unwrap();
        let again = "SELECT unchanged = found - failed FROM midi_import($1::text)";
        assert!(former.query_one(again, &[&folder.as_str()]).unwrap().get::<_, bool>(0));
    }
}

#[test]
fn functions_of_a_former_version_work_or_say_what_to_do() {
    let (server, folder) = (Released::new(), Folder::demo());
    let cluster = Cluster::start_from(server.programs());
    let mut new = library(&cluster, &folder);
    for (number, version) in RELEASED.iter().enumerate() {
        let mut former = database(&cluster, &format!("a{number}"), version, "public");
        fill(&mut former, &mut new);
        give_arguments([&mut former, &mut new]);
        let mut worked = 0;
        for function in functions(&mut former) {
            match answer(&mut former, &function) {
                Ok(_) => worked += 1,
                Err(error) => {
                    let error = error.as_db_error().expect("an error of the server");
                    let advised = error
                        .hint()
                        .is_some_and(|hint| hint.contains("ALTER EXTENSION midi_pipeline UPDATE"));
                    assert!(advised, "{function:?}: {error:?}");
                    assert_eq!(error.code(), &SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE);
                }
            }
        }
        assert!(worked > 0, "no function of {version} works");
    }
}

/// A library that is older than the SQL objects, as a server has that preloaded it before the new files came.
#[test]
fn an_older_library_says_to_connect_again_or_to_restart() {
    let server = Released::new();
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
