//! Meter: the time signatures, bars and beats that are declared, and whether those heard take their
//! place.
//!
//! Source: Time Signature (FF 58) of MMA RP-001. A time signature begins a bar wherever it stands;
//! 4/4 holds until the first. A beat here is the denominator's note value.

use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Quarter notes in a whole note.
const QUARTERS: u64 = 4;

/// From `tick` on, bars hold `numerator` beats of `1 / denominator` whole notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MeterSegment {
    pub(crate) tick: u32,
    /// Number of the bar that begins at `tick`, from 1.
    pub(crate) bar: u32,
    pub(crate) numerator: u8,
    pub(crate) denominator: u8,
}

/// The meter of a whole piece: segments in the order of time, the first at tick 0, each of another
/// meter than the one before. Without segments time is SMPTE and there are no bars.
#[derive(Clone, Debug)]
pub(crate) struct MeterMap {
    segments: Vec<MeterSegment>,
    ticks_per_quarter: u64,
    /// Tick, beats and note value of the first time signature in the file.
    first: Option<(u32, u8, u8)>,
}

impl MeterMap {
    /// `meters` are (tick, numerator, power of two of the denominator), in the order of their
    /// ticks; of several at one tick the last one counts.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn new(
        ticks_per_quarter: Option<u16>,
        meters: &[(u32, u8, u8)],
    ) -> Result<Self, NoRoom> {
        let Some(ticks) = ticks_per_quarter else {
            return Ok(Self { segments: Vec::new(), ticks_per_quarter: 1, first: None });
        };
        let first = MeterSegment { tick: 0, bar: 1, numerator: 4, denominator: 4 };
        let mut map = Self {
            segments: vec![first],
            ticks_per_quarter: ticks.into(),
            first: meters.first().map(|&(tick, numerator, power)| (tick, numerator, 1 << power)),
        };
        for (index, &(tick, numerator, power)) in meters.iter().enumerate() {
            if meters.get(index + 1).is_some_and(|next| next.0 == tick) {
                continue;
            }
            map.push(tick, numerator, 1 << power)?;
        }
        Ok(map)
    }

    fn push(&mut self, tick: u32, numerator: u8, denominator: u8) -> Result<(), NoRoom> {
        let last = self.segments[self.segments.len() - 1];
        if tick == 0 {
            self.segments[0] = MeterSegment { tick, bar: 1, numerator, denominator };
        } else if (last.numerator, last.denominator) != (numerator, denominator) {
            let bar = last.bar.saturating_add(self.bars_between(&last, tick));
            let segment = MeterSegment { tick, bar, numerator, denominator };
            room::push(&mut self.segments, segment)?;
        }
        Ok(())
    }

    pub(crate) fn segments(&self) -> &[MeterSegment] {
        &self.segments
    }

    /// The time signatures that the file declares, as they come to hold; one may come back.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (u8, u8)> {
        // Where the first time signature comes later, the meter at tick 0 is the default.
        let (late, skipped) = match self.first {
            None => (None, self.segments.len()),
            Some((0, ..)) => (None, 0),
            Some((_, numerator, denominator)) => (Some((numerator, denominator)), 1),
        };
        let kept = self.segments.iter().skip(skipped);
        late.into_iter().chain(kept.map(|segment| (segment.numerator, segment.denominator)))
    }

    /// Bars that begin from the segment's start on and before `tick`.
    fn bars_between(&self, segment: &MeterSegment, tick: u32) -> u32 {
        let (position, bar) = self.scaled(segment, tick);
        position.div_ceil(bar).min(u64::from(u32::MAX)) as u32
    }

    /// Position in the segment and length of its bar, in units that keep both whole.
    fn scaled(&self, segment: &MeterSegment, tick: u32) -> (u64, u64) {
        let position = u64::from(tick - segment.tick) * u64::from(segment.denominator);
        (position, QUARTERS * self.ticks_per_quarter * u64::from(segment.numerator))
    }

    /// Bar, from 1, and beat in the bar, from 1.0, of a tick; `None` in SMPTE time.
    pub(crate) fn position(&self, tick: u32) -> Option<(u32, f64)> {
        let after = self.segments.partition_point(|segment| segment.tick <= tick);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let (position, bar) = self.scaled(segment, tick);
        let beat = (position % bar) as f64 / (QUARTERS * self.ticks_per_quarter) as f64;
        let bars = (position / bar).min(u64::from(u32::MAX)) as u32;
        Some((segment.bar.saturating_add(bars), beat + 1.0))
    }

    /// The segments that begin before `end`, and the first.
    fn sounding(&self, end: u32) -> &[MeterSegment] {
        let count =
            self.segments.partition_point(|segment| segment.tick == 0 || segment.tick < end);
        &self.segments[..count]
    }

    /// Bars that begin before `end`; `None` in SMPTE time.
    fn bar_count(&self, end: u32) -> Option<u32> {
        let sounding = self.segments.partition_point(|segment| segment.tick < end);
        let segment = self.segments.get(sounding.saturating_sub(1))?;
        Some((segment.bar - 1).saturating_add(self.bars_between(segment, end)))
    }
}

