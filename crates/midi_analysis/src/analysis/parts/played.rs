//! What each line or part plays.

use std::ops::Range;

use crate::analysis::parts::numbers::{LineNumbers, Numbers};
use crate::analysis::parts::succession::Succession;
use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// General MIDI programs of basses.
const BASSES: Range<u8> = 32..40;
/// Mean pitch of the melodies of POP909, G#4.
const VOCAL_PITCH: u8 = 68;

/// What one track plays on one channel of a port, drums left out; or what several such lines play that are one part.
pub(crate) struct Played {
    pub(super) track: u16,
    /// The port and the program of its first note.
    pub(crate) port: u8,
    pub(crate) program: u8,
    pub(crate) succession: Succession,
    /// Notes by pitch class.
    pub(super) classes: [u32; 12],
    pub(crate) lowest: u8,
    pub(crate) highest: u8,
    /// Length of all notes together.
    pub(super) ticks: u64,
    /// Notes that are played by a bass.
    pub(crate) basses: u32,
    /// Sums of the pitches, of the velocities and of the distances in semitones from where singers sing.
    pub(crate) pitch: u64,
    pub(crate) velocity: u64,
    pub(crate) distance: u64,
}

impl Played {
    /// What begins with a note, before any is counted.
    fn new(note: &Note) -> Self {
        Self {
            track: note.track,
            port: note.port,
            program: note.program,
            succession: Succession::default(),
            classes: [0; 12],
            lowest: note.pitch,
            highest: note.pitch,
            ticks: 0,
            basses: 0,
            pitch: 0,
            velocity: 0,
            distance: 0,
        }
    }

    #[inline]
    fn add(&mut self, note: &Note) {
        self.succession.add(note);
        self.classes[PitchClass::index_of_pitch(note.pitch)] += 1;
        self.lowest = self.lowest.min(note.pitch);
        self.highest = self.highest.max(note.pitch);
        self.ticks += u64::from(note.duration());
        self.basses += u32::from(BASSES.contains(&note.program));
        self.pitch += u64::from(note.pitch);
        self.velocity += u64::from(note.velocity);
        self.distance += u64::from(note.pitch.abs_diff(VOCAL_PITCH));
    }

    pub(crate) fn notes(&self) -> u32 {
        self.succession.notes
    }

    /// Notes of its most frequent pitch class.
    pub(super) fn most_of_a_class(&self) -> u32 {
        self.classes.iter().copied().max().unwrap_or(0)
    }
}

/// The lines in the order of their first notes, by which they are numbered, and the number of each note.
///
/// # Errors
/// Out of memory.
pub(super) fn lines(score: &Score<'_>) -> Result<(Vec<Played>, Numbers), NoRoom> {
    let mut table = LineNumbers::empty(score)?;
    let (mut played, mut of_notes) = (Vec::new(), room::filled(0, score.notes.len())?);
    for (note, of_note) in score.notes.iter().zip(&mut of_notes) {
        if note.is_drum() {
            continue;
        }
        let number = table.slot(note.track, note.port, note.channel);
        if *number == 0 {
            room::push(&mut played, Played::new(note))?;
            *number = played.len() as u32;
        }
        *of_note = *number;
        played[*number as usize - 1].add(note);
    }
    Ok((played, Numbers(of_notes)))
}

/// What each of so many parts plays, which are numbered in the order of their first notes.
///
/// # Errors
/// Out of memory.
pub(super) fn parts(
    score: &Score<'_>,
    numbers: &Numbers,
    count: usize,
) -> Result<Vec<Played>, NoRoom> {
    let mut played = room::list(count)?;
    for (note, part) in numbers.notes(score) {
        if part == played.len() {
            played.push(Played::new(note));
        }
        played[part].add(note);
    }
    Ok(played)
}
