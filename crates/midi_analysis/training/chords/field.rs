//! The conditional random field of the decoder: how likely the annotated chords of a piece are, and by how
//! much each weight changes that.
//!
//! A chain is a succession of segments whose chords are known. Sums over all successions of chords are
//! formed by the forward-backward algorithm (Rabiner 1989), scaled at each segment.

use std::ops::Range;

use midi_analysis::Key;
use midi_analysis::training::{ChordSegment, ChordTerms, ChordWeights};

/// Families of chords times roots.
pub const STATES: usize = 72;
const FAMILIES: usize = 6;
/// Terms of a change.
const CHANGES: usize = ChordTerms::CHANGES;
/// Where the weights begin in a list of all of them.
const STRUCK: usize = 0;
const HELD: usize = STRUCK + STATES;
const BASS: usize = HELD + STATES;
const DEGREE: usize = BASS + STATES;
const CHANGE: usize = DEGREE + 2 * STATES;
const FOLLOW: usize = CHANGE + CHANGES;
const GROUNDED_BASS: usize = FOLLOW + FAMILIES * STATES;
const GROUND: usize = GROUNDED_BASS + STATES;
const GROUNDED_CHANGE: usize = GROUND + STATES;
/// Number of the weights.
pub const WEIGHTS: usize = GROUNDED_CHANGE + CHANGES;
/// Those that count only where bars have grounds.
pub const GROUNDED: Range<usize> = GROUNDED_BASS..WEIGHTS;

type States = [f32; STATES];

/// Segments that follow each other, each with its chord: twelve times the family, and the root.
pub struct Chain {
    /// The segments, with what the weights are multiplied with.
    pub segments: Vec<ChordSegment>,
    /// The chord of each segment.
    pub truth: Vec<usize>,
    /// The key of the piece.
    pub key: Option<Key>,
}

/// These weights, with those where bars have no grounds as a start for those where they have.
pub fn as_grounded(mut weights: Vec<f64>) -> Vec<f64> {
    weights.copy_within(BASS..BASS + STATES, GROUNDED_BASS);
    weights.copy_within(CHANGE..FOLLOW, GROUNDED_CHANGE);
    weights
}

/// The weights in the form of the library.
pub fn in_tables(weights: &[f64]) -> ChordWeights {
    let table = |from: usize| -> [[f32; 12]; FAMILIES] {
        std::array::from_fn(|family| {
            std::array::from_fn(|interval| weights[from + family * 12 + interval] as f32)
        })
    };
    ChordWeights {
        struck: table(STRUCK),
        held: table(HELD),
        bass: table(BASS),
        grounded_bass: table(GROUNDED_BASS),
        ground: table(GROUND),
        degree: [table(DEGREE), table(DEGREE + STATES)],
        change: std::array::from_fn(|term| weights[CHANGE + term] as f32),
        grounded_change: std::array::from_fn(|term| weights[GROUNDED_CHANGE + term] as f32),
        follow: std::array::from_fn(|family| table(FOLLOW + family * STATES)),
    }
}

/// The weights laid out for sums over states.
pub struct Field {
    struck: [States; 12],
    held: [States; 12],
    bass: [States; 12],
    grounded_bass: [States; 12],
    ground: [States; 12],
    degree: [States; 24],
    /// Where the bar has no ground, and where it has one.
    change: [[f32; CHANGES]; 2],
    /// By the state before and the state after: how likely one follows the other, were a change free.
    follow: Vec<States>,
    /// The same by the state after and the state before.
    precede: Vec<States>,
}

/// Interval from one pitch class up to another.
const fn up(from: usize, to: usize) -> usize {
    (to + 12 - from) % 12
}

/// Calls `each` with pitch class, state and the place of the weight that they share.
fn by_class(from: usize, mut each: impl FnMut(usize, usize, usize)) {
    for class in 0..12 {
        for state in 0..STATES {
            each(class, state, from + state / 12 * 12 + up(state % 12, class));
        }
    }
}

/// The same for the tonics of major and of minor keys.
fn by_tonic(mut each: impl FnMut(usize, usize, usize)) {
    for key in 0..24 {
        for state in 0..STATES {
            let degree = up(key % 12, state % 12);
            each(key, state, DEGREE + key / 12 * STATES + state / 12 * 12 + degree);
        }
    }
}

/// The same for states that follow each other.
fn by_change(mut each: impl FnMut(usize, usize, usize)) {
    for from in 0..STATES {
        for to in (0..STATES).filter(|&to| to != from) {
            let interval = up(from % 12, to % 12);
            each(from, to, FOLLOW + from / 12 * STATES + to / 12 * 12 + interval);
        }
    }
}

