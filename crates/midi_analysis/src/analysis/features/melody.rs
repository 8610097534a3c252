//! Melodic intervals, M-1 to M-25. The melody of a voice is its notes in order; of those that start
//! together only the first in the file counts. Drums are left out.
//!
//! The intervals after the last turn of a melody count in M-23 and not in M-24, as they do in the
//! example values that come with the manual.

use super::stats::Histogram;
use super::voices::Voices;
use super::{Entry, catalog, many, one};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

const COMMON: f64 = 0.09;
/// Repeated notes, thirds, fifths, sevenths, octaves and tenths.
const ARPEGGIO: [usize; 9] = [0, 3, 4, 7, 10, 11, 12, 15, 16];
const OCTAVE: usize = 12;
/// How much longer than an embellishment the notes around it are.
const EMBELLISHED: u64 = 3;
/// A pitch that does not come back within this many notes is not counted as coming back.
const REPEATED_WITHIN: u32 = 16;
const CHANNELS: usize = 16;

pub(crate) struct Melody {
    intervals: Histogram<128>,
    notes: f64,
    embellishments: f64,
    rising: f64,
    falling: f64,
    /// Turns from rising to falling or back.
    turns: f64,
    /// Semitones of the motion that ends in a turn.
    turned_semitones: f64,
    /// How often a pitch comes back in its channel, and the notes until then.
    returns: f64,
    notes_until_return: f64,
    /// Intervals of each channel, and their semitones.
    pub(crate) channel_intervals: [f64; CHANNELS],
    pub(crate) channel_semitones: [f64; CHANNELS],
}

/// Where the melody of a voice has got to.
#[derive(Clone, Copy, Default)]
struct Line {
    /// The last two notes: start, ticks, pitch.
    last: Option<(u32, u32, u8)>,
    ticks_before: Option<u32>,
    /// 1 while it rises, -1 while it falls, 0 before it moves.
    direction: i32,
    semitones: f64,
}

/// Which notes a channel has played, by pitch.
#[derive(Clone, Copy)]
struct Heard {
    tick: Option<u32>,
    number: u32,
    pitches: [u32; 128],
}