/// Meter and bars of a piece: the declared ones where the notes bear them out, else as heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Bars until the last note ends: those heard where they are not the declared ones; in 4/4 where
    /// none are declared or heard. `None` in SMPTE time without a beat.
    pub bar_count: Option<i32>,
    /// Beats in a bar: of the time signature that is declared for longest, or the one heard where
    /// none is declared or a declared 4/4 is contradicted. `None` where too little is heard.
    pub numerator: Option<i16>,
    /// The note value of a beat: 4 for a quarter note.
    pub denominator: Option<i16>,
    /// Probability of a heard time signature, 0-1; `None` where it is the declared one.
    pub confidence: Option<f32>,
    /// Whether the time signature is what the file declares.
    pub declared: bool,
    /// How often the declared meter changes while the piece sounds.
    pub change_count: i32,
}

impl Meter {
    pub(crate) fn of(score: &Score<'_>, beats: &BeatGrid) -> Self {
        let map = &score.meter;
        let bars = match beats.beats.last() {
            Some(last) if !beats.bars_are_declared => Some(last.bar),
            _ => map.bar_count(score.end),
        };
        Self {
            bar_count: bars.map(|bars| bars.min(i32::MAX as u32) as i32),
            numerator: beats.meter.map(|(numerator, _)| numerator.into()),
            denominator: beats.meter.map(|(_, denominator)| denominator.into()),
            confidence: beats.meter_confidence,
            declared: map.first.is_some() && beats.meter_confidence.is_none(),
            change_count: map.sounding(score.end).len().saturating_sub(1) as i32,
        }
    }
}

/// The declared meter that holds longest; `None` where none is declared.
///
/// # Errors
/// Out of memory.
pub(crate) fn declared_meter(score: &Score<'_>) -> Result<Option<(u8, u8)>, NoRoom> {
    let map = &score.meter;
    if map.first.is_some() { longest(map.sounding(score.end), score.end) } else { Ok(None) }
}

/// The meter that holds for most ticks, over all its segments; of equals that of fewer beats, of
/// longer ones.
fn longest(segments: &[MeterSegment], end: u32) -> Result<Option<(u8, u8)>, NoRoom> {
    let ends = segments.iter().skip(1).map(|segment| segment.tick).chain([end]);
    let held = segments.iter().zip(ends).map(|(segment, until)| {
        let ticks = until.saturating_sub(segment.tick);
        ((segment.numerator, segment.denominator), ticks)
    });
    let mut held: Vec<((u8, u8), u32)> = room::gathered(held)?;
    held.sort_unstable_by_key(|&(meter, _)| meter);
    let mut best: Option<((u8, u8), u64)> = None;
    for group in held.chunk_by(|a, b| a.0 == b.0) {
        let ticks = group.iter().map(|&(_, ticks)| u64::from(ticks)).sum();
        if best.is_none_or(|(_, most)| ticks > most) {
            best = Some((group[0].0, ticks));
        }
    }
    Ok(best.map(|(meter, _)| meter))
}
