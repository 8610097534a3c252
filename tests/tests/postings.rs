//! The index `midi_postings`: it gives what reading the table gives, whatever happens to the table and the server.

use midi_pipeline_tests::indexed::{
    assert_has_no_options, count, crash_after, failures_on, file, write_from_four,
};
use midi_testkit::cluster::{Cluster, wait_until};
use postgres::Client;

const ROWS: i32 = 6_000;

/// A hundred elements by a number: some that most rows have, some that many have, and rare ones.
const ELEMENTS: &str = "
    CREATE FUNCTION elements(n integer) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_agg(CASE place % 3 WHEN 0 THEN place
                              WHEN 1 THEN hashint4(n * 7 + place) & 1023
                              ELSE hashint4(n * 100 + place) END)
        FROM generate_series(1, 100) AS place
        WHERE n % 50 <> 0
    $$;
    CREATE TABLE pieces (id integer PRIMARY KEY, grams integer[]);";

fn library(index_first: bool) -> (Cluster, Client) {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute(ELEMENTS).unwrap();
    let index = "CREATE INDEX pieces_idx ON pieces USING midi_postings (grams)";
    if index_first {
        client.batch_execute(index).unwrap();
    }
    let fill = "INSERT INTO pieces
                SELECT n, CASE WHEN n % 100 = 0 THEN '{}' ELSE elements(n) END FROM generate_series(1, $1) AS n";
    client.execute(fill, &[&ROWS]).unwrap();
    if !index_first {
        // Memory for a part of the rows.
        client.batch_execute("SET maintenance_work_mem = '1MB'").unwrap();
        client.batch_execute(index).unwrap();
    }
    client.batch_execute("ANALYZE pieces").unwrap();
    (cluster, client)
}

