//! A layer in which each output is a weighted sum of all inputs.

/// Outputs that are summed together: as many as fit into the vector registers.
const BLOCK: usize = 32;

/// Weights of a layer: a row for each input, and the biases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dense<const IN: usize, const OUT: usize> {
    pub(crate) weights: &'static [[f32; OUT]; IN],
    pub(crate) bias: &'static [f32; OUT],
}

impl<const IN: usize, const OUT: usize> Dense<IN, OUT> {
    /// The outputs for some inputs.
    pub(crate) fn of(&self, inputs: &[f32; IN]) -> [f32; OUT] {
        let mut outputs = *self.bias;
        add_product(&mut outputs, inputs, self.weights);
        outputs
    }
}

/// Adds the product of a vector and a matrix. A function of its own is turned into vector instructions.
#[inline(never)]
pub(super) fn add_product<const IN: usize, const OUT: usize>(
    outputs: &mut [f32; OUT],
    inputs: &[f32; IN],
    weights: &[[f32; OUT]; IN],
) {
    if OUT <= BLOCK {
        let mut sums = *outputs;
        for (input, row) in inputs.iter().zip(weights) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += input * weight);
        }
        *outputs = sums;
        return;
    }
    let (blocks, rest) = outputs.as_chunks_mut::<BLOCK>();
    let whole = blocks.len() * BLOCK;
    for (number, block) in blocks.iter_mut().enumerate() {
        add_block(block, number * BLOCK, inputs, weights);
    }
    if rest.is_empty() {
        return;
    }
    for (input, row) in inputs.iter().zip(weights) {
        rest.iter_mut().zip(&row[whole..]).for_each(|(sum, weight)| *sum += input * weight);
    }
}

/// Adds the columns of the product from one on.
#[inline]
fn add_block<const IN: usize, const OUT: usize>(
    block: &mut [f32; BLOCK],
    column: usize,
    inputs: &[f32; IN],
    weights: &[[f32; OUT]; IN],
) {
    let mut sums = *block;
    for (input, row) in inputs.iter().zip(weights) {
        let Some(row) = row[column..].first_chunk::<BLOCK>() else { return };
        for index in 0..BLOCK {
            sums[index] += input * row[index];
        }
    }
    *block = sums;
}

#[cfg(test)]
mod tests {
    use super::Dense;

    #[test]
    fn outputs_are_weighted_sums() {
        static WEIGHTS: [[f32; 33]; 2] = [[2.0; 33], [-1.0; 33]];
        static BIAS: [f32; 33] = [0.5; 33];
        let outputs = Dense { weights: &WEIGHTS, bias: &BIAS }.of(&[3.0, 4.0]);
        assert_eq!(outputs, [2.5; 33]);
    }
}
