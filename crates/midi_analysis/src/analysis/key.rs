//! The key that the notes suggest, its changes, and the key that the file declares.
//!
//! Krumhansl's question, which profile fits the pitch classes best, is asked here of many places at
//! once: the whole piece, its bass, its opening and close, the goals of its leading tones and
//! falling fifths, and the keys that it passes through (`evidence`). A regression weighs the
//! answers and gives a probability (`model`), which is the confidence. The passage through keys is
//! a hidden Markov model (`path`).

mod evidence;
mod lead;
mod model;
mod path;
mod profiles;

use crate::analysis::tally::Tally;
use crate::error::{Error, check};
use crate::model::key::Key;
use crate::model::score::Score;
#[cfg(feature = "training")]
pub use evidence::EVIDENCE as KEY_EVIDENCE;
use evidence::{CLASSES, Evidence};
use path::{KeyPath, Stretch};

/// Fewest distinct pitch classes that say anything of a key.
const FEWEST_PITCH_CLASSES: usize = 3;

/// Key of a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySummary {
    /// Estimated key, such as `C major` or `F# minor`; `None` where fewer than three pitch classes
    /// sound.
    pub signature: Option<String>,
    /// Probability that the estimate is right, 0-1.
    pub confidence: Option<f32>,
    /// The first key that the file declares; often a default that nobody set.
    pub declared: Option<String>,
    /// How often the key changes, as heard; `None` without a key.
    pub change_count: Option<i32>,
    /// Share of the sounding time of each pitch class, C first, each note capped at four quarter
    /// notes, drums left out; sums to 1. `None` without pitched notes.
    pub pitch_class_histogram: Option<[f32; 12]>,
}

impl KeySummary {
    pub(crate) fn of(score: &Score<'_>, tally: &Tally, heard: Option<&EstimatedKey>) -> Self {
        let total: u64 = tally.pitch_class_ticks.iter().sum();
        Self {
            signature: heard.map(|heard| name(heard.home)),
            confidence: heard.map(|heard| heard.probability as f32),
            declared: score.keys.first().map(|key| key.signature.to_string()),
            change_count: heard.map(|heard| heard.stretches.len() as i32 - 1),
            pitch_class_histogram: (total > 0)
                .then(|| tally.pitch_class_ticks.map(|ticks| (ticks as f64 / total as f64) as f32)),
        }
    }
}

/// A tonic, 0 for C, and whether its key is minor.
pub(crate) type Tonality = (usize, bool);

/// The key of a piece as heard, and those that it passes through.
pub(crate) struct EstimatedKey {
    /// The most probable key of the whole, and its probability.
    home: usize,
    probability: f64,
    /// One at least.
    stretches: Vec<Stretch>,
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
        let path = KeyPath::of(score);
        check(interrupted)?;
        let evidence = Evidence::of(score, &path);
        check(interrupted)?;
        Ok(evidence.and_then(|evidence| Self::weighed(score, path, &evidence)))
    }

    fn weighed(score: &Score<'_>, path: KeyPath, evidence: &Evidence) -> Option<Self> {
        let found = model::probabilities(&evidence.flat());
        let (home, probability) =
            found.into_iter().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let stretches = path.stretches(home, score.end);
        let bass = evidence.bass().map(|time| time as f32);
        Some(Self { home, probability, stretches, bass })
    }

    /// The key of the whole.
    pub(crate) fn home(&self) -> Tonality {
        tonality(self.home)
    }

    /// Time of the lowest note by its pitch class, C first.
    pub(crate) fn bass(&self) -> &[f32; CLASSES] {
        &self.bass
    }

    /// Numbers by pitch class, from the tonic upwards.
    pub(crate) fn rotated(&self, classes: &[f32; CLASSES]) -> [f32; CLASSES] {
        let mut rotated = *classes;
        rotated.rotate_left(self.home % CLASSES);
        rotated
    }

    /// The ticks from which on a key holds, ascending, and the key.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (u32, Tonality)> {
        self.stretches.iter().map(|stretch| (stretch.start, tonality(stretch.key)))
    }
}

impl EstimatedKey {
    /// The keys that the piece passes through, in the order of time.
    pub(crate) fn spans(&self, score: &Score<'_>) -> Vec<KeySpan> {
        let span = |stretch: &Stretch| KeySpan {
            start_s: score.tempo.seconds(stretch.start),
            end_s: score.tempo.seconds(stretch.end),
            key: Key::from_index(stretch.key),
            confidence: lead::confidence(&stretch.classes, stretch.key),
        };
        self.stretches.iter().map(span).collect()
    }
}

fn tonality(key: usize) -> Tonality {
    (key % CLASSES, key >= CLASSES)
}

/// The name of a key: the major ones from C upwards, then the minor ones.
pub(crate) fn name(key: usize) -> String {
    Key::from_index(key).to_string()
}

/// A stretch of a piece in one key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySpan {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins or the last note ends.
    pub end_s: f64,
    /// The key.
    pub key: Key,
    /// Probability that a piece of these pitch classes is in this key, 0-1.
    pub confidence: f32,
}

/// What the weights of `weights/key.toml` are multiplied with, by pitch class; `None` without pitched
/// notes.
#[cfg(feature = "training")]
pub(crate) fn key_evidence(score: &Score<'_>) -> Option<[f64; KEY_EVIDENCE]> {
    Evidence::of(score, &KeyPath::of(score)).map(|evidence| evidence.flat())
}

/// The key whose profile fits the pitch classes of the whole best, and by how much its correlation is
/// above that of the next: what the weights of `weights/key_confidence.toml` are multiplied with.
#[cfg(feature = "training")]
pub(crate) fn key_lead(score: &Score<'_>) -> (usize, f64) {
    lead::best(&KeyPath::of(score).classes())
}
