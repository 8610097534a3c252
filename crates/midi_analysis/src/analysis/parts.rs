//! Parts: what one player, hand or voice plays, told by what sounds.
//!
//! As a rule a part is a line, that is, what one track plays on one channel of a port. But some files spread a
//! part over several channels: each pitch class has its own, so that it can be tuned by pitch bends; each
//! string of a guitar has (the mono mode of guitar controllers); or each note takes the next channel or a free
//! one (MIDI Polyphonic Expression, MMA RP-053, and whatever rotates channels). Such lines are [joined] here. Voices
//! of a choir and hands on channels of their own stay apart.
//!
//! [joined]: mod@joined

mod joined;
mod numbers;
mod played;
mod succession;
mod together;

use self::numbers::Numbers;
use self::played::Played;
pub(crate) use self::succession::Succession;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Which part plays each note. Parts are numbered from 0, in the order of their first notes.
pub(crate) struct Parts {
    numbers: Numbers,
    count: usize,
}

impl Parts {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let mut numbers = Numbers::none(score)?;
        let mut played = played::lines(score, &mut numbers)?;
        let mut parts = Self { numbers, count: played.len() };
        if joined::may_be(&played)? {
            played::count(score, &parts.numbers, &mut played);
            let leaders = joined::leaders(score, &parts.numbers, &played)?;
            parts.join(&played, &leaders)?;
        }
        Ok(parts)
    }

    /// Gives each line the part of its leader.
    fn join(&mut self, played: &[Played], leaders: &[u32]) -> Result<(), NoRoom> {
        let leads = |(number, &leader): (usize, &u32)| number == leader as usize;
        let count = leaders.iter().enumerate().filter(|&each| leads(each)).count();
        if count == self.count {
            return Ok(());
        }
        let mut numbers = room::filled(0, leaders.len())?;
        let mut next = 0;
        for (number, (line, &leader)) in played.iter().zip(leaders).enumerate() {
            if number == leader as usize {
                next += 1;
                numbers[number] = next;
            }
            // A leader is the first of its lines.
            numbers[number] = numbers[leader as usize];
            *self.numbers.slot(line.track, line.port, line.channel) = numbers[number];
        }
        self.count = count;
        Ok(())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The part that plays a note; drums belong to none.
    #[inline]
    pub(crate) fn get(&self, note: &Note) -> Option<usize> {
        self.numbers.get(note)
    }
}
