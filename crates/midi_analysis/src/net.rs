//! The layers of small learned networks, computed by hand: no allocation but that of a layer's output, and
//! the same result on every machine, since only additions, multiplications and divisions of `f32` in a fixed
//! order are used.
//!
//! Matrices have a row for each input, whose numbers are those of the outputs: so a sum over inputs adds whole
//! rows, and vector instructions of any width add each number in the same order. `fearless_simd` finds out which the
//! processor has; what it calls is inlined into functions that are compiled for each of them.

mod activation;
mod dense;
mod gru;
mod neighbours;

pub(crate) use activation::{logistic, rectify};
pub(crate) use dense::Dense;
pub(crate) use gru::{Gru, bidirectional};
pub(crate) use neighbours::Neighbours;
