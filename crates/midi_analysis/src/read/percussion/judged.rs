//! Parts that are judged to be drums: by what they play, and by names where that leaves it open.
//!
//! A part is what one channel plays on one track and port. It is in doubt where the file declares nothing of it:
//! it is not on a drum channel, and its program is unset, 0, or one of percussion. Players know no
//! better than to play it on a piano. A part that is mistaken for drums loses its key and its chords, so
//! the rules are those that no pitched part of the annotated collections follows.

use crate::error::{Error, check};
use crate::model::note::Note;
use crate::read::percussion::alone;
use crate::read::percussion::evidence::Evidence;
use crate::read::percussion::kit::{self, CORE, Played};
use crate::read::percussion::named;
use crate::read::percussion::part::Part;
use crate::read::percussion::words::{self, Said};
use crate::room;

/// First General MIDI program of the percussive family, and the two of it that play pitches: Tinkle
/// Bell and Steel Drums. Program 0 may be a default.
const PERCUSSIVE: u8 = 112;
const PITCHED: [u8; 2] = [112, 114];
/// The most pitches of a part that is one piece of a kit, and the most notes of all such parts.
const ONE_PIECE: u32 = 3;
const MOST_POOLED: usize = 1 << 16;
/// Notes between two questions whether to stop.
const BETWEEN_CHECKS: usize = 1 << 16;

/// Marks the parts in doubt that are drums, and returns whether there are any. The notes are in the
/// order of their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn mark(
    notes: &mut [Note],
    evidence: &Evidence<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    let count = notes.len();
    let (mut found, mut pieces) = (false, 0);
    for track in notes.chunk_by_mut(|a, b| (a.track, a.port) == (b.track, b.port)) {
        for channel in channels(open_channels(track, interrupted)?) {
            check(interrupted)?;
            let part = Part::of_channel(track, channel);
            let played = Played::of(part.notes(), evidence.quarter);
            let is_alone = played.notes as usize == count;
            if is_drums(&part, &played, is_alone, track[0].track, evidence) {
                mark_channel(track, channel);
                found = true;
            } else if played.variety() <= ONE_PIECE && played.pitches & !CORE == 0 {
                pieces += played.notes as usize;
            }
        }
    }
    // Tracks of their own for kick, snare and hat, and nothing else.
    if !found && pieces == count && count <= MOST_POOLED {
        found = is_kit_in_pieces(notes, evidence)?;
        notes.iter_mut().filter(|_| found).for_each(|note| note.drum = true);
    }
    Ok(found)
}

/// The channels of a track that are in doubt, a bit each.
fn open_channels(track: &[Note], interrupted: &dyn Fn() -> bool) -> Result<u16, Error> {
    let (mut playing, mut settled) = (0_u16, 0_u16);
    for notes in track.chunks(BETWEEN_CHECKS) {
        check(interrupted)?;
        for note in notes {
            let unset =
                note.program == 0 || note.program >= PERCUSSIVE && !PITCHED.contains(&note.program);
            playing |= 1 << note.channel;
            settled |= u16::from(note.drum || !unset) << note.channel;
        }
    }
    Ok(playing & !settled)
}

fn channels(set: u16) -> impl Iterator<Item = u8> {
    (0..16).filter(move |channel| set >> channel & 1 == 1)
}

fn mark_channel(track: &mut [Note], channel: u8) {
    let notes = track.iter_mut().filter(|note| note.channel == channel);
    notes.for_each(|note| note.drum = true);
}

fn is_drums(
    part: &Part<'_>,
    played: &Played,
    is_alone: bool,
    track: u16,
    evidence: &Evidence<'_>,
) -> bool {
    if kit::is_kit(part, played, evidence.quarter) {
        return true;
    }
    if part.notes().any(|note| note.program != 0) {
        // Woodblocks, taikos or reverse cymbals: an instrument of its own, unless it is named for drums.
        return named::is_usual(played) && evidence.said_of_track(track) == Said::Drums;
    }
    // Names are read where they can decide.
    let is_open = named::fits(Said::Piece, played);
    if !is_open && !is_alone {
        return false;
    }
    let mut said = evidence.said_of_track(track);
    if is_alone && said < Said::Piece {
        said = said.max(words::said_of_file(evidence.file));
    }
    named::fits(said, played)
        || is_alone && said != Said::Pitched && alone::is_drums(part, played, evidence.quarter)
}

/// Whether all notes of a file make a kit together.
fn is_kit_in_pieces(notes: &[Note], evidence: &Evidence<'_>) -> Result<bool, Error> {
    let mut together = room::gathered(notes.iter().copied())?;
    room::sort_by_key(&mut together, |note| note.start)?;
    let part = Part::of_notes(&together);
    let played = Played::of(part.notes(), evidence.quarter);
    let said = words::said_of_file(evidence.file);
    Ok(said != Said::Pitched
        && (named::fits(said, &played) || alone::is_drums(&part, &played, evidence.quarter)))
}
