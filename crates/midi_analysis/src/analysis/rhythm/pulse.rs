//! The pulse of a piece: the declared grid where it is the music's, else a constant tempo or tracked beats.
//!
//! Whether it is the music's: [`declared_grid`](crate::analysis::rhythm::declared_grid).

use crate::analysis::rhythm::beats::{self, Tracking};
use crate::analysis::rhythm::candidates::{BINS_IN_OCTAVE, CANDIDATES, candidate_s};
use crate::analysis::rhythm::declared_grid::{DeclaredGrid, DeclaredOdds, SET_CONFIDENCE};
use crate::analysis::rhythm::grid::FEWEST_ONSETS;
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::steady::{steady_beats, steady_interval};
use crate::analysis::rhythm::tempo_confidence::{TempoEvidence, tempo_confidence};
use crate::analysis::rhythm::tempogram::{Tempogram, odds, shorter, tempogram};
use crate::error::{Error, check};
use crate::model::score::Score;

/// Confidence in a declared tempo where there is too little music to tell; set by hand.
const DEFAULT_CONFIDENCE: f32 = 0.5;
/// Faster beats, in seconds, that may be the beats where nothing divides them, and the share of the gaps between onsets
/// that may be shorter than two thirds of them; set by hand.
const FASTER_S: (f64, f64) = (0.28, 0.5);
const UNDIVIDED: f32 = 0.03;
/// Share of the onsets on eighth notes where beats may be dotted quarters.
const ON_EIGHTHS: f32 = 0.7;

/// The pulse of a piece.
#[derive(Clone, Debug)]
pub(crate) enum Pulse {
    /// Quarter notes of the declared grid.
    Declared,
    /// Beats of a constant tempo that is not the declared one.
    Steady(Tracking),
    /// Beats tracked through onsets that follow no grid.
    Tracked(Tracking),
    /// None: too little music.
    Unknown,
}

/// A pulse, and how likely it is that its tempo is that of the music.
#[derive(Clone, Debug)]
pub(crate) struct FoundPulse {
    pub(crate) pulse: Pulse,
    /// Probability, 0-1.
    pub(crate) confidence: f32,
}

impl Pulse {
    /// The beats and what is known of their bars, where they are estimated.
    pub(crate) fn tracking(&self) -> Option<&Tracking> {
        match self {
            Self::Steady(tracking) | Self::Tracked(tracking) => Some(tracking),
            Self::Declared | Self::Unknown => None,
        }
    }
}

impl FoundPulse {
    /// `quarter_s` are the seconds of a declared quarter note.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        onsets: &[Onset],
        quarter_s: f64,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let grid = DeclaredGrid::of(score, onsets, quarter_s);
        if grid.is_believed() {
            return Ok(Self { pulse: Pulse::Declared, confidence: SET_CONFIDENCE });
        }
        if onsets.len() < FEWEST_ONSETS {
            return Ok(match score.tempo.is_declared() {
                true => Self { pulse: Pulse::Declared, confidence: DEFAULT_CONFIDENCE },
                false => Self { pulse: Pulse::Unknown, confidence: 0.0 },
            });
        }
        check(interrupted)?;
        let levels = Levels::of(onsets);
        let likeliest_s = || steady_interval(onsets, levels.likeliest_s());
        let interval_s = grid.backbeat_s().or_else(likeliest_s);
        check(interrupted)?;
        let beats_at = |interval_s: Option<f64>| -> Result<_, Error> {
            let Some(interval_s) = interval_s else { return Ok(None) };
            let steady = steady_beats(onsets, interval_s)?;
            Ok(steady.filter(|steady| steady.beats.len() >= FEWEST_ONSETS / 2))
        };
        let other_s = interval_s.filter(|&interval_s| grid.may_be_worse(interval_s));
        let mut steady = beats_at(other_s)?;
        check(interrupted)?;
        let ticks = score.ticks_per_quarter().unwrap_or(1);
        let declared = levels.of_declared(onsets, ticks, quarter_s);
        if grid.is_meant(&declared, steady.as_ref(), onsets, ticks) {
            let share = grid.share(&declared);
            let confidence = levels.confidence(share, quarter_s, None, onsets);
            let confidence = grid.confidence(confidence, &declared);
            return Ok(Self { pulse: Pulse::Declared, confidence });
        }
        if other_s.is_none() {
            steady = beats_at(interval_s)?;
        }
        if let Some(steady) = steady {
            let share = levels.near(steady.interval_s);
            let confidence = levels.confidence(share, steady.interval_s, None, onsets);
            let tracking = beats::with_downbeats(steady.beats, onsets, interrupted)?;
            return Ok(Self { pulse: Pulse::Steady(tracking), confidence });
        }
        let tracking = beats::track(onsets, &levels.odds, interrupted)?;
        let beats = &tracking.beats;
        // Where most of what was taken for beats is too far apart, they are single onsets.
        let apart = beats::usual_interval(beats) > candidate_s(CANDIDATES as f64);
        if beats.len() < FEWEST_ONSETS / 2 || apart {
            return Ok(Self { pulse: Pulse::Unknown, confidence: 0.0 });
        }
        let beat_s = beats::usual_interval(beats);
        let steadiness = Some(beats::steadiness(beats));
        let confidence = levels.confidence(levels.near(beat_s), beat_s, steadiness, onsets);
        Ok(Self { pulse: Pulse::Tracked(tracking), confidence })
    }
}

