//! What tells the same music in other bytes: a sketch that survives another key, tempo, order of
//! tracks, instrument, dynamics or resolution, and some lost notes.
//!
//! The highest and the lowest notes of successive onsets make two lines, drums a third. Each run of
//! four onsets of a line is a shingle: the intervals between them, and whether each comes sooner
//! or later than the last (of drums, what is struck). One-permutation minimal hashing (Broder 1997;
//! Li, Owen & Zhang 2012) keeps one shingle a slot, so that the share of slots that two signatures
//! have in common estimates the Jaccard similarity of their shingles; a slot without one takes the
//! next that has (Shrivastava & Li 2014). A shingle counts anew at its 2nd, 4th, 8th, ... time, so
//! that a bar is not the same as a hundred of it.
//!
//! Another performance has the same shingles, but not at the same time. So each slot tells how much
//! of the piece has gone by at the shingle's first time, and slots are in common only where these
//! times lie on one line (Tukey's resistant line, 1977).

use crate::score::{Note, Score};

/// Slots of a signature.
pub const SIGNATURE: usize = 64;
/// Onsets of a shingle.
const RUN: usize = 4;
/// Fewest shingles that tell a piece from others.
const FEWEST: u32 = 24;
/// Notes begin together that are this much nearer than notes are on average.
const TOGETHER: f64 = 0.25;
/// Time of a shingle that was there before.
const NO_TIME: u16 = u16::MAX;

/// Notes of a line that begin together.
#[derive(Clone, Copy, Default)]
struct Onset {
    tick: u32,
    top: u8,
    bass: u8,
    drums: u128,
}

/// The signature of a piece; `None` where so few notes follow each other that other music may have
/// the same. Each number holds a hash in its upper half and a time in its lower.
pub(crate) fn signature(score: &Score<'_>) -> Option<Vec<i32>> {
    let (first, last) = (score.notes.first()?.start, score.notes.last()?.start);
    let length = f64::from(last - first).max(1.0);
    let together = (length * TOGETHER / score.notes.len() as f64) as u32;
    let mut sketch = Sketch::new(first, length);
    let (mut pitched, mut drums) = (Line::default(), Line::default());
    for note in &score.notes {
        let line = if note.is_drum() { &mut drums } else { &mut pitched };
        line.add(note, together, &mut sketch);
    }
    pitched.close(&mut sketch);
    drums.close(&mut sketch);
    sketch.finish()
}

/// The last onsets of a line.
#[derive(Default)]
struct Line {
    onsets: [Onset; RUN],
    count: usize,
}

impl Line {
    fn add(&mut self, note: &Note, together: u32, sketch: &mut Sketch) {
        let bit = if note.is_drum() { 1 << (note.pitch & 0x7f) } else { 0 };
        let last = &mut self.onsets[RUN - 1];
        if self.count > 0 && note.start - last.tick <= together {
            last.top = last.top.max(note.pitch);
            last.bass = last.bass.min(note.pitch);
            last.drums |= bit;
            return;
        }
        self.close(sketch);
        self.onsets.rotate_left(1);
        let (tick, top, bass) = (note.start, note.pitch, note.pitch);
        self.onsets[RUN - 1] = Onset { tick, top, bass, drums: bit };
        self.count += 1;
    }

    /// Counts the shingles that end with the last onset.
    fn close(&self, sketch: &mut Sketch) {
        if self.count < RUN {
            return;
        }
        let [a, b, c, d] = self.onsets;
        let rhythm = change(b.tick - a.tick, c.tick - b.tick) * 3 + change(c.tick - b.tick, d.tick - c.tick);
        if d.drums != 0 {
            let drums = self.onsets.iter().fold(u64::from(rhythm), |hash, onset| {
                let mask = onset.drums as u64 ^ ((onset.drums >> 64) as u64).rotate_left(32);
                mix(hash ^ mask)
            });
            sketch.add(mix(drums ^ 2), a.tick);
            return;
        }
        for (line, pitches) in [self.onsets.map(|o| o.top), self.onsets.map(|o| o.bass)].iter().enumerate() {
            let steps = pitches.windows(2).fold(u64::from(rhythm), |steps, pair| {
                steps << 8 | u64::from(pair[1].wrapping_sub(pair[0]))
            });
            sketch.add(mix(steps << 2 | line as u64), a.tick);
        }
    }
}

