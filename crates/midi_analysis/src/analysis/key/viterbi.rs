//! The path of most evidence through states among which every change costs the same, by the algorithm of
//! Viterbi (1967): a step takes time linear in the number of states.

/// Independent lanes, which compile to vector instructions; the number of states is a multiple of it.
const LANES: usize = 8;

/// The best path to each of up to 256 states so far.
pub(super) struct Lattice<const STATES: usize> {
    change_cost: f32,
    /// The first is before all evidence.
    steps: Vec<Step<STATES>>,
}

/// One step of it.
struct Step<const STATES: usize> {
    /// The evidence of the best path to each state, from that of the best one before it.
    best: [f32; STATES],
    /// The most of them.
    top: f32,
}

impl<const STATES: usize> Lattice<STATES> {
    /// A path of about so many steps.
    pub(super) fn new(change_cost: f32, steps: usize) -> Self {
        let mut lattice = Self { change_cost, steps: Vec::with_capacity(steps + 1) };
        lattice.steps.push(Step { best: [0.0; STATES], top: 0.0 });
        lattice
    }

    /// One step further.
    pub(super) fn step(&mut self, evidence: &[f32; STATES]) {
        let before = &self.steps[self.steps.len() - 1];
        let change = -self.change_cost;
        let mut best = *evidence;
        for (sum, held) in best.iter_mut().zip(&before.best) {
            // Only differences matter, and a growing sum would lose precision.
            let held = held - before.top;
            *sum += greater(held, change);
        }
        let mut tops = [f32::NEG_INFINITY; LANES];
        for lanes in best.as_chunks::<LANES>().0 {
            tops.iter_mut().zip(lanes).for_each(|(top, sum)| *top = greater(*sum, *top));
        }
        let top = tops.into_iter().fold(f32::NEG_INFINITY, greater);
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

impl<const STATES: usize> Step<STATES> {
    /// The best state, the first of equals.
    fn highest(&self) -> usize {
        self.best.iter().position(|&sum| sum == self.top).unwrap_or(0)
    }
}

/// The greater of two numbers, which are no NaN: one instruction, unlike `max`.
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
