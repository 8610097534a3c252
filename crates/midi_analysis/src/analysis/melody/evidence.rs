//! The numbers that the weights of the melody are multiplied with, for their trainer.

pub use super::choice::FEATURES as MELODY_FEATURES;
use super::choice::describe;
use crate::analysis::parts::Parts;
use crate::error::Error;
use crate::model::score::Score;

/// A part, as the choice of the melodic part describes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartEvidence {
    /// Index of the track of its first note, from 0.
    pub track: u16,
    /// MIDI channel of its first note, 0-15.
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
    let parts = Parts::of(score)?;
    let mut firsts = vec![None; parts.count()];
    for note in &score.notes {
        if let Some(part) = parts.get(note) {
            firsts[part].get_or_insert((note.track, note.channel));
        }
    }
    let described = describe(score, &parts)?;
    let described = described.iter().zip(firsts.into_iter().flatten());
    let evidence = described.map(|(part, (track, channel))| PartEvidence {
        track,
        channel,
        is_bass: part.is_bass(),
        features: part.features(),
    });
    Ok(evidence.collect())
}
