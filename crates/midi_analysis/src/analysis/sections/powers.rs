//! Powers of 2 and logarithms by arithmetic alone, so that all machines find the same.

/// 2 to a power of at most 0, within 0.0002 of it: the exponent, and a cubic for the fraction.
pub(super) fn exp2(x: f32) -> f32 {
    // Below this the power is as good as 0. The floor of a negative number is one less than what is cut off of it,
    // as the fraction may be 1.
    let x = if x > -100.0 { x } else { -100.0 };
    let whole = x as i32 - 1;
    let fraction = x - whole as f32;
    let power = 1.0 + fraction * (0.695_976 + fraction * (0.224_94 + fraction * 0.079_084));
    power * f32::from_bits(((whole + 127) as u32) << 23)
}

/// The logarithm to the base 2 of a number of at least 1, within 0.001.
pub(super) fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    exponent as f32
        + mantissa * (1.441_4 + mantissa * (-0.704_6 + mantissa * (0.411_4 - mantissa * 0.148_2)))
}
