//! Onsets: ticks at which notes begin, with their positions in bars and beats. What every note of a tick has in
//! common is computed once, and read by timing, repetition, drums and others.

use crate::analysis::beat_position::{BeatPosition, place};
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Most bars that are analysed individually.
pub(crate) const MOST_BARS: usize = 4_096;

/// Notes that begin at one tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    pub(crate) tick: u32,
    /// How many notes, drums among them.
    pub(crate) notes: u32,
    /// `None` before the first beat.
    pub(crate) position: Option<BeatPosition>,
    /// The lowest and the highest pitch, drums left out.
    lowest: u8,
    highest: u8,
}

impl Onset {
    fn at(tick: u32) -> Self {
        Self { tick, notes: 0, position: None, lowest: u8::MAX, highest: 0 }
    }

    /// The lowest and the highest pitch; `None` where only drums play.
    #[inline]
    pub(crate) fn range(&self) -> Option<(u8, u8)> {
        (self.lowest <= self.highest).then_some((self.lowest, self.highest))
    }
}

/// The onsets of a score, in the order of time.
///
/// # Errors
/// Out of memory.
pub(crate) fn onsets(score: &Score<'_>, grid: &BeatGrid) -> Result<Vec<Onset>, NoRoom> {
    // As many as there may be: what is not used of a large list takes no memory, and one that grows takes more.
    let mut onsets = room::list(score.notes.len())?;
    let Some(first) = score.notes.first() else { return Ok(onsets) };
    let mut onset = Onset::at(first.start);
    for note in &score.notes {
        if note.start != onset.tick {
            room::push(&mut onsets, onset)?;
            onset = Onset::at(note.start);
        }
        onset.notes += 1;
        if !note.is_drum() {
            onset.lowest = onset.lowest.min(note.pitch);
            onset.highest = onset.highest.max(note.pitch);
        }
    }
    room::push(&mut onsets, onset)?;
    place(grid, onsets.iter_mut().map(|onset| (onset.tick, &mut onset.position)));
    Ok(onsets)
}

/// Bars up to the last of all onsets, at most as many as are analysed individually.
pub(crate) fn bar_count(onsets: &[Onset]) -> usize {
    let last = onsets.last().and_then(|onset| onset.position);
    last.map_or(0, |last| (last.bar as usize + 1).min(MOST_BARS))
}

/// Successive onsets, each with its notes.
#[inline]
pub(crate) fn with_notes<'a>(
    onsets: &'a [Onset],
    score: &'a Score<'_>,
) -> impl Iterator<Item = (&'a Onset, &'a [Note])> {
    let mut later = &score.notes[..];
    onsets.iter().map(move |onset| {
        let (notes, rest) = later.split_at(onset.notes as usize);
        later = rest;
        (onset, notes)
    })
}