impl Melody {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>, voices: &Voices) -> Result<Self, NoRoom> {
        let mut melody = Self {
            intervals: Histogram::new([0.0; 128]),
            notes: 0.0,
            embellishments: 0.0,
            rising: 0.0,
            falling: 0.0,
            turns: 0.0,
            turned_semitones: 0.0,
            returns: 0.0,
            notes_until_return: 0.0,
            channel_intervals: [0.0; CHANNELS],
            channel_semitones: [0.0; CHANNELS],
        };
        let mut counts = [0_u32; 128];
        let mut lines = room::filled(Line::default(), voices.count())?;
        let mut heard = [Heard { tick: None, number: 0, pitches: [0; 128] }; CHANNELS];
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            melody.notes += 1.0;
            melody.hear(&mut heard[usize::from(note.channel & 0xf)], note);
            let line = &mut lines[voices.number(note)];
            if line.last.is_some_and(|(start, ..)| start == note.start) {
                continue;
            }
            if let Some((_, ticks, pitch)) = line.last {
                let semitones = i32::from(note.pitch) - i32::from(pitch);
                counts[(semitones.unsigned_abs() & 0x7f) as usize] += 1;
                let channel = usize::from(note.channel & 0xf);
                melody.channel_intervals[channel] += 1.0;
                melody.channel_semitones[channel] += f64::from(semitones.abs());
                melody.follow(line, semitones);
                melody.embellish(line.ticks_before, ticks, note.duration());
                line.ticks_before = Some(ticks);
            }
            line.last = Some((note.start, note.duration(), note.pitch));
        }
        melody.intervals = Histogram::of(&counts);
        Ok(melody)
    }

    /// One step of the contour.
    fn follow(&mut self, line: &mut Line, semitones: i32) {
        let direction = semitones.signum();
        if direction == 0 {
            return;
        }
        *(if direction > 0 { &mut self.rising } else { &mut self.falling }) += 1.0;
        if line.direction == -direction {
            self.turns += 1.0;
            self.turned_semitones += line.semitones;
            line.semitones = 0.0;
        }
        line.direction = direction;
        line.semitones += f64::from(semitones.abs());
    }

    fn embellish(&mut self, before: Option<u32>, ticks: u32, after: u32) {
        let Some(before) = before else { return };
        if u64::from(before.min(after)) >= EMBELLISHED * u64::from(ticks) && before.min(after) > 0 {
            self.embellishments += 1.0;
        }
    }

    fn hear(&mut self, heard: &mut Heard, note: &Note) {
        if heard.tick != Some(note.start) {
            heard.tick = Some(note.start);
            heard.number += 1;
        }
        let last =
            std::mem::replace(&mut heard.pitches[usize::from(note.pitch & 0x7f)], heard.number);
        let passed = heard.number - last;
        if last > 0 && (1..=REPEATED_WITHIN).contains(&passed) {
            self.returns += 1.0;
            self.notes_until_return += f64::from(passed);
        }
    }

    fn moving(&self) -> f64 {
        self.rising + self.falling
    }
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "M-1" "Melodic Interval Histogram"
        "Share of the melodic intervals of each size, 0 to 127 semitones, up or down."
        many(128, |f| f.melody.intervals.normalized());
    "M-2" "Most Common Melodic Interval"
        "Semitones of the most frequent melodic interval; of equals the smallest."
        one(|f| f.melody.intervals.first_index());
    "M-3" "Mean Melodic Interval"
        "Mean size of the melodic intervals in semitones."
        one(|f| f.melody.intervals.moments().mean);
    "M-4" "Number of Common Melodic Intervals"
        "Sizes that each make up at least 9 % of the melodic intervals."
        one(|f| f.melody.intervals.common(COMMON));
    "M-5" "Distance Between Most Prevalent Melodic Intervals"
        "Difference of the two most common sizes in semitones."
        one(|f| f.melody.intervals.distance());
    "M-6" "Prevalence of Most Common Melodic Interval"
        "Share of the melodic intervals of the most common size."
        one(|f| f.melody.intervals.first_share());
    "M-7" "Relative Prevalence of Most Common Melodic Intervals"
        "Intervals of the second most common size, divided by those of the most common one."
        one(|f| f.melody.intervals.relative());
    "M-8" "Amount of Arpeggiation"
        "Share of the melodic intervals that are repeated notes, thirds, perfect fifths, sevenths, octaves or tenths."
        one(|f| f.melody.intervals.shares(ARPEGGIO));
    "M-9" "Repeated Notes"
        "Share of the melodic intervals that are repeated notes."
        one(|f| f.melody.intervals.share(0));
    "M-10" "Chromatic Motion"
        "Share of the melodic intervals that are semitones."
        one(|f| f.melody.intervals.share(1));
    "M-11" "Stepwise Motion"
        "Share of the melodic intervals that are minor or major seconds."
        one(|f| f.melody.intervals.shares([1, 2]));
    "M-12" "Melodic Thirds"
        "Share of the melodic intervals that are minor or major thirds."
        one(|f| f.melody.intervals.shares([3, 4]));
    "M-13" "Melodic Perfect Fourths"
        "Share of the melodic intervals that are perfect fourths."
        one(|f| f.melody.intervals.share(5));
    "M-14" "Melodic Tritones"
        "Share of the melodic intervals that are tritones."
        one(|f| f.melody.intervals.share(6));
    "M-15" "Melodic Fifths"
        "Share of the melodic intervals that are perfect fifths."
        one(|f| f.melody.intervals.share(7));
    "M-16" "Melodic Sixths"
        "Share of the melodic intervals that are minor or major sixths."
        one(|f| f.melody.intervals.shares([8, 9]));
    "M-17" "Melodic Sevenths"
        "Share of the melodic intervals that are minor or major sevenths."
        one(|f| f.melody.intervals.shares([10, 11]));
    "M-18" "Melodic Octaves"
        "Share of the melodic intervals that are octaves."
        one(|f| f.melody.intervals.share(OCTAVE));
    "M-19" "Melodic Large Intervals"
        "Share of the melodic intervals that are larger than an octave."
        one(|f| f.melody.intervals.shares(OCTAVE + 1..128));
    "M-20" "Minor Major Melodic Third Ratio"
        "Melodic minor thirds, divided by melodic major thirds."
        one(|f| f.melody.intervals.share(3) / f.melody.intervals.share(4));
    "M-21" "Melodic Embellishments"
        "Share of the notes whose neighbours in the melody both last at least three times as long."
        one(|f| f.melody.embellishments / f.melody.notes);
    "M-22" "Direction of Melodic Motion"
        "Share of the melodic intervals that rise, of those that rise or fall."
        one(|f| f.melody.rising / f.melody.moving());
    "M-23" "Average Length of Melodic Arcs"
        "Intervals that rise or fall, for each turn from rising to falling or back; 0 without a turn."
        one(|f| if f.melody.turns > 0.0 { f.melody.moving() / f.melody.turns } else { 0.0 });
    "M-24" "Average Interval Spanned by Melodic Arcs"
        "Semitones that a melody rises or falls until it turns; 0 without a turn."
        one(|f| if f.melody.turns > 0.0 { f.melody.turned_semitones / f.melody.turns } else { 0.0 });
    "M-25" "Melodic Pitch Variety"
        "Notes of a channel until a pitch comes back, itself counted; those that stay away for more than 16 are left out."
        one(|f| f.melody.notes_until_return / f.melody.returns);
};
