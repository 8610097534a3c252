//! The meter map: from ticks to bars and beats, as they are declared.
//!
//! Source: Time Signature (FF 58) of MMA RP-001. A time signature begins a bar wherever it occurs;
//! 4/4 holds until the first. A beat here is the denominator's note value.

use crate::model::division::Division;
use crate::model::time_signature::TimeSignature;
use crate::room::{self, NoRoom};

/// Quarter notes in a whole note.
const QUARTERS: u64 = 4;

/// A stretch of constant meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MeterSegment {
    /// Tick at which it begins.
    pub tick: u32,
    /// Number of the bar that begins there, from 1.
    pub bar: u32,
    /// The time signature that holds from there on.
    pub signature: TimeSignature,
}

/// The meter of a whole piece: segments in the order of time, the first at tick 0, each of another
/// meter than the one before. Without segments time is SMPTE and there are no bars.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MeterMap {
    segments: Vec<MeterSegment>,
    ticks_per_quarter: u64,
    /// The first time signature that is declared, and its tick.
    first: Option<(u32, TimeSignature)>,
}

impl MeterMap {
    /// `meters` are time signatures and their ticks, in the order of their ticks; of several at one
    /// tick the last one counts.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn new(division: Division, meters: &[(u32, TimeSignature)]) -> Result<Self, NoRoom> {
        let Some(ticks) = division.ticks_per_quarter() else {
            return Ok(Self { segments: Vec::new(), ticks_per_quarter: 1, first: None });
        };
        let first = MeterSegment { tick: 0, bar: 1, signature: TimeSignature::new(4, 4) };
        let mut map = Self {
            segments: vec![first],
            ticks_per_quarter: ticks.into(),
            first: meters.first().copied(),
        };
        for (index, &(tick, signature)) in meters.iter().enumerate() {
            if meters.get(index + 1).is_some_and(|next| next.0 == tick) {
                continue;
            }
            map.push(tick, signature)?;
        }
        Ok(map)
    }

    fn push(&mut self, tick: u32, signature: TimeSignature) -> Result<(), NoRoom> {
        let last = self.segments[self.segments.len() - 1];
        if tick == 0 {
            self.segments[0] = MeterSegment { tick, bar: 1, signature };
        } else if last.signature != signature {
            let bar = last.bar.saturating_add(self.bars_between(&last, tick));
            room::push(&mut self.segments, MeterSegment { tick, bar, signature })?;
        }
        Ok(())
    }

    /// The segments.
    pub fn segments(&self) -> &[MeterSegment] {
        &self.segments
    }

    /// Whether any time signature is declared.
    pub fn is_declared(&self) -> bool {
        self.first.is_some()
    }

    /// The time signatures that the file declares, in the order in which they come to hold; one may
    /// come back.
    pub fn declared(&self) -> impl Iterator<Item = TimeSignature> {
        // Where the first time signature comes later, the meter at tick 0 is the default.
        let (late, skipped) = match self.first {
            None => (None, self.segments.len()),
            Some((0, _)) => (None, 0),
            Some((_, signature)) => (Some(signature), 1),
        };
        let kept = self.segments.iter().skip(skipped);
        late.into_iter().chain(kept.map(|segment| segment.signature))
    }

    /// Bars that begin from the segment's start on and before `tick`.
    fn bars_between(&self, segment: &MeterSegment, tick: u32) -> u32 {
        let (position, bar) = self.scaled(segment, tick);
        position.div_ceil(bar).min(u64::from(u32::MAX)) as u32
    }

    /// Position in the segment and length of its bar, in units that keep both whole.
    fn scaled(&self, segment: &MeterSegment, tick: u32) -> (u64, u64) {
        let position = u64::from(tick - segment.tick) * u64::from(segment.signature.denominator);
        (position, QUARTERS * self.ticks_per_quarter * u64::from(segment.signature.numerator))
    }

    /// The ticks of so many bars of a meter, a part of a tick at their end left out.
    pub(crate) fn ticks_of_bars(&self, signature: TimeSignature, bars: u64) -> u64 {
        let whole_notes = bars.saturating_mul(signature.numerator.into());
        whole_notes.saturating_mul(QUARTERS * self.ticks_per_quarter)
            / u64::from(signature.denominator)
    }

    /// Bar, from 1, and beat in the bar, from 1.0, of a tick; `None` in SMPTE time.
    pub fn position(&self, tick: u32) -> Option<(u32, f64)> {
        let after = self.segments.partition_point(|segment| segment.tick <= tick);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let (position, bar) = self.scaled(segment, tick);
        let beat = (position % bar) as f64 / (QUARTERS * self.ticks_per_quarter) as f64;
        let bars = (position / bar).min(u64::from(u32::MAX)) as u32;
        Some((segment.bar.saturating_add(bars), beat + 1.0))
    }

    /// The segments that begin before `end`, and the first.
    pub(crate) fn sounding(&self, end: u32) -> &[MeterSegment] {
        let count =
            self.segments.partition_point(|segment| segment.tick == 0 || segment.tick < end);
        &self.segments[..count]
    }

    /// Bars that begin before `end`; `None` in SMPTE time.
    pub(crate) fn bar_count(&self, end: u32) -> Option<u32> {
        let sounding = self.segments.partition_point(|segment| segment.tick < end);
        let segment = self.segments.get(sounding.saturating_sub(1))?;
        Some((segment.bar - 1).saturating_add(self.bars_between(segment, end)))
    }
}
