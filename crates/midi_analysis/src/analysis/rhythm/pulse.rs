//! The pulse of a piece: the declared grid where it is the music's, else a constant tempo or tracked beats.
//!
//! That onsets are on the declared grid shows little where its tempo is the default of most programs: music
//! in exact seconds at 60, 80, 90 or 150 beats a minute is on the grid of 120, or on its triplets. There the
//! grid is believed only if the intervals suggest its beat, or nearly so
//! ([`tempogram`](crate::analysis::rhythm::tempogram)), and no other constant tempo fits the onsets better. Meters
//! and keys that somebody has set show that the bars are meant.

use crate::analysis::rhythm::beats::{self, Tracking};
use crate::analysis::rhythm::candidates::{BINS_IN_OCTAVE, CANDIDATES, candidate_s};
use crate::analysis::rhythm::declared_meter::is_notated;
use crate::analysis::rhythm::grid::{FEWEST_TO_CONTRADICT, Fit};
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::steady::{lock, steady_beats};
use crate::analysis::rhythm::tempo_confidence::{TempoEvidence, tempo_confidence};
use crate::analysis::rhythm::tempogram::{Tempogram, odds, shorter, tempogram};
use crate::error::{Error, check};
use crate::model::score::Score;

/// Fewest onsets from which a pulse is estimated.
pub(crate) const FEWEST_ONSETS: usize = 8;
/// Share of measured files whose declared tempo is right where it was set and onsets follow it.
const SET_CONFIDENCE: f32 = 0.95;
/// The same where they follow it loosely, at least.
const DOUBTED_CONFIDENCE: f32 = 0.8;
/// The same where it is a default and there is too little music to tell; set by hand.
const DEFAULT_CONFIDENCE: f32 = 0.5;
/// The same where the intervals hardly suggest its beat, and the probability of the beat below which they do; set by
/// hand.
const HARDLY_CONFIDENCE: f32 = 0.6;
const HARDLY: f32 = 0.1;
/// Faster beats, in seconds, that may be the beats where nothing divides them, and the share of the gaps between onsets
/// that may be shorter than two thirds of them; set by hand.
const FASTER_S: (f64, f64) = (0.28, 0.5);
const UNDIVIDED: f32 = 0.03;
/// Share of the probability of half or double the declared beat, and of any other, that the declared one needs.
/// Folk tunes in eighths have down to a fourth of the first; music at another tempo has seldom more than a sixth.
const OVER_OCTAVE: f32 = 0.17;
const OVER_OTHERS: f32 = 0.35;
/// Resultant length by which another constant tempo has to fit better, and how often what few onsets have by
/// chance (the square root of their number's reciprocal).
const BETTER_LOCK: f32 = 0.1;
const BY_CHANCE: f32 = 2.0;
/// Resultant length that another tempo needs where one is set: that of notes that no hand has played.
const EXACT_LOCK: f32 = 0.92;
/// The same where the onsets drift away from the set one; set by hand.
const DRIFTING_LOCK: f32 = 0.7;
/// How far the intervals of one tempo are at most from each other or such multiples, and from other multiples, which a
/// tempo that is not the music's is near by chance.
const SAME_TEMPO: f64 = 0.01;
const OCTAVES: [f64; 5] = [1.0, 2.0, 0.5, 4.0, 0.25];
const SAME_GRID: f64 = 0.002;
const OTHER_MULTIPLES: [f64; 7] = [3.0, 1.0 / 3.0, 1.5, 2.0 / 3.0, 0.75, 4.0 / 3.0, 6.0];
/// Share of the probabilities above that is enough in a piece too short to contradict what it declares.
const IN_SHORT_PIECE: f32 = 0.3;
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
        let is_set = score.tempo.is_declared() && !score.tempo.is_only_default();
        let enough = onsets.len() >= FEWEST_ONSETS;
        let ticks = score.ticks_per_quarter();
        let fit = ticks.filter(|_| enough).map(|ticks| Fit::of(onsets, ticks));
        let follows = fit.is_some_and(|fit| fit.follows(onsets.len(), !is_set));
        let drifts = fit.is_some_and(Fit::drifts);
        if is_set && fit.map_or(ticks.is_some(), Fit::is_close) {
            return Ok(Self { pulse: Pulse::Declared, confidence: SET_CONFIDENCE });
        }
        if !enough {
            return Ok(match score.tempo.is_declared() {
                true => Self { pulse: Pulse::Declared, confidence: DEFAULT_CONFIDENCE },
                false => Self { pulse: Pulse::Unknown, confidence: 0.0 },
            });
        }
        check(interrupted)?;
        let levels = Levels::of(onsets);
        let steady = steady_beats(onsets, levels.likeliest_s())?
            .filter(|steady| steady.beats.len() >= FEWEST_ONSETS / 2);
        check(interrupted)?;
        let fits_better = steady.as_ref().is_some_and(|steady| {
            let quarters = f64::from(ticks.unwrap_or(1)).recip();
            let own = || lock(onsets.iter().map(|onset| f64::from(onset.tick) * quarters)).length;
            let by_chance = BY_CHANCE * (onsets.len() as f32).sqrt().recip();
            !same_tempo(steady.interval_s, quarter_s)
                && steady.lock > least_lock(is_set, drifts)
                && steady.lock > own() + BETTER_LOCK + by_chance
        });
        let declared = levels.of_declared(onsets, ticks.unwrap_or(1), quarter_s);
        let is_short = score.tempo.is_declared() && onsets.len() < FEWEST_TO_CONTRADICT;
        let need = if is_short { IN_SHORT_PIECE } else { 1.0 };
        let is_meant = match is_set {
            true => follows || is_short,
            false => follows && (is_notated(score) || declared.is_likely(need)),
        };
        if is_meant && !fits_better {
            let confidence = levels.confidence(declared.own, quarter_s, None, onsets);
            let least = if is_set && !drifts { declared.confidence_if_set() } else { 0.0 };
            let confidence = confidence.max(least);
            return Ok(Self { pulse: Pulse::Declared, confidence });
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
        let apart = beats::median_interval(beats) > candidate_s(CANDIDATES as f64);
        if beats.len() < FEWEST_ONSETS / 2 || apart {
            return Ok(Self { pulse: Pulse::Unknown, confidence: 0.0 });
        }
        let beat_s = beats::median_interval(beats);
        let steadiness = Some(beats::steadiness(beats));
        let confidence = levels.confidence(levels.near(beat_s), beat_s, steadiness, onsets);
        Ok(Self { pulse: Pulse::Tracked(tracking), confidence })
    }
}

