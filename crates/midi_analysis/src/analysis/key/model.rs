//! From evidence to the probability of each key.
//!
//! A network of one hidden layer that is invariant to transposition: the same weights see the evidence from
//! each of the twelve tonics, and give a score for major and one for minor. A score is a weighted sum of the
//! evidence and of hidden units, which tell kinds of music apart: a seventh on the tonic is rare in a
//! song, and the rule in a blues.

use crate::analysis::key::layout::{BY_CLASS, CLASSES, EVIDENCE, KEYS};
use crate::analysis::key::softmax::softmax;
use crate::weights::key::{FIRST, SECOND};

/// Hidden units.
const HIDDEN: usize = SECOND.len();
/// Sums of the evidence: the hidden units, then major and minor.
const SUMS: usize = FIRST[0].len();

/// The probability of each key: the major ones from C upwards, then the minor ones.
pub(super) fn probabilities(evidence: &[f32; EVIDENCE]) -> [f32; KEYS] {
    let mut scores = [0.0; KEYS];
    let without_tonic = sums_without_tonic(evidence);
    for tonic in 0..CLASSES {
        let mut sums = without_tonic;
        let histograms = evidence[..BY_CLASS].as_chunks::<CLASSES>().0;
        for (values, rows) in histograms.iter().zip(FIRST.as_chunks::<CLASSES>().0) {
            for (value, above) in values.iter().zip(&ABOVE[CLASSES - tonic..]) {
                add(&mut sums, *value, &rows[*above]);
            }
        }
        let (hidden, of_modes) = sums.split_at(HIDDEN);
        for (mode, sum) in of_modes.iter().enumerate() {
            let of_hidden = hidden.iter().zip(&SECOND).map(|(sum, row)| sum.max(0.0) * row[mode]);
            scores[mode * CLASSES + tonic] = sum + of_hidden.sum::<f32>();
        }
    }
    softmax(&scores)
}

/// Pitch classes of semitones.
const ABOVE: [usize; 2 * CLASSES] = {
    let mut above = [0; 2 * CLASSES];
    let mut semitones = 0;
    while semitones < above.len() {
        above[semitones] = semitones % CLASSES;
        semitones += 1;
    }
    above
};

/// The sums of what is the same for every tonic.
fn sums_without_tonic(evidence: &[f32; EVIDENCE]) -> [f32; SUMS] {
    let mut sums = FIRST[EVIDENCE];
    for (value, row) in evidence.iter().zip(&FIRST).skip(BY_CLASS) {
        add(&mut sums, *value, row);
    }
    sums
}

fn add(sums: &mut [f32; SUMS], value: f32, row: &[f32; SUMS]) {
    // Many histograms have one tone or a few.
    if value != 0.0 {
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
    }
}
