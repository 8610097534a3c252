//! Instrumentation, I-1 to I-20: which General MIDI programs play how much, and which drums. Drums
//! are the notes of channel 10 from 35 to 81, those that the percussion key map of General MIDI
//! names. Programs are numbered from 0, in the vectors and below.

use crate::analysis::features::stats::{Histogram, Spread};
use crate::model::score::Score;

/// The first and the last drum of the percussion key map.
const FIRST_DRUM: u8 = 35;
pub(crate) const DRUMS: usize = 47;

pub(crate) struct Instrumentation {
    /// Pitched notes by program.
    pub(crate) programs: Histogram<128>,
    pub(crate) drums: Histogram<DRUMS>,
    /// All notes.
    pub(crate) notes: f64,
}

impl Instrumentation {
    pub(crate) fn of(score: &Score<'_>) -> Self {
        let (mut programs, mut drums) = ([0_u32; 128], [0_u32; DRUMS]);
        for note in &score.notes {
            if !note.is_drum() {
                programs[usize::from(note.program & 0x7f)] += 1;
            } else if let Some(drum) = note.pitch.checked_sub(FIRST_DRUM)
                && let Some(count) = drums.get_mut(usize::from(drum))
            {
                *count += 1;
            }
        }
        Self {
            programs: Histogram::of(&programs),
            drums: Histogram::of(&drums),
            notes: score.notes.len() as f64,
        }
    }

    /// Share of all notes that some programs play.
    pub(crate) fn played(&self, programs: impl IntoIterator<Item = usize>) -> f64 {
        programs.into_iter().map(|program| self.programs.bins()[program]).sum::<f64>() / self.notes
    }

    pub(crate) fn shares<const N: usize>(&self, instruments: &Histogram<N>) -> Vec<f64> {
        instruments.bins().iter().map(|notes| notes / self.notes).collect()
    }

    /// Standard deviation of the shares of the instruments that play.
    pub(crate) fn variability<const N: usize>(&self, instruments: &Histogram<N>) -> f64 {
        let shares = instruments.used().map(|index| instruments.bins()[index] / self.notes);
        shares.collect::<Spread>().spread()
    }
}
