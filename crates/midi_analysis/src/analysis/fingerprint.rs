//! The fingerprint of a piece: hashes that recognise the same music in other bytes, whatever its key,
//! tempo, order of tracks, instruments, dynamics or resolution, even if some notes are lost.
//!
//! The highest and the lowest notes of successive onsets make two lines. Drums, whose patterns much
//! music has in common, make a line only where nothing else plays. Each run of four onsets of a line is
//! a shingle: the steps between them, and how the times between them compare (of drums, what is
//! struck). One-permutation minimal hashing (Broder 1997; Li, Owen & Zhang 2012) keeps one shingle in
//! each slot, so that the share of slots that two fingerprints have in common estimates the Jaccard
//! similarity of their shingles; an empty slot takes the shingle of the next (Shrivastava & Li 2014). The
//! 2nd, 4th, 8th, ... occurrence of a shingle counts as another shingle, so that one bar differs from
//! a hundred repetitions of it.
//!
//! Other performances of a piece have the same shingles at other times. So a slot also holds the
//! share of the piece that precedes the first occurrence of its shingle, in ticks, which do not depend
//! on the tempo.
//!
//! ```text
//! bits   content
//! 31-16  hash of the shingle
//! 15-0   share of the piece before it, of 65534; 65535 for a repeated shingle
//! ```

use crate::model::note::Note;
use crate::model::score::Score;

/// How many slots, and so numbers, a fingerprint has.
pub const FINGERPRINT_LENGTH: usize = 64;
/// Onsets of a shingle.
const RUN: usize = 4;
/// Fewest shingles that distinguish a piece from others: more than a drum fill, a scale or a chord
/// pattern has.
const FEWEST: u32 = 24;
/// Notes count as simultaneous if they are closer than this share of the mean time between notes. With
/// more, performances of one piece become alike; with less, a coarser resolution groups chords
/// differently.
const TOGETHER: f64 = 0.2;
/// Time of a repeated shingle.
pub(crate) const REPEATED: u16 = u16::MAX;
/// Bits of the hash by which occurrences of shingles are counted; those that have them in common are
/// counted as one.
const COUNTERS: u32 = 12;

/// The fingerprint of a piece; `None` where it has so few shingles that other music may well have the
/// same.
pub(crate) fn fingerprint(score: &Score<'_>) -> Option<Vec<i32>> {
    let (of_drums, count) = match score.pitched.count {
        0 => (true, score.notes.len()),
        pitched => (false, pitched),
    };
    let mut notes = score.notes.iter().filter(|note| note.is_drum() == of_drums);
    let last = notes.clone().next_back()?.start;
    let mut onset = Onset::of(notes.next()?);
    let together = (f64::from(last - onset.tick) * TOGETHER / count as f64) as u32;
    let mut sketch = Sketch::new(onset.tick, last);
    let mut line = Line { of_drums, ..Line::default() };
    for note in notes {
        if note.start - onset.tick <= together {
            onset.join(note);
        } else {
            line.add(&onset, &mut sketch);
            onset = Onset::of(note);
        }
    }
    line.add(&onset, &mut sketch);
    sketch.finish()
}

/// Notes that begin together.
#[derive(Clone, Copy)]
struct Onset {
    tick: u32,
    top: u8,
    bass: u8,
    /// The pitches, one bit each: General MIDI has fewer than 64 drums in succession.
    pitches: u64,
}

impl Onset {
    fn of(note: &Note) -> Self {
        let pitch = note.pitch;
        Self { tick: note.start, top: pitch, bass: pitch, pitches: 1 << (pitch % 64) }
    }

    fn join(&mut self, note: &Note) {
        self.top = self.top.max(note.pitch);
        self.bass = self.bass.min(note.pitch);
        self.pitches |= 1 << (note.pitch % 64);
    }
}

/// The last few onsets of the pitched notes, or of the drums.
#[derive(Default)]
struct Line {
    of_drums: bool,
    /// Onsets, and the ticks of the last [`RUN`] of them.
    count: usize,
    ticks: [u32; RUN],
    last_top: u8,
    last_bass: u8,
    last_gap: u32,
    /// The last steps, a byte each; the last comparisons of times, as digits to the base 3; the last sets
    /// of drums.
    top_steps: u32,
    bass_steps: u32,
    rhythm: u32,
    struck: u64,
}

impl Line {
    /// Adds the shingles that end with an onset.
    fn add(&mut self, onset: &Onset, sketch: &mut Sketch) {
        let gap = onset.tick - self.ticks[(self.count + RUN - 1) % RUN];
        self.rhythm = (self.rhythm * 3 + change(self.last_gap, gap)) % 9;
        self.last_gap = gap;
        self.ticks[self.count % RUN] = onset.tick;
        self.count += 1;
        let first = self.ticks[self.count % RUN];
        if self.of_drums {
            self.struck = self.struck << 16 | mix(onset.pitches) & 0xffff;
            if self.count >= RUN {
                sketch.add(mix(self.struck ^ u64::from(self.rhythm)), first);
            }
            return;
        }
        let step = |steps: u32, from: u8, to: u8| {
            (steps << 8 | u32::from(to.wrapping_sub(from))) & 0xff_ffff
        };
        self.top_steps = step(self.top_steps, self.last_top, onset.top);
        self.bass_steps = step(self.bass_steps, self.last_bass, onset.bass);
        (self.last_top, self.last_bass) = (onset.top, onset.bass);
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

/// The shingle of least hash in each slot.
struct Sketch {
    /// Hash and time of the least shingle of each slot.
    slots: [(u32, u16); FINGERPRINT_LENGTH],
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
            slots: [(EMPTY, 0); FINGERPRINT_LENGTH],
            counts: [0; 1 << COUNTERS],
            shingles: 0,
            first,
            scale: f64::from(REPEATED - 1) / f64::from((last - first).max(1)),
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
        let slot = &mut self.slots[hash as usize % FINGERPRINT_LENGTH];
        let rank = (hash >> 8) as u32;
        if rank < slot.0 {
            let time = (f64::from(tick - self.first) * self.scale) as u16;
            *slot = (rank, if again { REPEATED } else { time });
        }
    }

    fn finish(self) -> Option<Vec<i32>> {
        if self.shingles < FEWEST {
            return None;
        }
        let slot = |index: usize| {
            let filled =
                |ahead: &usize| self.slots[(index + ahead) % FINGERPRINT_LENGTH].0 != EMPTY;
            let ahead = (0..FINGERPRINT_LENGTH).find(filled)?;
            let (rank, time) = self.slots[(index + ahead) % FINGERPRINT_LENGTH];
            let hash = mix(u64::from(rank) << 8 | ahead as u64) as u32;
            Some((hash & 0xffff_0000 | u32::from(time)) as i32)
        };
        (0..FINGERPRINT_LENGTH).map(slot).collect()
    }
}

/// The finalising step of SplitMix64 (Steele, Lea & Flood 2014).
pub(crate) fn mix(x: u64) -> u64 {
    let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}
