//! The numbers that the weights of the melody are multiplied with, for their trainer.

pub use super::parts::FEATURES as MELODY_FEATURES;
use super::parts::describe;
use crate::error::Error;
use crate::model::score::Score;

/// A part (a channel of a track), as the choice of the melodic part describes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartEvidence {
    /// Index of the track, from 0.
    pub track: u16,
    /// MIDI channel, 0-15.
    pub channel: u8,
    /// Whether most of its notes are played by a bass: such a part is chosen only where there is no other.
    pub is_bass: bool,
    /// The features, in the order of [`MELODY_FEATURES`].
    pub features: [f64; MELODY_FEATURES.len()],
}

/// All parts but drums, in the order of their first notes.
///
/// # Errors
/// Out of memory.
pub(crate) fn melody_evidence(score: &Score<'_>) -> Result<Vec<PartEvidence>, Error> {
    let parts = describe(score)?;
    Ok(parts
        .iter()
        .map(|part| PartEvidence {
            track: part.part.track,
            channel: part.part.channel,
            is_bass: part.is_bass(),
            features: part.features(),
        })
        .collect())
}
