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
/// Entries of the sketch of a bar.
pub(super) const ENTRIES: usize = 32;
/// Half bars times pitch classes.
pub(super) const CHROMA: usize = 24;
/// Length of the vector of pitch classes: large enough for whole numbers.
pub(super) const LENGTH: f32 = 256.0;
/// Most bars that are compared; later ones belong to the last section.
const MOST_BARS: usize = 1_024;
/// Half bars that one note is spread over.
const MOST_HALVES: usize = 8;
/// Notes between two checks for interrupts.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;
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
    /// Square roots of the durations of each pitch class in the two halves, as a vector of length
    /// [`LENGTH`]; zero without pitched notes.
    pub(super) chroma: [i16; CHROMA],
    /// Durations of each pitch class in the two halves, in bars.
    durations: [f32; CHROMA],
    /// Whether a pitched note sounds.
    pub(super) pitched: bool,
    /// Onsets in each slot.
    pub(super) rhythm: [f32; SLOTS],
    /// The pitch class, plus one, that the melody begins in each slot; 0 for none.
    pub(super) melody: [u8; SLOTS],
    /// Slots in which the melody begins a note.
    pub(super) melody_notes: u8,
    /// Least hashes of the notes with their slots; 0 for none.
    pub(super) sketch: [u8; ENTRIES],
    pub(super) sketch_entries: u8,
    /// How many notes begin, how loud and how high they are in the mean, and how long in sum.
    pub(super) texture: [f32; 4],
    /// Channels of tracks that play, one bit each as far as they differ by a small hash.
    pub(super) lines: u32,
    /// Before the notes of the melody that begin around the bar line: the longest rest, the longest interval
    /// between two beginnings, and the length of the note that it began with. In bars.
    pub(super) rest: f32,
    pub(super) interval: f32,
    pub(super) held: f32,
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
        bars.iter_mut().for_each(Bar::finish);
        add_melody(melody, &mut bars, &starts);
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
    /// Slots in a tick of the current bar.
    slots: f32,
}

impl<'a> Ruler<'a> {
    fn new(starts: &'a [BarStart]) -> Self {
        let mut ruler = Self { starts, bar: 0, slots: 0.0 };
        ruler.measure();
        ruler
    }

    fn measure(&mut self) {
        self.slots = SLOTS as f32 / self.length() as f32;
    }

    /// Ticks of the current bar, at least one.
    fn length(&self) -> u32 {
        (self.starts[self.bar + 1].tick - self.starts[self.bar].tick).max(1)
    }

    /// Goes on to the bar that a tick belongs to: a note that is played less than half a slot early belongs to
    /// the next one. `None` before the first bar and after the last.
    fn advance(&mut self, tick: u32) -> Option<usize> {
        loop {
            let early = self.length() / (2 * SLOTS as u32);
            if tick < self.starts[self.bar + 1].tick - early {
                break;
            }
            if self.bar + 2 == self.starts.len() {
                return (tick < self.starts[self.bar + 1].tick).then_some(self.bar);
            }
            self.bar += 1;
            self.measure();
        }
        let early = self.length() / (2 * SLOTS as u32);
        (tick.saturating_add(early) >= self.starts[self.bar].tick).then_some(self.bar)
    }

    /// The nearest slot of a tick in the current bar.
    fn slot(&self, tick: u32) -> usize {
        let since = tick.saturating_sub(self.starts[self.bar].tick) as f32;
        ((since * self.slots + 0.5) as usize).min(SLOTS - 1)
    }

    /// A tick in bars since the first.
    fn position(&self, tick: u32) -> f32 {
        let mut bar = self.bar;
        while bar + 2 < self.starts.len() && tick >= self.starts[bar + 1].tick {
            bar += 1;
        }
        let length = (self.starts[bar + 1].tick - self.starts[bar].tick).max(1) as f32;
        let since = tick as f32 - self.starts[bar].tick as f32;
        bar as f32 + since / length
    }
}

