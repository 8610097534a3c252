//! A layer in which each output is a weighted sum of all inputs.

use fearless_simd::{Level, Simd, SimdBase, dispatch};

use crate::room::{self, NoRoom};

/// Rows of inputs that are summed together: each weight is read once for all of them, and their sums need not wait for
/// each other.
pub(super) const TOGETHER: usize = 4;

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
        let [outputs] = self.together(simd, [inputs]);
        outputs
    }

    /// The outputs for each of some rows of inputs.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn of_each(&self, rows: &[[f32; IN]]) -> Result<Vec<[f32; OUT]>, NoRoom> {
        let mut outputs = room::list(rows.len())?;
        dispatch!(Level::new(), simd => {
            let (together, rest) = rows.as_chunks::<TOGETHER>();
            for rows in together {
                outputs.extend_from_slice(&self.together(simd, rows.each_ref()));
            }
            outputs.extend(rest.iter().map(
                #[inline(always)]
                |row| self.with(simd, row),
            ));
        });
        Ok(outputs)
    }

    /// The outputs for some rows of inputs at once.
    #[inline(always)]
    pub(super) fn together<S: Simd, const ROWS: usize>(
        &self,
        simd: S,
        rows: [&[f32; IN]; ROWS],
    ) -> [[f32; OUT]; ROWS] {
        let mut outputs = [*self.bias; ROWS];
        if OUT < S::f32s::LEN {
            for (outputs, inputs) in outputs.iter_mut().zip(rows) {
                for (input, row) in inputs.iter().zip(self.weights) {
                    outputs.iter_mut().zip(row).for_each(|(sum, weight)| *sum += input * weight);
                }
            }
            return outputs;
        }
        let mut from = 0;
        if ROWS == 1 {
            from = self.add_columns::<S, 12, ROWS>(simd, &mut outputs, from, rows);
            from = self.add_columns::<S, 6, ROWS>(simd, &mut outputs, from, rows);
        }
        from = self.add_columns::<S, 3, ROWS>(simd, &mut outputs, from, rows);
        from = self.add_columns::<S, 1, ROWS>(simd, &mut outputs, from, rows);
        if from < OUT {
            // Some columns are summed twice, to the same.
            let last = OUT - S::f32s::LEN;
            outputs
                .iter_mut()
                .for_each(|outputs| outputs[last..from].copy_from_slice(&self.bias[last..from]));
            self.add_columns::<S, 1, ROWS>(simd, &mut outputs, last, rows);
        }
        outputs
    }

    /// Adds to the columns from one on, as many vectors of them at a time and as often as there are. Returns the first
    /// column that is left. So many sums are as many as fit into the registers.
    #[inline(always)]
    fn add_columns<S: Simd, const VECTORS: usize, const ROWS: usize>(
        &self,
        simd: S,
        outputs: &mut [[f32; OUT]; ROWS],
        mut from: usize,
        rows: [&[f32; IN]; ROWS],
    ) -> usize {
        while OUT - from >= VECTORS * S::f32s::LEN {
            let columns = from..from + VECTORS * S::f32s::LEN;
            let mut sums = [[S::f32s::splat(simd, 0.0); VECTORS]; ROWS];
            for (sums, outputs) in sums.iter_mut().zip(&*outputs) {
                for (sum, bias) in
                    sums.iter_mut().zip(outputs[columns.clone()].chunks_exact(S::f32s::LEN))
                {
                    *sum = S::f32s::from_slice(simd, bias);
                }
            }
            for (input, weights) in self.weights.iter().enumerate() {
                let inputs = rows.map(|row| row[input]);
                for (vector, weights) in
                    weights[columns.clone()].chunks_exact(S::f32s::LEN).enumerate()
                {
                    let weights = S::f32s::from_slice(simd, weights);
                    for (sums, input) in sums.iter_mut().zip(inputs) {
                        sums[vector] += weights * input;
                    }
                }
            }
            for (sums, outputs) in sums.iter().zip(&mut *outputs) {
                for (sum, output) in
                    sums.iter().zip(outputs[columns.clone()].chunks_exact_mut(S::f32s::LEN))
                {
                    sum.store_slice(output);
                }
            }
            from = columns.end;
        }
        from
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
    fn uneven<const IN: usize, const OUT: usize>() -> [[f32; OUT]; IN] {
        std::array::from_fn(|input| {
            std::array::from_fn(|output| {
                (((input * OUT + output) * 7919) % 1009) as f32 / 37.0 - 13.0
            })
        })
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
        fn check<const OUT: usize>() {
            let weights: &'static [[f32; OUT]; 29] = Box::leak(Box::new(uneven()));
            let bias = Box::leak(Box::new([0.1; OUT]));
            let layer = Dense { weights, bias };
            let rows: [[f32; 29]; 11] = std::array::from_fn(|row| {
                std::array::from_fn(|input| ((row * 29 + input) as f32).sqrt() - 2.7)
            });
            let expected = rows.map(|row| one_by_one(layer, &row));
            assert_eq!(rows.map(|row| layer.of(&row)), expected);
            assert_eq!(layer.of_each(&rows).expect("there is room"), expected);
            #[cfg(target_arch = "x86_64")]
            {
                let level = fearless_simd::Level::new();
                let narrower = [
                    level.as_sse2().map(|simd| layer.together(simd, rows.each_ref())),
                    level.as_sse4_2().map(|simd| layer.together(simd, rows.each_ref())),
                    level.as_avx2().map(|simd| layer.together(simd, rows.each_ref())),
                ];
                narrower.into_iter().flatten().for_each(|outputs| assert_eq!(outputs, expected));
            }
        }
        check::<1>();
        check::<7>();
        check::<16>();
        check::<20>();
        check::<43>();
        check::<96>();
        check::<137>();
    }
}
