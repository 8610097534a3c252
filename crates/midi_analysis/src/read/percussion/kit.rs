//! Is it a drum kit? Judged by the notes of a part alone.
//!
//! The pitches of a kit follow the percussion key map of General MIDI 1 (MMA RP-003); 22 and 26 are the
//! edges of the hi-hat on electronic kits. Pitches alone prove little: C2, D2 and F sharp 2 are bass
//! notes too. What a kit does and a bass, a chord or a melody does not: a hat or a cymbal is struck
//! together with kick or snare, two or three semitones or a tritone apart at the bottom of the
//! keyboard, while at other moments each of them is struck by itself.

use crate::model::note::Note;
use crate::read::percussion::part::Part;

/// A set of pitches, a bit each.
pub(super) type Pitches = u128;

/// The pitches of a list.
pub(super) const fn set(pitches: &[u8]) -> Pitches {
    let (mut set, mut index) = (0, 0);
    while index < pitches.len() {
        set |= 1 << pitches[index];
        index += 1;
    }
    set
}

pub(super) const KICKS: Pitches = set(&[35, 36]);
/// Snares, the side stick and the hand clap, which takes the snare's place in electronic music.
pub(super) const SNARES: Pitches = set(&[37, 38, 39, 40]);
pub(super) const HATS: Pitches = set(&[22, 26, 42, 44, 46]);
/// Hats, rides, crashes and the tambourine.
pub(super) const METAL: Pitches = HATS | set(&[49, 51, 52, 53, 54, 55, 57, 59]);
pub(super) const TOMS: Pitches = set(&[41, 43, 45, 47, 48, 50]);
/// Cowbell, vibraslap, and from the bongos to the open triangle; and the shaker of General MIDI 2.
pub(super) const HAND: Pitches = set(&[
    56, 58, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81,
    82,
]);
/// Kick, snare, hats and cymbals, which every kit is built of.
pub(super) const CORE: Pitches = KICKS | SNARES | METAL;
pub(super) const KIT: Pitches = CORE | TOMS | HAND;
/// Kicks, snares, hats, toms and cymbals that drum parts are mostly made of, and their share from which a
/// channel or track that is said to be one of drums is one.
pub(super) const USUAL: Pitches = KICKS | SNARES | HATS | set(&[49, 51, 57]);
pub(super) const USUAL_SHARE: f64 = 0.6;

/// The fewest notes that make a pattern.
const FEWEST: u32 = 6;
/// Share of the notes that may be outside of the kit: slips of a pad, and sounds of a maker's own.
const OUTSIDE: f64 = 0.02;
/// Shares of the notes that the pieces of a kit have at least. Fills and Latin patterns play the toms
/// and the hand drums most, but never only.
const CORE_SHARE: f64 = 0.6;
const KICK_SHARE: f64 = 0.04;
const OTHER_SHARE: f64 = 0.1;
/// Share of long notes that a kit may have, where each note is held until the next of its pitch.
const LONG_SHARE: f64 = 0.5;
/// Share of the moments in which one pitch is struck by itself.
const SINGLE_SHARE: f64 = 0.2;
/// Moments with a clash: how many, and which share of all.
const FEWEST_CLASHES: u32 = 2;
const CLASH_SHARE: f64 = 0.08;

/// How often a part plays each pitch, and how many of its notes are longer than a quarter note.
pub(super) struct Played {
    counts: [u32; 128],
    pub(super) notes: u32,
    pub(super) pitches: Pitches,
    long: u32,
}

