//! One piece from a client that has no server files.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiResult;

use super::outcome::{Outcome, Problem};
use super::place::Place;
use super::progress::Progress;
use super::rows::FileRow;
use super::store::{Store, sha256};
use super::{Counts, Summary};
use crate::pg::caller::Schema;
use crate::pg::interrupts;
use crate::{analysis_row, error, settings};

/// Imports `content` under `name`, which stands in `midi_files.path`.
///
/// # Errors
/// Those of the statements, such as a missing privilege. Content that cannot be analyzed is
/// recorded, as in any other import.
pub(crate) fn import_content(
    name: &str,
    content: &[u8],
    schema: &Schema,
) -> Result<Summary, ErrorReport> {
    let progress = Progress::start();
    let analysis = analysis_row::row_type(schema.row_descriptor(c"midi_analysis"))?;
    let outcome = Spi::connect_mut(|client| -> SpiResult<Outcome> {
        let store = Store::prepare(client, schema, analysis, None)?;
        let hash = sha256(content);
        let known = store.known(client, &[sha256(name.as_bytes())])?.into_values().next();
        if known.is_some_and(|known| {
            known.has_music && known.is_in_library() && known.hash == Some(hash)
        }) {
            return Ok(Outcome::Unchanged);
        }
        let (outcome, problem) = if store.contents(client, &[hash])?.contains(&hash) {
            (Outcome::Duplicate, None)
        } else {
            match midi_analysis::analyze(content, &settings::limits(), &interrupts::poll) {
                Ok(analysis) => {
                    store.put_music(client, &mut [(hash, analysis)])?;
                    (Outcome::Imported, None)
                }
                Err(error) => (Outcome::Failed, Some(Problem::from(&error))),
            }
        };
        let row = FileRow {
            place: Place::file(name.to_owned()),
            size: i64::try_from(content.len()).ok(),
            modified: None,
            hash: Some(hash),
            state: outcome.state(),
            imported: problem.is_none(),
            problem,
        };
        store.put_files(client, &mut [row])?;
        Ok(outcome)
    })
    .map_err(error::statement)?;
    let mut counts = Counts::default();
    counts += outcome;
    Ok(Summary { counts, seconds: progress.seconds() })
}
