//! How many keys there are, and how many numbers describe a piece to the model.

/// Pitch classes, and keys of one mode.
pub(crate) const CLASSES: usize = 12;
/// Keys: the major ones from C upwards, then the minor ones.
pub(crate) const KEYS: usize = 2 * CLASSES;

/// Histograms of notes.
pub(super) const OF_NOTES: usize = 13;
/// Histograms of the shares of keys: of the whole, its first and its last part, major and minor.
pub(super) const OF_KEYS: usize = 6;
/// Histograms of the chords.
pub(super) const OF_CHORDS: usize = 25;
/// Numbers by pitch class, twelve each: every histogram.
pub const BY_CLASS: usize = (OF_NOTES + OF_KEYS + OF_CHORDS) * CLASSES;
/// Numbers of the piece that have no pitch class.
pub const OF_MATERIAL: usize = 11;
/// All numbers of evidence: those by pitch class, then the others.
pub const EVIDENCE: usize = BY_CLASS + OF_MATERIAL;
