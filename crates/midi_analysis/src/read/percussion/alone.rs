//! Drum loops that are a file by themselves.
//!
//! Loops and samples come without anything beside them, and many without two pieces struck together,
//! or for sounds that lie elsewhere than in General MIDI. Beside other parts the same notes can be a
//! bass or an ostinato, so these rules hold only for what is alone in its file:
//!
//! - kick, snare and hat in turn, on pitches that are no triad;
//! - kick, and snare or clap on the second and fourth beat;
//! - a kit an octave lower or one or two octaves higher than in General MIDI, for makers count octaves
//!   differently (middle C is C3, C4 or C5);
//! - the pads of samplers, in semitones from C1 (MIDI 36) on;
//! - hand drums: neighbours in semitones, struck again and again, all equally long;
//! - percussion by its [rhythm](super::patterns), which is known beside other parts too.

use crate::read::percussion::kit::{
    HAND, HATS, KICKS, KIT, METAL, Moments, Pitches, Played, SNARES, each, is_kit, set,
};
use crate::read::percussion::part::Part;
use crate::read::percussion::patterns::is_percussion;

/// The fewest notes by which what is alone is judged.
const FEWEST: u32 = 8;
/// The most pitches of such a loop.
const MOST_PITCHES: u32 = 8;
/// Share of long notes that a loop may have, and one that is judged by less.
const MOST_LONG: f64 = 0.5;
const LONG_SHARE: f64 = 0.05;
/// Share of the notes from which a piece of the kit plays a part, not an accident.
const PLAYS: f64 = 0.05;
/// Share of the notes of the piece that plays steadily.
const STEADY: f64 = 0.25;

/// Whether a part that is alone in its file is drums.
pub(super) fn is_drums(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    if is_backbeat(part, played, quarter) || is_kit(part, played, quarter) {
        return true;
    }
    if played.notes < FEWEST || played.long_share() > MOST_LONG {
        return false;
    }
    is_in_turn(part, played, quarter)
        || [-12, 12, 24].into_iter().any(|shift| is_kit_elsewhere(part, played, quarter, shift))
        || is_pads(part, played, quarter)
        || is_hand_drums(part, played)
        || is_percussion(part, played, quarter)
}

fn is_in_turn(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    let steady = played.share(HATS | set(&[51])) >= STEADY;
    let plays = |set| played.share(set) >= PLAYS;
    let frequent = played.frequent(PLAYS);
    let three = plays(KICKS) && plays(SNARES);
    let two = (plays(KICKS) || plays(SNARES)) && tritone(frequent);
    steady
        && (three || two)
        && played.share(KICKS | SNARES | METAL) >= 0.9
        && played.share(KIT) >= 0.98
        && played.long_share() <= STEADY
        && played.variety() <= MOST_PITCHES
        && !is_triad(frequent)
        && Moments::of(part, quarter, |_| false).are_apart()
}

/// Whether a kick or a snare lies a tritone below a hat.
fn tritone(set: Pitches) -> bool {
    set & HATS & (set & (KICKS | SNARES)) << 6 != 0
}

/// Whether all pitches are tones of one major or minor triad, in whichever octaves.
fn is_triad(pitches: Pitches) -> bool {
    let classes = each(pitches).fold(0_u16, |set, pitch| set | 1 << (pitch % 12));
    let turned = |tones: u16, root: u32| (tones << root | tones >> (12 - root)) & 0xfff;
    let [major, minor] = [0b1001_0001, 0b1000_1001];
    (0..12).any(|root| classes & !turned(major, root) == 0 || classes & !turned(minor, root) == 0)
}

/// Kick and snare only: the snare where rock and its relatives have it, and nowhere else. Two tones of a
/// bass would be held.
fn is_backbeat(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    if played.notes < 6
        || played.pitches & !(KICKS | SNARES) != 0
        || played.pitches & KICKS == 0
        || played.variety() > 4
        || played.long_share() > LONG_SHARE
    {
        return false;
    }
    let bar = 4 * quarter;
    let from = part.notes().next().map_or(0, |first| first.start / bar * bar);
    let near = |tick: u32, every: u32| {
        let rest = tick % every;
        rest.min(every - rest) <= quarter / 12
    };
    let (mut snares, mut on_one) = (0, false);
    for note in part.notes() {
        let tick = note.start.saturating_sub(from);
        if SNARES >> note.pitch & 1 == 0 {
            on_one |= near(tick, bar);
        } else if near(tick.saturating_add(quarter), 2 * quarter) {
            snares += 1;
        } else {
            return false;
        }
    }
    on_one && snares >= 2 && is_detached(part)
}

