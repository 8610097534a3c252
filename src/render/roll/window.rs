//! What of a piece the picture shows, and where a second of it is.

use midi_analysis::{Error, Piece};

use super::view::View;

/// Pixels left of the notes, for the names of notes and drums, and right of them.
const MARGIN_LEFT: f64 = 104.0;
const MARGIN_RIGHT: f64 = 8.0;
/// The shortest span of time that is drawn, in seconds.
const SHORTEST: f64 = 0.05;

/// Bars that were asked for, of a piece that does not have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchBars {
    /// The number of the last bar; `None` where no bars are known.
    pub(crate) last: Option<u32>,
}

/// The span of time that is shown, and its place.
pub(super) struct Window {
    /// Second of its start.
    pub(super) start_s: f64,
    /// Second of its end.
    pub(super) end_s: f64,
    /// Its first and last bar, where bars are known.
    pub(super) bars: Option<(u32, u32)>,
    /// Beats in it.
    pub(super) beats: u32,
    /// Pixels of the whole picture.
    pub(super) width: u16,
    /// The pixel at which it starts.
    pub(super) left: f64,
    /// The pixel at which it ends.
    pub(super) right: f64,
}

impl Window {
    /// # Errors
    /// Those of the methods of the piece; inside, that it does not have the bars.
    pub(super) fn of(piece: &Piece<'_>, view: &View) -> Result<Result<Self, NoSuchBars>, Error> {
        let mut first_s = f64::INFINITY;
        let mut last_s: f64 = 0.0;
        for track in piece.tracks()? {
            first_s = track.first_s.map_or(first_s, |second| first_s.min(second));
            last_s = track.last_s.map_or(last_s, |second| last_s.max(second));
        }
        let (mut start_s, mut end_s) = (first_s.min(last_s), last_s);
        let mut last_bar = None;
        for beat in piece.interruptible(piece.beats()?) {
            let beat = beat?;
            last_bar = Some(beat.bar);
            if beat.is_downbeat {
                match view.from_bar {
                    // A bar line may be a breath after the first note of its bar.
                    None if beat.start_s <= first_s + SHORTEST => {
                        start_s = beat.start_s.min(first_s)
                    }
                    Some(from) if beat.bar == from => start_s = beat.start_s,
                    _ => {}
                }
                if view.to_bar.is_some_and(|to| u64::from(beat.bar) == u64::from(to) + 1) {
                    end_s = beat.start_s;
                }
            }
        }
        let asked = [view.from_bar, view.to_bar].into_iter().flatten();
        let known = |bar: u32| bar > 0 && last_bar.is_some_and(|last| bar <= last);
        let in_order = !matches!((view.from_bar, view.to_bar), (Some(from), Some(to)) if from > to);
        if !asked.into_iter().all(known) || !in_order {
            return Ok(Err(NoSuchBars { last: last_bar.filter(|&last| last > 0) }));
        }
        if view.from_bar.is_none() && end_s <= start_s {
            // The bars that are asked for are silent ones before the first note.
            start_s = 0.0;
        }
        let end_s = end_s.max(start_s + SHORTEST);
        let (left, right) = (MARGIN_LEFT, f64::from(view.width) - MARGIN_RIGHT);
        let window = Self { start_s, end_s, bars: None, beats: 0, width: view.width, left, right };
        window.with_beats(piece).map(Ok)
    }

    /// The same, with the bars and the number of the beats that are in it.
    fn with_beats(mut self, piece: &Piece<'_>) -> Result<Self, Error> {
        for beat in piece.interruptible(piece.beats()?) {
            let beat = beat?;
            if (self.start_s..self.end_s).contains(&beat.start_s) {
                self.beats += 1;
                self.bars = Some((self.bars.map_or(beat.bar, |(first, _)| first), beat.bar));
            }
        }
        Ok(self)
    }

    /// The pixel of a second.
    pub(super) fn x(&self, second: f64) -> f64 {
        self.left + self.share(second) * (self.right - self.left)
    }

    /// Where a second is in the window: 0 at its start, 1 at its end and after it.
    pub(super) fn share(&self, second: f64) -> f64 {
        ((second - self.start_s) / (self.end_s - self.start_s)).clamp(0.0, 1.0)
    }

    /// Whether something of a span of time is in it.
    pub(super) fn shows(&self, start_s: f64, end_s: f64) -> bool {
        start_s < self.end_s && (end_s > self.start_s || start_s >= self.start_s)
    }

    /// The number of its bars.
    pub(super) fn bar_count(&self) -> u32 {
        self.bars.map_or(0, |(first, last)| last.saturating_sub(first).saturating_add(1))
    }

    /// The least power of two of bars of which each has so many pixels.
    pub(super) fn bars_with_room(&self, pixels: f64) -> u32 {
        let most = (self.right - self.left) / pixels;
        (f64::from(self.bar_count()) / most).ceil().max(1.0).min(f64::from(1 << 30)) as u32
    }

    /// What is shown, in words.
    pub(super) fn title(&self, voices: usize) -> String {
        let what = match self.bars {
            Some((first, last)) => format!("bars {first} to {last}"),
            None => format!("{:.1} to {:.1} s", self.start_s, self.end_s),
        };
        format!("Piano roll, {what}, {voices} {}", if voices == 1 { "voice" } else { "voices" })
    }
}
