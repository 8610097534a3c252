//! The plan of a piece, and the notes that are written before anybody plays them.

use fastrand::Rng;

use super::grooves::{Groove, grooves};
use super::harmony::{Chord, Key};
use super::patterns::{METERS, Meter};
use super::perform::normal;
use super::tune::{Step, cells, rhythm, walk};

/// Channel of drums.
pub const DRUMS: u8 = 9;
/// Velocity of a note that is not accented.
const PLAIN: i16 = 76;

/// Seconds of a step of a fast pattern at least.
const SHORTEST_STEP_S: f64 = 0.115;

/// A written note. Times are quarter notes.
#[derive(Clone, Copy)]
pub struct Note {
    pub start: f64,
    pub length: f64,
    pub pitch: u8,
    pub channel: u8,
    /// Velocity where dynamics are played.
    pub velocity: i16,
}

/// What plays.
struct Band {
    melody: bool,
    accompaniment: Option<&'static str>,
    /// Whether the accompaniment is on the melody's channel.
    piano: bool,
    pad: bool,
    bass: Option<&'static str>,
    drums: Option<Groove>,
    /// Four voices, a chord a beat.
    chorale: bool,
}

/// A piece before it is composed.
pub struct Plan {
    pub meter: Meter,
    /// Beats a minute.
    pub bpm: f64,
    pub key: Key,
    pub bars: usize,
    /// Beats before the first downbeat in which the melody begins.
    pub pickup: f64,
    /// Share of a beat by which the second of two halves of a beat is late.
    pub swing: f64,
    band: Band,
    /// Chords in a bar, or bars of a chord where less than 1.
    changes: f64,
    /// How likely a beat of the melody has no onset, of 16.
    held: u8,
}

impl Plan {
    pub fn new(rng: &mut Rng) -> Self {
        let total: u32 = METERS.iter().map(|meter| meter.0).sum();
        let mut pick = rng.u32(..total);
        let chosen = METERS.iter().find(|meter| {
            let found = pick < meter.0;
            pick = pick.saturating_sub(meter.0);
            found
        });
        let &(_, meter, patterns, basses) = chosen.unwrap_or(&METERS[0]);
        let bpm = tempo(meter, rng);
        let band = Band::new(meter, bpm, [patterns, basses], rng);
        let is_simple = meter.beat == 1.0;
        Self {
            meter,
            bpm,
            key: Key::any(rng),
            bars: [4, 8, 8, 12, 16, 16, 24, 32][rng.usize(..8)]
                * if meter.beats < 3 { 2 } else { 1 },
            pickup: if rng.u8(..5) == 0 { 1.0 } else { 0.0 },
            swing: match rng.u8(..10) {
                0 if is_simple => 1.0 / 6.0,
                1 if is_simple => 0.02 + 0.1 * rng.f64(),
                _ => 0.0,
            },
            band,
            changes: [1.0, 1.0, 1.0, 1.0, 2.0, 0.5, 0.25][rng.usize(..7)],
            held: rng.u8(..7),
        }
    }

    /// Quarter notes in a bar.
    pub fn bar(&self) -> f64 {
        self.meter.beat * f64::from(self.meter.beats)
    }

    /// Whether there are drums.
    pub fn has_drums(&self) -> bool {
        self.band.drums.is_some()
    }

    /// The notes, in bars from 0 on; a pickup begins before.
    pub fn compose(&self, rng: &mut Rng) -> Vec<Note> {
        let mut notes = Vec::new();
        let section = [4, 8][rng.usize(..2)].min(self.bars);
        let chords = self.key.progression((section as f64 * self.changes).ceil() as usize + 1, rng);
        let cells = cells(self.bpm, rng);
        let motifs: [Vec<Step>; 3] =
            std::array::from_fn(|_| rhythm(self.meter, &cells, self.held, rng));
        let middle = 64 + rng.u8(..12);
        let mut pitch = middle;
        let begins = if rng.u8(..4) == 0 { 4 * rng.usize(..2) } else { 0 };
        for number in 0..self.bars {
            let place = number % section;
            let chord_at = |share: f64| {
                let index = ((place as f64 + share) * self.changes + 1e-6) as usize;
                chords[index.min(chords.len() - 1)]
            };
            let bar = Bar { start: number as f64 * self.bar(), plan: self, chord_at: &chord_at };
            if self.band.melody && number >= begins {
                let motif = if place % 4 == 3 { &motifs[2] } else { &motifs[place % 2] };
                bar.melody(motif, middle, &mut pitch, &mut notes, rng);
            }
            bar.accompany(number, &mut notes, rng);
        }
        if self.band.melody && self.pickup > 0.0 && begins == 0 {
            let halves = if rng.bool() { 1 } else { 2 };
            for half in 0..halves {
                let length = self.meter.beat / f64::from(halves);
                let start = f64::from(half) * length - self.meter.beat;
                let pitch = walk(middle, middle, self.key, chords[0], false, rng);
                notes.push(Note { start, length, pitch, channel: 0, velocity: PLAIN });
            }
        }
        notes
    }
}