impl Played {
    /// `quarter` is a quarter note in ticks.
    pub(super) fn of<'n>(notes: impl Iterator<Item = &'n Note>, quarter: u32) -> Self {
        let mut played = Self { counts: [0; 128], notes: 0, pitches: 0, long: 0 };
        let long = quarter + quarter / 64;
        notes.for_each(|note| {
            played.counts[usize::from(note.pitch & 0x7f)] += 1;
            played.notes += 1;
            played.long += u32::from(note.duration() > long);
        });
        for (pitch, &count) in played.counts.iter().enumerate() {
            played.pitches |= Pitches::from(count > 0) << pitch;
        }
        played
    }

    /// Share of the notes that have one of these pitches.
    pub(super) fn share(&self, set: Pitches) -> f64 {
        let of_set: u32 = each(set & self.pitches).map(|pitch| self.counts[pitch]).sum();
        f64::from(of_set) / f64::from(self.notes.max(1))
    }

    /// Pitches that have at least this share of the notes.
    pub(super) fn frequent(&self, share: f64) -> Pitches {
        let least = share * f64::from(self.notes);
        each(self.pitches)
            .filter(|&pitch| f64::from(self.counts[pitch]) >= least)
            .fold(0, |set, pitch| set | 1 << pitch)
    }

    /// Notes of each pitch class, from C on.
    pub(super) fn pitch_classes(&self) -> [u32; 12] {
        let mut classes = [0; 12];
        each(self.pitches).for_each(|pitch| classes[pitch % 12] += self.counts[pitch]);
        classes
    }

    /// How many pitches there are.
    pub(super) fn variety(&self) -> u32 {
        self.pitches.count_ones()
    }

    /// Share of the notes that are longer than a quarter note.
    pub(super) fn long_share(&self) -> f64 {
        f64::from(self.long) / f64::from(self.notes.max(1))
    }
}

/// The pitches of a set.
pub(super) fn each(mut set: Pitches) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let pitch = (set != 0).then_some(set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(pitch)
    })
}

/// The moments at which something is struck.
#[derive(Default)]
pub(super) struct Moments {
    pub(super) all: u32,
    /// With one pitch only.
    single: u32,
    /// For which the question that was put holds.
    pub(super) chosen: u32,
    /// The most pitches of a moment.
    pub(super) most: u32,
}

impl Moments {
    /// Counts the moments of a part, and those that `choose` holds for. Hands strike together within
    /// a 96th note.
    pub(super) fn of(part: &Part<'_>, quarter: u32, choose: impl Fn(Pitches) -> bool) -> Self {
        let together = (quarter / 24).max(1);
        let mut moments = Self::default();
        let (mut set, mut last) = (0, None);
        for note in part.notes() {
            if last.is_some_and(|last| note.start.saturating_sub(last) > together) {
                moments.add(std::mem::take(&mut set), &choose);
            }
            set |= 1 << (note.pitch & 0x7f);
            last = Some(note.start);
        }
        moments.add(set, &choose);
        moments
    }

    fn add(&mut self, set: Pitches, choose: impl Fn(Pitches) -> bool) {
        let pitches = set.count_ones();
        self.all += u32::from(pitches > 0);
        self.single += u32::from(pitches == 1);
        self.most = self.most.max(pitches);
        self.chosen += u32::from(pitches > 1 && choose(set));
    }

    /// Whether pitches are struck one by one often enough for voices of their own: chords are not.
    pub(super) fn are_apart(&self) -> bool {
        f64::from(self.single) >= SINGLE_SHARE * f64::from(self.all)
    }

    /// Whether the chosen moments are the rule, not an accident.
    pub(super) fn recur(&self) -> bool {
        self.chosen >= FEWEST_CLASHES && f64::from(self.chosen) >= CLASH_SHARE * f64::from(self.all)
    }
}

/// Whether a part is a whole kit, whatever plays beside it.
pub(super) fn is_kit(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    played.notes >= FEWEST
        && played.share(KIT) >= 1.0 - OUTSIDE
        && played.share(CORE) >= CORE_SHARE
        && played.share(KICKS) >= KICK_SHARE
        && played.share(SNARES | METAL) >= OTHER_SHARE
        && played.long_share() <= LONG_SHARE
        && {
            let moments = Moments::of(part, quarter, clashes);
            moments.are_apart() && moments.recur()
        }
}

/// Whether a kick sounds with a snare or metal, or a snare with metal, in an interval in which basses and
/// tenors do not double: no unison, fourth, fifth or octave, and no third or sixth over an octave.
fn clashes(struck: Pitches) -> bool {
    let clash = |low: Pitches, others: Pitches| {
        each(struck & low).any(|a| {
            each(struck & others)
                .any(|b| !matches!(a.abs_diff(b), 0 | 5 | 7 | 12 | 15..=17 | 19.. ))
        })
    };
    clash(KICKS, SNARES | METAL) || clash(SNARES, METAL)
}
