//! The features of jSymbolic 2.2, a catalogue of measures that music research has used for twenty years,
//! under its names.
//!
//! Source: the definitions of the jSymbolic 2.2 manual (McKay, Cumming & Fujinaga, "jSymbolic 2.2:
//! Extracting Features from Symbolic Music for use in Musicological and MIR Research", ISMIR 2018;
//! before that McKay, "Automatic Genre Classification of MIDI Recordings", 2004). Nothing is taken
//! from its program. Where the manual leaves a choice, the definition here says which was made, and
//! [`feature_catalog`] has every definition. For all of them:
//!
//! - A feature that has nothing to measure in a piece (the mean pitch of drums alone, a ratio to zero) has
//!   no value. jSymbolic gives 0, which it also gives for a real zero.
//! - A standard deviation is that of the whole piece, not the estimate from a sample; a kurtosis is 0
//!   for a normal distribution.
//! - A piece lasts from tick 0 until its last note ends, and a note of no length for one tick.
//!
//! The features of the catalogue that need MEI are left out: a MIDI file does not have them.
//!
//! [`facts`] gathers what the features are computed from in few passes over the notes, and
//! [`catalog`] has an entry for each feature.

mod catalog;
mod entry;
mod facts;
mod stats;

pub use self::entry::{Feature, FeatureDefinition};

use self::catalog::GROUPS;
use self::entry::Entry;
use self::facts::Facts;
use crate::error::Error;
use crate::model::score::Score;

/// The features of a piece, in the order of [`feature_catalog`].
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn measured(
    score: &Score<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Feature>, Error> {
    let facts = Facts::of(score, interrupted)?;
    Ok(GROUPS.into_iter().flatten().map(|entry| entry.feature(&facts)).collect())
}

/// The features that [`Piece::features`](crate::Piece::features) measures, in its order.
///
/// ```
/// let range = midi_analysis::feature_catalog().find(|feature| feature.name == "Range");
/// assert_eq!(range.map(|feature| feature.dimensions), Some(1));
/// ```
pub fn feature_catalog() -> impl Iterator<Item = FeatureDefinition> {
    GROUPS.into_iter().flatten().map(Entry::definition)
}
