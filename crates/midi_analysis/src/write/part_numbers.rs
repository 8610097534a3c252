//! The parts of a piece, numbered, and which of them plays each note.
//!
//! A part is what one player or voice plays, as the [analysis](crate::analysis::parts) tells parts: as a rule what one track
//! plays on one channel of a port. What a track plays on drums of one channel is a part as well. Parts are in the order of
//! the tracks, ports and channels of their first notes, drums after others, as in the description of parts.

use crate::analysis::parts::Parts;
use crate::model::lines::Lines;
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
    pub(super) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let parts = Parts::of(score)?;
        let lines = Lines::of(score);
        // By line: the number of the part of its drums, plus one.
        let mut drums = room::filled(0_u32, lines.count())?;
        // By part, as they come: its first note.
        let mut found: Vec<(u32, Note)> = Vec::new();
        let mut of_pitched = room::filled(0_u32, parts.count())?;
        let mut of_notes = room::list(score.notes.len())?;
        for (note, &slot) in score.notes.iter().zip(parts.slots()) {
            let number = match slot.checked_sub(1) {
                Some(pitched) => &mut of_pitched[pitched as usize],
                None => &mut drums[lines.number(note.track, note.port, note.channel)],
            };
            if *number == 0 {
                let place = found.len() as u32;
                room::push(&mut found, (place, *note))?;
                *number = place + 1;
            }
            of_notes.push(*number - 1);
        }
        let place = |note: &Note| (note.track, note.port, note.channel, note.is_drum());
        room::sort_by_key(&mut found, |(_, note)| place(note))?;
        let mut places = room::filled(0, found.len())?;
        for (place, (number, _)) in (0..).zip(&found) {
            places[*number as usize] = place;
        }
        of_notes.iter_mut().for_each(|number| *number = places[*number as usize]);
        let first = room::gathered(found.into_iter().map(|(_, note)| note))?;
        Ok(Self { of_notes, first })
    }
}
