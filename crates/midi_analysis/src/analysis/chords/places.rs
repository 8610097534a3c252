//! Where segments begin between beats.

use super::evidence::Segment;
use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};
use crate::room::{self, NoRoom};

/// A segment this close to a beat begins with it, as beats are matched in evaluations (Dixon 2001).
const ON_BEAT_S: f64 = 0.07;
/// One that begins at this distance from a half of a beat, in beats, begins with the half.
const ON_HALF: f64 = 0.12;

/// Where a segment begins.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The beat with which its bar began.
    pub(super) bar: Option<u32>,
    /// Whether it is on a beat, on the first of a bar, on the third of a bar of four, half-way between beats, and
    /// whether beats are known: a bit each, the first in the lowest.
    is: u8,
}

impl Place {
    /// Before the first beat, or without any.
    const UNKNOWN: Self = Self { bar: None, is: 0 };

    /// Whether it is on a beat.
    pub(super) fn is_on_beat(&self) -> bool {
        self.is & 1 != 0
    }

    /// The last five of the [terms](super::terms::Terms::change) of a change.
    pub(super) fn terms(&self) -> &'static [f32; 5] {
        &TERMS[usize::from(self.is) % TERMS.len()]
    }
}

/// By what a place is.
static TERMS: [[f32; 5]; 32] = {
    let mut terms = [[0.0; 5]; 32];
    let mut index = 0;
    while index < 5 * 32 {
        let (is, bit) = (index / 5, index % 5);
        terms[is][bit] = ((is >> bit) & 1) as f32;
        index += 1;
    }
    terms
};

/// The places of segments, which are ascending, in a piece with these beats.
///
/// # Errors
/// Out of memory.
pub(super) fn places(segments: &[Segment], grid: &BeatGrid) -> Result<Vec<Place>, NoRoom> {
    let in_four = grid.meter.is_some_and(|meter| meter.numerator == 4);
    let mut places = room::list(segments.len())?;
    let mut next = 0;
    for segment in segments {
        let seconds = segment.start_s;
        while grid.beats.get(next).is_some_and(|beat| beat.seconds <= seconds + ON_BEAT_S) {
            next += 1;
        }
        places.push(match next.checked_sub(1) {
            Some(beat) => place(seconds, &grid.beats, beat, in_four),
            None => Place::UNKNOWN,
        });
    }
    Ok(places)
}

/// The place of a moment after the beat with this index and before the next.
fn place(seconds: f64, beats: &[GridBeat], index: usize, in_four: bool) -> Place {
    let beat = &beats[index];
    let since_s = seconds - beat.seconds;
    let on_beat = since_s < ON_BEAT_S;
    let half = !on_beat
        && beats.get(index + 1).is_some_and(|next| {
            let share = since_s / (next.seconds - beat.seconds);
            (share - 0.5).abs() < ON_HALF
        });
    let first = on_beat & beat.is_downbeat();
    let third = on_beat & in_four & (beat.beat_in_bar == 3);
    let is = u8::from(on_beat)
        | (u8::from(first) << 1)
        | (u8::from(third) << 2)
        | (u8::from(half) << 3)
        | (1 << 4);
    let bar = u32::from(beat.beat_in_bar).checked_sub(1);
    Place { bar: bar.and_then(|beats| (index as u32).checked_sub(beats)), is }
}
