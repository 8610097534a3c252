//! The bars of a piece, each with what sounds in it.
//!
//! Bars are those of the [`BeatGrid`] from the first note on. Positions in a bar are sixteenths of its
//! length, whatever its meter, so that bars of one meter can be compared slot by slot.

use super::powers::log2;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Slots of a bar.
pub(super) const SLOTS: usize = 16;
/// Half bars times pitch classes.
pub(super) const CHROMA: usize = 24;
/// What the shares of the pitch classes of a bar add up to.
pub(super) const HARMONY: u8 = 63;
/// Most bars that are compared; later ones belong to the last section.
pub(super) const MOST_BARS: usize = 1_024;
/// Half bars that one note is spread over.
const MOST_HALVES: usize = 8;
/// Notes between two checks for interrupts.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;
/// In the melody of a bar: a note that goes on from the slot before.
const GOES_ON: u8 = 16;
/// Most slots in which a note of the melody goes on.
const MOST_SLOTS: usize = 2 * SLOTS;
/// Units of velocity and of pitch in a texture, so that its numbers are of one size.
const VELOCITY_UNIT: f32 = 16.0;
const PITCH_UNIT: f32 = 6.0;
/// Longest rest or note that is measured, in bars.
const LONGEST: f32 = 2.0;
/// By how much of a bar a phrase may begin before its bar line, as its upbeat.
const UPBEAT: f32 = 0.6;

/// Where a bar begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct BarStart {
    pub(super) tick: u32,
    pub(super) seconds: f64,
    /// Number of the bar, as in the grid.
    pub(super) number: u32,
}

/// What sounds in one bar.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar {
    /// Shares of the pitch classes in the two halves by the square roots of their durations, of [`HARMONY`] in
    /// all; zero without pitched notes.
    pub(super) harmony: [u8; CHROMA],
    /// The pitch class, plus one, that the melody begins in each slot, the same and [`GOES_ON`] where it holds
    /// one, 0 where it rests. Where it rests all the time, the notes instead.
    pub(super) melody: [u8; SLOTS],
    /// Hashes of the notes with their slots: one-permutation minimal hashes, those that are missing taken from
    /// the next that is there (Shrivastava & Li 2014). 0 without notes.
    pub(super) notes: [u8; SLOTS],
    /// Whether a pitched note sounds.
    pub(super) pitched: bool,
    /// Notes that the melody begins in each half, and whether one in the first slot.
    pub(super) begun: [u8; 2],
    pub(super) on_line: bool,
    /// Onsets in each slot.
    pub(super) rhythm: [u8; SLOTS],
    /// How many notes begin, how loud and how high they are in the mean, and how long in sum.
    pub(super) texture: [f32; 4],
    /// Channels of tracks that play, one bit each as far as they differ by a small hash.
    pub(super) lines: u32,
    /// Before the notes of the melody that begin around the bar line: the longest rest, the longest interval
    /// between two beginnings, and the length of the note that it began with. In bars.
    pub(super) rest: f32,
    pub(super) interval: f32,
    pub(super) held: f32,
    sums: Sums,
}

/// What the notes of a bar add up to.
#[derive(Clone, Debug, Default)]
struct Sums {
    /// Ticks of each pitch class in the two halves.
    ticks: [u32; CHROMA],
    notes: u32,
    velocity: u32,
    pitch: u32,
    /// Ticks of the pitched notes.
    length: u32,
}

impl Bar {
    /// Whether the melody begins a note.
    pub(super) fn sings(&self) -> bool {
        self.begun != [0, 0]
    }
}

/// The bars of a piece.
pub(super) struct Bars {
    /// Where each begins, and where the last one ends.
    pub(super) starts: Vec<BarStart>,
    pub(super) bars: Vec<Bar>,
    /// Bars until the last note ends, those that are not compared among them.
    pub(super) total: u32,
}

impl Bars {
    /// The bars from the first note to the last; none where no beat is known. `melody` is in the order of
    /// time.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        grid: &BeatGrid,
        melody: &[Note],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        let Some((starts, total)) = bar_starts(score, grid)? else { return Ok(None) };
        let mut bars = room::filled(Bar::default(), starts.len() - 1)?;
        let mut ruler = Ruler::new(&starts);
        for notes in score.notes.chunks(NOTES_BETWEEN_CHECKS) {
            check(interrupted)?;
            notes.iter().for_each(|note| add(note, &mut bars, &mut ruler));
        }
        add_melody(melody, &mut bars, &starts);
        for (bar, starts) in bars.iter_mut().zip(starts.windows(2)) {
            bar.finish(starts[1].tick - starts[0].tick);
        }
        Ok(Some(Self { starts, bars, total }))
    }
}

