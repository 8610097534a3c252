//! What happens to the tables of indexes of the extension's own kinds: a table `pieces` with a column `id` and another, and
//! its index `pieces_idx`.

use std::fs;
use std::thread;

use midi_testkit::cluster::Cluster;
use postgres::Client;
use postgres::error::SqlState;

/// The number that a query gives.
pub fn count(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).expect("a number").get(0)
}

/// Options of other kinds of index are refused, not ignored.
#[track_caller]
pub fn assert_has_no_options(client: &mut Client, method: &str, column: &str) {
    for sql in [
        format!("CREATE INDEX ON pieces USING {method} ({column}) WITH (fillfactor = 70)"),
        "ALTER INDEX pieces_idx SET (fastupdate = off)".to_owned(),
    ] {
        let error = client.batch_execute(&sql).expect_err(&sql);
        assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE), "{error:?}");
    }
}

/// Runs statements, and lets the server crash. Returns a session after it.
pub fn crash_after(cluster: &mut Cluster, mut client: Client, statements: &[&str]) -> Client {
    for sql in statements {
        client.batch_execute(sql).expect(sql);
    }
    drop(client);
    cluster.kill();
    cluster.restart();
    cluster.connect()
}

/// Lets four sessions add rows ten times, so many at once, delete some of them, and vacuum every so many times. The second
/// column of a row is what the function `value` gives for its number.
pub fn write_from_four(
    cluster: &Cluster,
    value: &str,
    (rows, vacuums_every): (i32, i32),
    meanwhile: impl FnOnce(),
) {
    thread::scope(|scope| {
        for writer in 1..=4 {
            let mut client = cluster.connect();
            scope.spawn(move || {
                for part in 1..=10 {
                    let first = writer * 100_000 + part * rows;
                    let sql = format!(
                        "INSERT INTO pieces SELECT n, {value}(n) FROM generate_series({first}, {first} + {rows} - 1) AS n;
                         DELETE FROM pieces WHERE id BETWEEN {first} AND {first} + 20"
                    );
                    client.batch_execute(&sql).expect("rows");
                    if part % vacuums_every == 0 {
                        client.batch_execute("VACUUM pieces").expect("a vacuum");
                    }
                }
            });
        }
        meanwhile();
    });
}

/// The file of the index.
pub fn file(client: &mut Client) -> String {
    let sql = "SELECT setting || '/' || pg_relation_filepath('pieces_idx') FROM pg_settings
               WHERE name = 'data_directory'";
    client.query_one(sql, &[]).expect("the index").get(0)
}

/// Starts a stopped server with an index some bytes of which, by their places, are others, and runs statements, each of
/// which may fail because the index or its table is damaged, and for no other reason. Returns how many did, and stops the
/// server.
pub fn failures_on(
    cluster: &mut Cluster,
    (path, sound): (&str, &[u8]),
    damage: &[(usize, Vec<u8>)],
    statements: &[&str],
) -> usize {
    let mut damaged = sound.to_vec();
    for (at, bytes) in damage {
        damaged[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    fs::write(path, damaged).expect("the file of the index");
    cluster.restart();
    let mut client = cluster.connect();
    client
        .batch_execute("SET enable_seqscan = off; SET statement_timeout = '60s'")
        .expect("settings");
    let failed: Vec<_> =
        statements.iter().filter_map(|sql| client.batch_execute(sql).err()).collect();
    let corrupted = [&SqlState::INDEX_CORRUPTED, &SqlState::DATA_CORRUPTED];
    for error in &failed {
        let is_told = error.code().is_some_and(|code| corrupted.contains(&code));
        assert!(is_told, "{:?}: {error:?}", damage.first());
    }
    assert_eq!(count(&mut client, "SELECT 1::bigint"), 1);
    drop(client);
    cluster.stop();
    failed.len()
}
