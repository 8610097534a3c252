//! The melodic part: every part is described in one pass over the notes, and the likeliest is chosen.

use crate::analysis::melody::heard::ATTACK_S;
use crate::analysis::melody::path;
use crate::analysis::parts::{Parts, Played, Succession};
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};
use crate::weights::melody;

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

/// Description of a part.
pub(crate) struct Description<'p> {
    played: &'p Played,
    /// Notes that are the lowest of all that sound, and those that are the highest.
    lowest: u32,
    highest: u32,
}

impl<'p> Description<'p> {
    /// What it plays.
    pub(crate) fn played(&self) -> &'p Played {
        self.played
    }

    /// Share of its notes that are the lowest of all that sound.
    pub(crate) fn lowest_share(&self) -> f64 {
        f64::from(self.lowest) / f64::from(self.played.notes())
    }

    /// Whether most of its notes are played by a bass, which has the melody only where nothing else sounds.
    pub(super) fn is_bass(&self) -> bool {
        self.played.basses * 2 > self.played.notes()
    }

    /// Whether it is played one note at a time, and is no bass.
    pub(super) fn is_line(&self) -> bool {
        !self.is_bass() && self.played.succession.is_monophonic()
    }

    pub(crate) fn mean_pitch(&self) -> f64 {
        self.played.pitch as f64 / f64::from(self.played.notes())
    }

    /// What the weights of `weights/melody.toml` are multiplied with, in the order of [`FEATURES`].
    pub(super) fn features(&self) -> [f64; FEATURES.len()] {
        let played = self.played;
        let notes = f64::from(played.notes());
        let share = |count: u32| f64::from(count) / notes;
        [
            notes.log10(),
            share(played.succession.overlaps),
            share(played.succession.steps),
            share(self.lowest),
            share(self.highest),
            played.velocity as f64 / notes / VELOCITY_UNIT,
            f64::from(played.highest - played.lowest) / OCTAVE,
            played.distance as f64 / notes / OCTAVE,
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
pub(super) struct Chosen<'p> {
    /// The number of the part that has the melody, and those of the next likeliest that play one note at a time.
    pub(super) ranked: Vec<u32>,
    /// All parts, those that are likeliest to have the melody first.
    pub(super) likeliest: Vec<u32>,
    /// The two hands that the melody is in, the upper one first.
    pub(super) hands: Option<[u32; 2]>,
    /// By part, where there are several.
    pub(super) described: Vec<Description<'p>>,
}

impl Chosen<'_> {
    /// Whether some parts are a melody with its accompaniment: nearly all of the piece, and more than a line.
    pub(super) fn holds_accompaniment(
        &self,
        score: &Score<'_>,
        parts: &Parts,
        melodic: &[u32],
    ) -> bool {
        let played = parts.played();
        let notes = melodic.iter().map(|&part| played[part as usize].notes()).sum();
        if !path::are_whole(score, notes) {
            return false;
        }
        let succession = match melodic {
            &[part] => played[part as usize].succession,
            _ => Succession::of(parts.notes_of(score, melodic)),
        };
        !succession.is_monophonic()
    }
}

/// The part that has the melody, and the next likeliest ones; of equals the earlier one. A bass has the melody only
/// where there is nothing else.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn melodic_parts<'p>(
    score: &Score<'_>,
    parts: &'p Parts,
    interrupted: &dyn Fn() -> bool,
) -> Result<Chosen<'p>, Error> {
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
        let overlaps = part.played.succession.overlaps;
        rank == 0 || (!part.is_bass() && overlaps * 2 < part.played.notes())
    };
    let ranked = likeliest.iter().copied().enumerate();
    let ranked = ranked.filter(is_line).take(MOST_LINES).map(|(_, number)| number).collect();
    Ok(Chosen { ranked, likeliest, hands, described })
}

/// A part and the one above it, where the two are all that one instrument plays, and the upper one has more than a
/// line: the hands of a pianist. A part that plays one note at a time is likelier to have a melody than one with
/// chords, but such a left hand accompanies as a rule.
fn hands(parts: &[Description<'_>], lower: u32) -> Option<[u32; 2]> {
    let lower_part = &parts[lower as usize];
    let instrument = |part: &Description<'_>| (part.played.port, part.played.program);
    let same = |&(number, part): &(u32, &Description<'_>)| {
        number != lower && instrument(part) == instrument(lower_part)
    };
    let mut others = (0..).zip(parts).filter(same);
    let (upper, upper_part) = others.next()?;
    let is_above = upper_part.mean_pitch() > lower_part.mean_pitch();
    let is_pair =
        others.next().is_none() && is_above && !upper_part.played.succession.is_monophonic();
    is_pair.then_some([upper, lower])
}

/// Indices of the parts, those that are likeliest to have the melody first.
fn ranked(parts: &[Description<'_>]) -> Result<Vec<u32>, NoRoom> {
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

/// Describes all parts.
///
/// # Errors
/// Out of memory.
pub(crate) fn describe<'p>(
    score: &Score<'_>,
    parts: &'p Parts,
) -> Result<Vec<Description<'p>>, NoRoom> {
    // By slot of a part.
    let mut extremes = room::filled(Extremes::default(), parts.count() + 1)?;
    let slots = parts.slots();
    let mut clock = score.tempo.clock();
    let mut sounding = Sounding::default();
    // The place of its first note, and when it begins.
    let (mut attack, mut attack_s) = (0, f64::NEG_INFINITY);
    let mut last_start = None;
    for (place, note) in score.notes.iter().enumerate().filter(|(_, note)| !note.is_drum()) {
        if last_start.replace(note.start) != Some(note.start) {
            let seconds = clock.seconds(note.start);
            if seconds - attack_s >= ATTACK_S {
                let notes = attack..place;
                sounding.rank(&score.notes[notes.clone()], &slots[notes], &mut extremes);
                (attack, attack_s) = (place, seconds);
            }
        }
        sounding.add(note);
    }
    sounding.rank(&score.notes[attack..], &slots[attack..], &mut extremes);
    let of_parts = parts.played().iter().zip(&extremes[1..]);
    room::gathered(of_parts.map(|(played, extremes)| {
        let &Extremes { lowest, highest } = extremes;
        Description { played, lowest, highest }
    }))
}

/// How often a part has the lowest and the highest note of an attack.
#[derive(Clone, Copy, Default)]
struct Extremes {
    lowest: u32,
    highest: u32,
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

    /// Counts the highest and the lowest notes of an attack, given with their slots. Nothing asks for those of drums.
    #[inline]
    fn rank(&mut self, attack: &[Note], slots: &[u32], extremes: &mut [Extremes]) {
        let (Some(lowest), Some(highest)) = (self.lowest(), self.highest()) else { return };
        for (note, &slot) in attack.iter().zip(slots) {
            let of_part = &mut extremes[slot as usize];
            of_part.lowest += u32::from(note.pitch <= lowest);
            of_part.highest += u32::from(note.pitch >= highest);
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