/// Whether notes end well before the next one starts.
fn is_detached(part: &Part<'_>) -> bool {
    let (mut sounding, mut passing) = (0_u64, 0_u64);
    for (note, next) in part.notes().zip(part.notes().skip(1)) {
        let until_next = next.start.saturating_sub(note.start);
        sounding += u64::from(note.duration().min(until_next));
        passing += u64::from(until_next);
    }
    10 * sounding <= 6 * passing
}

/// Whether a small kit is played on other octaves: kick, snare and hat, each with the hat at some
/// moment, and nothing else.
fn is_kit_elsewhere(part: &Part<'_>, played: &Played, quarter: u32, shift: i32) -> bool {
    let there = |set: Pitches| if shift < 0 { set >> -shift } else { set << shift };
    let [kicks, snares, metal, hats] = [KICKS, SNARES, METAL, HATS].map(there);
    played.pitches & !(kicks | snares | metal) == 0
        && played.share(kicks) >= 0.08
        && played.share(snares) >= PLAYS
        && played.share(hats) >= STEADY
        && played.variety() < MOST_PITCHES
        && played.long_share() <= LONG_SHARE
        && {
            let has = |struck: Pitches, low: Pitches| struck & low != 0 && struck & metal != 0;
            let either = Moments::of(part, quarter, |struck| has(struck, kicks | snares));
            let with_kick = Moments::of(part, quarter, |struck| has(struck, kicks)).chosen;
            let with_snare = Moments::of(part, quarter, |struck| has(struck, snares)).chosen;
            either.are_apart()
                && either.most <= 3
                && with_kick > 0
                && with_snare > 0
                && f64::from(either.chosen) >= 0.15 * f64::from(either.all)
        }
}

/// Samplers lay a kit out on sixteen pads, 36 to 51, in the order of the samples.
fn is_pads(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    let plays = played.frequent(PLAYS);
    let first = plays >> 36 & 0b1111;
    played.pitches >> 35 << 35 == played.pitches
        && played.pitches >> 52 == 0
        && first & 1 == 1
        && first.count_ones() >= 3
        && {
            let moments = Moments::of(part, quarter, is_cluster);
            moments.are_apart() && moments.recur()
        }
}

/// Whether two of the pitches are up to three semitones, a tritone or a seventh apart.
fn is_cluster(struck: Pitches) -> bool {
    [1, 2, 3, 6, 10, 11].into_iter().any(|interval| struck & struck >> interval != 0)
}

fn is_hand_drums(part: &Part<'_>, played: &Played) -> bool {
    let drums = set(&[60, 61, 62, 63, 64, 65, 66, 67, 68]);
    let frequent = played.frequent(0.08) & drums;
    let neighbours = frequent & frequent >> 1 & frequent >> 2 != 0;
    if !neighbours
        || played.pitches & !(HAND | set(&[54])) != 0
        || played.variety() > 6
        || played.long_share() > 0.02
    {
        return false;
    }
    let (mut repeated, mut equal) = (0_u32, 0_u32);
    let mut before: Option<(u8, u32)> = None;
    for note in part.notes() {
        if let Some((pitch, length)) = before {
            repeated += u32::from(pitch == note.pitch);
            equal += u32::from(length.abs_diff(note.duration()) <= 1);
        }
        before = Some((note.pitch, note.duration()));
    }
    let pairs = played.notes.saturating_sub(1);
    let share = |count: u32| f64::from(count) / f64::from(pairs.max(1));
    // Repeated notes of a line go on from one to the next; hands come back to each drum.
    let changes = pairs - repeated;
    share(repeated) >= 0.25 && share(equal) >= 0.7 && changes >= 3 * played.variety()
}