/// The pieces that meet a condition, by the index or without it.
fn pieces(client: &mut Client, condition: &str, by_index: bool) -> Vec<i32> {
    let (on, off) = if by_index { ("on", "off") } else { ("off", "on") };
    client
        .batch_execute(&format!(
            "SET enable_bitmapscan = {on}; SET enable_seqscan = {off}; SET enable_indexscan = off"
        ))
        .unwrap();
    let sql = format!("SELECT id FROM pieces WHERE {condition} ORDER BY id");
    let plan = client.query(&format!("EXPLAIN {sql}"), &[]).unwrap();
    let plan: String = plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
    assert_eq!(plan.contains("Bitmap Index Scan on pieces_idx"), by_index, "{plan}");
    client.query(&sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// Compares what the index finds with what the table has.
#[track_caller]
fn assert_exact(client: &mut Client) {
    for condition in [
        "grams @> '{3}'",
        "grams @> '{3,99,48}'",
        "grams @> ARRAY[hashint4(1702)]",
        "grams @> ARRAY[hashint4(1702), 3, 3]",
        "grams @> '{17}'",
        "grams @> '{17,18,400}'",
        "grams @> '{-5}'",
        "grams @> '{}'",
        "grams @> '{1,NULL}'",
        "grams @> '{-2147483648}'",
        "grams && '{2147483647}'",
        "grams && '{17,18,400,-5}'",
        "grams && ARRAY[hashint4(1702), hashint4(250100), NULL]",
        "grams && '{}'",
        "grams @> '{17}' AND grams && '{20,21}'",
        "grams @> '{3}' AND grams @> '{17}'",
    ] {
        let [with, without] = [true, false].map(|by_index| pieces(client, condition, by_index));
        assert!(with == without, "{condition}: {} {}", with.len(), without.len());
    }
}

#[test]
fn the_index_gives_what_the_table_has_however_rows_got_in_and_out() {
    for index_first in [false, true] {
        let (_cluster, mut client) = library(index_first);
        assert_exact(&mut client);
        let size = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
        for step in [
            "DELETE FROM pieces WHERE id % 3 = 0; UPDATE pieces SET grams = elements(-id) WHERE id % 3 = 1",
            "VACUUM pieces",
            "INSERT INTO pieces SELECT n, elements(n) FROM generate_series(10000, 12000) AS n",
            "VACUUM pieces",
            "UPDATE pieces SET grams = elements(id + 7) WHERE id % 3 = 1",
            "VACUUM pieces",
        ] {
            client.batch_execute(step).unwrap();
            assert_exact(&mut client);
        }
        // The pages of what was merged or removed are used again.
        let grown = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
        assert!(grown < 4 * size, "{size} -> {grown}");
        client.batch_execute("DELETE FROM pieces").unwrap();
        client.batch_execute("VACUUM pieces").unwrap();
        assert_exact(&mut client);
        client
            .batch_execute(
                "INSERT INTO pieces SELECT n, elements(n) FROM generate_series(1, 900) AS n",
            )
            .unwrap();
        client.batch_execute("REINDEX INDEX CONCURRENTLY pieces_idx").unwrap();
        assert_exact(&mut client);
    }
}

#[test]
fn the_index_survives_a_crash_and_an_unlogged_one_is_empty_after_it() {
    let (mut cluster, mut client) = library(true);
    client
        .batch_execute(
            "CREATE UNLOGGED TABLE brief (grams integer[]);
             CREATE INDEX brief_idx ON brief USING midi_postings (grams);
             INSERT INTO brief SELECT grams FROM pieces",
        )
        .unwrap();
    let statements = [
        "CHECKPOINT",
        "INSERT INTO pieces SELECT n, elements(n) FROM generate_series(10000, 13000) AS n",
        "DELETE FROM pieces WHERE id < 500",
        "VACUUM pieces",
        "INSERT INTO pieces SELECT n, elements(n) FROM generate_series(20000, 22000) AS n",
    ];
    let mut client = crash_after(&mut cluster, client, &statements);
    assert_exact(&mut client);
    client.batch_execute("VACUUM pieces").unwrap();
    client
        .batch_execute(
            "INSERT INTO pieces SELECT n, elements(n) FROM generate_series(30000, 32000) AS n",
        )
        .unwrap();
    assert_exact(&mut client);
    client.batch_execute("SET enable_seqscan = off; INSERT INTO brief VALUES ('{3}')").unwrap();
    assert_eq!(count(&mut client, "SELECT count(*) FROM brief WHERE grams @> '{3}'"), 1);
}

#[test]
fn a_standby_has_the_index_while_segments_are_merged() {
    let (cluster, mut client) = library(true);
    let standby = cluster.standby();
    let mut reader = standby.connect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = cluster.connect();
            for part in 0..10 {
                let first = 10_000 + part * 1_000;
                let sql = format!(
                    "INSERT INTO pieces SELECT n, elements(n) FROM generate_series({first}, {first} + 999) AS n;
                     DELETE FROM pieces WHERE id BETWEEN {first} AND {first} + 200"
                );
                client.batch_execute(&sql).unwrap();
                client.batch_execute("VACUUM pieces").unwrap();
            }
        });
        for _ in 0..40 {
            // Rows that nobody touches.
            let found = pieces(&mut reader, "grams @> '{3}' AND id < 6000", true);
            assert_eq!(found.len(), 5_880);
        }
    });
    let all = "SELECT count(*) FROM pieces";
    let rows = count(&mut client, all);
    wait_until("the standby has all rows", || count(&mut reader, all) == rows);
    assert_exact(&mut reader);
}

#[test]
fn sessions_that_write_at_the_same_time_lose_no_row() {
    let (cluster, mut client) = library(true);
    write_from_four(&cluster, "elements", (500, 4), || {
        for _ in 0..20 {
            let found = pieces(&mut client, "grams @> '{3}' AND id < 6000", true);
            assert_eq!(found.len(), 5_880);
        }
    });
    assert_exact(&mut client);
}

