//! Where the bass with which a bar begins tells the chord: as jazz is played.
//!
//! A walking bass begins the bar with the root of the chord, passes through its tones and others with every beat,
//! and approaches the next root by step. The chords above it leave the root out, as that is the task of the bass
//! (Levine 1995). So what a note of the bass is, and what sounds above it, say less of the chord than elsewhere,
//! and the note with which the bar began says more. Bars of both kinds are counted, and where many of those around
//! a bar are of one kind, its first bass is its *ground*, and has weights of its own.

use super::evidence::Segment;
use super::places::Place;
use crate::room::{self, NoRoom};

/// Fewest beats of a bar in which a bass walks.
const FEWEST_BEATS: u32 = 3;
/// Mean pitch below which a bass is low, C3. Of annotated songs and scores 1 in 100 then walks in most bars; with
/// any pitch 1 and 13.
const LOW: u32 = 48;
/// Share of the time of such chords for which the first bass of the bar may sound in them, where they leave it out.
const DOUBLED_SHARE: f64 = 0.25;
/// Bars on each side of a bar that are looked at, together a chorus of 32 bars: with 4, twice as many scores have
/// grounds somewhere.
const AROUND: usize = 16;
/// Least share of them in which the bass walks, and in which chords leave the root out, in hundredths. Of the time of
/// the annotated songs and scores 0.01 and 0.02 then has a ground, of made-up jazz 0.7.
const WALKING: usize = 40;
const ROOTLESS: usize = 40;

/// The segments of a bar, and the pitch class of the bass with which it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) class: usize,
}

/// The grounds of bars that have them, ascending, by the segments and their places.
///
/// # Errors
/// Out of memory.
pub(super) fn grounds(segments: &[Segment], places: &[Place]) -> Result<Vec<Ground>, NoRoom> {
    let bars = bars(segments, places)?;
    let mut grounds = Vec::new();
    let mut counts = [0; 2];
    bars.iter().take(AROUND).for_each(|bar| count(&mut counts, bar, 1));
    for (index, bar) in bars.iter().enumerate() {
        if let Some(next) = bars.get(index + AROUND) {
            count(&mut counts, next, 1);
        }
        let from = index.saturating_sub(AROUND);
        if index > AROUND {
            count(&mut counts, &bars[from - 1], -1);
        }
        let around = bars.len().min(index + AROUND + 1) - from;
        let [walking, rootless] = counts.map(|count| 100 * count as usize);
        if bar.known && (walking > WALKING * around || rootless > ROOTLESS * around) {
            let end = bars.get(index + 1).map_or(segments.len(), |next| next.first);
            let class = usize::from(bar.class);
            room::push(&mut grounds, Ground { first: bar.first, end, class })?;
        }
    }
    Ok(grounds)
}

/// Whether a segment is in a bar that has a ground.
pub(super) fn is_in(grounds: &[Ground], segment: usize) -> bool {
    let next = grounds.partition_point(|ground| ground.end <= segment);
    grounds.get(next).is_some_and(|ground| ground.first <= segment)
}

/// For how much of the time chords sound above a ground, by the tone that sounds longest, the root left aside: they are
/// struck now and then. `presence` is by pitch class.
pub(super) fn time_of_tones(root: usize, presence: &[f32; 12]) -> f32 {
    let tones = presence.iter().enumerate().filter(|&(class, _)| class != root);
    let longest = tones.map(|(_, &share)| share).fold(0.0, f32::max);
    if longest > 0.0 { longest } else { 1.0 }
}

fn count(counts: &mut [i32; 2], bar: &Bar, times: i32) {
    counts[0] += times * i32::from(bar.walks());
    counts[1] += times * i32::from(bar.is_rootless());
}

/// What segments that begin in a bar tell of it.
struct Bar {
    /// Whether it is a bar, not music before or without beats.
    known: bool,
    first: usize,
    /// The bass with which it begins, and its pitch class.
    bass: u8,
    class: u8,
    /// Segments that begin with a beat, how many of them come with another bass than the one before, and the sum of
    /// the pitches of their basses.
    beats: u32,
    moves: u32,
    pitches: u32,
    /// Where it begins with a low bass: whether the bass leaves that pitch class.
    leaves: bool,
    /// The same: seconds of chords above the bass, and of those in which that pitch class sounds.
    chords_s: f64,
    doubled_s: f64,
}

impl Bar {
    fn new(known: bool, first: usize, bass: u8) -> Self {
        Self {
            known,
            first,
            bass,
            class: bass % 12,
            beats: 0,
            moves: 0,
            pitches: 0,
            leaves: false,
            chords_s: 0.0,
            doubled_s: 0.0,
        }
    }

    /// Whether the bass takes another pitch with every beat.
    fn walks(&self) -> bool {
        self.beats >= FEWEST_BEATS
            && self.moves + 1 >= self.beats
            && self.pitches < LOW * self.beats
    }

    /// Whether the bass leaves the pitch with which the bar begins to chords that leave it out.
    fn is_rootless(&self) -> bool {
        self.leaves && self.is_low() && self.doubled_s < DOUBLED_SHARE * self.chords_s
    }

    /// Whether the bass with which it begins is low.
    fn is_low(&self) -> bool {
        u32::from(self.bass) < LOW
    }

    fn add(&mut self, segment: &Segment, on_beat: bool, before: Option<u8>) {
        if on_beat {
            let struck = segment.lowest_onset <= segment.bass;
            let moves = self.beats > 0 && struck && before != Some(segment.bass);
            self.beats += 1;
            self.moves += u32::from(moves);
            self.pitches += u32::from(segment.bass);
        }
        if !self.is_low() {
            // Chords above it are not asked for.
            return;
        }
        self.leaves |= segment.bass % 12 != self.class;
        let above = segment.classes_above_bass();
        // Two pitch classes or more are a chord.
        if above & above.wrapping_sub(1) != 0 {
            self.chords_s += segment.length_s();
            if above & (1 << self.class) != 0 {
                self.doubled_s += segment.length_s();
            }
        }
    }
}

fn bars(segments: &[Segment], places: &[Place]) -> Result<Vec<Bar>, NoRoom> {
    let mut bars: Vec<Bar> = Vec::new();
    let (mut number, mut before) = (None, None);
    for (index, (segment, place)) in segments.iter().zip(places).enumerate() {
        if place.bar != number || bars.is_empty() {
            number = place.bar;
            room::push(&mut bars, Bar::new(number.is_some(), index, segment.bass))?;
        }
        if let Some(bar) = bars.last_mut() {
            bar.add(segment, place.is_on_beat(), before);
        }
        before = Some(segment.bass);
    }
    Ok(bars)
}
