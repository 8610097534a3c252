//! Whether notes are quantised or played by hand, by when they begin and by nothing else.
//!
//! Notes are quantised if their onsets, or the times between them (where a grace note has shifted all that
//! follows), are on the file's own grid of thirty-second notes and triplet sixteenths (after the metric
//! depths of GigaMIDI: Lee et al., "The GigaMIDI dataset", TISMIR 2025). Where they are not, the grid may be
//! another one, whose tempo changes from beat to beat: then successive intervals still have the ratios
//! of note values, to a millisecond, within each part. Hands deviate by ten milliseconds or more (Repp 1996),
//! so their intervals have them only by chance.

use crate::analysis::onsets::{Onset, with_notes};
use crate::model::note::CHANNELS;
use crate::model::score::Score;

/// Divisions of a quarter note that quantised notes are on.
const DIVISIONS: [f64; 2] = [8.0, 6.0];
/// Quarter notes by which an onset may deviate from the grid and still count as on it: rounding to ticks.
const EXACT_QUARTERS: f64 = 0.004;
/// Added to a number below 2^51 and subtracted again, it rounds the number to a whole one.
const TO_WHOLE: f64 = (1_u64 << 52) as f64 * 1.5;
/// Quarter notes within which onsets are those of a spread chord.
const CHORD_SPREAD_QUARTERS: f64 = 0.03;
/// Share of exact onsets or intervals from which music is quantised. None of 258 performances reaches
/// 0.13 on the grid or 0.25 in ratios, and none of 114 scores, with all their trills, is below 0.54; in short
/// recordings of drummers up to 0.43 of the onsets are on the grid by chance.
const QUANTIZED_SHARE: f64 = 0.45;
/// Share of exact ratios below which a part is played by hand.
const BY_HAND_SHARE: f64 = 0.25;
/// Share of onsets on the grid from which no part of weight is played by hand.
const ALL_QUANTIZED: f64 = 0.9;
/// Ratios of note values, those below 1 included by their inverse.
const RATIOS: [f64; 7] = [1.0, 2.0, 3.0, 1.5, 4.0, 4.0 / 3.0, 6.0];
/// Seconds by which each end of an interval may be rounded.
const ROUNDING_S: f64 = 0.0012;
/// Seconds by which two intervals of a ratio may miss it.
const ROUNDED_S: [f64; RATIOS.len()] = {
    let mut seconds = [0.0; RATIOS.len()];
    let mut ratio = 0;
    while ratio < seconds.len() {
        seconds[ratio] = ROUNDING_S * (1.0 + RATIOS[ratio]);
        ratio += 1;
    }
    seconds
};
/// Seconds of the intervals that are compared: shorter ones are chords and ornaments, longer ones rests.
const INTERVALS_S: std::ops::Range<f64> = 0.04..2.0;
/// Parts are told apart by a number below this, derived from track and channel: two that share one are judged as one.
const PARTS: usize = 256;
/// Fewest onsets from which timing is judged, and fewest pairs of intervals of a part.
const FEWEST_ONSETS: usize = 8;
const FEWEST_PAIRS: u32 = 16;

/// How the notes of a piece are timed.
pub(super) struct Exactness {
    /// Whether most notes are quantised; `None` with fewer than eight onsets, and in SMPTE time.
    pub(super) is_quantized: Option<bool>,
    /// Whether a part that is no drums is played by hand.
    pub(super) by_hand: bool,
}

impl Exactness {
    /// `onsets` are all of the score.
    pub(super) fn of(score: &Score<'_>, onsets: &[Onset]) -> Self {
        let enough = onsets.len() >= FEWEST_ONSETS;
        let Some(quarter) = score.ticks_per_quarter().filter(|_| enough) else {
            return Self { is_quantized: None, by_hand: false };
        };
        let share = on_grid(onsets, quarter.into()) as f64 / onsets.len() as f64;
        if share >= ALL_QUANTIZED {
            return Self { is_quantized: Some(true), by_hand: false };
        }
        let parts = parts(score, onsets);
        let (pairs, exact) = parts
            .iter()
            .fold((0, 0), |(pairs, exact), part| (pairs + part.pairs, exact + part.exact));
        let in_ratio = f64::from(exact) / f64::from(pairs.max(1));
        let is_quantized =
            share >= QUANTIZED_SHARE || pairs >= FEWEST_PAIRS && in_ratio >= QUANTIZED_SHARE;
        let may_be = |part: &Part| part.is_pitched() && !part.is_exact();
        let by_hand =
            parts.iter().any(Part::is_by_hand) || !is_quantized && parts.iter().any(may_be);
        Self { is_quantized: Some(is_quantized), by_hand }
    }
}