#[test]
fn a_merge_that_is_cancelled_leaves_the_index_as_it_was_and_no_page_is_lost() {
    let (_cluster, mut client) = library(true);
    client.batch_execute("SET statement_timeout = '30ms'").unwrap();
    let mut cancelled = 0;
    for first in 0..30 {
        let sql = format!(
            "INSERT INTO pieces SELECT 10000 + {first} * 10000 + n, elements(n) FROM generate_series(1, 2000) AS n"
        );
        cancelled += usize::from(client.batch_execute(&sql).is_err());
    }
    assert!(cancelled > 0);
    client.batch_execute("SET statement_timeout = 0").unwrap();
    assert_exact(&mut client);
    client.batch_execute("VACUUM pieces").unwrap();
    let size = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
    assert_exact(&mut client);
    for _ in 0..3 {
        client.batch_execute("DELETE FROM pieces WHERE id > 10000").unwrap();
        client.batch_execute("VACUUM pieces").unwrap();
        client
            .batch_execute("INSERT INTO pieces SELECT 10000 + n, elements(n) FROM generate_series(1, 1000) AS n")
            .unwrap();
    }
    let grown = count(&mut client, "SELECT pg_relation_size('pieces_idx')");
    assert!(grown < 2 * size, "{size} -> {grown}");
    assert_exact(&mut client);
}

#[test]
fn arrays_of_any_length_and_shape_are_found() {
    let (_cluster, mut client) = library(true);
    client
        .batch_execute(
            "INSERT INTO pieces VALUES (-1, NULL), (-2, '{}'), (-3, '{NULL}'), (-4, '{NULL,17,NULL}'),
                 (-5, '{{17,18},{400,3}}'), (-6, '[5:6]={17,-5}'), (-7, array_fill(17, '{5000}')),
                 (-8, '{-2147483648,2147483647}');
             INSERT INTO pieces SELECT -9, array_agg(n) FROM generate_series(1, 100000) AS n",
        )
        .unwrap();
    assert_exact(&mut client);
    client.batch_execute("REINDEX INDEX pieces_idx").unwrap();
    assert_exact(&mut client);
    // Only arrays that fit can be asked for, but all are answered.
    let all = "grams @> (SELECT array_agg(n) FROM generate_series(1, 100000) AS n)";
    assert_eq!(pieces(&mut client, all, true), [-9]);
    for other in [
        "CREATE INDEX ON pieces USING midi_postings (id)",
        "CREATE INDEX ON pieces USING midi_postings (grams, grams)",
        "CREATE UNIQUE INDEX ON pieces USING midi_postings (grams)",
    ] {
        assert!(client.batch_execute(other).is_err(), "{other}");
    }
    assert_has_no_options(&mut client, "midi_postings", "grams");
}

#[test]
fn a_damaged_page_is_an_error_and_a_reindex_mends_it() {
    let (mut cluster, mut client) = library(true);
    let path = file(&mut client);
    drop(client);
    cluster.stop();
    let sound = std::fs::read(&path).unwrap();
    let pages = sound.len() / 8192;
    // The body of the first page, one byte of it after the other, and the kinds, lengths and bodies of all others.
    let first = (0..60).map(|at| vec![(24 + at, vec![0xff])]);
    let all = |at: usize, bytes: Vec<u8>| -> Vec<(usize, Vec<u8>)> {
        (1..pages).map(|page| (page * 8192 + at, bytes.clone())).collect()
    };
    let others = [
        all(8192 - 16, vec![0; 16]),
        all(8192 - 8, vec![7, 0, 0, 0]),
        all(8192 - 4, vec![1, 0, 0, 0]),
        all(12, vec![0xff, 0xff]),
        all(12, vec![25, 0]),
        all(24, vec![0xff; 8000]),
        all(24, vec![0; 8000]),
    ];
    let statements = [
        "SELECT id FROM pieces WHERE grams @> '{3,17}'",
        "SELECT id FROM pieces WHERE grams @> '{}'",
        "BEGIN; INSERT INTO pieces SELECT -n, elements(n) FROM generate_series(1, 1001) AS n",
        "ROLLBACK",
        "VACUUM (INDEX_CLEANUP ON) pieces",
    ];
    let mut failures =
        |damage: &[_]| failures_on(&mut cluster, (&path, &sound), damage, &statements);
    // Not every byte of the first page matters to these.
    let noticed = first.filter(|damage| failures(damage) > 0).count();
    assert!(noticed > 20, "{noticed}");
    for damage in others {
        assert!(failures(&damage) > 0, "{:?}", damage[0]);
    }
    cluster.restart();
    let mut client = cluster.connect();
    client.batch_execute("REINDEX INDEX pieces_idx").unwrap();
    assert_exact(&mut client);
    wait_until("no page is pinned any more", || client.batch_execute("VACUUM pieces").is_ok());
}
