//! The candidates for the interval between beats: bins of a logarithmic axis.

/// Kinds of accent: all pairs of heavy onsets, neighbours, pairs of bass onsets, pairs of new harmonies,
/// neighbours among the heaviest, pairs of bass drums, of snares, of loud onsets, neighbours among the bass.
pub(crate) const SORTS: usize = 9;
/// Bins of an octave, and of the whole axis: from 50 milliseconds to 4.4 seconds.
pub(crate) const BINS_IN_OCTAVE: usize = 8;
pub(crate) const GAPS: usize = 52;
pub(crate) const SHORTEST_GAP_S: f64 = 0.05;
/// The candidates for the beat are these bins: 0.17 to 2.5 seconds.
pub(crate) const CANDIDATES: usize = 32;
pub(crate) const FIRST_CANDIDATE: usize = 14;
/// Bins from the shortest gap that is weighed for a candidate to the candidate, and how many.
pub(crate) const BELOW: usize = 22;
pub(crate) const SHIFTED: usize = 42;
/// Powers of the distance from a moderate tempo, in two octaves, that make the curve of tempos.
pub(crate) const POWERS: usize = 4;
/// Terms of a candidate's odds: those of the intervals, then the powers.
pub(crate) const TERMS: usize = SORTS * SHIFTED + POWERS;
/// The candidate of a moderate tempo.
pub(crate) const MODERATE: f32 = 14.8;

/// Seconds of a candidate.
pub(crate) fn candidate_s(candidate: f64) -> f64 {
    let bin = FIRST_CANDIDATE as f64 + candidate;
    SHORTEST_GAP_S * (bin / BINS_IN_OCTAVE as f64).exp2()
}
