//! The notes of one part as they are heard: in attacks.

use std::ops::Range;

use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Onsets this close are one attack.
pub(crate) const ATTACK_S: f64 = 0.05;

/// A note of a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) note: Note,
    pub(super) start_s: f64,
    pub(super) end_s: f64,
}

/// An attack: notes that begin together, the highest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attack {
    pub(super) first: u32,
    pub(super) end: u32,
}

impl Attack {
    pub(super) fn notes(&self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// A part, attack by attack.
pub(super) struct Part {
    pub(super) notes: Vec<Heard>,
    pub(super) attacks: Vec<Attack>,
}

impl Part {
    /// The part that has these notes of a score, which are in its order.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn of<'n>(
        score: &Score<'_>,
        of_part: impl Iterator<Item = &'n Note>,
    ) -> Result<Self, NoRoom> {
        let mut clock = score.tempo.clock();
        let mut notes: Vec<Heard> = room::list(score.notes.len())?;
        for note in of_part {
            let start_s = clock.seconds(note.start);
            notes.push(Heard { note: *note, start_s, end_s: clock.ahead(note.end) });
        }
        let mut attacks = Vec::new();
        let mut first = 0;
        while let Some(start) = notes.get(first).map(|heard: &Heard| heard.start_s) {
            let together = notes[first..].iter().take_while(|next| next.start_s - start < ATTACK_S);
            let end = first + together.count();
            room::sort_by_key(&mut notes[first..end], |heard| u8::MAX - heard.note.pitch)?;
            room::push(&mut attacks, Attack { first: first as u32, end: end as u32 })?;
            first = end;
        }
        Ok(Self { notes, attacks })
    }
}
