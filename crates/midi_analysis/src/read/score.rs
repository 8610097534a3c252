//! The tracks of a standard MIDI file -> one [`Score`].
//!
//! Tracks of a format 2 file, which are independent patterns, follow one another in time.

use crate::error::Error;
use crate::model::score::Score;
use crate::model::source::Source;
use crate::options::Options;
use crate::read::builder::Builder;
use crate::read::repair::{Fault, Repairs};
use crate::read::smf::Chunks;
use crate::read::text::decoder::TEXTS_BETWEEN_CHECKS;
use crate::read::xf;

/// Reads every track of a file. `repairs` are those that finding the file took; all of them are
/// given back.
///
/// # Errors
/// More events than `options` allow, out of memory, or `interrupted`.
pub(crate) fn read<'a>(
    source: &Source<'a>,
    options: &Options<'_>,
    mut repairs: Repairs,
) -> Result<(Score<'a>, Repairs), Error> {
    let mut chunks = Chunks::new(source, &mut repairs);
    let mut builder = Builder::new(source.bytes(), chunks.header(), options, repairs)?;
    while let Some(track) = chunks.next_track(&mut builder.repairs) {
        if builder.is_full() {
            builder.repairs.note(Fault::TooManyTracks, track.offset);
            break;
        }
        builder.read_track(&track, &mut chunks)?;
    }
    for (kind, text) in source.texts() {
        builder.container_text(kind, text)?;
    }
    let words = xf::texts(chunks.xf()).take(builder.events_left());
    for (at, (kind, tick, text)) in words.enumerate() {
        if at % TEXTS_BETWEEN_CHECKS == 0 {
            options.check()?;
        }
        builder.text(kind, tick, text)?;
    }
    builder.finish(source.clone())
}
