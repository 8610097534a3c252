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

use crate::analysis::onsets::{Onset, with_notes};
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
/// same. `onsets` are all of the score.
pub(crate) fn fingerprint(score: &Score<'_>, onsets: &[Onset]) -> Option<Vec<i32>> {
    let of_drums = score.pitched.count == 0;
    let counts = |onset: &&Onset| of_drums || onset.range().is_some();
    let (first, last) = (onsets.iter().find(counts)?, onsets.iter().rfind(counts)?);
    let notes = if of_drums { score.notes.len() } else { score.pitched.count };
    let together = (f64::from(last.tick - first.tick) * TOGETHER / notes as f64) as u32;
    let mut sketch = Sketch::new(first.tick);
    if of_drums {
        let strokes = with_notes(onsets, score).map(|(onset, notes)| (onset.tick, drums(notes)));
        add_drums(&mut sketch, joined(strokes, together, |a, b| a | b));
    } else {
        let ends = onsets.iter().filter_map(|onset| Some((onset.tick, onset.range()?)));
        add_lines(&mut sketch, joined(ends, together, |a, b| (a.0.min(b.0), a.1.max(b.1))));
    }
    sketch.finish(last.tick)
}

/// What begins at a tick: the lowest and the highest note, or the drums.
type Chord<T> = (u32, T);

/// Chords, of which those are joined that begin within so many ticks.
fn joined<T>(
    chords: impl Iterator<Item = Chord<T>>,
    together: u32,
    join: impl Fn(T, T) -> T,
) -> impl Iterator<Item = Chord<T>> {
    let mut chords = chords.peekable();
    std::iter::from_fn(move || {
        let (begin, mut all) = chords.next()?;
        while let Some((_, notes)) = chords.next_if(|(tick, _)| tick - begin <= together) {
            all = join(all, notes);
        }
        Some((begin, all))
    })
}

/// Adds the shingles of the lowest and of the highest notes.
fn add_lines(sketch: &mut Sketch, mut chords: impl Iterator<Item = Chord<(u8, u8)>>) {
    let Some((tick, mut before)) = chords.next() else { return };
    let mut run = Run::beginning(tick);
    let (mut tops, mut basses) = (0, 0);
    for (tick, (bass, top)) in chords {
        let step = |steps: u32, from: u8, to: u8| {
            (steps << 8 | u32::from(to.wrapping_sub(from))) & 0xff_ffff
        };
        tops = step(tops, before.1, top);
        basses = step(basses, before.0, bass);
        before = (bass, top);
        let (rhythm, first) = run.next(tick);
        if let Some(first) = first {
            for (line, steps) in [(0, tops), (1, basses)] {
                sketch.add(mix(((rhythm << 1 | line) << 24 | u64::from(steps)) + 1), first);
            }
        }
    }
}

/// Adds the shingles of drums.
fn add_drums(sketch: &mut Sketch, mut chords: impl Iterator<Item = Chord<u64>>) {
    let hash = |drums: u64| mix(drums) & 0xffff;
    let Some((tick, drums)) = chords.next() else { return };
    let mut run = Run::beginning(tick);
    let mut struck = hash(drums);
    for (tick, drums) in chords {
        struck = struck << 16 | hash(drums);
        let (rhythm, first) = run.next(tick);
        if let Some(first) = first {
            sketch.add(mix(struck ^ rhythm), first);
        }
    }
}

/// The drums, one bit each: General MIDI has fewer than 64 in succession.
fn drums(notes: &[Note]) -> u64 {
    notes.iter().fold(0, |drums, note| drums | 1 << (note.pitch % 64))
}

/// The last chords: when they begin, and how the times between them compare.
struct Run {
    ticks: [u32; RUN],
    chords: usize,
    gap: u32,
    change: u32,
}

impl Run {
    fn beginning(tick: u32) -> Self {
        Self { ticks: [tick; RUN], chords: 1, gap: 0, change: 0 }
    }

    /// Adds a chord. Returns the last two comparisons of times, as digits to the base 3, and the tick of the first of
    /// the chords, if there are enough.
    fn next(&mut self, tick: u32) -> (u64, Option<u32>) {
        let gap = tick - self.ticks[RUN - 1];
        let before = std::mem::replace(&mut self.change, change(self.gap, gap));
        self.gap = gap;
        self.chords += 1;
        self.ticks.rotate_left(1);
        self.ticks[RUN - 1] = tick;
        (u64::from(3 * before + self.change), (self.chords >= RUN).then_some(self.ticks[0]))
    }
}

/// Whether a time is shorter than the one before, about as long, or longer.
fn change(before: u32, now: u32) -> u32 {
    let (before, now) = (u64::from(before), u64::from(now));
    u32::from(4 * now >= 3 * before) + u32::from(3 * now > 4 * before)
}

/// The shingle of least hash in each slot.
struct Sketch {
    /// Hash of the least shingle of each slot, and the ticks before it.
    slots: [(u32, u32); FINGERPRINT_LENGTH],
    counts: [u8; 1 << COUNTERS],
    shingles: u32,
    first: u32,
}

const EMPTY: u32 = u32::MAX;
/// Instead of the ticks before a shingle: it is a repeated one. No shingle begins with the last tick.
const AGAIN: u32 = u32::MAX;

impl Sketch {
    /// An empty one of music that begins at a tick.
    fn new(first: u32) -> Self {
        Self {
            slots: [(EMPTY, 0); FINGERPRINT_LENGTH],
            counts: [0; 1 << COUNTERS],
            shingles: 0,
            first,
        }
    }

    fn add(&mut self, shingle: u64, tick: u32) {
        let count = &mut self.counts[(shingle >> (u64::BITS - COUNTERS)) as usize];
        *count += u8::from(*count < u8::MAX);
        if !count.is_power_of_two() {
            return;
        }
        self.shingles += 1;
        let again = *count > 1;
        let hash = if again { mix(shingle ^ u64::from(*count)) } else { shingle };
        let slot = &mut self.slots[hash as usize % FINGERPRINT_LENGTH];
        let rank = (hash >> 8) as u32;
        if rank < slot.0 {
            *slot = (rank, if again { AGAIN } else { tick - self.first });
        }
    }

    /// The fingerprint of music whose last chord begins at a tick.
    fn finish(&self, last: u32) -> Option<Vec<i32>> {
        if self.shingles < FEWEST {
            return None;
        }
        let time_of_tick = f64::from(REPEATED - 1) / f64::from((last - self.first).max(1));
        let slot = |index: usize| {
            let filled =
                |ahead: &usize| self.slots[(index + ahead) % FINGERPRINT_LENGTH].0 != EMPTY;
            let ahead = (0..FINGERPRINT_LENGTH).find(filled)?;
            let (rank, ticks) = self.slots[(index + ahead) % FINGERPRINT_LENGTH];
            let time =
                if ticks == AGAIN { REPEATED } else { (f64::from(ticks) * time_of_tick) as u16 };
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
