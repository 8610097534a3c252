//! Onsets: notes that begin together, and how likely a beat falls on them.
//!
//! As in Lerdahl & Jackendoff 1983 and Temperley 2001, the weight of an onset rises with the number of
//! its notes, their length, a low bass, loudness, and the silence after it. Each is measured relative to
//! the surrounding onsets, so that the dynamics and the density of a passage do not matter. Times are
//! seconds.

use crate::model::note::Note;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Onsets of which one has a bass drum in music with drums, at most.
const ONSETS_OF_A_DRUM: usize = 50;
/// Notes that begin within this many seconds of the first of them are one onset: the asynchrony of
/// a chord played by hand seldom exceeds it (Goebl 2001).
const CHORD_SPREAD_S: f64 = 0.04;
/// Onsets on each side that an onset is measured against.
const NEIGHBOURS: usize = 8;
/// Preceding onsets whose pitch classes are not new.
const RECENT: usize = 3;
/// Most onsets of a piece: hours of dense music.
pub(crate) const MOST_ONSETS: usize = 1 << 16;

/// Weights of a logistic regression of "a beat falls here" on the traits of an onset, over hand-
/// annotated piano performances and played pop (between the two fits, rounded).
const WEIGHT_CHORD: f32 = 1.3;
const WEIGHT_LOWEST: f32 = 0.9;
const WEIGHT_LENGTH: f32 = 0.45;
const WEIGHT_GAP: f32 = 0.3;
/// For each 16 steps of velocity above the surroundings.
const WEIGHT_LOUD: f32 = 0.35;
/// Set by hand, as other traits of the fits are left out here.
const BIAS: f32 = -1.1;
/// Weights of a bass drum and a snare; set by hand.
const WEIGHT_KICK: f32 = 1.0;
const WEIGHT_SNARE: f32 = 0.8;
/// Least mean interval between onsets: denser passages do not sound denser.
const SHORTEST_INTERVAL_S: f32 = 0.03;
/// Semitones by which surrounding notes may be lower than an onset that counts as the bass.
const BASS_TOLERANCE: u8 = 1;

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
    fn new(tick: u32, seconds: f64) -> Self {
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
    fn add(&mut self, note: &Note, longest: &mut u32) {
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

/// The onsets of a piece with their weights, in the order of time.
///
/// # Errors
/// Out of memory.
pub(crate) fn onsets(score: &Score<'_>) -> Result<Vec<Onset>, NoRoom> {
    let mut onsets: Vec<Onset> = room::list(score.notes.len().min(MOST_ONSETS))?;
    let mut clock = score.tempo.clock();
    let Some(first) = score.notes.first() else { return Ok(onsets) };
    let mut onset = Onset::new(first.start, clock.seconds(first.start));
    let mut seconds_per_tick = clock.length(1) as f32;
    let (mut last_start, mut longest) = (first.start, 0);
    for note in &score.notes {
        if note.start != last_start {
            last_start = note.start;
            let seconds = clock.seconds(note.start);
            if seconds - onset.seconds > CHORD_SPREAD_S {
                onset.length = longest as f32 * seconds_per_tick;
                onsets.push(onset);
                longest = 0;
                if onsets.len() == MOST_ONSETS {
                    break;
                }
                onset = Onset::new(note.start, seconds);
                seconds_per_tick = clock.length(1) as f32;
            }
        }
        onset.add(note, &mut longest);
    }
    if onsets.len() < MOST_ONSETS {
        onset.length = longest as f32 * seconds_per_tick;
        onsets.push(onset);
    }
    weigh(&mut onsets);
    Ok(onsets)
}

fn weigh(onsets: &mut [Onset]) {
    let lowest = lowest_around(onsets);
    let mut recent = [0_u16; RECENT];
    let velocity = |onset: &Onset| u32::from(onset.velocity);
    let mut loudness: u32 = onsets.iter().take(NEIGHBOURS).map(velocity).sum();
    for index in 0..onsets.len() {
        let from = index.saturating_sub(NEIGHBOURS);
        let to = (index + NEIGHBOURS + 1).min(onsets.len());
        loudness += onsets.get(index + NEIGHBOURS).map_or(0, velocity);
        if index > NEIGHBOURS {
            loudness -= velocity(&onsets[from - 1]);
        }
        let around = (to - from) as f32;
        let span = (onsets[to - 1].seconds - onsets[from].seconds) as f32;
        let interval = (span / (around - 1.0).max(1.0)).max(SHORTEST_INTERVAL_S);
        let onset = onsets[index];
        let next = onsets.get(index + 1).map_or(interval, |n| (n.seconds - onset.seconds) as f32);
        let is_bass =
            onset.lowest <= lowest[index].saturating_add(BASS_TOLERANCE) && onset.lowest < 128;
        let rate = interval.recip();
        let pitched = f32::from(u8::from(onset.classes != 0));
        let louder = f32::from(onset.velocity) - loudness as f32 / around;
        let [chord, gap, length, _] = rough_lns(&[
            f32::from(onset.notes),
            clamped(next * rate, 0.1, 10.0),
            clamped(onset.length * rate, 0.1, 20.0),
            1.0,
        ]);
        let salience = BIAS
            + WEIGHT_CHORD * chord
            + WEIGHT_GAP * gap
            + WEIGHT_LOUD / 16.0 * louder
            + WEIGHT_LENGTH * length * pitched
            + WEIGHT_LOWEST * f32::from(u8::from(is_bass))
            + WEIGHT_KICK * f32::from(u8::from(onset.kick))
            + WEIGHT_SNARE * f32::from(u8::from(onset.snare));
        let known = recent.iter().fold(0, |all, classes| all | classes);
        recent = [onset.classes, recent[0], recent[1]];
        let onset = &mut onsets[index];
        onset.salience = salience;
        onset.louder = louder;
        onset.above_lowest = f32::from(onset.lowest) - f32::from(lowest[index]);
        onset.interval = interval;
        onset.is_bass = is_bass;
        onset.fresh = class_count(onset.classes & !known);
    }
}

/// The lowest pitch among each onset and its neighbours, by minima over windows that double in length.
fn lowest_around(onsets: &[Onset]) -> Vec<u8> {
    let edge = [u8::MAX; NEIGHBOURS];
    let pitches = onsets.iter().map(|onset| onset.lowest);
    let mut lowest: Vec<u8> = edge.into_iter().chain(pitches).chain(edge).collect();
    let mut minimum = |ahead: usize| {
        for index in 0..lowest.len() - ahead {
            lowest[index] = lowest[index].min(lowest[index + ahead]);
        }
    };
    let mut length = 1;
    while length < 2 * NEIGHBOURS {
        minimum(length);
        length *= 2;
    }
    minimum(1);
    lowest
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

/// Four of them. A function of its own is turned into vector instructions.
#[inline(never)]
fn rough_lns(numbers: &[f32; 4]) -> [f32; 4] {
    numbers.map(rough_ln)
}
