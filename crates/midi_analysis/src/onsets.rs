//! Onsets: notes that begin together, and how likely a beat falls on them.
//!
//! What makes an onset heavy is, as in Lerdahl & Jackendoff 1983 and Temperley 2001, the number of
//! notes, their length, a low bass, loudness, and silence after it. Each is measured against its
//! surroundings, so that neither dynamics nor density of a passage decide. Times are seconds.

use crate::score::{Note, Score};

/// Notes that begin within this many seconds of the first of them are one onset: the asynchrony of
/// a chord played by hand seldom exceeds it (Goebl 2001).
const CHORD_SPREAD_S: f64 = 0.04;
/// Onsets on each side that an onset is measured against.
const NEIGHBOURS: usize = 8;
/// Most onsets of a piece that are listened to: hours of dense music.
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
/// What a bass drum and a snare add; chosen by hand, not fitted.
const WEIGHT_KICK: f32 = 1.0;
const WEIGHT_SNARE: f32 = 0.8;
/// Seconds between onsets below which a passage is no denser, for the ear.
const SHORTEST_INTERVAL_S: f64 = 0.03;
/// Semitones that notes around may lie below an onset that still counts as the bass.
const BASS_TOLERANCE: u8 = 1;

/// Bass drums and snares of General MIDI, which mark the beat; other drums fill it.
const KICKS: [u8; 2] = [35, 36];
const SNARES: [u8; 4] = [37, 38, 39, 40];

/// Notes that begin together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    pub(crate) tick: u32,
    pub(crate) seconds: f64,
    /// Lowest MIDI pitch; a bass drum counts as the lowest.
    pub(crate) lowest: u8,
    pub(crate) notes: u16,
    /// Loudest velocity.
    pub(crate) velocity: u8,
    /// Pitch classes, one bit each.
    pub(crate) classes: u16,
    pub(crate) kick: bool,
    pub(crate) snare: bool,
    /// Seconds of the longest note.
    pub(crate) length: f32,
    /// Log-odds that a beat falls here.
    pub(crate) salience: f32,
    /// Whether no onset around is lower.
    pub(crate) is_bass: bool,
}

impl Onset {
    fn new(tick: u32, seconds: f64) -> Self {
        Self {
            tick,
            seconds,
            lowest: u8::MAX,
            notes: 0,
            velocity: 0,
            classes: 0,
            kick: false,
            snare: false,
            length: 0.0,
            salience: 0.0,
            is_bass: false,
        }
    }

    fn add(&mut self, note: &Note, length: f32) {
        self.notes = self.notes.saturating_add(1);
        self.velocity = self.velocity.max(note.velocity);
        if note.is_drum() {
            self.kick |= KICKS.contains(&note.pitch);
            self.snare |= SNARES.contains(&note.pitch);
            return;
        }
        self.lowest = self.lowest.min(note.pitch);
        self.classes |= 1 << (note.pitch % 12);
        self.length = self.length.max(length);
    }
}

/// The onsets of a piece, in the order of time, weighed.
pub(crate) fn onsets(score: &Score<'_>) -> Vec<Onset> {
    let mut onsets: Vec<Onset> = Vec::with_capacity(score.notes.len().min(MOST_ONSETS));
    let mut clock = score.tempo.clock();
    for note in &score.notes {
        let seconds = clock.seconds(note.start);
        let length = clock.length(note.duration()) as f32;
        match onsets.last_mut() {
            Some(last) if seconds - last.seconds <= CHORD_SPREAD_S => last.add(note, length),
            _ => {
                if onsets.len() == MOST_ONSETS {
                    break;
                }
                let mut onset = Onset::new(note.start, seconds);
                onset.add(note, length);
                onsets.push(onset);
            }
        }
    }
    weigh(&mut onsets);
    onsets
}

fn weigh(onsets: &mut [Onset]) {
    for index in 0..onsets.len() {
        let from = index.saturating_sub(NEIGHBOURS);
        let to = (index + NEIGHBOURS + 1).min(onsets.len());
        let around = &onsets[from..to];
        let span = around[around.len() - 1].seconds - around[0].seconds;
        let interval = (span / (around.len() - 1).max(1) as f64).max(SHORTEST_INTERVAL_S) as f32;
        let loudness =
            around.iter().map(|o| u32::from(o.velocity)).sum::<u32>() as f32 / around.len() as f32;
        let lowest = around.iter().map(|o| o.lowest).min().unwrap_or(0);
        let onset = onsets[index];
        let next = onsets.get(index + 1).map_or(interval, |n| (n.seconds - onset.seconds) as f32);
        let is_bass = onset.lowest <= lowest.saturating_add(BASS_TOLERANCE) && onset.lowest < 128;
        let mut salience = BIAS
            + WEIGHT_CHORD * f32::from(onset.notes).ln()
            + WEIGHT_GAP * (next / interval).clamp(0.1, 10.0).ln()
            + WEIGHT_LOUD * (f32::from(onset.velocity) - loudness) / 16.0;
        if onset.classes != 0 {
            salience += WEIGHT_LENGTH * (onset.length / interval).clamp(0.1, 20.0).ln();
        }
        if is_bass {
            salience += WEIGHT_LOWEST;
        }
        if onset.kick {
            salience += WEIGHT_KICK;
        }
        if onset.snare {
            salience += WEIGHT_SNARE;
        }
        onsets[index].salience = salience;
        onsets[index].is_bass = is_bass;
    }
}
