//! Melodic intervals, M-1 to M-25. The melody of a voice is its notes in order; of those that start
//! together only the first in the file counts. Drums are left out.
//!
//! The intervals after the last turn of a melody count in M-23 and not in M-24, as they do in the
//! example values that come with the manual.

use crate::analysis::features::facts::voices::Voices;
use crate::analysis::features::stats::Histogram;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// How much longer than an embellishment the notes around it are.
const EMBELLISHED: u64 = 3;
/// A pitch that returns after more than this many notes is not counted as returning.
const REPEATED_WITHIN: u32 = 16;

pub(crate) struct Melody {
    pub(crate) intervals: Histogram<128>,
    pub(crate) notes: f64,
    pub(crate) embellishments: f64,
    pub(crate) rising: f64,
    pub(crate) falling: f64,
    /// Turns from rising to falling or back.
    pub(crate) turns: f64,
    /// Semitones of the motion that ends in a turn.
    pub(crate) turned_semitones: f64,
    /// How often a pitch returns in its channel, and the notes until then.
    pub(crate) returns: f64,
    pub(crate) notes_until_return: f64,
    /// Intervals of each channel, and their semitones.
    pub(crate) channel_intervals: Vec<f64>,
    pub(crate) channel_semitones: Vec<f64>,
}

/// The current state of the melody of a voice.
#[derive(Clone, Copy, Default)]
struct Line {
    /// The last two notes: start, ticks, pitch.
    last: Option<(u32, u32, u8)>,
    ticks_before: Option<u32>,
    /// 1 while it rises, -1 while it falls, 0 before it moves.
    direction: i32,
    semitones: f64,
}

/// The notes that a channel has played, by pitch.
#[derive(Clone, Copy)]
struct Played {
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
            channel_intervals: room::filled(0.0, score.channel_count())?,
            channel_semitones: room::filled(0.0, score.channel_count())?,
        };
        let mut counts = [0_u32; 128];
        let mut lines = room::filled(Line::default(), voices.count())?;
        let played = Played { tick: None, number: 0, pitches: [0; 128] };
        let mut played = room::filled(played, score.channel_count())?;
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            melody.notes += 1.0;
            melody.count_return(&mut played[note.channel_index()], note);
            let line = &mut lines[voices.number(note)];
            if line.last.is_some_and(|(start, ..)| start == note.start) {
                continue;
            }
            if let Some((_, ticks, pitch)) = line.last {
                let semitones = i32::from(note.pitch) - i32::from(pitch);
                counts[(semitones.unsigned_abs() & 0x7f) as usize] += 1;
                let channel = note.channel_index();
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

    fn count_return(&mut self, played: &mut Played, note: &Note) {
        if played.tick != Some(note.start) {
            played.tick = Some(note.start);
            played.number += 1;
        }
        let last =
            std::mem::replace(&mut played.pitches[usize::from(note.pitch & 0x7f)], played.number);
        let passed = played.number - last;
        if last > 0 && (1..=REPEATED_WITHIN).contains(&passed) {
            self.returns += 1.0;
            self.notes_until_return += f64::from(passed);
        }
    }

    pub(crate) fn moving(&self) -> f64 {
        self.rising + self.falling
    }
}
