//! The key that the notes suggest, its changes, and the key that the file declares.
//!
//! Krumhansl's question, which profile fits the pitch classes best, is asked of many parts of the
//! music at once: the whole piece, its bass, its opening and close, the goals of its leading tones and
//! falling fifths, its chords and which of them follow each other ([`harmony`], [`progression`]), and the
//! keys through which it passes ([`evidence`]). A small network weighs the answers, by how much there is to
//! judge by and of what kind ([`material`]), and gives a probability ([`model`]), which is the
//! confidence. The passage through keys is a hidden Markov model ([`path`]).

mod evidence;
mod harmony;
mod layout;
mod lead;
mod material;
mod model;
mod path;
mod profiles;
mod progression;
mod quarters;
mod softmax;
mod viterbi;
mod windows;

#[cfg(feature = "training")]
pub use self::layout::{BY_CLASS as KEY_EVIDENCE_BY_CLASS, EVIDENCE as KEY_EVIDENCE};

use self::evidence::Evidence;
use self::layout::{CLASSES, KEYS};
use self::path::{KeyPath, Span};
use self::windows::Windows;
use crate::analysis::tally::Tally;
use crate::error::{Error, check};
use crate::model::key::{Key, KeySignature};
use crate::model::score::Score;

/// Fewest distinct pitch classes from which a key is estimated.
const FEWEST_PITCH_CLASSES: usize = 3;
/// Most alternatives of a key, and the least probability of one.
const MOST_ALTERNATIVES: usize = 3;
const LEAST_SHARE: f32 = 0.05;

/// The key of a piece.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct KeySummary {
    /// The estimated key; `None` where fewer than three pitch classes sound.
    pub estimated: Option<Key>,
    /// Probability that the estimate is right, 0-1.
    pub confidence: Option<f32>,
    /// The other keys that the piece may be in, the most probable first: up to three, of a probability of
    /// at least 0.05 each.
    pub alternatives: Vec<KeyShare>,
    /// The first key that the file declares; often a default that nobody chose.
    pub declared: Option<KeySignature>,
    /// How often the estimated key changes; `None` without a key.
    pub change_count: Option<u32>,
    /// Share of the sounding time of each pitch class, C first, each note capped at four quarter
    /// notes, drums left out; sums to 1. `None` without pitched notes.
    pub pitch_class_histogram: Option<[f32; 12]>,
}

impl KeySummary {
    /// What reading tells: the declared key and the pitch classes.
    pub(crate) fn declared(score: &Score<'_>, tally: &Tally) -> Self {
        let total: u64 = tally.pitch_class_ticks.iter().sum();
        Self {
            estimated: None,
            confidence: None,
            alternatives: Vec::new(),
            declared: score.keys.first().map(|key| key.signature),
            change_count: None,
            pitch_class_histogram: (total > 0)
                .then(|| tally.pitch_class_ticks.map(|ticks| (ticks as f64 / total as f64) as f32)),
        }
    }

    pub(crate) fn with_estimate(self, estimate: Option<&EstimatedKey>) -> Self {
        Self {
            estimated: estimate.map(|estimate| estimate.home),
            confidence: estimate.map(EstimatedKey::probability),
            alternatives: estimate.map(EstimatedKey::alternatives).unwrap_or_default(),
            change_count: estimate.map(|estimate| estimate.spans.len() as u32 - 1),
            ..self
        }
    }
}

/// A key, and how probable it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct KeyShare {
    /// The key.
    pub key: Key,
    /// Probability that it is the key of the piece, 0-1.
    pub share: f32,
}

/// The estimated key of a piece, and the keys through which it passes.
pub(crate) struct EstimatedKey {
    /// The most probable key of the whole.
    home: Key,
    /// The probability of each key.
    probabilities: [f32; KEYS],
    /// At least one.
    spans: Vec<Span>,
    /// Time of the lowest note by its pitch class.
    bass: [f32; CLASSES],
}

