//! Which part sings: every part is described in one pass over the notes, and the best one wins.

use std::ops::Range;

use crate::score::{Note, Score};

/// Onsets this close are one attack.
const ATTACK_S: f64 = 0.05;
/// Programs of General MIDI that are basses; they sing where nothing else sounds.
const BASSES: Range<u8> = 32..40;
/// A step of a scale, in semitones, a repeated note among them.
const STEP: u8 = 2;
/// Middle of what is sung, G#4, as POP909's melodies have it.
const SUNG_PITCH: u8 = 68;
const CHANNELS: usize = 16;

/// A track and a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) track: u16,
    pub(super) channel: u8,
}

impl Part {
    pub(super) fn plays(self, note: &Note) -> bool {
        note.track == self.track && note.channel == self.channel && !note.is_drum()
    }
}

/// Weights of a conditional logit (McFadden 1974): that a part is the melody is proportional to the
/// exponential of its weighted features. Learned on 464 pop songs of three parts, 86 art songs and,
/// at a tenth of their weight, 58 files of many kinds whose tracks are named; in four-fold cross
/// validation right for 0.99 of the songs of both kinds.
mod weight {
    /// For tenfold more notes.
    pub(super) const NOTES: f64 = 2.42;
    /// For the share of notes that begin while another of the part sounds.
    pub(super) const OVERLAP: f64 = -2.56;
    /// For the share of notes that a step or less leads to.
    pub(super) const STEPS: f64 = 4.30;
    /// For the share of notes that are the lowest of all that sound.
    pub(super) const LOWEST: f64 = -1.27;
    /// For the share of notes that are the highest of all that sound.
    pub(super) const HIGHEST: f64 = 1.88;
    /// For 32 degrees of velocity.
    pub(super) const VELOCITY: f64 = 1.89;
    /// For an octave from the lowest to the highest note.
    pub(super) const RANGE: f64 = -1.36;
    /// For an octave of mean distance from what is sung.
    pub(super) const DISTANCE: f64 = -1.09;
}
const VELOCITY_UNIT: f64 = 32.0;
const OCTAVE: f64 = 12.0;

/// What is known of a part. Counts are of notes.
#[derive(Clone)]
struct Description {
    part: Part,
    notes: u32,
    basses: u32,
    overlaps: u32,
    steps: u32,
    lowest: u32,
    highest: u32,
    velocity: u64,
    distance: u64,
    range: (u8, u8),
    last_pitch: u8,
    sounds_until: u32,
}

impl Description {
    fn new(note: &Note) -> Self {
        Self {
            part: Part { track: note.track, channel: note.channel },
            notes: 0,
            basses: 0,
            overlaps: 0,
            steps: 0,
            lowest: 0,
            highest: 0,
            velocity: 0,
            distance: 0,
            range: (note.pitch, note.pitch),
            last_pitch: note.pitch,
            sounds_until: 0,
        }
    }

    fn add(&mut self, note: &Note) {
        if self.notes > 0 {
            // Players of a line slur into the next note: only what outlasts half of it is heard
            // together with it.
            self.overlaps += u32::from(self.sounds_until > note.start + note.duration() / 2);
            self.steps += u32::from(note.pitch.abs_diff(self.last_pitch) <= STEP);
        }
        self.notes += 1;
        self.basses += u32::from(BASSES.contains(&note.program));
        self.velocity += u64::from(note.velocity);
        self.distance += u64::from(note.pitch.abs_diff(SUNG_PITCH));
        self.range = (self.range.0.min(note.pitch), self.range.1.max(note.pitch));
        self.last_pitch = note.pitch;
        self.sounds_until = self.sounds_until.max(note.end);
    }

    fn is_bass(&self) -> bool {
        self.basses * 2 > self.notes
    }

    fn likelihood(&self) -> f64 {
        let notes = f64::from(self.notes);
        let share = |count: u32| f64::from(count) / notes;
        let range = f64::from(self.range.1 - self.range.0);
        weight::NOTES * notes.log10()
            + weight::OVERLAP * share(self.overlaps)
            + weight::STEPS * share(self.steps)
            + weight::LOWEST * share(self.lowest)
            + weight::HIGHEST * share(self.highest)
            + weight::VELOCITY * self.velocity as f64 / notes / VELOCITY_UNIT
            + weight::RANGE * range / OCTAVE
            + weight::DISTANCE * self.distance as f64 / notes / OCTAVE
    }
}

