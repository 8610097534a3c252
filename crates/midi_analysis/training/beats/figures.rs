//! Figuration: chords that are broken into patterns of short notes, and long notes of the melody that become runs,
//! so that a simple score is as dense as music for the piano often is.

use super::performer::Played;
use super::support::random::Random;

/// Notes of a chord, from the lowest, in the order in which they are broken.
const PATTERNS: [&[usize]; 6] =
    [&[0, 1, 2], &[0, 2, 1, 2], &[0, 1, 2, 1], &[2, 1, 0], &[0, 2, 1], &[0, 1, 2, 3, 2, 1]];
/// Semitones of the steps of a run.
const STEPS: [i16; 4] = [1, 2, 2, 3];
/// Seconds that a note of a figure lasts at least.
const SHORTEST_S: f64 = 0.06;

/// Breaks chords and fills long notes; `in_thirds` where beats are divided by three.
pub fn figured(
    notes: Vec<Played>,
    beats: &[f64],
    in_thirds: bool,
    random: &mut Random,
) -> Vec<Played> {
    let parts: &[u32] = if in_thirds { &[3, 3, 6] } else { &[2, 2, 3, 4, 4, 4, 6] };
    let part = f64::from(parts[(random.share() * parts.len() as f64) as usize]);
    let pattern = PATTERNS[(random.share() * PATTERNS.len() as f64) as usize];
    let (broken, run) = (random.happens(0.5), random.happens(0.35));
    let rate = random.within(0.1, 0.7);
    let mut all = Vec::with_capacity(notes.len());
    for chord in notes.chunk_by(|a, b| b.start - a.start < 1e-3 && a.note.track == b.note.track) {
        let first = chord[0];
        let length = first.end - first.start;
        let step = beat_at(beats, first.start) / part;
        let slots = (length / step).round() as usize;
        let is_figure = slots >= 2 && step >= SHORTEST_S && !first.note.drum;
        if is_figure && chord.len() > 2 && broken {
            for slot in 0..slots {
                let note = chord[pattern[slot % pattern.len()] % chord.len()];
                let start = first.start + slot as f64 * step;
                all.push(Played { start, end: start + step, ..note });
            }
        } else if is_figure && chord.len() == 1 && run && random.happens(rate) {
            let up = if random.happens(0.5) { 1 } else { -1 };
            let mut pitch = i16::from(first.note.pitch);
            for slot in 0..slots {
                let start = first.start + slot as f64 * step;
                let mut played = Played { start, end: start + step, ..first };
                played.note.pitch = pitch.clamp(21, 108) as u8;
                all.push(played);
                pitch += up * STEPS[(random.share() * STEPS.len() as f64) as usize];
            }
        } else {
            all.extend_from_slice(chord);
        }
    }
    all
}

/// Seconds of the beat around a second.
fn beat_at(beats: &[f64], second: f64) -> f64 {
    let after = beats.partition_point(|beat| *beat <= second + 1e-3).clamp(1, beats.len() - 1);
    beats[after] - beats[after - 1]
}
