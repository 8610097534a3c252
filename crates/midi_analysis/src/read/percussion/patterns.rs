//! Percussion that is known by its rhythm.
//!
//! Latin and other percussion plays on pitches on which tunes lie too: woodblock, cabasa and kick are E5, A4
//! and C2, a minor triad. What tells them apart is the rhythm. One instrument that keeps time goes on
//! through all of the part at one pace (maracas, cabasa, shaker, tambourine, cowbell, hats, ride), the
//! others have each a pattern of their own across it, and all notes are short and equally long. A chord
//! strikes its tones together, a bass keeps the pace below all others, and a tune has more pitches.

use crate::model::note::Note;
use crate::read::percussion::kit::{HATS, KICKS, KIT, Moments, Pitches, Played, SNARES, each, set};
use crate::read::percussion::part::Part;

/// What keeps time: hats, ride, tambourine, cowbell, cabasa, maracas, claves and shaker.
const TIME: Pitches = HATS | set(&[51, 54, 56, 69, 70, 75, 82]);
/// The hand drums and pairs of instruments that lie beside each other: bongos, congas, timbales,
/// agogos, guiros, woodblocks, cuicas and triangles.
const PAIRS: [u8; 10] = [60, 62, 63, 65, 67, 73, 76, 78, 80, 39];
/// How many pitches and notes such a part has.
const PITCHES: std::ops::RangeInclusive<u32> = 3..=8;
const FEWEST: u32 = 12;
/// Share of the notes from which a pitch is one of the patterns.
const PLAYS: f64 = 0.04;
/// Share of the notes that keep time.
const KEEPS_TIME: f64 = 0.15;
/// Share of equal steps, of equal lengths, and of the strokes of two tones of a chord that are common.
const STEADY: f64 = 0.9;
const EQUAL: f64 = 0.7;
const CHORD: f64 = 0.85;

/// Whether a part is percussion by its rhythm.
pub(super) fn is_percussion(part: &Part<'_>, played: &Played, quarter: u32) -> bool {
    let plays = played.frequent(PLAYS);
    let others = plays & !TIME;
    let lowest = plays & plays.wrapping_neg();
    played.notes >= FEWEST
        && PITCHES.contains(&played.variety())
        && played.pitches & !KIT == 0
        && played.long_share() == 0.0
        && (others & KICKS != 0 || has_pair(others))
        && equal_lengths(part) >= EQUAL * f64::from(played.notes - 1)
        && each(plays & TIME & !lowest).any(|pitch| {
            let keeps_time =
                played.share(1 << pitch) >= KEEPS_TIME && is_steady(part, pitch, quarter);
            let moments = Moments::of(part, quarter, |struck| struck >> pitch & 1 == 1);
            keeps_time && moments.are_apart() && moments.recur()
        })
        && !has_chord(part, played, plays, quarter)
}

fn has_pair(pitches: Pitches) -> bool {
    PAIRS.iter().any(|&low| pitches >> low & 0b11 == 0b11)
}

/// How many notes are as long as the one before.
fn equal_lengths(part: &Part<'_>) -> f64 {
    let lengths = || part.notes().map(Note::duration);
    let equal = lengths().zip(lengths().skip(1)).filter(|(a, b)| a.abs_diff(*b) <= 1);
    equal.count() as f64
}

/// Whether a pitch is struck at one pace, a half note apart at the most, from the first bar of the part to
/// its last.
fn is_steady(part: &Part<'_>, pitch: usize, quarter: u32) -> bool {
    let strokes = || part.notes().filter(|note| usize::from(note.pitch) == pitch);
    let (Some(first), Some(last)) = (strokes().next(), strokes().last()) else { return false };
    let count = strokes().count();
    let from = part.notes().next().map_or(0, |note| note.start);
    let until = part.notes().last().map_or(0, |note| note.start);
    let bar = 4 * quarter;
    if count < 4 || first.start.saturating_sub(from) > bar || until.saturating_sub(last.start) > bar
    {
        return false;
    }
    let pace = f64::from(last.start.saturating_sub(first.start)) / (count - 1) as f64;
    let steps =
        strokes().zip(strokes().skip(1)).map(|(a, b)| f64::from(b.start.saturating_sub(a.start)));
    let equal = steps.filter(|step| (step - pace).abs() <= f64::from(quarter) / 12.0).count();
    pace <= f64::from(2 * quarter + quarter / 12) && equal as f64 >= STEADY * (count - 1) as f64
}

/// Whether two pitches are struck together nearly always. Kicks, or snares and claps, are layered so.
fn has_chord(part: &Part<'_>, played: &Played, plays: Pitches, quarter: u32) -> bool {
    each(plays).any(|a| {
        each(plays).filter(|&b| b > a).any(|b| {
            let both: Pitches = 1 << a | 1 << b;
            let layered = [KICKS, SNARES].iter().any(|piece| both & !piece == 0);
            let together = || Moments::of(part, quarter, |struck| struck & both == both).chosen;
            let more = played.share(1 << a).max(played.share(1 << b)) * f64::from(played.notes);
            !layered && f64::from(together()) >= CHORD * more
        })
    })
}