impl EstimatedKey {
    /// `None` where fewer than three pitch classes sound.
    ///
    /// # Errors
    /// `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        tally: &Tally,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        let classes = tally.pitch_class_ticks.iter().filter(|&&ticks| ticks > 0).count();
        if classes < FEWEST_PITCH_CLASSES {
            return Ok(None);
        }
        let windows = Windows::of(score);
        let path = KeyPath::of(&windows);
        check(interrupted)?;
        let evidence = Evidence::of(score, &windows, &path);
        check(interrupted)?;
        Ok(evidence.and_then(|evidence| Self::weighed(score, path, &evidence)))
    }

    fn weighed(score: &Score<'_>, path: KeyPath, evidence: &Evidence) -> Option<Self> {
        let probabilities = model::probabilities(&evidence.flat());
        let (home, _) = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        let home = Key::from_index(home);
        let spans = path.spans(home, score.end);
        let bass = evidence.bass().map(|time| time as f32);
        Some(Self { home, probabilities, spans, bass })
    }

    /// The key of the whole.
    pub(crate) fn home(&self) -> Key {
        self.home
    }

    fn probability(&self) -> f32 {
        self.probabilities[self.home.index()]
    }

    /// The most probable keys beside that of the whole.
    fn alternatives(&self) -> Vec<KeyShare> {
        let others = Key::all().zip(self.probabilities).filter(|&(key, _)| key != self.home);
        let mut others: Vec<KeyShare> = others
            .filter(|&(_, share)| share >= LEAST_SHARE)
            .map(|(key, share)| KeyShare { key, share })
            .collect();
        others.sort_by(|a, b| b.share.total_cmp(&a.share));
        others.truncate(MOST_ALTERNATIVES);
        others
    }

    /// Time of the lowest note by its pitch class, C first.
    pub(crate) fn bass(&self) -> &[f32; CLASSES] {
        &self.bass
    }

    /// Numbers by pitch class, from the tonic upwards.
    pub(crate) fn rotated(&self, classes: &[f32; CLASSES]) -> [f32; CLASSES] {
        let mut rotated = *classes;
        rotated.rotate_left(self.home.tonic.index());
        rotated
    }

    /// The ticks at which keys begin, ascending, and the keys.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (u32, Key)> {
        self.spans.iter().map(|span| (span.start, span.key))
    }

    /// The keys through which the piece passes, in the order of time.
    pub(crate) fn spans(&self, score: &Score<'_>) -> Vec<KeySpan> {
        let row = |span: &Span| KeySpan {
            start_s: score.tempo.seconds(span.start),
            end_s: score.tempo.seconds(span.end),
            key: span.key,
            confidence: lead::confidence(&span.classes, span.key),
        };
        self.spans.iter().map(row).collect()
    }
}

/// A span of a piece in one key.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct KeySpan {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins or the last note ends.
    pub end_s: f64,
    /// The estimated key.
    pub key: Key,
    /// Probability that a piece of these pitch classes is in this key, 0-1.
    pub confidence: f32,
}

/// The numbers that the weights of `weights/key.toml` are multiplied with, by pitch class; `None` without
/// pitched notes.
#[cfg(feature = "training")]
pub(crate) fn key_evidence(score: &Score<'_>) -> Option<[f32; KEY_EVIDENCE]> {
    let windows = Windows::of(score);
    Evidence::of(score, &windows, &KeyPath::of(&windows)).map(|evidence| evidence.flat())
}

/// The key whose profile fits the pitch classes of the whole best, and by how much its correlation is
/// above that of the next: the number that the weights of `weights/key_confidence.toml` are multiplied
/// with.
#[cfg(feature = "training")]
pub(crate) fn key_lead(score: &Score<'_>) -> (Key, f64) {
    lead::best(&KeyPath::of(&Windows::of(score)).classes())
}
