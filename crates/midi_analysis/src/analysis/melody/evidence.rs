//! The numbers that the weights of the melody are multiplied with, for their trainer.

use super::among::{AMONG, Whole};
use super::candidates::{Gate, candidates, each_attack};
pub use super::choice::FEATURES as MELODY_FEATURES;
use super::choice::describe;
use super::described::{FEATURES, described};
use super::heard::Part;
use super::links::linked;
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
    for (note, part) in parts.notes(score) {
        firsts[part].get_or_insert((note.track, note.channel));
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

/// How many numbers describe a candidate for the melody of a part.
pub const MELODY_NOTE_FEATURES: usize = FEATURES;
/// The first of them, which describe a note among those that sound with it.
pub const MELODY_AMONG_FEATURES: usize = AMONG;

/// What tells candidates for a melody from other notes: for those a weighted sum is not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MelodyGate {
    /// The weights of what describes a note among others.
    pub weights: [f32; MELODY_AMONG_FEATURES],
    /// Added to the sum.
    pub bias: f32,
}

impl MelodyGate {
    /// A gate of these weights.
    pub fn new(weights: [f32; MELODY_AMONG_FEATURES], bias: f32) -> Self {
        Self { weights, bias }
    }
}

/// A candidate for the melody of a piece that is taken for one part.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NoteEvidence {
    /// Index of the track, from 0.
    pub track: u16,
    /// MIDI pitch, 0-127.
    pub pitch: u8,
    /// Number of the attack that it belongs to.
    pub attack: u32,
    /// Place of the candidate that it goes on from; `None` where there is none.
    pub before: Option<usize>,
    /// Place of the candidate that goes on from it.
    pub after: Option<usize>,
    /// The features.
    pub features: [f32; MELODY_NOTE_FEATURES],
}

/// The candidates among all notes but drums, as those of one part.
///
/// # Errors
/// Out of memory.
pub(crate) fn note_evidence(
    score: &Score<'_>,
    gate: &MelodyGate,
) -> Result<Vec<NoteEvidence>, Error> {
    let part = Part::of(score, score.notes.iter().filter(|note| !note.is_drum()))?;
    let all = 0..part.attacks.len();
    let gate = Gate { weights: &gate.weights, bias: gate.bias };
    let candidates = candidates(&part, &Whole::of(&part), all.clone(), gate)?;
    let links = linked(&candidates)?;
    let rows = described(&part, all, &candidates, &links)?;
    let place = |place: u32| Some(place as usize).filter(|&place| place < rows.len());
    let notes = candidates.iter().zip(&rows).zip(&links);
    let notes = notes.map(|((candidate, &features), link)| NoteEvidence {
        track: candidate.heard.note.track,
        pitch: candidate.heard.note.pitch,
        attack: part.attacks.partition_point(|attack| attack.end <= candidate.place) as u32,
        before: place(link.before),
        after: place(link.after),
        features,
    });
    Ok(notes.collect())
}

/// A note, as the gate before the choice of the melody in a part sees it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GateEvidence {
    /// Index of the track, from 0.
    pub track: u16,
    /// The features.
    pub features: [f32; MELODY_AMONG_FEATURES],
}

/// All notes but drums, as those of one part.
///
/// # Errors
/// Out of memory.
pub(crate) fn gate_evidence(score: &Score<'_>) -> Result<Vec<GateEvidence>, Error> {
    let part = Part::of(score, score.notes.iter().filter(|note| !note.is_drum()))?;
    let mut evidence = Vec::with_capacity(part.notes.len());
    each_attack(&part, &Whole::of(&part), 0..part.attacks.len(), |_, struck| {
        evidence.extend(struck.notes.iter().map(|heard| GateEvidence {
            track: heard.note.track,
            features: struck.describe(heard),
        }));
    });
    Ok(evidence)
}
