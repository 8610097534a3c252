//! Meter and density in quarter notes, R-1 to R-12: of all notes, drums among them. In SMPTE time,
//! which has no quarter notes, there is no value.

use super::stats::root;
use super::{Entry, catalog, many, one};
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;

const DENSITY_WINDOW_QUARTERS: u64 = 8;
const DEFAULT: TimeSignature = TimeSignature::new(4, 4);

pub(crate) struct Meters {
    /// The first time signature; `None` in SMPTE time.
    initial: Option<TimeSignature>,
    different: f64,
    notes: f64,
    density_spread: f64,
}

impl Meters {
    pub(crate) fn of(score: &Score<'_>) -> Self {
        let quarter = score.ticks_per_quarter();
        // One bit for each number of beats, of each power of two as note value.
        let mut seen = [[0_u128; 2]; 8];
        for TimeSignature { numerator, denominator } in score.meter.declared() {
            let bits = &mut seen[denominator.trailing_zeros() as usize & 7];
            bits[usize::from(numerator >> 7)] |= 1 << (numerator & 0x7f);
        }
        let different = seen.iter().flatten().map(|bits| bits.count_ones()).sum::<u32>();
        let density_spread = quarter.map_or(f64::NAN, |quarter| {
            let window = u64::from(quarter) * DENSITY_WINDOW_QUARTERS;
            let windows = score.notes.iter().map(|note| u64::from(note.start) / window);
            let whole = u64::from(score.end) / window;
            density_spread(windows, whole) / DENSITY_WINDOW_QUARTERS as f64
        });
        Self {
            initial: quarter.map(|_| score.meter.declared().next().unwrap_or(DEFAULT)),
            different: if quarter.is_some() { f64::from(different.max(1)) } else { f64::NAN },
            notes: score.notes.len() as f64,
            density_spread,
        }
    }

    fn beats_in(&self, list: &[u8]) -> f64 {
        self.initial.map_or(f64::NAN, |meter| f64::from(u8::from(list.contains(&meter.numerator))))
    }
}

/// Standard deviation of the notes in each of `whole` windows; `windows` are those of the notes,
/// ascending. Windows without notes may be many, and are not walked through.
pub(crate) fn density_spread(windows: impl Iterator<Item = u64>, whole: u64) -> f64 {
    let (mut sum, mut squares, mut count, mut current) = (0.0, 0.0, 0.0, None);
    for window in windows.take_while(|&window| window < whole).map(Some).chain([None]) {
        if window != current {
            sum += count;
            squares += count * count;
            (count, current) = (0.0, window);
        }
        count += 1.0;
    }
    let mean: f64 = sum / whole as f64;
    root(squares / whole as f64 - mean * mean)
}

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
