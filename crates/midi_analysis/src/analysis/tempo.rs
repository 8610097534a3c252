//! The declared tempo of a piece as a whole.

use crate::error::{Error, check};
use crate::model::score::Score;
use crate::model::tempo_map::TempoMap;
use crate::room::{self, NoRoom};

/// Duration and declared tempo of a piece.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Tempo {
    /// Seconds from the start to the end of the last note.
    pub duration_s: f64,
    /// Quarter notes from the start to the end of the last note; `None` in SMPTE time.
    pub duration_beats: Option<f64>,
    /// Declared quarter notes a minute: the median over the piece's seconds. `None` where no tempo
    /// is declared.
    pub bpm_declared: Option<f64>,
    /// The slowest declared tempo that sounds.
    pub bpm_min: Option<f64>,
    /// The fastest declared tempo that sounds.
    pub bpm_max: Option<f64>,
    /// How often the declared tempo changes while the piece sounds.
    pub tempo_change_count: u32,
}

impl Tempo {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let duration_s = score.tempo.seconds(score.end);
        let duration_beats =
            score.ticks_per_quarter().map(|ticks| f64::from(score.end) / f64::from(ticks));
        let mut tempos = declared_tempos(&score.tempo, score.end, duration_s)?;
        check(interrupted)?;
        let tempo_change_count = tempos.len().saturating_sub(1) as u32;
        // The order of positive numbers is that of their bits.
        room::sort_by_key(&mut tempos, |&(bpm, _)| bpm.to_bits())?;
        check(interrupted)?;
        Ok(Self {
            duration_s,
            duration_beats,
            bpm_declared: median(&tempos, duration_s),
            bpm_min: tempos.first().map(|&(bpm, _)| bpm),
            bpm_max: tempos.last().map(|&(bpm, _)| bpm),
            tempo_change_count,
        })
    }
}

/// Quarter notes a minute and their seconds, for each segment that begins before the piece ends.
fn declared_tempos(map: &TempoMap, end: u32, duration_s: f64) -> Result<Vec<(f64, f64)>, NoRoom> {
    if !map.is_declared() {
        return Ok(Vec::new());
    }
    let segments = map.segments();
    let ends = segments[1..].iter().map(|segment| segment.seconds).chain([f64::INFINITY]);
    let tempos = segments
        .iter()
        .zip(ends)
        .take_while(|(segment, _)| segment.tick == 0 || segment.tick < end)
        .filter_map(|(segment, until)| {
            Some((segment.bpm()?, until.min(duration_s) - segment.seconds))
        });
    room::gathered(tempos)
}

/// The median tempo, weighted by seconds.
fn median(sorted: &[(f64, f64)], duration_s: f64) -> Option<f64> {
    let mut elapsed = 0.0;
    sorted
        .iter()
        .find(|&&(_, seconds)| {
            elapsed += seconds;
            elapsed * 2.0 >= duration_s
        })
        .or(sorted.last())
        .map(|&(bpm, _)| bpm)
}
