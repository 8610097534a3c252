//! The onsets of a piece: its notes, joined where they begin together.

use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::salience::weigh;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Notes that begin within this many seconds of the first of them are one onset: the asynchrony of
/// a chord played by hand seldom exceeds it (Goebl 2001).
const CHORD_SPREAD_S: f64 = 0.04;
/// Most onsets of a piece: hours of dense music.
const MOST_ONSETS: usize = 1 << 16;

/// The onsets of a piece with their weights, in the order of time.
///
/// # Errors
/// Out of memory.
pub(crate) fn onsets(score: &Score<'_>) -> Result<Vec<Onset>, NoRoom> {
    let mut onsets: Vec<Onset> = room::list(score.notes.len().min(MOST_ONSETS))?;
    let mut clock = score.tempo.clock();
    let Some(first) = score.notes.first() else { return Ok(onsets) };
    let mut onset = Onset::new(first.start, clock.seconds(first.start));
    let mut seconds_per_tick = clock.length(1) as f32;
    let (mut last_start, mut longest) = (first.start, 0);
    for note in &score.notes {
        if note.start != last_start {
            last_start = note.start;
            let seconds = clock.seconds(note.start);
            if seconds - onset.seconds > CHORD_SPREAD_S {
                onset.length = longest as f32 * seconds_per_tick;
                onsets.push(onset);
                longest = 0;
                if onsets.len() == MOST_ONSETS {
                    break;
                }
                onset = Onset::new(note.start, seconds);
                seconds_per_tick = clock.length(1) as f32;
            }
        }
        onset.add(note, &mut longest);
    }
    if onsets.len() < MOST_ONSETS {
        onset.length = longest as f32 * seconds_per_tick;
        onsets.push(onset);
    }
    weigh(&mut onsets);
    Ok(onsets)
}
