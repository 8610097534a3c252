//! How many notes of a channel are pieces of a drum kit.

use crate::read::percussion::kit::{USUAL, USUAL_SHARE};

/// How many notes there are, and how many of them are usual pieces.
#[derive(Clone, Copy, Default)]
pub(super) struct Pieces {
    notes: u32,
    usual: u32,
}

impl Pieces {
    pub(super) fn add(&mut self, pitch: u8) {
        self.notes += 1;
        self.usual += u32::from(USUAL >> pitch & 1 == 1);
    }

    pub(super) fn are_usual(&self) -> bool {
        self.notes > 0 && f64::from(self.usual) >= USUAL_SHARE * f64::from(self.notes)
    }
}