/// How likely each candidate is the beat.
struct Levels {
    /// Their log-odds, relative to the likeliest, and their shares of the probability.
    odds: [f32; CANDIDATES],
    shares: [f32; CANDIDATES],
    tempogram: Tempogram,
}

impl Levels {
    fn of(onsets: &[Onset]) -> Self {
        let tempogram = tempogram(onsets);
        let odds = odds(&tempogram);
        let top = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let odds = odds.map(|odds| odds - top);
        let raised = odds.map(f32::exp);
        let sum: f32 = raised.iter().sum();
        Self { odds, shares: raised.map(|raised| raised / sum), tempogram }
    }

    fn likeliest_s(&self) -> f64 {
        let best = (0..CANDIDATES)
            .fold(0, |best, next| if self.shares[next] > self.shares[best] { next } else { best });
        candidate_s(best as f64)
    }

    /// Probability that the beat is about this interval: of the candidates next to it, and in part of those
    /// beyond them.
    fn near(&self, seconds: f64) -> f32 {
        let place = ((seconds / candidate_s(0.0)).log2() * BINS_IN_OCTAVE as f64) as f32;
        let shares = self.shares.iter().enumerate();
        shares
            .map(|(index, share)| share * (2.0 - (index as f32 - place).abs()).clamp(0.0, 1.0))
            .sum()
    }

    /// How likely a beat of this probability and interval is right.
    fn confidence(
        &self,
        share: f32,
        beat_s: f64,
        steadiness: Option<f32>,
        onsets: &[Onset],
    ) -> f32 {
        // Beats that nothing divides, or whose halves nothing divides: oom-pah, chords on the beat.
        let is_whole = |beat_s: f64| {
            (FASTER_S.0..=FASTER_S.1).contains(&beat_s)
                && shorter(&self.tempogram, beat_s * 2.0 / 3.0) < UNDIVIDED
        };
        let has_two_readings = is_whole(beat_s) || is_whole(0.5 * beat_s);
        tempo_confidence(TempoEvidence { share, steadiness, has_two_readings }, onsets)
    }

    fn of_declared(&self, onsets: &[Onset], ticks: u16, quarter_s: f64) -> DeclaredOdds {
        let dotted = if has_dotted_beats(onsets, ticks) { self.near(1.5 * quarter_s) } else { 0.0 };
        let own = self.near(quarter_s) + dotted;
        let octave = self.near(2.0 * quarter_s).max(self.near(0.5 * quarter_s));
        DeclaredOdds { own, octave, others: (1.0 - own - octave).max(0.0) }
    }
}

/// Whether onsets divide dotted quarters of the grid in three rather than in two.
fn has_dotted_beats(onsets: &[Onset], ticks: u16) -> bool {
    let eighth = f64::from(ticks) / 2.0;
    let mut on = [0_u32; 3];
    for onset in onsets {
        let eighths = f64::from(onset.tick) / eighth;
        let nearest = (eighths + 0.5).floor();
        if (eighths - nearest).abs() < 0.01 {
            on[(nearest as u64 % 3) as usize] += 1;
        }
    }
    let all: u32 = on.iter().sum();
    let inside = on[1] + on[2];
    all as f32 >= ON_EIGHTHS * onsets.len() as f32 && inside * 4 >= all
}