/// Lines that are followed at once: more parts accompany.
const MOST_SINGERS: usize = 3;

/// The part that has the melody; the earlier one of equals, a bass only where there is nothing
/// else.
pub(super) fn singer(score: &Score<'_>) -> Option<Part> {
    ranked(score).first().map(|description| description.part)
}

/// The part that has the melody, and the next likeliest of those that play one note at a time.
pub(super) fn singers(score: &Score<'_>) -> Vec<Part> {
    let ranked = ranked(score);
    let sings = |&(index, part): &(usize, &Description)| {
        index == 0 || (!part.is_bass() && part.overlaps * 2 < part.notes)
    };
    let singers = ranked.iter().enumerate().filter(sings).take(MOST_SINGERS);
    singers.map(|(_, description)| description.part).collect()
}

/// The parts, the likeliest to have the melody first.
fn ranked(score: &Score<'_>) -> Vec<Description> {
    let mut parts = describe(score);
    parts.sort_by(|a, b| {
        let treble = a.is_bass().cmp(&b.is_bass());
        treble.then_with(|| b.likelihood().total_cmp(&a.likelihood()))
    });
    parts
}

fn describe(score: &Score<'_>) -> Vec<Description> {
    let mut parts: Vec<Description> = Vec::new();
    // Index of each part, by track and channel, plus one.
    let mut index = vec![0_u32; usize::from(score.track_count) * CHANNELS];
    let mut clock = score.tempo.clock();
    let mut sounding = Sounding::default();
    let mut attack: Vec<(u32, u8)> = Vec::new();
    let mut attack_s = f64::NEG_INFINITY;
    for note in score.notes.iter().filter(|note| !note.is_drum()) {
        let slot = &mut index[usize::from(note.track) * CHANNELS + usize::from(note.channel)];
        if *slot == 0 {
            parts.push(Description::new(note));
            *slot = parts.len() as u32;
        }
        let part = *slot - 1;
        parts[part as usize].add(note);
        let seconds = clock.seconds(note.start);
        if seconds - attack_s >= ATTACK_S {
            sounding.rank(&mut attack, &mut parts);
            attack_s = seconds;
        }
        sounding.add(note);
        attack.push((part, note.pitch));
    }
    sounding.rank(&mut attack, &mut parts);
    parts
}

/// Pitches that sound, whoever plays them.
struct Sounding {
    pitches: u128,
    ends: [u32; 128],
    now: u32,
}

impl Default for Sounding {
    fn default() -> Self {
        Self { pitches: 0, ends: [0; 128], now: 0 }
    }
}

impl Sounding {
    fn add(&mut self, note: &Note) {
        let pitch = usize::from(note.pitch & 0x7f);
        let end = note.end.max(note.start.saturating_add(1));
        let before = if self.pitches >> pitch & 1 == 1 { self.ends[pitch] } else { 0 };
        self.ends[pitch] = end.max(before);
        self.pitches |= 1 << pitch;
        self.now = note.start;
    }

    /// Counts which notes of an attack are the highest and the lowest, and forgets the attack.
    fn rank(&mut self, attack: &mut Vec<(u32, u8)>, parts: &mut [Description]) {
        let (Some(lowest), Some(highest)) = (self.lowest(), self.highest()) else {
            return attack.clear();
        };
        for (part, pitch) in attack.drain(..) {
            let part = &mut parts[part as usize];
            part.lowest += u32::from(pitch <= lowest);
            part.highest += u32::from(pitch >= highest);
        }
    }

    fn lowest(&mut self) -> Option<u8> {
        while self.pitches != 0 {
            let pitch = self.pitches.trailing_zeros();
            if self.ends[pitch as usize] > self.now {
                return Some(pitch as u8);
            }
            self.pitches &= !(1 << pitch);
        }
        None
    }

    fn highest(&mut self) -> Option<u8> {
        while self.pitches != 0 {
            let pitch = 127 - self.pitches.leading_zeros();
            if self.ends[pitch as usize] > self.now {
                return Some(pitch as u8);
            }
            self.pitches &= !(1 << pitch);
        }
        None
    }
}
