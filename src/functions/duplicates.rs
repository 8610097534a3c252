//! What `midi_duplicates` is made of: comparing fingerprints.

use pgrx::datum::Array;
use pgrx::prelude::*;

/// NULL where one of them is damaged: not of the right length, or with a NULL.
#[pg_extern(immutable, strict, parallel_safe, cost = 10)]
fn midi_fingerprint_similarity(a: Array<'_, i32>, b: Array<'_, i32>) -> Option<f32> {
    midi_analysis::fingerprint_similarity(&whole(&a)?, &whole(&b)?)
}

/// Empty for a damaged fingerprint.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_fingerprint_bands(fingerprint: Array<'_, i32>) -> Vec<i32> {
    whole(&fingerprint).map(|slots| midi_analysis::fingerprint_bands(&slots)).unwrap_or_default()
}

/// The numbers of an array; `None` for one that is no fingerprint by its length, or has a NULL.
fn whole(array: &Array<'_, i32>) -> Option<Vec<i32>> {
    if array.len() != midi_analysis::FINGERPRINT {
        return None;
    }
    array.iter().collect()
}
