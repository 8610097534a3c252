//! Where the bars of a piece begin: as they are declared where the notes follow that, else as they are found.

use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};
use crate::error::{Error, ErrorKind};
use crate::model::meter_map::{MeterMap, MeterSegment};
use crate::model::score::Score;
use crate::piece::Piece;

/// The bars of a piece, numbered as its [beats](crate::Piece::beats) number them.
pub(super) enum BarLines<'p> {
    Declared(&'p MeterMap),
    /// In the order of time, at least one.
    Found(&'p [GridBeat]),
}

impl<'p> BarLines<'p> {
    /// # Errors
    /// [`NotThere`](ErrorKind::NotThere) where the piece has no bars; it has no notes; out of memory, or `interrupted`.
    pub(super) fn of(piece: &'p Piece<'_>) -> Result<Self, Error> {
        let (score, grid) = (piece.score()?, piece.beat_grid()?);
        let BeatGrid { beats, bars_are_declared, .. } = grid;
        let is_metric = !score.meter.segments().is_empty();
        match beats.last().is_some_and(|beat| beat.bar > 0) {
            true if !*bars_are_declared => Ok(Self::Found(beats)),
            _ if is_metric => Ok(Self::Declared(&score.meter)),
            _ => Err(Error::new(ErrorKind::NotThere, 0, "no bars are declared or found")
                .with_hint(Some(
                    "The ticks are SMPTE time, and too little music plays to find beats in.",
                ))),
        }
    }

    /// The last bar in which a note sounds. Notes may sound after the last beat that is found.
    pub(super) fn last(&self, score: &Score<'_>) -> u32 {
        match self {
            Self::Declared(meter) => meter.bar_count(score.end.max(1)).unwrap_or(1),
            Self::Found(beats) => {
                let last = beats.last().map_or(1, |beat| beat.bar);
                let [next, after] = [1, 2].map(|more| found(beats, last.saturating_add(more)));
                let left = u64::from(score.end).saturating_sub(next);
                last.saturating_add(left.div_ceil((after - next).max(1)) as u32)
            }
        }
    }

    /// The tick at which a bar begins. Bar 0 is what comes before the first bar, if anything does.
    pub(super) fn begin(&self, bar: u32) -> u64 {
        match self {
            _ if bar == 0 => 0,
            Self::Declared(meter) => declared(meter, bar),
            Self::Found(beats) => found(beats, bar),
        }
    }
}

fn declared(meter: &MeterMap, bar: u32) -> u64 {
    let segments = meter.segments();
    let after = segments.partition_point(|segment| segment.bar <= bar);
    let segment: &MeterSegment = &segments[after.max(1) - 1];
    let bars = u64::from(bar.saturating_sub(segment.bar));
    u64::from(segment.tick) + meter.ticks_of_bars(segment.signature, bars)
}

fn found(beats: &[GridBeat], bar: u32) -> u64 {
    let at = beats.partition_point(|beat| beat.bar < bar);
    let ([first, ..], [.., last]) = (beats, beats) else { return 0 };
    if let Some(beat) = beats.get(at) {
        return beat.tick.into();
    }
    // Beyond the last beat, bars go on as the longest so far.
    let in_bar = beats.iter().map(|beat| beat.beat_in_bar).max().unwrap_or(1);
    // Of beats that are less than a tick apart, each has a tick.
    let interval = (u64::from(last.tick - first.tick) / (beats.len() as u64 - 1).max(1)).max(1);
    let rest = u64::from(in_bar - last.beat_in_bar.min(in_bar)) + 1;
    let bars = u64::from(bar - last.bar - 1);
    u64::from(last.tick) + interval.saturating_mul(rest + bars * u64::from(in_bar))
}
