//! Meter and density in quarter notes, R-1 to R-12.

use crate::analysis::features::entry::{Entry, catalog, many, one};

pub(crate) const CATALOG: &[Entry] = catalog! {
    "R-1" "Initial Time Signature"
        "Numerator and denominator of the first time signature; 4, 4 where the file has none."
        many(2, |f| f.meters.initial.map_or(vec![f64::NAN; 2], |m| vec![m.numerator.into(), m.denominator.into()]));
    "R-2" "Simple Initial Meter"
        "1 where the first numerator is 2, 3 or 4, else 0."
        one(|f| f.meters.beats_in(&[2, 3, 4]));
    "R-3" "Compound Initial Meter"
        "1 where the first numerator is 6, 9, 12, 15, 18 or 24, else 0."
        one(|f| f.meters.beats_in(&[6, 9, 12, 15, 18, 24]));
    "R-4" "Complex Initial Meter"
        "1 where the first numerator is 5, 7, 9, 11, 13, 15, 22 or 25, else 0."
        one(|f| f.meters.beats_in(&[5, 7, 9, 11, 13, 15, 22, 25]));
    "R-5" "Duple Initial Meter"
        "1 where the first numerator is 2 or 6, else 0."
        one(|f| f.meters.beats_in(&[2, 6]));
    "R-6" "Triple Initial Meter"
        "1 where the first numerator is 3 or 9, else 0."
        one(|f| f.meters.beats_in(&[3, 9]));
    "R-7" "Quadruple Initial Meter"
        "1 where the first numerator is 4 or 12, else 0."
        one(|f| f.meters.beats_in(&[4, 12]));
    "R-8" "Metrical Diversity"
        "Different time signatures in the file; 1 where it has none."
        one(|f| f.meters.different);
    "R-9" "Total Number of Notes"
        "Notes, drums among them."
        one(|f| f.meters.notes);
    "R-10" "Note Density per Quarter Note"
        "Notes for each quarter note of the piece's length."
        one(|f| f.meters.notes / (f.end() / f.quarter));
    "R-11" "Note Density per Quarter Note per Voice"
        "The same, divided by the number of channels that have notes."
        one(|f| f.meters.notes / (f.end() / f.quarter) / f.channels.used_count());
    "R-12" "Note Density per Quarter Note Variability"
        "Standard deviation of the density in each whole window of 8 quarter notes."
        one(|f| f.meters.density_spread);
};
