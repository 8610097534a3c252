//! The network of the beats: how likely each onset is a beat and a downbeat, which interval between beats the
//! music around it suggests, and which meter the piece.
//!
//! Two layers of bidirectional recurrent units over what is known of each onset
//! ([`surroundings`](crate::analysis::rhythm::surroundings)), as others use them for played piano (Liu et al.
//! 2022). After the lower one each onset is told the mean over the piece, so that tempo and meter are judged by
//! the whole of it. Learned by `training/beats`. Long pieces are read in windows that overlap, so that the memory
//! is bounded and the work can be interrupted.

use crate::analysis::rhythm::candidates::CANDIDATES;
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::surroundings::{SURROUNDINGS, Surroundings, surroundings};
use crate::error::{Error, check};
use crate::net::{Dense, Gru, bidirectional, rectify};
use crate::room;
use crate::weights::beats as weights;

/// Units in a layer and direction, their gates, and the units of both directions.
const UNITS: usize = weights::ENTER_BIAS.len();
const GATES: usize = 3 * UNITS;
const BOTH: usize = 2 * UNITS;
/// Meters that the network tells apart.
pub(crate) const METERS: usize = 9;
/// Outputs: beat, downbeat, interval, meter.
const OUTPUTS: usize = 2 + CANDIDATES + METERS;
/// Steps in which log-odds of intervals are kept, to one of log-odds.
pub(crate) const INTERVAL_STEPS: f32 = 16.0;
/// Onsets of a window, and those on each side of it that are read with it.
const WINDOW: usize = 4_096;
const OVERLAP: usize = 96;

const ENTER: Dense<SURROUNDINGS, UNITS> =
    Dense { weights: &weights::ENTER, bias: &weights::ENTER_BIAS };
const WHOLE: Dense<BOTH, BOTH> = Dense { weights: &weights::WHOLE, bias: &weights::WHOLE_BIAS };
const LEAVE: Dense<BOTH, OUTPUTS> = Dense { weights: &weights::LEAVE, bias: &weights::LEAVE_BIAS };

/// What the network says of an onset, as log-odds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnsetOdds {
    /// That a beat falls here.
    pub(crate) beat: f32,
    /// That a bar begins here.
    pub(crate) downbeat: f32,
    /// Of each interval between beats, relative to the likeliest, in [steps](INTERVAL_STEPS): a piece may have
    /// millions of onsets.
    pub(crate) interval: [i8; CANDIDATES],
}

/// What the network says of a piece.
#[derive(Clone, Debug)]
pub(crate) struct BeatOdds {
    /// By onset.
    pub(crate) onsets: Vec<OnsetOdds>,
    /// Of each interval between beats, over the whole piece, relative to the likeliest.
    pub(crate) interval: [f32; CANDIDATES],
    /// Log-odds of each meter.
    pub(crate) meter: [f32; METERS],
}

/// What the network says of some onsets.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn beat_odds(
    onsets: &[Onset],
    interrupted: &dyn Fn() -> bool,
) -> Result<BeatOdds, Error> {
    let mut odds = BeatOdds {
        onsets: room::list(onsets.len())?,
        interval: [0.0; CANDIDATES],
        meter: [0.0; METERS],
    };
    for start in (0..onsets.len()).step_by(WINDOW) {
        check(interrupted)?;
        let end = (start + WINDOW).min(onsets.len());
        let from = start.saturating_sub(OVERLAP);
        let read = surroundings(&onsets[from..(end + OVERLAP).min(onsets.len())])?;
        for outputs in outputs(&read)?.into_iter().skip(start - from).take(end - start) {
            odds.add(&outputs);
        }
    }
    let share = (onsets.len().max(1) as f32).recip();
    odds.meter.iter_mut().for_each(|meter| *meter *= share);
    odds.interval.iter_mut().for_each(|interval| *interval *= share);
    odds.interval = relative(odds.interval);
    Ok(odds)
}

impl BeatOdds {
    fn add(&mut self, outputs: &[f32; OUTPUTS]) {
        let interval = relative(std::array::from_fn(|bin| outputs[2 + bin]));
        self.onsets.push(OnsetOdds {
            beat: outputs[0],
            downbeat: outputs[1],
            interval: interval.map(|odds| (odds * INTERVAL_STEPS - 0.5) as i8),
        });
        for (sum, each) in self.interval.iter_mut().zip(&interval) {
            *sum += each;
        }
        for (sum, each) in self.meter.iter_mut().zip(&outputs[2 + CANDIDATES..]) {
            *sum += each;
        }
    }
}

fn relative(odds: [f32; CANDIDATES]) -> [f32; CANDIDATES] {
    let most = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    odds.map(|each| each - most)
}

fn outputs(read: &[Surroundings]) -> Result<Vec<[f32; OUTPUTS]>, Error> {
    let mut entered = ENTER.of_each(read)?;
    entered.iter_mut().for_each(rectify);
    let mut lower: Vec<[f32; BOTH]> = bidirectional(&lower(0), &lower(1), &entered)?;
    let whole = WHOLE.of(&mean(&lower));
    for states in &mut lower {
        states.iter_mut().zip(&whole).for_each(|(state, whole)| *state += whole);
    }
    let upper: Vec<[f32; BOTH]> = bidirectional(&upper(0), &upper(1), &lower)?;
    Ok(LEAVE.of_each(&upper)?)
}

/// The lower layer in one direction.
fn lower(direction: usize) -> Gru<UNITS, UNITS, GATES> {
    Gru {
        inputs: &weights::LOWER_INPUTS[direction],
        input_bias: &weights::LOWER_INPUT_BIAS[direction],
        states: &weights::LOWER_STATES[direction],
        state_bias: &weights::LOWER_STATE_BIAS[direction],
    }
}

/// The upper layer in one direction.
fn upper(direction: usize) -> Gru<BOTH, UNITS, GATES> {
    Gru {
        inputs: &weights::UPPER_INPUTS[direction],
        input_bias: &weights::UPPER_INPUT_BIAS[direction],
        states: &weights::UPPER_STATES[direction],
        state_bias: &weights::UPPER_STATE_BIAS[direction],
    }
}

fn mean(sequence: &[[f32; BOTH]]) -> [f32; BOTH] {
    let mut sums = [0.0; BOTH];
    for states in sequence {
        sums.iter_mut().zip(states).for_each(|(sum, state)| *sum += state);
    }
    let share = (sequence.len().max(1) as f32).recip();
    sums.map(|sum| sum * share)
}
