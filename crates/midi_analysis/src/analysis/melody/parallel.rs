//! Melodies in parallel: lines that keep their interval, such as thirds, sixths or chords, are one melody, and the
//! highest of them leads.
//!
//! Which note of such a line is louder, longer, or nearer to the one before changes from note to note, but not which
//! line is the melody.

use crate::analysis::melody::heard::{Attack, Part};
use crate::room::{self, NoRoom};

/// Most semitones by which the interval to the highest line changes: thirds of a scale are of three or four, tones of
/// a chord are up to five apart.
const CHANGE: i16 = 2;
/// Most semitones from one note of a line to the next.
const LEAP: i16 = 9;
/// Fewest steps and leaps that lines do together.
const MOVES: u16 = 4;
/// How far apart two notes end, in seconds, or as a share of the longer one.
const TOGETHER_S: f64 = 0.05;
const TOGETHER: f64 = 0.2;
/// Most notes below the highest one of an attack that may go with it.
const MOST: usize = 6;
/// Fewest of the notes of a part that are in lower lines, as a share. Where chords happen to move as a melody does,
/// there are fewer: the share is that with which songs of POP909 in one track keep their melodies.
const SHARE: f64 = 0.05;
/// Lines with others in parallel, of which the last attacks are kept.
const LINES: usize = 3;

/// A part without what goes below its highest line in parallel.
pub(super) struct Led {
    pub(super) part: Part,
    /// By note: whether it leads others that are left out.
    pub(super) leads: Vec<bool>,
}

/// The part without what goes below the highest line in parallel with it, where that is much of the part.
///
/// # Errors
/// Out of memory.
pub(super) fn led(part: &Part) -> Result<Option<Led>, NoRoom> {
    let before = moves(part, part.attacks.iter())?;
    let after = moves(part, part.attacks.iter().rev())?;
    let follows = |place: usize| before[place].saturating_add(after[place]) >= MOVES;
    let gone = (0..part.notes.len()).filter(|&place| follows(place)).count();
    if gone == 0 || (gone as f64) < SHARE * part.notes.len() as f64 {
        return Ok(None);
    }
    let left = part.notes.len() - gone;
    let mut led = Part { notes: room::list(left)?, attacks: room::list(part.attacks.len())? };
    let mut leads = room::list(left)?;
    for attack in &part.attacks {
        let first = led.notes.len();
        led.notes
            .extend(attack.notes().filter(|&place| !follows(place)).map(|place| part.notes[place]));
        led.attacks.push(Attack { first: first as u32, end: led.notes.len() as u32 });
        leads.push(attack.notes().any(follows));
        leads.resize(led.notes.len(), false);
    }
    Ok(Some(Led { part: led, leads }))
}

/// By note: how often it has moved as the highest line has, attack by attack.
fn moves<'p>(
    part: &'p Part,
    attacks: impl Iterator<Item = &'p Attack>,
) -> Result<Vec<u16>, NoRoom> {
    let mut moves = room::filled(0_u16, part.notes.len())?;
    // The last attacks of some lines, the newest first.
    let mut lines: Vec<Attack> = room::list(LINES + 1)?;
    for attack in attacks {
        let mut goes_on = None;
        let mut breaks = None;
        for (line, before) in lines.iter().enumerate() {
            let Some(leap) = interval(part, before.first as usize, attack.first as usize) else {
                continue;
            };
            let is_parallel =
                |lower: i16| lower.signum() == leap.signum() && (lower - leap).abs() <= CHANGE;
            for from in below(part, before) {
                for to in below(part, attack) {
                    if interval(part, from, to).is_some_and(is_parallel) {
                        let moved = moves[from].saturating_add(u16::from(leap != 0));
                        moves[to] = moves[to].max(moved);
                        goes_on = Some(line);
                    }
                }
            }
            if goes_on.is_some() {
                break;
            }
            let lowest = below(part, before).last();
            let is_above =
                |lowest| interval(part, lowest, attack.first as usize).is_none_or(|up| up >= 0);
            if breaks.is_none() && lowest.is_some_and(is_above) {
                breaks = Some(line);
            }
        }
        if let Some(line) = goes_on.or(breaks) {
            lines.remove(line);
        }
        if below(part, attack).next().is_some() {
            lines.insert(0, *attack);
            lines.truncate(LINES);
        }
    }
    Ok(moves)
}

/// The notes of an attack that end with its highest one.
fn below<'p>(part: &'p Part, attack: &Attack) -> impl Iterator<Item = usize> + use<'p> {
    let top = attack.first as usize;
    let lower = attack.notes().skip(1).take(MOST);
    lower.filter(move |&place| {
        let (top, lower) = (&part.notes[top], &part.notes[place]);
        let length = (top.end_s - top.start_s).max(lower.end_s - lower.start_s);
        let apart = (top.end_s - lower.end_s).abs();
        top.note.pitch > lower.note.pitch && apart <= TOGETHER_S.max(TOGETHER * length)
    })
}

/// Semitones from one note to another, where that is no more than a leap.
fn interval(part: &Part, from: usize, to: usize) -> Option<i16> {
    let pitch = |place: usize| part.notes.get(place).map(|heard| i16::from(heard.note.pitch));
    let interval = pitch(to)? - pitch(from)?;
    (interval.abs() <= LEAP).then_some(interval)
}
