//! Where the harmony may change: the ticks at which segments begin.
//!
//! Chords change where notes begin, most of all many of them, or low ones. Onsets within 50 ms are
//! one attack (players of a chord spread it over 10-50 ms: Repp 1996); of attacks that follow one
//! another within a quarter of a second the strongest begins a segment, so that ornaments and
//! passing notes fall inside one. Declared tempo and meter are not used, so that performances are
//! segmented as well; other ascending ticks, such as estimated beats, could be used instead.

use crate::model::note::Note;
use crate::model::score::Score;

/// Onsets this close are one attack.
const ATTACK_S: f64 = 0.05;
/// Segments have at least this length, except those whose start moved to a stronger attack. With 0.3 or
/// 0.4 s the estimate is worse for classical harmony, which may change with every eighth note.
const SHORTEST_S: f64 = 0.25;
/// Semitones by which the lowest note has to be lower to count as much as one more note.
const OCTAVE: f64 = 12.0;
/// Most segments of a piece: the chords of eighteen hours, or more.
const MOST_SEGMENTS: usize = 1 << 18;

/// Notes that begin together.
#[derive(Clone, Copy)]
struct Attack {
    tick: u32,
    seconds: f64,
    notes: u32,
    lowest: u8,
}

impl Attack {
    fn of(note: &Note, seconds: f64) -> Self {
        Self { tick: note.start, seconds, notes: 1, lowest: note.pitch }
    }

    fn strength(&self) -> f64 {
        f64::from(self.notes) - f64::from(self.lowest) / OCTAVE
    }
}

/// The ticks at which segments begin, ascending, and at which the last one ends. None where only drums
/// sound.
pub(super) fn segments(score: &Score<'_>) -> (Vec<u32>, u32) {
    let mut clock = score.tempo.clock();
    let mut chosen = Vec::new();
    let mut last: Option<Attack> = None;
    let mut open: Option<Attack> = None;
    for note in score.notes.iter().filter(|note| !note.is_drum()) {
        let seconds = clock.seconds(note.start);
        match &mut open {
            Some(attack) if seconds - attack.seconds < ATTACK_S => {
                attack.notes += 1;
                attack.lowest = attack.lowest.min(note.pitch);
            }
            _ => {
                if let Some(attack) = open.replace(Attack::of(note, seconds)) {
                    choose(&mut chosen, &mut last, attack);
                    if chosen.len() > MOST_SEGMENTS {
                        let end = chosen[MOST_SEGMENTS];
                        chosen.truncate(MOST_SEGMENTS);
                        return (chosen, end);
                    }
                }
            }
        }
    }
    if let Some(attack) = open {
        choose(&mut chosen, &mut last, attack);
    }
    let silence = score.pitched_ends.last().copied().unwrap_or(0);
    let last = chosen.last().copied().unwrap_or(0);
    (chosen, silence.max(last.saturating_add(1)))
}

/// Begins a segment at an attack, or moves the start of the last one there, or leaves the attack inside
/// it. The first segment begins with the music.
fn choose(chosen: &mut Vec<u32>, last: &mut Option<Attack>, attack: Attack) {
    match last {
        Some(before) if attack.seconds - before.seconds < SHORTEST_S => {
            if chosen.len() == 1 || attack.strength() <= before.strength() {
                return;
            }
            chosen.pop();
        }
        _ => {}
    }
    chosen.push(attack.tick);
    *last = Some(attack);
}
