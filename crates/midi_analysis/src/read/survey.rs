//! Reads tracks for nothing but the faults that reading them meets.

use crate::error::Error;
use crate::options::Options;
use crate::read::reader::Reader;
use crate::read::repair::Repairs;
use crate::read::smf::{Chunks, Track};

/// Events between two questions whether to stop.
const EVENTS_BETWEEN_CHECKS: usize = 8_192;

/// Reads a track to its end, notes what that takes in `repairs`, and gives the number of its events.
///
/// # Errors
/// `interrupted`.
pub(crate) fn survey<'a>(
    track: &Track<'a>,
    chunks: &mut Chunks<'a>,
    repairs: &mut Repairs,
    options: &Options<'_>,
) -> Result<usize, Error> {
    options.check()?;
    let mut reader = Reader::new(track, 0);
    let mut events = 0_usize;
    while reader.next(repairs).is_some() {
        events += 1;
        if events.is_multiple_of(EVENTS_BETWEEN_CHECKS) {
            options.check()?;
        }
    }
    reader.finish(track, chunks, repairs);
    Ok(events)
}
