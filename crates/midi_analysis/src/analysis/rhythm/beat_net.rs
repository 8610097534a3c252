//! The network of the beats: how likely each onset is a beat and a downbeat, which interval between beats the
//! music around it suggests, and which meter the piece.
//!
//! Convolutions over what is known of each onset
//! ([`surroundings`](crate::analysis::rhythm::surroundings)), in layers that reach ever further (dilated: Yu &
//! Koltun 2016; for beats: Davies & Böck 2019). After the near ones each onset is told the mean over the piece, so
//! that tempo and meter are judged by the whole of it. Learned by `training/beats`. Long pieces are read in
//! windows that overlap, so that the memory is bounded and the work can be interrupted.

use crate::analysis::rhythm::candidates::CANDIDATES;
use crate::analysis::rhythm::onsets::Onset;
use crate::analysis::rhythm::surroundings::{SURROUNDINGS, Surroundings, surroundings};
use crate::error::{Error, check};
use crate::net::{Dense, Neighbours, rectify};
use crate::room::{self, NoRoom};
use crate::weights::beats as weights;

/// Channels of the layers.
const CHANNELS: usize = weights::ENTER_BIAS.len();
/// Onsets to the neighbours in the layers before and after the mean.
const NEAR: [usize; 4] = [1, 2, 4, 8];
const FAR: [usize; 4] = [1, 4, 16, 32];
/// Meters that the network tells apart.
pub(crate) const METERS: usize = 9;
/// Outputs: beat, downbeat, interval, meter.
const OUTPUTS: usize = 2 + CANDIDATES + METERS;
/// Steps in which log-odds of intervals are kept, to one of log-odds.
pub(crate) const INTERVAL_STEPS: f32 = 16.0;
/// Onsets of a window, and those on each side of it that are read with it.
const WINDOW: usize = 4_096;
const OVERLAP: usize = 136;

const ENTER: Dense<SURROUNDINGS, CHANNELS> =
    Dense { weights: &weights::ENTER, bias: &weights::ENTER_BIAS };
const WHOLE: Dense<CHANNELS, CHANNELS> =
    Dense { weights: &weights::WHOLE, bias: &weights::WHOLE_BIAS };
const LEAVE: Dense<CHANNELS, OUTPUTS> =
    Dense { weights: &weights::LEAVE, bias: &weights::LEAVE_BIAS };

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
    let entered = read.iter().map(|inputs| {
        let mut outputs = ENTER.of(inputs);
        rectify(&mut outputs);
        outputs
    });
    let mut sequence = room::gathered(entered)?;
    for (number, &dilation) in NEAR.iter().enumerate() {
        layer(number, dilation, &mut sequence)?;
    }
    let whole = WHOLE.of(&mean(&sequence));
    for values in &mut sequence {
        values.iter_mut().zip(&whole).for_each(|(value, whole)| *value += whole);
    }
    for (number, &dilation) in FAR.iter().enumerate() {
        layer(NEAR.len() + number, dilation, &mut sequence)?;
    }
    Ok(room::gathered(sequence.iter().map(|values| LEAVE.of(values)))?)
}

/// A layer over each onset and two of its neighbours on each side.
fn layer(
    number: usize,
    dilation: usize,
    sequence: &mut Vec<[f32; CHANNELS]>,
) -> Result<(), NoRoom> {
    let mix = Dense { weights: &weights::MIX[number], bias: &weights::MIX_BIAS[number] };
    let further = |place: usize| [place.wrapping_sub(2 * dilation), place + 2 * dilation];
    Neighbours { taps: &weights::TAPS[number], mix, dilation }.apply(sequence, further)
}

fn mean(sequence: &[[f32; CHANNELS]]) -> [f32; CHANNELS] {
    let mut sums = [0.0; CHANNELS];
    for values in sequence {
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    let share = (sequence.len().max(1) as f32).recip();
    sums.map(|sum| sum * share)
}
