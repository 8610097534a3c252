//! The embedding of a piece: a vector, such that similar pieces have vectors near each other.
//!
//! It consists of five histograms. Each holds the square roots of shares, so that the Euclidean distance
//! of two is the Hellinger distance (Hellinger 1909), multiplied by the square root of the histogram's
//! weight. The vector does not change when a piece is transposed or played at another tempo.
//!
//! ```text
//! numbers  histogram       weight  shares of
//!  1-12    harmony         0.40    sounding time of the pitch classes, from the tonic upwards
//! 13-24    bass            0.20    time of the lowest note, from the tonic upwards
//! 25-36    rhythm          0.05    onsets over the twelfths of a beat
//! 37-49    melody          0.25    steps of the upper line, from half an octave down to half an octave up
//! 50-66    instruments     0.10    notes of each General MIDI family, and drums
//! ```

use crate::analysis::beat_position::SLOTS;
use crate::analysis::key::EstimatedKey;
use crate::analysis::onsets::Onset;
use crate::analysis::tally::Tally;

/// How many numbers an embedding has.
pub const EMBEDDING_LENGTH: usize = 66;

const HARMONY: f32 = 0.40;
const BASS: f32 = 0.20;
const RHYTHM: f32 = 0.05;
const MELODY: f32 = 0.25;
const INSTRUMENTS: f32 = 0.10;
/// Semitones of the largest step that has a bin of its own.
const LARGEST_STEP: i16 = 6;
const STEPS: usize = 2 * LARGEST_STEP as usize + 1;
const FAMILIES: usize = 16;

/// The embedding of a piece; `None` where only drums play, or no key is estimated.
pub(crate) fn embedding(
    tally: &Tally,
    key: Option<&EstimatedKey>,
    onsets: &[Onset],
) -> Option<Vec<f32>> {
    let key = key?;
    let mut embedding = Vec::with_capacity(EMBEDDING_LENGTH);
    append(&mut embedding, HARMONY, &key.rotated(&tally.pitch_class_ticks.map(|t| t as f32)));
    append(&mut embedding, BASS, &key.rotated(key.bass()));
    let (rhythm, steps) = rhythm_and_steps(onsets);
    append(&mut embedding, RHYTHM, &rhythm);
    append(&mut embedding, MELODY, &steps);
    append(&mut embedding, INSTRUMENTS, &families(tally));
    Some(embedding)
}

/// Appends the square roots of the shares, multiplied by that of the weight.
fn append(to: &mut Vec<f32>, weight: f32, counts: &[f32]) {
    let total: f32 = counts.iter().sum();
    let scale = if total > 0.0 { weight / total } else { 0.0 };
    to.extend(counts.iter().map(|count| (count * scale).sqrt()));
}

/// Onsets over the twelfths of a beat, and the steps of the upper line: from the highest note that begins in a slot to the
/// highest of the next slot in which any note begins, whatever their tracks.
fn rhythm_and_steps(onsets: &[Onset]) -> ([f32; SLOTS as usize], [f32; STEPS]) {
    let (mut rhythm, mut steps) = ([0.0; SLOTS as usize], [0.0; STEPS]);
    let (mut slot, mut top, mut before) = (u32::MAX, None, None);
    let mut end_slot = |top: Option<u8>| {
        if let (Some(from), Some(to)) = (before, top) {
            steps[step(from, to)] += 1.0;
        }
        before = top.or(before);
    };
    for onset in onsets {
        let Some(position) = onset.position else { continue };
        let now = position.slot();
        if now != slot {
            rhythm[position.slot_in_beat() as usize] += 1.0;
            end_slot(top.take());
            slot = now;
        }
        top = top.max(onset.range().map(|(_, highest)| highest));
    }
    end_slot(top);
    (rhythm, steps)
}

/// The bin of a step; steps of half an octave or more are counted by direction only.
fn step(from: u8, to: u8) -> usize {
    let step = (i16::from(to) - i16::from(from)).clamp(-LARGEST_STEP, LARGEST_STEP);
    (step + LARGEST_STEP) as usize
}

fn families(tally: &Tally) -> [f32; FAMILIES + 1] {
    let mut counts = [0.0; FAMILIES + 1];
    for (count, programs) in counts.iter_mut().zip(tally.programs.chunks_exact(8)) {
        *count = programs.iter().sum::<u32>() as f32;
    }
    counts[FAMILIES] = tally.drum_pitches.iter().sum::<u32>() as f32;
    counts
}
