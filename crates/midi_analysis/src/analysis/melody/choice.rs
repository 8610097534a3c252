//! The melodic part: every part is described in one pass over the notes, and the likeliest is chosen.

use std::ops::Range;

use crate::analysis::melody::heard::ATTACK_S;
use crate::analysis::melody::path;
use crate::analysis::parts::{Parts, Succession};
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};
use crate::weights::melody;

/// General MIDI programs of basses, which have the melody only where nothing else sounds.
const BASSES: Range<u8> = 32..40;
/// Mean pitch of the melodies of POP909, G#4.
const VOCAL_PITCH: u8 = 68;

/// Names of the features of a part.
pub const FEATURES: [&str; 8] =
    ["notes", "overlap", "steps", "lowest", "highest", "velocity", "range", "distance"];
const WEIGHTS: [f64; FEATURES.len()] = [
    melody::NOTES,
    melody::OVERLAP,
    melody::STEPS,
    melody::LOWEST,
    melody::HIGHEST,
    melody::VELOCITY,
    melody::RANGE,
    melody::DISTANCE,
];
const VELOCITY_UNIT: f64 = 32.0;
const OCTAVE: f64 = 12.0;
/// Bits of a word of pitches.
const WORD: usize = u64::BITS as usize;

/// Description of a part. Counts are of notes.
#[derive(Clone)]
pub(super) struct Description {
    succession: Succession,
    basses: u32,
    lowest: u32,
    highest: u32,
    pitch: u64,
    velocity: u64,
    distance: u64,
    /// Of its first note.
    instrument: (u8, u8),
    range: (u8, u8),
}

impl Description {
    fn new(note: &Note) -> Self {
        Self {
            succession: Succession::default(),
            basses: 0,
            lowest: 0,
            highest: 0,
            pitch: 0,
            velocity: 0,
            distance: 0,
            instrument: (note.port, note.program),
            range: (note.pitch, note.pitch),
        }
    }

    /// Takes a note in all but how it follows the one before.
    fn add(&mut self, note: &Note) {
        self.basses += u32::from(BASSES.contains(&note.program));
        self.pitch += u64::from(note.pitch);
        self.velocity += u64::from(note.velocity);
        self.distance += u64::from(note.pitch.abs_diff(VOCAL_PITCH));
        self.range = (self.range.0.min(note.pitch), self.range.1.max(note.pitch));
    }

    pub(super) fn is_bass(&self) -> bool {
        self.basses * 2 > self.succession.notes
    }

    /// Whether it is played one note at a time, and is no bass.
    pub(super) fn is_line(&self) -> bool {
        !self.is_bass() && self.succession.is_monophonic()
    }

    pub(super) fn mean_pitch(&self) -> f64 {
        self.pitch as f64 / f64::from(self.succession.notes)
    }

    /// What the weights of `weights/melody.toml` are multiplied with, in the order of [`FEATURES`].
    pub(super) fn features(&self) -> [f64; FEATURES.len()] {
        let notes = f64::from(self.succession.notes);
        let share = |count: u32| f64::from(count) / notes;
        [
            notes.log10(),
            share(self.succession.overlaps),
            share(self.succession.steps),
            share(self.lowest),
            share(self.highest),
            self.velocity as f64 / notes / VELOCITY_UNIT,
            f64::from(self.range.1 - self.range.0) / OCTAVE,
            self.distance as f64 / notes / OCTAVE,
        ]
    }

    /// Logarithm of how likely the part is to have the melody, in a conditional logit (McFadden
    /// 1974): the probability is proportional to the exponential of the weighted features.
    fn likelihood(&self) -> f64 {
        self.features().iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum()
    }
}

/// Most prominent lines of a piece.
pub(crate) const MOST_LINES: usize = 3;

/// The parts that have the melody and other prominent lines.
pub(super) struct Chosen {
    /// The number of the part that has the melody, and those of the next likeliest that play one note at a time.
    pub(super) ranked: Vec<u32>,
    /// All parts, those that are likeliest to have the melody first.
    pub(super) likeliest: Vec<u32>,
    /// The two hands that the melody is in, the upper one first.
    pub(super) hands: Option<[u32; 2]>,
    /// By part, where there are several.
    pub(super) described: Vec<Description>,
}

impl Chosen {
    /// Whether some parts are a melody with its accompaniment: nearly all of the piece, and more than a line.
    pub(super) fn holds_accompaniment(
        &self,
        score: &Score<'_>,
        parts: &Parts,
        melodic: &[u32],
    ) -> bool {
        let of_parts = melodic.iter().map(|&part| self.described.get(part as usize));
        let mut known = of_parts.map(|part| Some(part?.succession));
        let notes = known.clone().map(|part| Some(part?.notes)).sum::<Option<u32>>();
        if notes.is_some_and(|notes| !path::are_whole(score, notes)) {
            return false;
        }
        let known = known.next().flatten().filter(|_| melodic.len() == 1);
        let succession = known.unwrap_or_else(|| Succession::of(parts.notes_of(score, melodic)));
        path::are_whole(score, succession.notes) && !succession.is_monophonic()
    }
}

