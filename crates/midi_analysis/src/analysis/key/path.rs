//! The keys that a piece passes through: a hidden Markov model over the 24 keys, four quarter notes
//! at a time, in which a change of key costs as much as six nats of evidence.
//!
//! Source: Temperley, "Music and Probability", 2007, ch. 6 (key as the state, pitch classes as the
//! emission, modulation as a rare transition).

use std::ops::Range;
use std::sync::LazyLock;

use crate::analysis::key::layout::{CLASSES, KEYS};
use crate::analysis::key::profiles::{MAJOR, MINOR};
use crate::analysis::key::softmax::softmax;
use crate::analysis::key::viterbi::Lattice;
use crate::analysis::key::windows::{Windows, classes};
use crate::model::key::Key;

/// Quarter notes of a window of the path.
const WINDOW: usize = 4;
/// Nats that a change of key costs.
const CHANGE_COST: f32 = 6.0;
/// Nats by which each window favours the key of the whole piece.
const AT_HOME: f32 = 0.25;
/// Divisor of the log likelihood of a span: its notes are not independent of each other.
const TEMPERATURE: f32 = 4.0;
/// Share of time below which a key has none.
const LEAST_SHARE: f32 = 0.001;
/// A first and a last part of a piece are this share of it.
const PARTS: usize = 4;
/// The most likely key of each window.
pub(super) struct KeyPath {
    keys: Vec<u8>,
    histograms: Vec<[f64; CLASSES]>,
    /// Log likelihood of each window in each key.
    evidence: Vec<[f32; KEYS]>,
    ticks_per_window: f64,
}

impl KeyPath {
    pub(super) fn of(windows: &Windows) -> Self {
        let histograms: Vec<_> = windows.each.chunks(WINDOW).map(classes).collect();
        let evidence: Vec<_> = histograms.iter().map(emission).collect();
        let ticks_per_window = windows.ticks * WINDOW as f64;
        Self { keys: decode(&evidence), histograms, evidence, ticks_per_window }
    }

    /// Quarter notes of the pitch classes in the whole piece, each note counted for four at most.
    pub(super) fn classes(&self) -> [f64; CLASSES] {
        std::array::from_fn(|class| self.histograms.iter().map(|window| window[class]).sum())
    }

    /// The share of windows in each key: in the whole, its first and its last part. Each span of the path
    /// is divided among the keys by their likelihoods over its windows, so that two keys that fit
    /// equally well have equal parts.
    pub(super) fn shares(&self) -> [[f32; KEYS]; 3] {
        let count = self.keys.len();
        let part = count.div_ceil(PARTS);
        [0..count, 0..part, count - part..count].map(|windows| self.shares_in(windows))
    }

    fn shares_in(&self, windows: Range<usize>) -> [f32; KEYS] {
        let mut shares = [0.0; KEYS];
        let count = windows.len() as f32;
        let mut evidence = self.evidence[windows.clone()].iter();
        for span in self.keys[windows].chunk_by(|a, b| a == b) {
            let mut sum = [0.0; KEYS];
            for window in evidence.by_ref().take(span.len()) {
                sum.iter_mut().zip(window).for_each(|(to, from)| *to += from / TEMPERATURE);
            }
            let length = span.len() as f32 / count;
            let probabilities = softmax(&sum);
            shares.iter_mut().zip(probabilities).for_each(|(share, p)| *share += p * length);
        }
        shares.map(|share| if share < LEAST_SHARE { 0.0 } else { share })
    }

    /// The spans of one key, at least one, in a piece whose key is `home`: spans in another key need
    /// windows that favour it clearly.
    pub(super) fn spans(mut self, home: Key, end: u32) -> Vec<Span> {
        let home = home.index() as u8;
        if self.keys.iter().any(|&key| key != self.keys[0]) {
            self.evidence.iter_mut().for_each(|window| window[usize::from(home)] += AT_HOME);
            self.keys = decode(&self.evidence);
        }
        if self.keys.iter().all(|&key| key == self.keys[0]) {
            self.keys.fill(home);
        }
        let mut first = 0;
        let tick = |window: usize| ((window as f64 * self.ticks_per_window) as u32).min(end);
        self.keys
            .chunk_by(|a, b| a == b)
            .map(|span| {
                let windows = first..first + span.len();
                first = windows.end;
                let mut classes = [0.0; CLASSES];
                for histogram in &self.histograms[windows.clone()] {
                    classes.iter_mut().zip(histogram).for_each(|(to, from)| *to += from);
                }
                let end = if first == self.keys.len() { end } else { tick(windows.end) };
                let key = Key::from_index(span[0].into());
                Span { key, start: tick(windows.start), end, classes }
            })
            .collect()
    }
}

/// A span of a piece in one key.
pub(super) struct Span {
    pub(super) key: Key,
    /// Ticks at which it begins and ends.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Time of the pitch classes in it.
    pub(super) classes: [f64; CLASSES],
}

/// The path through the windows of most evidence, the costs of changes subtracted.
fn decode(windows: &[[f32; KEYS]]) -> Vec<u8> {
    let mut lattice = Lattice::<f32, KEYS>::new(CHANGE_COST, windows.len());
    windows.iter().for_each(|window| lattice.step(window));
    lattice.path()
}

/// Log likelihood of the pitch classes of a window, as that of as many draws as it has quarter notes.
fn emission(histogram: &[f64; CLASSES]) -> [f32; KEYS] {
    let total: f64 = histogram.iter().sum();
    let draws = total.min(WINDOW as f64) / total.max(f64::MIN_POSITIVE);
    let mut evidence = [0.0; KEYS];
    for (weight, row) in histogram.iter().zip(&*LOG_PROFILES) {
        if *weight > 0.0 {
            let weight = (weight * draws) as f32;
            evidence.iter_mut().zip(row).for_each(|(sum, log)| *sum += weight * log);
        }
    }
    evidence
}

/// Log of the share of each pitch class in each key.
static LOG_PROFILES: LazyLock<[[f32; KEYS]; CLASSES]> = LazyLock::new(|| {
    let mut table = [[0.0; KEYS]; CLASSES];
    for (mode, profile) in [MAJOR, MINOR].iter().enumerate() {
        let sum: f64 = profile.iter().sum();
        for tonic in 0..CLASSES {
            for (degree, share) in profile.iter().enumerate() {
                table[(tonic + degree) % CLASSES][mode * CLASSES + tonic] =
                    (share / sum).ln() as f32;
            }
        }
    }
    table
});
