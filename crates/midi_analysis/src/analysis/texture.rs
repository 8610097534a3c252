//! How thick, how busy and how loud the music is.
//!
//! Polyphony is that of MusPy (Dong et al. 2020): notes that sound together, averaged over the
//! time in which any sounds. It is measured over pitched notes, as the length of a drum note has no
//! meaning.

use crate::analysis::pitch::Moments;
use crate::analysis::tally::Tally;
use crate::model::score::Score;

/// Polyphony, density and velocity of a piece.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Texture {
    /// Most pitched notes at once; `None` where all notes are drums.
    pub polyphony_max: Option<u32>,
    /// Mean number of pitched notes at once, over the ticks in which any sounds.
    pub polyphony_mean: Option<f32>,
    /// Notes a second, drums among them, from the start of the piece to the end of its last note.
    pub note_density: f32,
    /// Lowest velocity, 1-127, of all notes, drums among them.
    pub velocity_min: u8,
    /// Highest velocity, 1-127.
    pub velocity_max: u8,
    /// Mean velocity.
    pub velocity_mean: f32,
    /// Population standard deviation of velocity.
    pub velocity_stddev: f32,
}

/// Least length of a piece for its density: a single note is not a million notes a second.
const SHORTEST_S: f64 = 1.0;

impl Texture {
    pub(crate) fn of(score: &Score<'_>, tally: &Tally, duration_s: f64) -> Self {
        let velocity = Moments::of(&tally.velocities);
        let bound = |found: Option<usize>| found.unwrap_or(0) as u8;
        let pitched = tally.polyphony_max > 0;
        let mean = tally.sounding_ticks as f64 / tally.covered_ticks.max(1) as f64;
        Self {
            polyphony_max: pitched.then_some(tally.polyphony_max),
            polyphony_mean: pitched.then_some(mean as f32),
            note_density: (score.notes.len() as f64 / duration_s.max(SHORTEST_S)) as f32,
            velocity_min: bound(tally.velocities.iter().position(|&count| count > 0)),
            velocity_max: bound(tally.velocities.iter().rposition(|&count| count > 0)),
            velocity_mean: velocity.mean as f32,
            velocity_stddev: velocity.stddev as f32,
        }
    }
}