/// The part that has the melody, and the next likeliest ones; of equals the earlier one. A bass has the melody only
/// where there is nothing else.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn melodic_parts(
    score: &Score<'_>,
    parts: &Parts,
    interrupted: &dyn Fn() -> bool,
) -> Result<Chosen, Error> {
    if parts.count() == 1 {
        return Ok(Chosen {
            ranked: vec![0],
            likeliest: vec![0],
            hands: None,
            described: Vec::new(),
        });
    }
    let described = describe(score, parts)?;
    check(interrupted)?;
    let likeliest = ranked(&described)?;
    check(interrupted)?;
    let hands = likeliest.first().and_then(|&first| hands(&described, first));
    let is_line = |&(rank, number): &(usize, u32)| {
        let part = &described[number as usize];
        rank == 0 || (!part.is_bass() && part.succession.overlaps * 2 < part.succession.notes)
    };
    let ranked = likeliest.iter().copied().enumerate();
    let ranked = ranked.filter(is_line).take(MOST_LINES).map(|(_, number)| number).collect();
    Ok(Chosen { ranked, likeliest, hands, described })
}

/// A part and the one above it, where the two are all that one instrument plays, and the upper one has more than a
/// line: the hands of a pianist. A part that plays one note at a time is likelier to have a melody than one with
/// chords, but such a left hand accompanies as a rule.
fn hands(parts: &[Description], lower: u32) -> Option<[u32; 2]> {
    let lower_part = &parts[lower as usize];
    let same = |&(number, part): &(u32, &Description)| {
        number != lower && part.instrument == lower_part.instrument
    };
    let mut others = (0..).zip(parts).filter(same);
    let (upper, upper_part) = others.next()?;
    let is_above = upper_part.mean_pitch() > lower_part.mean_pitch();
    let is_pair = others.next().is_none() && is_above && !upper_part.succession.is_monophonic();
    is_pair.then_some([upper, lower])
}

/// Indices of the parts, those that are likeliest to have the melody first.
fn ranked(parts: &[Description]) -> Result<Vec<u32>, NoRoom> {
    let likelihoods = room::gathered(parts.iter().map(Description::likelihood))?;
    let mut ranked = room::gathered(0..parts.len() as u32)?;
    ranked.sort_unstable_by(|&a, &b| {
        let is_bass = |index: u32| parts[index as usize].is_bass();
        let treble = is_bass(a).cmp(&is_bass(b));
        let likelihood = |index: u32| likelihoods[index as usize];
        treble.then_with(|| likelihood(b).total_cmp(&likelihood(a))).then_with(|| a.cmp(&b))
    });
    Ok(ranked)
}

pub(super) fn describe(score: &Score<'_>, numbers: &Parts) -> Result<Vec<Description>, NoRoom> {
    let mut parts: Vec<Description> = room::list(numbers.count())?;
    let successions = numbers.successions();
    let mut clock = score.tempo.clock();
    let mut sounding = Sounding::default();
    let mut attack: Vec<(u32, u8)> = Vec::new();
    let mut attack_s = f64::NEG_INFINITY;
    let mut last_start = None;
    for (note, part) in numbers.notes(score) {
        // Parts are numbered in the order of their first notes.
        if part == parts.len() {
            room::push(&mut parts, Description::new(note))?;
        }
        parts[part].add(note);
        if successions.is_none() {
            parts[part].succession.add(note);
        }
        if last_start.replace(note.start) != Some(note.start) {
            let seconds = clock.seconds(note.start);
            if seconds - attack_s >= ATTACK_S {
                sounding.rank(&mut attack, &mut parts);
                attack_s = seconds;
            }
        }
        sounding.add(note);
        room::push(&mut attack, (part as u32, note.pitch))?;
    }
    sounding.rank(&mut attack, &mut parts);
    for (part, succession) in parts.iter_mut().zip(successions.into_iter().flatten()) {
        part.succession = succession;
    }
    Ok(parts)
}

/// Pitches that sound, whoever plays them.
struct Sounding {
    /// One bit each.
    pitches: [u64; 2],
    ends: [u32; 128],
    now: u32,
}

impl Default for Sounding {
    fn default() -> Self {
        Self { pitches: [0; 2], ends: [0; 128], now: 0 }
    }
}

impl Sounding {
    fn add(&mut self, note: &Note) {
        let pitch = usize::from(note.pitch & 0x7f);
        // An earlier note of this pitch may last longer.
        self.ends[pitch] = self.ends[pitch].max(note.sounding_end());
        self.pitches[pitch / WORD] |= 1 << (pitch % WORD);
        self.now = note.start;
    }

    /// Counts the highest and the lowest notes of an attack, and clears it.
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
        self.next(0, |word| word.trailing_zeros())
            .or_else(|| self.next(1, |word| word.trailing_zeros()))
    }

    fn highest(&mut self) -> Option<u8> {
        self.next(1, |word| word.ilog2()).or_else(|| self.next(0, |word| word.ilog2()))
    }

    /// The first pitch of a word that still sounds; those before it, which have ended, are left out.
    #[inline]
    fn next(&mut self, word: usize, first: impl Fn(u64) -> u32) -> Option<u8> {
        while self.pitches[word] != 0 {
            let bit = first(self.pitches[word]) as usize % WORD;
            let pitch = word * WORD + bit;
            if self.ends[pitch] > self.now {
                return Some(pitch as u8);
            }
            self.pitches[word] &= !(1 << bit);
        }
        None
    }
}
