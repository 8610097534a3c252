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
use crate::analysis::key::windows::{Window, Windows, classes};
use crate::model::note::Note;
use crate::model::score::Score;

/// Quarter notes from one note of a line to the next after which the first ends a phrase, and which count
/// at most.
const LATE: f64 = 1.9;
const CAP: f64 = 4.0;
/// Quarter notes of the close, with that in which the music stops, and of the opening, in a narrow and
/// a wide sense.
const CLOSE: usize = 5;
const WIDE_CLOSE: usize = 17;
const OPENING: usize = 8;
const WIDE_OPENING: usize = 32;
/// Quarter notes of a moment.
const MOMENT: f64 = 0.26;
/// Semitones by which a falling fifth rises.
const FOURTH: usize = 5;

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
    pub(super) fn of(score: &Score<'_>, windows: &Windows, path: &KeyPath) -> Option<Self> {
        let harmony = Harmony::of(&windows.each);
        let mut evidence = Self {
            whole: path.classes(),
            keys: path.shares(),
            chords: progression::histograms(&harmony),
            ..Self::default()
        };
        evidence.add(&windows.each);
        let mut ends = Ends::of(score)?;
        let mut lines = Lines::new(quarters_per_tick(score));
        let mut count = 0_u32;
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            ends.add(note);
            lines.strike(note, &mut evidence);
            count += 1;
        }
        lines.rest(&mut evidence);
        for (histogram, lowest) in [
            (&mut evidence.last_struck_bass, ends.last_struck),
            (&mut evidence.last_sounding_bass, ends.last_sounding),
            (&mut evidence.first_bass, ends.first),
        ] {
            histogram[usize::from(lowest) % CLASSES] = 1.0;
        }
        evidence.material = material::numbers(count, &evidence.whole, &harmony);
        Some(evidence)
    }

    /// Adds what is counted by windows.
    fn add(&mut self, windows: &[Window]) {
        let mut before = None;
        for class in windows.iter().filter_map(Window::bass) {
            self.bass[class] += 1.0;
            let fell = before.is_some_and(|before| (class + CLASSES - before) % CLASSES == FOURTH);
            self.after_falling_fifth[class] += f64::from(u8::from(fell));
            before = Some(class);
        }
        let sounds = |window: &Window| window.bass().is_some();
        let first = windows.iter().position(sounds).unwrap_or(0);
        let end = windows.iter().rposition(sounds).map_or(0, |last| last + 1);
        let sounding = &windows[first..end];
        let close = |length: usize| classes(&sounding[sounding.len().saturating_sub(length)..]);
        let opening = |length: usize| classes(&sounding[..length.min(sounding.len())]);
        (self.close, self.wide_close) = (close(CLOSE), close(WIDE_CLOSE));
        (self.opening, self.wide_opening) = (opening(OPENING), opening(WIDE_OPENING));
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

/// The lowest notes where the piece begins and ends.
struct Ends {
    last_moment: u32,
    first: u8,
    last_struck: u8,
    last_sounding: u8,
}

impl Ends {
    fn of(score: &Score<'_>) -> Option<Self> {
        let pitched = || score.notes.iter().filter(|note| !note.is_drum());
        let (start, last_start) = (pitched().next()?.start, pitched().next_back()?.start);
        let moment = (MOMENT / quarters_per_tick(score)) as u32;
        let lowest = |notes: &mut dyn Iterator<Item = &Note>| notes.map(|note| note.pitch).min();
        let (struck_by, struck_from) =
            (start.saturating_add(moment), last_start.saturating_sub(moment));
        Some(Self {
            last_moment: score.pitched.end.saturating_sub(moment),
            first: lowest(&mut pitched().take_while(|note| note.start <= struck_by))?,
            last_struck: lowest(&mut pitched().rev().take_while(|note| note.start >= struck_from))?,
            last_sounding: SILENT,
        })
    }

    /// Adds a note that sounds at the very end.
    fn add(&mut self, note: &Note) {
        if note.end >= self.last_moment {
            self.last_sounding = self.last_sounding.min(note.pitch);
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
    fn new(quarters_per_tick: f64) -> Self {
        let lines = vec![Line { onset: 0, top: SILENT, before: SILENT }; LINES];
        let ticks = |quarters: f64| (quarters / quarters_per_tick) as u32;
        Self { lines, late: ticks(LATE), longest: ticks(CAP) }
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
