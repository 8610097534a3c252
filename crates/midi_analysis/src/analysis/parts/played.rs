//! What each line plays.

use crate::analysis::parts::numbers::{Numbers, Table};
use crate::analysis::parts::succession::Succession;
use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// What one track plays on one channel of a port, drums left out.
pub(super) struct Played {
    pub(super) track: u16,
    pub(super) port: u8,
    /// The program of its first note.
    pub(super) program: u8,
    pub(super) succession: Succession,
    /// Notes by pitch class.
    pub(super) classes: [u32; 12],
    pub(super) lowest: u8,
    pub(super) highest: u8,
    /// Length of all notes together.
    pub(super) ticks: u64,
}

impl Played {
    /// A line that begins with a note, before any is counted.
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
        }
    }

    pub(super) fn add(&mut self, note: &Note) {
        self.succession.add(note);
        self.classes[PitchClass::index_of_pitch(note.pitch)] += 1;
        self.lowest = self.lowest.min(note.pitch);
        self.highest = self.highest.max(note.pitch);
        self.ticks += u64::from(note.duration());
    }

    pub(super) fn notes(&self) -> u32 {
        self.succession.notes
    }

    /// Notes of its most frequent pitch class.
    pub(super) fn most_of_a_class(&self) -> u32 {
        self.classes.iter().copied().max().unwrap_or(0)
    }
}

/// The lines in the order of their first notes, by which they are numbered, and the number of each note. Notes are not counted yet.
///
/// # Errors
/// Out of memory.
pub(super) fn lines(score: &Score<'_>) -> Result<(Vec<Played>, Numbers), NoRoom> {
    let mut table = Table::empty(score)?;
    let (mut played, mut of_notes) = (Vec::new(), room::list(score.notes.len())?);
    for note in &score.notes {
        if note.is_drum() {
            of_notes.push(0);
            continue;
        }
        let number = table.slot(note.track, note.port, note.channel);
        if *number == 0 {
            room::push(&mut played, Played::new(note))?;
            *number = played.len() as u32;
        }
        of_notes.push(*number);
    }
    Ok((played, Numbers(of_notes)))
}
