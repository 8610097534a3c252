//! An onset: notes that begin together, and what is known of them. Times are seconds.

use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;

/// Onsets of which one has a bass drum in music with drums, at most.
const ONSETS_OF_A_DRUM: usize = 50;
/// Bass drums and snares of General MIDI, which mark the beat; other drums fill it.
const KICKS: [u8; 2] = [35, 36];
const SNARES: [u8; 4] = [37, 38, 39, 40];

/// By 12 pitch classes, how many there are.
static CLASS_COUNTS: [u8; 1 << 12] = {
    let mut counts = [0; 1 << 12];
    let mut classes = 0;
    while classes < counts.len() {
        counts[classes] = (classes as u16).count_ones() as u8;
        classes += 1;
    }
    counts
};

/// How many pitch classes there are among twelve, one bit each.
#[inline]
pub(crate) fn class_count(classes: u16) -> u8 {
    CLASS_COUNTS[usize::from(classes) % CLASS_COUNTS.len()]
}

/// Notes that begin together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    pub(crate) tick: u32,
    pub(crate) seconds: f64,
    /// Lowest MIDI pitch; a bass drum counts as the lowest.
    pub(crate) lowest: u8,
    /// Highest MIDI pitch; 0 without pitched notes.
    pub(crate) highest: u8,
    pub(crate) notes: u16,
    /// Loudest velocity.
    pub(crate) velocity: u8,
    /// Pitch classes, one bit each.
    pub(crate) classes: u16,
    pub(crate) kick: bool,
    pub(crate) snare: bool,
    /// Seconds of the longest note.
    pub(crate) length: f32,
    /// Log-odds that a beat falls here, by its own traits.
    pub(crate) salience: f32,
    /// Velocity above the mean of the surroundings.
    pub(crate) louder: f32,
    /// Semitones of the lowest pitch above the lowest of the surroundings.
    pub(crate) above_lowest: f32,
    /// Mean seconds between the onsets around.
    pub(crate) interval: f32,
    /// Whether no onset around is lower.
    pub(crate) is_bass: bool,
    /// Pitch classes that the preceding onsets do not have.
    pub(crate) fresh: u8,
}

impl Onset {
    pub(super) fn new(tick: u32, seconds: f64) -> Self {
        Self {
            tick,
            seconds,
            lowest: u8::MAX,
            highest: 0,
            notes: 0,
            velocity: 0,
            classes: 0,
            kick: false,
            snare: false,
            length: 0.0,
            salience: 0.0,
            louder: 0.0,
            above_lowest: 0.0,
            interval: 0.0,
            is_bass: false,
            fresh: 0,
        }
    }

    /// The length is that of the longest note, which begins as `longest` ticks.
    #[inline]
    pub(super) fn add(&mut self, note: &Note, longest: &mut u32) {
        self.notes = self.notes.saturating_add(1);
        self.velocity = self.velocity.max(note.velocity);
        if note.is_drum() {
            self.kick |= KICKS.contains(&note.pitch);
            self.snare |= SNARES.contains(&note.pitch);
            return;
        }
        self.lowest = self.lowest.min(note.pitch);
        self.highest = self.highest.max(note.pitch);
        self.classes |= 1 << PitchClass::index_of_pitch(note.pitch);
        *longest = note.duration().max(*longest);
    }
}

/// Whether there are drums: a bass drum in one of fifty onsets.
pub(crate) fn has_drums(onsets: &[Onset]) -> bool {
    onsets.iter().filter(|onset| onset.kick).count() * ONSETS_OF_A_DRUM > onsets.len()
}

/// `x` limited to two bounds; two instructions, which `clamp` is not, since it preserves NaN.
pub(crate) fn clamped(x: f32, least: f32, most: f32) -> f32 {
    let x = if x > least { x } else { least };
    if x < most { x } else { most }
}

/// The natural logarithm of a positive number, within 0.01: its exponent, and a parabola through
/// its mantissa.
pub(crate) fn rough_ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000);
    let log2 = exponent as f32 - 1.674_9 + (2.024_66 - 0.344_85 * mantissa) * mantissa;
    log2 * std::f32::consts::LN_2
}
