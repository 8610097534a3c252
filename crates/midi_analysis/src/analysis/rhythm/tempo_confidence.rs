//! How likely the tempo of a pulse is that of the music, given how likely its beat is by the tempogram.
//!
//! A logistic regression of "within 8 % of the annotated tempo" on the log-odds of the beat, over 4,600 pieces that
//! declare no true tempo: pop songs, drumming, made-up music, songs with piano and other scores, each collection
//! counting by the square root of its pieces. Tempos of music that is played freely are heard worse than their
//! log-odds say, and those of one constant tempo better.

use crate::analysis::rhythm::onsets::{Onset, has_drums};
use crate::net::logistic;

/// Weight of the log-odds of the beat.
const LOG_ODDS: f32 = 1.06;
/// Bias where the tempo is constant, and where beats are tracked; weight of the share of steady intervals among those.
const STEADY: f32 = 0.63;
const TRACKED: f32 = -1.74;
const STEADINESS: f32 = 3.56;
/// Log-odds of music with drums.
const DRUMS: f32 = 0.23;
/// Bounds of a share of the odds.
const SHARES: (f32, f32) = (0.01, 0.999);
/// Highest confidence in an estimate, with drums and without; the latter is set by hand.
const HIGHEST: f32 = 0.95;
const WITHOUT_DRUMS: f32 = 0.9;
/// The same where nothing but a listener's habit tells beats from half or double of them; set by hand.
const OF_TWO_READINGS: f32 = 0.6;

/// What is known of a tempo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TempoEvidence {
    /// Probability of its beat by the tempogram, 0-1.
    pub(crate) share: f32,
    /// Share of steady intervals among those of tracked beats; `None` where the tempo is constant.
    pub(crate) steadiness: Option<f32>,
    /// Whether half or double the beat is as good a beat.
    pub(crate) has_two_readings: bool,
}

/// The logarithm of the odds of a share, within bounds.
pub(super) fn log_odds(share: f32) -> f32 {
    let share = share.clamp(SHARES.0, SHARES.1);
    (share / (1.0 - share)).ln()
}

/// Probability that the tempo is that of the music, 0-1.
pub(crate) fn tempo_confidence(evidence: TempoEvidence, onsets: &[Onset]) -> f32 {
    let bias = evidence.steadiness.map_or(STEADY, |steady| TRACKED + STEADINESS * steady);
    let has_drums = has_drums(onsets);
    let drums = if has_drums { DRUMS } else { 0.0 };
    let highest = match (has_drums, evidence.has_two_readings) {
        (true, _) => HIGHEST,
        (false, true) => OF_TWO_READINGS,
        (false, false) => WITHOUT_DRUMS,
    };
    logistic(LOG_ODDS * log_odds(evidence.share) + bias + drums).min(highest)
}

#[cfg(test)]
mod tests {
    use super::{OF_TWO_READINGS, TempoEvidence, WITHOUT_DRUMS, tempo_confidence};

    #[test]
    fn confidence_rises_with_the_share_up_to_a_bound() {
        let of = |share: f32, steadiness: Option<f32>, has_two_readings: bool| {
            tempo_confidence(TempoEvidence { share, steadiness, has_two_readings }, &[])
        };
        assert!(of(0.3, None, false) < of(0.6, None, false));
        assert!(of(0.6, Some(0.2), false) < of(0.6, Some(0.9), false));
        assert!((of(1.0, None, false) - WITHOUT_DRUMS).abs() < 1e-6);
        assert!((of(1.0, None, true) - OF_TWO_READINGS).abs() < 1e-6);
        assert!((0.0..0.1).contains(&of(0.0, Some(0.0), false)));
    }
}
