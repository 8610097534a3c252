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
    /// What each plays, where that was counted and each is one line.
    played: Option<Vec<Played>>,
}

impl Parts {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let (mut played, numbers) = played::lines(score)?;
        let mut parts = Self { numbers, count: played.len(), played: None };
        if joined::may_be(&played)? {
            parts.notes(score).for_each(|(note, line)| played[line].add(note));
            let leaders = joined::leaders(score, &parts.numbers, &played)?;
            parts.join(&leaders)?;
            parts.played = Some(played).filter(|played| played.len() == parts.count);
        }
        Ok(parts)
    }

    /// Gives each line the part of its leader.
    fn join(&mut self, leaders: &[u32]) -> Result<(), NoRoom> {
        let leads = |(number, &leader): (usize, &u32)| number == leader as usize;
        let count = leaders.iter().enumerate().filter(|&each| leads(each)).count();
        if count == self.count {
            return Ok(());
        }
        // By line, counted from 1: the number of its part plus one.
        let mut numbers = room::filled(0, leaders.len() + 1)?;
        let mut next = 0;
        for (number, &leader) in leaders.iter().enumerate() {
            if number == leader as usize {
                next += 1;
                numbers[number + 1] = next;
            }
            // A leader is the first of its lines.
            numbers[number + 1] = numbers[leader as usize + 1];
        }
        self.numbers.0.iter_mut().for_each(|number| *number = numbers[*number as usize]);
        self.count = count;
        Ok(())
    }

    /// The notes of some parts.
    pub(crate) fn notes_of<'s>(
        &self,
        score: &'s Score<'_>,
        some: &[u32],
    ) -> impl Iterator<Item = &'s Note> + Clone {
        let is_of =
            move |&(_, part): &(&Note, usize)| some.iter().any(|&each| each as usize == part);
        self.notes(score).filter(is_of).map(|(note, _)| note)
    }

    /// How the notes of each part follow each other, where that is known already.
    pub(crate) fn successions(&self) -> Option<impl Iterator<Item = Succession>> {
        self.played.as_ref().map(|played| played.iter().map(|part| part.succession))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The notes of the score that these are the parts of, and which of them plays each; drums are left out.
    #[inline]
    pub(crate) fn notes<'s>(
        &self,
        score: &'s Score<'_>,
    ) -> impl Iterator<Item = (&'s Note, usize)> + Clone {
        self.numbers.notes(score)
    }
}
