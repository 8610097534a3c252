//! What the learned weights are multiplied with, for the trainers of those weights.
//!
//! Only with the feature `training`, and free to change in any release: nothing else should build on it.

pub use crate::analysis::chords::lesson::{ChordEvidence, ChordSegment, ChordTerms, ChordWeights};
pub use crate::analysis::key::{KEY_EVIDENCE, KEY_EVIDENCE_BY_CLASS};
pub use crate::analysis::melody::evidence::{
    GateEvidence, MELODY_AMONG_FEATURES, MELODY_FEATURES, MELODY_NOTE_FEATURES, MelodyGate,
    NoteEvidence, PartEvidence,
};
pub use crate::analysis::rhythm::evidence::{MeterEvidence, OnsetEvidence, TempoEvidence};
pub use crate::analysis::sections::evidence::{
    AROUND, BAR_LINE_TERMS, HIDDEN, LONGEST_SECTION, PAIR_TERMS, SECTION_LIKELY, STRETCH_TERMS,
    SectionEvidence, VIEWS, stretch_class,
};

use crate::analysis::chords::{ChordSpan, lesson};
use crate::analysis::{key, melody, rhythm, sections};
use crate::error::Error;
use crate::model::key::Key;
use crate::piece::Piece;

/// What the weights of `weights/key.toml` are multiplied with, by pitch class; `None` without pitched
/// notes.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn key_evidence(piece: &Piece<'_>) -> Result<Option<[f32; KEY_EVIDENCE]>, Error> {
    Ok(key::key_evidence(piece.score()?))
}

/// The key whose profile fits the whole piece best, and by how much its correlation is above that of
/// the next.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn key_lead(piece: &Piece<'_>) -> Result<(Key, f64), Error> {
    Ok(key::key_lead(piece.score()?))
}

/// What the weights of `weights/tempo.toml` are multiplied with; `None` where there are too few onsets.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn tempo_evidence(piece: &Piece<'_>) -> Result<Option<TempoEvidence>, Error> {
    rhythm::evidence::tempo_evidence(piece.score()?)
}

/// What the weights of the meter are multiplied with; `None` where there are too few onsets.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn meter_evidence(piece: &Piece<'_>) -> Result<Option<MeterEvidence>, Error> {
    rhythm::evidence::meter_evidence(piece.score()?, &|| false)
}

/// The parts of a piece as the choice of the melody sees them.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn melody_evidence(piece: &Piece<'_>) -> Result<Vec<PartEvidence>, Error> {
    melody::evidence::melody_evidence(piece.score()?)
}

/// What the weights of sections are multiplied with; `None` where no bars are known.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn section_evidence(piece: &Piece<'_>) -> Result<Option<SectionEvidence>, Error> {
    let (score, grid, melody) = piece.score_with_beats_and_melody()?;
    sections::evidence::section_evidence(score, grid, melody)
}

/// The segments of a piece as the decoder of chords sees them.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn chord_evidence(piece: &Piece<'_>) -> Result<ChordEvidence, Error> {
    let (score, key, beats) = piece.below_chords()?;
    lesson::chord_evidence(score, key, beats)
}

/// The chords of a piece by these weights.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn chords_by(weights: &ChordWeights, piece: &Piece<'_>) -> Result<Vec<ChordSpan>, Error> {
    let (score, key, beats) = piece.below_chords()?;
    lesson::chords_by(weights, score, key, beats)
}

/// The onsets of a piece as the network of the beats sees them.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn onset_evidence(piece: &Piece<'_>) -> Result<Vec<OnsetEvidence>, Error> {
    rhythm::evidence::onset_evidence(piece.score()?)
}

/// The candidates for the melody of a piece, taken for one part, as the network that tells it sees them.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn note_evidence(piece: &Piece<'_>, gate: &MelodyGate) -> Result<Vec<NoteEvidence>, Error> {
    melody::evidence::note_evidence(piece.score()?, gate)
}

/// The notes of a piece, taken for one part, as the gate before that network sees them.
///
/// # Errors
/// Those of [`Piece`]'s methods.
pub fn gate_evidence(piece: &Piece<'_>) -> Result<Vec<GateEvidence>, Error> {
    melody::evidence::gate_evidence(piece.score()?)
}
