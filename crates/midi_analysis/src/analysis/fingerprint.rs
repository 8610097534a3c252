//! What tells the same music in other bytes: a sketch that survives another key, tempo, order of
//! tracks, instrument, dynamics or resolution, and some lost notes.
//!
//! The highest and the lowest notes of successive onsets make two lines; the drums, whose patterns much
//! music has in common, make one where nothing else plays. Each run of four onsets of a line is a
//! shingle: the steps between them, and whether each comes sooner or later than the last (of drums,
//! what is struck). One-permutation minimal hashing (Broder 1997; Li,
//! Owen & Zhang 2012) keeps one shingle a slot, so that the share of slots that two fingerprints have
//! in common estimates the Jaccard similarity of their shingles; a slot that has none takes that of
//! the next (Shrivastava & Li 2014). A shingle counts anew when it comes the 2nd, 4th, 8th, ... time,
//! so that a bar is not the same as a hundred of it.
//!
//! Other performances of a piece have the same shingles at other times. So a slot tells too how much
//! of the piece has gone by when its shingle first comes, in ticks, which a tempo does not change.
//!
//! ```text
//! bits   what
//! 31-16  hash of the shingle
//! 15-0   share of the piece before it, of 65534; 65535 where it has been there before
//! ```

mod compare;

pub use self::compare::{fingerprint_bands, fingerprint_similarity};
use crate::model::note::Note;
use crate::model::score::Score;

/// Slots of a fingerprint.
pub const FINGERPRINT: usize = 64;
/// Onsets of a shingle.
const RUN: usize = 4;
/// Fewest shingles that tell a piece from all others: not a fill of drums, a scale, a chord pattern.
const FEWEST: u32 = 24;
/// Notes that follow each other this much faster than notes do on average begin together. Wider, and
/// performances lose what tells them apart; narrower, and a coarser resolution splits no chord but
/// joins others.
const TOGETHER: f64 = 0.2;
/// Time of a shingle that has been there before.
const AGAIN: u16 = u16::MAX;
/// Numbers to count shingles in; two that share one are counted as one.
const COUNTERS: u32 = 12;

/// The fingerprint of a piece; `None` where so few different things follow each other in it that other
/// music may well have the same.
pub(crate) fn fingerprint(score: &Score<'_>) -> Option<Vec<i32>> {
    let pitched = score.pitched_ends.len();
    let (of_drums, count) = match pitched {
        0 => (true, score.notes.len()),
        _ => (false, pitched),
    };
    let notes = score.notes.iter().filter(|note| note.is_drum() == of_drums);
    let first = notes.clone().next()?.start;
    let last = notes.clone().next_back()?.start;
    let together = (f64::from(last - first) * TOGETHER / count as f64) as u32;
    let mut sketch = Sketch::new(first, last);
    let mut line = Line::default();
    for note in notes {
        line.add(note, together, &mut sketch);
    }
    line.close(&mut sketch);
    sketch.finish()
}

/// The pitched notes, or the drums, as onsets: the one that is under way, and what the last few were.
#[derive(Default)]
struct Line {
    tick: u32,
    top: u8,
    bass: u8,
    /// Drums that are struck, a bit each; General MIDI names fewer than 64 in a row.
    drums: u64,
    is_under_way: bool,
    /// Onsets that are over, and when the last [`RUN`] of them were.
    count: usize,
    ticks: [u32; RUN],
    last_top: u8,
    last_bass: u8,
    last_gap: u32,
    /// The last steps, a byte each; changes of pace, as digits to the base of three; sets of drums.
    top_steps: u32,
    bass_steps: u32,
    rhythm: u32,
    struck: u64,
}

impl Line {
    fn add(&mut self, note: &Note, together: u32, sketch: &mut Sketch) {
        let drum = if note.is_drum() { 1 << (note.pitch % 64) } else { 0 };
        if self.is_under_way && note.start - self.tick <= together {
            self.top = self.top.max(note.pitch);
            self.bass = self.bass.min(note.pitch);
            self.drums |= drum;
            return;
        }
        self.close(sketch);
        (self.tick, self.top, self.bass, self.drums) = (note.start, note.pitch, note.pitch, drum);
        self.is_under_way = true;
    }

