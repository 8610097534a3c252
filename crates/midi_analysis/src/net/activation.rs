//! Nonlinear functions, elementwise.

/// Where the hyperbolic tangent is taken to be 1: its approximation is within 0.0001 up to there.
const SATURATED: f32 = 4.97;

/// The hyperbolic tangent, by Lambert's continued fraction cut after the seventh power.
#[inline]
pub(super) fn tanh(x: f32) -> f32 {
    let x = if x > -SATURATED { x } else { -SATURATED };
    let x = if x < SATURATED { x } else { SATURATED };
    let square = x * x;
    let above = x * (135_135.0 + square * (17_325.0 + square * (378.0 + square)));
    above / (135_135.0 + square * (62_370.0 + square * (3_150.0 + square * 28.0)))
}

/// The logistic function: the probability of log-odds.
#[inline]
pub(crate) fn logistic(x: f32) -> f32 {
    0.5 + 0.5 * tanh(0.5 * x)
}

/// Replaces what is negative by 0.
#[inline]
pub(crate) fn rectify<const N: usize>(values: &mut [f32; N]) {
    values.iter_mut().for_each(|value| *value = if *value > 0.0 { *value } else { 0.0 });
}

#[cfg(test)]
mod tests {
    use super::{logistic, rectify, tanh};

    #[test]
    fn the_tangent_is_near_that_of_the_standard_library() {
        for step in -900..=900 {
            let x = step as f32 / 100.0;
            assert!((tanh(x) - x.tanh()).abs() < 2e-4, "{x}");
        }
    }

    #[test]
    fn functions_are_defined_for_what_is_no_number() {
        assert!(tanh(f32::NAN).is_finite() && logistic(f32::NEG_INFINITY) >= 0.0);
        let mut values = [f32::NAN, -1.0, 2.0];
        rectify(&mut values);
        assert_eq!(values, [0.0, 0.0, 2.0]);
    }
}
