//! How much there is to judge a key by, and of what kind: the same evidence means more in a long piece than
//! in a loop of four chords, and other things in the blues.

use super::harmony::{Harmony, KINDS};
use super::layout::{CLASSES, OF_MATERIAL};

/// Least share of a pitch class that belongs to the music rather than to its passing notes.
const COUNTS: f64 = 0.01;
/// Divisors that bring numbers near 1.
const LOG_SIZE: f64 = 5.0;
const LOG_CHORDS: f64 = 3.0;
const ENTROPY: f64 = 2.5;

/// Logarithms of the numbers of notes, windows and distinct chords; entropy and number of the pitch classes;
/// shares of the kinds of chord, and of windows without a chord.
pub(super) fn numbers(
    notes: u32,
    classes: &[f64; CLASSES],
    harmony: &Harmony,
) -> [f32; OF_MATERIAL] {
    let total: f64 = classes.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let (mut entropy, mut sounding) = (0.0, 0.0);
    for share in classes.iter().map(|time| time / total).filter(|&share| share > 0.0) {
        entropy -= share * share.ln();
        sounding += f64::from(u8::from(share > COUNTS));
    }
    let windows = harmony.len().max(1) as f64;
    let each = windows.recip();
    let (mut kinds, mut heard) = ([0.0; KINDS + 1], 0_u64);
    for chord in harmony.chords() {
        let kind = chord.map_or(KINDS, |(kind, _)| kind);
        kinds[kind] += each;
        heard |= chord.map_or(0, |(kind, root)| 1 << (kind * CLASSES + root));
    }
    let sizes = [f64::from(notes.max(1)).ln(), windows.ln()].map(|log| log / LOG_SIZE);
    let chords = f64::from(heard.count_ones() + 1).ln() / LOG_CHORDS;
    let scale = [sizes[0], sizes[1], chords, entropy / ENTROPY, sounding / CLASSES as f64];
    let mut numbers = [0.0; OF_MATERIAL];
    let all = scale.into_iter().chain(kinds);
    numbers.iter_mut().zip(all).for_each(|(to, from)| *to = from as f32);
    numbers
}
