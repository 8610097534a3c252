//! The sum of the products of a query's whole numbers and a vector's bytes: what a scan spends its time on.
//!
//! Neither sum can overflow: 66 products of 8191 and 128 are 69 million.

use super::vector::LENGTH;

/// The sum of products.
#[inline(always)]
pub(super) fn product(query: &[i16; LENGTH], bytes: &[u8; LENGTH]) -> i32 {
    product_from(0, query, bytes)
}

/// The sum of the products from a place on.
#[inline(always)]
fn product_from(place: usize, query: &[i16; LENGTH], bytes: &[u8; LENGTH]) -> i32 {
    let mut sum = 0;
    for place in place..LENGTH {
        sum += i32::from(query[place]) * i32::from(bytes[place] as i8);
    }
    sum
}

/// The same by registers of 32 bytes.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn product_by_avx2(query: &[i16; LENGTH], bytes: &[u8; LENGTH]) -> i32 {
    use std::arch::x86_64::*;

    let (codes, _) = query.as_chunks::<16>();
    let (parts, _) = bytes.as_chunks::<16>();
    let mut sums = _mm256_setzero_si256();
    for part in 0..LENGTH / 16 {
        // SAFETY: 32 bytes and 16 are read, the sizes of the two arrays.
        let (codes, part) = unsafe {
            let (codes, part) = (&raw const codes[part], &raw const parts[part]);
            (_mm256_loadu_si256(codes.cast()), _mm_loadu_si128(part.cast()))
        };
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(codes, _mm256_cvtepi8_epi16(part)));
    }
    let sums = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
    let sums = _mm_add_epi32(sums, _mm_unpackhi_epi64(sums, sums));
    let sums = _mm_add_epi32(sums, _mm_shuffle_epi32::<1>(sums));
    _mm_cvtsi128_si32(sums) + product_from(LENGTH / 16 * 16, query, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn both_ways_give_the_same() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        for seed in 0..1_000_u32 {
            let number = |place: usize| {
                (seed + 1).wrapping_mul(2_654_435_761).rotate_left(place as u32) >> 8
            };
            let query = std::array::from_fn(|place| match seed {
                0 => 8191,
                1 => -8191,
                _ => (number(place) % 16_383) as i16 - 8191,
            });
            let bytes =
                std::array::from_fn(|place| if seed < 2 { 0x80 } else { number(place + 7) as u8 });
            // SAFETY: the processor has AVX2.
            let wide = unsafe { product_by_avx2(&query, &bytes) };
            assert_eq!(wide, product(&query, &bytes), "{query:?} {bytes:?}");
        }
    }
}
