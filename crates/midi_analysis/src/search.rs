//! What a piece is found by: its tunes, in numbers that an index holds.
//!
//! The melody and the other [prominent lines](mod@crate::melody) are cut into n-grams of [intervals]
//! (Downie 1999; Uitdenbogerd & Zobel 1999), which are the same in every key and at every tempo. They
//! find candidates; the [lines](timeline) themselves, kept beside them in a few bytes a note, are then
//! [aligned](align) with what was [asked for](query) (Mongeau & Sankoff 1990), without reading a file.

mod align;
mod intervals;
mod query;
mod timeline;

pub use self::query::{Found, Loose, MelodyQuery, QueryError};

use self::timeline::{Moment, Writer};
use crate::melody;
use crate::place::bars_at;
use crate::rhythm::beatgrid::BeatGrid;
use crate::score::{Note, Score};

/// Notes kept of a piece, over all lines, the melody first: a line of an hour is cut off.
const MOST_NOTES: usize = 2_048;

/// The tunes of a piece, to be found by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Distinct n-grams of the lines, ascending: five intervals between neighbouring notes, modulo
    /// the octave, as the digits of a number to the base 12. At most two thousand.
    pub melody_ngrams: Vec<i32>,
    /// The lines, packed: for each note its pitch, the hundredth of a second at which it starts, and
    /// its bar. Empty where no line is heard.
    pub melody_lines: Vec<u8>,
}

impl Search {
    pub(crate) fn of(score: &Score<'_>, grid: &BeatGrid) -> Self {
        let mut left = MOST_NOTES;
        let mut writer = Writer::default();
        let (mut codes, mut pitches) = (Vec::new(), Vec::new());
        for line in melody::lines(score) {
            let line = &line[..line.len().min(left)];
            left -= line.len();
            if line.len() < intervals::WINDOW {
                continue;
            }
            pitches.clear();
            pitches.extend(line.iter().map(|note| note.pitch));
            codes.extend(intervals::ngrams(&pitches));
            writer.line(&moments(score, grid, line));
        }
        codes.sort_unstable();
        codes.dedup();
        Self { melody_ngrams: codes, melody_lines: writer.bytes }
    }
}

fn moments(score: &Score<'_>, grid: &BeatGrid, line: &[Note]) -> Vec<Moment> {
    let mut clock = score.tempo.clock();
    let bars = bars_at(grid, line.iter().map(|note| note.start));
    line.iter()
        .zip(bars)
        .map(|(note, bar)| Moment {
            pitch: note.pitch,
            centiseconds: (clock.seconds(note.start) * 100.0).round() as u32,
            bar,
        })
        .collect()
}
