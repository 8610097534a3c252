//! Settings of a database, a role or a session that change how SQL is parsed and how values are shown: none of them changes
//! the library, or what its jobs do.

use midi_pipeline_tests::jobs::{wait, wait_until_left};
use midi_testkit::cluster::{Cluster, SUPERUSER};
use midi_testkit::folder::Folder;
use postgres::Client;

/// Settings that an administrator may have chosen for other applications.
const SETTINGS: [(&str, &str); 18] = [
    ("standard_conforming_strings", "off"),
    ("backslash_quote", "on"),
    ("quote_all_identifiers", "on"),
    ("transform_null_equals", "on"),
    ("array_nulls", "off"),
    ("bytea_output", "escape"),
    ("extra_float_digits", "-15"),
    ("DateStyle", "SQL, DMY"),
    ("IntervalStyle", "sql_standard"),
    ("TimeZone", "Asia/Kathmandu"),
    ("client_encoding", "LATIN1"),
    ("default_text_search_config", "pg_catalog.german"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("check_function_bodies", "off"),
    ("session_replication_role", "replica"),
    ("default_transaction_deferrable", "on"),
    ("row_security", "off"),
];

/// Indexes that only the library creates, so that a job may drop them for a while.
const INDEXES: &str = "
    SELECT c.relname::text, c.oid, pg_get_indexdef(c.oid)
    FROM midi_index_profiles p JOIN pg_class c ON c.relname = p.index_name
    ORDER BY 1";

const LIBRARY: &str = "
    SELECT md5(string_agg(concat_ws(' ', f.path, f.archive_member, f.state, f.content_hash, m::text), ' '
                          ORDER BY f.path, f.archive_member))
    FROM midi_files f LEFT JOIN musical_metadata m USING (content_hash)";

/// The words of a text, for the index and for a query.
const WORDS: &str = "SELECT concat(midi_words(ARRAY[$1]), ' ', midi_words_query($1))";
const MARKS: &str = r#"a!b"c#d$e%f&g'h(i)j*k+l,m-n.o/p:q;r<s=t>u?v@w[x\y]z^0_1`2{3|4}5~6"#;

fn text(client: &mut Client, sql: &str) -> String {
    client.query_one(sql, &[]).unwrap().get(0)
}

/// Imports a folder by a job that defers indexes, and returns its result. Every index is rebuilt.
fn import(client: &mut Client, folder: &Folder) -> String {
    client.batch_execute("SELECT midi_create_indexes('all')").unwrap();
    let before = client.query(INDEXES, &[]).unwrap();
    let sql = "SELECT midi_import_start($1, defer_indexes => true)";
    let job = client.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    let state = wait(client, job);
    let sql = format!("SELECT concat(error) FROM midi_import_progress WHERE job = {job}");
    assert_eq!(state, "finished", "{}", text(client, &sql));
    wait_until_left(client, job);
    let after = client.query(INDEXES, &[]).unwrap();
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        let name: String = before.get(0);
        assert_eq!(before.get::<_, String>(2), after.get::<_, String>(2));
        assert_ne!(
            before.get::<_, u32>(1),
            after.get::<_, u32>(1),
            "{name} was there all the time"
        );
    }
    text(client, LIBRARY)
}

#[test]
fn settings_of_a_database_change_neither_the_library_nor_its_jobs() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(20, 8));
    folder.write(r"back\slash ~tilde 'quote'.mid", b"no music");
    let mut client = cluster.connect();
    let (expected, words) =
        (import(&mut client, &folder), client.query_one(WORDS, &[&MARKS]).unwrap());

    client.batch_execute("CREATE DATABASE odd").unwrap();
    for (name, value) in SETTINGS {
        client.batch_execute(&format!("ALTER DATABASE odd SET {name} = '{value}'")).unwrap();
    }
    let mut odd = cluster.connect_to("odd", SUPERUSER);
    odd.batch_execute("CREATE EXTENSION midi_pipeline").unwrap();
    odd.batch_execute("SET client_encoding = 'UTF8'").unwrap();
    let found = odd.query_one(WORDS, &[&MARKS]).unwrap();
    assert_eq!(found.get::<_, String>(0), words.get::<_, String>(0));
    import(&mut odd, &folder);
    // With the default settings for output, the values are the same as elsewhere.
    for (name, _) in SETTINGS {
        let value = text(&mut client, &format!("SHOW {name}"));
        odd.batch_execute(&format!("SET {name} = '{value}'")).unwrap();
    }
    assert_eq!(text(&mut odd, LIBRARY), expected);
    let found = odd.query_one(WORDS, &[&MARKS]).unwrap();
    assert_eq!(found.get::<_, String>(0), words.get::<_, String>(0));
}
