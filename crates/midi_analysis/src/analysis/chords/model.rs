//! The weights of the decoder, learned and laid out for adding.
//!
//! One set of weights serves all twelve roots: what they say of an interval above the root is spread over
//! the pitch classes here. They are those of a conditional random field (Lafferty, McCallum & Pereira
//! 2001), learned by `training/chords`.

use super::family::Family;
use super::terms::{CHANGES, Terms};
use crate::model::key::Key;
use crate::weights::chords::{
    BASS, CHANGE, DEGREE, FOLLOW, GROUND, GROUNDED_BASS, GROUNDED_CHANGE, HELD, STRUCK,
};

/// Families of chords.
pub(super) const FAMILIES: usize = Family::ALL.len();
/// Each family and root is a state; the roots of a family are contiguous.
pub(super) const STATES: usize = FAMILIES * 12;
/// A number for each state, where a processor reads several at once.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(super) struct States(pub(super) [i16; STATES]);

impl States {
    pub(super) const NONE: Self = Self([0; STATES]);
}

/// Parts of a nat that scores are counted in.
pub(super) const NAT: f32 = 1024.0;
/// Parts of a nat that weights of what sounds are counted in, so that they go up to 8, and parts of a whole that
/// they are multiplied with: sixteen bits of the product are those of a score.
const WEIGHT: f32 = 4096.0;
pub(super) const SHARE: f32 = 65536.0 * NAT / WEIGHT;
/// By family, in the order of [`Family::ALL`], and by semitones above the root or the tonic.
type Table = [[f32; 12]; FAMILIES];

/// The weights as they are learned.
#[derive(Clone, Debug)]
pub struct ChordWeights {
    /// For a pitch class that begins to sound in a segment, by family and semitones above the root.
    pub struck: Table,
    /// For one that began before.
    pub held: Table,
    /// For the pitch class of the bass, by family and semitones above the root.
    pub bass: Table,
    /// The same where the bar has a [ground](super::ground).
    pub grounded_bass: Table,
    /// For the pitch class of the ground, by family and semitones above the root.
    pub ground: Table,
    /// For the degree of a root in a major and in a minor key, by family and semitones above the tonic.
    pub degree: [Table; 2],
    /// For a change of chord, times [the terms of it](super::terms::Terms::change).
    pub change: [f32; CHANGES],
    /// The same where the bar has a ground.
    pub grounded_change: [f32; CHANGES],
    /// For a change from a family to a family whose root is so many semitones higher.
    pub follow: [Table; FAMILIES],
}

/// The weights of every state.
pub(super) struct Model {
    /// By pitch class that begins to sound, then by pitch class that began before, then by that of
    /// the ground.
    pub(super) sounding: [States; 36],
    /// By the pitch class of the bass, where the bar has no ground, and where it has one.
    bass: [States; 24],
    degree: [Table; 2],
    /// Where the bar has no ground, and where it has one.
    change: [[f32; CHANGES]; 2],
    /// By the state before. No state follows itself.
    pub(super) follow: [States; STATES],
}

impl Model {
    /// The weights that ship.
    pub(super) const LEARNED: &Self = {
        static LEARNED: Model = Model::new(&ChordWeights {
            struck: STRUCK,
            held: HELD,
            bass: BASS,
            grounded_bass: GROUNDED_BASS,
            ground: GROUND,
            degree: DEGREE,
            change: CHANGE,
            grounded_change: GROUNDED_CHANGE,
            follow: FOLLOW,
        });
        &LEARNED
    };

    pub(super) const fn new(weights: &ChordWeights) -> Self {
        Self {
            sounding: joined(&[&weights.struck, &weights.held, &weights.ground]),
            bass: joined(&[&weights.bass, &weights.grounded_bass]),
            degree: weights.degree,
            change: [weights.change, weights.grounded_change],
            follow: by_state(&weights.follow),
        }
    }

    /// Logarithm of how likely a change is by its terms, which chord may follow left aside.
    pub(super) fn change(&self, terms: &Terms) -> f32 {
        let weights = &self.change[usize::from(terms.ground.is_some())];
        std::iter::zip(weights, terms.change).map(|(weight, term)| weight * term).sum()
    }

    /// How well each chord fits the key and each bass, where the bar has no ground, and where it has one.
    pub(super) fn preferences(&self, key: Option<Key>) -> [States; 24] {
        let of_key: [i16; STATES] = std::array::from_fn(|state| {
            key.map_or(0, |key| {
                let degree = (state + 12 - key.tonic.index()) % 12;
                in_parts(self.degree[usize::from(key.mode.is_minor())][state / 12][degree], WEIGHT)
            })
        });
        let mut preferences = self.bass;
        for of_bass in &mut preferences {
            let pairs = of_bass.0.iter_mut().zip(&of_key);
            pairs.for_each(|(bass, key)| *bass = bass.saturating_add(*key));
        }
        preferences
    }
}

/// A number in whole parts, as far as 16 bits hold them.
pub(super) const fn in_parts(number: f32, parts: f32) -> i16 {
    (number * parts) as i16
}

const fn by_pitch_class(weights: &Table) -> [States; 12] {
    let mut table = [States::NONE; 12];
    let mut index = 0;
    while index < FAMILIES * 12 * 12 {
        let (family, class, root) = (index / 144, index / 12 % 12, index % 12);
        table[class].0[family * 12 + root] =
            in_parts(weights[family][(class + 12 - root) % 12], WEIGHT);
        index += 1;
    }
    table
}

const fn joined<const TABLES: usize, const ROWS: usize>(
    weights: &[&Table; TABLES],
) -> [States; ROWS] {
    let mut table = [States::NONE; ROWS];
    let mut row = 0;
    while row < ROWS {
        table[row] = by_pitch_class(weights[row / 12])[row % 12];
        row += 1;
    }
    table
}

const fn by_state(weights: &[Table; FAMILIES]) -> [States; STATES] {
    let mut table = [States::NONE; STATES];
    let mut index = 0;
    while index < STATES * STATES {
        let (from, to) = (index / STATES, index % STATES);
        let up = (to % 12 + 12 - from % 12) % 12;
        table[from].0[to] =
            if from == to { i16::MIN } else { in_parts(weights[from / 12][to / 12][up], NAT) };
        index += 1;
    }
    table
}
