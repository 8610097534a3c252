//! Tempo and time in seconds, RT-1 to RT-15: of all notes, drums among them.

use crate::analysis::features::facts::meter::density_spread;
use crate::analysis::features::stats::root;
use crate::model::score::Score;
use crate::model::tempo_map::TempoSegment;

const DENSITY_WINDOW_S: f64 = 5.0;

pub(crate) struct Times {
    /// Quarter notes a minute: at the start, and over the piece's seconds.
    pub(crate) initial: f64,
    pub(crate) mean: f64,
    pub(crate) tempo_spread: f64,
    pub(crate) duration: f64,
    pub(crate) notes: f64,
    pub(crate) density_spread: f64,
}

impl Times {
    /// `end` is that of the piece.
    pub(crate) fn of(score: &Score<'_>, end: u32) -> Self {
        let duration = score.tempo.seconds(end);
        let segments = score.tempo.segments();
        let tempo = |segment: &TempoSegment| segment.bpm().unwrap_or(f64::NAN);
        let initial = tempo(&segments[0]);
        let (mut sum, mut squares) = (0.0, 0.0);
        let ends = segments[1..].iter().map(|next| next.seconds).chain([duration]);
        for (segment, until) in segments.iter().zip(ends) {
            let seconds = (until.min(duration) - segment.seconds).max(0.0);
            let faster = tempo(segment) - initial;
            sum += faster * seconds;
            squares += faster * faster * seconds;
        }
        let faster = sum / duration;
        let mut clock = score.tempo.clock();
        let windows =
            score.notes.iter().map(|note| (clock.seconds(note.start) / DENSITY_WINDOW_S) as u64);
        let whole = (duration / DENSITY_WINDOW_S) as u64;
        Self {
            initial,
            mean: initial + faster,
            tempo_spread: root(squares / duration - faster * faster),
            duration,
            notes: score.notes.len() as f64,
            density_spread: density_spread(windows, whole) / DENSITY_WINDOW_S,
        }
    }
}
