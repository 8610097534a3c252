//! What a piece is like, as a vector: the nearer two are, the more alike the pieces.
//!
//! Five facets, each a histogram of square roots of shares (so that the Euclidean distance of two is
//! Hellinger's, Hellinger 1909) scaled by the root of its weight; the parts of one add up to its
//! weight. Transposed or played faster, a piece keeps its vector.
//!
//! ```text
//! numbers  facet           weight  what is shared out
//!  1-12    harmony         0.40    sounding time of the pitch classes, from the tonic upwards
//! 13-24    bass            0.20    time of the lowest note, from the tonic upwards
//! 25-36    rhythm          0.05    onsets over the twelfths of a beat
//! 37-49    melody          0.25    steps of the upper line, from half an octave down to half an octave up
//! 50-66    instruments     0.10    notes of each General MIDI family, and drums
//! ```

use crate::analysis::key::EstimatedKey;
use crate::analysis::place::{Place, SLOTS};
use crate::analysis::tally::Tally;
use crate::model::score::Score;
use crate::weights::embedding::AXES as PRINCIPAL_AXES;

/// Numbers of an embedding.
pub const EMBEDDING: usize = 66;
/// Axes along which embeddings are looked up.
pub const AXES: usize = 6;

const HARMONY: f32 = 0.40;
const BASS: f32 = 0.20;
const RHYTHM: f32 = 0.05;
const MELODY: f32 = 0.25;
const INSTRUMENTS: f32 = 0.10;
/// Semitones of the largest step told apart.
const LARGEST_STEP: i16 = 6;
const STEPS: usize = 2 * LARGEST_STEP as usize + 1;
const FAMILIES: usize = 16;

/// The embedding of a piece; `None` where nothing but drums plays, or no key is heard.
pub(crate) fn embedding(
    score: &Score<'_>,
    tally: &Tally,
    key: Option<&EstimatedKey>,
    places: &[Option<Place>],
) -> Option<Vec<f32>> {
    let key = key?;
    let mut facets = Vec::with_capacity(EMBEDDING);
    facet(&mut facets, HARMONY, &key.rotated(&tally.pitch_class_ticks.map(|t| t as f32)));
    facet(&mut facets, BASS, &key.rotated(key.bass()));
    facet(&mut facets, RHYTHM, &rhythm(places));
    facet(&mut facets, MELODY, &steps(score, places));
    facet(&mut facets, INSTRUMENTS, &families(tally));
    Some(facets)
}

/// An embedding along the axes in which pieces differ most, their principal components (Pearson
/// 1901): few enough for an index. Two are never farther apart than their embeddings. `None` for
/// what is not as long as an embedding.
pub fn principal_axes(embedding: &[f32]) -> Option<[f64; AXES]> {
    let along = |axis: &[f32; EMBEDDING]| {
        axis.iter().zip(embedding).map(|(one, other)| f64::from(one * other)).sum()
    };
    (embedding.len() == EMBEDDING).then(|| PRINCIPAL_AXES.each_ref().map(along))
}

/// Adds the roots of the shares, scaled.
fn facet(to: &mut Vec<f32>, weight: f32, counts: &[f32]) {
    let total: f32 = counts.iter().sum();
    let scale = if total > 0.0 { weight / total } else { 0.0 };
    to.extend(counts.iter().map(|count| (count * scale).sqrt()));
}

fn rhythm(places: &[Option<Place>]) -> [f32; SLOTS as usize] {
    let mut counts = [0.0; SLOTS as usize];
    let mut last = None;
    for place in places.iter().flatten() {
        if last.replace(place.slot()) != Some(place.slot()) {
            counts[(place.slot() % SLOTS) as usize] += 1.0;
        }
    }
    counts
}

/// Steps of the upper line: from the highest note that begins in a slot to that of the next slot in
/// which any does, whichever track it is in.
fn steps(score: &Score<'_>, places: &[Option<Place>]) -> [f32; STEPS] {
    let mut counts = [0.0; STEPS];
    let (mut slot, mut top, mut before) = (u32::MAX, None::<u8>, None::<u8>);
    for (note, place) in score.notes.iter().zip(places).filter(|(note, _)| !note.is_drum()) {
        let Some(place) = place else { continue };
        if place.slot() == slot {
            top = top.max(Some(note.pitch));
        } else {
            count(&mut counts, before, top);
            (slot, before, top) = (place.slot(), top, Some(note.pitch));
        }
    }
    count(&mut counts, before, top);
    counts
}

/// Counts a step; half an octave and what is beyond count as their direction.
fn count(counts: &mut [f32; STEPS], from: Option<u8>, to: Option<u8>) {
    if let (Some(from), Some(to)) = (from, to) {
        let step = (i16::from(to) - i16::from(from)).clamp(-LARGEST_STEP, LARGEST_STEP);
        counts[(step + LARGEST_STEP) as usize] += 1.0;
    }
}

fn families(tally: &Tally) -> [f32; FAMILIES + 1] {
    let mut counts = [0.0; FAMILIES + 1];
    for (count, programs) in counts.iter_mut().zip(tally.programs.chunks_exact(8)) {
        *count = programs.iter().sum::<u32>() as f32;
    }
    counts[FAMILIES] = tally.drum_pitches.iter().sum::<u32>() as f32;
    counts
}
