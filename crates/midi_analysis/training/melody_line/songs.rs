//! Short songs that are made up: a tune over chords, as plain as what people write down to try something.

use super::arranged::{Harmony, Sung};
use super::support::random::Random;

/// Semitones of a major scale above its tonic.
const SCALE: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
/// Steps of the scale that chords are built on.
const ROOTS: [usize; 6] = [0, 3, 4, 5, 0, 1];
/// Lengths of the notes of a bar, in eighths of it.
const RHYTHMS: [&[u32]; 10] = [
    &[8],
    &[4, 4],
    &[2, 2, 2, 2],
    &[2, 2, 4],
    &[4, 2, 2],
    &[3, 1, 4],
    &[2, 1, 1, 4],
    &[6, 2],
    &[1, 1, 1, 1, 2, 2],
    &[3, 1, 2, 2],
];

/// A tune, its chords, and the seconds of a beat, four of which are a bar.
pub fn song(random: &mut Random) -> (Vec<Sung>, Vec<Harmony>, f64) {
    let beat_s = random.within(0.3, 0.8);
    let bars = random.between(2, 16);
    let tonic = random.between(52, 74);
    let velocity = random.between(50, 110) as u8;
    let length = random.within(0.7, 1.0);
    let rests = if random.happens(0.3) { 0.15 } else { 0.0 };
    let few = random.happens(0.3).then(|| random.of(&RHYTHMS));
    let (mut tune, mut harmony) = (Vec::new(), Vec::new());
    // Steps of the scale from the tonic.
    let mut step = random.between(0, 7);
    for bar in 0..bars {
        let start_s = f64::from(bar) * 4.0 * beat_s;
        let root = if bar == 0 || bar == bars - 1 { 0 } else { random.of(&ROOTS) };
        let above = |steps: usize| SCALE[(root + steps) % 7] - SCALE[root];
        harmony.push(Harmony {
            start_s,
            end_s: start_s + 4.0 * beat_s,
            root: ((tonic + SCALE[root]) % 12) as u8,
            tones: vec![0, above(2).rem_euclid(12) as u8, above(4).rem_euclid(12) as u8],
        });
        let mut eighth = 0;
        for &eighths in few.unwrap_or_else(|| random.of(&RHYTHMS)) {
            let start_s = start_s + f64::from(eighth) * 0.5 * beat_s;
            let end_s = start_s + f64::from(eighths) * 0.5 * beat_s * length;
            let octaves = step.div_euclid(7);
            let pitch = (tonic + 12 * octaves + SCALE[step.rem_euclid(7) as usize]) as u8;
            if !random.happens(rests) {
                tune.push(Sung { start_s, end_s, pitch, velocity, track: 1, melody: true });
            }
            let leap = if random.happens(0.8) { 2 } else { 5 };
            step = (step + random.between(-leap, leap)).clamp(-4, 12);
            eighth += eighths;
        }
    }
    (tune, harmony, beat_s)
}
