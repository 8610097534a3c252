//! Players: chords and a tonic in, notes out. Times are quarter notes, pitches MIDI.

use super::support::random::Random;

/// A chord of a song: semitones above the tonic, its tones above its root, and how long it lasts.
#[derive(Clone, Copy)]
pub struct Chord {
    pub root: i32,
    pub tones: &'static [i32],
    pub quarters: f64,
}

/// A note: when, how long, which pitch, whose.
#[derive(Clone, Copy)]
pub struct Played {
    pub start: f64,
    pub quarters: f64,
    pub pitch: i32,
    pub part: u8,
}

/// Parts, which are also channels.
const CHORDS: u8 = 0;
const BASS: u8 = 1;
pub const LEAD: u8 = 2;

#[derive(Clone, Copy)]
enum Comping {
    Held,
    Struck(f64),
    OffBeat,
    Broken(f64),
    Stabs,
    Boogie,
    Absent,
}

#[derive(Clone, Copy)]
enum BassLine {
    Root,
    Pulse(f64),
    RootFifth,
    Walking,
    Octaves,
    Riff(i32),
    Absent,
}

/// How a song is played.
pub struct Band {
    comping: Comping,
    bass: BassLine,
    /// Whether the chords leave their root to the bass.
    rootless: bool,
    /// How often a walking bass leads to the next root by a semitone.
    leads: f64,
    /// Semitones above the tonic that the lead plays; none where there is no lead.
    pub scale: &'static [i32],
    swing: bool,
    low: i32,
    middle: i32,
    line: i32,
}

impl Band {
    /// Players for music of this tonic; `blues` ones play in its manner.
    pub fn of(random: &mut Random, tonic: i32, blues: bool, scale: &'static [i32]) -> Self {
        let comping = if blues && random.happens(0.4) {
            random.of(&[Comping::Boogie, Comping::Stabs])
        } else {
            random.of(&[
                Comping::Held,
                Comping::Held,
                Comping::Struck(1.0),
                Comping::Struck(0.5),
                Comping::Struck(2.0),
                Comping::OffBeat,
                Comping::Broken(0.5),
                Comping::Broken(1.0),
                Comping::Stabs,
            ])
        };
        let mut bass = if blues && random.happens(0.5) {
            BassLine::Walking
        } else {
            random.of(&[
                BassLine::Root,
                BassLine::Root,
                BassLine::Pulse(1.0),
                BassLine::Pulse(0.5),
                BassLine::RootFifth,
                BassLine::Octaves,
                BassLine::Riff(1),
                BassLine::Riff(2),
                BassLine::Absent,
            ])
        };
        let comping = if random.happens(0.06) { Comping::Absent } else { comping };
        if matches!(comping, Comping::Absent) && matches!(bass, BassLine::Absent) {
            bass = BassLine::Walking;
        }
        // An organ or a guitar over a bass that walks.
        let combo = random.happens(if blues { 0.25 } else { 0.06 });
        let (comping, bass) = if combo {
            let comping = random.of(&[
                Comping::Held,
                Comping::Held,
                Comping::Struck(2.0),
                Comping::Struck(1.0),
                Comping::OffBeat,
                Comping::Stabs,
            ]);
            (comping, BassLine::Walking)
        } else {
            (comping, bass)
        };
        let plucked = !matches!(bass, BassLine::Absent);
        Self {
            comping,
            bass,
            rootless: plucked && random.happens(if combo { 0.7 } else { 0.15 }),
            leads: random.of(&[0.0, 0.4, 0.4, 1.0]),
            scale,
            swing: blues && random.happens(0.7),
            low: 28 + (tonic + 8) % 12,
            middle: 48 + (tonic + random.between(0, 11)) % 12,
            line: 66 + random.between(-4, 8),
        }
    }

    /// Plays chords in turn from the first quarter note on; returns when they end.
    pub fn play(
        &self,
        random: &mut Random,
        tonic: i32,
        chords: &[Chord],
        from: f64,
        to: &mut Vec<Played>,
    ) -> f64 {
        let mut now = from;
        let mut line = self.line;
        for (index, chord) in chords.iter().enumerate() {
            let next = chords.get(index + 1).unwrap_or(&chords[0]);
            self.comp(tonic, chord, now, to);
            self.bass(random, tonic, (chord, next), now, to);
            if !self.scale.is_empty() {
                self.lead(random, tonic, chord, now, &mut line, to);
            }
            now += chord.quarters;
        }
        now
    }

    fn swung(&self, time: f64) -> f64 {
        let half = time.fract() == 0.5;
        if self.swing && half { time.floor() + 2.0 / 3.0 } else { time }
    }

