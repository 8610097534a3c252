//! What each part plays in a section. A repeated section has the same notes with other timing and velocities.

use fastrand::Rng;

use super::harmony::{Chord, nearest};
use super::plan::{Part, Plan};
use super::player::Player;
use super::styles::Role;

/// A section of the form, which may be repeated.
pub(super) struct Section {
    pub(super) bars: usize,
    chords: Vec<Chord>,
    seed: u64,
    /// The melody's rhythms of even and odd bars: starts and lengths.
    motifs: [Vec<(f64, f64)>; 2],
}

/// A bar of a section.
struct Bar {
    start: f64,
    beats: f64,
    chord: Chord,
    next: Chord,
    is_last: bool,
}

/// One beat of a melody's rhythm, and one of a compound meter.
const CELLS: [&[f64]; 7] = [
    &[1.0],
    &[0.5, 0.5],
    &[0.25, 0.25, 0.5],
    &[0.5, 0.25, 0.25],
    &[0.75, 0.25],
    &[0.25, 0.25, 0.25, 0.25],
    &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
];
const COMPOUND_CELLS: [&[f64]; 4] = [&[1.5], &[1.0, 0.5], &[0.5, 0.5, 0.5], &[0.75, 0.25, 0.5]];

/// Drums by sixteenth notes, over and over: pitches of General MIDI and where they are struck.
const ROCK: &[(u8, &str)] =
    &[(36, "x.....x.x......."), (38, "....x.......x..."), (42, "x.x.x.x.x.x.x.x.")];
const FUNK: &[(u8, &str)] =
    &[(36, "x..x..x...x..x.."), (38, "....x..o.o..x..o"), (42, "xoxoxoxoxoxoxox.")];
const FOUR: &[(u8, &str)] =
    &[(36, "x...x...x...x..."), (39, "....x.......x..."), (46, "..x...x...x...x.")];
const RIDE: &[(u8, &str)] =
    &[(51, "x...x.x.x...x.x."), (44, "....x.......x..."), (36, "x.......o.......")];
const WALTZ: &[(u8, &str)] = &[(36, "x..........."), (37, "....x...x..."), (51, "x...x.x.x...")];
const SIX: &[(u8, &str)] = &[(36, "x.....o....."), (38, "......x....."), (42, "x.x.x.x.x.x.")];

impl Section {
    pub(super) fn new(plan: &Plan, rng: &mut Rng) -> Self {
        let bars = if rng.bool() { 8 } else { 4 };
        let chords = plan.key.progression(plan.style.idiom, bars, rng);
        let motifs = [rhythm(plan, rng), rhythm(plan, rng)];
        Self { bars, chords, seed: rng.u64(..), motifs }
    }

    /// Plays a part of the section from bar `first` of the piece on.
    pub(super) fn play(&self, part: &Part, index: usize, first: usize, mut player: Player<'_>) {
        let player = &mut player;
        let mut rng = Rng::with_seed(self.seed.wrapping_add(index as u64));
        let beats = player.plan().bar_beats();
        let mut pitch = 66 + rng.u8(..10);
        for (number, &chord) in self.chords.iter().enumerate() {
            let next = self.chords[(number + 1) % self.bars];
            let is_last = number + 1 == self.bars;
            let bar = Bar { start: (first + number) as f64 * beats, beats, chord, next, is_last };
            match part.role {
                Role::Melody => {
                    melody(&bar, &self.motifs[number % 2], &mut pitch, &mut rng, player)
                }
                Role::Counter => counter(&bar, &mut pitch, &mut rng, player),
                Role::Comp => comp(&bar, self.seed ^ index as u64, player),
                Role::Arpeggio => arpeggio(&bar, self.seed, player),
                Role::Pad => pad(&bar, player),
                Role::Bass => bass(&bar, self.seed, player),
                Role::Walking => walking(&bar, &mut rng, player),
                Role::Drums => drums(&bar, self.seed, &mut rng, player),
            }
            if player.plan().style.performed && part.role == Role::Arpeggio {
                player.control(bar.start + 0.05, 64, 127);
                player.control(bar.start + beats - 0.1, 64, 0);
            }
        }
    }
}

fn rhythm(plan: &Plan, rng: &mut Rng) -> Vec<(f64, f64)> {
    let cells: &[&[f64]] = if plan.meter.1 == 8 { &COMPOUND_CELLS } else { &CELLS };
    let mut notes = Vec::new();
    let mut at = 0.0;
    while at < plan.bar_beats() {
        let rests = rng.u8(..8) == 0;
        for length in cells[rng.usize(..cells.len())] {
            if !rests {
                notes.push((at, *length));
            }
            at += length;
        }
    }
    notes
}

