//! What melody searches need of a piece: its melodic lines, and numbers of them for an index.
//!
//! The melody and the other [prominent lines](mod@crate::analysis::melody) are divided into
//! [n-grams](ngrams) of intervals (Downie 1999; Uitdenbogerd & Zobel 1999), which are the same in every
//! key and at every tempo, and by which candidates are looked up. The [lines] are kept with them in a
//! few bytes for each note, so that a search can verify candidates without reading their files.

pub(crate) mod lines;
pub(crate) mod ngrams;

use self::lines::{MOST_NOTES, Moment};
use crate::analysis::beat_position::bars_at;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::note::Note;
use crate::model::score::Score;

/// The melodic lines of a piece, for melody searches.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MelodyIndex {
    /// Distinct n-grams of the lines, ascending: seven intervals between neighbouring notes, modulo
    /// the octave, as the digits of a number to the base 12. They begin at every other note of a line,
    /// and the last of each line is added. At most a thousand and three.
    pub ngrams: Vec<i32>,
    /// The lines, packed: for each note its pitch, the hundredth of a second at which it starts, and
    /// its bar. Empty where no line is found.
    pub lines: Vec<u8>,
}

impl MelodyIndex {
    /// `lines` are the melody and the other lines.
    pub(crate) fn of(score: &Score<'_>, grid: &BeatGrid, lines: &[Vec<Note>]) -> Self {
        let mut left = MOST_NOTES;
        let (mut codes, mut packed) = (Vec::new(), Vec::new());
        for line in lines {
            let line = &line[..line.len().min(left)];
            left -= line.len();
            if line.len() < ngrams::WINDOW {
                continue;
            }
            let pitches: Vec<u8> = line.iter().map(|note| note.pitch).collect();
            codes.reserve(pitches.len() / 2 + 1);
            codes.extend(ngrams::indexed(&pitches));
            lines::pack(&mut packed, &pitches, moments(score, grid, line));
        }
        Self { ngrams: ngrams::distinct(codes), lines: packed }
    }
}

fn moments(score: &Score<'_>, grid: &BeatGrid, line: &[Note]) -> impl Iterator<Item = Moment> {
    let mut clock = score.tempo.clock();
    let bars = bars_at(grid, line.iter().map(|note| note.start));
    line.iter().zip(bars).map(move |(note, bar)| Moment {
        centiseconds: (clock.seconds(note.start) * 100.0 + 0.5) as u32,
        bar,
    })
}
