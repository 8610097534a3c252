//! The evidence for a meter: how accents repeat after the length of a bar.
//!
//! Normalised autocorrelation of three accents (weight, bass, new harmony) at lags that are bars or
//! parts of bars (Brown 1993; McLeod & Steedman 2017), and where in the unit onsets fall. Lags are
//! units: quarter notes of a declared grid, or tracked beats.

use crate::analysis::rhythm::onsets::{Onset, clamped};

/// Slots in a unit: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: usize = 12;
/// For each slot, which of the four divisions of the unit it is on: the unit, its half, its quarters, its
/// thirds; 4 stands for none.
const DIVISIONS: [usize; SLOTS] = [0, 4, 4, 2, 3, 4, 1, 4, 3, 2, 4, 4];
/// Most units over which the meter is estimated.
const MOST_UNITS: usize = 512;
/// Lags in slots: none, by which the others are measured, and from a third of a unit to eight units.
const LAGS: [usize; 12] = [0, 4, 6, 9, 12, 18, 24, 36, 48, 54, 72, 96];
const LONGEST_LAG: usize = LAGS[LAGS.len() - 1];
const ACCENTS: usize = 3;
/// The accents of a slot, padded to the width of a vector register.
const LANES: usize = 4;
type Accents = [f32; LANES];
/// Features: lags of each accent, four divisions of the unit, seconds of a unit, onsets in a unit.
pub(crate) const FEATURES: usize = (LAGS.len() - 1) * ACCENTS + 6;

/// Features of a piece whose onsets are at `positions`, in units of `unit_s` seconds.
pub(crate) fn features(onsets: &[Onset], positions: &[f32], unit_s: f64) -> [f32; FEATURES] {
    let first = positions.first().map_or(0.0, |p| p.floor());
    let last = positions.last().map_or(0.0, |p| p.ceil()) - first;
    let slots = ((last as usize) + 1).min(MOST_UNITS) * SLOTS + 1;
    let mut signals: Vec<Accents> = vec![[0.0; LANES]; slots + LONGEST_LAG];
    let mut sounding: Vec<u32> = Vec::with_capacity(onsets.len().min(slots));
    let mut divisions = [0.0_f32; 5];
    let (mut counted, beyond) = (0_usize, slots as f32);
    for (onset, position) in onsets.iter().zip(positions) {
        let slot = clamped((position - first) * SLOTS as f32 + 0.5, 0.0, beyond) as i32 as usize;
        if slot >= slots {
            break;
        }
        counted += 1;
        divisions[DIVISIONS[slot % SLOTS]] += 1.0;
        let weight = clamped(onset.salience + 2.5, 0.1, f32::MAX);
        let bass = if onset.is_bass || onset.kick { weight } else { 0.0 };
        for (signal, accent) in signals[slot].iter_mut().zip([weight, bass, onset.fresh.into()]) {
            *signal += accent;
        }
        if sounding.last() != Some(&(slot as u32)) {
            sounding.push(slot as u32);
        }
    }
    let mut features = [0.0; FEATURES];
    let products = products(&signals, &sounding);
    for accent in 0..ACCENTS {
        let power = products[0][accent].max(1e-6);
        let lags = features[accent * (LAGS.len() - 1)..].iter_mut().zip(&products[1..]);
        lags.for_each(|(value, product)| *value = product[accent] / power);
    }
    let rest = &mut features[(LAGS.len() - 1) * ACCENTS..];
    for (value, count) in rest.iter_mut().zip(&divisions[..4]) {
        *value = count / counted.max(1) as f32;
    }
    rest[4] = (unit_s.clamp(0.1, 4.0) as f32).ln();
    rest[5] = (counted as f32 / (slots as f32 / SLOTS as f32)).clamp(0.1, 20.0).ln();
    features
}

/// Scalar product of each signal with itself, delayed by each lag, over the slots with onsets.
fn products(signals: &[Accents], sounding: &[u32]) -> [Accents; LAGS.len()] {
    let mut sums = [[0.0; LANES]; LAGS.len()];
    for &slot in sounding {
        let window = signals[slot as usize..].first_chunk::<{ LONGEST_LAG + 1 }>();
        let Some(window) = window else { break };
        sums = std::array::from_fn(|lag| {
            let (now, later, sum) = (window[0], window[LAGS[lag]], sums[lag]);
            std::array::from_fn(|lane| sum[lane] + now[lane] * later[lane])
        });
    }
    sums
}
