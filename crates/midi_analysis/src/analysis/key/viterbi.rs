//! The path of most evidence through states among which every change costs the same, by the algorithm of
//! Viterbi (1967): a step takes time linear in the number of states.

use std::ops::{Add, Neg, Sub};

/// A number of evidence, never NaN; 0 by default.
pub(super) trait Amount:
    Copy + Default + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Neg<Output = Self>
{
    /// Nothing is less.
    const LEAST: Self;
}
impl Amount for f32 {
    const LEAST: Self = f32::NEG_INFINITY;
}
impl Amount for i16 {
    const LEAST: Self = i16::MIN;
}

/// The best path to each of up to 256 states so far. Sums stay as small as the evidence of two steps and a
/// change.
pub(super) struct Lattice<T, const STATES: usize> {
    change_cost: T,
    /// The first is before all evidence.
    steps: Vec<Step<T, STATES>>,
}

/// One step of it.
struct Step<T, const STATES: usize> {
    /// The evidence of the best path to each state, from that of the best one before it.
    best: [T; STATES],
    /// The most of them.
    top: T,
}

impl<T: Amount, const STATES: usize> Lattice<T, STATES> {
    /// A path of about so many steps.
    pub(super) fn new(change_cost: T, steps: usize) -> Self {
        let mut lattice = Self { change_cost, steps: Vec::with_capacity(steps + 1) };
        lattice.steps.push(Step { best: [T::default(); STATES], top: T::default() });
        lattice
    }

    /// One step further.
    pub(super) fn step(&mut self, evidence: &[T; STATES]) {
        let before = &self.steps[self.steps.len() - 1];
        let change = -self.change_cost;
        let mut best = *evidence;
        for (sum, held) in best.iter_mut().zip(&before.best) {
            // Only differences matter, and a growing sum would lose precision.
            *sum = *sum + greater(*held - before.top, change);
        }
        let top = best.iter().fold(T::LEAST, |top, &sum| greater(sum, top));
        self.steps.push(Step { best, top });
    }

    /// The state of each step.
    pub(super) fn path(&self) -> Vec<u8> {
        let mut path = vec![0; self.steps.len() - 1];
        let mut state = self.steps[path.len()].highest();
        for (place, before) in path.iter_mut().zip(&self.steps).rev() {
            *place = state as u8;
            // As in the step.
            if -self.change_cost > before.best[state] - before.top {
                state = before.highest();
            }
        }
        path
    }
}

impl<T: Amount, const STATES: usize> Step<T, STATES> {
    /// The best state, the first of equals.
    fn highest(&self) -> usize {
        self.best.iter().position(|&sum| sum == self.top).unwrap_or(0)
    }
}

/// The greater of two numbers: one instruction, unlike `max` of numbers that may be NaN.
fn greater<T: Amount>(a: T, b: T) -> T {
    if a > b { a } else { b }
}