    /// Counts the shingles that the onset under way ends.
    fn close(&mut self, sketch: &mut Sketch) {
        if !self.is_under_way {
            return;
        }
        let gap = self.tick - self.ticks[(self.count + RUN - 1) % RUN];
        self.rhythm = (self.rhythm * 3 + change(self.last_gap, gap)) % 9;
        self.last_gap = gap;
        self.ticks[self.count % RUN] = self.tick;
        self.count += 1;
        let first = self.ticks[self.count % RUN];
        if self.drums != 0 {
            self.struck = self.struck << 16 | mix(self.drums) & 0xffff;
            if self.count >= RUN {
                sketch.add(mix(self.struck ^ u64::from(self.rhythm)), first);
            }
            return;
        }
        let step = |steps: u32, from: u8, to: u8| {
            (steps << 8 | u32::from(to.wrapping_sub(from))) & 0xff_ffff
        };
        self.top_steps = step(self.top_steps, self.last_top, self.top);
        self.bass_steps = step(self.bass_steps, self.last_bass, self.bass);
        (self.last_top, self.last_bass) = (self.top, self.bass);
        if self.count >= RUN {
            for (line, steps) in [self.top_steps, self.bass_steps].into_iter().enumerate() {
                let rhythm = u64::from(self.rhythm) << 1 | line as u64;
                sketch.add(mix((rhythm << 24 | u64::from(steps)) + 1), first);
            }
        }
    }
}

/// Whether a time is shorter than the one before, about as long, or longer.
fn change(before: u32, now: u32) -> u32 {
    let (before, now) = (u64::from(before), u64::from(now));
    u32::from(4 * now >= 3 * before) + u32::from(3 * now > 4 * before)
}

/// The least shingles of a piece.
struct Sketch {
    /// Rank and time of the least shingle of each slot.
    slots: [(u32, u16); FINGERPRINT],
    counts: [u8; 1 << COUNTERS],
    shingles: u32,
    first: u32,
    /// Time of a tick.
    scale: f64,
}

const EMPTY: u32 = u32::MAX;

impl Sketch {
    fn new(first: u32, last: u32) -> Self {
        Self {
            slots: [(EMPTY, 0); FINGERPRINT],
            counts: [0; 1 << COUNTERS],
            shingles: 0,
            first,
            scale: f64::from(AGAIN - 1) / f64::from((last - first).max(1)),
        }
    }

    fn add(&mut self, shingle: u64, tick: u32) {
        let count = &mut self.counts[(shingle >> (u64::BITS - COUNTERS)) as usize];
        *count = count.saturating_add(1);
        if !count.is_power_of_two() {
            return;
        }
        self.shingles += 1;
        let again = *count > 1;
        let hash = if again { mix(shingle ^ u64::from(*count)) } else { shingle };
        let slot = &mut self.slots[hash as usize % FINGERPRINT];
        let rank = (hash >> 8) as u32;
        if rank < slot.0 {
            let time = (f64::from(tick - self.first) * self.scale) as u16;
            *slot = (rank, if again { AGAIN } else { time });
        }
    }

    fn finish(self) -> Option<Vec<i32>> {
        if self.shingles < FEWEST {
            return None;
        }
        let slot = |index: usize| {
            let filled = |ahead: &usize| self.slots[(index + ahead) % FINGERPRINT].0 != EMPTY;
            let ahead = (0..FINGERPRINT).find(filled)?;
            let (rank, time) = self.slots[(index + ahead) % FINGERPRINT];
            let hash = mix(u64::from(rank) << 8 | ahead as u64) as u32;
            Some((hash & 0xffff_0000 | u32::from(time)) as i32)
        };
        (0..FINGERPRINT).map(slot).collect()
    }
}

/// The finalising step of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(x: u64) -> u64 {
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}
