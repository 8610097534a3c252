//! Tempo and meter of a piece together, span by span.

use std::iter::Peekable;
use std::slice::Iter;

use crate::model::meter_map::MeterSegment;
use crate::model::score::Score;
use crate::model::tempo_map::TempoSegment;
use crate::model::time_signature::TimeSignature;

/// A span of constant tempo and meter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TempoSpan {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins or the last note ends.
    pub end_s: f64,
    /// Tick at which it begins.
    pub start_tick: u32,
    /// Quarter notes a minute; `None` in SMPTE time.
    pub bpm: Option<f64>,
    /// The time signature; `None` in SMPTE time.
    pub time_signature: Option<TimeSignature>,
}

/// The spans of constant tempo and meter in the order of time, defaults included, until the last note
/// ends.
pub(super) struct TempoSpans<'s> {
    score: &'s Score<'s>,
    tempos: Peekable<Iter<'s, TempoSegment>>,
    meters: Peekable<Iter<'s, MeterSegment>>,
    tempo: Option<&'s TempoSegment>,
    meter: Option<&'s MeterSegment>,
    /// Tick at which the next span begins; `None` after the last.
    start: Option<u32>,
}

impl<'s> TempoSpans<'s> {
    pub(super) fn of(score: &'s Score<'_>) -> Self {
        Self {
            score,
            tempos: score.tempo.segments().iter().peekable(),
            meters: score.meter.segments().iter().peekable(),
            tempo: None,
            meter: None,
            start: Some(0),
        }
    }
}

impl Iterator for TempoSpans<'_> {
    type Item = TempoSpan;

    fn next(&mut self) -> Option<TempoSpan> {
        let start = self.start?;
        self.tempo = self.tempos.next_if(|next| next.tick == start).or(self.tempo);
        self.meter = self.meters.next_if(|next| next.tick == start).or(self.meter);
        let tempo_change = self.tempos.peek().map(|next| next.tick);
        let meter_change = self.meters.peek().map(|next| next.tick);
        let ticks = [tempo_change, meter_change];
        self.start = ticks.into_iter().flatten().min().filter(|&next| next < self.score.end);
        let end = self.start.unwrap_or(self.score.end);
        Some(TempoSpan {
            start_s: self.score.tempo.seconds(start),
            end_s: self.score.tempo.seconds(end),
            start_tick: start,
            bpm: self.tempo.and_then(TempoSegment::bpm),
            time_signature: self.meter.map(|segment| segment.signature),
        })
    }
}
