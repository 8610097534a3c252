//! The beats of a piece with their bars: those of the declared grid where the music follows it, else the
//! estimated ones.
//!
//! Computed once for a [`Score`]; tempo, meter and the positions of notes are based on it. Times are
//! seconds and ticks from the start of the piece.

use crate::analysis::rhythm::bar_lengths::{BarTerms, bar_terms};
use crate::analysis::rhythm::bars;
use crate::analysis::rhythm::beat_unit::{is_compound, quarters_in_beat};
use crate::analysis::rhythm::beats::usual_interval;
use crate::analysis::rhythm::declared_meter::{COMMON_TIME, declared_meter};
use crate::analysis::rhythm::downbeats::{
    EstimatedMeter, METERS, MeterOdds, downbeat_evidence, meter_odds, relative_positions_in_bar,
};
use crate::analysis::rhythm::grid::{grid_offset, positions_in_beats, positions_in_quarters};
use crate::analysis::rhythm::meter_confidence::meter_confidence;
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::onsets_of_notes::onsets;
use crate::analysis::rhythm::pulse::{FoundPulse, Pulse};
use crate::analysis::rhythm::tracker::TrackedBeat;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::model::time_signature::TimeSignature;

/// Fewest onsets from which a meter is estimated.
const FEWEST_FOR_METER: usize = 16;
/// Log-odds over 4/4 of a meter in three that contradict a declared 4/4, which may be a default that nobody chose:
/// nearly all files in 4/4 stay below.
const CONTRADICTION: f32 = 4.0;
/// Onsets by which a declared 4/4 on a grid that the music follows is contradicted, or not at all: tens of bars.
const MOST_TO_CONTRADICT: usize = 512;
/// Onsets after which 4/4 is kept if it is likelier by them than any meter in three.
const ENOUGH_TO_KEEP: usize = 128;
/// Fewest onsets in a bar by which it is contradicted: a bar that nothing divides may have any meter.
const FEWEST_IN_BAR: f32 = 1.5;
/// How near a third of a beat onsets are that swing, in beats; how many do at least; how many begin at the second
/// third for one at the last, at most; and the log-odds by which beats are then divided in two rather than in three. Set
/// by hand: in most shuffles nothing begins at the second third, in 6/8 nearly as much as at the last.
const NEAR_THIRD: f32 = 0.1;
const FEWEST_SWUNG: usize = 16;
const SECOND_IF_SWUNG: f32 = 0.04;
const COMPOUND_IF_SWUNG: f32 = 3.0;
/// Most beats of a piece: a day and a half at 30 a minute.
const MOST_BEATS: usize = 1 << 16;
/// Units by which an onset may deviate from a pulse and still count as on it.
const ON_PULSE: f64 = 0.2;
/// Share of a pulse by which the first one may be before the file begins: it is then where it begins.
const EARLY: f64 = 0.1;
/// Quarter notes a minute where nothing is declared.
const DEFAULT_BPM: f64 = 120.0;

/// One beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct GridBeat {
    pub(crate) tick: u32,
    pub(crate) seconds: f64,
    /// From 1; 0 before the first downbeat.
    pub(crate) bar: u32,
    /// From 1.
    pub(crate) beat_in_bar: u8,
}

impl GridBeat {
    /// Whether a bar begins here.
    pub(crate) const fn is_downbeat(&self) -> bool {
        self.beat_in_bar == 1
    }
}

/// The beats of a piece, and the tempo and meter that they make.
#[derive(Clone, Debug)]
pub(crate) struct BeatGrid {
    /// In the order of time; empty where no beat is declared or estimated.
    pub(crate) beats: Vec<GridBeat>,
    /// Whether the bars are those that the file declares.
    pub(crate) bars_are_declared: bool,
    /// Quarter notes a minute, and perceived beats a minute.
    pub(crate) bpm: Option<(f64, f64)>,
    /// Probability that `bpm` is the tempo of the music, 0-1.
    pub(crate) bpm_confidence: Option<f32>,
    pub(crate) meter: Option<TimeSignature>,
    /// Whether `meter` is the one that the file declares for longest, if it does any.
    pub(crate) meter_is_declared: bool,
    /// Probability of `meter`; `None` where it is not estimated.
    pub(crate) meter_confidence: Option<f32>,
}

