//! How onsets are placed on a grid of beats: whether they follow the declared one, and their positions.
//!
//! The onsets of a score or a sequence are on its grid; those of a performance recorded at an arbitrary
//! tempo are not. Two measures distinguish them: the share of onsets very near a sixteenth or triplet eighth
//! (after the median metric depth of GigaMIDI, Lee et al. 2025), and for music played to a click
//! the resultant length of the onsets' phases on that grid (circular statistics, Mardia & Jupp
//! 2000). Positions are in units: quarter notes of the declared grid, or tracked beats.

use std::sync::LazyLock;

use crate::analysis::rhythm::onsets::{Onset, clamped};
use crate::analysis::rhythm::tracker::TrackedBeat;

/// Fewest onsets from which a pulse is estimated.
pub(crate) const FEWEST_ONSETS: usize = 8;
/// Divisions of a quarter note with which onsets are compared: sixteenths and triplet eighths.
const DIVISIONS: [f32; 2] = [4.0, 3.0];
/// Quarter notes by which an onset may deviate from the grid and still count as on it.
const EXACT_QUARTERS: f32 = 0.004;
/// A number so large that what is added to it is rounded to a whole one.
const WHOLE: f32 = 1.5 * (1 << 23) as f32;
/// Share of exact onsets from which a file is quantised: of measured performances 19 in 20 stay at
/// 0.10 or below, and most quantised scores are near 1.
const EXACT_SHARE: f32 = 0.2;
/// Share of exact onsets beyond which the rest are ornaments, or rounded.
const NEARLY_ALL: f32 = 0.85;
/// Resultant length from which onsets are close to the grid: half of what is played to a metronome has it.
const CLOSE_LOCK: f32 = 0.5;
/// Resultant length from which onsets follow the declared grid; set by its results on drumming to a
/// click and on performances without one, of which about 1 in 14 passes it, seldom rightly.
const PHASE_LOCK: f32 = 0.25;
/// The same where the declared tempo is the default of most programs, in a long piece.
const PHASE_LOCK_BY_DEFAULT: f32 = 0.45;
/// Fewest onsets that can contradict a declared tempo by their phases, which vary by chance in short
/// pieces.
pub(crate) const FEWEST_TO_CONTRADICT: usize = 64;
/// Share of the resultant length in windows that onsets on the grid keep over a whole piece.
const KEPT: f32 = 0.4;
/// Number of distinct phases, and their sines and cosines.
const PHASES: usize = 256;
static PHASE_TABLE: LazyLock<[(f32, f32); PHASES]> = LazyLock::new(|| {
    std::array::from_fn(|phase| {
        ((phase as f32 + 0.5) / PHASES as f32 * std::f32::consts::TAU).sin_cos()
    })
});
/// Onsets in a window of assumed constant phase.
const WINDOW: usize = 32;
/// Approximate number of onsets, in windows spread over the piece, that are compared with the grid.
const MOST_COMPARED: usize = 512;
/// Quarter notes in a cycle of the grids that are compared, and how often the points of each come in it: quarter, eighth
/// and sixteenth notes, and those that are quarter or eighth notes at two thirds, three quarters, or four thirds of the
/// tempo: dotted eighths, two of three triplet eighths, and dotted sixteenths.
const CYCLE: u32 = 6;
const OWN_POINTS: [u64; 3] = [6, 12, 24];
const OTHER_POINTS: [u64; 3] = [8, 9, 16];
/// Resultant length by which onsets are closer to one of the others than to the own ones where the tempo is another: of
/// measured scores and sequences hardly one in five hundred passes it.
const ELSEWHERE: f32 = 0.3;
/// Resultant length on quarter notes from which nothing divides them.
const UNDIVIDED: f32 = 0.9;
/// Bits of the fraction of a phase.
const FRACTION: u32 = 32;
/// Approximate number of onsets that are compared with those grids.
const FEW_COMPARED: usize = 256;
/// Bins of a quarter note for the offset of the beats from the grid, and how much heavier than offset 0
/// another has to be.
const OFFSET_BINS: usize = 48;
const OFFSET_LEAD: f32 = 1.5;
/// The same where the meter is the declared one.
const OFFSET_LEAD_DECLARED: f32 = 4.0;
/// How the onsets are placed on the declared grid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// Share of the onsets that are exactly on it, 0-1.
    exact: f32,
    /// Resultant length of their phases in windows of the piece, 0-1; 1 where nearly all are exact.
    lock: f32,
    /// The same over the whole piece at once.
    throughout: f32,
    /// The same in windows on quarter notes alone; 0 where there are too few to contradict the tempo.
    quarters: f32,
    /// By how much the onsets are closer to the grid of a tempo in simple proportion to the declared one.
    elsewhere: f32,
}

