//! The statistics of features. Each is over the whole piece, so the spread is that of the population. A
//! missing value (the mean of an empty list, a ratio to zero) is NaN here, and `None` in the result.

/// Amounts of `N` kinds.
#[derive(Clone, Debug)]
pub(crate) struct Histogram<const N: usize> {
    bins: [f64; N],
    total: f64,
}

impl<const N: usize> Histogram<N> {
    pub(crate) fn new(bins: [f64; N]) -> Self {
        Self { bins, total: bins.iter().sum() }
    }

    pub(crate) fn of(counts: &[u32; N]) -> Self {
        Self::new(counts.map(f64::from))
    }

    pub(crate) fn total(&self) -> f64 {
        self.total
    }

    pub(crate) fn bins(&self) -> &[f64; N] {
        &self.bins
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total <= 0.0
    }

    pub(crate) fn share(&self, index: usize) -> f64 {
        self.bins[index] / self.total
    }

    /// Share of several bins together.
    pub(crate) fn shares(&self, indices: impl IntoIterator<Item = usize>) -> f64 {
        indices.into_iter().map(|index| self.bins[index]).sum::<f64>() / self.total
    }

    /// All shares; they sum to 1.
    pub(crate) fn normalized(&self) -> Vec<f64> {
        self.bins.iter().map(|bin| bin / self.total).collect()
    }

    /// The bins from the one at `start` on, round the end.
    pub(crate) fn rotated(&self, start: usize) -> Self {
        let mut bins = self.bins;
        bins.rotate_left(start);
        Self::new(bins)
    }

    /// The bins that are not empty, ascending.
    pub(crate) fn used(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..N).filter(|&index| self.bins[index] > 0.0)
    }

    pub(crate) fn used_count(&self) -> f64 {
        self.used().count() as f64
    }

    pub(crate) fn lowest(&self) -> f64 {
        position(self.used().next())
    }

    pub(crate) fn highest(&self) -> f64 {
        position(self.used().next_back())
    }

    pub(crate) fn range(&self) -> f64 {
        self.highest() - self.lowest()
    }

    /// Bins with at least this share of the total.
    pub(crate) fn common(&self, share: f64) -> f64 {
        (0..N).filter(|&index| self.share(index) >= share).count() as f64
    }

    /// The fullest bin; of equals the first.
    pub(crate) fn first(&self) -> Option<usize> {
        self.fullest(None)
    }

    /// The fullest bin but one; of equals the first.
    pub(crate) fn second(&self) -> Option<usize> {
        self.first().and_then(|first| self.fullest(Some(first)))
    }

    fn fullest(&self, but: Option<usize>) -> Option<usize> {
        self.used()
            .filter(|&index| Some(index) != but)
            .reduce(|best, index| if self.bins[index] > self.bins[best] { index } else { best })
    }

    pub(crate) fn first_index(&self) -> f64 {
        position(self.first())
    }

    pub(crate) fn second_index(&self) -> f64 {
        position(self.second())
    }

    /// How far the two fullest bins are apart.
    pub(crate) fn distance(&self) -> f64 {
        (self.first_index() - self.second_index()).abs()
    }

    pub(crate) fn first_share(&self) -> f64 {
        self.first().map_or(f64::NAN, |index| self.share(index))
    }

    /// Zero where only one bin is not empty.
    pub(crate) fn second_share(&self) -> f64 {
        if self.is_empty() {
            f64::NAN
        } else {
            self.second().map_or(0.0, |index| self.share(index))
        }
    }

    /// The second fullest bin as a part of the fullest.
    pub(crate) fn relative(&self) -> f64 {
        self.second_share() / self.first_share()
    }

    /// Moments of the indices.
    pub(crate) fn moments(&self) -> Moments {
        self.moments_of(|index| index as f64)
    }

    /// Moments of the values of the bins.
    pub(crate) fn moments_of(&self, value: impl Fn(usize) -> f64) -> Moments {
        let central = |mean: f64, power: i32| {
            let bins =
                self.used().map(|index| self.bins[index] * (value(index) - mean).powi(power));
            bins.sum::<f64>() / self.total
        };
        let mean = central(0.0, 1);
        let [variance, third, fourth] = [2, 3, 4].map(|power| central(mean, power));
        Moments { mean, variance, third, fourth }
    }
}

fn position(index: Option<usize>) -> f64 {
    index.map_or(f64::NAN, |index| index as f64)
}

/// Mean and central moments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    pub(crate) mean: f64,
    variance: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    /// The standard deviation.
    pub(crate) fn spread(&self) -> f64 {
        self.variance.sqrt()
    }

    pub(crate) fn skewness(&self) -> f64 {
        self.third / self.variance.powf(1.5)
    }

    /// Excess kurtosis: 0 for a normal distribution.
    pub(crate) fn kurtosis(&self) -> f64 {
        self.fourth / self.variance.powi(2) - 3.0
    }
}

/// Mean and spread of a run of values, in one pass. Values count from the first, so that equal
/// values have no spread at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    origin: f64,
    pub(crate) count: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    pub(crate) const fn new() -> Self {
        Self { origin: 0.0, count: 0.0, sum: 0.0, squares: 0.0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, value: f64) {
        if self.count == 0.0 {
            self.origin = value;
        }
        let offset = value - self.origin;
        self.count += 1.0;
        self.sum += offset;
        self.squares += offset * offset;
    }

    pub(crate) fn sum(&self) -> f64 {
        self.origin * self.count + self.sum
    }

    pub(crate) fn mean(&self) -> f64 {
        self.origin + self.sum / self.count
    }

    pub(crate) fn spread(&self) -> f64 {
        let mean = self.sum / self.count;
        root(self.squares / self.count - mean * mean)
    }
}

impl FromIterator<f64> for Spread {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut spread = Self::new();
        values.into_iter().for_each(|value| spread.push(value));
        spread
    }
}

/// The square root of a variance, which rounding may have left a little below zero.
pub(crate) fn root(variance: f64) -> f64 {
    if variance < 0.0 { 0.0 } else { variance.sqrt() }
}

/// The median; of an even number, the mean of the middle two. Sorts only as far as necessary.
pub(crate) fn median<T: Copy + Ord>(values: &mut [T], number: impl Fn(T) -> f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable(middle);
    let upper = number(*upper);
    if !even {
        return upper;
    }
    let lower = below.iter().max().map_or(upper, |&lower| number(lower));
    (lower + upper) / 2.0
}
