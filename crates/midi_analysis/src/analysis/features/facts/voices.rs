//! Voices: the notes of one channel of a port on one track.

use crate::model::lines::Lines;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

const NONE: u32 = u32::MAX;

/// Numbers the voices of a piece in the order of their first notes.
pub(crate) struct Voices {
    lines: Lines,
    numbers: Vec<u32>,
    count: u32,
}

impl Voices {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let lines = Lines::of(score);
        let mut numbers = room::filled(NONE, lines.count())?;
        let mut count = 0;
        for note in &score.notes {
            let number = &mut numbers[lines.number(note.track, note.port, note.channel)];
            if *number == NONE {
                *number = count;
                count += 1;
            }
        }
        Ok(Self { lines, numbers, count })
    }

    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn number(&self, note: &Note) -> usize {
        self.numbers[self.lines.number(note.track, note.port, note.channel)] as usize
    }
}