fn add(note: &Note, bars: &mut [Bar], ruler: &mut Ruler<'_>) {
    let Some(index) = ruler.advance(note.start) else { return };
    let slot = ruler.slot(note.start);
    let bar = &mut bars[index];
    bar.rhythm[slot] += 1.0;
    bar.lines |= 1 << ((note.track as u32 * 5 + note.channel_index() as u32) % 32);
    let hash = hash(note, slot);
    let entry = &mut bar.sketch[(hash >> 16) as usize % ENTRIES];
    *entry = (*entry).max((hash as u8).max(1));
    let [count, velocity, pitch, length] = &mut bar.texture;
    *count += 1.0;
    *velocity += f32::from(note.velocity);
    if note.is_drum() {
        *pitch += 60.0;
        return;
    }
    *pitch += f32::from(note.pitch);
    let per_bar = 1.0 / ruler.length() as f32;
    *length += (note.duration() as f32 * per_bar).min(LONGEST);
    spread(note, bars, ruler);
}

/// Adds the duration of a note to the pitch classes of the half bars in which it sounds.
fn spread(note: &Note, bars: &mut [Bar], ruler: &Ruler<'_>) {
    let class = usize::from(note.pitch % 12);
    let (mut from, end) = (note.start, note.sounding_end());
    let mut bar = ruler.bar;
    let mut half = usize::from(ruler.slot(note.start) >= SLOTS / 2);
    for _ in 0..MOST_HALVES {
        let (begin, next) = (ruler.starts[bar].tick, ruler.starts[bar + 1].tick);
        let length = (next - begin).max(1);
        let border = if half == 0 { begin + length / 2 } else { next };
        let until = end.min(border);
        bars[bar].durations[half * 12 + class] += until.saturating_sub(from) as f32 / length as f32;
        if end <= border {
            return;
        }
        from = from.max(border);
        bar += half;
        half = 1 - half;
        if bar == bars.len() {
            return;
        }
    }
}

/// A hash of a note's pitch, kind and slot: the mixing step of MurmurHash3 (Appleby 2011).
fn hash(note: &Note, slot: usize) -> u32 {
    let mut mixed = (slot as u32) << 8 | u32::from(note.is_drum()) << 7 | u32::from(note.pitch);
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35);
    mixed ^ mixed >> 16
}

impl Bar {
    /// Makes means and logarithms of the sums.
    fn finish(&mut self) {
        let [count, velocity, pitch, length] = &mut self.texture;
        let notes = count.max(1.0);
        *velocity /= notes * VELOCITY_UNIT;
        *pitch /= notes * PITCH_UNIT;
        *length = log2(1.0 + 4.0 * *length);
        *count = log2(1.0 + *count);
        self.sketch_entries = self.sketch.iter().filter(|&&entry| entry > 0).count() as u8;
        let total: f32 = self.durations.iter().sum();
        self.pitched = total > 0.0;
        if self.pitched {
            let share = LENGTH * LENGTH / total;
            for (class, duration) in self.chroma.iter_mut().zip(&self.durations) {
                *class = ((duration * share).sqrt() + 0.5) as i16;
            }
        }
    }

    /// Square roots of the durations of the pitch classes.
    pub(super) fn classes(&self) -> [f32; 12] {
        std::array::from_fn(|class| (self.durations[class] + self.durations[class + 12]).sqrt())
    }
}

fn add_melody(melody: &[Note], bars: &mut [Bar], starts: &[BarStart]) {
    let mut ruler = Ruler::new(starts);
    let (mut last_start, mut last_end) = (0.0_f32, 0.0_f32);
    for note in melody {
        let Some(index) = ruler.advance(note.start) else { continue };
        let entry = &mut bars[index].melody[ruler.slot(note.start)];
        bars[index].melody_notes += u8::from(*entry == 0);
        *entry = note.pitch % 12 + 1;
        let start = ruler.position(note.start);
        let interval = start - last_start;
        let line = (start.max(0.0) + UPBEAT) as usize;
        if let Some(bar) = bars.get_mut(line) {
            bar.rest = bar.rest.max((start - last_end).min(LONGEST));
            if interval.min(LONGEST) > bar.interval {
                bar.interval = interval.min(LONGEST);
                bar.held = (last_end - last_start).min(LONGEST);
            }
        }
        (last_start, last_end) = (start, ruler.position(note.end));
    }
}
