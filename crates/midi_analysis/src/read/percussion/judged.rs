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
use crate::read::percussion::patterns::is_percussion;
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

/// Marks the parts in doubt that are drums. The notes are in the
/// order of their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn mark(
    notes: &mut [Note],
    ports: u16,
    evidence: &Evidence<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let count = notes.len();
    let (mut found, mut pieces) = (false, 0);
    let mut rest = &mut *notes;
    while !rest.is_empty() {
        let (track, after) = rest.split_at_mut(first_track(rest, ports));
        rest = after;
        let channels = Channels::of(track, interrupted)?;
        for channel in channels.in_doubt() {
            check(interrupted)?;
            let part = channels.part(track, channel);
            let played = Played::of(part.notes(), evidence.quarter);
            let company = Company {
                track: track[0].track,
                is_alone: played.notes as usize == count,
                is_percussive: channels.percussive >> channel & 1 == 1,
            };
            if is_drums(&part, &played, company, evidence) {
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
    Ok(())
}

/// How many notes the first track has on its first port.
fn first_track(notes: &[Note], ports: u16) -> usize {
    let Some(&Note { track, port, .. }) = notes.first() else { return 0 };
    let end = notes.partition_point(|note| note.track <= track);
    match ports {
        1 => end,
        _ => notes[..end].iter().position(|note| note.port != port).unwrap_or(end),
    }
}

/// The channels of a track, a bit each.
#[derive(Default)]
struct Channels {
    playing: u16,
    /// With notes of which the file says what plays them.
    settled: u16,
    /// With programs of percussion.
    percussive: u16,
}

impl Channels {
    fn of(track: &[Note], interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let mut channels = Self::default();
        let mut last = u32::MAX;
        for notes in track.chunks(BETWEEN_CHECKS) {
            check(interrupted)?;
            for note in notes {
                let setup = u32::from_le_bytes([note.channel, note.program, note.drum.into(), 0]);
                if setup != last {
                    channels.add(note);
                    last = setup;
                }
            }
        }
        Ok(channels)
    }

    fn add(&mut self, note: &Note) {
        let percussive = note.program >= PERCUSSIVE && !PITCHED.contains(&note.program);
        let settled = note.drum || note.program != 0 && !percussive;
        self.playing |= 1 << note.channel;
        self.settled |= u16::from(settled) << note.channel;
        self.percussive |= u16::from(percussive) << note.channel;
    }

    fn in_doubt(&self) -> impl Iterator<Item = u8> + use<> {
        let set = self.playing & !self.settled;
        (0..16).filter(move |channel| set >> channel & 1 == 1)
    }

    fn part<'n>(&self, track: &'n [Note], channel: u8) -> Part<'n> {
        if self.playing.is_power_of_two() {
            return Part::of_notes(track);
        }
        Part::of_channel(track, channel)
    }
}

/// What is known of a part besides its notes.
#[derive(Clone, Copy)]
struct Company {
    track: u16,
    /// Whether nothing else plays in the file.
    is_alone: bool,
    /// Whether it has a program of percussion.
    is_percussive: bool,
}

fn mark_channel(track: &mut [Note], channel: u8) {
    let notes = track.iter_mut().filter(|note| note.channel == channel);
    notes.for_each(|note| note.drum = true);
}

fn is_drums(
    part: &Part<'_>,
    played: &Played,
    Company { track, is_alone, is_percussive }: Company,
    evidence: &Evidence<'_>,
) -> bool {
    if kit::is_kit(part, played, evidence.quarter) {
        return true;
    }
    if is_percussive {
        // Woodblocks, taikos or reverse cymbals: an instrument of its own, unless it is named for drums.
        return named::is_usual(played) && evidence.said_of_track(track) == Said::Drums;
    }
    let plays_drums = match is_alone {
        true => alone::is_drums(part, played, evidence.quarter),
        false => is_percussion(part, played, evidence.quarter),
    };
    // Names are read where they can decide.
    let may_be_named =
        named::fits(Said::Piece, played) || is_alone && named::fits(Said::Perhaps, played);
    if !plays_drums && !may_be_named {
        return false;
    }
    let mut said = evidence.said_of_track(track);
    if is_alone && said < Said::Piece {
        said = said.max(words::said_of_file(evidence.file));
    }
    named::fits(said, played) || plays_drums && said != Said::Pitched
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
