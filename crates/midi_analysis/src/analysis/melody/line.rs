//! The upper line of one part: the skyline, kept from falling into the accompaniment.
//!
//! Of the notes that begin together the highest belongs to the melody, unless a higher note of the melody
//! still sounds, or it is so far below the melody that it fills a rest.

use crate::analysis::melody::heard::ATTACK_S;
use crate::analysis::parts::Parts;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// A note this many semitones below the running mean of the melody belongs to the accompaniment.
const VOICE_SPAN: f64 = 12.0;
/// Weight of a new note in the running mean.
const MEAN_GAIN: f64 = 0.125;

/// The notes of the upper line of each chosen part, none of which overlaps the next.
///
/// # Errors
/// Out of memory.
pub(super) fn upper(
    score: &Score<'_>,
    parts: &Parts,
    chosen: &[u32],
) -> Result<Vec<Vec<Note>>, NoRoom> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines: Vec<Line> = chosen.iter().map(|_| Line::default()).collect();
    let mut clock = score.tempo.clock();
    for (note, part) in parts.notes(score) {
        if let Some(line) = chosen.iter().position(|&each| each as usize == part) {
            lines[line].add(note, clock.seconds(note.start))?;
        }
    }
    lines.into_iter().map(Line::end).collect()
}

#[derive(Default)]
struct Line {
    notes: Vec<Note>,
    /// The second of the last attack, and its highest note.
    attack: Option<(f64, Note)>,
    /// Running mean of the pitch.
    mean: Option<f64>,
}

impl Line {
    fn add(&mut self, note: &Note, seconds: f64) -> Result<(), NoRoom> {
        match &mut self.attack {
            Some((start_s, top)) if seconds - *start_s < ATTACK_S => {
                if note.pitch > top.pitch {
                    *top = *note;
                }
            }
            _ => {
                if let Some((_, top)) = self.attack.replace((seconds, *note)) {
                    self.offer(top)?;
                }
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<Vec<Note>, NoRoom> {
        if let Some((_, top)) = self.attack.take() {
            self.offer(top)?;
        }
        Ok(self.notes)
    }

    /// Adds the highest note of an attack to the line, unless it belongs to the accompaniment.
    fn offer(&mut self, note: Note) -> Result<(), NoRoom> {
        let pitch = f64::from(note.pitch);
        if let Some(before) = self.notes.last_mut() {
            let covered = before.end > note.start + note.duration() / 2;
            let far_below = self.mean.is_some_and(|mean| pitch < mean - VOICE_SPAN);
            if note.pitch < before.pitch && (covered || far_below) {
                // Otherwise a melody that moves to a lower register would never be found again.
                self.mean = self.mean.map(|mean| mean + MEAN_GAIN * MEAN_GAIN * (pitch - mean));
                return Ok(());
            }
            before.end = before.end.min(note.start);
        }
        self.mean = Some(self.mean.map_or(pitch, |mean| mean + MEAN_GAIN * (pitch - mean)));
        room::push(&mut self.notes, note)
    }
}