impl Fit {
    /// `quarter` is in ticks.
    pub(crate) fn of(onsets: &[Onset], quarter: u16) -> Self {
        let quarters = f32::from(quarter).recip();
        let position = |onset: &Onset| (onset.tick % u32::from(quarter)) as f32 * quarters;
        let windows = || onsets.chunks(WINDOW).step_by(onsets.len() / MOST_COMPARED + 1);
        let compared = windows().map(<[_]>::len).sum::<usize>();
        let exact = windows().flatten().filter(|onset| is_exact(position(onset))).count();
        let exact = exact as f32 / compared.max(1) as f32;
        let (lock, throughout) =
            if exact >= NEARLY_ALL { (1.0, 1.0) } else { phase_lock(windows(), quarter) };
        let (quarters, elsewhere) = match onsets.len() {
            ..FEWEST_TO_CONTRADICT => (0.0, 0.0),
            _ => against_other_grids(onsets, quarter),
        };
        Self { exact, lock, throughout, quarters, elsewhere }
    }

    /// Whether the onsets follow the grid. `by_default` says that nobody need have chosen its tempo.
    pub(crate) fn follows(self, onsets: usize, by_default: bool) -> bool {
        let is_doubtful = by_default && onsets >= FEWEST_TO_CONTRADICT;
        let least = if is_doubtful { PHASE_LOCK_BY_DEFAULT } else { PHASE_LOCK };
        self.exact >= EXACT_SHARE || self.lock >= least
    }

    /// Whether the onsets can hardly follow another grid: all are on it, or near it from end to end.
    pub(crate) fn is_close(self) -> bool {
        self.lock >= CLOSE_LOCK && !self.drifts()
    }

    /// Whether the onsets are on the grid of another tempo, two thirds or three quarters of the declared one for example.
    pub(crate) fn is_elsewhere(self) -> bool {
        self.elsewhere > ELSEWHERE
    }

    /// Whether nothing divides the quarter notes.
    pub(crate) fn is_undivided(self) -> bool {
        self.quarters > UNDIVIDED
    }

    /// Whether the onsets keep together but leave the grid slowly, as those of nearly half or two thirds its tempo do.
    pub(crate) fn drifts(self) -> bool {
        self.throughout < KEPT * self.lock
    }
}

fn is_exact(position: f32) -> bool {
    DIVISIONS.iter().any(|division| {
        let steps = position * division;
        // Numbers that large have no fraction.
        let nearest = (steps + WHOLE) - WHOLE;
        (steps - nearest).abs() <= EXACT_QUARTERS * division
    })
}

/// Mean resultant length of the phases on the grid that they are closer to, over windows, and that of all at once.
fn phase_lock<'a>(windows: impl Iterator<Item = &'a [Onset]>, quarter: u16) -> (f32, f32) {
    let phases: &[(f32, f32); PHASES] = &PHASE_TABLE;
    let quarter = u32::from(quarter);
    let scale = PHASES as f32 / quarter as f32;
    let mut locks = [0.0_f32; DIVISIONS.len()];
    let mut all = [(0.0_f32, 0.0_f32); DIVISIONS.len()];
    let (mut count, mut onsets) = (0.0_f32, 0.0_f32);
    for window in windows {
        count += 1.0;
        let mut sums = [(0.0_f32, 0.0_f32); DIVISIONS.len()];
        for onset in window {
            let position = (onset.tick % quarter) as f32 * scale;
            for ((sin, cos), division) in sums.iter_mut().zip(DIVISIONS) {
                let phase = phases[(position * division) as u32 as usize % PHASES];
                *sin += phase.0;
                *cos += phase.1;
            }
        }
        let length = window.len() as f32;
        onsets += length;
        for ((lock, all), (sin, cos)) in locks.iter_mut().zip(&mut all).zip(sums) {
            *lock += less_chance(sin, cos, length);
            *all = (all.0 + sin, all.1 + cos);
        }
    }
    let best = (0..DIVISIONS.len()).fold(0, |a, b| if locks[b] > locks[a] { b } else { a });
    let throughout = all[best].0.hypot(all[best].1) / onsets.max(1.0);
    ((locks[best] / count).sqrt(), throughout)
}

