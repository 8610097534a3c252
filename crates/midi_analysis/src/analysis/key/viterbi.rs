//! The path of most evidence through states among which every change costs the same, by the algorithm of
//! Viterbi (1967): a step takes time linear in the number of states.

/// Independent lanes, which compile to vector instructions; the number of states is a multiple of it.
const LANES: usize = 8;

/// The best path to each of up to 256 states so far.
pub(super) struct Lattice<const STATES: usize> {
    change_cost: f32,
    /// How much evidence the best path to each state has.
    best: [f32; STATES],
    /// The step at which it came to the state.
    since: [u32; STATES],
    /// The most evidence.
    top: f32,
    /// For each step the best state before it, and since when.
    before: Vec<(u8, u32)>,
}

impl<const STATES: usize> Lattice<STATES> {
    /// A path of about so many steps.
    pub(super) fn new(change_cost: f32, steps: usize) -> Self {
        let before = Vec::with_capacity(steps);
        Self { change_cost, best: [0.0; STATES], since: [0; STATES], top: 0.0, before }
    }

    /// One step further.
    pub(super) fn step(&mut self, evidence: &[f32; STATES]) {
        let index = self.before.len() as u32;
        self.before.push(self.highest());
        let (top, change) = (self.top, -self.change_cost);
        let states = self.best.iter_mut().zip(&mut self.since).zip(evidence);
        for ((best, since), evidence) in states {
            // Only differences matter, and a growing sum would lose precision.
            let held = *best - top;
            // Selections instead of branches, which the processor could not predict.
            *since = if change > held { index } else { *since };
            *best = if change > held { change } else { held } + evidence;
        }
        let mut tops = [f32::NEG_INFINITY; LANES];
        for lanes in self.best.as_chunks::<LANES>().0 {
            tops.iter_mut().zip(lanes).for_each(|(top, sum)| {
                *top = if *sum > *top { *sum } else { *top };
            });
        }
        self.top = tops.into_iter().fold(f32::NEG_INFINITY, f32::max);
    }

    /// The state of each step.
    pub(super) fn path(&self) -> Vec<u8> {
        let mut path = vec![0; self.before.len()];
        let (mut state, mut first) = self.highest();
        let mut end = path.len();
        while end > 0 {
            path[first as usize..end].fill(state);
            end = first as usize;
            (state, first) = self.before[end];
        }
        path
    }

    /// The best state, the first of equals, and since when.
    fn highest(&self) -> (u8, u32) {
        let holds = |block: &[f32; LANES]| {
            block.iter().fold(false, |found, &sum| found | (sum == self.top))
        };
        let blocks = self.best.as_chunks::<LANES>().0;
        let block = blocks.iter().position(holds).unwrap_or(0);
        let within = blocks[block].iter().position(|&sum| sum == self.top).unwrap_or(0);
        let state = block * LANES + within;
        (state as u8, self.since[state])
    }
}
