//! The parts of a piece, numbered, and which of them plays each note.
//!
//! A part is what one player or voice plays, as the [analysis](crate::analysis::parts) tells parts: as a rule what one track
//! plays on one channel of a port. What a track plays on drums of one channel is a part as well. Parts are in the order of
//! the tracks, ports and channels of their first notes, drums after others, as in the description of parts.

use crate::analysis::parts::Parts;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Which part plays each note.
pub(super) struct PartNumbers {
    /// By note: the number of its part, from 0.
    pub(super) of_notes: Vec<u32>,
    /// The first note of each part.
    pub(super) first: Vec<Note>,
}

impl PartNumbers {
    /// # Errors
    /// Out of memory.
    pub(super) fn of(score: &Score<'_>, parts: &Parts) -> Result<Self, NoRoom> {
        let (mut of_notes, count) = parts.with_drums(score)?;
        let mut found = room::filled(None, count)?;
        for (note, &number) in score.notes.iter().zip(&of_notes) {
            found[number as usize].get_or_insert(*note);
        }
        let found = (0_u32..).zip(found).filter_map(|(number, note)| Some((number, note?)));
        let mut found: Vec<(u32, Note)> = room::gathered(found)?;
        let place = |note: &Note| (note.track, note.port, note.channel, note.is_drum());
        room::sort_by_key(&mut found, |(_, note)| place(note))?;
        let mut places = room::filled(0, count)?;
        for (place, (number, _)) in (0..).zip(&found) {
            places[*number as usize] = place;
        }
        of_notes.iter_mut().for_each(|number| *number = places[*number as usize]);
        let first = room::gathered(found.into_iter().map(|(_, note)| note))?;
        Ok(Self { of_notes, first })
    }
}
