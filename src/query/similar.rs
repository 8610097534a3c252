//! The pieces of the library that are most like another: nearest neighbours of its embedding.
//!
//! Which statement finds them follows from the indexes there are. pgvector's HNSW (Malkov & Yashunin
//! 2018) orders by the very distance, and misses a neighbour now and then. A GiST index of `cube` slows down with each
//! dimension, so it holds embeddings along their principal axes alone: it gives candidates, which are
//! then ordered by distance. Without either every embedding is looked at. Distances are the same in
//! all three.

use std::ffi::CString;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::guc::{self, SettingsGuard};
use crate::pg::spi;
use crate::pg::sql::{fill, name};
use crate::pg::table::Table;

/// A file, its path and its distance.
pub(crate) type Neighbour = (i64, String, f64);

/// Most neighbours that one call gives.
const MOST: i32 = 10_000;

/// Of $1 the $2 nearest, but for the file $3.
const NEAREST: &str = "
    SELECT f.id, f.path, @schema@.midi_distance(m.embedding, $1) AS distance
    FROM @music@ m
    JOIN @schema@.midi_files f ON f.content_hash OPERATOR(pg_catalog.=) m.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
      AND f.id OPERATOR(pg_catalog.<>) $3
      AND m.embedding IS NOT NULL
    ORDER BY @order@
    LIMIT $2";

/// Candidates by their principal axes, many more than are asked for: of a million pieces, 6,400 hold
/// .94 of the 20 that are nearest, 700 hold .84.
const NEAR_ALONG_AXES: &str = "(
    SELECT c.content_hash, c.embedding
    FROM @schema@.musical_metadata c
    WHERE c.embedding IS NOT NULL
    ORDER BY @cube@.cube(@schema@.midi_embedding_axes(c.embedding))
             OPERATOR(@cube@.<->) @cube@.cube(@schema@.midi_embedding_axes($1))
    LIMIT 320 OPERATOR(pg_catalog.*) $2)";

/// The schema of the extension $2, of version $3 or later, where the index $1 that it serves is there.
const INDEXED: &str = "
    SELECT n.nspname::pg_catalog.text
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    WHERE e.extname OPERATOR(pg_catalog.=) $2::pg_catalog.name
      AND pg_catalog.regexp_match(e.extversion, '^([0-9]+)[.]([0-9]+)')::pg_catalog.int4[]
          OPERATOR(pg_catalog.>=) $3
      AND EXISTS (
          SELECT FROM pg_catalog.pg_index i
          WHERE i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
            AND i.indisvalid)";

/// Adds the pieces nearest to `embedding`, without the file `but`.
///
/// # Errors
/// A number of results that is none; those of the statements, such as a missing privilege.
pub(crate) fn nearest(
    schema: &Schema,
    embedding: Vec<Option<f32>>,
    max_results: i32,
    but: i64,
    neighbours: &mut Table<'static, Neighbour>,
) -> Result<(), ErrorReport> {
    error::check_max_results(max_results, MOST)?;
    guc::with_settings(|settings| {
        Spi::connect(|client| {
            let sql = statement(client, schema, max_results, settings)?;
            let arguments: [DatumWithOid; 3] = [embedding.into(), max_results.into(), but.into()];
            neighbours.fill(client, &sql, &arguments)
        })
    })
    .map_err(error::statement)
}

/// The embedding of a file in the library; `None` where the file or its embedding is missing.
///
/// # Errors
/// Those of the statement.
pub(crate) fn embedding_of_file(
    schema: &Schema,
    file: i64,
) -> Result<Option<Vec<Option<f32>>>, ErrorReport> {
    let sql = "
        SELECT m.embedding FROM @schema@.midi_files f
        JOIN @schema@.musical_metadata m
          ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
        WHERE f.id OPERATOR(pg_catalog.=) $1";
    let sql = fill(sql, &[("schema", schema.quoted())]);
    Spi::connect(|client| {
        let rows = spi::select(client, &sql, Some(1), &[file.into()], |row| row.get(1))?;
        Ok(rows.into_iter().next().flatten())
    })
    .map_err(error::statement)
}

/// The statement that finds the nearest, and the settings it wants.
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
    let table = schema.dot("musical_metadata");
    let library = ("schema", schema.quoted());
    let (music, order) = if let Some(vector) = indexed(HNSW, "vector", PGVECTOR)? {
        let breadth = max_results.saturating_mul(4).clamp(LEAST_BREADTH, MOST_BREADTH);
        settings.set(c"hnsw.ef_search", &CString::new(breadth.to_string()).unwrap_or_default());
        settings.set(c"hnsw.iterative_scan", c"strict_order");
        let as_vector = |of: &str| format!("{of}::{vector}.vector({})", midi_analysis::EMBEDDING);
        let (one, other) = (as_vector("m.embedding"), as_vector("($1)"));
        (table, format!("({one}) OPERATOR({vector}.<->) {other}"))
    } else if let Some(cube) = indexed(GIST, "cube", [0, 0])? {
        (fill(NEAR_ALONG_AXES, &[("cube", &cube), library]), "distance, f.id".to_owned())
    } else {
        (table, "distance, f.id".to_owned())
    };
    Ok(fill(NEAREST, &[("music", &music), ("order", &order), library]))
}

/// Names of the indexes that serve.
const HNSW: &str = "musical_metadata_embedding_idx";
const GIST: &str = "musical_metadata_embedding_axes_idx";
/// The first pgvector that goes on to search where the nearest that it looks at are not enough.
const PGVECTOR: [i32; 2] = [0, 8];
/// Neighbours that HNSW looks at: the more, the fewer it misses. More than the most it refuses.
const LEAST_BREADTH: i32 = 100;
const MOST_BREADTH: i32 = 1_000;
