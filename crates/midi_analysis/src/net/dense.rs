//! A layer in which each output is a weighted sum of all inputs.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f32x8};

/// Outputs in a vector.
const LANES: usize = 8;
/// Vectors that are summed together, so that the sums need not wait for each other: as many as fit into wide registers,
/// and into narrow ones.
const MANY: usize = 12;
const FEW: usize = 4;

/// Weights of a layer: a row for each input, and the biases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dense<const IN: usize, const OUT: usize> {
    pub(crate) weights: &'static [[f32; OUT]; IN],
    pub(crate) bias: &'static [f32; OUT],
}

impl<const IN: usize, const OUT: usize> Dense<IN, OUT> {
    /// The outputs for some inputs.
    pub(crate) fn of(&self, inputs: &[f32; IN]) -> [f32; OUT] {
        dispatch!(Level::new(), simd => self.with(simd, inputs))
    }

    /// The outputs for some inputs, where it is known which vector instructions there are.
    #[inline(always)]
    pub(crate) fn with(&self, simd: impl Simd, inputs: &[f32; IN]) -> [f32; OUT] {
        sums(simd, self.bias, inputs, self.weights)
    }
}

/// The sums of biases and the product of a vector and a matrix.
#[inline(always)]
pub(super) fn sums<S: Simd, const IN: usize, const OUT: usize>(
    simd: S,
    bias: &[f32; OUT],
    inputs: &[f32; IN],
    weights: &[[f32; OUT]; IN],
) -> [f32; OUT] {
    let mut outputs = *bias;
    if OUT < FEW * LANES {
        for (input, row) in inputs.iter().zip(weights) {
            outputs.iter_mut().zip(row).for_each(|(sum, weight)| *sum += input * weight);
        }
        return outputs;
    }
    let mut from = 0;
    while S::f32s::LEN >= LANES && OUT - from >= MANY * LANES {
        sum_columns::<_, MANY, IN, OUT>(simd, &mut outputs, from, bias, inputs, weights);
        from += MANY * LANES;
    }
    while from < OUT {
        // The last may be summed twice, to the same.
        let first = from.min(OUT - FEW * LANES);
        sum_columns::<_, FEW, IN, OUT>(simd, &mut outputs, first, bias, inputs, weights);
        from += FEW * LANES;
    }
    outputs
}

/// Sums the columns that some vectors hold, from one on.
#[inline(always)]
fn sum_columns<S: Simd, const VECTORS: usize, const IN: usize, const OUT: usize>(
    simd: S,
    outputs: &mut [f32; OUT],
    from: usize,
    bias: &[f32; OUT],
    inputs: &[f32; IN],
    weights: &[[f32; OUT]; IN],
) {
    let mut sums = [f32x8::splat(simd, 0.0); VECTORS];
    for (sum, bias) in sums.iter_mut().zip(bias[from..].as_chunks::<LANES>().0) {
        *sum = f32x8::from_slice(simd, bias);
    }
    for (input, row) in inputs.iter().zip(weights) {
        let input = f32x8::splat(simd, *input);
        for (sum, weights) in sums.iter_mut().zip(row[from..].as_chunks::<LANES>().0) {
            *sum += input * f32x8::from_slice(simd, weights);
        }
    }
    for (sum, outputs) in sums.iter().zip(outputs[from..].as_chunks_mut::<LANES>().0) {
        sum.store_slice(outputs);
    }
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

    /// Numbers whose sums depend on their order.
    const fn uneven<const IN: usize, const OUT: usize>() -> [[f32; OUT]; IN] {
        let mut weights = [[0.0; OUT]; IN];
        let mut index = 0;
        while index < IN * OUT {
            weights[index / OUT][index % OUT] = ((index * 7919) % 1009) as f32 / 37.0 - 13.0;
            index += 1;
        }
        weights
    }

    /// The sums one by one, in the order of the inputs.
    fn one_by_one<const IN: usize, const OUT: usize>(
        layer: Dense<IN, OUT>,
        inputs: &[f32; IN],
    ) -> [f32; OUT] {
        std::array::from_fn(|output| {
            let rows = inputs.iter().zip(layer.weights);
            rows.fold(layer.bias[output], |sum, (input, row)| sum + input * row[output])
        })
    }

    #[test]
    fn no_vector_instructions_change_a_bit_of_the_outputs() {
        fn check<const OUT: usize>(weights: &'static [[f32; OUT]; 29], bias: &'static [f32; OUT]) {
            let layer = Dense { weights, bias };
            let inputs = std::array::from_fn(|input| (input as f32).sqrt() - 2.7);
            assert_eq!(layer.of(&inputs), one_by_one(layer, &inputs));
        }
        static NARROW: ([[f32; 7]; 29], [f32; 7]) = (uneven(), [0.1; 7]);
        static USUAL: ([[f32; 43]; 29], [f32; 43]) = (uneven(), [0.2; 43]);
        static WIDE: ([[f32; 137]; 29], [f32; 137]) = (uneven(), [0.3; 137]);
        check(&NARROW.0, &NARROW.1);
        check(&USUAL.0, &USUAL.1);
        check(&WIDE.0, &WIDE.1);
    }
}
