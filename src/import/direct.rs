//! The import of a file or directory within the transaction of the caller.

use std::ops::ControlFlow;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

use super::decision::Admits;
use super::driver::Driver;
use super::file_list::{FileList, FileLists, Position};
use super::listing::Listing;
use super::outcome::Counts;
use super::pool::Pool;
use super::portion::Portion;
use super::progress::Progress;
use super::recorded::Recorded;
use super::store::Store;
use super::summary::Summary;
use crate::files::{FileError, Located};
use crate::pg::caller::Schema;
use crate::pg::lock;
use crate::{distribution, error, settings};

/// Imports a file, or every MIDI file below a directory, into the library in `schema`.
///
/// # Errors
/// Only those that concern the import as a whole, such as a missing privilege. The problem of a single
/// file is recorded for the file. `source_error` makes the error of a source that cannot be listed.
pub(crate) fn import_source(
    source: Located,
    schema: &Schema,
    source_error: impl Fn(&FileError) -> ErrorReport,
) -> Result<Summary, ErrorReport> {
    let mut progress = Progress::start();
    Spi::connect_mut(|client| {
        lock::hold_off_all_imports();
        distribution::hold_off_other_nodes(client, schema)?;
        let store = Store::prepare(client, schema, settings::extent(), None)?;
        let (max_bytes, batch_size) = (settings::limits().max_bytes, settings::batch_size());
        let listing = Listing::start(source, max_bytes, batch_size)?;
        let pool = Pool::new(settings::threads())?;
        let mut driver = Driver::new(&pool, listing.directory(), Admits::Any);
        let recorded = match listing.top() {
            Some(top) => {
                Recorded::read(client, &store, &top, Portion::ALL).map_err(error::statement)?
            }
            None => Recorded::nothing(Portion::ALL),
        };
        let mut lists = Lists { listing, recorded, last: 0, source_error };
        let mut counts = Counts::default();
        loop {
            let step = driver.step(client, &store, &mut lists)?;
            let ControlFlow::Continue(step) = step else { break };
            counts += step.counts();
            if step.written.is_some() {
                progress.report(&counts);
            }
        }
        let Lists { listing, recorded, .. } = lists;
        counts.vanished +=
            recorded.mark_vanished(client, &store, &listing.unread()).map_err(error::statement)?;
        Ok(Summary { counts, seconds: progress.seconds() })
    })
}

/// The file lists of a direct import: the batches of the listing.
struct Lists<E> {
    listing: Listing,
    /// What the library has, compared with the files listed so far.
    recorded: Recorded,
    /// The number of the last list.
    last: i64,
    source_error: E,
}

impl<E: Fn(&FileError) -> ErrorReport> FileLists for Lists<E> {
    fn next(&mut self, _client: &mut SpiClient<'_>) -> Result<Option<FileList>, ErrorReport> {
        loop {
            let mut entries =
                self.listing.next_batch().map_err(|problem| (self.source_error)(&problem))?;
            if entries.is_empty() {
                return Ok(None);
            }
            self.recorded.compare(&mut entries);
            if !entries.is_empty() {
                self.last += 1;
                return Ok(Some(FileList { entries, start: Position::start_of(self.last) }));
            }
        }
    }
}
