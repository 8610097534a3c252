//! The numbers that the weights of tempo and meter are multiplied with, for their trainer.

use crate::analysis::rhythm::beatgrid::Units;
use crate::analysis::rhythm::candidates::{CANDIDATES, POWERS, SHIFTED, SORTS, candidate_s};
use crate::analysis::rhythm::grid::Pulse;
use crate::analysis::rhythm::onsets::onsets;
use crate::analysis::rhythm::tempogram::{Tempogram, tempogram, terms};
use crate::analysis::tempo::Tempo;
use crate::error::Error;
use crate::model::score::Score;

/// Kinds of accent, intervals around a candidate of each, powers of the curve of tempos.
pub const TEMPO_TERMS: [usize; 3] = [SORTS, SHIFTED, POWERS];

/// What tempo and meter are estimated from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RhythmEvidence {
    /// For each candidate for the beat its seconds and the terms of its odds: by kind of accent those
    /// of the intervals, then the powers, as many as [`TEMPO_TERMS`] says.
    pub tempo: Vec<(f64, [f32; SORTS * SHIFTED + POWERS])>,
    /// Features of the meter.
    pub meter: Vec<f32>,
    /// Whether the features of the meter are measured on tracked beats, not on the declared grid.
    pub on_tracked_beats: bool,
}

/// The evidence of a piece; `None` where there is too little.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn rhythm_evidence(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<RhythmEvidence>, Error> {
    let onsets = onsets(score)?;
    let declared = Tempo::of(score, interrupted)?.bpm_declared;
    let units = Units::of(score, &onsets, declared, interrupted)?;
    Ok(units.features(&onsets).map(|features| RhythmEvidence {
        tempo: tempo(&tempogram(&onsets)),
        meter: features.to_vec(),
        on_tracked_beats: matches!(units.pulse, Pulse::Estimated(_)),
    }))
}

fn tempo(tempogram: &Tempogram) -> Vec<(f64, [f32; SORTS * SHIFTED + POWERS])> {
    (0..CANDIDATES)
        .map(|candidate| (candidate_s(candidate as f64), terms(tempogram, candidate)))
        .collect()
}
