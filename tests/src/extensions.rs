//! Extensions that a PostgreSQL may lack. Which ones depends on how it was packaged, not on its version.

use std::io::{Write, stderr};

use midi_testkit::cluster::Cluster;

/// Whether a server has an extension in a version, or a later one. If not, says that the test is skipped.
pub fn offers(cluster: &Cluster, name: &str, version: &str) -> bool {
    let sql = "SELECT count(*) FROM pg_available_extension_versions
               WHERE name = $1 AND string_to_array(version, '.')::int[] >= string_to_array($2, '.')::int[]";
    let row = cluster.connect().query_one(sql, &[&name, &version]).expect("the server answers");
    let is_there = row.get::<_, i64>(0) > 0;
    if !is_there {
        let line = format!("skipped: this PostgreSQL has no {name} {version} or later\n");
        // Not eprintln, whose output the test harness captures.
        stderr().write_all(line.as_bytes()).expect("standard error");
    }
    is_there
}

/// Whether a server has the extensions of contrib that indexes are made with. If not, says that the test is skipped.
pub fn offers_contrib(cluster: &Cluster) -> bool {
    offers(cluster, "pg_trgm", "1.6") && offers(cluster, "bloom", "1.0")
}