/// How many of the onsets, or of the intervals between them, are on the grid.
fn on_grid(onsets: &[Onset], quarter: f64) -> usize {
    let steps_per_tick = DIVISIONS.map(|division| division / quarter);
    let exact = |ticks: u32| {
        // Both at once, without a branch.
        let steps = steps_per_tick.map(|scale| f64::from(ticks) * scale);
        let off = steps.map(|steps| (steps - (steps + TO_WHOLE - TO_WHOLE)).abs());
        off[0] <= EXACT_QUARTERS * DIVISIONS[0] || off[1] <= EXACT_QUARTERS * DIVISIONS[1]
    };
    let on_grid = onsets.iter().filter(|onset| exact(onset.tick)).count();
    if on_grid as f64 >= ALL_QUANTIZED * onsets.len() as f64 {
        return on_grid;
    }
    let spread = (CHORD_SPREAD_QUARTERS * quarter) as u32;
    let intervals = onsets.windows(2).map(|pair| pair[1].tick - pair[0].tick);
    on_grid.max(intervals.filter(|&interval| interval > spread && exact(interval)).count())
}

/// The intervals of a part: a track and channel.
#[derive(Clone, Copy)]
struct Part {
    /// Second of the last onset; negative before the first.
    onset_s: f64,
    /// Seconds before it; 0 where they do not count.
    interval_s: f64,
    /// Pairs of successive intervals, and those whose ratio is one of note values.
    pairs: u32,
    exact: u32,
    is_drums: bool,
}

impl Part {
    fn strike(&mut self, onset_s: f64) {
        let interval = onset_s - self.onset_s;
        if self.onset_s >= 0.0 && interval < INTERVALS_S.start {
            // A chord or an ornament, which begins with its first note.
            return;
        }
        let counts = self.onset_s >= 0.0 && interval < INTERVALS_S.end;
        let before = std::mem::replace(&mut self.interval_s, if counts { interval } else { 0.0 });
        self.onset_s = onset_s;
        if counts && before > 0.0 {
            let (short, long) =
                if before < interval { (before, interval) } else { (interval, before) };
            // Without branches, so that the ratios are compared side by side.
            let is_exact = std::iter::zip(&RATIOS, &ROUNDED_S)
                .fold(false, |any, (ratio, most)| any | ((long - ratio * short).abs() <= *most));
            self.pairs += 1;
            self.exact += u32::from(is_exact);
        }
    }

    fn is_pitched(&self) -> bool {
        self.onset_s >= 0.0 && !self.is_drums
    }

    fn exact_share(&self) -> f64 {
        f64::from(self.exact) / f64::from(self.pairs.max(1))
    }

    fn is_exact(&self) -> bool {
        self.pairs >= FEWEST_PAIRS && self.exact_share() >= QUANTIZED_SHARE
    }

    fn is_by_hand(&self) -> bool {
        self.is_pitched() && self.pairs >= FEWEST_PAIRS && self.exact_share() < BY_HAND_SHARE
    }
}

fn parts(score: &Score<'_>, onsets: &[Onset]) -> Vec<Part> {
    let silent = Part { onset_s: -1.0, interval_s: 0.0, pairs: 0, exact: 0, is_drums: false };
    let mut parts = vec![silent; PARTS];
    let mut clock = score.tempo.clock();
    for (onset, notes) in with_notes(onsets, score) {
        let seconds = clock.seconds(onset.tick);
        for note in notes {
            let index = usize::from(note.track) * CHANNELS + usize::from(note.channel);
            let part = &mut parts[index % PARTS];
            part.is_drums |= note.is_drum();
            part.strike(seconds);
        }
    }
    parts
}
