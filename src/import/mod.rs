//! Brings files into the library, batch by batch: `listing` lists them, `archives` opens what holds
//! others, `pipeline` reads, analyzes and writes them, `vanished` finds what is no more.

mod archives;
mod batch;
mod content;
mod foreign_code;
mod listing;
mod members;
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
mod walk;

pub(crate) use archives::{OpenArchives, Opener};
pub(crate) use content::import_content;
pub(crate) use listing::Listing;
pub(crate) use outcome::{Counts, Outcome, Problem};
pub(crate) use pipeline::Pipeline;
pub(crate) use place::Place;
pub(crate) use pool::Pool;
pub(crate) use source::{Candidate, Fate, Found};
pub(crate) use store::Store;
pub(crate) use vanished::Seen;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use crate::files::{FileError, Located};
use crate::pg::caller::Schema;
use crate::pg::lock;
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
/// Only for what concerns the import as a whole, such as a missing privilege; the problem of one
/// file is recorded with the file. `source_error` makes the error for a source that cannot be
/// listed.
pub(crate) fn import_tree(
    source: Located,
    schema: &Schema,
    source_error: impl Fn(&FileError) -> ErrorReport,
) -> Result<Summary, ErrorReport> {
    let mut progress = Progress::start();
    let analysis = analysis_row::row_type(schema.row_descriptor(c"midi_analysis"))?;
    Spi::connect_mut(|client| {
        lock::hold_off_all_imports();
        let store = Store::prepare(client, schema, analysis, None).map_err(error::statement)?;
        let mut import = Import::start(source)?;
        let pool = Pool::new(settings::threads())?;
        let mut pipeline = Pipeline::new(&pool, import.listing.directory(), settings::limits());
        let mut memory = BatchContext::new();
        loop {
            let found = memory.run(|| import.next(client, &store, &source_error))?;
            if found.is_empty() && pipeline.is_empty() {
                break;
            }
            let step = || pipeline.step(client, &store, found);
            if let Some(written) = memory.run(step).map_err(error::statement)? {
                import.counts += written;
                progress.tell(&import.counts);
            }
        }
        let Import { listing, seen, mut counts, .. } = import;
        if let Some((top, unread)) = listing.walked() {
            counts.vanished += memory
                .run(|| seen.mark_others(client, &store, &top, &unread))
                .map_err(error::statement)?;
        }
        Ok(Summary { counts, seconds: progress.seconds() })
    })
}

/// A direct import: where its files come from, and what became of them.
struct Import {
    listing: Listing,
    opener: Opener,
    archives: Option<OpenArchives>,
    seen: Seen,
    counts: Counts,
}

impl Import {
    fn start(source: Located) -> Result<Self, ErrorReport> {
        let (limits, batch_size) = (settings::limits(), settings::batch_size());
        let listing = Listing::start(source, limits.max_bytes, batch_size)?;
        let directory = listing.directory();
        let opener = Opener { directory, limits: settings::archive_limits(), batch_size };
        let (archives, seen, counts) = (None, Seen::default(), Counts::default());
        Ok(Self { listing, opener, archives, seen, counts })
    }

    /// The next files, or members of the archives that were among the last ones; none at the end.
    fn next<'conn>(
        &mut self,
        client: &mut SpiClient<'conn>,
        store: &Store<'conn>,
        source_error: impl Fn(&FileError) -> ErrorReport,
    ) -> Result<Vec<Found>, ErrorReport> {
        while self.archives.is_none() {
            let mut found = self.listing.next_batch().map_err(|problem| source_error(&problem))?;
            if found.is_empty() {
                break;
            }
            found.retain(|file| self.seen.add(&file.place));
            self.archives = self.opener.open(client, store, &mut found, 0)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let Some(archives) = &mut self.archives else { return Ok(Vec::new()) };
        let members = archives.next(client, store).map_err(error::statement)?;
        self.counts.vanished += members.vanished;
        if members.is_last {
            self.archives = None;
        }
        Ok(members.found)
    }
}
