//! Pieces as other players and arrangers have them.

use super::arranged::Sung;
use super::support::random::Random;

/// Another player, another key and tempo, and notes left out or doubled.
pub fn varied(notes: &[Sung], random: &mut Random) -> Vec<Sung> {
    let mut notes = notes.to_vec();
    if random.happens(0.15) {
        without_a_track(&mut notes, random);
    }
    let stretch = random.within(0.75, 1.35);
    let shift = random.within(-6.0, 7.0).floor() as i32;
    let raised = if random.happens(0.07) { 12 } else { 0 };
    let above = if random.happens(0.15) { random.within(48.0, 62.0) as u8 } else { 0 };
    let doubled = if random.happens(0.1) { random.within(0.3, 1.0) } else { 0.0 };
    let no_unisons = random.happens(0.3);
    let lost = if random.happens(0.3) { random.within(0.0, 0.15) } else { 0.0 };
    let loudness = random.share();
    let (level, softer) = (random.within(50.0, 110.0), random.within(-10.0, 25.0));
    let jitter = if random.happens(0.4) { random.within(0.0, 0.02) } else { 0.0 };
    let grid = if random.happens(0.2) { Some(random.within(0.05, 0.07)) } else { None };
    let length = if random.happens(0.3) { random.within(0.4, 1.6) } else { 1.0 };
    let mut changed = Vec::new();
    for note in &notes {
        if !note.melody && (note.pitch < above || random.happens(lost)) {
            continue;
        }
        if no_unisons && !note.melody && unison(&notes, note) {
            continue;
        }
        let mut one = *note;
        let length = (one.end_s - one.start_s) * if note.melody { 1.0 } else { length };
        one.start_s = one.start_s * stretch + random.within(0.0, jitter);
        if let Some(grid) = grid {
            one.start_s = (one.start_s / grid).round() * grid;
        }
        one.end_s = one.start_s + length * stretch;
        let up = shift + if note.melody { 0 } else { raised };
        one.pitch = (i32::from(one.pitch) + up).clamp(0, 127) as u8;
        one.velocity = if loudness < 0.25 {
            level as u8
        } else if loudness < 0.45 {
            let mean = if note.melody { level } else { level - softer };
            (mean + random.within(-8.0, 8.0)).clamp(1.0, 127.0) as u8
        } else {
            one.velocity
        };
        changed.push(one);
        if note.melody && random.happens(doubled) && one.pitch > 40 {
            let down = if random.happens(0.8) { 12 } else { 9 };
            changed.push(Sung { pitch: one.pitch - down, melody: false, ..one });
        }
    }
    changed
}

/// A phrase or more, from a note of the melody on.
pub fn cut(notes: &[Sung], random: &mut Random) -> Vec<Sung> {
    let melody: Vec<f64> =
        notes.iter().filter(|note| note.melody).map(|note| note.start_s).collect();
    let from = melody[random.below(melody.len().saturating_sub(12).max(1))] - 0.06;
    let until = from + random.within(6.0, 60.0);
    let inside = |note: &&Sung| (from..until).contains(&note.start_s);
    notes.iter().filter(inside).copied().collect()
}

fn without_a_track(notes: &mut Vec<Sung>, random: &mut Random) {
    let mut tracks: Vec<u16> = notes.iter().filter(|n| !n.melody).map(|n| n.track).collect();
    tracks.sort_unstable();
    tracks.dedup();
    if tracks.len() > 1 {
        let gone = tracks[random.below(tracks.len())];
        notes.retain(|note| note.track != gone);
    }
}

fn unison(notes: &[Sung], note: &Sung) -> bool {
    let first = notes.partition_point(|other| other.start_s < note.start_s - 0.05);
    let near = notes[first..].iter().take_while(|other| other.start_s < note.start_s + 0.05);
    near.into_iter().any(|other| other.melody && other.pitch == note.pitch)
}
