//! The evidence for a tonic: histograms of pitch classes, C first, each over one kind of position in
//! the music, and the share of time of each key.
//!
//! Krumhansl's histogram over the whole piece is one of them. The others are where theory looks for the
//! tonic: the bass, the opening and the close, the tone above a leading tone, the goal of a falling
//! fifth in the bass (Temperley 2001, ch. 7; Huron 2006, ch. 9).

use crate::analysis::key::harmony::Harmony;
use crate::analysis::key::layout::{CLASSES, EVIDENCE, KEYS, OF_CHORDS, OF_MATERIAL, OF_NOTES};
use crate::analysis::key::material;
use crate::analysis::key::path::KeyPath;
use crate::analysis::key::progression;
use crate::analysis::key::quarters::quarters_per_tick;
use crate::model::note::Note;
use crate::model::score::Score;

/// Most quarter notes that a note counts for.
const CAP: f64 = 4.0;
/// Least quarter notes that a note counts for.
const FLOOR: f64 = 0.02;
/// Quarter notes from one note of a line to the next after which the first ends a phrase.
const LATE: f64 = 1.9;
/// Quarter notes of the close and the opening, in a narrow and a wide sense, and of one moment.
const CLOSE: f64 = 4.0;
const WIDE_CLOSE: f64 = 16.0;
const OPENING: f64 = 8.0;
const WIDE_OPENING: f64 = 32.0;
const MOMENT: f64 = 0.26;

type Histogram = [f64; CLASSES];

/// The evidence of one piece, by kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Sounding time.
    whole: Histogram,
    /// Time as the lowest note.
    bass: Histogram,
    close: Histogram,
    wide_close: Histogram,
    last_struck_bass: Histogram,
    last_sounding_bass: Histogram,
    opening: Histogram,
    wide_opening: Histogram,
    first_bass: Histogram,
    /// Tones reached in an upper line by a rising semitone.
    after_leading_tone: Histogram,
    /// Tones that the bass reaches by a rising fourth or falling fifth.
    after_falling_fifth: Histogram,
    /// Highest notes of a line that are followed by no other for long: the ends of phrases.
    phrase_ends: Histogram,
    /// Share of time of each major and then each minor key, in the whole, its first and its last part.
    keys: [[f32; KEYS]; 3],
    /// Those of the chords.
    chords: [Histogram; OF_CHORDS],
    material: [f32; OF_MATERIAL],
}

