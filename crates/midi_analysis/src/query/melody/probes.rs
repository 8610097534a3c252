//! The n-grams of a piece that contains a tune, exactly or with one error.
//!
//! A probe is a set of n-grams, all of which a piece has to have. One error changes every n-gram that
//! spans it. The piece then contains exactly a tune in which one note of the query is replaced, left out
//! or added: each of these few hundred tunes is a probe, and most of them are found in no piece at all.
//! In a tune of sixteen notes or more, one error leaves half of the tune unchanged.

use crate::analysis::melody_index::ngrams::{WINDOW, distinct, ngrams};
use crate::query::melody::align::{REPEATED, WRONG};

/// Fewest notes of a tune: two fewer than an n-gram has.
pub(super) const FEWEST_NOTES: usize = WINDOW - 2;
const CLASSES: u8 = 12;

/// One stage of a search: which pieces to look up.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Stage {
    /// Sets of n-grams: a candidate has all n-grams of one of the sets.
    pub probes: Vec<Vec<i32>>,
    /// The highest score of a piece that no earlier stage has found.
    pub best_score: f64,
}

/// The stages of a search: the exact tune; the tune with one error; parts of it.
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

/// The probes of all stages, to be compared with pieces one by one: what a piece with the tune has in its n-grams.
#[derive(Clone, Debug)]
pub struct MelodyProbes {
    /// The probes of one n-gram, distinct and ascending.
    single: Vec<i32>,
    /// The n-grams of the others, distinct and ascending, and these probes: places among them.
    codes: Vec<i32>,
    longer: Vec<Vec<usize>>,
}

impl MelodyProbes {
    /// A probe that has another's n-grams and more finds nothing that the other does not.
    pub(super) fn of(stages: Vec<Stage>) -> Self {
        let (single, longer): (Vec<_>, Vec<_>) =
            stages.into_iter().flat_map(|stage| stage.probes).partition(|probe| probe.len() == 1);
        let single = distinct(single.concat());
        let is_single = |code: &i32| single.binary_search(code).is_ok();
        let longer = longer.into_iter().filter(|probe| !probe.iter().any(is_single));
        let longer = distinct_sets(longer.collect());
        let codes = distinct(longer.concat());
        let places = |probe: &Vec<i32>| {
            probe.iter().filter_map(|code| codes.binary_search(code).ok()).collect()
        };
        Self { longer: longer.iter().map(places).collect(), single, codes }
    }

    /// N-grams of which a piece that may have the tune has at least one: for an index.
    pub fn any(&self) -> impl Iterator<Item = i32> {
        let firsts = self.longer.iter().filter_map(|probe| probe.first());
        self.single.iter().copied().chain(firsts.map(|&place| self.codes[place]))
    }

    /// Whether a piece with these n-grams has all of one of the probes, and so may have the tune.
    pub fn are_met_by(&self, ngrams: impl IntoIterator<Item = i32>) -> bool {
        let mut has = vec![false; self.codes.len()];
        for ngram in ngrams {
            if self.single.binary_search(&ngram).is_ok() {
                return true;
            }
            if let Ok(place) = self.codes.binary_search(&ngram) {
                has[place] = true;
            }
        }
        self.longer.iter().any(|probe| probe.iter().all(|&place| has[place]))
    }
}

#[derive(Default)]
struct Probes(Vec<Vec<i32>>);

impl Probes {
    /// Adds the n-grams of a tune, of which a piece has [every other
    /// one](crate::analysis::melody_index::ngrams::indexed). A tune too short for two n-grams is
    /// extended by every note that may precede or follow it.
    fn with(self, tune: &[u8]) -> Self {
        if tune.len() > WINDOW {
            return (0..2).fold(self, |mut probes, first| {
                probes.0.push(distinct(ngrams(tune).skip(first).step_by(2).collect()));
                probes
            });
        }
        if tune.len() == WINDOW {
            // Where the tune begins at an odd note, the piece has the n-gram that begins one note earlier.
            return (0..CLASSES).fold(self.one(tune), |probes, class| {
                probes.one(&[&[class], &tune[..WINDOW - 1]].concat())
            });
        }
        self.within(tune)
    }

    /// Adds every n-gram that may contain the tune.
    fn within(self, tune: &[u8]) -> Self {
        if tune.len() == WINDOW {
            return self.one(tune);
        }
        (0..CLASSES).fold(self, |probes, class| {
            probes.within(&[tune, &[class]].concat()).within(&[&[class], tune].concat())
        })
    }

    /// Adds the n-gram of the notes.
    fn one(mut self, notes: &[u8]) -> Self {
        self.0.push(ngrams(notes).collect());
        self
    }
}

/// The tunes that differ from this one by a note replaced, left out or added.
fn with_one_error(tune: &[u8]) -> Probes {
    let mut probes = Probes::default();
    for at in 0..tune.len() {
        let (before, after) = (&tune[..at], &tune[at + 1..]);
        probes = probes.with(&[before, after].concat());
        for class in 0..CLASSES {
            probes = probes.with(&[before, &[class], after].concat());
            if at > 0 {
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

/// All runs of as many notes as an n-gram has; in a long tune, those at every few notes.
fn windows(tune: &[u8]) -> Probes {
    let step = (tune.len() / (2 * WINDOW)).max(1);
    tune.windows(WINDOW).step_by(step).fold(Probes::default(), Probes::one)
}

fn distinct_sets(mut probes: Vec<Vec<i32>>) -> Vec<Vec<i32>> {
    probes.sort_unstable();
    probes.dedup();
    probes
}