impl Chain {
    /// No segments yet.
    pub const fn new(key: Option<Key>) -> Self {
        Self { segments: Vec::new(), truth: Vec::new(), key }
    }
}

impl Field {
    /// The field of these weights.
    pub fn new(weights: &[f64]) -> Self {
        let classes = |from: usize| {
            let mut table = [[0.0; STATES]; 12];
            by_class(from, |class, state, at| table[class][state] = weights[at] as f32);
            table
        };
        let mut degree = [[0.0; STATES]; 24];
        by_tonic(|key, state, at| degree[key][state] = weights[at] as f32);
        let mut follow = vec![[0.0; STATES]; STATES];
        let mut precede = follow.clone();
        by_change(|from, to, at| {
            follow[from][to] = (weights[at] as f32).exp();
            precede[to][from] = follow[from][to];
        });
        Self {
            struck: classes(STRUCK),
            held: classes(HELD),
            bass: classes(BASS),
            grounded_bass: classes(GROUNDED_BASS),
            ground: classes(GROUND),
            degree,
            change: [CHANGE, GROUNDED_CHANGE]
                .map(|from| std::array::from_fn(|term| weights[from + term] as f32)),
            follow,
            precede,
        }
    }

    /// How likely each chord is at a segment by itself, up to a factor.
    fn fits(&self, segment: &ChordSegment, key: Option<Key>) -> States {
        let ChordSegment { terms, shares, .. } = segment;
        let basses = if terms.ground.is_some() { &self.grounded_bass } else { &self.bass };
        let mut sum = basses[terms.bass];
        let mut add = |row: &States, times: f32| {
            sum.iter_mut().zip(row).for_each(|(sum, row)| *sum += times * row);
        };
        if let Some(key) = key {
            add(&self.degree[key.index()], 1.0);
        }
        if let Some(ground) = terms.ground {
            add(&self.ground[ground], 1.0);
        }
        for class in 0..12 {
            for (rows, shares) in [&self.struck, &self.held].into_iter().zip(shares) {
                if shares[class] > 0.0 {
                    add(&rows[class], shares[class]);
                }
            }
        }
        let top = sum.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        sum.map(|sum| (terms.weight * (sum - top)).exp())
    }

    /// How likely a change is, of which the chords that may follow are left aside.
    fn change(&self, terms: &ChordTerms) -> f32 {
        let weights = &self.change[usize::from(terms.ground.is_some())];
        let sum: f32 = weights.iter().zip(&terms.change).map(|(a, b)| a * b).sum();
        sum.min(30.0).exp()
    }

    /// What may come before each state by what is likely of the states after it.
    fn backward(&self, after: &States, change: f32) -> States {
        stepped(&self.precede, after, change)
    }

    fn forward(&self, before: &States, change: f32) -> States {
        stepped(&self.follow, before, change)
    }
}

/// What is likely one segment on, by a table of what each state leads to.
fn stepped(table: &[States], states: &States, change: f32) -> States {
    let mut sum = [0.0; STATES];
    for (row, state) in table.iter().zip(states) {
        sum.iter_mut().zip(row).for_each(|(sum, row)| *sum += state * row);
    }
    std::array::from_fn(|state| states[state] + change * sum[state])
}

fn scaled(states: &mut States) {
    let sum: f32 = states.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    states.iter_mut().for_each(|state| *state /= sum);
}

/// By how much more of each weight the annotated chords become less likely, summed over chains.
pub struct Slopes {
    struck: [States; 12],
    held: [States; 12],
    bass: [States; 12],
    grounded_bass: [States; 12],
    ground: [States; 12],
    degree: [States; 24],
    change: [[f64; CHANGES]; 2],
    follow: Vec<States>,
    /// Changes that are annotated, by the states.
    followed: Vec<States>,
}

impl Slopes {
    /// No chains yet.
    pub fn new() -> Self {
        let none = [[0.0; STATES]; 12];
        Self {
            struck: none,
            held: none,
            bass: none,
            grounded_bass: none,
            ground: none,
            degree: [[0.0; STATES]; 24],
            change: [[0.0; CHANGES]; 2],
            follow: vec![[0.0; STATES]; STATES],
            followed: vec![[0.0; STATES]; STATES],
        }
    }

