//! A band plays changes: a bass that walks or keeps a figure, chords without their root on and off the beat, and
//! perhaps a melody.
//!
//! The bass is mostly the root where a chord begins, and mostly a neighbour of the next root before it ends
//! (Levine 1995). The chords of the piano or guitar are of the third, the seventh, and of the ninth, thirteenth
//! or fifth: forms A and B of the left hand, or the two alone, or all four tones.

use midi_analysis::{Note, Quality};

use super::made::{MadeChord, QUARTER, tones};
use super::player::above;
use super::support::random::Random;
use Quality::{
    DiminishedSeventh as Dim7, DominantSeventh as Seven, HalfDiminished as HalfDim, Major as Maj,
    MajorSeventh as Maj7, MajorSixth as Maj6, Minor as Min, MinorSeventh as Min7,
    MinorSixth as Min6,
};

const BAR: u32 = 4 * QUARTER;
/// Changes in bars, each of one chord or two: semitones above the tonic, and qualities.
type Changes = &'static [&'static [(u8, Quality)]];

/// Turnarounds, parts of songs and of the blues.
const CHANGES: [Changes; 14] = [
    &[&[(2, Min7)], &[(7, Seven)], &[(0, Maj7)], &[(9, Seven)]],
    &[&[(2, Min7)], &[(7, Seven)], &[(0, Maj7)], &[(0, Maj6)]],
    &[&[(0, Maj7), (9, Min7)], &[(2, Min7), (7, Seven)]],
    &[
        &[(0, Maj6), (9, Seven)],
        &[(2, Min7), (7, Seven)],
        &[(4, Min7), (9, Seven)],
        &[(2, Min7), (7, Seven)],
    ],
    &[&[(2, HalfDim)], &[(7, Seven)], &[(0, Min7)], &[(0, Min6)]],
    &[
        &[(9, Min7)],
        &[(2, Seven)],
        &[(7, Maj7)],
        &[(0, Maj7)],
        &[(6, HalfDim)],
        &[(11, Seven)],
        &[(4, Min7)],
        &[(4, Min7)],
    ],
    &[
        &[(0, Maj7)],
        &[(0, Maj7)],
        &[(2, Seven)],
        &[(2, Seven)],
        &[(2, Min7)],
        &[(7, Seven)],
        &[(0, Maj6)],
        &[(2, Min7), (7, Seven)],
    ],
    &[&[(0, Maj7)], &[(1, Dim7)], &[(2, Min7)], &[(7, Seven)]],
    &[
        &[(0, Seven)],
        &[(5, Seven)],
        &[(0, Seven)],
        &[(0, Seven)],
        &[(5, Seven)],
        &[(5, Seven)],
        &[(0, Seven)],
        &[(9, Seven)],
        &[(2, Min7)],
        &[(7, Seven)],
        &[(0, Seven)],
        &[(7, Seven)],
    ],
    &[
        &[(0, Seven)],
        &[(0, Seven)],
        &[(0, Seven)],
        &[(0, Seven)],
        &[(5, Seven)],
        &[(5, Seven)],
        &[(0, Seven)],
        &[(0, Seven)],
        &[(7, Seven)],
        &[(5, Seven)],
        &[(0, Seven)],
        &[(7, Seven)],
    ],
    &[&[(4, Seven)], &[(9, Seven)], &[(2, Seven)], &[(7, Seven)]],
    &[&[(0, Maj)], &[(9, Min)], &[(5, Maj)], &[(7, Maj)]],
    &[&[(0, Min7)], &[(0, Min7)], &[(5, Min7)], &[(7, Seven)]],
    &[&[(0, Maj7)], &[(5, Seven)], &[(4, Min7), (9, Seven)], &[(2, Min7), (7, Seven)]],
];
/// Bars of a piece, at least, and how many more.
const BARS: [u32; 2] = [8, 25];
/// Lowest root of the bass.
const BASS: u8 = 28;
/// Lowest tones of chords.
const CHORDS: u8 = 50;
/// Lowest notes of a melody.
const MELODY: u8 = 65;

/// What the bass does.
#[derive(Clone, Copy)]
enum Bass {
    /// A note a beat.
    Walk,
    /// Two a bar.
    Two,
    /// Root and fifth, each before its beat.
    Bossa,
    /// Root, third, fifth and sixth in eighth notes, each twice.
    Shuffle,
}

