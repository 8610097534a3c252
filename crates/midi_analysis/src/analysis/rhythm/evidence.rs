//! The numbers that the weights of tempo and meter are multiplied with, for their trainers.

use crate::analysis::rhythm::bar_lengths::{TERMS, units_in_bar};
use crate::analysis::rhythm::beatgrid::Units;
use crate::analysis::rhythm::candidates::{CANDIDATES, candidate_s};
use crate::analysis::rhythm::grid::FEWEST_ONSETS;
use crate::analysis::rhythm::onsets_of_notes::onsets;
use crate::analysis::rhythm::surroundings::{SURROUNDINGS, surroundings};
use crate::analysis::rhythm::tempogram::{tempogram, terms};
use crate::analysis::tempo::Tempo;
use crate::error::Error;
use crate::model::score::Score;

/// What the meter is estimated from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeterEvidence {
    /// By length of the bar: its units, and what the weights of its log-odds are multiplied with.
    pub lengths: Vec<(f64, Vec<f32>)>,
    /// Seconds of a unit.
    pub unit_s: f64,
    /// Whether they are measured on estimated beats, not on the declared grid.
    pub on_estimated_beats: bool,
}

/// The evidence of a piece for its meter; `None` where there is too little.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn meter_evidence(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<MeterEvidence>, Error> {
    let onsets = onsets(score)?;
    let declared = Tempo::of(score, interrupted)?.bpm_declared;
    let units = Units::of(score, &onsets, declared, interrupted)?;
    let length = |(index, terms): (usize, [f32; TERMS])| (units_in_bar(index), terms.to_vec());
    Ok(units.bar_terms(&onsets).map(|terms| MeterEvidence {
        lengths: terms.into_iter().enumerate().map(length).collect(),
        unit_s: units.unit_s,
        on_estimated_beats: units.found.pulse.tracking().is_some(),
    }))
}

/// By candidate for the beat: its seconds, and what the weights of its log-odds are multiplied with.
pub type TempoEvidence = Vec<(f64, Vec<f32>)>;

/// The evidence of a piece for its beat; `None` where there are too few
/// onsets.
///
/// # Errors
/// Out of memory.
pub(crate) fn tempo_evidence(score: &Score<'_>) -> Result<Option<TempoEvidence>, Error> {
    let onsets = onsets(score)?;
    if onsets.len() < FEWEST_ONSETS {
        return Ok(None);
    }
    let tempogram = tempogram(&onsets);
    let candidate = |index: usize| (candidate_s(index as f64), terms(&tempogram, index).to_vec());
    Ok(Some((0..CANDIDATES).map(candidate).collect()))
}

/// An onset as the network of the beats sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct OnsetEvidence {
    /// Second of the onset.
    pub seconds: f64,
    /// The inputs of the network.
    pub inputs: [f32; SURROUNDINGS],
}

/// The onsets of a piece as the network of the beats sees them.
///
/// # Errors
/// Out of memory.
pub(crate) fn onset_evidence(score: &Score<'_>) -> Result<Vec<OnsetEvidence>, Error> {
    let onsets = onsets(score)?;
    let inputs = surroundings(&onsets)?;
    let seconds = onsets.iter().map(|onset| onset.seconds);
    Ok(seconds.zip(inputs).map(|(seconds, inputs)| OnsetEvidence { seconds, inputs }).collect())
}
