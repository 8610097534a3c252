//! Libraries of former versions of the extension, to be upgraded, and what is compared after it.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use midi_testkit::cluster::{Cluster, SUPERUSER};
use midi_testkit::folder::Folder;
use postgres::Client;

use crate::catalog::described;
use crate::jobs;
use crate::surface::{Function, functions, inputs};

/// The versions that were released, oldest first.
pub const RELEASED: [&str; 1] = ["0.1.0"];
/// The version of these sources.
pub const CURRENT: &str = env!("CARGO_PKG_VERSION");

/// A new database with the extension in this version and schema.
pub fn database(cluster: &Cluster, name: &str, version: &str, schema: &str) -> Client {
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
pub fn assert_same(upgraded: &mut Client, new: &mut Client) {
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

/// A library in the database that every cluster has, with jobs, a schedule and rows in every table.
pub fn library(cluster: &Cluster, folder: &Folder) -> Client {
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

/// A new database with a former version of the extension, which has what the current one has in its tables.
pub fn former(cluster: &Cluster, name: &str, version: &str, current: &mut Client) -> Client {
    let mut former = database(cluster, name, version, "public");
    fill(&mut former, current);
    former
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
pub fn answer(
    client: &mut Client,
    function: &Function,
) -> Result<Vec<Option<String>>, postgres::Error> {
    let sql = format!("SELECT s.result::text FROM ({}) AS s", function.statement());
    let mut rows: Vec<Option<String>> =
        client.query(&sql, &[])?.iter().map(|row| row.get(0)).collect();
    rows.sort();
    Ok(rows)
}

/// Creates the table of arguments anew.
pub fn give_arguments(client: &mut Client) {
    client.batch_execute("DROP TABLE IF EXISTS inputs").expect("no table");
    let sql = "SELECT path FROM midi_files WHERE filename LIKE '%.kar'";
    let song: String = client.query_one(sql, &[]).expect("a song").get(0);
    inputs(client, &song);
}

/// Tables without rows: the jobs have ended, and no profile of indexes was chosen.
const EMPTY: [&str; 2] = ["midi_import_chunks", "midi_index_choice"];

/// Fails unless both databases have the same rows.
pub fn assert_same_rows(upgraded: &mut Client, new: &mut Client) {
    for ((table, upgraded), (_, new)) in rows(upgraded).into_iter().zip(rows(new)) {
        assert!(!new.is_empty() || EMPTY.contains(&table.as_str()), "{table} is empty");
        assert_eq!(upgraded, new, "{table}");
    }
}

/// Fails unless every function that only reads answers the same in both databases, to the arguments of the table `inputs`.
/// The sizes of tables differ.
pub fn assert_same_answers(upgraded: &mut Client, new: &mut Client) {
    let is_same =
        |function: &Function| !function.writes && function.plain_name() != "midi_placements";
    for function in functions(new).into_iter().filter(is_same) {
        let [upgraded, new] = [&mut *upgraded, &mut *new].map(|client| {
            answer(client, &function).unwrap_or_else(|error| panic!("{function:?}: {error:?}"))
        });
        assert_eq!(upgraded, new, "{function:?}");
    }
}
