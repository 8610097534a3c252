//! Search for a melody: which pieces may contain it, and where a piece contains it.
//!
//! [Probes](probes) say which n-grams the candidates have in an index. Their stored lines are then
//! [aligned](align) with the query (Mongeau & Sankoff 1990), without reading a file.

mod align;
mod notes;
mod probes;

pub use self::notes::MelodyQueryError;
pub use self::probes::{MelodyProbes, Stage};

use self::align::{Tune, WRONG};
use self::notes::{check_pitches, of_text};
use crate::analysis::melody_index::lines::unpack;

/// Fewest and most notes of a tune.
const FEWEST_NOTES: usize = probes::FEWEST_NOTES;
const MOST_NOTES: usize = 64;
/// Lowest score of a match.
const LEAST_SCORE: f64 = 0.75;

/// A melody to search for.
#[derive(Clone, Debug)]
pub struct MelodyQuery {
    tune: Tune,
}

/// Where a piece contains a melody.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MelodyMatch {
    /// 1 for an exact match; each note that is wrong, missing or added takes off its share.
    pub score: f64,
    /// Second at which it begins, to a hundredth.
    pub start_s: f64,
    /// Bar in which it begins; 0 before the first.
    pub bar: u32,
    /// Index of the line, 0 for the melody.
    pub line: usize,
}

impl MelodyQuery {
    /// The most notes of a query.
    pub const LONGEST: usize = MOST_NOTES;

    /// Reads note names (`E4 D4 C4`, sharps `#`, flats `b`, octaves on all or none) or MIDI pitches,
    /// between spaces, commas or bar lines.
    ///
    /// ```
    /// use midi_analysis::MelodyQuery;
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62];
    /// # let notes = (0..).zip(pitches).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    ///
    /// let query = MelodyQuery::from_text("G4 G4 F4 E4 D4 C4 C4")?;
    /// let found = query.find(&piece.analysis()?.melody_index.lines).expect("it is there");
    /// assert_eq!((found.score, found.start_s), (1.0, 1.5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A word that is not a note; too few notes, or too many.
    pub fn from_text(text: &str) -> Result<Self, MelodyQueryError> {
        let (pitches, octaves) = of_text(text)?;
        Self::new(pitches, octaves)
    }

    /// Whether a text is notes, of which there may be too few to search for.
    pub fn is_notes(text: &str) -> bool {
        of_text(text).is_ok()
    }

    /// Takes MIDI pitches, 0-127.
    ///
    /// ```
    /// use midi_analysis::MelodyQuery;
    ///
    /// let query = MelodyQuery::from_pitches(&[64, 64, 65, 67, 67, 65])?;
    /// assert!(!query.stages().is_empty());
    /// # Ok::<(), midi_analysis::MelodyQueryError>(())
    /// ```
    ///
    /// # Errors
    /// A number that is not a pitch; too few notes, or too many.
    pub fn from_pitches(pitches: &[u8]) -> Result<Self, MelodyQueryError> {
        Self::check_length(pitches.len())?;
        check_pitches(pitches)?;
        Self::new(pitches.to_vec(), true)
    }

    /// Checks the number of notes before any of them is read.
    ///
    /// # Errors
    /// Too many notes.
    pub fn check_length(notes: usize) -> Result<(), MelodyQueryError> {
        if notes > MOST_NOTES { Err(too_many(notes)) } else { Ok(()) }
    }

    /// Takes the beginning of a line of notes, up to [`LONGEST`](Self::LONGEST).
    ///
    /// # Errors
    /// Too few notes.
    pub fn from_line(pitches: impl Iterator<Item = u8>) -> Result<Self, MelodyQueryError> {
        Self::new(pitches.take(MOST_NOTES).collect(), true)
    }

    fn new(pitches: Vec<u8>, octaves: bool) -> Result<Self, MelodyQueryError> {
        match pitches.len() {
            ..FEWEST_NOTES => Err(MelodyQueryError::whole(format!(
                "it has {} notes, but needs at least {FEWEST_NOTES}",
                pitches.len()
            ))),
            FEWEST_NOTES..=MOST_NOTES => Ok(Self { tune: Tune { pitches, octaves } }),
            notes => Err(too_many(notes)),
        }
    }

    /// How many notes it has.
    pub fn notes(&self) -> usize {
        self.tune.pitches.len()
    }

    /// The stages of a search in an index of n-grams, the likeliest matches first.
    pub fn stages(&self) -> Vec<Stage> {
        probes::stages(&self.tune.pitches)
    }

    /// The probes of all [stages](Self::stages). A piece has the melody where its n-grams [meet](MelodyProbes::are_met_by)
    /// these and its lines [have it](Self::find); which index is asked does not matter.
    ///
    /// ```
    /// use midi_analysis::MelodyQuery;
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62];
    /// # let notes = (0..).zip(pitches).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    ///
    /// let index = piece.analysis()?.melody_index;
    /// let wrong_note = MelodyQuery::from_text("G4 G4 F4 E4 D4 C#4 C4 D4 E4")?;
    /// assert!(wrong_note.probes().are_met_by(index.ngrams.iter().copied()));
    /// let other = MelodyQuery::from_text("C4 D4 E4 F4 G4 A4 B4 C5")?;
    /// assert!(!other.probes().are_met_by(index.ngrams));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn probes(&self) -> MelodyProbes {
        MelodyProbes::of(self.stages())
    }

    /// The best match in the [lines](crate::MelodyIndex::lines) of a piece; the earliest of equals, in
    /// the earliest line.
    pub fn find(&self, melody_lines: &[u8]) -> Option<MelodyMatch> {
        let notes = self.tune.pitches.len() as u32;
        let whole = f64::from(WRONG * notes);
        let mut most = ((1.0 - LEAST_SCORE) * whole) as u32;
        let mut found = None;
        for (number, line) in unpack(melody_lines).enumerate() {
            let Some(alignment) = self.tune.align(line.pitches, most) else { continue };
            let moment = line.moment(alignment.begin);
            found = Some(MelodyMatch {
                score: 1.0 - f64::from(alignment.cost) / whole,
                start_s: f64::from(moment.centiseconds) / 100.0,
                bar: moment.bar,
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

fn too_many(notes: usize) -> MelodyQueryError {
    MelodyQueryError::whole(format!("it has {notes} notes, but may have at most {MOST_NOTES}"))
}
