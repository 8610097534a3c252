//! A section as it is written: chords by bar, and a melody of phrases that answer each other.

use super::band::Chord;
use super::support::random::Random;

const SCALES: [[i32; 7]; 2] = [[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]];
const MAJOR: &[i32] = &[0, 4, 7];
const MINOR: &[i32] = &[0, 3, 7];
/// Degrees of chords that go on, that close, and whole loops of four.
const GOES: [usize; 9] = [0, 0, 3, 3, 4, 5, 5, 1, 2];
const CLOSES: [usize; 3] = [0, 0, 4];
const LOOPS: [[usize; 4]; 8] = [
    [0, 4, 5, 3],
    [5, 3, 0, 4],
    [0, 5, 3, 4],
    [0, 3, 4, 3],
    [5, 4, 3, 4],
    [0, 0, 3, 4],
    [3, 4, 0, 5],
    [1, 4, 0, 0],
];
/// Rhythms of a bar of four and of three quarters, in halves of them; a rest is negative.
const FOURS: [&[i32]; 9] = [
    &[2, 2, 2, 2],
    &[3, 1, 2, 2],
    &[1, 1, 2, 1, 1, 2],
    &[4, 2, 2],
    &[2, 1, 1, 4],
    &[3, 3, 2],
    &[1, 1, 1, 1, 2, 2],
    &[-2, 2, 2, 2],
    &[-1, 1, 1, 1, 2, 2],
];
const THREES: [&[i32]; 6] =
    [&[2, 2, 2], &[4, 2], &[3, 1, 2], &[2, 1, 1, 2], &[1, 1, 2, 2], &[-2, 2, 2]];
/// Ends of phrases: a long note, and often a rest.
const CLOSE_FOURS: [&[i32]; 5] = [&[8], &[6, -2], &[4, -4], &[2, 2, 4], &[2, 4, -2]];
const CLOSE_THREES: [&[i32]; 3] = [&[6], &[4, -2], &[2, 4]];

/// How the phrases of a section follow each other; bars with the same number are the same until the phrase ends.
#[derive(Clone, Copy)]
enum Phrases {
    /// The second begins as the first (antecedent and consequent).
    Period,
    /// Half a phrase, the same again, and what follows from it.
    Sentence,
    /// Four chords go round under a melody that goes on.
    Loop,
    /// A short figure over and over.
    Riff,
    /// All is new.
    Free,
}

/// A note of a melody: when, how long, and which degree of the scale.
#[derive(Clone, Copy)]
pub struct Tone {
    pub start: f64,
    pub quarters: f64,
    pub degree: i32,
}

/// A section.
pub struct Tune {
    pub chords: Vec<Chord>,
    pub melody: Vec<Tone>,
}

/// What the melodies of a piece have in common.
pub struct Manner {
    pub minor: bool,
    pub bar: f64,
    pub upbeats: bool,
}

impl Manner {
    /// Semitones of a degree above the tonic.
    pub fn semitones(&self, degree: i32) -> i32 {
        let scale = SCALES[usize::from(self.minor)];
        12 * degree.div_euclid(7) + scale[degree.rem_euclid(7) as usize]
    }

    fn chord(&self, degree: usize) -> Chord {
        let scale = SCALES[usize::from(self.minor)];
        let third = (scale[(degree + 2) % 7] - scale[degree]).rem_euclid(12);
        let tones = if third == 4 { MAJOR } else { MINOR };
        Chord { root: scale[degree], tones, quarters: self.bar }
    }

    /// The tune of a section of so many bars.
    pub fn tune(&self, random: &mut Random, bars: usize) -> Tune {
        let kind = random.of(&[
            Phrases::Period,
            Phrases::Period,
            Phrases::Sentence,
            Phrases::Loop,
            Phrases::Loop,
            Phrases::Riff,
            Phrases::Free,
        ]);
        // A figure that goes on for longer is a section and its repeats.
        let kind = if bars > 8 && matches!(kind, Phrases::Riff) { Phrases::Free } else { kind };
        let degrees = degrees(random, kind, bars);
        let (rhythms, closes): (&[&[i32]], &[&[i32]]) =
            if self.bar == 3.0 { (&THREES, &CLOSE_THREES) } else { (&FOURS, &CLOSE_FOURS) };
        let used = [random.of(rhythms), random.of(rhythms), random.of(rhythms)];
        let home = random.between(2, 9);
        let marked = random.of(&[0.3, 0.7, 1.0]);
        // Where a bar is the same as another, it has the same seed.
        let seeds: Vec<u64> = (0..bars).map(|_| random.below(1 << 30) as u64).collect();
        let mut melody = Vec::new();
        for (bar, &root) in degrees.iter().enumerate() {
            let ends = bar + 1 == bars || bar % 4 == 3 && random.happens(marked);
            let like = match kind {
                Phrases::Period if bar % 8 >= 4 && bar % 4 < 2 => bar - 4,
                Phrases::Sentence if (2..4).contains(&(bar % 8)) => bar - 2,
                Phrases::Riff => bar % 2,
                _ => bar,
            };
            let mut random = Random::new(seeds[like]);
            let rhythm = if ends && bar + 1 == bars {
                random.of(closes)
            } else if ends {
                if random.happens(0.5) { random.of(closes) } else { used[2] }
            } else {
                used[like % 2]
            };
            let mut at = bar as f64 * self.bar;
            for &halves in rhythm {
                let quarters = f64::from(halves.abs()) / 2.0;
                if halves > 0 {
                    let strong = at.fract() == 0.0;
                    let degree = tone(&mut random, home, root as i32, strong);
                    melody.push(Tone { start: at, quarters: 0.95 * quarters, degree });
                }
                at += quarters;
            }
        }
        if self.upbeats {
            let count = random.between(1, 3);
            for before in 1..=count {
                let start = -f64::from(before) / 2.0;
                let degree = tone(random, home, degrees[0] as i32, false);
                melody.push(Tone { start, quarters: 0.45, degree });
            }
        }
        Tune { chords: degrees.iter().map(|&degree| self.chord(degree)).collect(), melody }
    }
}

/// A degree near `home`, on strong places one of the chord.
fn tone(random: &mut Random, home: i32, root: i32, strong: bool) -> i32 {
    let degree = home + random.between(-3, 3);
    let of_chord = |degree: &i32| [0, 2, 4].contains(&(degree - root).rem_euclid(7));
    match strong {
        true => (degree..degree + 7).find(of_chord).unwrap_or(degree),
        false => degree,
    }
}

/// The degree of the chord of each bar.
fn degrees(random: &mut Random, kind: Phrases, bars: usize) -> Vec<usize> {
    let around = random.of(&LOOPS);
    let looped = matches!(kind, Phrases::Loop | Phrases::Riff) || random.happens(0.25);
    let mut degrees: Vec<usize> = Vec::with_capacity(bars);
    for bar in 0..bars {
        degrees.push(match kind {
            _ if looped => around[bar % 4],
            Phrases::Period if bar % 8 >= 4 && bar % 4 < 3 => degrees[bar - 4],
            _ if bar + 1 == bars => random.of(&CLOSES),
            _ => random.of(&GOES),
        });
    }
    degrees
}

impl Tune {
    /// With some of its notes others, as a singer or a player varies what comes again.
    pub fn varied(mut self, random: &mut Random) -> Self {
        let share = random.within(0.1, 0.5);
        for note in &mut self.melody {
            if random.happens(share) {
                note.degree += random.of(&[-2, -1, 1, 2]);
            }
        }
        self
    }
}
