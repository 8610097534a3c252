//! A part among the others: its part in the melody, and in the lowest notes.

use crate::analysis::melody::{ATTACK_S, Description, describe};
use crate::analysis::parts::{LineNumbers, Parts, Played};
use crate::analysis::roles::by_part::PartNotes;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room;

/// The parts of a piece, drums left out.
pub(super) struct Company<'p> {
    described: Vec<Description<'p>>,
    melody: &'p [Note],
    /// By note of the melody: the second at which it starts.
    starts_s: Vec<f64>,
    /// By part: its notes of the melody.
    melodic: Vec<u32>,
}

impl<'p> Company<'p> {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        parts: &'p Parts,
        melody: &'p [Note],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let mut of_lines = LineNumbers::empty(score)?;
        for (note, number) in parts.notes(score) {
            *of_lines.slot(note.track, note.port, note.channel) = number as u32;
        }
        let mut melodic = room::filled(0, parts.count())?;
        for note in melody {
            melodic[*of_lines.slot(note.track, note.port, note.channel) as usize] += 1;
        }
        check(interrupted)?;
        Ok(Self {
            described: describe(score, parts)?,
            melody,
            starts_s: room::gathered(melody.iter().map(|note| score.tempo.seconds(note.start)))?,
            melodic,
        })
    }

    /// A part, by its number.
    pub(super) fn part(&self, number: usize) -> PartOf<'_> {
        PartOf { company: self, number }
    }
}

/// One of the parts.
pub(super) struct PartOf<'c> {
    company: &'c Company<'c>,
    number: usize,
}

impl PartOf<'_> {
    /// What it plays.
    pub(super) fn played(&self) -> &Played {
        self.company.described[self.number].played()
    }

    /// Whether no other part plays pitched notes.
    pub(super) fn is_alone(&self) -> bool {
        self.company.described.len() == 1
    }

    /// Share of its notes that are the lowest of all that sound.
    pub(super) fn lowest_share(&self) -> f64 {
        self.company.described[self.number].lowest_share()
    }

    pub(super) fn mean_pitch(&self) -> f64 {
        self.company.described[self.number].mean_pitch()
    }

    /// Share of the melody's notes that it plays.
    pub(super) fn melody_share(&self) -> f64 {
        let notes = self.company.melodic[self.number];
        f64::from(notes) / self.company.melody.len().max(1) as f64
    }

    /// Share of its notes, given here, that begin with a note of the melody and have its pitch class.
    ///
    /// # Errors
    /// `interrupted`.
    pub(super) fn doubled_share(
        &self,
        score: &Score<'_>,
        notes: &PartNotes<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<f64, Error> {
        let Company { melody, starts_s, .. } = self.company;
        let doubles = |note: &Note| {
            let start_s = score.tempo.seconds(note.start);
            let first = starts_s.partition_point(|&other| other <= start_s - ATTACK_S);
            let with = starts_s[first..].iter().zip(&melody[first..]);
            with.take_while(|(other, _)| **other < start_s + ATTACK_S)
                .any(|(_, other)| other.pitch % 12 == note.pitch % 12)
        };
        let mut doubled = 0;
        for piece in notes.pieces() {
            check(interrupted)?;
            doubled += piece.iter().filter(|(note, _)| doubles(note)).count();
        }
        Ok(doubled as f64 / notes.count() as f64)
    }
}
