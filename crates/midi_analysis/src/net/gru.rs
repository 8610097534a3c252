//! A gated recurrent unit (Cho et al. 2014, in the form of PyTorch), and a pair of them that reads a sequence
//! in both directions.

use fearless_simd::{Level, Simd, dispatch};

use crate::net::activation::{logistic, tanh};
use crate::net::dense::{Dense, TOGETHER};
use crate::room::{self, NoRoom};

/// Weights of a unit of `H` states: those of the inputs and of the states before, each a row an input, with
/// the columns of the reset gate, the update gate and the new state one after the other (`G` = 3 `H`), and
/// their biases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gru<const IN: usize, const H: usize, const G: usize> {
    pub(crate) inputs: &'static [[f32; G]; IN],
    pub(crate) input_bias: &'static [f32; G],
    pub(crate) states: &'static [[f32; G]; H],
    pub(crate) state_bias: &'static [f32; G],
}

/// Which end of a sequence a unit begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// At its start.
    Forward,
    /// At its end.
    Backward,
}

impl<const IN: usize, const H: usize, const G: usize> Gru<IN, H, G> {
    /// The states after each of some inputs more, in their order.
    #[inline(always)]
    fn steps<const STEPS: usize>(
        &self,
        simd: impl Simd,
        inputs: [&[f32; IN]; STEPS],
        state: &mut [f32; H],
    ) -> [[f32; H]; STEPS] {
        let given = Dense { weights: self.inputs, bias: self.input_bias }.together(simd, inputs);
        given.map(
            #[inline(always)]
            |given| {
                let kept = Dense { weights: self.states, bias: self.state_bias }.with(simd, state);
                if let (Ok(given), Ok(kept)) =
                    (given.as_chunks().0.try_into(), kept.as_chunks().0.try_into())
                {
                    renew(state, given, kept);
                }
                *state
            },
        )
    }

    /// Writes the states over a sequence to the columns of `outputs` from `column` on.
    #[inline(always)]
    fn run<const OUT: usize>(
        &self,
        simd: impl Simd,
        sequence: &[[f32; IN]],
        direction: Direction,
        outputs: &mut [[f32; OUT]],
        column: usize,
    ) {
        let mut state = [0.0; H];
        let mut next = 0;
        let place = |step| match direction {
            Direction::Forward => step,
            Direction::Backward => sequence.len() - 1 - step,
        };
        while next + TOGETHER <= sequence.len() {
            let places: [usize; TOGETHER] = std::array::from_fn(|step| place(next + step));
            let states = simd.vectorize(
                #[inline(always)]
                || self.steps(simd, places.map(|place| &sequence[place]), &mut state),
            );
            for (place, state) in places.into_iter().zip(&states) {
                outputs[place][column..column + H].copy_from_slice(state);
            }
            next += TOGETHER;
        }
        for step in next..sequence.len() {
            self.steps(simd, [&sequence[place(step)]], &mut state);
            outputs[place(step)][column..column + H].copy_from_slice(&state);
        }
    }
}

/// Gives a state its new values, of what the gates are given by the inputs and by the state before.
#[inline(always)]
fn renew<const H: usize>(state: &mut [f32; H], given: &[[f32; H]; 3], kept: &[[f32; H]; 3]) {
    for index in 0..H {
        let reset = logistic(given[0][index] + kept[0][index]);
        let update = logistic(given[1][index] + kept[1][index]);
        let new = tanh(given[2][index] + reset * kept[2][index]);
        state[index] = new + update * (state[index] - new);
    }
}

/// For each place of a sequence the state of a unit that read up to it, then that of one that read back to
/// it from the end (`OUT` = 2 `H`).
///
/// # Errors
/// Out of memory.
pub(crate) fn bidirectional<const IN: usize, const H: usize, const G: usize, const OUT: usize>(
    forward: &Gru<IN, H, G>,
    backward: &Gru<IN, H, G>,
    sequence: &[[f32; IN]],
) -> Result<Vec<[f32; OUT]>, NoRoom> {
    let mut outputs = room::filled([0.0; OUT], sequence.len())?;
    dispatch!(Level::new(), simd => {
        forward.run(simd, sequence, Direction::Forward, &mut outputs, 0);
        backward.run(simd, sequence, Direction::Backward, &mut outputs, H);
    });
    Ok(outputs)
}

#[cfg(test)]
mod tests {
    use super::{Gru, bidirectional};

    static INPUTS: [[f32; 3]; 1] = [[0.5, -0.25, 1.0]];
    static STATES: [[f32; 3]; 1] = [[0.75, 0.5, -1.0]];
    static BIAS: [f32; 3] = [0.1, 0.2, 0.3];
    static NONE: [f32; 3] = [0.0; 3];
    const UNIT: Gru<1, 1, 3> =
        Gru { inputs: &INPUTS, input_bias: &BIAS, states: &STATES, state_bias: &NONE };

    /// The equations of the unit, of one state.
    fn expected(inputs: &[f32]) -> Vec<f32> {
        let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
        let mut state = 0.0_f32;
        let step = |x: &f32| {
            let reset = sigmoid(0.5 * x + 0.1 + 0.75 * state);
            let update = sigmoid(-0.25 * x + 0.2 + 0.5 * state);
            let new = (x + 0.3 - reset * state).tanh();
            state = (1.0 - update) * new + update * state;
            state
        };
        inputs.iter().map(step).collect()
    }

    #[test]
    fn states_follow_the_equations_in_both_directions() {
        let inputs = [1.0, -2.0, 0.5, 3.0, 0.25, -1.5, 2.0];
        let found: Vec<[f32; 2]> =
            bidirectional(&UNIT, &UNIT, &inputs.map(|x| [x])).expect("there is room");
        let mut reversed = inputs;
        reversed.reverse();
        let (forward, mut backward) = (expected(&inputs), expected(&reversed));
        backward.reverse();
        for (found, expected) in found.iter().zip(forward.iter().zip(&backward)) {
            assert!((found[0] - expected.0).abs() < 1e-3, "{found:?}");
            assert!((found[1] - expected.1).abs() < 1e-3, "{found:?}");
        }
    }

    #[test]
    fn an_empty_sequence_has_no_states() {
        let found: Vec<[f32; 2]> = bidirectional(&UNIT, &UNIT, &[]).expect("there is room");
        assert!(found.is_empty());
    }
}