    /// Adds a chain of this weight.
    pub fn add(&mut self, field: &Field, chain: &Chain, weight: f32) {
        let Chain { segments, truth, key } = chain;
        let fits: Vec<States> = segments.iter().map(|segment| field.fits(segment, *key)).collect();
        let changes: Vec<f32> =
            segments.iter().map(|segment| field.change(&segment.terms)).collect();
        let mut before: Vec<States> = Vec::with_capacity(segments.len());
        for (index, fits) in fits.iter().enumerate() {
            let mut now = match before.last() {
                Some(last) => field.forward(last, changes[index]),
                None => [1.0; STATES],
            };
            now.iter_mut().zip(fits).for_each(|(now, fits)| *now *= fits);
            scaled(&mut now);
            before.push(now);
        }
        let mut after = [1.0; STATES];
        for index in (0..segments.len()).rev() {
            let mut share: States =
                std::array::from_fn(|state| before[index][state] * after[state]);
            scaled(&mut share);
            self.add_segment(&segments[index], *key, &share, truth[index], weight);
            if index > 0 {
                let here: States = std::array::from_fn(|state| fits[index][state] * after[state]);
                after = field.backward(&here, changes[index]);
                let pair = [truth[index - 1], truth[index]];
                self.add_change(
                    &before[index - 1],
                    &here,
                    &after,
                    pair,
                    (&segments[index].terms, changes[index]),
                    weight,
                );
                scaled(&mut after);
            }
        }
    }

    fn add_segment(
        &mut self,
        segment: &ChordSegment,
        key: Option<Key>,
        share: &States,
        truth: usize,
        weight: f32,
    ) {
        let ChordSegment { terms, shares, .. } = segment;
        let mut slope = share.map(|share| share * weight * terms.weight);
        slope[truth] -= weight * terms.weight;
        let add = |row: &mut States, times: f32| {
            row.iter_mut().zip(&slope).for_each(|(row, slope)| *row += times * slope);
        };
        if let Some(ground) = terms.ground {
            add(&mut self.grounded_bass[terms.bass], 1.0);
            add(&mut self.ground[ground], 1.0);
        } else {
            add(&mut self.bass[terms.bass], 1.0);
        }
        if let Some(key) = key {
            add(&mut self.degree[key.index()], 1.0);
        }
        for (rows, shares) in [&mut self.struck, &mut self.held].into_iter().zip(shares) {
            rows.iter_mut().zip(shares).for_each(|(row, &share)| add(row, share));
        }
    }

    /// `here` is what is likely from a segment on, `after` the same from the one before it on.
    fn add_change(
        &mut self,
        before: &States,
        here: &States,
        after: &States,
        [from, to]: [usize; 2],
        (terms, change): (&ChordTerms, f32),
        weight: f32,
    ) {
        let total: f32 = before.iter().zip(after).map(|(a, b)| a * b).sum();
        let held: f32 = before.iter().zip(here).map(|(a, b)| a * b).sum();
        let times = weight * change / total;
        for (row, before) in self.follow.iter_mut().zip(before) {
            let times = times * before;
            if times > 1e-9 * weight {
                row.iter_mut().zip(here).for_each(|(row, here)| *row += times * here);
            }
        }
        let changed = f64::from(u8::from(from != to));
        if from != to {
            self.followed[from][to] += weight;
        }
        let slope = f64::from(weight) * (1.0 - f64::from(held / total) - changed);
        let sums = &mut self.change[usize::from(terms.ground.is_some())];
        for (sum, term) in sums.iter_mut().zip(&terms.change) {
            *sum += slope * f64::from(*term);
        }
    }

    /// By weight.
    pub fn by_weight(&self, field: &Field) -> Vec<f64> {
        let mut slopes = vec![0.0; WEIGHTS];
        let tables = [
            (STRUCK, &self.struck),
            (HELD, &self.held),
            (BASS, &self.bass),
            (GROUNDED_BASS, &self.grounded_bass),
            (GROUND, &self.ground),
        ];
        for (from, table) in tables {
            by_class(from, |class, state, at| slopes[at] += f64::from(table[class][state]));
        }
        by_tonic(|key, state, at| slopes[at] += f64::from(self.degree[key][state]));
        let [change, grounded] = &self.change;
        slopes[CHANGE..FOLLOW].copy_from_slice(change);
        slopes[GROUNDED_CHANGE..].copy_from_slice(grounded);
        by_change(|from, to, at| {
            let expected = self.follow[from][to] * field.follow[from][to];
            slopes[at] += f64::from(expected - self.followed[from][to]);
        });
        slopes
    }
}