/// Beats a minute: in half of the pieces any tempo from half the middle to nearly double is as likely, as metronomes are
/// set, so that fast music is no rarity. The others are spread by octaves around the middle, where people tap most
/// easily (a little above 100 a minute, with a spread of half an octave: van Noorden & Moelants 1999). It is slower
/// where beats are long.
fn tempo(meter: Meter, rng: &mut Rng) -> f64 {
    let middle = match (meter.beat, meter.beats) {
        (1.0, 3) => 118.0,
        (1.0, _) => 106.0,
        (1.5, 1) => 62.0,
        (1.5, _) => 80.0,
        _ => 76.0,
    };
    let bpm: f64 = match rng.u8(..6) {
        0..3 => middle * (0.52 + 1.28 * rng.f64()),
        3 => middle * (2.0 * rng.f64() - 1.0).exp2(),
        _ => middle * (0.45 * normal(rng)).clamp(-1.2, 1.1).exp2(),
    };
    if rng.u8(..3) > 0 { bpm.round() } else { bpm }
}

/// A pattern that can be played at the tempo; those that divide a beat into more than two or three are less usual.
fn playable(
    patterns: &'static [&'static str],
    meter: Meter,
    bpm: f64,
    rng: &mut Rng,
) -> &'static str {
    let halves = f64::from(meter.beats) * if meter.beat == 1.5 { 3.0 } else { 2.0 };
    loop {
        let pattern = patterns[rng.usize(..patterns.len())];
        let fast = pattern.len() as f64 > halves;
        let step_s = f64::from(meter.beats) * 60.0 / bpm / pattern.len() as f64;
        if !fast || (step_s > SHORTEST_STEP_S && rng.u8(..2) == 0) {
            return pattern;
        }
    }
}

impl Band {
    /// `patterns` are those of accompaniments and of basses.
    fn new(meter: Meter, bpm: f64, patterns: [&'static [&'static str]; 2], rng: &mut Rng) -> Self {
        let [pattern, bass] = patterns.map(|patterns| Some(playable(patterns, meter, bpm, rng)));
        let known = grooves(meter);
        let drums = (!known.is_empty()).then(|| known[rng.usize(..known.len().max(1))]);
        let nobody = Self {
            melody: true,
            accompaniment: None,
            piano: false,
            pad: false,
            bass: None,
            drums: None,
            chorale: false,
        };
        match rng.u8(..20) {
            0..6 => Self { accompaniment: pattern, piano: true, ..nobody },
            6..8 => Self { accompaniment: pattern, melody: false, piano: true, ..nobody },
            8..12 => Self { accompaniment: pattern, bass, drums, pad: rng.u8(..3) == 0, ..nobody },
            12..14 => Self { pad: true, bass, drums, ..nobody },
            14 => Self { accompaniment: pattern, bass, pad: rng.bool(), ..nobody },
            15 => Self { pad: true, bass, ..nobody },
            16 => Self { melody: drums.is_none(), drums, ..nobody },
            17 => Self { chorale: true, melody: false, ..nobody },
            18 => nobody,
            _ => Self { melody: rng.bool(), bass, drums, ..nobody },
        }
    }
}

/// A bar that is being written.
struct Bar<'a> {
    start: f64,
    plan: &'a Plan,
    chord_at: &'a dyn Fn(f64) -> Chord,
}

