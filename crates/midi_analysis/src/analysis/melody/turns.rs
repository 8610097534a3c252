//! Parts that take turns in the melody: a tune that passes from one instrument to another, or call and response.
//!
//! Where the melodic part rests, another one may go on with what is a melody as much as the first: it is played one
//! note at a time, in the same register, not under the first, and for as long. What only fills the rests is much
//! shorter, and what accompanies sounds under the first.

use crate::analysis::melody::choice::Chosen;
use crate::analysis::parts::Parts;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Most parts that are compared.
const MOST: usize = 8;
/// Most semitones between the mean pitches of two parts in one register.
const REGISTER: f64 = 12.0;
/// Share of the notes of a part that begin while the other sounds.
const COVERED: f64 = 0.1;
/// A turn of fewer notes is short, and the most turns that are, as a share of all.
const TURN: u32 = 4;
const SHORT: f64 = 0.25;
/// Least time that a part sounds, as a share of that of the one that sounds longest: what sounds less fills rests.
const SHARE: f64 = 0.25;

/// A part, note by note.
#[derive(Clone, Copy, Default)]
struct Turns {
    part: u32,
    notes: u32,
    ticks: u64,
    /// When its last note ends.
    until: u32,
    /// By other part: its notes that begin while the other sounds.
    covered: [u32; MOST],
    /// By other part: its turns that the other has ended, those of them that were short, and the notes of the one
    /// that goes on.
    turns: [u32; MOST],
    short: [u32; MOST],
    turn: [u32; MOST],
}

impl Turns {
    /// Another part plays.
    fn end_turn(&mut self, other: usize) {
        let notes = std::mem::take(&mut self.turn[other]);
        self.turns[other] += u32::from(notes > 0);
        self.short[other] += u32::from((1..TURN).contains(&notes));
    }
}

/// The melodic part, the first of those ranked, and the others that take turns with it; only this one where none does.
///
/// # Errors
/// Out of memory.
pub(super) fn taking_turns(
    score: &Score<'_>,
    parts: &Parts,
    chosen: &Chosen<'_>,
) -> Result<Vec<u32>, NoRoom> {
    let (ranked, described) = (&chosen.likeliest, &chosen.described);
    let first = ranked.first().and_then(|&first| described.get(first as usize));
    let Some(first) = first.filter(|first| first.is_line()) else {
        return room::gathered(ranked.iter().copied().take(1));
    };
    let is_like = |&&part: &&u32| {
        let part = &described[part as usize];
        part.is_line() && (part.mean_pitch() - first.mean_pitch()).abs() <= REGISTER
    };
    let mut turns = [Turns::default(); MOST];
    let mut count = 0;
    for (turns, &part) in turns.iter_mut().zip(ranked.iter().filter(is_like)) {
        turns.part = part;
        count += 1;
    }
    let turns = &mut turns[..count];
    if count < 2 {
        return room::gathered(ranked.iter().copied().take(1));
    }
    count_turns(score, parts, turns);
    let mut found = [0; MOST];
    let mut count = 1;
    for place in 1..turns.len() {
        if found[..count].iter().all(|&other| take_turns(turns, other, place)) {
            found[count] = place;
            count += 1;
        }
    }
    let found = || found[..count].iter().map(|&place| &turns[place]);
    let longest = found().map(|part| part.ticks).max().unwrap_or(0);
    let long = found().filter(|part| part.ticks as f64 >= SHARE * longest as f64);
    room::gathered(long.map(|part| part.part))
}

fn count_turns(score: &Score<'_>, parts: &Parts, turns: &mut [Turns]) {
    for (note, part) in parts.notes(score) {
        let Some(here) = turns.iter().position(|each| each.part as usize == part) else { continue };
        let middle = note.start + note.duration() / 2;
        for other in (0..turns.len()).filter(|&other| other != here) {
            let covered = turns[other].until > middle;
            turns[here].covered[other] += u32::from(covered);
            turns[other].end_turn(here);
            turns[here].turn[other] += 1;
        }
        turns[here].notes += 1;
        turns[here].ticks += u64::from(note.duration());
        turns[here].until = note.end;
    }
}

/// Whether two parts hardly ever sound together, and take few short turns.
fn take_turns(parts: &[Turns], one: usize, other: usize) -> bool {
    let (first, second) = (&parts[one], &parts[other]);
    let both = |of: fn(&Turns) -> &[u32; MOST]| f64::from(of(first)[other] + of(second)[one]);
    let notes = f64::from(first.notes.min(second.notes));
    both(|part| &part.covered) <= COVERED * notes
        && both(|part| &part.short) <= SHORT * both(|part| &part.turns)
}

/// The lines of parts as one, those of the first part before others: none of its notes overlaps the next.
///
/// # Errors
/// Out of memory.
pub(super) fn joined(lines: Vec<Vec<Note>>) -> Result<Vec<Note>, NoRoom> {
    let mut notes = room::list(lines.iter().map(Vec::len).sum())?;
    for (rank, line) in lines.iter().enumerate() {
        notes.extend(line.iter().map(|note| (rank, *note)));
    }
    room::sort_by_key(&mut notes, |(rank, note)| (note.start, *rank))?;
    let mut joined: Vec<Note> = room::list(notes.len())?;
    let mut rank_before = 0;
    for (rank, note) in notes {
        if let Some(before) = joined.last_mut() {
            let is_covered = before.end > note.start + note.duration() / 2;
            if rank > rank_before && is_covered {
                continue;
            }
            before.end = before.end.min(note.start);
        }
        rank_before = rank;
        joined.push(note);
    }
    Ok(joined)
}
