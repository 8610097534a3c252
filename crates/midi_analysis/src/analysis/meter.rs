//! Meter: whether the time signature and the bars are those declared or those estimated.

use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::meter_map::MeterSegment;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

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
            declared: map.is_declared() && beats.meter_confidence.is_none(),
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
    if map.is_declared() { longest(map.sounding(score.end), score.end) } else { Ok(None) }
}

/// The meter that holds for most ticks, over all its segments; of equals that of fewer beats, of
/// longer ones.
fn longest(segments: &[MeterSegment], end: u32) -> Result<Option<(u8, u8)>, NoRoom> {
    let ends = segments.iter().skip(1).map(|segment| segment.tick).chain([end]);
    let held = segments.iter().zip(ends).map(|(segment, until)| {
        let ticks = until.saturating_sub(segment.tick);
        ((segment.signature.numerator, segment.signature.denominator), ticks)
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
