//! A number for each line of a piece, and for each note that of its line or part.

use crate::model::lines::Lines;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// By note: the number of the line or part that plays it plus one; 0 for drums.
pub(super) struct Numbers(pub(super) Vec<u32>);

impl Numbers {
    /// The notes of the score that these are the numbers of, and the number of each; drums are left out.
    #[inline]
    pub(super) fn notes<'s>(
        &self,
        score: &'s Score<'_>,
    ) -> impl Iterator<Item = (&'s Note, usize)> + Clone {
        let numbered = score.notes.iter().zip(&self.0);
        numbered.filter_map(|(note, number)| Some((note, number.checked_sub(1)? as usize)))
    }
}

/// A look-up of numbers by track, port and channel.
pub(crate) struct LineNumbers {
    lines: Lines,
    /// By line: its number plus one; 0 where it has none.
    numbers: Vec<u32>,
}

impl LineNumbers {
    /// No line has a number.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn empty(score: &Score<'_>) -> Result<Self, NoRoom> {
        let lines = Lines::of(score);
        Ok(Self { lines, numbers: room::filled(0, lines.count())? })
    }

    /// The number of a line plus one, or 0.
    pub(crate) fn slot(&mut self, track: u16, port: u8, channel: u8) -> &mut u32 {
        &mut self.numbers[self.lines.number(track, port, channel)]
    }
}
