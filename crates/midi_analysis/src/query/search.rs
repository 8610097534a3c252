//! What a piece is found by: its tunes, in numbers that an index holds.
//!
//! The melody and the other [prominent lines](mod@crate::analysis::melody) are cut into [n-grams](ngrams) of
//! intervals (Downie 1999; Uitdenbogerd & Zobel 1999), which are the same in every key and at every
//! tempo. By them candidates are [probed](probes) for; the [lines] themselves, kept beside them in a few
//! bytes a note, are then [aligned](align) with what was [asked for](query) (Mongeau & Sankoff 1990),
//! without reading a file.

mod align;
mod lines;
mod ngrams;
mod notes;
mod probes;
mod query;

pub use self::notes::QueryError;
pub use self::probes::Stage;
pub use self::query::{Found, MelodyQuery};

use self::lines::Moment;
use crate::analysis::melody::{self, Most};
use crate::analysis::place::bars_at;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::Error;
use crate::model::note::Note;
use crate::model::score::Score;

/// Notes kept of a piece, over all lines, the melody first: a line of an hour is cut off.
const MOST_NOTES: usize = 2_048;

/// The tunes of a piece, to be found by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Distinct n-grams of the lines, ascending: seven intervals between neighbouring notes, modulo
    /// the octave, as the digits of a number to the base 12; from every other note on, and the last
    /// of each line. At most a thousand and three.
    pub melody_ngrams: Vec<i32>,
    /// The lines, packed: for each note its pitch, the hundredth of a second at which it starts, and
    /// its bar. Empty where no line is heard.
    pub melody_lines: Vec<u8>,
}

impl Search {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        grid: &BeatGrid,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let mut left = MOST_NOTES;
        let (mut codes, mut melody_lines) = (Vec::new(), Vec::new());
        for line in melody::lines(score, Most::Notes(MOST_NOTES), interrupted)? {
            let line = &line[..line.len().min(left)];
            left -= line.len();
            if line.len() < ngrams::WINDOW {
                continue;
            }
            let pitches: Vec<u8> = line.iter().map(|note| note.pitch).collect();
            codes.extend(ngrams::indexed(&pitches));
            lines::pack(&mut melody_lines, &pitches, moments(score, grid, line));
        }
        Ok(Self { melody_ngrams: ngrams::distinct(codes), melody_lines })
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
