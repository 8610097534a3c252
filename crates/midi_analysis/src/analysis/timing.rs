//! How notes sit on the beat: quantised or played, straight or swung, on the beat or against it.
//!
//! Whether notes are quantised is judged by their [`exactness`]. Everything else is measured on the beats of
//! the music, see [`beat_position`](crate::analysis::beat_position).

mod exactness;
mod swing;
mod syncopation;

use crate::analysis::beat_position::{BeatPosition, SLOTS};
use crate::analysis::rhythm::beat_unit::is_compound;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::model::score::Score;

use exactness::Exactness;
use swing::Swing;
use syncopation::Syncopation;

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
    /// `positions` are those of the notes.
    pub(crate) fn of(
        score: &Score<'_>,
        grid: &BeatGrid,
        positions: &[Option<BeatPosition>],
    ) -> Self {
        let compound = grid.meter.is_some_and(is_compound);
        let mut swing = Swing::default();
        let mut syncopation = Syncopation::new();
        let (mut deviation_s, mut placed) = (0.0, 0_u32);
        let (mut last, mut slot, mut off_s) = (None, 0, 0.0);
        for (note, position) in score.notes.iter().zip(positions) {
            let Some(position) = position else { continue };
            if last.replace(note.start) != Some(note.start) {
                let (nearest, off) = written(position.fraction);
                slot = position.beat.saturating_mul(SLOTS).saturating_add(nearest);
                off_s = f64::from(off) * beat_length(grid, position.beat);
                swing.add(position);
            }
            syncopation.add(note, slot);
            deviation_s += off_s;
            placed += 1;
        }
        let exactness = Exactness::of(score);
        let enough = placed as usize >= FEWEST_ONSETS;
        Self {
            is_quantized: exactness.is_quantized,
            has_played_part: exactness.by_hand,
            deviation_ms: enough.then(|| (deviation_s / f64::from(placed) * 1e3) as f32),
            swing_ratio: if compound { None } else { swing.ratio() },
            syncopation: if enough { syncopation.mean() } else { None },
        }
    }
}

/// The nearest slot of notated onsets, and the fraction of the beat to it.
fn written(fraction: f32) -> (u32, f32) {
    let slot = fraction * SLOTS as f32;
    let nearest = WRITTEN[((4.0 * slot) as i32 as usize).min(WRITTEN.len() - 1)];
    ((nearest.into()), (slot - f32::from(nearest)).abs() / SLOTS as f32)
}

/// Seconds of a beat; beyond the last beat those of the last one.
fn beat_length(grid: &BeatGrid, beat: u32) -> f64 {
    let from = (beat as usize).min(grid.beats.len().saturating_sub(2));
    grid.beats.get(from..from + 2).map_or(0.0, |pair| pair[1].seconds - pair[0].seconds)
}
