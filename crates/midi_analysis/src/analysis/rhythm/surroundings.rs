//! What the network of the beats sees of an onset: its notes, and which onsets are around it at which distance
//! in time.
//!
//! The distances are those of a tempogram (Grosche & Müller 2011) at each onset: by bins of a logarithmic axis,
//! how much weight lies so far behind and ahead, of all onsets and of those in the bass. A network that is given
//! them need not learn to add up intervals. Times are seconds.

use std::sync::LazyLock;

use crate::analysis::rhythm::onsets::{Onset, clamped, rough_ln};
use crate::room::{self, NoRoom};

/// Numbers that describe the notes of an onset and its neighbours.
const OWN: usize = 21;
/// Bins of the distances, and how many in an octave.
const LAGS: usize = 24;
const LAGS_IN_OCTAVE: f64 = 4.5;
/// The first bin, and the end of the last.
const SHORTEST_S: f64 = 0.1;
const LONGEST_S: f64 = 3.45;
/// Behind and ahead, of all onsets and of those in the bass.
const DIRECTIONS: usize = 4;
/// Numbers in all.
pub(crate) const SURROUNDINGS: usize = OWN + LAGS * DIRECTIONS;
/// Onsets on each side whose distance counts.
const MOST_NEIGHBOURS: usize = 48;
/// Onsets before and from here whose pitch classes are compared.
const HARMONY: usize = 4;
/// A moderate interval, to which others are relative.
const INTERVAL_S: f32 = 0.25;
/// The middle of the keyboard, and two octaves.
const MIDDLE: f32 = 60.0;
const TWO_OCTAVES: f32 = 24.0;

/// What the network sees of an onset.
pub(crate) type Surroundings = [f32; SURROUNDINGS];

/// By milliseconds of a distance: the bin below it, and its share of the weight.
static BINS: LazyLock<Vec<(u8, f32)>> = LazyLock::new(|| {
    let place = |ms: usize| {
        let place = LAGS_IN_OCTAVE * (ms as f64 / 1e3 / SHORTEST_S).log2();
        let place = place.clamp(0.0, (LAGS - 1) as f64 - 1e-3);
        (place as u8, 1.0 - place.fract() as f32)
    };
    (0..(LONGEST_S * 1e3) as usize).map(|ms| place(ms.max(1))).collect()
});

/// The surroundings of all onsets.
///
/// # Errors
/// Out of memory.
pub(crate) fn surroundings(onsets: &[Onset]) -> Result<Vec<Surroundings>, NoRoom> {
    let mut all = room::filled([0.0; SURROUNDINGS], onsets.len())?;
    let mut bass_before = None;
    for (index, row) in all.iter_mut().enumerate() {
        describe(onsets, index, bass_before, row);
        if onsets[index].is_bass {
            bass_before = Some(index);
        }
    }
    let mut bass_after: Option<usize> = None;
    for (index, row) in all.iter_mut().enumerate().rev() {
        row[OWN - 1] = since(onsets, Some(index), bass_after);
        if onsets[index].is_bass {
            bass_after = Some(index);
        }
    }
    measure(onsets, &mut all)?;
    for row in &mut all {
        // A single onset counts half of what many do.
        row[OWN..].iter_mut().for_each(|weight| *weight /= 1.0 + *weight);
    }
    Ok(all)
}

/// Logarithm of the seconds from one onset to another, relative to a second; 0 without either.
fn since(onsets: &[Onset], from: Option<usize>, to: Option<usize>) -> f32 {
    let (Some(from), Some(to)) = (from, to) else { return 0.0 };
    rough_ln(clamped((onsets[to].seconds - onsets[from].seconds) as f32, 0.05, 8.0))
}

