//! Chords and vertical intervals, C-1 to C-35: what sounds together, weighted by how long. The two
//! interval histograms, and the features of their ranks, weigh an interval by the velocities of its
//! notes as well. Drums are left out.

use crate::analysis::features::facts::chord_types::CHORD_TYPES;
use crate::analysis::features::facts::slices::Slices;
use crate::analysis::features::stats::Histogram;

pub(crate) struct Vertical {
    pub(crate) intervals: Histogram<128>,
    pub(crate) wrapped: Histogram<12>,
    /// By duration alone.
    pub(crate) by_duration: Histogram<128>,
    pub(crate) wrapped_by_duration: Histogram<12>,
    pub(crate) chords: Histogram<CHORD_TYPES>,
}

impl Vertical {
    pub(crate) fn of(slices: &Slices) -> Self {
        Self {
            intervals: slices.weighted.clone(),
            wrapped: wrapped(&slices.weighted),
            by_duration: slices.intervals.clone(),
            wrapped_by_duration: wrapped(&slices.intervals),
            chords: slices.chords.clone(),
        }
    }

    pub(crate) fn octaves(&self) -> f64 {
        self.by_duration.shares((12..128).step_by(12))
    }

    pub(crate) fn dissonance(&self) -> f64 {
        let dissonant = self.wrapped_by_duration.shares([1, 2, 6, 10, 11]);
        dissonant / self.wrapped_by_duration.shares([0, 3, 4, 5, 7, 8, 9])
    }
}

fn wrapped(intervals: &Histogram<128>) -> Histogram<12> {
    let mut bins = [0.0; 12];
    for size in intervals.used() {
        bins[size % 12] += intervals.bins()[size];
    }
    Histogram::new(bins)
}
