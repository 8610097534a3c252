//! How likely each note of a part is to belong to its melody, by a small network.
//!
//! Its layers look at the notes around a note, and at those that it goes on from and that go on from it. After the
//! first layers there is a first estimate. What notes of the same pitch, of the same loudness, in the same turn of
//! a line, or of the same length were estimated to be in the whole part is then given to the further layers: a
//! singer keeps to a range, and a figure that returns in every bar accompanies.

use std::ops::Range;

use crate::analysis::melody::described::{FEATURES, Whole, described};
use crate::analysis::melody::heard::Part;
use crate::analysis::melody::kin::{KIN_FEATURES, kin};
use crate::analysis::melody::links::{Link, linked};
use crate::error::{Error, check};
use crate::net::{Dense, Neighbours, logistic, rectify};
use crate::room;
use crate::weights::melody_line as weights;

/// Channels of the layers.
const CHANNELS: usize = weights::INPUT_BIAS.len();
/// Units of the last layer but one.
const LAST: usize = weights::LAST_BIAS.len();
/// Places to the neighbours in the first and in the further layers.
const FIRST: [usize; 5] = [1, 2, 4, 8, 16];
const FURTHER: [usize; 3] = [1, 4, 32];
/// Notes that are estimated together, and more of them that are heard before and after.
const WINDOW: usize = 4_096;
const MARGIN: usize = 256;

const INPUT: Dense<FEATURES, CHANNELS> =
    Dense { weights: &weights::INPUT, bias: &weights::INPUT_BIAS };
const ESTIMATE: Dense<CHANNELS, 1> =
    Dense { weights: &weights::ESTIMATE, bias: &weights::ESTIMATE_BIAS };
const JOINED: Dense<{ CHANNELS + KIN_FEATURES }, CHANNELS> =
    Dense { weights: &weights::JOINED, bias: &weights::JOINED_BIAS };
const LAST_LAYER: Dense<CHANNELS, LAST> =
    Dense { weights: &weights::LAST, bias: &weights::LAST_BIAS };
const OUTPUT: Dense<LAST, 1> = Dense { weights: &weights::OUTPUT, bias: &weights::OUTPUT_BIAS };

/// The probability of each note of a part, in its order.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn probabilities(
    part: &Part,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<f32>, Error> {
    let whole = Whole::of(part);
    let mut found = room::list(part.notes.len())?;
    let mut next = 0;
    while next < part.attacks.len() {
        check(interrupted)?;
        let start = part.attacks[next].first as usize;
        let after =
            |notes: usize| part.attacks.partition_point(|attack| (attack.first as usize) < notes);
        let end = after(start.saturating_add(WINDOW)).max(next + 1);
        let heard =
            after(start.saturating_sub(MARGIN))..after(part.attacks[end - 1].end as usize + MARGIN);
        let base = part.attacks[heard.start].first as usize;
        let odds = window(part, &whole, heard)?;
        let until = part.attacks[end - 1].end as usize;
        found.extend_from_slice(&odds[start - base..until - base]);
        next = end;
    }
    Ok(found)
}

/// The probabilities of the notes of some attacks.
fn window(part: &Part, whole: &Whole, attacks: Range<usize>) -> Result<Vec<f32>, Error> {
    let links = linked(part, attacks.clone())?;
    let rows = described(part, whole, attacks, &links)?;
    let first = rows.iter().map(|row| rectified(INPUT.of(row)));
    let mut sequence = room::gathered(first)?;
    let link = |place: usize| neighbours(&links[place]);
    for (layer, &dilation) in FIRST.iter().enumerate() {
        layer_of(layer, dilation).apply(&mut sequence, link)?;
    }
    let estimates = room::gathered(sequence.iter().map(|values| ESTIMATE.of(values)[0]))?;
    let kin = kin(&rows, &estimates)?;
    for (values, kin) in sequence.iter_mut().zip(&kin) {
        let mut joined = [0.0; CHANNELS + KIN_FEATURES];
        joined[..CHANNELS].copy_from_slice(values);
        joined[CHANNELS..].copy_from_slice(kin);
        *values = rectified(JOINED.of(&joined));
    }
    for (layer, &dilation) in FURTHER.iter().enumerate() {
        layer_of(FIRST.len() + layer, dilation).apply(&mut sequence, link)?;
    }
    let last = |values: &[f32; CHANNELS]| rectified(LAST_LAYER.of(values));
    Ok(room::gathered(sequence.iter().map(|values| logistic(OUTPUT.of(&last(values))[0])))?)
}

fn layer_of(number: usize, dilation: usize) -> Neighbours<CHANNELS> {
    let mix = Dense { weights: &weights::MIX[number], bias: &weights::MIX_BIAS[number] };
    Neighbours { taps: &weights::TAPS[number], mix, dilation }
}

fn neighbours(link: &Link) -> [usize; 2] {
    [link.before as usize, link.after as usize]
}

fn rectified<const N: usize>(mut values: [f32; N]) -> [f32; N] {
    rectify(&mut values);
    values
}