/// Resultant length of the phases on quarter notes, and by how much that on the grid of another tempo is larger than on
/// the own ones.
fn against_other_grids(onsets: &[Onset], quarter: u16) -> (f32, f32) {
    let windows = onsets.chunks(WINDOW).step_by(onsets.len() / FEW_COMPARED + 1);
    let [quarters, eighths, sixteenths] = locks(windows.clone(), quarter, OWN_POINTS);
    let [slow, less_slow, fast] = locks(windows, quarter, OTHER_POINTS);
    let own = quarters.max(eighths);
    (quarters, (slow.max(less_slow) - own).max(fast - own.max(sixteenths)))
}

/// Resultant lengths of the phases in windows, on grids of so many points in a cycle.
fn locks<'a>(
    windows: impl Iterator<Item = &'a [Onset]>,
    quarter: u16,
    points: [u64; 3],
) -> [f32; 3] {
    let phases: &[(f32, f32); PHASES] = &PHASE_TABLE;
    let cycle = CYCLE * u32::from(quarter);
    // A phase and its fraction of so many bits.
    let scale = ((PHASES as u64) << FRACTION) / u64::from(cycle);
    let mut locks = [0.0_f32; 3];
    let mut count = 0.0_f32;
    for window in windows {
        count += 1.0;
        let mut sums = [(0.0_f32, 0.0_f32); 3];
        for onset in window {
            let position = u64::from(onset.tick % cycle) * scale;
            for ((sin, cos), points) in sums.iter_mut().zip(points) {
                let phase = phases[((position * points) >> FRACTION) as usize % PHASES];
                *sin += phase.0;
                *cos += phase.1;
            }
        }
        for (lock, (sin, cos)) in locks.iter_mut().zip(sums) {
            *lock += less_chance(sin, cos, window.len() as f32);
        }
    }
    locks.map(|lock| (lock / count.max(1.0)).sqrt())
}

/// The square of the resultant length of so many phases, less what random ones give: the expected square of a random walk.
fn less_chance(sin: f32, cos: f32, phases: f32) -> f32 {
    ((sin * sin + cos * cos) / phases - 1.0).max(0.0) / phases
}

/// Positions of the onsets in quarter notes of so many ticks.
pub(crate) fn positions_in_quarters(onsets: &[Onset], quarter: f64) -> Vec<f32> {
    let quarters = quarter.recip();
    onsets.iter().map(|onset| (f64::from(onset.tick) * quarters) as f32).collect()
}

/// Positions of the onsets in beats, with what lies between two of them interpolated.
pub(crate) fn positions_in_beats(onsets: &[Onset], beats: &[TrackedBeat]) -> Vec<f32> {
    let mut after = 0;
    let last = beats.len() - 1;
    onsets
        .iter()
        .map(|onset| {
            while after < last && beats[after].seconds <= onset.seconds {
                after += 1;
            }
            let index = after.max(1);
            let (from, to) = (beats[index - 1].seconds, beats[index].seconds);
            let fraction = (onset.seconds - from) / (to - from).max(1e-3);
            // Before the first and after the last beat the grid is extended by a bar at most.
            ((index - 1) as f64 + fraction.clamp(-4.0, 5.0)) as f32
        })
        .collect()
}

/// Quarter notes by which the beats are offset from the declared grid: 0, unless onsets elsewhere are much
/// heavier.
pub(crate) fn grid_offset(onsets: &[Onset], positions: &[f32], bars_declared: bool) -> f64 {
    let lead = if bars_declared { OFFSET_LEAD_DECLARED } else { OFFSET_LEAD };
    let mut folded = [0.0_f32; OFFSET_BINS];
    for (onset, position) in onsets.iter().zip(positions) {
        // Positions before the first beat are a few units below zero at most.
        let bin = ((position + 8.0) * OFFSET_BINS as f32 + 0.5) as u32 as usize % OFFSET_BINS;
        folded[bin] += clamped(onset.salience + 2.0, 0.0, f32::MAX);
    }
    let around = |bin: usize| {
        [OFFSET_BINS - 1, 0, 1].iter().map(|step| folded[(bin + step) % OFFSET_BINS]).sum::<f32>()
    };
    let best = (0..OFFSET_BINS).fold(0, |a, b| if around(b) > around(a) { b } else { a });
    match around(best) > around(0) * lead {
        true => best as f64 / OFFSET_BINS as f64,
        false => 0.0,
    }
}
