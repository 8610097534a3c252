//! A number for each line of a piece.

use crate::model::lines::Lines;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// A look-up of numbers by track, port and channel.
pub(super) struct Numbers {
    lines: Lines,
    /// By line: its number plus one; 0 where it has none.
    numbers: Vec<u32>,
}

impl Numbers {
    /// No line has a number.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn none(score: &Score<'_>) -> Result<Self, NoRoom> {
        let lines = Lines::of(score);
        Ok(Self { lines, numbers: room::filled(0, lines.count())? })
    }

    /// The number of a line plus one, or 0.
    pub(super) fn slot(&mut self, track: u16, port: u8, channel: u8) -> &mut u32 {
        &mut self.numbers[self.lines.number(track, port, channel)]
    }
}
