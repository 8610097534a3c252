//! The position of each onset in bars and beats, on which timing, repetition and drums are based.
//!
//! Beats are those of the [`BeatGrid`], declared or estimated; between two of them ticks are of equal
//! length. Onsets before the first beat have no position.

use std::num::NonZeroU16;

use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};

/// Slots in a beat: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: u32 = 12;

/// The position at which notes begin. An optional one takes no more memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BeatPosition {
    /// The beat, from 0, and the fraction of it before the onset, 0-1.
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

    /// The nearest slot of its beat, from 0.
    pub(crate) fn slot_in_beat(&self) -> u32 {
        if u32::from(self.slot_in_beat) < SLOTS { self.slot_in_beat.into() } else { 0 }
    }

    /// The slot in the bar, from 0.
    pub(crate) fn slot_in_bar(&self) -> u32 {
        u32::from(self.slot_in_bar.get()) - 1
    }
}

/// Sets the positions of ascending ticks from the first beat on; none where fewer than two beats are known.
pub(crate) fn place<'a>(
    grid: &BeatGrid,
    ticks: impl Iterator<Item = (u32, &'a mut Option<BeatPosition>)>,
) {
    let Some(beyond) = Beyond::of(&grid.beats) else { return };
    let mut ticks = ticks.peekable();
    while ticks.next_if(|(tick, _)| *tick < grid.beats[0].tick).is_some() {}
    for (beat, (this, next)) in (0..).zip(grid.beats.iter().zip(&grid.beats[1..])) {
        let span = Span::between(beat, this, next);
        while let Some((tick, position)) = ticks.next_if(|(tick, _)| *tick < next.tick) {
            *position = Some(span.position(tick));
        }
    }
    for (tick, position) in ticks {
        *position = Some(beyond.position(tick));
    }
}

/// A bar, from 0, and one of its slots, from 1.
type InBar = (u32, NonZeroU16);

fn in_bar(bar: u32, beat: u32) -> InBar {
    (bar.saturating_sub(1), NonZeroU16::MIN.saturating_add((beat * SLOTS) as u16))
}

/// The position in a beat, which begins at the first place in its bar, and the next one at the other.
#[inline]
fn within(beat: u32, fraction: f32, [begin, end]: [InBar; 2]) -> BeatPosition {
    let slot = (fraction * SLOTS as f32 + 0.5) as u8;
    let (bar, slot_in_bar) =
        if u32::from(slot) < SLOTS { (begin.0, begin.1.saturating_add(slot.into())) } else { end };
    BeatPosition { beat, fraction, bar, slot_in_bar, slot_in_beat: slot }
}

/// The time from one beat to the next.
struct Span {
    beat: u32,
    begin: u32,
    beats_per_tick: f64,
    in_bars: [InBar; 2],
}

impl Span {
    fn between(beat: u32, this: &GridBeat, next: &GridBeat) -> Self {
        let ticks = next.tick.saturating_sub(this.tick);
        Self {
            beat,
            begin: this.tick,
            beats_per_tick: 1.0 / f64::from(ticks.max(1)),
            in_bars: [this, next].map(|beat| in_bar(beat.bar, u32::from(beat.beat_in_bar) - 1)),
        }
    }

    #[inline]
    fn position(&self, tick: u32) -> BeatPosition {
        let passed = f64::from(tick.saturating_sub(self.begin)) * self.beats_per_tick;
        within(self.beat, passed as f32, self.in_bars)
    }
}

/// The time from the last beat on, in which beats and bars continue as before.
struct Beyond<'a> {
    beats: u32,
    last: &'a GridBeat,
    beats_per_tick: f64,
    beats_in_bar: u32,
}

impl<'a> Beyond<'a> {
    /// `None` where there are fewer than two beats.
    fn of(beats: &'a [GridBeat]) -> Option<Self> {
        let [.., before, last] = beats else { return None };
        let ticks = last.tick.saturating_sub(before.tick);
        Some(Self {
            beats: beats.len() as u32,
            last,
            beats_per_tick: 1.0 / f64::from(ticks.max(1)),
            beats_in_bar: beats.iter().map(|beat| beat.beat_in_bar).max()?.into(),
        })
    }

    fn position(&self, tick: u32) -> BeatPosition {
        let passed = f64::from(tick.saturating_sub(self.last.tick)) * self.beats_per_tick;
        let whole = passed as u32;
        let fraction = (passed - f64::from(whole)) as f32;
        let beat = (self.beats - 1).saturating_add(whole);
        within(beat, fraction, [0, 1].map(|more| self.in_bar(whole.saturating_add(more))))
    }

    /// Where the beat begins that follows the last after so many others.
    fn in_bar(&self, beats: u32) -> InBar {
        let beat = (u32::from(self.last.beat_in_bar) - 1).saturating_add(beats);
        let bar = self.last.bar.max(1).saturating_add(beat / self.beats_in_bar);
        in_bar(bar, beat % self.beats_in_bar)
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
    let beyond = Beyond::of(beats);
    let (mut current, mut next) = (0, if beats.len() > 1 { begin(1) } else { u32::MAX });
    ticks.map(move |tick| {
        while next <= tick {
            current += 1;
            next = if current + 1 < beats.len() { begin(current + 1) } else { u32::MAX };
        }
        match beats.get(current) {
            // After the last beat bars continue as before.
            Some(_) if current + 1 == beats.len() => {
                beyond.as_ref().map_or(0, |beyond| beyond.position(tick).bar + 1)
            }
            Some(beat) if beat.tick <= tick || current > 0 => beat.bar,
            _ => 0,
        }
    })
}
