//! What each line plays, in one pass over the notes.

use crate::analysis::parts::numbers::Numbers;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// What one track plays on one channel of a port, drums left out.
pub(super) struct Played {
    pub(super) track: u16,
    pub(super) port: u8,
    pub(super) channel: u8,
    /// The program of its first note.
    pub(super) program: u8,
    pub(super) notes: u32,
    /// Notes by pitch class.
    pub(super) classes: [u32; 12],
    pub(super) lowest: u8,
    /// Notes that begin while another of the line sounds.
    overlaps: u32,
    /// Notes that are a step or less from the one before.
    steps: u32,
    last_pitch: u8,
    sounds_until: u32,
}

/// Largest step, in semitones; repeated notes count as steps.
const STEP: u8 = 2;
/// Largest share of notes that overlap in a line that is played one note at a time.
const MONOPHONIC: f64 = 0.1;

impl Played {
    fn new(note: &Note) -> Self {
        Self {
            track: note.track,
            port: note.port,
            channel: note.channel,
            program: note.program,
            notes: 0,
            classes: [0; 12],
            lowest: note.pitch,
            overlaps: 0,
            steps: 0,
            last_pitch: note.pitch,
            sounds_until: 0,
        }
    }

    fn add(&mut self, note: &Note) {
        if self.notes > 0 {
            self.overlaps += u32::from(self.sounds_until > note.start + note.duration() / 2);
            self.steps += u32::from(note.pitch.abs_diff(self.last_pitch) <= STEP);
        }
        self.notes += 1;
        self.classes[usize::from(note.pitch % 12)] += 1;
        self.lowest = self.lowest.min(note.pitch);
        self.last_pitch = note.pitch;
        self.sounds_until = self.sounds_until.max(note.end);
    }

    /// Whether it is played one note at a time.
    pub(super) fn is_monophonic(&self) -> bool {
        f64::from(self.overlaps) <= MONOPHONIC * f64::from(self.notes)
    }

    /// Share of its notes that are a step or less from the one before.
    pub(super) fn step_share(&self) -> f64 {
        f64::from(self.steps) / f64::from(self.notes.max(1))
    }

    /// Notes of its most frequent pitch class.
    pub(super) fn most_of_a_class(&self) -> u32 {
        self.classes.iter().copied().max().unwrap_or(0)
    }
}

/// The lines in the order of their first notes, by which they are numbered.
///
/// # Errors
/// Out of memory.
pub(super) fn lines(score: &Score<'_>, numbers: &mut Numbers) -> Result<Vec<Played>, NoRoom> {
    let mut played = Vec::new();
    for note in score.notes.iter().filter(|note| !note.is_drum()) {
        let number = numbers.slot(note.track, note.port, note.channel);
        if *number == 0 {
            room::push(&mut played, Played::new(note))?;
            *number = played.len() as u32;
        }
        played[*number as usize - 1].add(note);
    }
    Ok(played)
}
