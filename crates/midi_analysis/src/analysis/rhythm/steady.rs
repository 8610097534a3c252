//! The beats of music in one tempo, exactly: a constant interval, and where it begins.
//!
//! Music that a sequencer plays, or that is played to its metronome, is in one tempo from end to end, whatever
//! the file declares. The interval is measured over longer and longer spans, so that it is as exact as the
//! piece is long. Onsets on a division of it show that the tempo is constant (resultant length: Mardia & Jupp
//! 2000); the beats fall on those of its points where the heavier onsets are. Times are seconds.

use std::f32::consts::TAU;

use crate::analysis::rhythm::onsets::{Onset, clamped};
use crate::analysis::rhythm::tracker::TrackedBeat;
use crate::room::{self, NoRoom};

/// How far the interval may be from the expected one: three quarters of the distance between candidates.
const REACH: f64 = 0.115;
/// Bins of the range within reach for the first estimate.
const BINS: usize = 48;
/// Share of the interval within which the ends of a span of several intervals may deviate.
const TOLERANCE: f64 = 0.1;
/// Onsets before the current one that are compared, for the first estimate.
const MOST_PAIRS: usize = 48;
/// Divisions of the beat that onsets may be on.
const DIVISIONS: [u8; 5] = [1, 2, 3, 4, 6];
const LARGEST_DIVISION: usize = 6;
/// Resultant length from which the tempo is constant: onsets that deviate by a thirtieth of a beat from its fourths have
/// it. What deviates more is followed better than it is counted.
const LOCK: f32 = 0.7;
/// A finer division has to be locked on by so much more, since it holds the coarser ones.
const FINER: f32 = 0.04;
/// Most beats of a piece.
const MOST_BEATS: usize = 1 << 16;

/// Beats at a constant interval.
#[derive(Clone, Debug)]
pub(crate) struct SteadyBeats {
    pub(crate) interval_s: f64,
    /// Resultant length of the onsets' phases on them, 0-1.
    pub(crate) lock: f32,
    pub(crate) beats: Vec<TrackedBeat>,
}

/// The beats of music in one tempo at an interval; `None` where the tempo is not constant.
///
/// # Errors
/// Out of memory.
pub(crate) fn steady_beats(
    onsets: &[Onset],
    interval_s: f64,
) -> Result<Option<SteadyBeats>, NoRoom> {
    let lock = lock(onsets.iter().map(|onset| onset.seconds / interval_s));
    if lock.length < LOCK {
        return Ok(None);
    }
    let beats = beats(onsets, interval_s, phase(onsets, interval_s, lock))?;
    Ok(Some(SteadyBeats { interval_s, lock: lock.length, beats }))
}

/// The interval of about `expected_s` at which music in one tempo has its beats, by the mean of the gaps that are nearly a multiple of it: single ones, pairs, fours and so on
/// up to half of the piece.
pub(crate) fn steady_interval(onsets: &[Onset], expected_s: f64) -> Option<f64> {
    let mut interval = commonest_gap(onsets, expected_s)?;
    let span = onsets.last()?.seconds - onsets.first()?.seconds;
    let mut multiple = 1.0;
    while multiple * interval <= span * 0.5 || multiple == 1.0 {
        let goal = multiple * interval;
        let (mut sum, mut count) = (0.0, 0.0);
        let mut from = 0;
        for onset in onsets {
            let nearest = onset.seconds - goal - TOLERANCE * interval;
            while onsets[from].seconds < nearest {
                from += 1;
            }
            for before in &onsets[from..] {
                let off = onset.seconds - before.seconds - goal;
                if off < -TOLERANCE * interval {
                    break;
                }
                sum += off;
                count += 1.0;
            }
        }
        if count < 2.0 {
            break;
        }
        interval += sum / count / multiple;
        multiple *= 2.0;
    }
    Some(interval)
}

/// The commonest gap among those near the expected one.
fn commonest_gap(onsets: &[Onset], expected_s: f64) -> Option<f64> {
    let (least, most) = (expected_s * (1.0 - REACH), expected_s * (1.0 + REACH));
    let bins = BINS as f64 / (most - least);
    let mut histogram = [0.0_f32; BINS];
    for (index, onset) in onsets.iter().enumerate() {
        let weight = clamped(0.56 + 0.2 * onset.salience, 0.02, 1.0);
        for before in onsets[index.saturating_sub(MOST_PAIRS)..index].iter().rev() {
            let gap = onset.seconds - before.seconds;
            if gap >= most {
                break;
            }
            if gap >= least {
                let bin = (((gap - least) * bins) as usize).min(BINS - 1);
                histogram[bin] += weight * clamped(0.56 + 0.2 * before.salience, 0.02, 1.0);
            }
        }
    }
    let around = |bin: usize| {
        let far = &histogram[bin.saturating_sub(2)..(bin + 3).min(BINS)];
        far.iter().sum::<f32>() + histogram[bin]
    };
    let best = (0..BINS).fold(0, |best, bin| if around(bin) > around(best) { bin } else { best });
    (around(best) > 0.0).then(|| least + (best as f64 + 0.5) / bins)
}

