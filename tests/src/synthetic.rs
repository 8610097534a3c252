//! A library of generated rows.

use midi_testkit::cluster::{Cluster, DATABASE, succeed};

const SYNTHESIZE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/synthesize.sql");

/// Fills the library of a cluster with so many pieces.
pub fn fill(cluster: &Cluster, rows: u32) {
    let mut psql = cluster.program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", DATABASE]);
    succeed(psql.arg(format!("--set=rows={rows}")).args(["--file", SYNTHESIZE]));
}
