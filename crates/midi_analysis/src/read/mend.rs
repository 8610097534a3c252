//! Mends tracks in which reading lost its step: a byte was changed, lost or inserted.
//!
//! Where events keep the status byte of the one before, such a fault shifts the bytes of all events up to
//! the next status byte, and it shows only there, long after many false notes. So a track that shows one is
//! [aligned](alignment) anew as a whole, and written without the bytes that form no event: the file is then
//! read as any other. Sound files are never looked at.

mod alignment;
mod event;

use crate::error::Error;
use crate::model::source::Source;
use crate::options::Options;
use crate::read::container;
use crate::read::repair::{Fault, Repairs};
use crate::read::smf::{Chunks, Track};
use crate::read::survey::survey;
use crate::room;

/// The most bytes of a track that is mended, each of which takes a place of the alignment, and of all
/// tracks of a file that are.
const LONGEST_TRACK: usize = 1 << 19;
const MOST_BYTES: usize = 1 << 22;
/// Values over 127 in a track that may be damage, or a smaller share of its events than one in so many.
const FEW_VALUES: usize = 16;
const USUAL_SHARE: usize = 8;
/// Bytes of the length of a chunk, before its content.
const LENGTH_FIELD: usize = 4;

/// A file with its tracks mended.
pub(crate) struct Mended {
    pub(crate) source: Source<'static>,
    /// What was left out, at its place in the file as it was.
    pub(crate) repairs: Repairs,
}

/// A file with its tracks mended; `None` where nothing had to be left out.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn mended(source: &Source<'_>, options: &Options<'_>) -> Result<Option<Mended>, Error> {
    let bytes = source.bytes();
    let mut chunks = Chunks::new(source, &mut Repairs::default());
    let mut repairs = Repairs::default();
    let mut written = Vec::new();
    let (mut copied, mut aligned) = (0, 0);
    while let Some(track) = chunks.next_track(&mut Repairs::default()) {
        let lost_step = lost_step(&track, &mut chunks, options)?;
        let events = events(&track);
        let most = LONGEST_TRACK.min(MOST_BYTES - aligned);
        if !lost_step || events.len() > most || track.offset < copied + LENGTH_FIELD {
            continue;
        }
        aligned += events.len();
        let ends_there = track.length_trusted && events.len() == track.bytes.len();
        let Some(mended) = alignment::aligned(events, ends_there, options)? else { continue };
        for gap in &mended.gaps {
            repairs.note(Fault::UnreadableBytes, track.offset + gap);
        }
        if !track.length_trusted {
            repairs.note(Fault::TrackLength, track.offset - LENGTH_FIELD);
        }
        let header_end = track.offset - LENGTH_FIELD;
        room::reserve(&mut written, header_end - copied + LENGTH_FIELD + mended.bytes.len())?;
        written.extend_from_slice(&bytes[copied..header_end]);
        written.extend_from_slice(&(mended.bytes.len() as u32).to_be_bytes());
        written.extend_from_slice(&mended.bytes);
        copied = track.offset + events.len();
    }
    if copied == 0 {
        return Ok(None);
    }
    room::reserve(&mut written, bytes.len() - copied)?;
    written.extend_from_slice(&bytes[copied..]);
    Ok(Some(Mended { source: source.with_changed_smf(written), repairs }))
}

/// The bytes of a track up to the next one, which a wrong length may include.
fn events<'a>(track: &Track<'a>) -> &'a [u8] {
    match container::find(track.bytes, b"MTrk") {
        Some(next) => &track.bytes[..next],
        None => track.bytes,
    }
}

/// Whether reading a track loses its step. Some programs write values over 127 throughout, which is a
/// fault of another kind.
fn lost_step<'a>(
    track: &Track<'a>,
    chunks: &mut Chunks<'a>,
    options: &Options<'_>,
) -> Result<bool, Error> {
    let mut repairs = Repairs::default();
    let events = survey(track, chunks, &mut repairs, options)?;
    let over_127 = repairs.count(Fault::DataByteOver127);
    Ok(repairs.lost_step() && (over_127 < FEW_VALUES || over_127 < events / USUAL_SHARE))
}