/// How onsets are placed on the divisions of an interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lock {
    /// Resultant length of their phases, 0-1.
    pub(crate) length: f32,
    division: u8,
    /// Where the points of the division are, in intervals.
    offset: f64,
}

/// The division that most onsets are on; `beats` are the beats before each onset.
pub(crate) fn lock(beats: impl ExactSizeIterator<Item = f64>) -> Lock {
    let count = beats.len().max(1) as f32;
    let mut sums = [(0.0_f32, 0.0_f32); DIVISIONS.len()];
    for beat in beats {
        let (sin, cos) = ((beat - beat.floor()) as f32 * TAU).sin_cos();
        let one = (cos, sin);
        let (two, three) = (turned(one, one), turned(turned(one, one), one));
        let all = [one, two, three, turned(two, two), turned(three, three)];
        for (sum, (cos, sin)) in sums.iter_mut().zip(all) {
            *sum = (sum.0 + sin, sum.1 + cos);
        }
    }
    let length = sums.map(|(sin, cos)| sin.hypot(cos) / count);
    let better =
        |best: usize, next: usize| if length[next] > length[best] + FINER { next } else { best };
    let best = (0..DIVISIONS.len()).fold(0, better);
    let division = DIVISIONS[best];
    let offset = f64::from(sums[best].0.atan2(sums[best].1) / TAU) / f64::from(division);
    Lock { length: length[best], division, offset }
}

/// The sum of two angles, each as its cosine and sine.
fn turned(one: (f32, f32), by: (f32, f32)) -> (f32, f32) {
    (one.0 * by.0 - one.1 * by.1, one.0 * by.1 + one.1 * by.0)
}

/// The second of a beat, less than an interval from 0: the heaviest of the points that onsets are on.
fn phase(onsets: &[Onset], interval: f64, lock: Lock) -> f64 {
    let beats = interval.recip();
    let points = usize::from(lock.division);
    let mut weights = [0.0_f32; LARGEST_DIVISION];
    for onset in onsets {
        let beat = onset.seconds * beats - lock.offset;
        let point = ((beat - beat.floor()) * points as f64 + 0.5) as usize % points;
        weights[point] += clamped(onset.salience + 2.0, 0.0, f32::MAX);
    }
    let heavier =
        |best: usize, next: usize| if weights[next] > weights[best] { next } else { best };
    let beat = lock.offset + (0..points).fold(0, heavier) as f64 / points as f64;
    (beat - beat.floor()) * interval
}

/// The beats from the one at or before the first onset to the last onset.
fn beats(onsets: &[Onset], interval: f64, first: f64) -> Result<Vec<TrackedBeat>, NoRoom> {
    let (Some(start), Some(end)) = (onsets.first(), onsets.last()) else { return Ok(Vec::new()) };
    // Onsets may be a little early. No beat is before the file begins, but one that is hardly before it is where it begins.
    let early = TOLERANCE * interval;
    let earliest = ((-early - first) / interval).ceil();
    let before = ((start.seconds + early - first) / interval).floor().max(earliest);
    let count = ((end.seconds + early - first) / interval).floor() - before + 1.0;
    let count = (count.max(0.0) as usize).min(MOST_BEATS);
    let mut beats = room::list(count)?;
    let mut after = 1;
    for index in 0..count {
        let seconds = (first + (before + index as f64) * interval).max(0.0);
        while after + 1 < onsets.len() && onsets[after].seconds < seconds {
            after += 1;
        }
        beats.push(TrackedBeat { tick: tick_at(onsets, after, seconds), seconds, downbeat: None });
    }
    Ok(beats)
}

/// The tick of a second, on the line through the onset `after` and the one before it.
fn tick_at(onsets: &[Onset], after: usize, seconds: f64) -> u32 {
    let (Some(from), Some(to)) = (onsets.get(after.saturating_sub(1)), onsets.get(after)) else {
        return 0;
    };
    let ticks = (f64::from(to.tick) - f64::from(from.tick)) / (to.seconds - from.seconds).max(1e-6);
    (f64::from(from.tick) + (seconds - from.seconds) * ticks + 0.5).max(0.0) as u32
}
