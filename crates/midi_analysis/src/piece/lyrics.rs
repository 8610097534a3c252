//! The lyrics of a piece, syllable by syllable, with their time.

use crate::error::Error;
use crate::model::score::Score;
use crate::read::text::decoder::Decoder;
use crate::read::text::lyrics::{Reading, Shown, Song, Syllables};

/// One syllable of the lyrics, and when it is sung.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SungSyllable {
    /// Index of the track that it is in, from 0; `None` where it is in no track, as those of Yamaha's XF.
    pub track: Option<u16>,
    /// Tick at which it is sung.
    pub tick: u32,
    /// The second of that tick.
    pub start_s: f64,
    /// Declared bar, from 1; `None` in SMPTE time.
    pub bar: Option<u32>,
    /// The syllable as it is shown, with the blank that ends its word; up to 65,536 characters. Those of
    /// a line, joined, are the line.
    pub text: String,
    /// The line of the lyrics that it is in, from 1. An empty line counts.
    pub line: u32,
}

impl SungSyllable {
    fn new(score: &Score<'_>, shown: Shown) -> Self {
        let Shown { track, tick, text, line, .. } = shown;
        Self {
            track: (track < score.track_count).then_some(track),
            tick,
            start_s: score.tempo.seconds(tick),
            bar: score.meter.position(tick).map(|(bar, _)| bar),
            text,
            line,
        }
    }
}

/// The syllables of a piece, in the order of its lyrics; of one text those of its first 65,536 lines.
///
/// ```
/// # use midi_analysis::{Note, Options, Piece, Timeline};
/// # let notes = vec![Note::new(0, 480, 60)];
/// # let piece = Piece::from_notes(notes, &Timeline::new(480), &Options::default())?;
/// for syllable in piece.lyrics()? {
///     let syllable = syllable?;
///     println!("{:.2} s, line {}: {}", syllable.start_s, syllable.line, syllable.text);
/// }
/// # Ok::<(), midi_analysis::Error>(())
/// ```
pub struct Lyrics<'p> {
    score: &'p Score<'p>,
    /// `None` where nothing is left to read.
    reading: Option<Reading<'p, Syllables>>,
    read: std::vec::IntoIter<Shown>,
    interrupted: &'p dyn Fn() -> bool,
}

impl<'p> Lyrics<'p> {
    pub(super) fn of(
        score: &'p Score<'p>,
        song: Option<&'p Song>,
        decoder: &'p Decoder,
        interrupted: &'p dyn Fn() -> bool,
    ) -> Self {
        let reading = song.map(|song| Reading::of(song, score.raw_texts(), decoder));
        Self { score, reading, read: Vec::new().into_iter(), interrupted }
    }
}

impl Iterator for Lyrics<'_> {
    type Item = Result<SungSyllable, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(shown) = self.read.next() {
                return Some(Ok(SungSyllable::new(self.score, shown)));
            }
            let reading = self.reading.as_mut()?;
            match reading.next(self.interrupted) {
                Ok(true) => {}
                Ok(false) => {
                    let last = reading.page().last.take();
                    self.reading = None;
                    return last.map(|shown| Ok(SungSyllable::new(self.score, shown)));
                }
                Err(error) => {
                    self.reading = None;
                    return Some(Err(error));
                }
            }
            if !reading.page().done.is_empty() {
                self.read = std::mem::take(&mut reading.page().done).into_iter();
            }
        }
    }
}
