//! How many keys there are, and how many numbers describe a piece to the regression.

/// Pitch classes, and keys of one mode.
pub(crate) const CLASSES: usize = 12;
/// Keys: the major ones from C upwards, then the minor ones.
pub(crate) const KEYS: usize = 2 * CLASSES;
/// Kinds of histogram.
const HISTOGRAMS: usize = 12;
/// Numbers of evidence: the histograms, and the shares of the keys.
pub const EVIDENCE: usize = HISTOGRAMS * CLASSES + KEYS;
