//! Pieces that are similar to another: nearest neighbours of its embedding.
//!
//! An embedding has too many dimensions for most indexes. So candidates are looked up by its
//! coordinates on the axes along which pieces differ most, their principal components (Pearson 1901).
//! The distance of two embeddings on these axes is never more than their whole distance.

use crate::analysis::embedding::EMBEDDING_LENGTH;
use crate::weights::embedding::AXES;

/// Number of principal axes.
pub const PRINCIPAL_AXES: usize = 6;

/// The coordinates of an embedding on the principal axes. `None` for a list that is not as long as an
/// embedding.
///
/// ```
/// use midi_analysis::{EMBEDDING_LENGTH, principal_axes};
///
/// assert_eq!(principal_axes(&[0.0; EMBEDDING_LENGTH]), Some([0.0; 6]));
/// assert_eq!(principal_axes(&[0.0; 3]), None);
/// ```
pub fn principal_axes(embedding: &[f32]) -> Option<[f64; PRINCIPAL_AXES]> {
    let along = |axis: &[f32; EMBEDDING_LENGTH]| {
        axis.iter().zip(embedding).map(|(one, other)| f64::from(one * other)).sum()
    };
    (embedding.len() == EMBEDDING_LENGTH).then(|| AXES.each_ref().map(along))
}
