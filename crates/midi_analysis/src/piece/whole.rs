//! A piece as a whole: its catalogue entry, and its analysis.

use super::Piece;
use super::analysis::{Analysis, Shared};
use super::catalog::{Catalog, File};
use crate::error::Error;

impl Piece<'_> {
    /// The name of its file, as the options give it; empty if they do not.
    pub fn name(&self) -> &str {
        self.results.options.name
    }

    /// Everything that is known of the piece as a whole.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let analysis = piece.analysis()?;
    /// assert_eq!(analysis.file.note_count, 32);
    /// assert_eq!(analysis.tempo.duration_s, 16.0);
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn analysis(&self) -> Result<Analysis, Error> {
        let catalog = self.catalog()?;
        let shared = Shared {
            tally: self.results.tally()?,
            beats: self.results.beat_grid()?,
            key: self.results.key()?,
            chords: self.results.chords()?,
            lines: self.results.lines()?,
            sections: self.results.sections()?,
        };
        Analysis::of(self.score()?, catalog, &shared, self.results.options.interrupted)
    }

    /// What one reading of the file tells of the piece as a whole. The full [`analysis`](Self::analysis) takes
    /// several times as long.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let pitches = [60, 64, 67, 72, 71, 67, 65, 62];
    /// # let notes = (0..).zip(pitches.repeat(4)).map(|(n, p)| Note::new(n * 480, n * 480 + 480, p));
    /// # let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &Options::default())?;
    /// let catalog = piece.catalog()?;
    /// assert_eq!((catalog.file.note_count, catalog.key.estimated), (32, None));
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of every method.
    pub fn catalog(&self) -> Result<Catalog, Error> {
        let results = &self.results;
        let (score, repairs) = results.read_tracks()?;
        score.require_notes()?;
        results.options.check()?;
        let file = File::of(score, repairs, self.size_bytes);
        let (tally, tempo, decoder) = (results.tally()?, results.tempo()?, results.decoder()?);
        Catalog::of(score, file, tally, tempo, decoder, results.options.interrupted)
    }
}
