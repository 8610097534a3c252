//! Similarity by pgvector, if this PostgreSQL has it.

use midi_pipeline_tests::extensions::offers;
use midi_pipeline_tests::synthetic;
use midi_testkit::cluster::{Cluster, wait_until};
use postgres::Client;

const ROWS: u32 = 5_000;
const HNSW: &str = "musical_search_embedding_hnsw_idx";
const EXACT: &str = "musical_search_embedding_idx";

/// A cluster with a library of generated rows; `None`, and a line on standard error, without pgvector.
fn library() -> Option<Cluster> {
    let cluster = Cluster::start();
    if !offers(&cluster, "vector", "0.8") {
        return None;
    }
    synthetic::fill(&cluster, ROWS);
    Some(cluster)
}

/// The similarity indexes that exist.
fn built(client: &mut Client) -> Vec<String> {
    let sql = "SELECT index_name FROM midi_index_profiles
               WHERE index_name = ANY ($1) AND state = 'built' ORDER BY index_name";
    let rows = client.query(sql, &[&[HNSW, EXACT].as_slice()]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The files most like a file, nearest first.
fn nearest(client: &mut Client, file: i64, most: i32) -> Vec<(i64, f64)> {
    let sql = "SELECT file_id, distance FROM midi_similar($1, $2)";
    let rows = client.query(sql, &[&file, &most]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
fn the_index_of_pgvector_is_made_where_it_is_installed_and_used_first() {
    let Some(cluster) = library() else { return };
    let mut client = cluster.connect();
    let make = "SELECT count(*) FROM midi_create_indexes('all')";
    client.execute(make, &[]).unwrap();
    assert_eq!(built(&mut client), [EXACT]);
    client
        .batch_execute("CREATE SCHEMA elsewhere; CREATE EXTENSION vector SCHEMA elsewhere")
        .unwrap();
    client.execute(make, &[]).unwrap();
    assert_eq!(built(&mut client), [HNSW, EXACT]);

    let sql = "SELECT serves FROM midi_index_profiles WHERE index_name = $1";
    let serves: String = client.query_one(sql, &[&HNSW]).unwrap().get(0);
    let plan = client
        .batch_execute("ANALYZE musical_metadata; SET search_path = public, elsewhere")
        .and_then(|()| client.query(&format!("EXPLAIN (COSTS OFF) {serves}"), &[]))
        .unwrap();
    let plan: String = plan.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
    assert!(plan.contains(HNSW), "{plan}");
}

#[test]
fn pgvector_finds_the_same_as_a_sequential_scan() {
    let Some(cluster) = library() else { return };
    let mut client = cluster.connect();
    let files: Vec<i64> = (1..=20).map(|n| n * 211).collect();
    let exact: Vec<_> = files.iter().map(|&file| nearest(&mut client, file, 20)).collect();
    client
        .batch_execute(
            "CREATE EXTENSION vector; SELECT count(*) FROM midi_create_indexes('all');
             ANALYZE musical_metadata; SET enable_seqscan = off",
        )
        .unwrap();
    let mut found = 0;
    for (&file, exact) in files.iter().zip(&exact) {
        let near = nearest(&mut client, file, 20);
        assert_eq!(near.len(), exact.len());
        assert!(near.is_sorted_by(|a, b| a.1 <= b.1), "{near:?}");
        found += near.iter().filter(|file| exact.contains(file)).count();
    }
    let asked: usize = exact.iter().map(Vec::len).sum();
    assert!(asked >= 380 && found * 10 >= asked * 9, "{found} of {asked}");
    // More rows than one HNSW scan returns. The settings of the session stay as they were.
    assert_eq!(nearest(&mut client, 211, 2_000).len(), 2_000);
    let breadth: String = client.query_one("SHOW hnsw.ef_search", &[]).unwrap().get(0);
    assert_eq!(breadth, "40");
    drop(client);
    // A session reports its statistics when it ends.
    let scans = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = $1";
    wait_until("the index has been used", || {
        cluster.connect().query_one(scans, &[&HNSW]).unwrap().get::<_, i64>(0) >= 20
    });
}
