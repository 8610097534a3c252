//! Brings files into the library, batch by batch: `source` lists them, `pipeline` reads, analyzes
//! and writes them, `vanished` finds what is no more.

mod batch;
mod content;
mod exclusion;
mod opened;
mod outcome;
mod pipeline;
mod place;
mod pool;
mod progress;
mod rows;
mod source;
mod statements;
mod store;
mod vanished;

pub(crate) use content::import_content;
pub(crate) use exclusion::{hold_off_all, hold_off_direct};
pub(crate) use opened::{Batch, OpenArchive, Opener};
pub(crate) use outcome::{Counts, Outcome, Trouble};
pub(crate) use pipeline::Pipeline;
pub(crate) use place::Place;
pub(crate) use pool::{Pool, with_pool};
pub(crate) use source::{Candidate, Fate, Found, Walk};
pub(crate) use store::Store;
pub(crate) use vanished::Seen;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::files::{FileError, Located};
use crate::pg::caller::Schema;
use crate::pg::memory::BatchContext;
use crate::{analysis_row, error, settings};
use progress::Progress;

/// What an import did, and in how many seconds.
pub(crate) struct Summary {
    pub(crate) counts: Counts,
    pub(crate) seconds: f64,
}

/// Imports a file, or every MIDI file below a directory, into the library in `schema`, within the
/// transaction of the caller.
///
/// # Errors
/// Only for what concerns the import as a whole, such as a missing privilege; the trouble of one
/// file is recorded with the file. `source_error` makes the error for a source that cannot be
/// listed.
pub(crate) fn import_tree(
    source: Located,
    schema: &Schema,
    source_error: impl FnOnce(&FileError) -> ErrorReport,
) -> Result<Summary, ErrorReport> {
    let mut progress = Progress::start();
    let limits = settings::limits();
    let mut walk = Walk::new(source, limits.max_bytes).map_err(|trouble| source_error(&trouble))?;
    let analysis = analysis_row::row_type(schema.row_descriptor(c"midi_analysis"))?;
    Spi::connect_mut(|client| {
        hold_off_all();
        let store = Store::prepare(client, schema, analysis, None).map_err(error::statement)?;
        with_pool(settings::threads(), |pool| {
            let opener = Opener {
                directory: walk.directory(),
                limits: settings::archive_limits(),
                batch_size: settings::batch_size(),
            };
            let mut pipeline = Pipeline::new(pool, walk.directory(), limits);
            let mut archive: Option<OpenArchive> = None;
            let mut memory = BatchContext::new();
            let mut counts = Counts::default();
            let mut seen = Seen::default();
            loop {
                let found = match &mut archive {
                    Some(open) => {
                        let members = open.next(client, &store).map_err(error::statement)?;
                        counts.vanished += members.vanished;
                        if members.is_last {
                            archive = None;
                        }
                        members.found
                    }
                    None => {
                        let found = walk.next_batch(opener.batch_size);
                        seen.add_all(&found);
                        match opener.look(client, &store, found, 0).map_err(error::statement)? {
                            Batch::Files(found) => found,
                            Batch::Unchanged(unchanged) => {
                                counts += unchanged;
                                continue;
                            }
                            Batch::Archive(open) => {
                                archive = Some(open);
                                continue;
                            }
                        }
                    }
                };
                if found.is_empty() && pipeline.is_empty() {
                    break;
                }
                let written = memory
                    .run(|| pipeline.step(client, &store, found))
                    .map_err(error::statement)?;
                if let Some(written) = written {
                    counts += written;
                    progress.tell(&counts);
                }
            }
            if let Some((top, unread)) = walk.walked() {
                counts.vanished += memory
                    .run(|| seen.mark_others(client, &store, &top, &unread))
                    .map_err(error::statement)?;
            }
            Ok(Summary { counts, seconds: progress.seconds() })
        })
    })
}
