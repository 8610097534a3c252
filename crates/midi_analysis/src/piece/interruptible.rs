//! Iterators that can be interrupted.

use super::Piece;
use crate::error::Error;

/// Items of an iterator between two questions whether to stop.
const ITEMS_BETWEEN_CHECKS: usize = 1_024;

impl Piece<'_> {
    /// The same items, with checks for interrupts between them. The iterators of notes, beats, spans and
    /// the melody do not check.
    ///
    /// ```
    /// # use midi_analysis::{Note, Options, Piece, Timeline};
    /// # let notes = vec![Note::new(0, 480, 60)];
    /// # let piece = Piece::from_notes(notes, &Timeline::new(480), &Options::default())?;
    /// for note in piece.interruptible(piece.notes()?) {
    ///     assert_eq!(note?.duration_s, 0.5);
    /// }
    /// # Ok::<(), midi_analysis::Error>(())
    /// ```
    pub fn interruptible<T>(
        &self,
        items: impl Iterator<Item = T>,
    ) -> impl Iterator<Item = Result<T, Error>> {
        items.enumerate().map(|(index, item)| {
            if index % ITEMS_BETWEEN_CHECKS == 0 {
                self.results.options.check()?;
            }
            Ok(item)
        })
    }
}
