//! What the weights of chords are learned from, and what other weights than those that ship make of a piece.

pub use super::model::ChordWeights;
pub use super::terms::Terms as ChordTerms;

use super::evidence::evidence;
use super::ground::grounds;
use super::model::Model;
use super::places::places;
use super::terms::TermsOf;
use super::{ChordSpan, estimate_by, spans};
use crate::analysis::key::EstimatedKey;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::Error;
use crate::model::key::Key;
use crate::model::score::Score;

/// A piece as the decoder sees it.
pub struct ChordEvidence {
    /// The key of the whole.
    pub key: Option<Key>,
    /// The segments in the order of time.
    pub segments: Vec<ChordSegment>,
}

/// A segment.
#[derive(Clone, Copy)]
pub struct ChordSegment {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins.
    pub end_s: f64,
    /// By pitch class, how much of it is filled by notes that begin in it, 0-1, and by notes that began before.
    pub shares: [[f32; 12]; 2],
    /// What else the weights are multiplied with.
    pub terms: ChordTerms,
}

pub(crate) fn chord_evidence(
    score: &Score<'_>,
    key: Option<&EstimatedKey>,
    beats: &BeatGrid,
) -> Result<ChordEvidence, Error> {
    let segments = evidence(score, &|| false)?;
    let places = places(&segments, beats)?;
    let grounds = grounds(&segments, &places)?;
    let mut terms = TermsOf::new(&grounds);
    let segments = segments.iter().zip(&places).map(|(segment, place)| ChordSegment {
        start_s: segment.start_s,
        end_s: segment.end_s,
        shares: segment.shares,
        terms: terms.next(segment, place),
    });
    Ok(ChordEvidence { key: key.map(EstimatedKey::home), segments: segments.collect() })
}

pub(crate) fn chords_by(
    weights: &ChordWeights,
    score: &Score<'_>,
    key: Option<&EstimatedKey>,
    beats: &BeatGrid,
) -> Result<Vec<ChordSpan>, Error> {
    let chords = estimate_by(&Model::new(weights), score, key, beats, &|| false)?;
    Ok(spans(score, &chords, key)?)
}