fn describe(onsets: &[Onset], index: usize, bass_before: Option<usize>, row: &mut Surroundings) {
    let onset = &onsets[index];
    let interval = |from: usize, to: usize| match (onsets.get(from), onsets.get(to)) {
        (Some(from), Some(to)) => (to.seconds - from.seconds) as f32,
        _ => INTERVAL_S,
    };
    let ln = |seconds: f32| rough_ln(clamped(seconds, 0.02, 8.0) / INTERVAL_S);
    let flag = |is: bool| f32::from(u8::from(is));
    let before = index.checked_sub(1).map(|before| &onsets[before]);
    let next = interval(index, index + 1);
    let pitched = onset.classes != 0;
    let pitch = |pitch: u8| (f32::from(pitch) - MIDDLE) / TWO_OCTAVES * flag(pitched);
    let step = before
        .filter(|before| before.classes != 0 && pitched)
        .map_or(0.0, |before| f32::from(onset.highest) - f32::from(before.highest));
    let classes = |range: &[Onset]| range.iter().fold(0, |all, onset| all | onset.classes);
    let (old, new) = (
        classes(&onsets[index.saturating_sub(HARMONY)..index]),
        classes(&onsets[index..(index + HARMONY).min(onsets.len())]),
    );
    let bass_moves = bass_before
        .is_some_and(|before| onset.is_bass && onsets[before].lowest % 12 != onset.lowest % 12);
    let own: [f32; OWN - 1] = [
        ln(before.map_or(INTERVAL_S, |before| (onset.seconds - before.seconds) as f32)),
        ln(next),
        ln(onset.length),
        clamped(onset.louder / 32.0, -2.0, 2.0),
        rough_ln(clamped(f32::from(onset.notes), 1.0, 16.0)),
        flag(onset.is_bass),
        pitch(onset.lowest),
        pitch(onset.highest),
        clamped(onset.above_lowest / 12.0, 0.0, 3.0),
        f32::from(onset.fresh.min(9)) / 3.0,
        flag(onset.kick),
        flag(onset.snare),
        flag(pitched),
        clamped(onset.salience / 3.0, -3.0, 3.0),
        since(onsets, bass_before, Some(index)),
        clamped(step / 12.0, -2.0, 2.0),
        rough_ln(clamped(onset.length / next.max(0.02), 0.05, 20.0)),
        ln(onset.interval),
        (new & !old).count_ones() as f32 / (new | old).count_ones().max(1) as f32,
        flag(bass_moves),
    ];
    row[..OWN - 1].copy_from_slice(&own);
}

/// An onset as another one hears it.
struct Heard {
    seconds: f64,
    /// Its weight, and that in the bass.
    heavy: f32,
    deep: f32,
}

impl Heard {
    fn of(onset: &Onset) -> Self {
        let heavy = clamped(0.56 + 0.2 * onset.salience, 0.02, 1.0);
        let deep = if onset.is_bass | onset.kick { heavy } else { 0.0 };
        Self { seconds: onset.seconds, heavy, deep }
    }
}

/// Adds the weight of each pair of onsets to the bins of both.
///
/// # Errors
/// Out of memory.
fn measure(onsets: &[Onset], all: &mut [Surroundings]) -> Result<(), NoRoom> {
    let bins: &[(u8, f32)] = &BINS;
    let heard = room::gathered(onsets.iter().map(Heard::of))?;
    for (index, onset) in heard.iter().enumerate() {
        for (ahead, later) in heard.iter().enumerate().skip(index + 1).take(MOST_NEIGHBOURS) {
            let ms = ((later.seconds - onset.seconds) * 1e3 + 0.5) as u32 as usize;
            let Some(&(bin, share)) = bins.get(ms) else { break };
            let mut add = |row: usize, direction: usize, weight: f32| {
                let at = OWN + direction * LAGS + usize::from(bin);
                all[row][at] += weight * share;
                all[row][at + 1] += weight * (1.0 - share);
            };
            add(index, 0, later.heavy);
            add(ahead, 1, onset.heavy);
            if later.deep > 0.0 {
                add(index, 2, later.deep);
            }
            if onset.deep > 0.0 {
                add(ahead, 3, onset.deep);
            }
        }
    }
    Ok(())
}