/// What the chords are made of.
#[derive(Clone, Copy)]
enum Voicing {
    /// Third and seventh.
    Shell,
    /// Third, fifth or thirteenth, seventh and ninth.
    Rootless,
    /// Every tone.
    Full,
}

/// Rhythms of chords: eighths of a bar at which they begin, and how many they last.
const COMPING: [&[(u32, u32)]; 9] = [
    &[(0, 8)],
    &[(0, 4), (4, 4)],
    &[(2, 2), (6, 2)],
    &[(2, 1), (6, 1)],
    &[(0, 3), (3, 5)],
    &[(0, 1), (3, 1)],
    &[(1, 1), (3, 2), (6, 2)],
    &[(0, 2), (2, 2), (4, 2), (6, 2)],
    &[(0, 1), (3, 1), (6, 1), (7, 1)],
];

/// The chords of a piece, and its notes.
pub fn play(random: &mut Random) -> (Vec<(u32, u32, MadeChord)>, Vec<Note>) {
    let tonic = random.below(12) as u8;
    let bars = BARS[0] + random.below(BARS[1] as usize) as u32;
    let progression = random.of(&CHANGES);
    let chords = changes(progression, tonic, bars);
    let mut band = Band {
        bass: random.of(&[
            Bass::Walk,
            Bass::Walk,
            Bass::Walk,
            Bass::Two,
            Bass::Bossa,
            Bass::Shuffle,
        ]),
        voicing: random.of(&[Voicing::Shell, Voicing::Rootless, Voicing::Rootless, Voicing::Full]),
        comping: [0; 2].map(|_| random.of(&COMPING)),
        lowest: CHORDS + random.below(8) as u8,
        swings: random.happens(0.6),
        holds: random.happens(0.3),
        sings: random.happens(0.6),
        late: random.of(&[0, 0, 8, 20]),
        notes: Vec::new(),
    };
    for (index, &(start, end, chord)) in chords.iter().enumerate() {
        let next = chords.get(index + 1).map_or(chord.root, |(_, _, next)| next.root);
        band.bass(random, &chord, next, start, end);
        band.comp(random, &chord, start, end);
        if band.sings {
            band.sing(random, &chord, start, end);
        }
    }
    (chords, band.notes)
}

fn changes(changes: Changes, tonic: u8, bars: u32) -> Vec<(u32, u32, MadeChord)> {
    let mut chords = Vec::new();
    for (bar, of_bar) in (0..bars).zip(changes.iter().cycle()) {
        let length = BAR / of_bar.len() as u32;
        for (index, &(degree, quality)) in (0u32..).zip(of_bar.iter()) {
            let start = bar * BAR + index * length;
            let chord = MadeChord { root: (tonic + degree) % 12, quality, inversion: 0 };
            chords.push((start, start + length, chord));
        }
    }
    chords
}

struct Band {
    bass: Bass,
    voicing: Voicing,
    /// Of bars in turn.
    comping: [&'static [(u32, u32)]; 2],
    /// Lowest tone of the chords.
    lowest: u8,
    swings: bool,
    /// Whether chords sound until the next one, by the pedal.
    holds: bool,
    sings: bool,
    /// Ticks by which notes are late, at most.
    late: u32,
    notes: Vec<Note>,
}

impl Band {
    /// The tick of an eighth note after `start`.
    fn eighth(&self, start: u32, eighth: u32) -> u32 {
        let late = if self.swings && eighth % 2 == 1 { QUARTER / 6 } else { 0 };
        start + eighth * QUARTER / 2 + late
    }

    fn bass(&mut self, random: &mut Random, chord: &MadeChord, next: u8, start: u32, end: u32) {
        let root = above(BASS, chord.root);
        let tones = tones(chord.quality);
        let beats = (end - start) / QUARTER;
        match self.bass {
            Bass::Walk => {
                for beat in 0..beats {
                    let pitch = self.step(random, tones, [root, above(BASS, next)], beat, beats);
                    let tick = start + beat * QUARTER;
                    self.strike(random, &[pitch], tick, tick + QUARTER);
                }
            }
            Bass::Two => {
                let fifth = root + random.of(&[tones[2], tones[2], 12]);
                for (half, pitch) in (0..beats / 2).zip([root, fifth]) {
                    let tick = start + 2 * half * QUARTER;
                    self.strike(random, &[pitch], tick, tick + 2 * QUARTER);
                }
            }
            Bass::Bossa => {
                for half in 0..beats / 2 {
                    let tick = start + 2 * half * QUARTER;
                    let pitch = if half == 0 { root } else { root + tones[2] };
                    self.strike(random, &[pitch], tick, tick + 3 * QUARTER / 2);
                    self.strike(
                        random,
                        &[root + tones[2]],
                        tick + 3 * QUARTER / 2,
                        tick + 2 * QUARTER,
                    );
                }
            }
            Bass::Shuffle => {
                for eighth in 0..2 * beats {
                    let step = [0, tones[1], 7, 9][(eighth / 2) as usize % 4];
                    let ends = self.eighth(start, eighth + 1);
                    self.strike(random, &[root + step], self.eighth(start, eighth), ends);
                }
            }
        }
    }