impl Evidence {
    /// `None` without pitched notes.
    pub(super) fn of(score: &Score<'_>, path: &KeyPath) -> Option<Self> {
        let harmony = Harmony::of(score);
        let mut evidence = Self {
            keys: path.shares(),
            chords: progression::histograms(&harmony),
            ..Self::default()
        };
        let mut frame = Frame::of(score)?;
        let cap = frame.units.ticks(CAP);
        let mut count = 0_u32;
        let mut bass = Bass::new(cap);
        let mut lines = Lines::new(frame.units);
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            evidence.add(note, cap, &frame);
            frame.add_end(note);
            bass.strike(note, frame.units.end(note), &mut evidence);
            lines.strike(note, &mut evidence);
            count += 1;
        }
        bass.rest(frame.end, &mut evidence);
        lines.rest(&mut evidence);
        for (histogram, lowest) in [
            (&mut evidence.last_struck_bass, frame.last_struck),
            (&mut evidence.last_sounding_bass, frame.last_sounding),
            (&mut evidence.first_bass, frame.first),
        ] {
            histogram[usize::from(lowest) % CLASSES] = 1.0;
        }
        evidence.material = material::numbers(count, &evidence.whole, &harmony);
        Some(evidence)
    }

    fn add(&mut self, note: &Note, cap: u32, frame: &Frame) {
        let class = usize::from(note.pitch) % CLASSES;
        let end = frame.units.end(note);
        let length = end - note.start;
        let weight = length.min(cap);
        self.whole[class] += f64::from(weight);
        if end > frame.close {
            self.close[class] += f64::from(length.min(end - frame.close));
        }
        if end > frame.wide_close {
            self.wide_close[class] += f64::from(weight.min(end - frame.wide_close));
        }
        if note.start < frame.opening {
            self.opening[class] += f64::from(weight);
        }
        if note.start < frame.wide_opening {
            self.wide_opening[class] += f64::from(weight);
        }
    }

    /// Time of the lowest note by its pitch class.
    pub(super) fn bass(&self) -> &Histogram {
        &self.bass
    }

    /// All numbers in a row, each histogram scaled to a sum of 1.
    pub(super) fn flat(&self) -> [f32; EVIDENCE] {
        let whole = normalised(&self.whole);
        let histograms: [Histogram; OF_NOTES] = [
            whole,
            normalised(&whole.map(f64::sqrt)),
            normalised(&self.bass),
            normalised(&self.close),
            normalised(&self.wide_close),
            self.last_struck_bass,
            self.last_sounding_bass,
            normalised(&self.opening),
            normalised(&self.wide_opening),
            self.first_bass,
            normalised(&self.after_leading_tone),
            normalised(&self.after_falling_fifth),
            normalised(&self.phrase_ends),
        ];
        let mut flat = [0.0; EVIDENCE];
        let of_notes = histograms.as_flattened().iter().map(|&number| number as f32);
        let of_keys = self.keys.as_flattened().iter().copied();
        let of_chords = self.chords.as_flattened().iter().map(|&number| number as f32);
        let numbers = of_notes.chain(of_keys).chain(of_chords).chain(self.material);
        flat.iter_mut().zip(numbers).for_each(|(to, from)| *to = from);
        flat
    }
}

fn normalised(histogram: &Histogram) -> Histogram {
    let sum: f64 = histogram.iter().sum();
    if sum > 0.0 { histogram.map(|value| value / sum) } else { *histogram }
}

/// Ticks for quarter notes.
#[derive(Clone, Copy)]
struct Units {
    quarters_per_tick: f64,
    floor: u32,
}

impl Units {
    fn ticks(self, quarters: f64) -> u32 {
        (quarters / self.quarters_per_tick) as u32
    }

    /// The end of a note, whose length has a minimum.
    fn end(self, note: &Note) -> u32 {
        note.end.max(note.start.saturating_add(self.floor))
    }
}

/// The ticks at which parts of the piece begin or end, and its lowest notes there.
struct Frame {
    units: Units,
    end: u32,
    opening: u32,
    wide_opening: u32,
    close: u32,
    wide_close: u32,
    last_moment: u32,
    first: u8,
    last_struck: u8,
    last_sounding: u8,
}

impl Frame {
    fn of(score: &Score<'_>) -> Option<Self> {
        let quarters_per_tick = quarters_per_tick(score);
        let mut units = Units { quarters_per_tick, floor: 0 };
        units.floor = units.ticks(FLOOR).max(1);
        let pitched = || score.notes.iter().filter(|note| !note.is_drum());
        let (start, last_start) = (pitched().next()?.start, pitched().next_back()?.start);
        let end = *score.pitched_ends.last()?;
        let moment = units.ticks(MOMENT);
        let lowest = |notes: &mut dyn Iterator<Item = &Note>| notes.map(|note| note.pitch).min();
        let (struck_by, struck_from) =
            (start.saturating_add(moment), last_start.saturating_sub(moment));
        Some(Self {
            units,
            end,
            opening: start.saturating_add(units.ticks(OPENING)),
            wide_opening: start.saturating_add(units.ticks(WIDE_OPENING)),
            close: end.saturating_sub(units.ticks(CLOSE)),
            wide_close: end.saturating_sub(units.ticks(WIDE_CLOSE)),
            last_moment: end.saturating_sub(moment),
            first: lowest(&mut pitched().take_while(|note| note.start <= struck_by))?,
            last_struck: lowest(&mut pitched().rev().take_while(|note| note.start >= struck_from))?,
            last_sounding: SILENT,
        })
    }