    fn comp(&self, tonic: i32, chord: &Chord, from: f64, to: &mut Vec<Played>) {
        let root = tonic + chord.root;
        let voiced = |tone: i32| self.middle + (root + tone - self.middle).rem_euclid(12);
        let tones = match chord.tones {
            // The tones of triads are too few to leave one out.
            [0, upper @ ..] if self.rootless && upper.len() > 2 => upper,
            tones => tones,
        };
        let mut strike = |at: f64, quarters: f64| {
            let start = self.swung(from + at);
            let note = |&tone: &i32| Played { start, quarters, pitch: voiced(tone), part: CHORDS };
            to.extend(tones.iter().map(note));
        };
        let end = chord.quarters;
        match self.comping {
            Comping::Held => strike(0.0, end),
            Comping::Struck(step) => {
                (0..(end / step) as u32).for_each(|n| strike(f64::from(n) * step, step));
            }
            Comping::OffBeat => (0..end as u32).for_each(|n| strike(f64::from(n) + 0.5, 0.5)),
            Comping::Stabs => {
                for at in [0.0, 1.5, 3.0, 3.5].into_iter().filter(|at| at + 0.25 < end) {
                    strike(at, 0.25);
                }
            }
            Comping::Broken(step) => {
                for n in 0..(end / step) as usize {
                    let tone = tones[n % tones.len()];
                    let start = self.swung(from + n as f64 * step);
                    to.push(Played { start, quarters: step, pitch: voiced(tone), part: CHORDS });
                }
            }
            Comping::Boogie => {
                for n in 0..(end * 2.0) as u32 {
                    let above = [7, 7, 9, 9, 7, 7, 10, 9][n as usize % 8];
                    let start = self.swung(from + f64::from(n) / 2.0);
                    for tone in [0, above] {
                        let pitch = self.low + 12 + (root - self.low).rem_euclid(12) + tone;
                        to.push(Played { start, quarters: 0.45, pitch, part: CHORDS });
                    }
                }
            }
            Comping::Absent => {}
        }
    }

    fn bass(
        &self,
        random: &mut Random,
        tonic: i32,
        (chord, next): (&Chord, &Chord),
        from: f64,
        to: &mut Vec<Played>,
    ) {
        let at = |root: i32| self.low + (tonic + root - self.low).rem_euclid(12);
        let root = at(chord.root);
        let fifth = if chord.tones.contains(&6) { 6 } else { 7 };
        let third = chord.tones.iter().copied().find(|tone| [3, 4].contains(tone)).unwrap_or(7);
        let mut pluck = |start: f64, quarters: f64, pitch: i32| {
            to.push(Played { start: self.swung(from + start), quarters, pitch, part: BASS });
        };
        let end = chord.quarters;
        match self.bass {
            BassLine::Root => pluck(0.0, end, root),
            BassLine::Pulse(step) => {
                (0..(end / step) as u32).for_each(|n| pluck(f64::from(n) * step, step, root));
            }
            BassLine::RootFifth => {
                pluck(0.0, end / 2.0, root);
                pluck(end / 2.0, end / 2.0, root + fifth);
            }
            BassLine::Octaves => {
                for n in 0..(end * 2.0) as u32 {
                    pluck(f64::from(n) / 2.0, 0.5, root + if n % 2 == 1 { 12 } else { 0 });
                }
            }
            BassLine::Walking => {
                let steps = (end as usize).max(1);
                let way = random.of(&[
                    [0, 4, 7, 9],
                    [0, 7, 9, 7],
                    [0, 4, 7, 4],
                    [0, 12, 10, 7],
                    [0, 4, 7, 10],
                ]);
                for n in 0..steps {
                    let degree = if way[n % 4] == 4 { third } else { way[n % 4] };
                    let leads = n + 1 == steps && steps > 1 && random.happens(self.leads);
                    let step = random.of(&[-1, 1]);
                    let pitch = if leads { at(next.root) + step } else { root + degree };
                    pluck(n as f64, 1.0, pitch);
                }
            }
            BassLine::Riff(kind) => {
                let seventh = if chord.tones.contains(&11) { -1 } else { -2 };
                let riff: &[(f64, i32)] = if kind == 1 {
                    &[(0.0, 0), (0.75, 0), (1.5, 7), (2.0, 0), (3.0, seventh), (3.5, seventh)]
                } else {
                    &[(0.0, 0), (1.0, 12), (1.5, 10), (2.5, 7), (3.0, 5), (3.5, third)]
                };
                for &(start, above) in riff.iter().filter(|(start, _)| *start < end) {
                    pluck(start, 0.5, root + above);
                }
            }
            BassLine::Absent => {}
        }
    }

    /// A line that moves by steps of its scale and rests on tones of the chord.
    fn lead(
        &self,
        random: &mut Random,
        tonic: i32,
        chord: &Chord,
        from: f64,
        line: &mut i32,
        to: &mut Vec<Played>,
    ) {
        let mut at = 0.0;
        while at < chord.quarters {
            let quarters = random.of(&[0.5_f64, 0.5, 1.0, 1.0, 1.5, 2.0]).min(chord.quarters - at);
            let on_beat = at.fract() == 0.0;
            let fits = |pitch: i32| {
                let above = (pitch - tonic).rem_euclid(12);
                let in_chord =
                    chord.tones.iter().any(|tone| (chord.root + tone).rem_euclid(12) == above);
                // Over fifths the line alone tells the mode.
                let free = !on_beat || self.scale.len() < 7 || chord.tones.len() < 3;
                self.scale.contains(&above) && (in_chord || free)
            };
            let goal = (*line + random.between(-4, 4)).clamp(self.line - 9, self.line + 9);
            let near = (0..12).flat_map(|off| [goal + off, goal - off]).find(|&p| fits(p));
            if let Some(pitch) = near.filter(|_| random.happens(0.85)) {
                *line = pitch;
                let start = self.swung(from + at);
                to.push(Played { start, quarters: quarters * 0.95, pitch, part: LEAD });
            }
            at += quarters;
        }
    }
}
