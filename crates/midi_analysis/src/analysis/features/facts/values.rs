//! Rhythmic values, R-13 to R-40: the lengths of notes, each taken for the nearest of twelve note
//! values. All notes count, drums among them. In SMPTE time, which has no quarter notes, there is
//! no value.

use crate::analysis::features::facts::voices::Voices;
use crate::analysis::features::stats::{Histogram, Moments, Spread, median};
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::room;

pub(crate) const VALUES: usize = 12;
/// In quarter notes: a thirty-second note, sixteenth, eighth, dotted eighth, ... to a dotted double
/// whole note.
pub(crate) const QUARTERS: [f64; VALUES] =
    [0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0];
/// The same in eighths of a quarter note, so that offsets from them are whole numbers of an eighth
/// of a tick.
const EIGHTHS: [u64; VALUES] = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];

pub(crate) struct Values {
    pub(crate) histogram: Histogram<VALUES>,
    /// Lengths of the runs of notes of one value in a voice.
    pub(crate) runs: Spread,
    pub(crate) runs_median: f64,
    /// Of the runs of each value, the median and the standard deviation of their lengths.
    pub(crate) medians: Histogram<VALUES>,
    pub(crate) spreads: Histogram<VALUES>,
    /// Distances from the note value, in quarter notes.
    pub(crate) offset_mean: f64,
    pub(crate) offset_median: f64,
    pub(crate) offset_spread: f64,
}

impl Values {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        voices: &Voices,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let quarter = score.ticks_per_quarter().map(u64::from);
        let (mut counts, mut offsets) = ([0; VALUES], room::list(score.notes.len())?);
        let mut current: Vec<Run> = room::filled((VALUES as u32, 0), voices.count())?;
        let mut runs: Vec<Run> = Vec::new();
        if let Some(quarter) = quarter {
            let scale = Scale::new(quarter);
            for note in &score.notes {
                let (value, offset) = scale.nearest(note.duration());
                counts[value] += 1;
                offsets.push(offset);
                let run = &mut current[voices.number(note)];
                if run.0 == value as u32 {
                    run.1 += 1;
                } else {
                    room::push(&mut runs, std::mem::replace(run, (value as u32, 1)))?;
                }
            }
        }
        for run in current {
            room::push(&mut runs, run)?;
        }
        check(interrupted)?;
        runs.retain(|&(_, length)| length > 0);
        runs.sort_unstable();
        check(interrupted)?;
        let unit = quarter.map_or(f64::NAN, |quarter| 8.0 * quarter as f64);
        let offset: Spread = offsets.iter().map(|&offset| offset as f64).collect();
        let (medians, spreads) = by_value(&runs);
        let mut lengths: Vec<u32> = room::gathered(runs.iter().map(|&(_, length)| length))?;
        check(interrupted)?;
        Ok(Self {
            histogram: Histogram::of(&counts),
            runs: lengths.iter().map(|&length| f64::from(length)).collect(),
            runs_median: median(&mut lengths, f64::from),
            medians,
            spreads,
            offset_mean: offset.mean() / unit,
            offset_spread: offset.spread() / unit,
            offset_median: median(&mut offsets, |offset: u64| offset as f64) / unit,
        })
    }

    /// Moments of the note values in quarter notes.
    pub(crate) fn moments(&self) -> Moments {
        self.histogram.moments_of(|value| QUARTERS[value])
    }
}

/// Notes of one value in a row: the value, and how many.
type Run = (u32, u32);

/// Median and standard deviation of the runs' lengths for each value; `runs` are in order.
fn by_value(runs: &[Run]) -> (Histogram<VALUES>, Histogram<VALUES>) {
    let (mut medians, mut spreads) = ([0.0; VALUES], [0.0; VALUES]);
    for same in runs.chunk_by(|a, b| a.0 == b.0) {
        let value = same[0].0 as usize;
        let (lower, upper) = (same[(same.len() - 1) / 2].1, same[same.len() / 2].1);
        medians[value] = (f64::from(lower) + f64::from(upper)) / 2.0;
        spreads[value] =
            same.iter().map(|&(_, length)| f64::from(length)).collect::<Spread>().spread();
    }
    (Histogram::new(medians), Histogram::new(spreads))
}

/// The note values in eighths of a tick.
struct Scale {
    values: [u64; VALUES],
    /// Up to which a length is nearer to the value than to the next one.
    limits: [u64; VALUES - 1],
}

impl Scale {
    fn new(ticks_per_quarter: u64) -> Self {
        let values = EIGHTHS.map(|eighths| eighths * ticks_per_quarter);
        Self {
            values,
            limits: std::array::from_fn(|value| (values[value] + values[value + 1]) / 2),
        }
    }

    /// The nearest value, of two the shorter, and how far it is.
    fn nearest(&self, ticks: u32) -> (usize, u64) {
        let length = 8 * u64::from(ticks);
        let value = self.limits.iter().filter(|&&limit| limit < length).count();
        (value, self.values[value].abs_diff(length))
    }
}
