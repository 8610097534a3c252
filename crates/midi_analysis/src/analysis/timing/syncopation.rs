//! Syncopation: how much notes contradict the beat.
//!
//! The weighted note-to-beat distance of Gómez, Melvin, Rappaport & Toussaint, "Mathematical measures
//! of syncopation", Bridges 2005. A note between two beats weighs the inverse of its distance, in
//! beats, from the nearer one; twice that where it lasts beyond the next beat but not until the one
//! after that; on a beat it weighs nothing. The measure is the mean over all notes. Notes last until the
//! next onset of their part, a track and channel: an accompaniment that fills every sixteenth does
//! not hide a syncopated melody. Onsets are rounded to the nearest sixteenth or triplet.

use crate::analysis::beat_position::SLOTS;
use crate::model::note::{CHANNELS, Note};

/// Parts are identified by a small number derived from track and channel: two that have it in common
/// count as one.
const PARTS: usize = 64;
const SILENT: u32 = u32::MAX;

/// The last onset of each part, in places.
pub(super) struct Parts([u32; PARTS]);

/// The weights of onsets, and how many there are.
#[derive(Default)]
pub(super) struct Syncopation {
    sum: u64,
    onsets: u32,
}

impl Parts {
    pub(super) fn silent() -> Self {
        Self([SILENT; PARTS])
    }

    /// Takes the notes in the order of time, each with its [place]; the weight of the onset that it ends, if any.
    #[inline]
    pub(super) fn strike(&mut self, note: &Note, place: u32) -> Option<u32> {
        let part = (usize::from(note.track) * CHANNELS + usize::from(note.channel)) % PARTS;
        let before = std::mem::replace(&mut self.0[part], place);
        // Before a part begins there is no onset, and it is not less than any.
        (before < place).then(|| weight(before, place))
    }
}

impl Syncopation {
    #[inline]
    pub(super) fn add(&mut self, weight: u32) {
        self.sum += u64::from(weight);
        self.onsets += 1;
    }

    /// The mean over all onsets, the last of each part lasting until the next beat.
    pub(super) fn mean(mut self, parts: &Parts) -> Option<f32> {
        for &last in parts.0.iter().filter(|&&last| last != SILENT) {
            self.add(weight(last, last));
        }
        (self.onsets > 0).then(|| self.sum as f32 / WHOLE as f32 / self.onsets as f32)
    }
}

/// The place of a slot of a beat, up to that of the next beat. Places ascend as slots do, with more in a beat, so that
/// the beat of a place is found without a division.
pub(super) fn place(beat: u32, slot: u32) -> u32 {
    let (beat, slot) = if slot == SLOTS { (beat.saturating_add(1), 0) } else { (beat, slot) };
    beat.min(SILENT / PLACES - 1) * PLACES + slot
}

/// Places in a beat: more than slots.
const PLACES: u32 = 16;

/// Weights are counted in these units, so that the inverses of all distances are whole numbers.
const WHOLE: u32 = 60;

/// Weight of a note that begins in one place and lasts until another.
fn weight(from: u32, to: u32) -> u32 {
    let lasts_beyond = to / PLACES == from / PLACES + 1 && !to.is_multiple_of(PLACES);
    INVERSE[(from % PLACES) as usize] << u32::from(lasts_beyond)
}

/// The inverse of the distance from the nearest beat, for each place in a beat; 0 on it.
const INVERSE: [u32; PLACES as usize] = {
    let mut inverse = [0; PLACES as usize];
    let mut past = 1;
    while past < SLOTS {
        let distance = if past * 2 > SLOTS { SLOTS - past } else { past };
        inverse[past as usize] = WHOLE * SLOTS / distance;
        past += 1;
    }
    inverse
};
