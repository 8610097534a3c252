//! Voices: the notes of one channel on one track.

use crate::model::note::Note;
use crate::model::score::Score;

const CHANNELS: usize = 16;
const NONE: u32 = u32::MAX;

/// Numbers the voices of a piece in the order of their first notes.
pub(crate) struct Voices {
    numbers: Vec<u32>,
    count: u32,
}

impl Voices {
    pub(crate) fn of(score: &Score<'_>) -> Self {
        let mut numbers = vec![NONE; (usize::from(score.track_count) + 1) * CHANNELS];
        let mut count = 0;
        for note in &score.notes {
            let number = &mut numbers[slot(note)];
            if *number == NONE {
                *number = count;
                count += 1;
            }
        }
        Self { numbers, count }
    }

    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn number(&self, note: &Note) -> usize {
        self.numbers[slot(note)] as usize
    }
}

fn slot(note: &Note) -> usize {
    usize::from(note.track) * CHANNELS + usize::from(note.channel & 0xf)
}
