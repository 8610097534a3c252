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

pub(crate) use self::numbers::LineNumbers;
use self::numbers::Numbers;
pub(crate) use self::played::Played;
pub(crate) use self::succession::Succession;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Which part plays each note. Parts are numbered from 0, in the order of their first notes.
pub(crate) struct Parts {
    numbers: Numbers,
    /// What each plays.
    played: Vec<Played>,
}

impl Parts {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let (played, numbers) = played::lines(score)?;
        let mut parts = Self { numbers, played };
        if joined::may_be(&parts.played)? {
            let leaders = joined::leaders(score, &parts.numbers, &parts.played)?;
            parts.join(score, &leaders)?;
        }
        Ok(parts)
    }

    /// Gives each line the part of its leader.
    fn join(&mut self, score: &Score<'_>, leaders: &[u32]) -> Result<(), NoRoom> {
        let leads = |(number, &leader): (usize, &u32)| number == leader as usize;
        let count = leaders.iter().enumerate().filter(|&each| leads(each)).count();
        if count == self.count() {
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
        self.played = played::parts(score, &self.numbers, count)?;
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

    /// What each plays, by its number.
    pub(crate) fn played(&self) -> &[Played] {
        &self.played
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.played.len()
    }

    /// The notes of the score that these are the parts of, and which of them plays each; drums are left out.
    #[inline]
    pub(crate) fn notes<'s>(
        &self,
        score: &'s Score<'_>,
    ) -> impl Iterator<Item = (&'s Note, usize)> + Clone {
        self.numbers.notes(score)
    }

    /// By note of the score: the number of the part that plays it, where the drums of each line are a part as well, and follow
    /// the others; and how many parts there are.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn with_drums(&self, score: &Score<'_>) -> Result<(Vec<u32>, usize), NoRoom> {
        let mut drums = LineNumbers::empty(score)?;
        let mut count = self.count() as u32;
        let mut numbers = room::list(score.notes.len())?;
        for (note, &slot) in score.notes.iter().zip(self.slots()) {
            let slot = match slot {
                0 => {
                    let of_line = drums.slot(note.track, note.port, note.channel);
                    if *of_line == 0 {
                        count += 1;
                        *of_line = count;
                    }
                    *of_line
                }
                pitched => pitched,
            };
            numbers.push(slot - 1);
        }
        Ok((numbers, count as usize))
    }

    /// By note of the score: the number of the part that plays it plus one; 0 for drums.
    pub(crate) fn slots(&self) -> &[u32] {
        &self.numbers.0
    }
}
