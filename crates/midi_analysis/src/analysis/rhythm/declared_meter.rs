//! The declared meter of a piece as a whole.

use crate::model::key::{KeySignature, Mode};
use crate::model::meter_map::MeterSegment;
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;
use crate::room::{self, NoRoom};

/// The meter that programs write by themselves.
pub(crate) const COMMON_TIME: TimeSignature = TimeSignature::new(4, 4);

/// The declared time signature of the longest duration; `None` where none is declared.
///
/// # Errors
/// Out of memory.
pub(crate) fn declared_meter(score: &Score<'_>) -> Result<Option<TimeSignature>, NoRoom> {
    let map = &score.meter;
    if map.is_declared() { longest(map.sounding(score.end), score.end) } else { Ok(None) }
}

/// Whether somebody has set the bars or the key: any but 4/4 and C major, which programs write by themselves.
pub(super) fn is_notated(score: &Score<'_>) -> bool {
    let default = KeySignature::new(0, Mode::Major);
    score.keys.iter().any(|key| Some(key.signature) != default)
        || score.meter.declared().any(|meter| meter != COMMON_TIME && meter.numerator > 1)
}

/// The time signature of most ticks, over all its segments; of equals the one with the smaller numerator,
/// then denominator.
fn longest(segments: &[MeterSegment], end: u32) -> Result<Option<TimeSignature>, NoRoom> {
    let ends = segments.iter().skip(1).map(|segment| segment.tick).chain([end]);
    let durations = segments
        .iter()
        .zip(ends)
        .map(|(segment, until)| (segment.signature, until.saturating_sub(segment.tick)));
    let mut durations: Vec<(TimeSignature, u32)> = room::gathered(durations)?;
    durations.sort_unstable_by_key(|&(meter, _)| meter);
    let mut best: Option<(TimeSignature, u64)> = None;
    for group in durations.chunk_by(|a, b| a.0 == b.0) {
        let ticks = group.iter().map(|&(_, ticks)| u64::from(ticks)).sum();
        if best.is_none_or(|(_, most)| ticks > most) {
            best = Some((group[0].0, ticks));
        }
    }
    Ok(best.map(|(meter, _)| meter))
}
