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
/// Pitch classes.
pub(super) const CHROMA: usize = 12;
/// What the shares of the pitch classes of a bar add up to.
pub(super) const HARMONY: u8 = 63;
/// Most bars that are compared; later ones belong to the last section.
pub(super) const MOST_BARS: usize = 1_024;
/// Bars that one note is spread over.
const MOST_SPREAD: usize = 4;
/// In the melody of a bar: a note that goes on from the slot before.
const GOES_ON: u8 = 16;
/// Most slots in which a note of the melody goes on.
const MOST_SLOTS: u64 = 2 * SLOTS as u64;
/// The pitch that drums count for.
const DRUM: u32 = 60;
/// Units of velocity and of pitch in a texture, so that its numbers are of one size.
const VELOCITY_UNIT: f32 = 16.0;
const PITCH_UNIT: f32 = 6.0;
/// Longest rest or note that is measured, in bars.
const LONGEST: f32 = 2.0;
/// From which tenth of a bar on a phrase may begin that belongs to the next bar, as its upbeat.
const UPBEAT: u64 = 4;

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
    /// Shares of the pitch classes by the square roots of their durations, of [`HARMONY`] in all; zero without
    /// pitched notes.
    pub(super) harmony: [u8; CHROMA],
    /// The pitch class, plus one, that the melody begins in each slot, the same and [`GOES_ON`] where it holds
    /// one, 0 where it rests. Where it rests all the time, hashes of the notes instead, each for two slots.
    pub(super) melody: [u8; SLOTS],
    /// Hashes of the notes with their slots: one-permutation minimal hashes, those that are missing taken from
    /// the next that is there (Shrivastava & Li 2014). 0 without notes.
    pub(super) notes: [u8; SLOTS],
    /// Whether a pitched note sounds.
    pub(super) pitched: bool,
    /// The slots in which the melody begins a note, a bit each.
    pub(super) begins: u16,
    /// Onsets in each slot.
    pub(super) rhythm: [u8; SLOTS],
    /// How many notes begin, how loud and how high they are in the mean, and how long in sum.
    pub(super) texture: [f32; 4],
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
    /// Ticks in which each pitch class sounds.
    ticks: [u32; CHROMA],
    notes: u32,
    velocity: u32,
    pitch: u32,
}

