//! Pitches as the bits of a number, and the numbers that notes are described in.

/// Largest interval that is told from larger ones, in octaves.
pub(super) const FAR: f32 = 2.0;
/// Semitones.
pub(super) const OCTAVE: f32 = 12.0;

/// Pitches as the bits of a number.
#[derive(Clone, Copy, Default)]
pub(super) struct Pitches(pub(super) u128);

impl Pitches {
    pub(super) fn add(&mut self, pitch: u8) {
        self.0 |= 1 << (pitch & 0x7f);
    }

    pub(super) fn has(self, pitch: i32) -> bool {
        (0..128).contains(&pitch) && self.0 >> pitch & 1 == 1
    }

    /// Semitones from a pitch up to the next higher one.
    pub(super) fn above(self, pitch: u8) -> Option<u32> {
        let higher = self.0.checked_shr(u32::from(pitch) + 1).unwrap_or(0);
        (higher != 0).then(|| higher.trailing_zeros() + 1)
    }

    /// Semitones from a pitch down to the next lower one.
    pub(super) fn below(self, pitch: u8) -> Option<u32> {
        let lower = self.0 & ((1 << (pitch & 0x7f)) - 1);
        (lower != 0).then(|| u32::from(pitch) - (127 - lower.leading_zeros()))
    }

    /// Octaves from a pitch to the highest one.
    pub(super) fn to_highest(self, pitch: u8) -> f32 {
        (127 - self.0.leading_zeros() as i32 - i32::from(pitch)) as f32 / OCTAVE
    }

    /// Octaves from the lowest one to a pitch.
    pub(super) fn over_lowest(self, pitch: u8) -> f32 {
        (i32::from(pitch) - self.0.trailing_zeros() as i32) as f32 / OCTAVE
    }

    /// Octaves to the nearest pitch, upwards positive.
    pub(super) fn to_nearest(self, pitch: u8) -> f32 {
        if self.has(pitch.into()) {
            return 0.0;
        }
        let up = octaves(self.above(pitch));
        let down = octaves(self.below(pitch));
        if up <= down { up } else { -down }
    }
}

/// An interval in octaves; a large one where there is none.
pub(super) fn octaves(semitones: Option<u32>) -> f32 {
    semitones.map_or(FAR, |semitones| (semitones as f32 / OCTAVE).min(FAR))
}

/// An interval, with those beyond two octaves as if they were two.
pub(super) fn bounded(octaves: f32) -> f32 {
    octaves.clamp(-FAR, FAR)
}

/// A length of time, 0 for none and 1 for an endless one.
pub(super) fn squashed(seconds: f64, scale: f64) -> f32 {
    let seconds = seconds.clamp(0.0, 1e6);
    (seconds / (seconds + scale)) as f32
}

/// The same, of what may never have been.
pub(super) fn squashed_or_one(seconds: f64, scale: f64) -> f32 {
    if seconds.is_finite() { squashed(seconds, scale) } else { 1.0 }
}