    /// Adds a note that sounds at the very end.
    fn add_end(&mut self, note: &Note) {
        if note.end >= self.last_moment {
            self.last_sounding = self.last_sounding.min(note.pitch);
        }
    }
}

/// The lowest sounding note at each onset. Pitches that have ended are removed when they become the
/// lowest, so that every note is removed once.
struct Bass {
    cap: u32,
    sounding: u128,
    ends: [u32; 128],
    now: u32,
    lowest: Option<usize>,
}

impl Bass {
    fn new(cap: u32) -> Self {
        Self { cap, sounding: 0, ends: [0; 128], now: 0, lowest: None }
    }

    fn strike(&mut self, note: &Note, end: u32, evidence: &mut Evidence) {
        if note.start > self.now {
            self.rest(note.start, evidence);
            self.now = note.start;
        }
        let pitch = usize::from(note.pitch & 0x7f);
        // What has ended did so before this note ends.
        self.ends[pitch] = end.max(self.ends[pitch]);
        self.sounding |= 1 << pitch;
    }

    /// Adds the time of the lowest note that sounds from the last onset until `next`.
    fn rest(&mut self, next: u32, evidence: &mut Evidence) {
        while self.sounding != 0 {
            let pitch = self.sounding.trailing_zeros() as usize;
            if self.ends[pitch] > self.now {
                let weight = f64::from(next.saturating_sub(self.now).min(self.cap));
                let class = pitch % CLASSES;
                evidence.bass[class] += weight;
                let before = self.lowest.replace(class);
                if before.is_some_and(|before| (class + CLASSES - before) % CLASSES == 5) {
                    evidence.after_falling_fifth[class] += weight;
                }
                return;
            }
            self.sounding &= self.sounding - 1;
        }
    }
}

/// The highest note at each onset of each track and channel. Lines are identified by a small number
/// derived from both: two that have it in common lose a little evidence.
struct Lines {
    lines: Vec<Line>,
    /// Ticks after which the next note of a line comes late, and which count at most.
    late: u32,
    longest: u32,
}

#[derive(Clone, Copy)]
struct Line {
    onset: u32,
    top: u8,
    before: u8,
}

const LINES: usize = 256;
const SILENT: u8 = u8::MAX;

impl Lines {
    fn new(units: Units) -> Self {
        let lines = vec![Line { onset: 0, top: SILENT, before: SILENT }; LINES];
        Self { lines, late: units.ticks(LATE), longest: units.ticks(CAP) }
    }

    fn strike(&mut self, note: &Note, evidence: &mut Evidence) {
        let index = (usize::from(note.track) * 16 + usize::from(note.channel)) % LINES;
        let line = &mut self.lines[index];
        if line.top != SILENT {
            if note.start == line.onset {
                line.top = line.top.max(note.pitch);
                return;
            }
            line.count(&mut evidence.after_leading_tone);
            let wait = note.start - line.onset;
            if wait >= self.late {
                let class = usize::from(line.top) % CLASSES;
                evidence.phrase_ends[class] += f64::from(wait.min(self.longest));
            }
        }
        *line = Line { onset: note.start, top: note.pitch, before: line.top };
    }

    fn rest(&self, evidence: &mut Evidence) {
        for line in self.lines.iter().filter(|line| line.top != SILENT) {
            line.count(&mut evidence.after_leading_tone);
            evidence.phrase_ends[usize::from(line.top) % CLASSES] += f64::from(self.longest);
        }
    }
}

impl Line {
    fn count(&self, reached: &mut Histogram) {
        if self.before != SILENT && self.top == self.before + 1 {
            reached[usize::from(self.top) % CLASSES] += 1.0;
        }
    }
}