impl Bar {
    /// Whether the melody begins a note.
    pub(super) fn sings(&self) -> bool {
        self.begins != 0
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
        add_notes(&score.notes, &mut bars, &starts, interrupted)?;
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

/// Where one bar is.
#[derive(Clone, Copy)]
struct Place {
    begin: u32,
    end: u32,
    /// The tick from which notes belong to the next bar: those that are played less than half a slot early.
    next: u32,
    /// Half a slot.
    early: u32,
    /// Slots in a tick, of 2^32.
    slots: u64,
}

impl Place {
    fn of(starts: &[BarStart], index: usize) -> Self {
        let (begin, end) = (starts[index].tick, starts[index + 1].tick);
        let length = (end - begin).max(1);
        let early = length / (2 * SLOTS as u32);
        // Nothing follows the last.
        let next = if index + 2 == starts.len() { end } else { end - early };
        let slots = ((SLOTS as u64) << 32) / u64::from(length);
        Self { begin, end, next, early, slots }
    }

    fn length(&self) -> u32 {
        (self.end - self.begin).max(1)
    }

    /// The nearest slot of a tick that belongs to the bar.
    #[inline]
    fn slot(&self, tick: u32) -> usize {
        let since = tick.saturating_add(self.early).saturating_sub(self.begin);
        (((u64::from(since) * self.slots) >> 32) as usize).min(SLOTS - 1)
    }
}

fn add_notes(
    notes: &[Note],
    bars: &mut [Bar],
    starts: &[BarStart],
    interrupted: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let first = Place::of(starts, 0);
    let before = notes.partition_point(|note| note.start.saturating_add(first.early) < first.begin);
    let mut notes = &notes[before..];
    for index in 0..bars.len() {
        check(interrupted)?;
        let place = Place::of(starts, index);
        let Some((bar, later)) = bars[index..].split_first_mut() else { break };
        let begin = notes.iter().take_while(|note| note.start < place.next);
        let mut count = 0;
        for note in begin {
            bar.add(note, &place);
            if note.end > place.end && !note.is_drum() {
                spread(note, later, &starts[index + 1..]);
            }
            count += 1;
        }
        bar.sums.notes = count as u32;
        notes = &notes[count..];
    }
    Ok(())
}

/// Adds the duration of a note to its pitch class in the bars after the first in which it sounds.
fn spread(note: &Note, bars: &mut [Bar], starts: &[BarStart]) {
    for (bar, starts) in bars.iter_mut().zip(starts.windows(2)).take(MOST_SPREAD - 1) {
        let (begin, end) = (starts[0].tick, starts[1].tick);
        let ticks = &mut bar.sums.ticks[usize::from(note.pitch % 12)];
        *ticks = ticks.saturating_add(note.end.min(end) - begin);
        if note.end <= end {
            return;
        }
    }
}

/// The whole number nearest to one from 0 to 2^22, by its last bits where the space between numbers is 1.
#[inline]
fn nearest(x: f32) -> u32 {
    (x + 8_388_608.0).to_bits() & 0x007f_ffff
}

/// Hashes of notes: of each slot, and in it of each pitch, those of drums after those of others, the place of its entry
/// and what is entered.
static HASHES: [[(u8, u8); 256]; SLOTS] = {
    let mut hashes = [[(0, 0); 256]; SLOTS];
    let mut note = 0;
    while note < SLOTS * 256 {
        let hash = mixed(note as u32);
        let value = if hash as u8 > 0 { hash as u8 } else { 1 };
        hashes[note / 256][note % 256] = ((hash >> 16) as u8 % SLOTS as u8, value);
        note += 1;
    }
    hashes
};

/// The mixing step of MurmurHash3 (Appleby 2011).
const fn mixed(number: u32) -> u32 {
    let mixed = (number ^ number >> 16).wrapping_mul(0x85eb_ca6b);
    let mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

impl Bar {
    #[inline]
    fn add(&mut self, note: &Note, place: &Place) {
        let slot = place.slot(note.start);
        self.rhythm[slot] = self.rhythm[slot].saturating_add(1);
        let kind = usize::from(note.pitch & 0x7f) | usize::from(note.is_drum()) << 7;
        let (entry, hash) = HASHES[slot][kind];
        let entry = &mut self.notes[usize::from(entry) % SLOTS];
        *entry = (*entry).max(hash);
        self.sums.velocity += u32::from(note.velocity);
        if note.is_drum() {
            self.sums.pitch += DRUM;
            return;
        }
        self.sums.pitch += u32::from(note.pitch);
        let ticks = &mut self.sums.ticks[usize::from(note.pitch % 12)];
        *ticks = ticks.wrapping_add(note.sounding_end().min(place.end).saturating_sub(note.start));
    }

    /// Makes shares, means and logarithms of the sums; `length` is in ticks.
    fn finish(&mut self, length: u32) {
        let sums = &self.sums;
        let per_note = (sums.notes.max(1) as f32).recip();
        let ticks = sums.ticks.map(|ticks| ticks.min(i32::MAX as u32) as i32 as f32);
        let bars = ticks.iter().sum::<f32>() / length.max(1) as f32;
        self.texture = [
            log2(1.0 + sums.notes as f32),
            sums.velocity as f32 * per_note / VELOCITY_UNIT,
            sums.pitch as f32 * per_note / PITCH_UNIT,
            log2(1.0 + 4.0 * bars),
        ];
        let roots = ticks.map(f32::sqrt);
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
            let pairs = self.melody.as_chunks_mut().0.iter_mut();
            pairs.zip(&self.notes[SLOTS / 2..]).for_each(|(pair, &hash)| *pair = [hash; 2]);
        }
    }
}

fn add_melody(melody: &[Note], bars: &mut [Bar], starts: &[BarStart]) {
    let mut place = Place::of(starts, 0);
    let (mut index, mut last_start, mut last_end) = (0, place.begin, place.begin);
    for note in melody {
        while note.start >= place.next && index + 1 < bars.len() {
            index += 1;
            place = Place::of(starts, index);
        }
        if note.start.saturating_add(place.early) < place.begin || note.start >= place.end {
            continue;
        }
        let slot = place.slot(note.start);
        let code = note.pitch % 12 + 1;
        let bar = &mut bars[index];
        bar.begins |= 1 << slot;
        bar.melody[slot] = code;
        let held = (u64::from(note.duration()) * place.slots + (1 << 31)) >> 32;
        for slot in (index * SLOTS + slot + 1..).take(held.clamp(1, MOST_SLOTS) as usize - 1) {
            let Some(bar) = bars.get_mut(slot / SLOTS) else { break };
            bar.melody[slot % SLOTS] = code + GOES_ON;
        }
        let bars_of = |from: u32, to: u32| {
            let ticks = f64::from(to) - f64::from(from);
            (ticks as f32 / place.length() as f32).min(LONGEST)
        };
        let interval = bars_of(last_start, note.start);
        let since = u64::from(note.start.saturating_sub(place.begin));
        let line = index + usize::from(10 * since >= UPBEAT * u64::from(place.length()));
        if let Some(bar) = bars.get_mut(line) {
            bar.rest = bar.rest.max(bars_of(last_end, note.start));
            if interval > bar.interval {
                bar.interval = interval;
                bar.held = bars_of(last_start, last_end);
            }
        }
        (last_start, last_end) = (note.start, note.end);
    }
}
