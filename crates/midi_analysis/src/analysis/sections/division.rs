//! The sections of a piece as bars, and what of them is compared.
//!
//! A last chord, a held note or silence after the form has no letter of its own, nor has a count-in or an upbeat of a bar or
//! two before it: they belong to the last section and to the first, as in a lead sheet of 32 bars that ends with a bar
//! more. What is compared, though, is the form alone, so that the last A of AABA is as long as the first.

use std::ops::Range;

/// Longest beginning and ending, in bars, that are no sections of their own.
pub(super) const EDGE: usize = 2;

/// A division into sections.
pub(super) struct Division {
    /// The bars at which sections begin, ascending; the first is 0.
    pub(super) begins: Vec<usize>,
    /// The bars between what comes before the form and what comes after it.
    pub(super) form: Range<usize>,
    /// Whether it goes on in choruses, whose harmony is the same.
    pub(super) in_choruses: bool,
}

impl Division {
    /// That of a piece of so many bars, with beginnings at which what comes before the form, or after it, may be
    /// parted.
    pub(super) fn of(mut begins: Vec<usize>, bars: usize) -> Self {
        let mut form = 0..bars;
        if let Some(end) = begins.pop_if(|&mut last| last > 0 && bars - last <= EDGE) {
            form.end = end;
        }
        if let Some(&second) = begins.get(1).filter(|&&second| second <= EDGE) {
            form.start = second;
            begins.remove(1);
        }
        Self { begins, form, in_choruses: false }
    }

    /// The bars of each section that are compared.
    pub(super) fn sections(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.begins.iter().enumerate().map(|(index, &begin)| {
            let end = self.begins.get(index + 1).copied().unwrap_or(self.form.end);
            begin.max(self.form.start)..end
        })
    }
}
