//! The position of each note in bars and beats, on which timing, repetition and drums are based.
//!
//! Beats are those of the [`BeatGrid`], declared or estimated; between two of them ticks are of equal
//! length. Notes before the first beat have no position.

use std::num::NonZeroU16;

use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Slots in a beat: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: u32 = 12;

/// Most bars that are analysed individually.
const MOST_BARS: usize = 4_096;

/// The position at which a note begins. An optional one takes sixteen bytes, as there is one for each
/// note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BeatPosition {
    /// The beat, from 0, and the fraction of it before the note, 0-1.
    pub(crate) beat: u32,
    pub(crate) fraction: f32,
    /// The bar of the nearest slot, from 0.
    pub(crate) bar: u32,
    /// The slot in the bar, from 1; a bar has up to 255 beats.
    slot_in_bar: NonZeroU16,
    /// The nearest slot of the beat, from 0; 12 where it is the next beat.
    slot_in_beat: u8,
}

impl BeatPosition {
    /// The nearest slot, counted from the first beat.
    pub(crate) fn slot(&self) -> u32 {
        self.beat.saturating_mul(SLOTS).saturating_add(self.slot_in_beat.into())
    }

    /// The slot in the bar, from 0.
    pub(crate) fn slot_in_bar(&self) -> u32 {
        u32::from(self.slot_in_bar.get()) - 1
    }
}

/// The slot of a beat that is nearest to a fraction of it.
fn nearest_slot(fraction: f32) -> u32 {
    (fraction * SLOTS as f32 + 0.5) as u32
}

/// The position of every note of the score, in its order; none where no beat is known.
///
/// # Errors
/// Out of memory.
pub(crate) fn beat_positions(
    score: &Score<'_>,
    grid: &BeatGrid,
) -> Result<Vec<Option<BeatPosition>>, NoRoom> {
    let Some(mut ruler) = Ruler::new(&grid.beats) else { return Ok(Vec::new()) };
    let (mut last, mut position) = (None, None);
    let place_of = |note: &Note| {
        if last.replace(note.start) != Some(note.start) {
            position = ruler.position(note.start);
        }
        position
    };
    room::gathered(score.notes.iter().map(place_of))
}

/// Bars up to the last position, at most as many as are analysed individually.
pub(crate) fn bar_count(positions: &[Option<BeatPosition>]) -> usize {
    let last = positions.iter().rev().flatten().map(|position| position.bar as usize).next();
    last.map_or(0, |last| (last + 1).min(MOST_BARS))
}

/// Computes the positions of ascending ticks.
struct Ruler<'a> {
    beats: &'a [GridBeat],
    current: usize,
    beats_per_tick: f64,
    /// Length of the bars after the last beat.
    beats_in_bar: u32,
}

impl<'a> Ruler<'a> {
    fn new(beats: &'a [GridBeat]) -> Option<Self> {
        let beats_in_bar = beats.iter().map(|beat| u32::from(beat.beat_in_bar)).max()?;
        let mut ruler = Self { beats, current: 0, beats_per_tick: 0.0, beats_in_bar };
        ruler.measure()?;
        Some(ruler)
    }

    /// The length of the current beat, or of the last that has one.
    fn measure(&mut self) -> Option<()> {
        let from = self.current.min(self.beats.len().checked_sub(2)?);
        let ticks = self.beats[from + 1].tick.saturating_sub(self.beats[from].tick);
        self.beats_per_tick = 1.0 / f64::from(ticks.max(1));
        Some(())
    }

    fn position(&mut self, tick: u32) -> Option<BeatPosition> {
        while self.beats.get(self.current + 1).is_some_and(|next| next.tick <= tick) {
            self.current += 1;
            self.measure();
        }
        let since = tick.checked_sub(self.beats[self.current].tick)?;
        let passed = f64::from(since) * self.beats_per_tick;
        let whole = passed as u32;
        let fraction = (passed - f64::from(whole)) as f32;
        let beat = (self.current as u32).saturating_add(whole);
        let in_beat = nearest_slot(fraction);
        let (bar, in_bar) = self.bar_of(beat.saturating_add(in_beat / SLOTS));
        Some(BeatPosition {
            beat,
            fraction,
            bar,
            slot_in_beat: in_beat as u8,
            slot_in_bar: NonZeroU16::MIN.saturating_add((in_bar * SLOTS + in_beat % SLOTS) as u16),
        })
    }

    /// The bar of a beat, from 0, and the beat in it.
    fn bar_of(&self, beat: u32) -> (u32, u32) {
        if let Some(beat) = self.beats.get(beat as usize) {
            return (beat.bar.saturating_sub(1), u32::from(beat.beat_in_bar) - 1);
        }
        let last = &self.beats[self.beats.len() - 1];
        let position = u32::from(last.beat_in_bar) + (beat - self.beats.len() as u32);
        let bars = position / self.beats_in_bar;
        (last.bar.saturating_sub(1).saturating_add(bars), position % self.beats_in_bar)
    }
}

/// The bars of ascending ticks, numbered as in the grid; 0 where there are none. A tick nearer to a beat
/// than to the slot before it is played early, and belongs to that beat.
pub(crate) fn bars_at(
    grid: &BeatGrid,
    ticks: impl Iterator<Item = u32>,
) -> impl Iterator<Item = u32> {
    let beats = &grid.beats[..];
    let begin = |beat: usize| {
        let early = beats[beat].tick.saturating_sub(beats[beat - 1].tick) / (2 * SLOTS);
        beats[beat].tick - early
    };
    let mut ruler = Ruler::new(beats);
    let (mut current, mut next) = (0, if beats.len() > 1 { begin(1) } else { u32::MAX });
    ticks.map(move |tick| {
        while next <= tick {
            current += 1;
            next = if current + 1 < beats.len() { begin(current + 1) } else { u32::MAX };
        }
        match beats.get(current) {
            // After the last beat bars continue as before.
            Some(_) if current + 1 == beats.len() => ruler
                .as_mut()
                .and_then(|ruler| ruler.position(tick))
                .map_or(0, |position| position.bar + 1),
            Some(beat) if beat.tick <= tick || current > 0 => beat.bar,
            _ => 0,
        }
    })
}
