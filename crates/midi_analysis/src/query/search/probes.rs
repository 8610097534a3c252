//! Which n-grams a piece has that has a tune, as it is asked for or with an error.
//!
//! A probe is a set of n-grams of which a piece has all. One error changes every n-gram that reaches
//! over it, but then the piece has a tune that is asked for with another note, or without one, or with
//! one more: each of these few hundred is a probe, and most of them no piece has at all. A tune of
//! sixteen notes or more has half of it left by one error.

use super::align::{REPEATED, WRONG};
use super::ngrams::{WINDOW, distinct, ngrams};

/// Fewest notes of a tune: two short of an n-gram.
pub(super) const FEWEST_NOTES: usize = WINDOW - 2;
const CLASSES: u8 = 12;

/// One way of looking for a tune.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The n-grams that a piece has to have, all of one of these.
    pub probes: Vec<Vec<i32>>,
    /// What a piece scores at most that none of the stages before has found.
    pub best_score: f64,
}

/// The stages of a search: the tune as it is asked for; with one error; parts of it.
pub(super) fn stages(tune: &[u8]) -> Vec<Stage> {
    let score = |cost: u32| 1.0 - f64::from(cost) / (f64::from(WRONG) * tune.len() as f64);
    let stages = [
        (Probes::default().with(tune), 0),
        (if tune.len() < 2 * WINDOW { with_one_error(tune) } else { halves(tune) }, REPEATED),
        (windows(tune), WRONG),
    ];
    let stages = stages.into_iter().map(|(probes, cost)| (distinct_sets(probes.0), score(cost)));
    stages
        .filter(|(probes, _)| !probes.is_empty())
        .map(|(probes, best_score)| Stage { probes, best_score })
        .collect()
}

#[derive(Default)]
struct Probes(Vec<Vec<i32>>);

impl Probes {
    /// Adds the n-grams of a tune, of which a piece has every other [one](super::ngrams::indexed);
    /// where the tune is too short for two, those of all that it may be part of.
    fn with(self, tune: &[u8]) -> Self {
        if tune.len() > WINDOW {
            return (0..2).fold(self, |mut probes, first| {
                probes.0.push(distinct(ngrams(tune).skip(first).step_by(2).collect()));
                probes
            });
        }
        if tune.len() == WINDOW {
            // From an odd note on, the n-gram from the one before is there.
            return (0..CLASSES).fold(self.one(tune), |probes, class| {
                probes.one(&[&[class], &tune[..WINDOW - 1]].concat())
            });
        }
        self.within(tune)
    }

    /// Adds every n-gram that the tune may be within.
    fn within(self, tune: &[u8]) -> Self {
        if tune.len() == WINDOW {
            return self.one(tune);
        }
        (0..CLASSES).fold(self, |probes, class| {
            probes.within(&[tune, &[class]].concat()).within(&[&[class], tune].concat())
        })
    }

    /// Adds the n-gram of so many notes.
    fn one(mut self, notes: &[u8]) -> Self {
        self.0.push(ngrams(notes).collect());
        self
    }
}

/// The tunes that this one is with a note wrong, missing or too many.
fn with_one_error(tune: &[u8]) -> Probes {
    let mut probes = Probes::default();
    for at in 0..tune.len() {
        let (before, after) = (&tune[..at], &tune[at + 1..]);
        if tune.len() > WINDOW {
            probes = probes.with(&[before, after].concat());
        }
        for class in 0..CLASSES {
            if tune.len() >= WINDOW {
                probes = probes.with(&[before, &[class], after].concat());
            }
            if tune.len() + 1 >= WINDOW && at > 0 {
                probes = probes.with(&[before, &[class], &tune[at..]].concat());
            }
        }
    }
    probes
}

fn halves(tune: &[u8]) -> Probes {
    let (first, second) = tune.split_at(tune.len() / 2);
    Probes::default().with(first).with(second)
}

/// As many notes as an n-gram has, wherever they stand; in a long tune, at every few notes.
fn windows(tune: &[u8]) -> Probes {
    let step = (tune.len() / (2 * WINDOW)).max(1);
    tune.windows(WINDOW).step_by(step).fold(Probes::default(), Probes::one)
}

fn distinct_sets(mut probes: Vec<Vec<i32>>) -> Vec<Vec<i32>> {
    probes.sort_unstable();
    probes.dedup();
    probes
}
