//! The import of one piece whose content the client sends.

use midi_analysis::{Options, Piece};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::hash::sha256;
use super::location::Location;
use super::outcome::{Counts, Outcome};
use super::problem::Problem;
use super::progress::Progress;
use super::rows::FileRow;
use super::store::Store;
use super::summary::Summary;
use crate::music::Music;
use crate::pg::caller::Schema;
use crate::pg::{interrupts, lock};
use crate::settings::Extent;
use crate::{error, settings};

/// Imports `content` under `name`, which is stored as `midi_files.path`, and stores as much of it as `extent` says.
///
/// # Errors
/// Those of the statements, such as a missing privilege. Content that cannot be analyzed is recorded as
/// failed, as in any other import.
pub(crate) fn import_content(
    name: &str,
    content: &[u8],
    extent: Extent,
    schema: &Schema,
) -> Result<Summary, ErrorReport> {
    let progress = Progress::start();
    let outcome = Spi::connect_mut(|client| {
        // What it finds in the library must stay until its path is written.
        lock::hold_off_prunes();
        let store = Store::prepare(client, schema, extent, None)?;
        import(client, &store, name, content).map_err(error::statement)
    })?;
    let mut counts = Counts::default();
    counts += outcome;
    Ok(Summary { counts, seconds: progress.seconds() })
}

fn import<'conn>(
    client: &mut SpiClient<'conn>,
    store: &Store<'conn>,
    name: &str,
    content: &[u8],
) -> SpiResult<Outcome> {
    let hash = sha256(content);
    let known = store.known(client, &[sha256(name.as_bytes())])?.into_values().next();
    let is_known = known
        .is_some_and(|known| known.has_music && known.is_in_library() && known.hash == Some(hash));
    let (outcome, problem) = if is_known {
        (Outcome::Unchanged, None)
    } else if store.contents(client, &[hash])?.contains(&hash) {
        (Outcome::Duplicate, None)
    } else {
        let options =
            Options::default().limits(settings::limits()).interrupted(&interrupts::poll).name(name);
        let with_parts = store.with_parts(client, &[hash])?.contains(&hash);
        let described = Piece::read(content, &options)
            .and_then(|piece| Music::of(&piece, store.extent.depth, with_parts));
        match described {
            Ok(music) => {
                store.put_music(client, &mut [(hash, music)])?;
                (Outcome::Imported, None)
            }
            Err(error) => (Outcome::Failed, Some(Problem::from(&error))),
        }
    };
    if problem.is_none() && store.extent.keep.applies_to(false) {
        store.put_contents(client, std::iter::once((&hash, content)))?;
    }
    if is_known {
        return Ok(outcome);
    }
    let row = FileRow {
        location: Location::file(name.to_owned()),
        size: i64::try_from(content.len()).ok(),
        modified: None,
        hash: Some(hash),
        state: outcome.state(),
        imported: problem.is_none(),
        problem,
    };
    store.put_files(client, &mut [row])?;
    Ok(outcome)
}
