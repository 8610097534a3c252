//! Where the harmony may change: the ticks at which segments begin.
//!
//! Chords change where notes begin, most of all many of them, or low ones. Onsets within 50 ms are
//! one attack (players of a chord spread it over 10-50 ms: Repp 1996); of attacks that follow one
//! another within a quarter of a second the strongest begins a segment, so that ornaments and
//! passing notes fall inside one. Declared tempo and meter are not used, so that performances are
//! segmented as well; other ascending ticks, such as estimated beats, could be used instead.

use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

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

    /// Adds a note that begins with it.
    fn join(&mut self, note: &Note) {
        self.notes += 1;
        self.lowest = self.lowest.min(note.pitch);
    }

    fn strength(&self) -> f64 {
        f64::from(self.notes) - f64::from(self.lowest) / OCTAVE
    }
}

/// When a segment begins.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) tick: u32,
    pub(super) seconds: f64,
}

/// When segments begin, ascending, and the tick at which the last one ends. None where only drums sound.
///
/// # Errors
/// Out of memory.
pub(super) fn segments(score: &Score<'_>) -> Result<(Vec<Start>, u32), NoRoom> {
    let mut pitched = score.notes.iter().filter(|note| !note.is_drum());
    let Some(note) = pitched.next() else { return Ok((Vec::new(), 1)) };
    let mut clock = score.tempo.clock();
    let mut attack = Attack::of(note, clock.seconds(note.start));
    let (mut starts, mut last) = (Vec::new(), None);
    // The tick of the last note: those that begin at one tick are one attack.
    let mut tick = note.start;
    for note in pitched {
        if note.start == tick {
            attack.join(note);
            continue;
        }
        tick = note.start;
        let seconds = clock.seconds(tick);
        if seconds - attack.seconds < ATTACK_S {
            attack.join(note);
            continue;
        }
        choose(&mut starts, &mut last, &attack)?;
        if starts.len() > MOST_SEGMENTS {
            let end = starts[MOST_SEGMENTS].tick;
            starts.truncate(MOST_SEGMENTS);
            return Ok((starts, end));
        }
        attack = Attack::of(note, seconds);
    }
    choose(&mut starts, &mut last, &attack)?;
    let last = starts.last().map_or(0, |start| start.tick);
    Ok((starts, score.pitched.end.max(last.saturating_add(1))))
}

/// Begins a segment at an attack, or moves the start of the last one there, or leaves the attack inside
/// it. The first segment begins with the music.
fn choose(
    starts: &mut Vec<Start>,
    last: &mut Option<Attack>,
    attack: &Attack,
) -> Result<(), NoRoom> {
    if let Some(before) = last
        && attack.seconds - before.seconds < SHORTEST_S
    {
        if starts.len() == 1 || attack.strength() <= before.strength() {
            return Ok(());
        }
        starts.pop();
    }
    *last = Some(*attack);
    room::push(starts, Start { tick: attack.tick, seconds: attack.seconds })
}
