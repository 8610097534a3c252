//! Vectors in bytes, and bounds of their distances.
//!
//! A vector is stored as a scale and a byte for each number, rounded. What the rounding changes is stored as a length:
//! the true distance differs from that of the rounded vectors by no more than the two lengths (triangle inequality).

/// Numbers of a vector.
pub(super) const LENGTH: usize = midi_analysis::EMBEDDING_LENGTH;
/// The largest number in a byte, and in the two bytes of a query's.
const BYTE: f64 = 127.0;
const WORD: f64 = 8191.0;
/// Share up to which sums and products of numbers of 32 bits are inexact.
const INEXACT: f64 = 1e-6;

/// What a vector is beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numbers {
    /// What a unit of the bytes is worth.
    pub(super) scale: f32,
    /// The sum of the squares of the rounded vector.
    pub(super) square: f32,
    /// The distance of the rounded vector from the true one, or more.
    pub(super) error: f32,
}

/// A vector in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coded {
    pub(super) numbers: Numbers,
    /// Whole numbers from -127 to 127, as PostgreSQL's pages have them.
    pub(super) bytes: [u8; LENGTH],
}

impl Coded {
    /// `None` where a number is not finite. A vector whose sum of squares is none of 32 bits may be anywhere.
    pub(super) fn of(vector: &[f32; LENGTH]) -> Option<Self> {
        let (codes, scale, square, error) = rounded(vector, BYTE)?;
        let square = square as f32;
        if !square.is_finite() {
            let numbers = Numbers { scale: 0.0, square: 0.0, error: f32::INFINITY };
            return Some(Self { numbers, bytes: [0; LENGTH] });
        }
        let bytes = codes.map(|code| code as i8 as u8);
        let numbers = Numbers { scale, square, error: above(error) };
        Some(Self { numbers, bytes })
    }
}

/// A vector that others are compared with.
#[derive(Clone, Debug)]
pub(super) struct Query {
    codes: [i16; LENGTH],
    scale: f64,
    square: f64,
    error: f64,
}

impl Query {
    /// `None` where a number is not finite.
    pub(super) fn of(vector: &[f32; LENGTH]) -> Option<Self> {
        let (codes, scale, square, error) = rounded(vector, WORD)?;
        let codes = codes.map(|code| code as i16);
        Some(Self { codes, scale: f64::from(scale), square, error })
    }

    /// The whole numbers of which [`product`](super::product) takes the products.
    #[inline(always)]
    pub(super) fn codes(&self) -> &[i16; LENGTH] {
        &self.codes
    }

    /// A number that the distance to a vector is not below, from the product with its bytes; `None` where it is above
    /// `most`.
    #[inline(always)]
    pub(super) fn least_distance(&self, product: i32, vector: Numbers, most: f32) -> Option<f32> {
        let square = f64::from(vector.square);
        let product = f64::from(product) * self.scale * f64::from(vector.scale);
        let squares = self.square + square;
        let least = squares - 2.0 * product - INEXACT * squares;
        let errors = self.error + f64::from(vector.error);
        // Most vectors are further away than `most`, which needs no root to be known.
        let reach = (f64::from(most) + errors) * (1.0 + INEXACT);
        (least.is_nan() || least <= reach * reach)
            .then(|| below((least.max(0.0).sqrt() - errors).max(0.0)))
    }
}

/// A vector in whole numbers up to `largest`: these, their scale, the sum of squares of what they stand for, and how far
/// that is from the vector.
fn rounded(vector: &[f32; LENGTH], largest: f64) -> Option<([i32; LENGTH], f32, f64, f64)> {
    if !vector.iter().all(|number| number.is_finite()) {
        return None;
    }
    let most = vector.iter().fold(0.0, |most: f32, number| most.max(number.abs()));
    let scale = (f64::from(most) / largest) as f32;
    let unit = f64::from(scale);
    let mut codes = [0; LENGTH];
    let (mut square, mut error) = (0.0, 0.0);
    for (code, &number) in codes.iter_mut().zip(vector) {
        let number = f64::from(number);
        let exact = if unit > 0.0 { number / unit } else { 0.0 };
        let whole = exact.round().clamp(-largest, largest);
        *code = whole as i32;
        square += (whole * unit) * (whole * unit);
        error += (number - whole * unit) * (number - whole * unit);
    }
    Some((codes, scale, square, error.sqrt()))
}

/// The number in 32 bits, or a little above it.
fn above(number: f64) -> f32 {
    (number as f32).next_up()
}

/// The number in 32 bits, or a little below it.
#[inline(always)]
fn below(number: f64) -> f32 {
    (number as f32).next_down().clamp(0.0, f32::MAX)
}
