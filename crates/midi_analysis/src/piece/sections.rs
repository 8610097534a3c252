//! The sections of a piece.

use super::Piece;
use crate::analysis::sections::Section;
use crate::error::Error;
#[cfg(feature = "training")]
use crate::{
    analysis::rhythm::beatgrid::BeatGrid,
    model::{note::Note, score::Score},
};

impl Piece<'_> {
    /// The sections, in the order of time: at least one.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let form: String = piece.sections()?.iter().map(|section| section.label.as_str()).collect();
    /// assert_eq!(form, "A");
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn sections(&self) -> Result<&[Section], Error> {
        self.results.sections()
    }
}

#[cfg(feature = "training")]
impl<'a> Piece<'a> {
    /// The score with its beats and its melody.
    pub(crate) fn score_with_beats_and_melody(
        &self,
    ) -> Result<(&Score<'a>, &BeatGrid, &[Note]), Error> {
        Ok((self.score()?, self.results.beat_grid()?, self.results.melody()?))
    }
}
