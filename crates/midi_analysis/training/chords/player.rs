//! Plays chords as an accompaniment of one style, and a melody above it.

use midi_analysis::Note;

use super::made::{MadeChord, QUARTER, tones};
use super::support::random::Random;

const EIGHTH: u32 = QUARTER / 2;
/// Lowest bass and the span in which basses lie.
const LOWEST: u8 = 36;
const SPAN: u8 = 18;
/// Lowest note of a melody.
const MELODY: u8 = 72;
/// Steps of a melody away from the tones of chords, in semitones.
const STEPS: [i8; 6] = [-3, -2, -1, 1, 2, 3];

/// How chords are played.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// All tones at once, once.
    Block,
    /// All tones with each quarter.
    Pulse,
    /// Bass and the other tones in turn.
    Stride,
    /// One tone after another, up and down.
    Broken,
    /// One after another, and all held.
    Harp,
    /// Low, high, middle, high.
    Alberti,
    /// The bass alone, then everything.
    BassFirst,
}

const STYLES: [Style; 9] = [
    Style::Block,
    Style::Block,
    Style::Pulse,
    Style::Stride,
    Style::Broken,
    Style::Broken,
    Style::Harp,
    Style::Alberti,
    Style::BassFirst,
];

/// One who plays.
pub struct Player {
    style: Style,
    /// Semitones above the bass from which the other tones lie.
    gap: u8,
    doubled: bool,
    /// Ticks by which notes are late, at most.
    late: u32,
    /// Length of the notes of the melody; none without one.
    melody: Option<u32>,
    /// Share of its notes that belong to no chord.
    passing: f64,
    notes: Vec<Note>,
}

impl Player {
    /// One of any style.
    pub fn new(random: &mut Random) -> Self {
        Self {
            style: random.of(&STYLES),
            gap: random.of(&[1, 1, 5, 8, 12]),
            doubled: random.happens(0.3),
            late: random.of(&[0, 0, 10, 25]),
            melody: random.happens(0.65).then(|| random.of(&[EIGHTH, QUARTER, 2 * QUARTER])),
            passing: random.of(&[0.15, 0.35, 0.6]),
            notes: Vec::new(),
        }
    }

    /// Everything that was played.
    pub fn notes(self) -> Vec<Note> {
        self.notes
    }

    /// Plays a chord from a tick to another.
    pub fn play(&mut self, random: &mut Random, chord: &MadeChord, start: u32, end: u32) {
        let pitches = self.voiced(random, chord);
        self.accompany(random, &pitches, start, end);
        if let Some(length) = self.melody {
            self.sing(random, chord, length, start, end);
        }
    }

    /// The pitches of a chord, its bass first and the others ascending.
    fn voiced(&self, random: &mut Random, chord: &MadeChord) -> Vec<u8> {
        let tones = tones(chord.quality);
        let bass_class = (chord.root + tones[chord.inversion]) % 12;
        let bass = above(LOWEST + random.below(usize::from(SPAN - 11)) as u8, bass_class);
        let mut others: Vec<u8> = Vec::new();
        for (index, tone) in tones.iter().enumerate() {
            if index != chord.inversion || self.doubled {
                others.push(above(bass + self.gap, (chord.root + tone) % 12));
            }
        }
        if self.doubled {
            others.push(others[0] + 12);
        }
        others.sort_unstable();
        others.dedup();
        others.retain(|&pitch| pitch != bass);
        [vec![bass], others].concat()
    }

    fn accompany(&mut self, random: &mut Random, pitches: &[u8], start: u32, end: u32) {
        let (bass, others) = (&pitches[..1], &pitches[1..]);
        let broken = |step: usize| {
            let around = 2 * pitches.len() - 2;
            let place = step % around;
            pitches[place.min(around - place)]
        };
        match self.style {
            Style::Block => self.strike(random, pitches, start, end),
            Style::Pulse => {
                for tick in (start..end).step_by(QUARTER as usize) {
                    self.strike(random, pitches, tick, tick + QUARTER);
                }
            }
            Style::Stride => {
                for (beat, tick) in (start..end).step_by(QUARTER as usize).enumerate() {
                    let pitches = if beat % 2 == 0 { bass } else { others };
                    self.strike(random, pitches, tick, tick + QUARTER);
                }
            }
            Style::Broken => {
                for (step, tick) in (start..end).step_by(EIGHTH as usize).enumerate() {
                    self.strike(random, &[broken(step)], tick, tick + EIGHTH);
                }
            }
            Style::Harp => {
                for (step, &pitch) in pitches.iter().enumerate() {
                    let tick = start + step as u32 * EIGHTH / 2;
                    self.strike(random, &[pitch], tick.min(end - EIGHTH / 2), end);
                }
            }
            Style::Alberti => {
                let (low, high) = (others[0], others[others.len() - 1]);
                let middle = others[others.len() / 2];
                for (step, tick) in (start..end).step_by(EIGHTH as usize).enumerate() {
                    let pitch = [low, high, middle, high][step % 4];
                    self.strike(random, &[pitch], tick, tick + EIGHTH);
                }
                self.strike(random, bass, start, end);
            }
            Style::BassFirst => {
                self.strike(random, bass, start, end);
                self.strike(random, others, (start + EIGHTH).min(end - EIGHTH / 2), end);
            }
        }
    }

    fn sing(&mut self, random: &mut Random, chord: &MadeChord, length: u32, start: u32, end: u32) {
        let tones = tones(chord.quality);
        for tick in (start..end).step_by(length as usize) {
            let tone = random.of(tones);
            let register = MELODY + random.below(12) as u8;
            let pitch = above(register, (chord.root + tone) % 12);
            // The first note of a chord belongs to it more often.
            let passes = if tick == start { self.passing / 3.0 } else { self.passing };
            let step = if random.happens(passes) { random.of(&STEPS) } else { 0 };
            self.strike(
                random,
                &[pitch.saturating_add_signed(step)],
                tick,
                (tick + length).min(end),
            );
        }
    }

    fn strike(&mut self, random: &mut Random, pitches: &[u8], start: u32, end: u32) {
        for &pitch in pitches {
            let start = start + random.below(self.late as usize + 1) as u32;
            self.notes.push(Note::new(start, end.max(start + 1), pitch));
        }
    }
}

/// The lowest pitch of a class that is at least `lowest`.
pub const fn above(lowest: u8, class: u8) -> u8 {
    lowest + (class + 12 - lowest % 12) % 12
}
