//! Which note of the piece an event begins, ends or presses.
//!
//! A piece lists its notes by time, a file its events by track. Of one track, channel and pitch, the order is the same in
//! both.

use super::channel::{ChannelKind, ChannelMessage};
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Pitches of all channels.
const SLOTS: usize = 16 * 128;

/// The notes of a piece, by track, channel and pitch.
pub(super) struct NotesOfTracks<'s> {
    notes: &'s [Note],
    /// Indices of notes: by track, channel and pitch, and those of one in the order of time.
    order: Vec<u32>,
}

impl<'s> NotesOfTracks<'s> {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(score: &'s Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let notes = &score.notes[..];
        let mut order = room::gathered(0..notes.len() as u32)?;
        check(interrupted)?;
        room::sort_by_key(&mut order, |&index| {
            let note = &notes[index as usize];
            (note.track, slot(note.channel, note.pitch))
        })?;
        check(interrupted)?;
        Ok(Self { notes, order })
    }

    /// The notes of a track, none of which has begun yet.
    pub(super) fn of_track(&self, track: usize) -> Result<Sounding<'_>, NoRoom> {
        let track_of = |&index: &u32| usize::from(self.notes[index as usize].track);
        let start = self.order.partition_point(|index| track_of(index) < track);
        let rest = &self.order[start..];
        let of_track = &rest[..rest.partition_point(|index| track_of(index) == track)];
        let mut sounding = Sounding {
            order: of_track,
            notes: self.notes,
            next: room::filled(Next::default(), SLOTS)?,
            of_channels: [None; 16],
        };
        for (at, &index) in (0..).zip(of_track) {
            let note = &self.notes[index as usize];
            let next = &mut sounding.next[slot(note.channel, note.pitch)];
            if next.until == 0 {
                *next = Next { first: at, begins: at, ends: at, until: at };
            }
            next.until = at + 1;
            let earliest = &mut sounding.of_channels[usize::from(note.channel & 0xf)];
            *earliest = Some(earliest.map_or(index, |before| before.min(index)));
        }
        Ok(sounding)
    }
}

/// Of one channel and pitch, places in the list of a track: of its first note, of the next that begins and that ends, and
/// of the first that is of another. All are 0 where it has no note.
#[derive(Clone, Copy, Default)]
struct Next {
    first: u32,
    begins: u32,
    ends: u32,
    until: u32,
}

/// The notes of a track, as far as its events were passed.
pub(super) struct Sounding<'s> {
    order: &'s [u32],
    notes: &'s [Note],
    next: Vec<Next>,
    /// The last note of each channel that has begun, or before that the first.
    of_channels: [Option<u32>; 16],
}

impl Sounding<'_> {
    /// Passes the next message of the track, and gives the index of the note that it begins, ends or presses. One that
    /// does so to no note has the last note of its channel. `None` where the channel has no note, or of other messages.
    pub(super) fn pass(&mut self, message: ChannelMessage) -> Option<usize> {
        let pitch = message.pitch()?;
        let channel = usize::from(message.channel());
        let next = &mut self.next[slot(message.channel(), pitch)];
        let place = if message.begins_note() {
            next.begins += 1;
            next.begins - 1
        } else if message.kind() == ChannelKind::PolyAftertouch || next.ends >= next.begins {
            next.begins.saturating_sub(1).max(next.first)
        } else {
            next.ends += 1;
            next.ends - 1
        };
        let found = (place < next.until).then(|| self.order[place as usize]);
        if message.begins_note() {
            self.of_channels[channel] = found.or(self.of_channels[channel]);
        }
        Some(found.or(self.of_channels[channel])? as usize)
    }

    /// The note of an index.
    pub(super) fn note(&self, index: usize) -> &Note {
        &self.notes[index]
    }
}

fn slot(channel: u8, pitch: u8) -> usize {
    usize::from(channel & 0xf) << 7 | usize::from(pitch & 0x7f)
}
