//! Whether the declared grid is the music's.
//!
//! That onsets are on it shows little where its tempo is the default of most programs: music in exact seconds at
//! 60, 80, 90 or 150 beats a minute is on the grid of 120, or on its triplets. There the grid is believed only if
//! the intervals suggest its beat, or nearly so ([`tempogram`](crate::analysis::rhythm::tempogram)), and no other
//! constant tempo fits the onsets better. Meters and keys that somebody has set show that the bars are meant.
//!
//! A tempo that somebody has set is believed where the onsets follow it, unless they are on the grid of another one
//! in simple proportion; and of a tempo that hardly anybody sets, half or double may be meant. The intervals decide,
//! or kick and snare ([`backbeat`](crate::analysis::rhythm::backbeat)).

use crate::analysis::rhythm::backbeat::Backbeat;
use crate::analysis::rhythm::declared_meter::is_notated;
use crate::analysis::rhythm::grid::{FEWEST_ONSETS, FEWEST_TO_CONTRADICT, Fit};
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::steady::{SteadyBeats, lock};
use crate::model::score::Score;

/// Share of measured files whose declared tempo is right where it was set and onsets follow it.
pub(super) const SET_CONFIDENCE: f32 = 0.95;
/// The same where they follow it loosely, at least.
const DOUBTED_CONFIDENCE: f32 = 0.8;
/// The same where the intervals hardly suggest its beat, or drums suggest half or double of it, and the probability of
/// the beat below which the intervals hardly do; set by hand.
const HARDLY_CONFIDENCE: f32 = 0.6;
const HARDLY: f32 = 0.1;
/// Share of the probability of half or double the declared beat, and of any other, that the declared one needs.
/// Folk tunes in eighths have down to a fourth of the first; music at another tempo has seldom more than a sixth.
const OVER_OCTAVE: f32 = 0.17;
const OVER_OTHERS: f32 = 0.35;
/// The same of a set tempo of which half or double may be meant: of measured sets one in twenty is that at most.
const IF_SET: f32 = 0.05;
/// Seconds of quarter notes between which nearly all tempos are that somebody sets.
const USUALLY_SET_S: (f64, f64) = (0.3, 1.3);
/// Seconds of quarter notes below which they may be halves of beats if nothing divides them.
const FAST_S: f64 = 0.55;
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

/// How a tempo comes to be declared.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// It is the default of most programs, which nobody need have chosen.
    Default,
    /// The same, in a file whose bars or keys somebody has set.
    Notated,
    /// Somebody has set it.
    Set,
    /// The same, but the onsets are on the grid of another one.
    SetElsewhere,
    /// The same, but half or double may be meant.
    SetOctave,
    /// The same, by kick and snare.
    SetBackbeat(Backbeat),
}

/// The declared grid, and how the onsets are placed on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeclaredGrid {
    origin: Origin,
    /// `None` where there are too few onsets, or no quarter notes.
    fit: Option<Fit>,
    /// Whether the onsets follow it, as far as there are enough.
    follows: bool,
    is_declared: bool,
    quarter_s: f64,
}

impl DeclaredGrid {
    /// `quarter_s` are the seconds of a declared quarter note.
    pub(super) fn of(score: &Score<'_>, onsets: &[Onset], quarter_s: f64) -> Self {
        let is_declared = score.tempo.is_declared();
        let is_set = is_declared && !score.tempo.is_only_default();
        let enough = onsets.len() >= FEWEST_ONSETS;
        let ticks = score.ticks_per_quarter();
        let fit = ticks.filter(|_| enough).map(|ticks| Fit::of(onsets, ticks));
        let may_be_octave = fit.is_some_and(|fit| may_be_octave(fit, quarter_s));
        let backbeat = || Backbeat::of(onsets, ticks?, quarter_s);
        let backbeat = if enough && is_set { backbeat() } else { None };
        let origin = match (is_set, is_notated(score)) {
            (false, false) => Origin::Default,
            (false, true) => Origin::Notated,
            (true, _) if fit.is_some_and(Fit::is_elsewhere) => Origin::SetElsewhere,
            (true, notated) => match backbeat {
                Some(backbeat) => Origin::SetBackbeat(backbeat),
                None if may_be_octave && !notated => Origin::SetOctave,
                None => Origin::Set,
            },
        };
        let follows = match fit {
            Some(fit) => fit.follows(onsets.len(), !is_set),
            None => is_set && ticks.is_some(),
        };
        Self { origin, fit, follows, is_declared, quarter_s }
    }

    const fn is_set(&self) -> bool {
        !matches!(self.origin, Origin::Default | Origin::Notated)
    }

    fn drifts(&self) -> bool {
        self.fit.is_some_and(Fit::drifts)
    }

    /// Whether nothing speaks against its tempo, so that the beat need not be estimated.
    pub(super) fn is_believed(&self) -> bool {
        self.origin == Origin::Set && self.follows && self.fit.is_none_or(Fit::is_close)
    }

    /// Seconds of the beats of kick and snare that are half or double its own.
    pub(super) fn backbeat_s(&self) -> Option<f64> {
        match self.origin {
            Origin::SetBackbeat(backbeat) => Some(backbeat.quarters * self.quarter_s),
            _ => None,
        }
    }