/// Where the bars begin that sound, with the end of the last that is compared, and the number of all.
fn bar_starts(score: &Score<'_>, grid: &BeatGrid) -> Result<Option<(Vec<BarStart>, u32)>, NoRoom> {
    let Some(first) = score.notes.first() else { return Ok(None) };
    let mut starts: Vec<BarStart> = Vec::new();
    let (mut total, mut last_tick) = (0_u32, None);
    for beat in grid.beats.iter().filter(|beat| beat.is_downbeat() && beat.tick < score.end) {
        if last_tick.replace(beat.tick).is_some_and(|last| beat.tick <= last) {
            continue;
        }
        let start = BarStart { tick: beat.tick, seconds: beat.seconds, number: beat.bar };
        if let [before] = starts[..] {
            // Less than half a bar before a bar line is its upbeat.
            let upbeat = (start.tick - before.tick) / 2;
            if start.tick - upbeat <= first.start {
                starts[0] = start;
                continue;
            }
        }
        total += 1;
        if starts.len() <= MOST_BARS {
            room::push(&mut starts, start)?;
        }
    }
    let Some(last) = starts.last().copied() else { return Ok(None) };
    if starts.len() <= MOST_BARS {
        // The last bar is as long as the one before it.
        let length = match starts.len().checked_sub(2) {
            Some(before) => last.tick - starts[before].tick,
            None => score.end - last.tick,
        };
        let (tick, number) = (last.tick.saturating_add(length.max(1)), last.number + 1);
        room::push(&mut starts, BarStart { tick, seconds: score.tempo.seconds(tick), number })?;
    }
    Ok(Some((starts, total.max(1))))
}

/// Finds the bars and slots of ascending ticks.
struct Ruler<'a> {
    starts: &'a [BarStart],
    bar: usize,
    begin: u32,
    end: u32,
    /// Half a slot: a note that is played less than that early belongs to the next slot and bar.
    early: u32,
    middle: u32,
    per_tick: f32,
}

impl<'a> Ruler<'a> {
    fn new(starts: &'a [BarStart]) -> Self {
        let mut ruler =
            Self { starts, bar: 0, begin: 0, end: 0, early: 0, middle: 0, per_tick: 0.0 };
        ruler.measure();
        ruler
    }

    fn measure(&mut self) {
        (self.begin, self.end) = (self.starts[self.bar].tick, self.starts[self.bar + 1].tick);
        self.early = self.length() / (2 * SLOTS as u32);
        self.middle = self.begin + self.length() / 2;
        self.per_tick = (self.length() as f32).recip();
    }

    /// Ticks of the current bar, at least one.
    fn length(&self) -> u32 {
        (self.end - self.begin).max(1)
    }

    /// Goes on to the bar that a tick belongs to. `None` before the first bar and after the last.
    #[inline]
    fn advance(&mut self, tick: u32) -> Option<usize> {
        while tick >= self.end - self.early {
            if self.bar + 2 == self.starts.len() {
                return (tick < self.end).then_some(self.bar);
            }
            self.bar += 1;
            self.measure();
        }
        (tick.saturating_add(self.early) >= self.begin).then_some(self.bar)
    }

    /// The nearest slot of a tick in the current bar.
    #[inline]
    fn slot(&self, tick: u32) -> usize {
        let since = tick.saturating_sub(self.begin).min(self.length()) as i32 as f32;
        (nearest(since * self.per_tick * SLOTS as f32) as usize).min(SLOTS - 1)
    }

    /// A tick in bars since the first.
    fn position(&self, tick: u32) -> f32 {
        let (mut bar, mut begin, mut end) = (self.bar, self.begin, self.end);
        while tick >= end && bar + 2 < self.starts.len() {
            bar += 1;
            (begin, end) = (end, self.starts[bar + 1].tick);
        }
        let per_tick =
            if bar == self.bar { self.per_tick } else { ((end - begin).max(1) as f32).recip() };
        bar as f32 + (tick as f32 - begin as f32) * per_tick
    }
}

fn add(note: &Note, bars: &mut [Bar], ruler: &mut Ruler<'_>) {
    let Some(index) = ruler.advance(note.start) else { return };
    let slot = ruler.slot(note.start);
    let bar = &mut bars[index];
    bar.rhythm[slot] = bar.rhythm[slot].wrapping_add(1);
    bar.lines |= 1 << ((u32::from(note.track) * 5 + note.channel_index() as u32) % 32);
    let hash = hash(note, slot);
    let entry = &mut bar.notes[(hash >> 16) as usize % SLOTS];
    *entry = (*entry).max((hash as u8).max(1));
    let sums = &mut bar.sums;
    sums.notes += 1;
    sums.velocity += u32::from(note.velocity);
    if note.is_drum() {
        sums.pitch += 60;
        return;
    }
    sums.pitch += u32::from(note.pitch);
    sums.length = sums.length.wrapping_add(note.duration().min(ruler.length() << 1));
    let half = usize::from(slot >= SLOTS / 2);
    let end = note.sounding_end();
    let border = if half == 0 { ruler.middle } else { ruler.end };
    let ticks = &mut sums.ticks[half * 12 + usize::from(note.pitch % 12)];
    *ticks = ticks.wrapping_add(end.min(border).saturating_sub(note.start));
    if end > border {
        spread(note, bars, ruler, half);
    }
}