impl Bar<'_> {
    fn melody(
        &self,
        motif: &[Step],
        middle: u8,
        pitch: &mut u8,
        notes: &mut Vec<Note>,
        rng: &mut Rng,
    ) {
        let beat = self.plan.meter.beat;
        let beats = f64::from(self.plan.meter.beats);
        for &(at, length) in motif {
            let strong = at.fract() == 0.0;
            *pitch = walk(*pitch, middle, self.plan.key, (self.chord_at)(at / beats), strong, rng);
            let velocity = PLAIN + 10 + self.accent(at * beat);
            let start = self.start + at * beat;
            notes.push(Note { start, length: length * beat, pitch: *pitch, channel: 0, velocity });
        }
    }

    /// How much louder a note at so many quarter notes of the bar is.
    fn accent(&self, at: f64) -> i16 {
        match at / self.plan.meter.beat {
            0.0 => 12,
            beats if beats.fract() == 0.0 => 5,
            _ => 0,
        }
    }

    fn accompany(&self, number: usize, notes: &mut Vec<Note>, rng: &mut Rng) {
        let band = &self.plan.band;
        if let Some(pattern) = band.accompaniment {
            self.pattern(pattern, if band.piano { 0 } else { 1 }, notes);
        }
        if let Some(pattern) = band.bass {
            self.pattern(pattern, 2, notes);
        }
        if band.pad {
            self.pad(notes);
        }
        if band.chorale {
            self.chorale(notes, rng);
        }
        if let Some(groove) = band.drums {
            self.drums(groove, number, notes, rng);
        }
    }

    fn pattern(&self, pattern: &str, channel: u8, notes: &mut Vec<Note>) {
        let steps = pattern.len();
        let step = self.plan.bar() / steps as f64;
        let mut put = |pitch: u8, index: usize, low: bool| {
            let held = pattern.bytes().skip(index + 1).take_while(|&letter| letter == b'-').count();
            let at = index as f64 * step;
            let velocity = PLAIN - 8 + self.accent(at) + if low { 4 } else { 0 };
            let (start, length) = (self.start + at, (held + 1) as f64 * step);
            notes.push(Note { start, length, pitch, channel, velocity });
        };
        for (index, letter) in pattern.bytes().enumerate() {
            let chord = (self.chord_at)(index as f64 / steps as f64);
            if matches!(letter, b'B' | b'X') {
                put(chord.root_from(36), index, true);
            }
            match letter {
                b'F' => put(chord.root_from(36) + 7, index, true),
                b'C' | b'X' => chord.voiced(54).for_each(|pitch| put(pitch, index, false)),
                b'1'..=b'9' => put(chord.tone(48, usize::from(letter - b'1')), index, false),
                _ => {}
            }
        }
    }

    fn pad(&self, notes: &mut Vec<Note>) {
        let parts = if self.plan.changes > 1.0 { 2 } else { 1 };
        for part in 0..parts {
            let share = f64::from(part) / f64::from(parts);
            let length = self.plan.bar() / f64::from(parts);
            for pitch in (self.chord_at)(share).voiced(57) {
                let start = self.start + share * self.plan.bar();
                notes.push(Note { start, length, pitch, channel: 3, velocity: PLAIN - 16 });
            }
        }
    }

    /// Four voices that move together, with passing notes here and there.
    fn chorale(&self, notes: &mut Vec<Note>, rng: &mut Rng) {
        let beats = self.plan.meter.beats;
        for beat in 0..beats {
            let chord = (self.chord_at)(f64::from(beat) / f64::from(beats));
            for (voice, low) in [40, 52, 58, 65].into_iter().enumerate() {
                let passing = rng.u8(..6) == 0;
                let tone = rng.usize(..3);
                for half in 0..if passing { 2 } else { 1 } {
                    let length = self.plan.meter.beat / if passing { 2.0 } else { 1.0 };
                    let start = self.start
                        + f64::from(beat) * self.plan.meter.beat
                        + f64::from(half) * length;
                    let pitch = chord.tone(low, if voice == 0 { 0 } else { tone }) + 2 * half;
                    let velocity = PLAIN + self.accent(start - self.start);
                    notes.push(Note { start, length, pitch, channel: voice as u8, velocity });
                }
            }
        }
    }

    fn drums(&self, groove: Groove, number: usize, notes: &mut Vec<Note>, rng: &mut Rng) {
        // Now and then a fill at the end of four bars.
        let fills = number % 4 == 3 && groove.len() > 2 && rng.u8(..3) == 0;
        let until = self.plan.bar() - if fills { self.plan.meter.beat } else { 0.0 };
        let mut put = |at: f64, pitch: u8, velocity: i16| {
            let start = self.start + at;
            notes.push(Note { start, length: 0.2, pitch, channel: DRUMS, velocity });
        };
        for &(pitch, strokes) in groove {
            let step = self.plan.bar() / strokes.len() as f64;
            for (index, stroke) in strokes.bytes().enumerate() {
                let at = index as f64 * step;
                if matches!(stroke, b'x' | b'o') && at < until - 1e-6 {
                    put(at, pitch, if stroke == b'x' { PLAIN + 14 } else { PLAIN - 26 });
                }
            }
        }
        if fills {
            let strokes = if self.plan.meter.beat == 1.5 { 3 } else { 4 };
            for stroke in 0..strokes {
                let at = until + self.plan.meter.beat * f64::from(stroke) / f64::from(strokes);
                put(at, [38, 48, 45, 41][rng.usize(..4)], PLAIN + 8);
            }
        }
    }
}
