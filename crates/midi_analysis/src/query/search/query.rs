//! A tune that is asked for, and where a piece has it.

use super::align::{Tune, WRONG};
use super::lines::unpack;
use super::notes::{QueryError, of_numbers, of_text};
use super::probes::{self, Stage};

/// Fewest and most notes of a tune.
const FEWEST_NOTES: usize = probes::FEWEST_NOTES;
const MOST_NOTES: usize = 64;
/// What is less like the tune than this is not it.
const LEAST_SCORE: f64 = 0.75;

/// A tune that is asked for.
#[derive(Clone, Debug)]
pub struct MelodyQuery {
    tune: Tune,
}

/// Where a tune was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// 1 for every note as asked, less by its share for each that is wrong, missing or too many.
    pub score: f64,
    /// Second at which it begins, to a hundredth.
    pub start_s: f64,
    /// Bar in which it begins; 0 before the first.
    pub bar: i32,
    /// Index of the line, 0 for the melody.
    pub line: usize,
}

impl MelodyQuery {
    /// The most notes of a tune.
    pub const LONGEST: usize = MOST_NOTES;

    /// Reads note names (`E4 D4 C4`, sharps `#`, flats `b`, octaves on all or none) or MIDI pitches,
    /// between spaces, commas or bar lines.
    ///
    /// # Errors
    /// What is no note, and where; too few notes, too many.
    pub fn from_text(text: &str) -> Result<Self, QueryError> {
        let (pitches, octaves) = of_text(text)?;
        Self::new(pitches, octaves)
    }

    /// Takes MIDI pitches, 0-127.
    ///
    /// # Errors
    /// A number that is no pitch; too few notes, too many.
    pub fn from_pitches(pitches: &[i32]) -> Result<Self, QueryError> {
        Self::check_length(pitches.len())?;
        Self::new(of_numbers(pitches)?, true)
    }

    /// Whether a tune may have so many notes, before any is looked at.
    ///
    /// # Errors
    /// Too many notes.
    pub fn check_length(notes: usize) -> Result<(), QueryError> {
        if notes > MOST_NOTES { Err(too_many(notes)) } else { Ok(()) }
    }

    /// Takes the beginning of a line of notes, as much of it as a tune may have.
    ///
    /// # Errors
    /// Too few notes.
    pub fn from_line(pitches: impl Iterator<Item = u8>) -> Result<Self, QueryError> {
        Self::new(pitches.take(MOST_NOTES).collect(), true)
    }

    fn new(pitches: Vec<u8>, octaves: bool) -> Result<Self, QueryError> {
        match pitches.len() {
            ..FEWEST_NOTES => Err(QueryError::whole(format!(
                "it has {} notes, and {FEWEST_NOTES} are the fewest that tell a melody",
                pitches.len()
            ))),
            FEWEST_NOTES..=MOST_NOTES => Ok(Self { tune: Tune { pitches, octaves } }),
            notes => Err(too_many(notes)),
        }
    }

    /// By which n-grams to look for it, the likeliest way first.
    pub fn stages(&self) -> Vec<Stage> {
        probes::stages(&self.tune.pitches)
    }

    /// Where a piece with these [lines](super::Search::melody_lines) has the tune best; the earliest
    /// of equals, in the earliest line.
    pub fn find(&self, melody_lines: &[u8]) -> Option<Found> {
        let notes = self.tune.pitches.len() as u32;
        let whole = f64::from(WRONG * notes);
        let mut most = ((1.0 - LEAST_SCORE) * whole) as u32;
        let mut found = None;
        for (number, line) in unpack(melody_lines).enumerate() {
            let Some(alignment) = self.tune.align(line.pitches, most) else { continue };
            let moment = line.moment(alignment.begin);
            found = Some(Found {
                score: 1.0 - f64::from(alignment.cost) / whole,
                start_s: f64::from(moment.centiseconds) / 100.0,
                bar: i32::try_from(moment.bar).unwrap_or(i32::MAX),
                line: number,
            });
            match alignment.cost.checked_sub(1) {
                Some(less) => most = less,
                None => break,
            }
        }
        found
    }
}

fn too_many(notes: usize) -> QueryError {
    QueryError::whole(format!("it has {notes} notes, and {MOST_NOTES} are the most"))
}
