//! One pass over the notes for all histograms on which the analysis is based.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::division::Division;
use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::NoRoom;

/// A note counts for no more than this many quarter notes in the pitch-class histogram, so that a pedal
/// point or a note without an end does not dominate it.
const WEIGHT_CAP_QUARTERS: u64 = 4;
/// The same in seconds, where a file counts SMPTE time.
const WEIGHT_CAP_SECONDS: f64 = 2.0;

/// Notes that sound at once, and the time in which any does.
#[derive(Default)]
pub(crate) struct Overlap {
    /// When notes end. Each note takes the place of one that has ended, if there is one, so there are as many as the most
    /// that have sounded at once.
    ends: BinaryHeap<Reverse<u32>>,
    covered_until: u32,
    /// Ticks in which at least one note sounds.
    covered: u64,
}

impl Overlap {
    /// Adds a note, which begins no earlier than the one before.
    ///
    /// # Errors
    /// Out of memory.
    #[inline]
    pub(crate) fn add(&mut self, note: &Note) -> Result<(), NoRoom> {
        let end = note.sounding_end();
        self.covered += u64::from(end.saturating_sub(self.covered_until.max(note.start)));
        self.covered_until = self.covered_until.max(end);
        match self.ends.peek().is_some_and(|Reverse(earliest)| *earliest <= note.start) {
            true => self.ends.peek_mut().into_iter().for_each(|mut ended| *ended = Reverse(end)),
            false => {
                self.ends.try_reserve(1).map_err(|_| NoRoom)?;
                self.ends.push(Reverse(end));
            }
        }
        Ok(())
    }

    /// Most notes that have sounded at once.
    pub(crate) fn most(&self) -> u32 {
        self.ends.len() as u32
    }
}

/// Counts over all notes of a piece.
pub(crate) struct Tally {
    /// Ticks that notes of a pitch class sound, each note capped; drums left out.
    pub(crate) pitch_class_ticks: [u64; 12],
    /// Pitched notes by MIDI pitch.
    pub(crate) pitches: [u32; 128],
    /// Drum notes by MIDI pitch.
    pub(crate) drum_pitches: [u32; 128],
    /// All notes by velocity.
    pub(crate) velocities: [u32; 128],
    /// Pitched notes by General MIDI program.
    pub(crate) programs: [u32; 128],
    /// Sum of the pitched notes' durations in ticks, uncapped.
    pub(crate) sounding_ticks: u64,
    /// Ticks in which at least one pitched note sounds.
    pub(crate) covered_ticks: u64,
    /// Most pitched notes that sound at once.
    pub(crate) polyphony_max: u32,
}

impl Tally {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let cap = match score.division {
            Division::Metrical(ticks) => u64::from(ticks) * WEIGHT_CAP_QUARTERS,
            Division::Timecode(time) => (time.ticks_per_second() * WEIGHT_CAP_SECONDS) as u64,
        };
        let mut tally = Self {
            pitch_class_ticks: [0; 12],
            pitches: [0; 128],
            drum_pitches: [0; 128],
            velocities: [0; 128],
            programs: [0; 128],
            sounding_ticks: 0,
            covered_ticks: 0,
            polyphony_max: 0,
        };
        let mut overlap = Overlap::default();
        for note in &score.notes {
            tally.velocities[usize::from(note.velocity & 0x7f)] += 1;
            let pitch = usize::from(note.pitch & 0x7f);
            if note.is_drum() {
                tally.drum_pitches[pitch] += 1;
                continue;
            }
            let duration = note.sounding_end() - note.start;
            tally.pitches[pitch] += 1;
            tally.programs[usize::from(note.program & 0x7f)] += 1;
            tally.pitch_class_ticks[PitchClass::index_of_pitch(note.pitch)] +=
                u64::from(duration).min(cap);
            tally.sounding_ticks += u64::from(duration);
            overlap.add(note)?;
        }
        tally.covered_ticks = overlap.covered;
        tally.polyphony_max = overlap.most();
        Ok(tally)
    }
}