/// Adds the duration of a note to its pitch class in the half bars after the first in which it sounds.
fn spread(note: &Note, bars: &mut [Bar], ruler: &Ruler<'_>, first: usize) {
    let class = usize::from(note.pitch % 12);
    let end = note.sounding_end();
    for half in 2 * ruler.bar + first + 1..2 * ruler.bar + first + MOST_HALVES {
        let Some(bar) = bars.get_mut(half / 2) else { return };
        let (begin, next) = (ruler.starts[half / 2].tick, ruler.starts[half / 2 + 1].tick);
        let middle = begin + (next - begin) / 2;
        let (begin, next) = if half % 2 == 0 { (begin, middle) } else { (middle, next) };
        let ticks = &mut bar.sums.ticks[half % 2 * 12 + class];
        *ticks = ticks.saturating_add(end.min(next).saturating_sub(begin.max(note.start)));
        if end <= next {
            return;
        }
    }
}

/// The whole number nearest to one from 0 to 2^22, by its last bits where the space between numbers is 1.
#[inline]
fn nearest(x: f32) -> u32 {
    (x + 8_388_608.0).to_bits() & 0x007f_ffff
}

/// A hash of a note's pitch, kind and slot: the mixing step of MurmurHash3 (Appleby 2011).
fn hash(note: &Note, slot: usize) -> u32 {
    let mut mixed = (slot as u32) << 8 | u32::from(note.is_drum()) << 7 | u32::from(note.pitch);
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

impl Bar {
    /// Makes shares, means and logarithms of the sums; `length` is in ticks.
    fn finish(&mut self, length: u32) {
        let sums = &self.sums;
        let per_note = (sums.notes.max(1) as f32).recip();
        let bars = sums.length as f32 / length.max(1) as f32;
        self.texture = [
            log2(1.0 + sums.notes as f32),
            sums.velocity as f32 * per_note / VELOCITY_UNIT,
            sums.pitch as f32 * per_note / PITCH_UNIT,
            log2(1.0 + 4.0 * bars),
        ];
        let roots = sums.ticks.map(|ticks| (ticks.min(i32::MAX as u32) as i32 as f32).sqrt());
        let total: f32 = roots.iter().sum();
        self.pitched = total > 0.0;
        if self.pitched {
            // What is rounded off one share is added to the next, so that they add up.
            let share = f32::from(HARMONY) / total;
            let (mut sum, mut before) = (0.0, nearest(0.0));
            for (class, root) in self.harmony.iter_mut().zip(roots) {
                sum += root;
                let now = nearest(sum * share);
                *class = (now - before) as u8;
                before = now;
            }
        }
        if self.sums.notes > 0 {
            let mut next = self.notes.iter().copied().find(|&hash| hash > 0).unwrap_or(0);
            for hash in self.notes.iter_mut().rev() {
                if *hash == 0 {
                    *hash = next;
                }
                next = *hash;
            }
        }
        if !self.sings() {
            self.melody = self.notes;
        }
    }
}

fn add_melody(melody: &[Note], bars: &mut [Bar], starts: &[BarStart]) {
    let mut ruler = Ruler::new(starts);
    let (mut last_start, mut last_end) = (0.0_f32, 0.0_f32);
    for note in melody {
        let Some(index) = ruler.advance(note.start) else { continue };
        let slot = ruler.slot(note.start);
        let (start, end) = (ruler.position(note.start), ruler.position(note.end));
        let code = note.pitch % 12 + 1;
        let bar = &mut bars[index];
        bar.begun[slot / (SLOTS / 2)] += u8::from(!(1..=12).contains(&bar.melody[slot]));
        bar.on_line |= slot == 0;
        bar.melody[slot] = code;
        let held = ((end - start) * SLOTS as f32 + 0.5) as usize;
        for slot in (index * SLOTS + slot + 1..).take(held.clamp(1, MOST_SLOTS) - 1) {
            let Some(bar) = bars.get_mut(slot / SLOTS) else { break };
            bar.melody[slot % SLOTS] = code + GOES_ON;
        }
        let interval = (start - last_start).min(LONGEST);
        let line = (start.max(0.0) + UPBEAT) as usize;
        if let Some(bar) = bars.get_mut(line) {
            bar.rest = bar.rest.max((start - last_end).min(LONGEST));
            if interval > bar.interval {
                bar.interval = interval;
                bar.held = (last_end - last_start).min(LONGEST);
            }
        }
        (last_start, last_end) = (start, end);
    }
}
