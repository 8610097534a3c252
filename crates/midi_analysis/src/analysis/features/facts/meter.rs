//! Meter and density in quarter notes, R-1 to R-12: of all notes, drums among them. In SMPTE time,
//! which has no quarter notes, there is no value.

use crate::analysis::features::stats::root;
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;

const DENSITY_WINDOW_QUARTERS: u64 = 8;
const DEFAULT: TimeSignature = TimeSignature::new(4, 4);

pub(crate) struct Meters {
    /// The first time signature; `None` in SMPTE time.
    pub(crate) initial: Option<TimeSignature>,
    pub(crate) different: f64,
    pub(crate) notes: f64,
    pub(crate) density_spread: f64,
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

    pub(crate) fn beats_in(&self, list: &[u8]) -> f64 {
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