    /// Whether beats at a constant interval may show that it is not the music's.
    pub(super) fn may_be_worse(&self, interval_s: f64) -> bool {
        let may_be_octave = matches!(self.origin, Origin::SetOctave | Origin::SetBackbeat(_));
        may_be_octave || !same_tempo(interval_s, self.quarter_s)
    }

    /// Whether it is the music's, given what the intervals suggest and the constant tempo that they do; `ticks` are
    /// those of a quarter note.
    pub(super) fn is_meant(
        &self,
        declared: &DeclaredOdds,
        steady: Option<&SteadyBeats>,
        onsets: &[Onset],
        ticks: u16,
    ) -> bool {
        let is_short = self.is_declared && onsets.len() < FEWEST_TO_CONTRADICT;
        let need = if is_short { IN_SHORT_PIECE } else { 1.0 };
        let is_likely = match self.origin {
            Origin::Default | Origin::SetElsewhere => declared.is_likely(need),
            Origin::SetOctave => {
                let is_octave = |steady| self.is_octave(steady);
                !(steady.is_some_and(is_octave) && declared.is_clearly_octave())
            }
            Origin::SetBackbeat(backbeat) => {
                !(steady.is_some() && (backbeat.is_clear || declared.is_clearly_octave()))
            }
            Origin::Set | Origin::Notated => true,
        };
        (self.follows || is_short)
            && is_likely
            && !steady.is_some_and(|steady| self.is_worse(steady, onsets, ticks))
    }

    /// Whether a constant tempo is half or double its tempo.
    fn is_octave(&self, steady: &SteadyBeats) -> bool {
        let ratio = steady.interval_s / self.quarter_s;
        [2.0, 0.5].iter().any(|octave| (ratio / octave - 1.0).abs() < SAME_TEMPO)
    }

    /// Whether a constant tempo fits the onsets better.
    fn is_worse(&self, steady: &SteadyBeats, onsets: &[Onset], ticks: u16) -> bool {
        let quarters = f64::from(ticks).recip();
        let own = || lock(onsets.iter().map(|onset| f64::from(onset.tick) * quarters)).length;
        let by_chance = BY_CHANCE * (onsets.len() as f32).sqrt().recip();
        let least = match (self.is_set(), self.drifts()) {
            (false, _) => 0.0,
            (true, true) => DRIFTING_LOCK,
            (true, false) => EXACT_LOCK,
        };
        !same_tempo(steady.interval_s, self.quarter_s)
            && steady.lock > least
            && steady.lock > own() + BETTER_LOCK + by_chance
    }

    /// Probability of its beat.
    pub(super) fn share(&self, declared: &DeclaredOdds) -> f32 {
        match self.origin {
            Origin::Default | Origin::Notated | Origin::SetElsewhere => declared.own,
            _ if self.drifts() => declared.own,
            Origin::Set | Origin::SetOctave | Origin::SetBackbeat(_) => declared.own_if_set(),
        }
    }

    /// Confidence in its tempo, where it is the music's, given the one by the intervals alone.
    pub(super) fn confidence(&self, by_intervals: f32, declared: &DeclaredOdds) -> f32 {
        match self.origin {
            Origin::Set if self.drifts() => by_intervals,
            Origin::Set if declared.own < HARDLY => by_intervals.max(HARDLY_CONFIDENCE),
            Origin::Set => by_intervals.max(DOUBTED_CONFIDENCE),
            Origin::SetBackbeat(_) => by_intervals.min(HARDLY_CONFIDENCE),
            _ => by_intervals,
        }
    }
}

/// How likely the beats of the declared grid are by the intervals.
pub(super) struct DeclaredOdds {
    /// Probability of quarter notes, or dotted ones; of half or double them, and of the rest.
    pub(super) own: f32,
    pub(super) octave: f32,
    pub(super) others: f32,
}

impl DeclaredOdds {
    /// Probability of its beat where its tempo is set.
    fn own_if_set(&self) -> f32 {
        self.own / (self.own + IF_SET * (1.0 - self.own))
    }

    /// Whether half or double a set tempo is so much likelier that it is the tempo.
    fn is_clearly_octave(&self) -> bool {
        self.own < IF_SET * self.octave
    }

    /// Whether the grid is to be believed; `need` is a share of the probability that it usually needs.
    fn is_likely(&self, need: f32) -> bool {
        self.own >= need * (OVER_OCTAVE * self.octave).max(OVER_OTHERS * self.others)
    }
}

/// Whether half or double a set tempo may be that of the music: few set one so slow or so fast, or nothing divides what
/// would be fast beats.
fn may_be_octave(fit: Fit, quarter_s: f64) -> bool {
    let is_usual = (USUALLY_SET_S.0..=USUALLY_SET_S.1).contains(&quarter_s);
    !is_usual || (quarter_s < FAST_S && fit.is_undivided())
}

/// Whether two intervals are of one tempo: one is a multiple or a part of the other.
fn same_tempo(one_s: f64, other_s: f64) -> bool {
    let near = |ratios: &[f64], most: f64| {
        ratios.iter().any(|ratio| (one_s / (other_s * ratio) - 1.0).abs() < most)
    };
    near(&OCTAVES, SAME_TEMPO) || near(&OTHER_MULTIPLES, SAME_GRID)
}
