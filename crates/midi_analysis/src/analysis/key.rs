//! The key that the notes suggest, its changes, and the key that the file declares.
//!
//! Krumhansl's question, which profile fits the pitch classes best, is asked here of many places at
//! once: the whole piece, its bass, its opening and close, the goals of its leading tones and
//! falling fifths, and the keys that it passes through (`evidence`). A regression weighs the
//! answers and gives a probability (`model`), which is the confidence. The passage through keys is
//! a hidden Markov model (`path`).

mod evidence;
mod model;
mod path;
mod profiles;
mod weights;

use crate::analysis::inspect::with_score;
use crate::analysis::tally::Tally;
use crate::error::{Error, check};
use crate::limits::Limits;
use crate::model::key::Key;
use crate::model::score::Score;
pub use evidence::EVIDENCE as KEY_EVIDENCE;
use evidence::{CLASSES, Evidence};
use path::{KeyPath, Stretch};
use profiles::{MAJOR, MINOR};

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

fn tonality(key: usize) -> Tonality {
    (key % CLASSES, key >= CLASSES)
}

/// The name of a key: the major ones from C upwards, then the minor ones.
pub(crate) fn name(key: usize) -> String {
    Key::from_index(key).to_string()
}

/// A stretch of a piece in one key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRow {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins or the last note ends.
    pub end_s: f64,
    /// The key, such as `C major`.
    pub key: String,
    /// Probability that a piece of these pitch classes is in this key, 0-1.
    pub confidence: f32,
}

/// The keys that a file passes through, in the order of time; none where fewer than three pitch
/// classes sound.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn keys(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<KeyRow>, Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        let heard = EstimatedKey::of(score, &Tally::of(score), interrupted)?;
        let stretches = heard.map(|heard| heard.stretches).unwrap_or_default();
        let row = |stretch: Stretch| KeyRow {
            start_s: score.tempo.seconds(stretch.start),
            end_s: score.tempo.seconds(stretch.end),
            key: name(stretch.key),
            confidence: lead_confidence(&stretch.classes, stretch.key),
        };
        Ok(stretches.into_iter().map(row).collect())
    })
}

/// What the key finder weighs for a file, as numbers by pitch class: for learning its weights.
/// `None` without pitched notes.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn key_evidence(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<[f64; KEY_EVIDENCE]>, Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        Ok(Evidence::of(score, &KeyPath::of(score)).map(|evidence| evidence.flat()))
    })
}

/// Logistic regression of "the best key by profile is right" on its lead in correlation over the
/// next, over 2,202 pieces of seven kinds (pop, folk, and classical music as scores, sequences and
/// performances), each kind weighing the same.
const LOGIT_AT_NO_LEAD: f64 = 0.50;
const LOGIT_PER_LEAD: f64 = 13.52;

/// How sure the pitch classes of a stretch are of its key: by the lead of its correlation with the
/// key's profile over that of the best other key.
fn lead_confidence(classes: &[f64; CLASSES], key: usize) -> f32 {
    let classes = standardised(classes);
    let mut own = 0.0;
    let mut other = f64::NEG_INFINITY;
    for (mode, profile) in [MAJOR, MINOR].iter().enumerate() {
        let profile = standardised(profile);
        for tonic in 0..CLASSES {
            let r: f64 = (0..CLASSES)
                .map(|degree| classes[(tonic + degree) % CLASSES] * profile[degree])
                .sum();
            match mode * CLASSES + tonic == key {
                true => own = r,
                false => other = other.max(r),
            }
        }
    }
    (1.0 / (1.0 + (-(LOGIT_AT_NO_LEAD + LOGIT_PER_LEAD * (own - other))).exp())) as f32
}

/// Shifted to mean 0 and scaled to length 1, so that a dot product is Pearson's correlation.
fn standardised(values: &[f64; CLASSES]) -> [f64; CLASSES] {
    let mean = values.iter().sum::<f64>() / CLASSES as f64;
    let length = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
    values.map(|value| if length > 0.0 { (value - mean) / length } else { 0.0 })
}
