//! The pieces of a drum kit, by their General MIDI pitches (MMA RP-003).

/// The kicks, snares, hats, toms and cymbals of a usual kit.
const USUAL: [u8; 12] = [35, 36, 37, 38, 39, 40, 42, 44, 46, 49, 51, 57];
/// Share of usual pieces from which a channel or track that is said to be one of drums is one.
const USUAL_SHARE: f64 = 0.6;

/// How many notes there are, and how many of them are usual pieces.
#[derive(Clone, Copy, Default)]
pub(super) struct Pieces {
    notes: u32,
    usual: u32,
}

impl Pieces {
    pub(super) fn add(&mut self, pitch: u8) {
        self.notes += 1;
        self.usual += u32::from(USUAL.contains(&pitch));
    }

    pub(super) fn are_usual(&self) -> bool {
        self.notes > 0 && f64::from(self.usual) >= USUAL_SHARE * f64::from(self.notes)
    }
}
