//! Music with a given melody: an index gives candidates, and the core aligns the melody with them.
//!
//! The index finds pieces by n-grams of the melody. A search probes it in stages, from exact n-grams to
//! those of ever worse matches, and ends when the next stage cannot find a better match. Without the
//! index, or if row security prevents its use, every piece is read, and those are aligned that the index would give: so what
//! is found does not depend on it.

use std::collections::HashSet;

use midi_analysis::{MelodyMatch, MelodyQuery, Stage};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::notice;
use super::path::path_of;
use crate::distribution::is_distributed;
use crate::pg::caller::Schema;
use crate::pg::interrupts;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::{error, rights};

/// Maximum of max_results.
const MAX_RESULTS: i32 = 1_000;
/// Pieces that a stage verifies at least, if there are so many candidates.
const CANDIDATES: usize = 500;
/// Rows to fetch at once.
const BATCH: usize = 64;

/// Whether the index $1 exists and can be used, and no row of the tables $2 and $3 is hidden.
const INDEXED: &str = "
    SELECT true FROM pg_index
    WHERE indexrelid = to_regclass($1) AND indisvalid
      AND NOT row_security_active($2::regclass)
      AND NOT row_security_active($3::regclass)";

/// The index of n-grams.
const NGRAMS: &str = "musical_search_melody_ngrams_idx";

/// The pieces with all n-grams of one of the sets $1, at most $2 rows.
const PROBED: &str = "
    SELECT m.content_hash, m.melody_lines
    FROM unnest($1) AS probe
    JOIN @schema@.musical_search m ON m.melody_ngrams @> probe::integer[]
    LIMIT $2";

/// All pieces.
const ALL: &str = "
    SELECT s.content_hash, s.melody_lines, s.melody_ngrams FROM @schema@.musical_search s
    JOIN @schema@.musical_metadata m ON m.content_hash = s.content_hash";

/// The first $2 files with the contents $1, in the order of the contents.
const FILES: &str = "
    SELECT u.place, f.id, @path@
    FROM unnest($1::bytea[]) WITH ORDINALITY AS u (content_hash, place)
    JOIN @schema@.musical_metadata m ON m.content_hash = u.content_hash
    JOIN @schema@.midi_files f ON f.content_hash = u.content_hash
    WHERE f.state IN ('imported', 'duplicate')
    ORDER BY u.place, f.id
    LIMIT $2";

/// A file that contains the melody.
pub(crate) struct Hit {
    pub(crate) file_id: i64,
    /// `None` where the current role may not read it.
    pub(crate) path: Option<String>,
    pub(crate) found: MelodyMatch,
}

/// The files that contain the melody, best match first. `search_path` must be pinned.
///
/// # Errors
/// If `max_results` is out of range; those of the statements, such as a missing privilege.
pub(crate) fn find(
    query: &MelodyQuery,
    max_results: i32,
    schema: &Schema,
) -> Result<Vec<Hit>, ErrorReport> {
    let results = error::check_max_results(max_results, MAX_RESULTS)?;
    rights::require_reading_of(schema, &rights::MELODY)?;
    let hits = Spi::connect(|client| {
        let distributed = is_distributed(client, schema)?;
        let mut search = Search { client, schema, distributed, query, results, found: Vec::new() };
        if search.is_indexed()? { search.with_index() } else { search.without_index() }
    });
    let mut hits = hits.map_err(error::statement)?;
    let more =
        notice::how_to_get_more(results, MAX_RESULTS, "midi_search finds all by melody:\"...\".");
    notice::more_matches(hits.len(), results, more);
    hits.truncate(results);
    Ok(hits)
}

struct Search<'a> {
    client: &'a SpiClient<'a>,
    schema: &'a Schema,
    distributed: bool,
    query: &'a MelodyQuery,
    results: usize,
    /// The contents with the melody, by hash.
    found: Vec<(Vec<u8>, MelodyMatch)>,
}