/// Resultant length that another tempo needs at least.
const fn least_lock(is_set: bool, drifts: bool) -> f32 {
    match (is_set, drifts) {
        (false, _) => 0.0,
        (true, true) => DRIFTING_LOCK,
        (true, false) => EXACT_LOCK,
    }
}

/// Whether two intervals are of one tempo: one is a multiple or a part of the other.
fn same_tempo(one_s: f64, other_s: f64) -> bool {
    let near = |ratios: &[f64], most: f64| {
        ratios.iter().any(|ratio| (one_s / (other_s * ratio) - 1.0).abs() < most)
    };
    near(&OCTAVES, SAME_TEMPO) || near(&OTHER_MULTIPLES, SAME_GRID)
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

    fn of_declared(&self, onsets: &[Onset], ticks: u16, quarter_s: f64) -> Declared {
        let dotted = if has_dotted_beats(onsets, ticks) { self.near(1.5 * quarter_s) } else { 0.0 };
        let own = self.near(quarter_s) + dotted;
        let octave = self.near(2.0 * quarter_s).max(self.near(0.5 * quarter_s));
        Declared { own, octave, others: (1.0 - own - octave).max(0.0) }
    }
}

/// How likely the beats of the declared grid are.
struct Declared {
    /// Probability of quarter notes, or dotted ones; of half or double them, and of the rest.
    own: f32,
    octave: f32,
    others: f32,
}

impl Declared {
    /// Least confidence in a tempo that is set and that the onsets follow loosely.
    const fn confidence_if_set(&self) -> f32 {
        if self.own < HARDLY { HARDLY_CONFIDENCE } else { DOUBTED_CONFIDENCE }
    }

    /// Whether the grid is to be believed; `need` is a share of the probability that it usually needs.
    fn is_likely(&self, need: f32) -> bool {
        self.own >= need * (OVER_OCTAVE * self.octave).max(OVER_OTHERS * self.others)
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
