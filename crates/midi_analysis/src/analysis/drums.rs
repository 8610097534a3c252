//! The drum kit: which of its pieces play, the most frequent one-bar pattern, and where fills are.
//!
//! Pieces of the kit are groups of the General MIDI percussion key map (MMA RP-003); the hi-hat includes
//! the notes below that map that electronic kits send for its edge. A pattern is what each piece of the
//! kit plays on the sixteenths of a bar (in 2/2, on its eighths).

use crate::analysis::beat_position::SLOTS;
use crate::analysis::onsets::{Onset, bar_count, with_notes};
use crate::analysis::rhythm::beat_unit::is_compound;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::tally::Tally;
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;

/// Pieces of the kit, in the order in which patterns are written.
const PIECES: [&str; 10] = [
    "kick",
    "snare",
    "clap",
    "hi-hat",
    "open hi-hat",
    "tom",
    "crash",
    "ride",
    "cowbell",
    "percussion",
];
const KICK: usize = 0;
const SNARE: usize = 1;
const CLAP: usize = 2;
const CLOSED_HAT: usize = 3;
const OPEN_HAT: usize = 4;
const TOM: usize = 5;
const CRASH: usize = 6;
const RIDE: usize = 7;
const COWBELL: usize = 8;
const PERCUSSION: usize = 9;

/// Most cells of a bar in a pattern.
const CELLS: u32 = 64;
/// Share of the bars from which their exact pattern is taken.
const COMMON: f32 = 0.25;
/// Strokes on toms and snare that a fill has beyond the pattern's.
const FILL_STROKES: u32 = 3;

/// What each piece of the kit plays in a bar, one bit for each cell.
type Bar = [u64; PIECES.len()];

/// The drums of a piece.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Drums {
    /// Pieces of the kit that play.
    pub pieces: Vec<&'static str>,
    /// The most frequent pattern, a line for each piece of the kit, `x` where it is struck on a sixteenth
    /// of the bar; where few bars are equal, as in performances, the strokes that most bars have in
    /// common. `None` without drums or beats.
    pub pattern: Option<String>,
    /// Numbers of the bars, from 1, with a fill: strokes on toms or snare that the pattern does not have.
    pub fill_bars: Vec<u32>,
}

impl Drums {
    /// `onsets` are all of the score.
    pub(crate) fn of(score: &Score<'_>, tally: &Tally, grid: &BeatGrid, onsets: &[Onset]) -> Self {
        let pitches = (0..).zip(&tally.drum_pitches).filter(|(_, count)| **count > 0);
        let pieces = pitches.fold(0_u16, |pieces, (pitch, _)| pieces | 1 << piece(pitch));
        if pieces == 0 {
            return Self::default();
        }
        let cells = Cells::of(grid);
        let bars = bars(score, onsets, cells);
        let pattern = pattern(&bars);
        Self {
            pieces: (0..PIECES.len())
                .filter(|&piece| pieces >> piece & 1 == 1)
                .map(|piece| PIECES[piece])
                .collect(),
            fill_bars: pattern.map(|pattern| fills(&bars, &pattern)).unwrap_or_default(),
            pattern: pattern.map(|pattern| written(&pattern, cells.in_bar)),
        }
    }
}

/// Whether a drum note strikes a piece of a kit, or another instrument; `None` outside the percussion key map of General
/// MIDI 1.
pub(crate) fn is_of_kit(pitch: u8) -> Option<bool> {
    let piece = piece(pitch);
    (piece < COWBELL || (35..=81).contains(&pitch)).then_some(piece < COWBELL)
}

/// The piece of the kit that a drum note strikes.
fn piece(pitch: u8) -> usize {
    match pitch {
        35 | 36 => KICK,
        37 | 38 | 40 => SNARE,
        39 => CLAP,
        22 | 42 | 44 => CLOSED_HAT,
        26 | 46 => OPEN_HAT,
        41 | 43 | 45 | 47 | 48 | 50 => TOM,
        49 | 52 | 55 | 57 => CRASH,
        51 | 53 | 59 => RIDE,
        56 => COWBELL,
        _ => PERCUSSION,
    }
}