impl Search<'_> {
    fn is_indexed(&self) -> SpiResult<bool> {
        let names = [NGRAMS, "musical_search", "musical_metadata"];
        let names = names.map(|name| self.schema.dot(name).into());
        Ok(!self.client.select(INDEXED, Some(1), &names)?.is_empty())
    }

    fn with_index(&mut self) -> SpiResult<Vec<Hit>> {
        let stages = self.query.stages();
        let mut seen = HashSet::new();
        let most = CANDIDATES.max(2 * self.results);
        for (number, Stage { probes, .. }) in stages.iter().enumerate() {
            let probes: Vec<_> = probes.iter().map(|probe| literal(probe)).collect();
            self.probe(&probes, &mut seen, most)?;
            if let Some(next) = stages.get(number + 1) {
                let as_good = |found: &MelodyMatch| found.score >= next.best_score;
                let good = self.found.iter().filter(|(_, found)| as_good(found)).count();
                if good >= self.results {
                    let hits = self.hits()?;
                    if hits.iter().filter(|hit| as_good(&hit.found)).count() >= self.results {
                        return Ok(hits);
                    }
                }
            }
        }
        self.hits()
    }

    /// Looks for the melody in the pieces that are found by a set of probes.
    ///
    /// Of a statement on one machine, as many rows are read as are needed. From the shards of a distributed library all rows
    /// come at once, so they are asked for a number of them, and for more where too many were those of known pieces.
    fn probe(
        &mut self,
        probes: &[String],
        seen: &mut HashSet<Vec<u8>>,
        most: usize,
    ) -> SpiResult<()> {
        let enough = seen.len() + most;
        let mut rows = self.distributed.then_some(enough);
        loop {
            let limit = rows.map(|rows| rows as i64);
            let missing = enough - seen.len();
            let arguments = [probes.to_vec().into(), limit.into()];
            let read = self.verify(PROBED, &arguments, Some((seen, missing)))?;
            if rows.is_none_or(|rows| read < rows) || seen.len() >= enough {
                return Ok(());
            }
            rows = rows.map(|rows| rows.saturating_mul(4));
        }
    }

    fn without_index(&mut self) -> SpiResult<Vec<Hit>> {
        self.verify(ALL, &[], None)?;
        self.hits()
    }

    /// Looks for the melody in the pieces that a statement returns. With `bound`, skips those that were
    /// seen before, and ends after a number of pieces. Returns how many rows were read.
    fn verify(
        &mut self,
        sql: &str,
        arguments: &[DatumWithOid<'_>],
        mut bound: Option<(&mut HashSet<Vec<u8>>, usize)>,
    ) -> SpiResult<usize> {
        let sql = fill(sql, &[("schema", self.schema.quoted())]);
        let mut rows = self.client.try_open_cursor(sql.as_str(), arguments)?;
        let (query, found) = (self.query, &mut self.found);
        // Of all pieces, those are aligned that the index gives.
        let probes = bound.is_none().then(|| query.probes());
        let is_candidate = |row: &spi::Row<'_>| -> SpiResult<bool> {
            let Some(probes) = &probes else { return Ok(true) };
            let ngrams = row.get::<Vec<Option<i32>>>(3)?;
            Ok(ngrams.is_some_and(|ngrams| probes.are_met_by(ngrams.into_iter().flatten())))
        };
        let (mut verified, mut read) = (0, 0);
        loop {
            interrupts::check();
            let fetched = spi::fetch(&mut rows, BATCH as i64, |row| {
                let Some(hash) = row.bytes(1)? else { return Ok(()) };
                if let Some((seen, _)) = &mut bound
                    && !seen.insert(hash.to_vec())
                {
                    return Ok(());
                }
                verified += 1;
                if is_candidate(row)?
                    && let Some(lines) = row.bytes(2)?
                    && let Some(place) = query.find(lines)
                {
                    found.push((hash.to_vec(), place));
                }
                Ok(())
            })?
            .len();
            read += fetched;
            // A short query can match every piece of a library; memory must stay bounded.
            if found.len() > 4 * MAX_RESULTS as usize {
                keep_best(found, 2 * MAX_RESULTS as usize);
            }
            if fetched < BATCH || bound.as_ref().is_some_and(|(_, most)| verified >= *most) {
                return Ok(read);
            }
        }
    }

    /// The files of the contents found, best match first.
    fn hits(&mut self) -> SpiResult<Vec<Hit>> {
        keep_best(&mut self.found, usize::MAX);
        let hashes: Vec<&[u8]> = self.found.iter().map(|(hash, _)| &hash[..]).collect();
        let path = path_of(self.schema, c"midi_files", "f.path");
        let sql = fill(FILES, &[("path", path), ("schema", self.schema.quoted())]);
        // One more tells whether there are more, as far as it has looked.
        let arguments = [hashes.into(), (self.results as i64 + 1).into()];
        let hits = spi::select(self.client, &sql, None, &arguments, |row| {
            let place = row.get::<i64>(1)?.and_then(|place| self.found.get(place as usize - 1));
            let (file, path) = (row.get::<i64>(2)?, row.get::<String>(3)?);
            Ok(file.zip(place).map(|(file_id, &(_, found))| Hit { file_id, path, found }))
        })?;
        Ok(hits.into_iter().flatten().collect())
    }
}

/// Sorts by score, and at the same score the melody before other lines; keeps the first `most`.
fn keep_best(found: &mut Vec<(Vec<u8>, MelodyMatch)>, most: usize) {
    found.sort_unstable_by(|(a_hash, a), (b_hash, b)| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then(a.line.cmp(&b.line)).then_with(|| a_hash.cmp(b_hash))
    });
    found.truncate(most);
}

/// An array in the text format of PostgreSQL.
fn literal(codes: &[i32]) -> String {
    let codes: Vec<String> = codes.iter().map(i32::to_string).collect();
    format!("{{{}}}", codes.join(","))
}