impl BeatGrid {
    /// `declared_bpm` is the median of the declared tempo.
    ///
    /// # Errors
    /// `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        declared_bpm: Option<f64>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let onsets = onsets(score)?;
        let quarter = f64::from(score.ticks_per_quarter().unwrap_or(1));
        check(interrupted)?;
        let declared = declared_meter(score)?;
        check(interrupted)?;
        let units = Units::of(score, &onsets, declared_bpm, interrupted)?;
        let Units { found: FoundPulse { pulse, confidence }, positions, .. } = &units;
        let (quarter_bpm, unit_s) = (units.quarter_bpm, units.unit_s);
        let may_be_default = matches!((pulse, declared), (Pulse::Declared, Some(COMMON_TIME)));
        let most = if may_be_default { MOST_TO_CONTRADICT } else { onsets.len() };
        let heard = &onsets[..onsets.len().min(most)];
        let may_be_estimated =
            may_be_estimated(declared) && !(may_be_default && units.keep_common_time(heard));
        let evidence = may_be_estimated.then(|| units.bar_terms(heard)).flatten();
        let odds = evidence.map(|terms| match pulse.tracking() {
            Some(tracking) => {
                let is_steady = matches!(pulse, Pulse::Steady(_));
                let odds = bars::meter_odds(tracking, is_steady, &meter_odds(&terms, true));
                if swings(positions) { without_compound(odds) } else { odds }
            }
            None => meter_odds(&terms, false),
        });
        let estimated = odds.as_ref().map(|odds| likeliest_meter(odds, pulse));
        let (meter, reported) = decide(declared, estimated, pulse);
        let meter_confidence =
            reported.map(|meter| meter_confidence(meter, pulse.tracking().is_some(), &onsets));
        let beat_quarters = quarters_in_beat(meter.unwrap_or(COMMON_TIME));
        let bpm = match quarter_bpm {
            Some(bpm) => Some((bpm, bpm / beat_quarters)),
            None if unit_s > 0.0 => Some((60.0 / unit_s * beat_quarters, 60.0 / unit_s)),
            None => None,
        };
        let offset = grid_offset(&onsets, positions, meter == declared);
        let layout = Layout { score, onsets: &onsets, quarter, unit_s };
        let counted = meter.unwrap_or(COMMON_TIME);
        let bars_are_declared =
            matches!(pulse, Pulse::Declared) && meter == declared && offset == 0.0;
        let beats = match pulse {
            Pulse::Declared if bars_are_declared => declared_beats(score),
            Pulse::Declared => layout.on_ticks(counted, offset),
            Pulse::Steady(tracking) | Pulse::Tracked(tracking) => {
                let likely = estimated.filter(|estimated| estimated.meter == counted);
                let odds = odds.as_ref().filter(|_| likely.is_some());
                on_beats(&tracking.beats, matches!(pulse, Pulse::Steady(_)), counted, odds)
            }
            Pulse::Unknown => Vec::new(),
        };
        let bpm_confidence = bpm.map(|_| *confidence);
        let meter_is_declared = meter == declared;
        Ok(Self {
            beats,
            bars_are_declared,
            bpm,
            bpm_confidence,
            meter,
            meter_is_declared,
            meter_confidence,
        })
    }
}

/// The units in which meter is measured: the pulse, the positions of the onsets on it, and its tempo.
pub(crate) struct Units {
    pub(crate) found: FoundPulse,
    positions: Vec<f32>,
    quarter_bpm: Option<f64>,
    pub(crate) unit_s: f64,
}

