//! How likely each note of a part is to belong to its melody, by a small network over the
//! [candidates](super::candidates).
//!
//! Its layers look at the candidates around one, and at those that it goes on from and that go on from it. After the
//! near layers there is a first estimate, by which the least likely are left out: so the far layers look over phrases.
//! They are also given what candidates of the same pitch, of the same loudness, in the same turn of a line, or of the
//! same length were estimated to be in the whole part: a singer keeps to a range, and a figure that returns in every
//! bar accompanies.

use std::ops::Range;

use crate::analysis::melody::among::Whole;
use crate::analysis::melody::candidates::{GATE, candidates};
use crate::analysis::melody::described::{FEATURES, described};
use crate::analysis::melody::heard::Part;
use crate::analysis::melody::kin::{KIN_FEATURES, kin};
use crate::analysis::melody::links::{Link, NONE, linked};
use crate::error::{Error, check};
use crate::net::{Dense, Neighbours, logistic, rectify};
use crate::room::{self, NoRoom};
use crate::weights::melody_line as weights;

/// Channels of the near and of the far layers, and units of the last but one.
const NEAR_CHANNELS: usize = weights::INPUT_BIAS.len();
const FAR_CHANNELS: usize = weights::JOINED_BIAS.len();
const LAST: usize = weights::LAST_BIAS.len();
/// Places to the neighbours in the near and in the far layers.
const NEAR: [usize; weights::NEAR_MIX_BIAS.len()] = [1, 2, 4];
const FAR: [usize; weights::FAR_MIX_BIAS.len()] = [1, 2, 4, 8];
/// Candidates whose first estimate, the logarithm of the odds, is lower are not told by the far layers: one in 13
/// of those of this estimate is of a melody.
const DOUBTED: f32 = -2.5;
/// Notes that are estimated together, and more of them that are heard before and after.
const WINDOW: usize = 4_096;
const MARGIN: usize = 256;

const INPUT: Dense<FEATURES, NEAR_CHANNELS> =
    Dense { weights: &weights::INPUT, bias: &weights::INPUT_BIAS };
const ESTIMATE: Dense<NEAR_CHANNELS, 1> =
    Dense { weights: &weights::ESTIMATE, bias: &weights::ESTIMATE_BIAS };
const JOINED: Dense<{ NEAR_CHANNELS + KIN_FEATURES }, FAR_CHANNELS> =
    Dense { weights: &weights::JOINED, bias: &weights::JOINED_BIAS };
const LAST_LAYER: Dense<FAR_CHANNELS, LAST> =
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

/// The probabilities of the notes of some attacks; those that are no candidates have none.
fn window(part: &Part, whole: &Whole, attacks: Range<usize>) -> Result<Vec<f32>, Error> {
    let notes = &part.attacks[attacks.clone()];
    let (Some(first), Some(last)) = (notes.first(), notes.last()) else { return Ok(Vec::new()) };
    let mut probabilities = room::filled(0.0, (last.end - first.first) as usize)?;
    let candidates = candidates(part, whole, attacks.clone(), GATE)?;
    let links = linked(&candidates)?;
    let rows = described(part, attacks, &candidates, &links)?;
    let links = room::gathered(links.iter().map(Link::places))?;
    for (place, odds) in likelier(&rows, &links)? {
        let candidate = &candidates[place as usize];
        probabilities[(candidate.place - first.first) as usize] = logistic(odds);
    }
    Ok(probabilities)
}

/// The places of the likelier candidates, and the logarithms of their odds.
fn likelier(rows: &[[f32; FEATURES]], links: &[[u32; 2]]) -> Result<Vec<(u32, f32)>, NoRoom> {
    let mut near = INPUT.of_each(rows)?;
    near.iter_mut().for_each(rectify);
    for (layer, dilation) in NEAR.into_iter().enumerate() {
        let mix =
            Dense { weights: &weights::NEAR_MIX[layer], bias: &weights::NEAR_MIX_BIAS[layer] };
        let taps = &weights::NEAR_TAPS[layer];
        Neighbours { taps, mix, dilation }
            .apply(&mut near, |place| links[place].map(|each| each as usize))?;
    }
    let estimates = ESTIMATE.of_each(&near)?;
    let estimates = estimates.as_flattened();
    let kin = kin(rows, estimates)?;
    let places = (0..).zip(estimates).filter(|&(_, &estimate)| estimate >= DOUBTED);
    let places = room::gathered(places.map(|(place, _)| place))?;
    let links = among(&places, links)?;
    let joined = room::gathered(places.iter().map(|&place| {
        let mut joined = [0.0; NEAR_CHANNELS + KIN_FEATURES];
        joined[..NEAR_CHANNELS].copy_from_slice(&near[place as usize]);
        joined[NEAR_CHANNELS..].copy_from_slice(&kin[place as usize]);
        joined
    }))?;
    let mut far = JOINED.of_each(&joined)?;
    far.iter_mut().for_each(rectify);
    for (layer, dilation) in FAR.into_iter().enumerate() {
        let mix = Dense { weights: &weights::FAR_MIX[layer], bias: &weights::FAR_MIX_BIAS[layer] };
        let taps = &weights::FAR_TAPS[layer];
        Neighbours { taps, mix, dilation }
            .apply(&mut far, |place| links[place].map(|each| each as usize))?;
    }
    let mut last = LAST_LAYER.of_each(&far)?;
    last.iter_mut().for_each(rectify);
    let odds = OUTPUT.of_each(&last)?;
    room::gathered(places.into_iter().zip(&odds).map(|(place, odds)| (place, odds[0])))
}

/// The links of the candidates at some places to others of them; to those that are not among them, none.
///
/// # Errors
/// Out of memory.
fn among(places: &[u32], links: &[[u32; 2]]) -> Result<Vec<[u32; 2]>, NoRoom> {
    let mut numbers = room::filled(NONE, links.len())?;
    for (number, &place) in (0..).zip(places) {
        numbers[place as usize] = number;
    }
    let number = |place: u32| numbers.get(place as usize).copied().unwrap_or(NONE);
    room::gathered(places.iter().map(|&place| links[place as usize].map(number)))
}
