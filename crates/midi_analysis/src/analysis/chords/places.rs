//! Where segments begin between beats.

use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};

/// A segment this close to a beat begins with it, as beats are matched in evaluations (Dixon 2001).
const ON_BEAT_S: f64 = 0.07;
/// One that begins at this distance from a half of a beat, in beats, begins with the half.
const ON_HALF: f64 = 0.12;

/// Where ascending moments lie between beats.
pub(super) struct Places<'a> {
    beats: &'a [GridBeat],
    /// The first beat that is later than the last moment, and than what counts as on it.
    next: usize,
    in_four: bool,
}

impl<'a> Places<'a> {
    /// For a piece with these beats.
    pub(super) fn new(grid: &'a BeatGrid) -> Self {
        let in_four = grid.meter.is_some_and(|meter| meter.numerator == 4);
        Self { beats: &grid.beats, next: 0, in_four }
    }

    /// The beat with which the bar of the last moment began.
    pub(super) fn bar(&self) -> Option<usize> {
        let beat = self.next.checked_sub(1)?;
        beat.checked_sub(usize::from(self.beats[beat].beat_in_bar).checked_sub(1)?)
    }

    /// The last five of the [terms](super::terms::Terms::change) of a change.
    pub(super) fn place(&mut self, seconds: f64) -> [f32; 5] {
        let beats = self.beats;
        while beats.get(self.next).is_some_and(|beat| beat.seconds <= seconds + ON_BEAT_S) {
            self.next += 1;
        }
        let Some(beat) = self.next.checked_sub(1).map(|index| &beats[index]) else {
            return [0.0; 5];
        };
        let since_s = seconds - beat.seconds;
        let on_beat = since_s < ON_BEAT_S;
        let half = beats.get(self.next).is_some_and(|next| {
            let share = since_s / (next.seconds - beat.seconds);
            !on_beat && (share - 0.5).abs() < ON_HALF
        });
        [
            on_beat,
            on_beat && beat.is_downbeat(),
            on_beat && self.in_four && beat.beat_in_bar == 3,
            half,
            true,
        ]
        .map(f32::from)
    }
}
