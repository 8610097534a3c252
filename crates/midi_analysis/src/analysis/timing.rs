//! How notes sit on the beat: quantised or played, straight or swung, on the beat or against it.
//!
//! Whether notes are quantised is judged by their [`exactness`]. Everything else is measured on the beats of
//! the music, see [`beat_position`](crate::analysis::beat_position).

mod exactness;
mod swing;
mod syncopation;

use crate::analysis::beat_position::SLOTS;
use crate::analysis::onsets::{Onset, with_notes};
use crate::analysis::rhythm::beat_unit::is_compound;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::score::Score;

use exactness::Exactness;
use swing::swing_ratio;
use syncopation::{Parts, Syncopation, place};

/// Fewest onsets from which timing is measured.
const FEWEST_ONSETS: usize = 8;
/// The slots of notated onsets, sixteenths and triplets: for each quarter of a slot the nearest one.
const WRITTEN: [u8; 4 * SLOTS as usize] = {
    let mut nearest = [0; 4 * SLOTS as usize];
    let mut quarter = 0;
    while quarter < nearest.len() {
        nearest[quarter] = match quarter {
            0..6 => 0,
            6..14 => 3,
            14..20 => 4,
            20..28 => 6,
            28..34 => 8,
            34..42 => 9,
            _ => SLOTS as u8,
        };
        quarter += 1;
    }
    nearest
};

/// How the notes of a piece are timed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Timing {
    /// Whether most notes are quantised, to the file's grid or to another whose tempo changes; `None` with fewer
    /// than eight onsets, and in SMPTE time.
    pub is_quantized: Option<bool>,
    /// Whether a part that is no drums is played by hand, by its timing alone.
    pub has_played_part: bool,
    /// Mean distance in milliseconds of the notes from the nearest sixteenth or triplet eighth of
    /// the beat; `None` without beats.
    pub deviation_ms: Option<f32>,
    /// How much longer the first of two eighths (or, where eighths are straight, sixteenths) is
    /// than the second: 1 straight, 2 triplets. `None` where there are too few pairs, and in
    /// compound meters.
    pub swing_ratio: Option<f32>,
    /// Weighted note-to-beat distance, 0 where every note is on a beat; `None` without beats.
    pub syncopation: Option<f32>,
}

impl Timing {
    /// `onsets` are all of the score.
    pub(crate) fn of(score: &Score<'_>, grid: &BeatGrid, onsets: &[Onset]) -> Self {
        let compound = grid.meter.is_some_and(is_compound);
        let (mut parts, mut syncopation) = (Parts::silent(), Syncopation::default());
        let (mut deviation_s, mut count) = (0.0, 0);
        for (onset, notes) in with_notes(onsets, score) {
            let Some(position) = onset.position else { continue };
            let (nearest, off) = written(position.fraction);
            let off_s = f64::from(off) * beat_length(grid, position.beat);
            deviation_s += off_s * f64::from(onset.notes);
            count += onset.notes;
            let place = place(position.beat, nearest);
            for note in notes {
                if let Some(weight) = parts.strike(note, place) {
                    syncopation.add(weight);
                }
            }
        }
        let exactness = Exactness::of(score, onsets);
        let enough = count as usize >= FEWEST_ONSETS;
        Self {
            is_quantized: exactness.is_quantized,
            has_played_part: exactness.by_hand,
            deviation_ms: enough.then(|| (deviation_s / f64::from(count) * 1e3) as f32),
            swing_ratio: if compound { None } else { swing_ratio(onsets) },
            syncopation: if enough { syncopation.mean(&parts) } else { None },
        }
    }
}

/// The nearest slot of notated onsets, and the fraction of the beat to it.
fn written(fraction: f32) -> (u32, f32) {
    let slot = fraction * SLOTS as f32;
    let nearest = WRITTEN[usize::from((4.0 * slot) as u8).min(WRITTEN.len() - 1)];
    ((nearest.into()), (slot - f32::from(nearest)).abs() / SLOTS as f32)
}

/// Seconds of a beat; beyond the last beat those of the last one.
fn beat_length(grid: &BeatGrid, beat: u32) -> f64 {
    let from = (beat as usize).min(grid.beats.len().saturating_sub(2));
    grid.beats.get(from..from + 2).map_or(0.0, |pair| pair[1].seconds - pair[0].seconds)
}