fn melody(bar: &Bar, motif: &[(f64, f64)], pitch: &mut u8, rng: &mut Rng, player: &mut Player<'_>) {
    let key = player.plan().key;
    for &(at, length) in motif {
        let moved = (*pitch + rng.u8(..9)).saturating_sub(4).clamp(60, 84);
        let is_strong = at % 1.0 == 0.0;
        *pitch =
            nearest(moved, |pitch| if is_strong { bar.chord.has(pitch) } else { key.has(pitch) });
        player.melody_note(bar.start + at, length, *pitch, if is_strong { 10 } else { 0 });
    }
}

fn counter(bar: &Bar, pitch: &mut u8, rng: &mut Rng, player: &mut Player<'_>) {
    let half = bar.beats / 2.0;
    for at in [0.0, half] {
        *pitch = nearest((*pitch + rng.u8(..7)).saturating_sub(3).clamp(55, 76), |pitch| {
            bar.chord.has(pitch)
        });
        player.melody_note(bar.start + at, half, *pitch, -6);
    }
}

fn comp(bar: &Bar, kind: u64, player: &mut Player<'_>) {
    let (step, from) = [(1.0, 0.0), (0.5, 0.0), (1.0, 0.5), (1.0, 0.0)][(kind % 4) as usize];
    let mut at = from;
    while at < bar.beats {
        for pitch in bar.chord.voiced_from(52) {
            player.note(bar.start + at, step * 0.9, pitch, if at == 0.0 { 4 } else { -6 });
        }
        at += step;
    }
}

fn arpeggio(bar: &Bar, kind: u64, player: &mut Player<'_>) {
    let pitches: Vec<u8> = bar.chord.voiced_from(48).chain(bar.chord.voiced_from(60)).collect();
    let turn = 2 * (pitches.len() - 1);
    let step = if kind.is_multiple_of(3) { 0.25 } else { 0.5 };
    for number in 0..(bar.beats / step) as usize {
        // Up and down again.
        let place = number % turn;
        let pitch = pitches[place.min(turn - place)];
        player.note(
            bar.start + number as f64 * step,
            step,
            pitch,
            if number == 0 { 8 } else { -4 },
        );
    }
}

fn pad(bar: &Bar, player: &mut Player<'_>) {
    for pitch in bar.chord.voiced_from(57) {
        player.note(bar.start, bar.beats, pitch, -14);
    }
    for step in 0..8u8 {
        let swell = 64 + 6 * step.min(8 - step);
        player.control(bar.start + bar.beats * f64::from(step) / 8.0, 11, swell);
    }
}

fn bass(bar: &Bar, kind: u64, player: &mut Player<'_>) {
    let root = bar.chord.root_from(33);
    let step: f64 = [0.5, 1.0, 1.5][(kind % 3) as usize];
    let mut at = 0.0;
    while at < bar.beats {
        let length = step.min(bar.beats - at);
        let fifth = at >= bar.beats / 2.0 && kind.is_multiple_of(2);
        player.note(bar.start + at, length, if fifth { root + 7 } else { root }, 0);
        at += step;
    }
}

fn walking(bar: &Bar, rng: &mut Rng, player: &mut Player<'_>) {
    let (root, goal) = (bar.chord.root_from(33), bar.next.root_from(33));
    let count = bar.beats as usize;
    for beat in 0..count {
        let pitch = match beat {
            0 => root,
            _ if beat + 1 == count => {
                if goal > root {
                    goal - 1
                } else {
                    goal + 1
                }
            }
            _ => nearest(root + rng.u8(2..10), |pitch| bar.chord.has(pitch)),
        };
        player.note(bar.start + beat as f64, 1.0, pitch, 0);
    }
}

fn drums(bar: &Bar, kind: u64, rng: &mut Rng, player: &mut Player<'_>) {
    let plan = player.plan();
    let beat = match (plan.style.name, plan.meter) {
        (_, (6, 8)) => SIX,
        (_, (3, 4)) => WALTZ,
        ("dance", _) => FOUR,
        ("jazz", _) => RIDE,
        _ if kind.is_multiple_of(3) => FUNK,
        _ => ROCK,
    };
    let fill_from = if bar.is_last { bar.beats - 1.0 } else { bar.beats };
    for &(pitch, strokes) in beat {
        for (step, stroke) in strokes.bytes().enumerate() {
            let at = step as f64 / 4.0;
            if stroke != b'.' && at < fill_from {
                player.note(bar.start + at, 0.2, pitch, if stroke == b'x' { 8 } else { -28 });
            }
        }
    }
    if bar.is_last {
        for step in 0..4u8 {
            let drum = [50, 48, 45, 41][usize::from(rng.u8(..2) + step / 2)];
            player.note(bar.start + fill_from + f64::from(step) / 4.0, 0.2, drum, 6);
        }
    }
}
