//! A layer over a sequence whose places also have neighbours elsewhere in it: a convolution of three taps
//! along the sequence and two along given links, each channel by itself, and then a dense layer whose rectified
//! outputs are added to the inputs (depthwise separable: Chollet 2017; dilated: Yu & Koltun 2016; residual:
//! He et al. 2016).

use crate::net::activation::rectify;
use crate::net::dense::Dense;
use crate::room::{self, NoRoom};

/// Weights of the neighbours: one place or more before, here, after, along the link backwards, along the
/// link forwards.
const TAPS: usize = 5;

/// A layer of `C` channels.
pub(crate) struct Neighbours<const C: usize> {
    pub(crate) taps: &'static [[f32; C]; TAPS],
    pub(crate) mix: Dense<C, C>,
    /// Places to the neighbours along the sequence.
    pub(crate) dilation: usize,
}

impl<const C: usize> Neighbours<C> {
    /// Replaces the values of a sequence. Neighbours outside of it are zeros; `links` are the places of those
    /// along the links.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn apply(
        &self,
        sequence: &mut [[f32; C]],
        links: impl Fn(usize) -> [usize; 2],
    ) -> Result<(), NoRoom> {
        let none = [0.0; C];
        let at = |place: usize| sequence.get(place).unwrap_or(&none);
        let weighted = room::gathered((0..sequence.len()).map(|place| {
            let [back, on] = links(place).map(at);
            let (earlier, later) = (place.wrapping_sub(self.dilation), place + self.dilation);
            weighted([at(earlier), at(place), at(later), back, on], self.taps)
        }))?;
        for (values, mut mixed) in sequence.iter_mut().zip(self.mix.of_each(&weighted)?) {
            rectify(&mut mixed);
            values.iter_mut().zip(mixed).for_each(|(value, mixed)| *value += mixed);
        }
        Ok(())
    }
}

/// The weighted sum of the neighbours by channel.
#[inline(always)]
fn weighted<const C: usize>(values: [&[f32; C]; TAPS], taps: &[[f32; C]; TAPS]) -> [f32; C] {
    let mut sums = [0.0; C];
    for (values, taps) in values.iter().zip(taps) {
        for ((sum, value), tap) in sums.iter_mut().zip(*values).zip(taps) {
            *sum += value * tap;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::Neighbours;
    use crate::net::dense::Dense;

    static TAPS: [[f32; 1]; 5] = [[1.0], [10.0], [100.0], [1e3], [1e4]];
    static MIX: [[f32; 1]; 1] = [[1.0]];
    static BIAS: [f32; 1] = [0.5];

    #[test]
    fn each_place_adds_its_neighbours() {
        let mix = Dense { weights: &MIX, bias: &BIAS };
        let layer = Neighbours { taps: &TAPS, mix, dilation: 2 };
        let mut sequence = vec![[1.0], [2.0], [3.0], [-9.0]];
        let links = |place: usize| [place.wrapping_sub(1), usize::MAX];
        layer.apply(&mut sequence, links).expect("there is room");
        assert_eq!(sequence[0], [1.0 + 10.0 + 300.0 + 0.5]);
        assert_eq!(sequence[3], [-9.0 + 2.0 - 90.0 + 3000.0 + 0.5]);
        assert_eq!(sequence[1], [2.0 + 20.0 - 900.0 + 1000.0 + 0.5]);
    }
}
