//! Scanning the index: the rows by a bound of their distance, nearest first.
//!
//! A pass over all pages keeps the nearest rows. When these are used up, another pass finds those behind them, twice as
//! many, so that memory is bounded whatever number of rows is asked for.

use super::page::{self, Entry, FIRST};
use super::product::product;
use super::store::Index;
use super::vector::{LENGTH, Query};
use crate::pg::index_pages::{Row, Strategy};
use crate::pg::interrupts;

/// Rows that the first pass keeps, and any at most. A search for twenty takes a few more than these, because the bound of a
/// row may be below its distance; one with conditions takes as many as it has to skip.
const FIRST_ROWS: usize = 1_024;
const MOST_ROWS: usize = 65_536;

/// A row, and a number that its distance is not below.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) least_distance: f32,
    pub(super) row: Row,
}

impl Found {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let by_distance = self.least_distance.total_cmp(&other.least_distance);
        by_distance.then_with(|| self.row.cmp(&other.row))
    }

    fn is_before(&self, other: &Self) -> bool {
        self.compare(other).is_lt()
    }
}

/// A scan in progress.
pub(super) struct Scan {
    /// `None` where it is no vector: then all rows are equally far away.
    query: Option<Query>,
    /// The rows that a pass has found, nearest last.
    found: Vec<Found>,
    /// The last row that was returned.
    last: Option<Found>,
    /// How many rows the next pass keeps.
    keeps: usize,
    is_done: bool,
}

impl Scan {
    pub(super) fn new(query: Option<Query>) -> Self {
        Self { query, found: Vec::new(), last: None, keeps: FIRST_ROWS, is_done: false }
    }

    /// Whether the numbers that come with the rows are bounds of their distances.
    pub(super) fn has_bounds(&self) -> bool {
        self.query.is_some()
    }

    /// The next row.
    pub(super) fn next(&mut self, index: Index) -> Option<Found> {
        if self.found.is_empty() && !self.is_done {
            if self.last.is_none() {
                index.count_scan();
            }
            self.pass(index);
        }
        self.last = self.found.pop();
        self.last
    }

    /// Finds the nearest rows behind the last one.
    fn pass(&mut self, index: Index) {
        let pages = index.pages();
        let strategy = Strategy::of_scan(pages);
        let mut nearest = Nearest { rows: Vec::new(), keeps: self.keeps, furthest: None };
        for block in FIRST..pages {
            interrupts::check();
            index.read(block, &strategy, |entries| self.compare(entries, &mut nearest));
        }
        self.is_done = nearest.furthest.is_none() && nearest.rows.len() <= nearest.keeps;
        self.found = nearest.sorted();
        self.keeps = (2 * self.keeps).min(MOST_ROWS);
    }

    /// Offers those of the entries that are behind the last row.
    fn compare(&self, entries: &[Entry], nearest: &mut Nearest) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { self.compare_by_avx2(entries, nearest) };
        }
        self.compare_by(product, entries, nearest);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn compare_by_avx2(&self, entries: &[Entry], nearest: &mut Nearest) {
        use super::product::product_by_avx2;
        self.compare_by(|query, bytes| product_by_avx2(query, bytes), entries, nearest);
    }

    #[inline(always)]
    fn compare_by(
        &self,
        product: impl Fn(&[i16; LENGTH], &[u8; LENGTH]) -> i32,
        entries: &[Entry],
        nearest: &mut Nearest,
    ) {
        for entry in entries {
            let least_distance = match &self.query {
                Some(query) => {
                    let product = product(query.codes(), page::vector_bytes(entry));
                    query.least_distance(product, page::numbers(entry), nearest.furthest_distance())
                }
                None => Some(0.0),
            };
            let Some(least_distance) = least_distance else { continue };
            let found = Found { least_distance, row: page::row(entry) };
            if self.last.is_none_or(|last| last.is_before(&found)) {
                nearest.offer(found);
            }
        }
    }
}

/// The nearest rows so far, and up to as many others.
struct Nearest {
    rows: Vec<Found>,
    keeps: usize,
    /// No row behind this one is among the nearest; `None` while there are too few rows.
    furthest: Option<Found>,
}

impl Nearest {
    /// No row with a larger number is among the nearest.
    #[inline(always)]
    fn furthest_distance(&self) -> f32 {
        self.furthest.map_or(f32::INFINITY, |furthest| furthest.least_distance)
    }

    // Called for few of the vectors, so it stays out of the loop.
    #[inline(never)]
    fn offer(&mut self, found: Found) {
        if self.furthest.is_none_or(|furthest| found.is_before(&furthest)) {
            self.rows.push(found);
            if self.rows.len() >= 2 * self.keeps {
                self.cut();
            }
        }
    }

    /// Keeps the nearest rows.
    fn cut(&mut self) {
        if self.rows.len() > self.keeps {
            let (_, &mut furthest, _) =
                self.rows.select_nth_unstable_by(self.keeps - 1, Found::compare);
            self.furthest = Some(furthest);
            self.rows.truncate(self.keeps);
        }
    }

    /// The nearest rows, nearest last.
    fn sorted(mut self) -> Vec<Found> {
        self.cut();
        self.rows.sort_unstable_by(|a, b| b.compare(a));
        self.rows
    }
}
