//! Similar music: the nearest neighbours of an embedding, by Euclidean distance.
//!
//! The order of the statement depends on the indexes that exist. The HNSW index of pgvector (Malkov & Yashunin 2018)
//! returns rows in order of distance, and may miss some neighbours. The index `midi_vectors` misses none; without it, the
//! distance to every embedding is computed. A returned distance is the same in all three cases.

use std::ffi::CString;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::path::path_of;
use crate::distribution::is_distributed;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::guc::{self, SettingsGuard};
use crate::pg::spi;
use crate::pg::sql::{fill, name};
use crate::pg::table::Table;

/// A file, its path and its distance.
pub(crate) type Neighbour = (i64, Option<String>, f64);

/// Maximum of max_results.
const MAX_RESULTS: i32 = 10_000;

/// The $2 nearest neighbours of the embedding $1, without the file $3. An index gives the order by distance alone, and the
/// planner would rather sort all than look for the first files of each distance.
const NEAREST: &str = "
    SELECT id, path, distance FROM (
        SELECT f.id, @path@ AS path, @schema@.midi_distance(m.embedding, $1) AS distance
        FROM @schema@.musical_search m
        JOIN @schema@.musical_metadata d ON d.content_hash OPERATOR(pg_catalog.=) m.content_hash
        JOIN @schema@.midi_files f ON f.content_hash OPERATOR(pg_catalog.=) m.content_hash
        WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
          AND f.id OPERATOR(pg_catalog.<>) $3
          AND m.embedding IS NOT NULL
        ORDER BY @order@
        LIMIT $2) AS nearest
    ORDER BY distance, id";

/// The schema of the extension $2, if it has version $3 or later and the index $1 exists.
const INDEXED: &str = "
    SELECT n.nspname::pg_catalog.text
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    WHERE e.extname OPERATOR(pg_catalog.=) $2::pg_catalog.name
      AND pg_catalog.regexp_match(e.extversion, '^([0-9]+)[.]([0-9]+)')::pg_catalog.int4[]
          OPERATOR(pg_catalog.>=) $3
      AND EXISTS (
          SELECT 1 FROM pg_catalog.pg_index i
          WHERE i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
            AND i.indisvalid)";

/// Adds the files nearest to `embedding`, without the file `excluded`.
///
/// # Errors
/// If `max_results` is out of range; those of the statements, such as a missing privilege.
pub(crate) fn nearest(
    schema: &Schema,
    embedding: Vec<Option<f32>>,
    max_results: i32,
    excluded: i64,
    neighbours: &mut Table<'_, Neighbour>,
) -> Result<(), ErrorReport> {
    error::check_max_results(max_results, MAX_RESULTS)?;
    guc::with_settings(|settings| {
        Spi::connect(|client| {
            let sql = statement(client, schema, max_results, settings)?;
            let arguments: [DatumWithOid; 3] =
                [embedding.into(), max_results.into(), excluded.into()];
            neighbours.fill(client, &sql, &arguments, u64::MAX).map(drop)
        })
    })
    .map_err(error::statement)
}

/// The embedding of a file in the library; `None` if it has no embedding.
///
/// # Errors
/// If the file does not exist; those of the statement.
pub(crate) fn embedding_of_file(
    schema: &Schema,
    file: i64,
) -> Result<Option<Vec<Option<f32>>>, ErrorReport> {
    let sql = "
        SELECT m.embedding FROM @schema@.midi_files f
        LEFT JOIN @schema@.musical_search m
          ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
        WHERE f.id OPERATOR(pg_catalog.=) $1";
    let sql = fill(sql, &[("schema", schema.quoted())]);
    Spi::connect(|client| spi::select(client, &sql, Some(1), &[file.into()], |row| row.get(1)))
        .map_err(error::statement)?
        .into_iter()
        .next()
        .ok_or_else(|| error::no_such_file(file))
}

/// The statement that finds the nearest neighbours. Changes the settings of pgvector if it uses that.
fn statement(
    client: &SpiClient<'_>,
    schema: &Schema,
    max_results: i32,
    settings: &SettingsGuard,
) -> SpiResult<String> {
    let indexed = |index: &str, extension: &str, since: [i32; 2]| -> SpiResult<Option<String>> {
        let arguments = [schema.dot(index).into(), extension.into(), since.to_vec().into()];
        let found = spi::select(client, INDEXED, Some(1), &arguments, |row| row.get::<String>(1))?;
        Ok(found.into_iter().next().flatten().map(|schema| name(&schema)))
    };
    let library = ("schema", schema.quoted());
    // The settings would not reach the shards of a distributed library.
    let vector =
        if is_distributed(client, schema)? { None } else { indexed(HNSW, "vector", PGVECTOR)? };
    let order = if let Some(vector) = vector {
        let candidates = max_results.saturating_mul(4).clamp(MIN_CANDIDATES, MAX_CANDIDATES);
        settings.set(c"hnsw.ef_search", &CString::new(candidates.to_string()).unwrap_or_default());
        settings.set(c"hnsw.iterative_scan", c"strict_order");
        let as_vector =
            |array: &str| format!("{array}::{vector}.vector({})", midi_analysis::EMBEDDING_LENGTH);
        let (stored, wanted) = (as_vector("m.embedding"), as_vector("($1)"));
        format!("({stored}) OPERATOR({vector}.<->) {wanted}")
    } else {
        fill("m.embedding OPERATOR(@schema@.<->) $1", &[library])
    };
    let path = path_of(schema, c"midi_files", "f.path");
    Ok(fill(NEAREST, &[("order", &order), ("path", path), library]))
}

/// The index of pgvector.
const HNSW: &str = "musical_search_embedding_hnsw_idx";
/// The first version of pgvector with iterative scans, which continue until there are enough rows.
const PGVECTOR: [i32; 2] = [0, 8];
/// Bounds of hnsw.ef_search, the number of candidates: more candidates miss fewer neighbours, and pgvector
/// accepts at most 1,000.
const MIN_CANDIDATES: i32 = 100;
const MAX_CANDIDATES: i32 = 1_000;
