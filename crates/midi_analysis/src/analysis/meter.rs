//! Meter: the declared time signature and bars, or those estimated in their place.

use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::rhythm::declared_meter::declared_meter;
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;
use crate::room::NoRoom;

/// Meter and bars of a piece: the declared ones where the notes agree with them, else the estimated ones.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Meter {
    /// Bars until the last note ends: the estimated ones where the declared ones do not hold; in 4/4
    /// where none are declared or estimated. `None` in SMPTE time without a beat.
    pub bar_count: Option<u32>,
    /// The declared time signature of the longest duration, or the estimated one where none is declared
    /// or a declared 4/4 is contradicted. `None` where the music is too short for an estimate.
    pub signature: Option<TimeSignature>,
    /// Probability of an estimated time signature, 0-1; `None` where it is the declared one, unless the beats are
    /// estimated and a declared 4/4 with them.
    pub confidence: Option<f32>,
    /// Whether the time signature is one that the file declares.
    pub declared: bool,
    /// How often the declared meter changes while the piece sounds.
    pub change_count: u32,
}

impl Meter {
    /// The declared meter and its bars, whether or not the notes agree.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn declared(score: &Score<'_>) -> Result<Self, NoRoom> {
        let map = &score.meter;
        let is_declared = map.is_declared();
        Ok(Self {
            bar_count: if is_declared { map.bar_count(score.end) } else { None },
            signature: declared_meter(score)?,
            confidence: None,
            declared: is_declared,
            change_count: change_count(score),
        })
    }

    pub(crate) fn of(score: &Score<'_>, beats: &BeatGrid) -> Self {
        let map = &score.meter;
        Self {
            bar_count: match beats.beats.last() {
                Some(last) if !beats.bars_are_declared => Some(last.bar),
                _ => map.bar_count(score.end),
            },
            signature: beats.meter,
            confidence: beats.meter_confidence,
            declared: map.is_declared() && beats.meter_is_declared,
            change_count: change_count(score),
        }
    }
}

/// How often the declared meter changes while the piece sounds.
fn change_count(score: &Score<'_>) -> u32 {
    score.meter.sounding(score.end).len().saturating_sub(1) as u32
}