impl Units {
    /// # Errors
    /// `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        onsets: &[Onset],
        declared_bpm: Option<f64>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let declared_bpm = declared_bpm.unwrap_or(DEFAULT_BPM);
        let found = FoundPulse::of(score, onsets, 60.0 / declared_bpm, interrupted)?;
        let quarter = f64::from(score.ticks_per_quarter().unwrap_or(1));
        let positions = match found.pulse.tracking() {
            Some(tracking) => positions_in_beats(onsets, &tracking.beats),
            None => positions_in_quarters(onsets, quarter),
        };
        let (quarter_bpm, unit_s) = match &found.pulse {
            Pulse::Declared => (Some(declared_bpm), 60.0 / declared_bpm),
            Pulse::Steady(tracking) | Pulse::Tracked(tracking) => {
                (None, usual_interval(&tracking.beats))
            }
            Pulse::Unknown => (None, 0.0),
        };
        Ok(Self { found, positions, quarter_bpm, unit_s })
    }

    /// Whether the first onsets, on a declared grid, leave no doubt in a declared 4/4.
    fn keep_common_time(&self, onsets: &[Onset]) -> bool {
        let enough = || onsets.get(..ENOUGH_TO_KEEP).and_then(|onsets| self.bar_terms(onsets));
        are_undivided(self.positions.get(..onsets.len()).unwrap_or(&self.positions))
            || enough().is_some_and(|terms| is_common(&meter_odds(&terms, false)))
    }

    /// The evidence of the first onsets, or all, for a meter; `None` where there are too few.
    pub(crate) fn bar_terms(&self, onsets: &[Onset]) -> Option<BarTerms> {
        (onsets.len() >= FEWEST_FOR_METER && !matches!(self.found.pulse, Pulse::Unknown)).then(
            || {
                let positions = self.positions.get(..onsets.len()).unwrap_or(&self.positions);
                bar_terms(onsets, positions, self.unit_s)
            },
        )
    }
}

/// Whether a declared meter may be none that somebody chose: 4/4 may be a default, and some programs write a bar of
/// one beat for "no meter".
const fn may_be_estimated(declared: Option<TimeSignature>) -> bool {
    match declared {
        None | Some(TimeSignature { numerator: 1, .. }) => true,
        Some(meter) => meter.numerator == 4 && meter.denominator == 4,
    }
}

/// Whether hardly anything begins within bars of four quarter notes; `positions` are in quarter notes.
fn are_undivided(positions: &[f32]) -> bool {
    let [first, .., last] = positions else { return true };
    (positions.len() as f32) < FEWEST_IN_BAR * (last - first) / 4.0
}

/// Whether beats are divided in two that are long and short, not in three: something begins at the last third of many
/// beats, and hardly ever at the second. `positions` are in beats.
fn swings(positions: &[f32]) -> bool {
    let near = |third: f32| {
        let is_near = |position: &&f32| (position.rem_euclid(1.0) - third).abs() < NEAR_THIRD;
        positions.iter().filter(is_near).count()
    };
    let (second, last) = (near(1.0 / 3.0), near(2.0 / 3.0));
    last >= FEWEST_SWUNG && (second as f32) < SECOND_IF_SWUNG * last as f32
}

/// The odds of meters where beats are divided in two.
fn without_compound(mut odds: MeterOdds) -> MeterOdds {
    for (odds, _) in odds.iter_mut().zip(METERS).filter(|(_, meter)| is_compound(*meter)) {
        *odds -= COMPOUND_IF_SWUNG;
    }
    odds
}

/// Whether it is 3/4, 3/8 or 6/8, which nobody writes as 4/4.
const fn is_in_three(meter: TimeSignature) -> bool {
    matches!(meter.numerator, 3 | 6) && meter.denominator > 2
}

/// Whether 4/4 is likelier than any meter in three.
fn is_common(odds: &MeterOdds) -> bool {
    let common = METERS.iter().position(|&meter| meter == COMMON_TIME).map_or(0.0, |at| odds[at]);
    METERS.iter().zip(odds).all(|(&meter, &odds)| !is_in_three(meter) || odds < common)
}

/// The likeliest meter, or the likeliest whose bars are those that fit tracked beats.
fn likeliest_meter(odds: &MeterOdds, pulse: &Pulse) -> EstimatedMeter {
    let likeliest = EstimatedMeter::likeliest(odds);
    let length = match pulse {
        Pulse::Tracked(tracking) => bars::other_length(&tracking.beats, likeliest.meter, odds),
        _ => None,
    };
    length.map_or(likeliest, |length| {
        EstimatedMeter::likeliest_of(odds, |meter| bars::beats_in_bar(meter) == length)
    })
}

/// The meter to report, and its estimate where the bars are not the declared ones.
fn decide(
    declared: Option<TimeSignature>,
    estimated: Option<EstimatedMeter>,
    pulse: &Pulse,
) -> (Option<TimeSignature>, Option<EstimatedMeter>) {
    let Some(estimated) = estimated else { return (declared, None) };
    let contradicted = declared != Some(COMMON_TIME)
        || pulse.tracking().is_some()
        || (is_in_three(estimated.meter) && estimated.over_common_time > CONTRADICTION);
    match contradicted {
        true => (Some(estimated.meter), Some(estimated)),
        false => (declared, None),
    }
}

