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
    let mut lines: Vec<Line<'_>> = room::list(chosen.len())?;
    // By slot of a part: the place of its line, or one behind all.
    let mut line_of = room::filled(chosen.len(), parts.count() + 1)?;
    for &part in chosen {
        line_of[part as usize + 1] = lines.len();
        lines.push(Line::of(parts.played()[part as usize].notes())?);
    }
    let mut clock = score.tempo.clock();
    for (note, &slot) in score.notes.iter().zip(parts.slots()) {
        if let Some(line) = lines.get_mut(line_of[slot as usize]) {
            line.add(note, clock.seconds(note.start));
        }
    }
    room::gathered(lines.into_iter().map(Line::end))
}

struct Line<'s> {
    /// Has room for all notes of the part.
    notes: Vec<Note>,
    /// The highest note of the last attack, and the second at which it began.
    top: Option<&'s Note>,
    attack_s: f64,
    /// Running mean of the pitch.
    mean: f64,
}

impl<'s> Line<'s> {
    /// That of a part of so many notes.
    fn of(notes: u32) -> Result<Self, NoRoom> {
        let notes = room::list(notes as usize)?;
        Ok(Self { notes, top: None, attack_s: f64::NEG_INFINITY, mean: 0.0 })
    }

    #[inline]
    fn add(&mut self, note: &'s Note, seconds: f64) {
        if seconds - self.attack_s < ATTACK_S {
            self.top = self.top.filter(|top| top.pitch >= note.pitch).or(Some(note));
            return;
        }
        if let Some(&top) = self.top.replace(note) {
            self.offer(top);
        }
        self.attack_s = seconds;
    }

    fn end(mut self) -> Vec<Note> {
        if let Some(&top) = self.top {
            self.offer(top);
        }
        self.notes
    }

    /// Adds the highest note of an attack to the line, unless it belongs to the accompaniment.
    fn offer(&mut self, note: Note) {
        let pitch = f64::from(note.pitch);
        match self.notes.last_mut() {
            None => self.mean = pitch,
            Some(before) => {
                let covered = before.end > note.start + note.duration() / 2;
                let far_below = pitch < self.mean - VOICE_SPAN;
                if note.pitch < before.pitch && (covered || far_below) {
                    // Otherwise a melody that moves to a lower register would never be found again.
                    self.mean += MEAN_GAIN * MEAN_GAIN * (pitch - self.mean);
                    return;
                }
                before.end = before.end.min(note.start);
                self.mean += MEAN_GAIN * (pitch - self.mean);
            }
        }
        self.notes.push(note);
    }
}