/// How a bar is divided: a quarter note into four cells, the dotted quarter of a compound meter into six,
/// an eighth into two.
#[derive(Clone, Copy)]
struct Cells {
    slots: u32,
    in_bar: u32,
}

impl Cells {
    fn of(grid: &BeatGrid) -> Self {
        let meter = grid.meter.unwrap_or(TimeSignature::new(4, 4));
        let (beats, in_beat) = match (is_compound(meter), meter.denominator) {
            (true, _) => (meter.numerator / 3, 6),
            (false, 8) => (meter.numerator, 2),
            _ => (meter.numerator, 4),
        };
        Self { slots: SLOTS / in_beat, in_bar: (u32::from(beats) * in_beat).min(CELLS) }
    }
}

fn bars(score: &Score<'_>, onsets: &[Onset], cells: Cells) -> Vec<Bar> {
    let mut bars = vec![Bar::default(); bar_count(onsets)];
    for (onset, notes) in with_notes(onsets, score) {
        let Some(position) = onset.position else { continue };
        let cell = (position.slot_in_bar() + cells.slots / 2) / cells.slots;
        let bar = bars.get_mut(position.bar as usize).filter(|_| cell < cells.in_bar);
        let Some(bar) = bar else { continue };
        for note in notes.iter().filter(|note| note.is_drum()) {
            bar[piece(note.pitch)] |= 1 << cell;
        }
    }
    bars
}

/// The most frequent bar, the last of equals in the order of patterns, or the strokes that most bars have
/// in common; `None` where no bar has drums.
fn pattern(bars: &[Bar]) -> Option<Bar> {
    let mut played: Vec<&Bar> = bars.iter().filter(|bar| bar.iter().any(|&row| row != 0)).collect();
    played.sort();
    let most = played.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
    if most.len() > 1 && most.len() as f32 >= COMMON * played.len() as f32 {
        return Some(*most[0]);
    }
    let mut counts = [[0_u32; CELLS as usize]; PIECES.len()];
    for bar in &played {
        for (row, counts) in bar.iter().zip(&mut counts) {
            let mut left = *row;
            while left != 0 {
                counts[left.trailing_zeros() as usize % counts.len()] += 1;
                left &= left - 1;
            }
        }
    }
    let common = |counts: &[u32; CELLS as usize]| {
        let set = |cell: &usize| counts[*cell] as usize * 2 > played.len();
        (0..CELLS as usize).filter(set).fold(0, |row, cell| row | 1 << cell)
    };
    let consensus = counts.each_ref().map(common);
    consensus.iter().any(|&row| row != 0).then_some(consensus)
}

fn fills(bars: &[Bar], pattern: &Bar) -> Vec<u32> {
    let strokes = |bar: &Bar, beyond: &Bar| {
        [TOM, SNARE].iter().map(|&piece| (bar[piece] & !beyond[piece]).count_ones()).sum::<u32>()
    };
    let is_fill = |bar: &Bar| strokes(bar, pattern) >= FILL_STROKES;
    let number = |(index, _): (usize, &Bar)| index as u32 + 1;
    bars.iter().enumerate().filter(|(_, bar)| is_fill(bar)).map(number).collect()
}

/// A line for each piece of the kit that plays: `snare ....x.......x...`.
fn written(pattern: &Bar, cells: u32) -> String {
    let lines = PIECES.iter().zip(pattern).filter(|(_, row)| **row != 0).map(|(name, row)| {
        let strokes = (0..cells).map(|cell| if row >> cell & 1 == 1 { 'x' } else { '.' });
        format!("{name} {}", strokes.collect::<String>())
    });
    lines.collect::<Vec<_>>().join("\n")
}
