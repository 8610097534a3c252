//! The index `midi_vectors`: it gives what a sorted table gives, whatever happens to the table and the server.

use midi_pipeline_tests::indexed::{
    assert_has_no_options, count, crash_after, failures_on, file, write_from_four,
};
use midi_testkit::cluster::{Cluster, wait_until};
use postgres::Client;

const ROWS: i32 = 3_000;

/// A vector of 66 numbers from 0 up to 1, which depends on a number.
const VECTOR: &str = "
    CREATE FUNCTION vector(n integer) RETURNS real[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_agg((hashint4(n * 66 + place) & 1023) / 1023.0::real ORDER BY place)
        FROM generate_series(1, 66) AS place
    $$;
    CREATE TABLE pieces (id integer PRIMARY KEY, embedding real[]);";

fn library(index_first: bool) -> (Cluster, Client) {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute(VECTOR).unwrap();
    let index = "CREATE INDEX pieces_idx ON pieces USING midi_vectors (embedding)";
    if index_first {
        client.batch_execute(index).unwrap();
    }
    let fill = "INSERT INTO pieces SELECT n, vector(n) FROM generate_series(1, $1) AS n";
    client.execute(fill, &[&ROWS]).unwrap();
    if !index_first {
        client.batch_execute(index).unwrap();
    }
    client.batch_execute("ANALYZE pieces").unwrap();
    (cluster, client)
}

/// The pieces nearest to a vector, with their distances, by the index or without it.
fn nearest(client: &mut Client, wanted: &str, most: i64, by_index: bool) -> Vec<(i32, f64)> {
    let (on, off) = if by_index { ("on", "off") } else { ("off", "on") };
    client
        .batch_execute(&format!("SET enable_indexscan = {on}; SET enable_seqscan = {off}"))
        .unwrap();
    let sql = format!(
        "SELECT * FROM (
             SELECT id, embedding <-> {wanted} AS distance FROM pieces
             ORDER BY embedding <-> {wanted} LIMIT {most}) AS near
         ORDER BY distance, id"
    );
    let plan = client.query(&format!("EXPLAIN {sql}"), &[]).unwrap();
    let plan: String = plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
    assert_eq!(plan.contains("Index Scan using pieces_idx"), by_index, "{plan}");
    let rows = client.query(&sql, &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Compares the nearest pieces by the index with those without it.
#[track_caller]
fn assert_exact(client: &mut Client) {
    for wanted in [1, 17, 40_000, -5] {
        for most in [1, 20, 5_000] {
            let wanted = format!("vector({wanted})");
            let [with, without] =
                [true, false].map(|by_index| nearest(client, &wanted, most, by_index));
            assert!(with == without, "{wanted}, {most}");
        }
    }
}

#[test]
fn the_index_gives_what_a_sort_gives_however_rows_got_in_and_out() {
    for index_first in [false, true] {
        let (_cluster, mut client) = library(index_first);
        assert_exact(&mut client);
        let size = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
        client
            .batch_execute(
                "DELETE FROM pieces WHERE id % 3 = 0;
             UPDATE pieces SET embedding = vector(-id) WHERE id % 3 = 1",
            )
            .unwrap();
        assert_exact(&mut client);
        client.batch_execute("VACUUM pieces").unwrap();
        assert_exact(&mut client);
        // The room of what was removed is used again.
        client
            .batch_execute(
                "INSERT INTO pieces SELECT n, vector(n) FROM generate_series(10000, 10900) AS n",
            )
            .unwrap();
        client.batch_execute("VACUUM pieces").unwrap();
        assert_exact(&mut client);
        let grown = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
        assert!(grown < size * 3 / 2, "{size} -> {grown}");
        client.batch_execute("DELETE FROM pieces").unwrap();
        client.batch_execute("VACUUM pieces").unwrap();
        assert_exact(&mut client);
        client.batch_execute("REINDEX INDEX CONCURRENTLY pieces_idx").unwrap();
        assert_exact(&mut client);
    }
}

#[test]
fn the_index_survives_a_crash_and_an_unlogged_one_is_empty_after_it() {
    let (mut cluster, mut client) = library(true);
    client
        .batch_execute(
            "CREATE UNLOGGED TABLE brief (embedding real[]);
             CREATE INDEX brief_idx ON brief USING midi_vectors (embedding);
             INSERT INTO brief SELECT embedding FROM pieces",
        )
        .unwrap();
    let statements = [
        "CHECKPOINT",
        "INSERT INTO pieces SELECT n, vector(n) FROM generate_series(10000, 10500) AS n",
        "DELETE FROM pieces WHERE id < 500",
        "VACUUM pieces",
        "INSERT INTO pieces SELECT n, vector(n) FROM generate_series(20000, 20500) AS n",
    ];
    let mut client = crash_after(&mut cluster, client, &statements);
    assert_exact(&mut client);
    client.batch_execute("SET enable_seqscan = off; INSERT INTO brief SELECT vector(1)").unwrap();
    let near =
        "SELECT count(*) FROM (SELECT FROM brief ORDER BY embedding <-> vector(2) LIMIT 9) AS near";
    assert_eq!(count(&mut client, near), 1);
}

#[test]
fn a_standby_has_the_index_as_it_is_after_inserts_and_a_vacuum() {
    let (cluster, mut client) = library(true);
    let standby = cluster.standby();
    client
        .batch_execute(
            "DELETE FROM pieces WHERE id % 2 = 0;
             INSERT INTO pieces SELECT n, vector(n) FROM generate_series(10000, 10500) AS n",
        )
        .unwrap();
    client.batch_execute("VACUUM pieces").unwrap();
    let fill = "INSERT INTO pieces SELECT n, vector(n) FROM generate_series(20000, 20500) AS n";
    client.batch_execute(fill).unwrap();
    let mut reader = standby.connect();
    wait_until("the standby has all rows", || {
        count(&mut reader, "SELECT count(*) FROM pieces WHERE id IN (2, 20500)") == 1
            && count(&mut reader, "SELECT count(*) FROM pieces") == 1_500 + 501 + 501
    });
    assert_exact(&mut reader);
}

#[test]
fn an_insert_that_looks_for_room_logs_no_pages_but_the_one_that_it_finds() {
    let (_cluster, mut client) = library(true);
    // Room for one entry on the first page; all the others but the last are full.
    client.batch_execute("DELETE FROM pieces WHERE id = 1").unwrap();
    client.batch_execute("VACUUM (INDEX_CLEANUP ON) pieces").unwrap();
    client.batch_execute("INSERT INTO pieces VALUES (1, vector(-1))").unwrap();
    client.batch_execute("CHECKPOINT").unwrap();
    let position = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint";
    let start = count(&mut client, position);
    client.batch_execute("INSERT INTO pieces VALUES (-1, vector(-2))").unwrap();
    let logged = count(&mut client, position) - start;
    // The page of the table, that of its key, that of the entry and the first, with what a commit takes; there are thirty.
    assert!(logged < 6 * 8192, "{logged}");
    assert_exact(&mut client);
}

#[test]
fn sessions_that_write_at_the_same_time_lose_no_entry() {
    let (cluster, mut client) = library(true);
    write_from_four(&cluster, "vector", (100, 1), || {
        for _ in 0..20 {
            let near = nearest(&mut client, "vector(1)", 20, true);
            assert!(near.is_sorted_by(|a, b| a.1 <= b.1), "{near:?}");
        }
    });
    assert_exact(&mut client);
}

#[test]
fn values_that_are_no_vectors_are_left_out_and_queries_that_are_none_have_no_order() {
    let (_cluster, mut client) = library(true);
    client
        .batch_execute(
            "INSERT INTO pieces VALUES (-1, NULL), (-2, '{}'), (-3, '{1,2}'), (-4, array_fill('NaN'::real, '{66}')),
                 (-5, array_fill('Infinity'::real, '{66}')), (-6, array_fill(NULL::real, '{66}')),
                 (-7, array_fill(0.5::real, '{2,33}')), (-8, array_fill(3e38::real, '{66}')),
                 (-9, array_fill(0::real, '{66}')), (-10, array_fill(1e-45::real, '{66}')),
                 (-11, array_fill(1e17::real, '{66}'))",
        )
        .unwrap();
    for wanted in [0.0, 1e17, 3e38] {
        let wanted = format!("array_fill({wanted}::real, '{{66}}')");
        // Many are equally far away, as far as numbers of 64 bits tell.
        let [with, without] = [true, false].map(|by_index| {
            nearest(&mut client, &wanted, 3_004, by_index).into_iter().map(|(_, distance)| distance)
        });
        assert!(with.eq(without), "{wanted}");
    }
    client.batch_execute("SET enable_seqscan = off; SET enable_indexscan = on").unwrap();
    for wanted in [
        "NULL",
        "'{}'",
        "'{1}'",
        "array_fill('NaN'::real, '{66}')",
        "array_fill('-Infinity'::real, '{66}')",
        "array_fill(NULL::real, '{66}')",
        "array_fill(3e38::real, '{66}')",
    ] {
        let sql = format!(
            "SELECT count(*) FROM (SELECT FROM pieces ORDER BY embedding <-> ({wanted})::real[] LIMIT 50) AS near"
        );
        assert_eq!(count(&mut client, &sql), 50, "{wanted}");
    }
    assert_has_no_options(&mut client, "midi_vectors", "embedding");
}

#[test]
fn a_damaged_page_is_an_error_and_a_reindex_mends_it() {
    let (mut cluster, mut client) = library(false);
    let path = file(&mut client);
    drop(client);
    cluster.stop();
    let sound = std::fs::read(&path).unwrap();
    // The count of entries, the mark, the numbers of the first page (there is room on no page, or on one that does not
    // exist), and pages of something else.
    for (at, bytes) in [
        (8192 + 12, &[0xff, 0xff][..]),
        (8192 + 12, &[3, 0]),
        (8192 + 12, &[109, 0]),
        (2 * 8192 - 8, &[0; 8]),
        (8192 - 8, &[1; 8]),
        (24, &[7, 0, 0, 0]),
        (28, &[0; 4]),
        (28, &[0xff, 0xff, 0xff, 0x7f]),
    ] {
        let damage = [(at, bytes.to_vec())];
        let statements = [
            "SELECT id FROM pieces ORDER BY embedding <-> vector(1) LIMIT 1",
            "INSERT INTO pieces VALUES (-1, vector(-1))",
            "DELETE FROM pieces WHERE id = -1",
        ];
        let failed = failures_on(&mut cluster, (&path, &sound), &damage, &statements);
        assert!(failed > 0, "{at}");
    }
    cluster.restart();
    let mut client = cluster.connect();
    client.batch_execute("REINDEX INDEX pieces_idx").unwrap();
    assert_exact(&mut client);
    wait_until("no page is pinned any more", || client.batch_execute("VACUUM pieces").is_ok());
}
