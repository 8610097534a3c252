//! Music found by what sounds in it: candidates by index, verified by the core, with their paths.

use std::collections::HashMap;

use midi_analysis::{Found, Loose, MelodyQuery};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiResult;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::interrupts;
use crate::pg::spi::read_rows;

/// Rows that are verified at most: so many that have every n-gram, then so many that have some.
const MOST_CANDIDATES: usize = 2_000;
const MOST_RESULTS: i32 = 1_000;

const CANDIDATES: &str = "
    SELECT content_hash, melody_lines FROM @schema@.musical_metadata WHERE @condition@ LIMIT @limit@";

const FILES: &str = "
    SELECT u.place, f.id, f.path
    FROM unnest($1::bytea[]) WITH ORDINALITY AS u (content_hash, place)
    JOIN @schema@.midi_files f ON f.content_hash OPERATOR(pg_catalog.=) u.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
    ORDER BY u.place, f.id
    LIMIT $2";

/// A file in which the melody is.
pub(crate) struct Hit {
    pub(crate) file_id: i64,
    pub(crate) path: String,
    pub(crate) found: Found,
}

/// The files that have the melody, best first.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` for a number of results that is none.
pub(crate) fn find_melody(
    query: &MelodyQuery,
    max_results: i32,
    schema: &Schema,
) -> Result<Vec<Hit>, ErrorReport> {
    if !(0..=MOST_RESULTS).contains(&max_results) {
        return Err(error::max_results(max_results, MOST_RESULTS));
    }
    Spi::connect(|client| -> SpiResult<Vec<Hit>> {
        let mut found: HashMap<Vec<u8>, Found> = HashMap::new();
        let mut verify = |condition: &str, arguments: &[DatumWithOid<'_>]| -> SpiResult<()> {
            let sql = CANDIDATES
                .replace("@schema@", schema.quoted())
                .replace("@condition@", condition)
                .replace("@limit@", &MOST_CANDIDATES.to_string());
            read_rows(client.select(sql.as_str(), None, arguments)?, |row| {
                interrupts::check();
                if let (Some(hash), Some(lines)) = (row.get::<&[u8]>(1)?, row.get::<&[u8]>(2)?)
                    && let Some(place) = query.find(lines)
                {
                    found.insert(hash.to_vec(), place);
                }
                Ok(())
            })?;
            Ok(())
        };
        verify("melody_ngrams OPERATOR(pg_catalog.@>) $1", &[query.ngrams().into()])?;
        match query.loose() {
            Loose::AnyOf(codes) => {
                verify("melody_ngrams OPERATOR(pg_catalog.&&) $1", &[codes.into()])?;
            }
            Loose::AllOf(parts) => {
                let has = |part| format!("melody_ngrams OPERATOR(pg_catalog.@>) ${part}");
                let condition: Vec<_> = (1..=parts.len()).map(has).collect();
                let arguments: Vec<_> = parts.into_iter().map(DatumWithOid::from).collect();
                verify(&condition.join(" OR "), &arguments)?;
            }
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_unstable_by(|(a_hash, a), (b_hash, b)| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then(a.line.cmp(&b.line)).then_with(|| a_hash.cmp(b_hash))
        });
        let hashes: Vec<&[u8]> = found.iter().map(|(hash, _)| &hash[..]).collect();
        let sql = FILES.replace("@schema@", schema.quoted());
        let arguments = [hashes.into(), i64::from(max_results).into()];
        let rows = read_rows(client.select(sql.as_str(), None, &arguments)?, |row| {
            let place = row.get::<i64>(1)?.and_then(|place| found.get(place as usize - 1));
            let file = row.get::<i64>(2)?.zip(row.get::<String>(3)?);
            Ok(file.zip(place).map(|((file_id, path), (_, found))| Hit {
                file_id,
                path,
                found: *found,
            }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    })
    .map_err(error::statement)
}
