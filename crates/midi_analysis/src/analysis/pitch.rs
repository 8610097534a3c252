//! Range and centre of the pitched notes, as MIDI pitches (60 is middle C).

use crate::analysis::tally::Tally;

/// Range of the pitched notes of a piece; drums have none.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Pitch {
    /// Lowest MIDI pitch, 0-127.
    pub min: u8,
    /// Highest MIDI pitch, 0-127.
    pub max: u8,
    /// Mean MIDI pitch, each note counted once.
    pub mean: f32,
    /// Semitones from the lowest to the highest.
    pub ambitus: u8,
}

impl Pitch {
    pub(crate) fn of(tally: &Tally) -> Option<Self> {
        let min = tally.pitches.iter().position(|&count| count > 0)?;
        let max = tally.pitches.iter().rposition(|&count| count > 0)?;
        Some(Self {
            min: min as u8,
            max: max as u8,
            mean: Moments::of(&tally.pitches).mean as f32,
            ambitus: (max - min) as u8,
        })
    }
}

/// Mean and population standard deviation of a histogram over 0-127.
pub(crate) struct Moments {
    pub(crate) mean: f64,
    pub(crate) stddev: f64,
}

impl Moments {
    /// All zero where the histogram is empty.
    pub(crate) fn of(histogram: &[u32; 128]) -> Self {
        let (mut count, mut sum, mut squares) = (0_u64, 0_u64, 0_u64);
        for (value, &times) in histogram.iter().enumerate() {
            let (value, times) = (value as u64, u64::from(times));
            count += times;
            sum += value * times;
            squares += value * value * times;
        }
        let count = count.max(1) as f64;
        let mean = sum as f64 / count;
        Self { mean, stddev: (squares as f64 / count - mean * mean).max(0.0).sqrt() }
    }
}
