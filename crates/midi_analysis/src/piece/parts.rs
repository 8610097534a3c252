//! The parts of a piece.

use super::Piece;
use super::tracks;
use crate::analysis::parts::Parts;
use crate::analysis::roles::{self, Basis, Part};
use crate::error::Error;
use crate::model::score::Score;

impl Piece<'_> {
    /// The parts with their roles, by track, port and channel; at most 4,096.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let parts = piece.parts()?;
    /// assert_eq!((parts[0].role.name(), parts[0].bars, parts[0].loop_bars), ("melody", Some(16), Some(4)));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn parts(&self) -> Result<Vec<Part>, Error> {
        let results = &self.results;
        let (score, interrupted) = (self.score()?, results.options.interrupted);
        let basis = Basis {
            parts: results.parts()?,
            melody: results.melody()?,
            grid: results.beat_grid()?,
            key: results.key()?,
        };
        let names = tracks::names(score, results.decoder()?, interrupted)?;
        let mut parts = roles::parts(score, &basis, interrupted)?;
        for part in &mut parts {
            part.name.clone_from(&names[usize::from(part.track)]);
        }
        Ok(parts)
    }
}

impl<'a> Piece<'a> {
    /// The score, and its parts without drums.
    ///
    /// # Errors
    /// Those of every method.
    pub(crate) fn score_with_parts(&self) -> Result<(&Score<'a>, &Parts), Error> {
        Ok((self.score()?, self.results.parts()?))
    }
}
