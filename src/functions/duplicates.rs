//! What `midi_duplicates` is made of: comparing signatures.

use pgrx::datum::Array;
use pgrx::prelude::*;

/// NULL where one of them is damaged: not of the right length, or with a NULL.
#[pg_extern(immutable, strict, parallel_safe, cost = 10)]
fn midi_signature_similarity(a: Array<'_, i32>, b: Array<'_, i32>) -> Option<f32> {
    midi_analysis::signature_similarity(&whole(&a)?, &whole(&b)?)
}

/// Empty for a damaged signature.
#[pg_extern(immutable, strict, parallel_safe)]
fn midi_signature_bands(signature: Array<'_, i32>) -> Vec<i32> {
    whole(&signature).map(|slots| midi_analysis::signature_bands(&slots)).unwrap_or_default()
}

/// The numbers of an array; `None` for one that is no signature by its length, or has a NULL.
fn whole(array: &Array<'_, i32>) -> Option<Vec<i32>> {
    if array.len() != midi_analysis::SIGNATURE {
        return None;
    }
    array.iter().collect()
}
