//! What the meter is heard by: how accents repeat after a bar's length.
//!
//! Normalised autocorrelation of three accents (weight, bass, new harmony) at lags that are bars or
//! parts of bars (Brown 1993; McLeod & Steedman 2017), and where in the unit onsets fall. Lags are
//! units: quarter notes of a declared grid, or tracked beats.

use crate::onsets::Onset;

/// Slots in a unit: sixteenths and triplets both fall on one.
pub(crate) const SLOTS: usize = 12;
/// Most units that the meter is heard over.
const MOST_UNITS: usize = 512;
/// Lags in slots: from a third of a unit to eight units.
const LAGS: [usize; 11] = [4, 6, 9, 12, 18, 24, 36, 48, 54, 72, 96];
const ACCENTS: usize = 3;
/// Features: lags of each accent, four places in the unit, seconds of a unit, onsets in a unit.
pub(crate) const FEATURES: usize = LAGS.len() * ACCENTS + 6;

/// Features of a piece whose onsets stand at `positions`, a unit lasting `unit_s` seconds.
pub(crate) fn features(onsets: &[Onset], positions: &[f32], unit_s: f64) -> [f32; FEATURES] {
    let mut signals = [const { Vec::new() }; ACCENTS];
    let first = positions.first().map_or(0.0, |p| p.floor());
    let last = positions.last().map_or(0.0, |p| p.ceil()) - first;
    let slots = ((last as usize) + 1).min(MOST_UNITS) * SLOTS + 1;
    signals.iter_mut().for_each(|signal: &mut Vec<f32>| signal.resize(slots, 0.0));
    let mut places = [0.0_f32; 4];
    let mut recent = [0_u16; 3];
    let mut heard = 0_usize;
    for (onset, position) in onsets.iter().zip(positions) {
        let slot = ((position - first).max(0.0) * SLOTS as f32 + 0.5) as usize;
        if slot >= slots {
            break;
        }
        heard += 1;
        let place = match slot % SLOTS {
            0 => 0,
            6 => 1,
            3 | 9 => 2,
            4 | 8 => 3,
            _ => usize::MAX,
        };
        if let Some(count) = places.get_mut(place) {
            *count += 1.0;
        }
        let known = recent.iter().fold(0, |all, classes| all | classes);
        let fresh = (onset.classes & !known).count_ones() as f32;
        recent = [onset.classes, recent[0], recent[1]];
        let weight = (onset.salience + 2.5).max(0.1);
        let bass = if onset.is_bass || onset.kick { weight } else { 0.0 };
        for (signal, accent) in signals.iter_mut().zip([weight, bass, fresh]) {
            signal[slot] += accent;
        }
    }
    let mut features = [0.0; FEATURES];
    for (signal, out) in signals.iter().zip(features.chunks_mut(LAGS.len())) {
        let power = product(signal, signal).max(1e-6);
        for (lag, value) in LAGS.iter().zip(out) {
            let later = &signal[(*lag).min(slots)..];
            *value = product(signal, later) / power;
        }
    }
    let rest = &mut features[LAGS.len() * ACCENTS..];
    for (value, count) in rest.iter_mut().zip(places) {
        *value = count / heard.max(1) as f32;
    }
    rest[4] = (unit_s.clamp(0.1, 4.0) as f32).ln();
    rest[5] = (heard as f32 / (slots as f32 / SLOTS as f32)).clamp(0.1, 20.0).ln();
    features
}

/// Scalar product over the shorter length, in lanes that the compiler turns into vectors.
fn product(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}
