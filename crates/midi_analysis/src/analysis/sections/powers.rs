//! Powers of 2 and logarithms by arithmetic alone, so that all machines find the same.

use std::f32::consts::LN_2;

/// 2 to a power, which is limited to -60..60, within a share of 0.0001.
#[inline]
pub(super) fn exp2(x: f32) -> f32 {
    /// Numbers around this one are whole: their last bits are those of what was added.
    const WHOLE: f32 = 12_582_912.0;
    let x = if x > -60.0 { x } else { -60.0 };
    let x = if x < 60.0 { x } else { 60.0 };
    let whole = x + WHOLE;
    let rest = x - (whole - WHOLE);
    // The Taylor series.
    let power = 0.055_504 + rest * 0.009_618;
    let power = 1.0 + rest * (LN_2 + rest * (0.240_227 + rest * power));
    f32::from_bits(power.to_bits().wrapping_add(whole.to_bits() << 23))
}

/// The logarithm to the base 2 of a number of at least 1, within 0.001.
pub(super) fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    exponent as f32
        + mantissa * (1.441_4 + mantissa * (-0.704_6 + mantissa * (0.411_4 - mantissa * 0.148_2)))
}
