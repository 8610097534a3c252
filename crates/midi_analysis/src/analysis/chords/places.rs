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
    pub(super) bar: Option<usize>,
    /// The last five of the [terms](super::terms::Terms::change) of a change.
    pub(super) terms: [f32; 5],
}

impl Place {
    /// Before the first beat, or without any.
    const UNKNOWN: Self = Self { bar: None, terms: [0.0; 5] };

    /// Whether it begins with a beat.
    pub(super) fn is_on_beat(&self) -> bool {
        self.terms[0] > 0.0
    }
}

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
    let bar = usize::from(beat.beat_in_bar).checked_sub(1);
    let terms = [
        on_beat,
        on_beat && beat.is_downbeat(),
        on_beat && in_four && beat.beat_in_bar == 3,
        half,
        true,
    ];
    Place { bar: bar.and_then(|beats| index.checked_sub(beats)), terms: terms.map(f32::from) }
}
