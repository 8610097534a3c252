//! The tempo map: from ticks to seconds.
//!
//! Source: Set Tempo (FF 51) of MMA RP-001, in microseconds a quarter note; 120 quarter notes a
//! minute hold until the first. In SMPTE time a tick has a fixed length and tempo has no meaning.

use crate::model::division::Division;
use crate::room::{self, NoRoom};

/// Microseconds a quarter note where nothing is declared: 120 quarter notes a minute.
pub(crate) const DEFAULT_MICROSECONDS: u32 = 500_000;

/// A stretch of constant tempo: from `tick` on, ticks last `seconds_per_tick`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TempoSegment {
    /// Tick at which it begins.
    pub tick: u32,
    /// Second at which it begins.
    pub seconds: f64,
    /// Seconds that a tick lasts.
    pub seconds_per_tick: f64,
    /// Microseconds of a quarter note; 0 in SMPTE time.
    microseconds: u32,
}

impl TempoSegment {
    /// Quarter notes a minute; `None` in SMPTE time.
    pub fn bpm(&self) -> Option<f64> {
        (self.microseconds > 0).then(|| quarter_notes_a_minute(self.microseconds))
    }

    /// Microseconds of a quarter note; `None` in SMPTE time.
    pub(crate) fn microseconds(&self) -> Option<u32> {
        Some(self.microseconds).filter(|&microseconds| microseconds > 0)
    }

    /// Seconds from the start of the piece to a tick no earlier than its own.
    fn seconds_at(&self, tick: u32) -> f64 {
        self.seconds + f64::from(tick.saturating_sub(self.tick)) * self.seconds_per_tick
    }
}

/// The tempo of a whole piece: segments in the order of time, the first at tick 0, each of another
/// tempo than the one before.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TempoMap {
    segments: Vec<TempoSegment>,
    declared: bool,
}

impl TempoMap {
    /// `tempos` are (tick, microseconds a quarter note), in the order of their ticks; of several
    /// at one tick the last one counts.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn new(division: Division, tempos: &[(u32, u32)]) -> Result<Self, NoRoom> {
        let quarter = match division {
            Division::Timecode(time) => {
                let seconds_per_tick = 1.0 / time.ticks_per_second();
                let segment =
                    TempoSegment { tick: 0, seconds: 0.0, seconds_per_tick, microseconds: 0 };
                return Ok(Self { segments: vec![segment], declared: false });
            }
            Division::Metrical(quarter) => quarter,
        };
        let mut segments = room::list(tempos.len() + 1)?;
        segments.push(segment(0, 0.0, quarter, DEFAULT_MICROSECONDS));
        for (index, &(tick, microseconds)) in tempos.iter().enumerate() {
            if tempos.get(index + 1).is_some_and(|next| next.0 == tick) {
                continue;
            }
            let last = segments[segments.len() - 1];
            let seconds = last.seconds + f64::from(tick - last.tick) * last.seconds_per_tick;
            let next = segment(tick, seconds, quarter, microseconds);
            if tick == 0 {
                segments[0] = next;
            } else if next.seconds_per_tick != last.seconds_per_tick {
                segments.push(next);
            }
        }
        Ok(Self { segments, declared: !tempos.is_empty() })
    }

    /// The segments.
    pub fn segments(&self) -> &[TempoSegment] {
        &self.segments
    }

    /// Whether any tempo is declared.
    pub fn is_declared(&self) -> bool {
        self.declared
    }

    /// Whether all of the piece is at the tempo that programs write where nobody set one.
    pub(crate) fn is_only_default(&self) -> bool {
        let default = quarter_notes_a_minute(DEFAULT_MICROSECONDS);
        self.segments.iter().all(|segment| segment.bpm() == Some(default))
    }

    /// A clock for ticks asked in ascending order.
    pub(crate) fn clock(&self) -> Clock<'_> {
        Clock { now: &self.segments[0], later: &self.segments[1..] }
    }

    /// The tick of a second from the start of the piece, with its fraction.
    pub(crate) fn tick(&self, seconds: f64) -> f64 {
        let after = self.segments.partition_point(|segment| segment.seconds <= seconds);
        let segment = &self.segments[after.saturating_sub(1)];
        f64::from(segment.tick) + (seconds - segment.seconds) / segment.seconds_per_tick
    }

    /// Seconds from the start of the piece to a tick.
    pub fn seconds(&self, tick: u32) -> f64 {
        seconds_at(&self.segments, tick)
    }
}

fn seconds_at(segments: &[TempoSegment], tick: u32) -> f64 {
    let after = segments.partition_point(|segment| segment.tick <= tick);
    segments[after.saturating_sub(1)].seconds_at(tick)
}

/// Reads a tempo map forwards, without a search at each tick.
pub(crate) struct Clock<'a> {
    now: &'a TempoSegment,
    later: &'a [TempoSegment],
}

impl Clock<'_> {
    /// Seconds from the start of the piece to a tick no earlier than the one asked before.
    pub(crate) fn seconds(&mut self, tick: u32) -> f64 {
        while let [next, later @ ..] = self.later
            && next.tick <= tick
        {
            (self.now, self.later) = (next, later);
        }
        self.now.seconds_at(tick)
    }

    /// Seconds from the start of the piece to a tick no earlier than the one asked last, at which
    /// the clock stays.
    pub(crate) fn ahead(&self, tick: u32) -> f64 {
        if self.later.first().is_some_and(|next| next.tick <= tick) {
            return seconds_at(self.later, tick);
        }
        self.now.seconds_at(tick)
    }

    /// Seconds that so many ticks last at the tempo of the tick asked last.
    pub(crate) fn length(&self, ticks: u32) -> f64 {
        f64::from(ticks) * self.now.seconds_per_tick
    }
}

fn segment(tick: u32, seconds: f64, quarter: u16, microseconds: u32) -> TempoSegment {
    TempoSegment {
        tick,
        seconds,
        seconds_per_tick: f64::from(microseconds) / 1e6 / f64::from(quarter),
        microseconds,
    }
}

/// Rounded to thousandths: a file can only say 666,666 microseconds for 90 quarter notes a minute.
pub(crate) fn quarter_notes_a_minute(microseconds: u32) -> f64 {
    (60e9 / f64::from(microseconds)).round() / 1e3
}
