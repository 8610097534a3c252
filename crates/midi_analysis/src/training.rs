//! What the learned weights are multiplied with, for the trainers of those weights.
//!
//! Only with the feature `training`, and free to change in any release: nothing else should build on it.

pub use crate::analysis::key::KEY_EVIDENCE;
pub use crate::analysis::melody::evidence::{MELODY_FEATURES, PartEvidence};
pub use crate::analysis::rhythm::evidence::{RhythmEvidence, TEMPO_TERMS};

use crate::analysis::inspect::with_score;
use crate::analysis::{key, melody, rhythm};
use crate::error::Error;
use crate::limits::Limits;

/// What the weights of `weights/key.toml` are multiplied with, by pitch class; `None` without pitched
/// notes.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn key_evidence(bytes: &[u8], limits: &Limits) -> Result<Option<[f64; KEY_EVIDENCE]>, Error> {
    with_score(bytes, limits, &|| false, |score, _| Ok(key::key_evidence(score)))
}

/// The key whose profile fits the whole piece best, the major ones from C upwards first, and by how
/// much its correlation is above that of the next.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn key_lead(bytes: &[u8], limits: &Limits) -> Result<(usize, f64), Error> {
    with_score(bytes, limits, &|| false, |score, _| Ok(key::key_lead(score)))
}

/// What the weights of tempo and meter are multiplied with; `None` where there are too few onsets.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn rhythm_evidence(bytes: &[u8], limits: &Limits) -> Result<Option<RhythmEvidence>, Error> {
    with_score(bytes, limits, &|| false, |score, _| {
        rhythm::evidence::rhythm_evidence(score, &|| false)
    })
}

/// The parts of a piece as the choice of the melody sees them.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn melody_evidence(bytes: &[u8], limits: &Limits) -> Result<Vec<PartEvidence>, Error> {
    with_score(bytes, limits, &|| false, |score, _| melody::evidence::melody_evidence(score))
}