/// Whether an interval of time is shorter than the one before, as long, or longer.
fn change(before: u32, now: u32) -> u32 {
    let (before, now) = (u64::from(before), u64::from(now));
    if 4 * now < 3 * before {
        0
    } else if 3 * now <= 4 * before {
        1
    } else {
        2
    }
}

struct Sketch {
    /// Hash and time of the least shingle of each slot.
    slots: [(u32, u16); SIGNATURE],
    /// How often shingles have come, by a part of their hashes.
    times: [u8; 1 << 12],
    shingles: u32,
    first: u32,
    scale: f64,
}

impl Sketch {
    fn new(first: u32, length: f64) -> Self {
        Self {
            slots: [(u32::MAX, 0); SIGNATURE],
            times: [0; 1 << 12],
            shingles: 0,
            first,
            scale: f64::from(NO_TIME - 1) / length,
        }
    }

    fn add(&mut self, shingle: u64, tick: u32) {
        let times = &mut self.times[(shingle >> 52) as usize];
        *times = times.saturating_add(1);
        if *times == u8::MAX || !times.is_power_of_two() {
            return;
        }
        self.shingles += 1;
        let again = *times > 1;
        let hash = if again { mix(shingle ^ u64::from(*times)) } else { shingle };
        let slot = &mut self.slots[(hash as usize) % SIGNATURE];
        let rank = (hash >> 8) as u32;
        if rank < slot.0 {
            let time = (f64::from(tick - self.first) * self.scale) as u16;
            *slot = (rank, if again { NO_TIME } else { time });
        }
    }

    fn finish(mut self) -> Option<Vec<i32>> {
        if self.shingles < FEWEST {
            return None;
        }
        let filled = self.slots;
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if slot.0 == u32::MAX {
                let ahead = (1..SIGNATURE).find(|ahead| filled[(index + ahead) % SIGNATURE].0 != u32::MAX)?;
                *slot = filled[(index + ahead) % SIGNATURE];
                slot.0 = slot.0.wrapping_mul(0x9e37_79b1).wrapping_add(ahead as u32);
            }
        }
        Some(self.slots.iter().map(|&(rank, time)| ((mix(rank.into()) as u32 & 0xffff_0000) | u32::from(time)) as i32).collect())
    }
}

/// The finalising step of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(x: u64) -> u64 {
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

/// (matches, timed, consistent)
pub fn compare(a: &[i32], b: &[i32], tol: f64) -> (usize, usize, usize) {
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    let mut matches = 0;
    for (&x, &y) in a.iter().zip(b) {
        if (x ^ y) as u32 >> 16 == 0 {
            matches += 1;
            let (tx, ty) = (x as u16, y as u16);
            if tx != NO_TIME && ty != NO_TIME {
                pairs.push((f64::from(tx) / 65534.0, f64::from(ty) / 65534.0));
            }
        }
    }
    pairs.sort_by(|p, q| p.0.total_cmp(&q.0));
    if pairs.len() < 3 { return (matches, pairs.len(), 0); }
    let third = (pairs.len() / 3).max(1);
    let med = |s: &[(f64, f64)]| {
        let mut d: Vec<f64> = s.iter().map(|p| p.1 - p.0).collect();
        d.sort_by(f64::total_cmp);
        (s[s.len() / 2].0, d[d.len() / 2])
    };
    let (l, r) = (med(&pairs[..third]), med(&pairs[pairs.len() - third..]));
    let slope = if r.0 - l.0 > 1e-6 { (r.1 - l.1) / (r.0 - l.0) } else { 0.0 };
    let ok = pairs.iter().filter(|p| (p.1 - p.0 - l.1 - slope * (p.0 - l.0)).abs() <= tol).count();
    (matches, pairs.len(), ok)
}
