//! How notes of a line follow each other.

use crate::model::note::Note;

/// Largest step, in semitones; repeated notes count as steps.
const STEP: u8 = 2;
/// Largest share of notes that overlap in a line that is played one note at a time.
const MONOPHONIC: f64 = 0.1;

/// The pitch before the first note: more than a step from any.
const NO_PITCH: u8 = u8::MAX;

/// Counts of the notes of a line, in their order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Succession {
    pub(crate) notes: u32,
    /// Notes that begin while another of the line sounds. Players of a line slur into the next note: only a note that
    /// outlasts half of it overlaps.
    pub(crate) overlaps: u32,
    /// Notes that are a step or less from the one before.
    pub(crate) steps: u32,
    last_pitch: u8,
    sounds_until: u32,
}

impl Default for Succession {
    fn default() -> Self {
        Self { notes: 0, overlaps: 0, steps: 0, last_pitch: NO_PITCH, sounds_until: 0 }
    }
}

impl Succession {
    /// That of some notes, in the order of time.
    pub(crate) fn of<'n>(notes: impl Iterator<Item = &'n Note>) -> Self {
        let mut succession = Self::default();
        notes.for_each(|note| succession.add(note));
        succession
    }

    #[inline]
    pub(crate) fn add(&mut self, note: &Note) {
        self.overlaps += u32::from(self.sounds_until > note.start + note.duration() / 2);
        self.steps += u32::from(note.pitch.abs_diff(self.last_pitch) <= STEP);
        self.notes += 1;
        self.last_pitch = note.pitch;
        self.sounds_until = self.sounds_until.max(note.end);
    }

    /// Whether it is played one note at a time.
    pub(crate) fn is_monophonic(&self) -> bool {
        f64::from(self.overlaps) <= MONOPHONIC * f64::from(self.notes)
    }
}
