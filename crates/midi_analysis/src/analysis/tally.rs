//! One pass over the notes for all histograms on which the analysis is based.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::division::Division;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::NoRoom;

/// A note counts for no more than this many quarter notes in the pitch-class histogram, so that a pedal
/// point or a note without an end does not dominate it.
const WEIGHT_CAP_QUARTERS: u64 = 4;
/// The same in seconds, where a file counts SMPTE time.
const WEIGHT_CAP_SECONDS: f64 = 2.0;

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
        let mut covered_until = 0_u32;
        // Each note takes the place of one that has ended, if there is one.
        let mut ends: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        for note in &score.notes {
            tally.velocities[usize::from(note.velocity & 0x7f)] += 1;
            let pitch = usize::from(note.pitch & 0x7f);
            if note.is_drum() {
                tally.drum_pitches[pitch] += 1;
                continue;
            }
            let end = note.sounding_end();
            let duration = end - note.start;
            tally.pitches[pitch] += 1;
            tally.programs[usize::from(note.program & 0x7f)] += 1;
            tally.pitch_class_ticks[PitchClass::index_of_pitch(note.pitch)] +=
                u64::from(duration).min(cap);
            tally.sounding_ticks += u64::from(duration);
            tally.covered_ticks += u64::from(end.saturating_sub(covered_until.max(note.start)));
            covered_until = covered_until.max(end);
            match ends.peek().is_some_and(|Reverse(earliest)| *earliest <= note.start) {
                true => ends.peek_mut().into_iter().for_each(|mut ended| *ended = Reverse(end)),
                false => {
                    ends.try_reserve(1).map_err(|_| NoRoom)?;
                    ends.push(Reverse(end));
                }
            }
        }
        tally.polyphony_max = ends.len() as u32;
        Ok(tally)
    }
}