/// The beats of the declared meters.
fn declared_beats(score: &Score<'_>) -> Vec<GridBeat> {
    let Some(ticks) = score.ticks_per_quarter() else { return Vec::new() };
    let segments = score.meter.segments();
    let ends = segments.iter().skip(1).map(|segment| segment.tick).chain([score.end]);
    let mut clock = score.tempo.clock();
    let mut beats = Vec::new();
    for (segment, end) in segments.iter().zip(ends) {
        let meter = segment.signature;
        let in_bar = (f64::from(meter.numerator) * 4.0
            / f64::from(meter.denominator)
            / quarters_in_beat(meter)) as u32;
        let step = quarters_in_beat(meter) * f64::from(ticks);
        let from = f64::from(segment.tick);
        for index in 0_u32.. {
            let tick = from + f64::from(index) * step;
            if tick >= f64::from(end.min(score.end)) || beats.len() == MOST_BEATS {
                break;
            }
            beats.push(GridBeat {
                tick: tick as u32,
                seconds: clock.seconds(tick as u32),
                bar: segment.bar.saturating_add(index / in_bar.max(1)),
                beat_in_bar: (index % in_bar.max(1) + 1) as u8,
            });
        }
    }
    beats
}

/// Divides pulses into bars.
struct Layout<'a> {
    score: &'a Score<'a>,
    onsets: &'a [Onset],
    quarter: f64,
    unit_s: f64,
}

impl Layout<'_> {
    /// Beats on the declared grid, offset by so many quarter notes, with estimated bars.
    fn on_ticks(&self, meter: TimeSignature, offset: f64) -> Vec<GridBeat> {
        let step = self.quarter * 4.0 / f64::from(meter.denominator);
        let offset = match offset * self.quarter % step {
            // The first beat is hardly before the file begins.
            offset if offset > (1.0 - EARLY) * step => offset - step,
            offset => offset,
        };
        let mut clock = self.score.tempo.clock();
        let pulses: Vec<(u32, f64)> = (0..MOST_BEATS)
            .map(|index| (offset + index as f64 * step).max(0.0))
            .take_while(|&tick| tick < f64::from(self.score.end))
            .map(|tick| (tick as u32, clock.seconds(tick as u32)))
            .collect();
        let (tolerance, steps) = (ON_PULSE * self.quarter / step, step.recip());
        let pulse_of = |onset: &Onset| {
            let position = (f64::from(onset.tick) - offset) * steps;
            let pulse = (position + 0.5).max(0.0) as u32;
            ((position - f64::from(pulse)).abs() <= tolerance).then_some(pulse as usize)
        };
        let evidence = downbeat_evidence(self.onsets, pulses.len(), self.unit_s, pulse_of);
        let in_bar = relative_positions_in_bar(evidence, meter.numerator.into());
        in_bars(&pulses, &in_bar, if is_compound(meter) { 3 } else { 1 })
    }
}

/// Estimated beats in bars of a meter, which is known or the likeliest by its odds.
fn on_beats(
    beats: &[TrackedBeat],
    is_steady: bool,
    meter: TimeSignature,
    odds: Option<&MeterOdds>,
) -> Vec<GridBeat> {
    let in_bar = match odds {
        Some(odds) => bars::likely_positions(beats, is_steady, meter, odds),
        None => bars::known_positions(beats, meter),
    };
    let beats: Vec<(u32, f64)> = beats.iter().map(|beat| (beat.tick, beat.seconds)).collect();
    in_bars(&beats, &in_bar, 1)
}

/// Every `group`-th of the pulses, given their positions in the bar.
fn in_bars(pulses: &[(u32, f64)], in_bar: &[u8], group: u8) -> Vec<GridBeat> {
    let mut bar = 0;
    let mut beats = Vec::with_capacity(pulses.len());
    for (&(tick, seconds), &position) in pulses.iter().zip(in_bar) {
        bar += u32::from(position == 0);
        if position % group == 0 {
            beats.push(GridBeat { tick, seconds, bar, beat_in_bar: position / group + 1 });
        }
    }
    beats
}
