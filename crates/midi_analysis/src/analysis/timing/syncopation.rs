//! Syncopation: how much notes contradict the beat.
//!
//! The weighted note-to-beat distance of Gómez, Melvin, Rappaport & Toussaint, "Mathematical measures
//! of syncopation", Bridges 2005. A note between two beats weighs the inverse of its distance, in
//! beats, from the nearer one; twice that where it lasts beyond the next beat but not until the one
//! after that; on a beat it weighs nothing. The measure is the mean over all notes. Notes last until the
//! next onset of their part, a track and channel: an accompaniment that fills every sixteenth does
//! not hide a syncopated melody. Onsets are rounded to the nearest sixteenth or triplet.

use crate::analysis::beat_position::SLOTS;
use crate::model::note::Note;

/// Parts are identified by a small number derived from track and channel: two that have it in common
/// count as one.
const PARTS: usize = 64;
const SILENT: u32 = u32::MAX;

pub(super) struct Syncopation {
    /// The last onset of each part, in slots.
    last: [u32; PARTS],
    sum: u64,
    onsets: u32,
}

impl Syncopation {
    pub(super) fn new() -> Self {
        Self { last: [SILENT; PARTS], sum: 0, onsets: 0 }
    }

    /// Takes the notes in the order of time, each with its slot.
    pub(super) fn add(&mut self, note: &Note, slot: u32) {
        let part = (usize::from(note.track) * 16 + usize::from(note.channel)) % PARTS;
        let before = std::mem::replace(&mut self.last[part], slot);
        if before != SILENT && before < slot {
            self.sum += u64::from(weight(before, slot));
            self.onsets += 1;
        }
    }

    /// The mean over all onsets, the last of each part lasting until the next beat.
    pub(super) fn mean(mut self) -> Option<f32> {
        for &last in self.last.iter().filter(|&&last| last != SILENT) {
            self.sum += u64::from(weight(last, last));
            self.onsets += 1;
        }
        (self.onsets > 0).then(|| self.sum as f32 / WHOLE as f32 / self.onsets as f32)
    }
}

/// Weights are counted in these units, so that the inverses of all distances are whole numbers.
const WHOLE: u32 = 60;

/// Weight of a note that begins in one slot and lasts until another.
fn weight(from: u32, to: u32) -> u32 {
    let past = from % SLOTS;
    if past == 0 {
        return 0;
    }
    let next = from - past + SLOTS;
    let inverse = INVERSE[past as usize];
    if to > next && to < next + SLOTS { 2 * inverse } else { inverse }
}

/// The inverse of the distance from the nearest beat, for each slot of a beat.
const INVERSE: [u32; SLOTS as usize] = {
    let mut inverse = [0; SLOTS as usize];
    let mut past = 1;
    while past < SLOTS {
        let distance = if past * 2 > SLOTS { SLOTS - past } else { past };
        inverse[past as usize] = WHOLE * SLOTS / distance;
        past += 1;
    }
    inverse
};