    /// A note of a walk: the root, then mostly tones of the chord, most of all on the third beat, and at the end
    /// mostly a neighbour of the next root or its fifth.
    fn step(
        &self,
        random: &mut Random,
        tones: &[u8],
        [root, next]: [u8; 2],
        beat: u32,
        beats: u32,
    ) -> u8 {
        let goal = if next < root + 6 { next + 12 } else { next };
        let stray = if beat.is_multiple_of(2) { 0.12 } else { 0.35 };
        if beat == 0 && random.happens(0.94) {
            root
        } else if beat > 0 && beat + 1 == beats && random.happens(0.75) {
            goal.saturating_add_signed(random.of(&[1, -1, 2, -2, -1, 1, 7, -5]))
        } else if random.happens(stray) {
            root + random.of(&[2, 5, 9, 11, 6])
        } else if beat > 0 {
            root + random.of(&[tones[1], tones[2], *tones.last().unwrap_or(&12), 12])
        } else {
            root + random.of(tones)
        }
    }

    /// The tones of a chord within an octave.
    fn voiced(&self, random: &mut Random, chord: &MadeChord) -> Vec<u8> {
        let tones = tones(chord.quality);
        let seventh = tones.get(3).copied().unwrap_or(12);
        let colour = match chord.quality {
            Seven if random.happens(0.5) => 9,
            _ => tones[2],
        };
        let ninth = match chord.quality {
            Dim7 | HalfDim | Maj | Min => 0,
            Seven => random.of(&[2, 2, 1, 3]),
            _ => 2,
        };
        let intervals = match self.voicing {
            Voicing::Shell => vec![tones[1], seventh],
            Voicing::Rootless => vec![tones[1], colour, seventh, ninth],
            Voicing::Full => tones.to_vec(),
        };
        intervals.iter().map(|tone| above(self.lowest, (chord.root + tone) % 12)).collect()
    }

    fn comp(&mut self, random: &mut Random, chord: &MadeChord, start: u32, end: u32) {
        let pitches = self.voiced(random, chord);
        let rhythm = self.comping[(start / BAR % 2) as usize];
        let eighths = (end - start) / (QUARTER / 2);
        for &(eighth, length) in rhythm.iter().filter(|&&(eighth, _)| eighth < eighths) {
            let ends = if self.holds { end } else { self.eighth(start, eighth + length).min(end) };
            self.strike(random, &pitches, self.eighth(start, eighth), ends);
        }
    }

    /// Eighths and longer notes, most of them tones of the chord.
    fn sing(&mut self, random: &mut Random, chord: &MadeChord, start: u32, end: u32) {
        let eighths = (end - start) / (QUARTER / 2);
        let mut eighth = random.below(3) as u32;
        while eighth < eighths {
            let length = random.of(&[1, 1, 2, 3]);
            let passes = eighth % 2 == 1 && random.happens(0.5);
            let step =
                if passes { random.of(&[1, 2, 10, 11]) } else { random.of(tones(chord.quality)) };
            let pitch = above(MELODY + random.below(12) as u8, (chord.root + step) % 12);
            let ends = self.eighth(start, eighth + length).min(end);
            self.strike(random, &[pitch], self.eighth(start, eighth), ends);
            eighth += length + random.below(2) as u32;
        }
    }

    fn strike(&mut self, random: &mut Random, pitches: &[u8], start: u32, end: u32) {
        for &pitch in pitches {
            let start = start + random.below(self.late as usize + 1) as u32;
            self.notes.push(Note::new(start, end.max(start + 1), pitch));
        }
    }
}
