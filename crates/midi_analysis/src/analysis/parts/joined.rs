//! Which lines are one part.
//!
//! Candidates are the lines of one track, and lines of several tracks that have one program. They are joined
//! where no voices of their own can be heard in them:
//!
//! - each plays one pitch class, or each pitch class is played by one of them;
//! - each has a register of its own, no wider than from one string to the next: what is higher is in the next line;
//! - they hardly ever sound together, so that they take turns in one line;
//! - they cross as if by chance, and move by leaps: notes that take the next or a free channel;
//! - they are the strings of a guitar: of a plucked program and one note at a time, or with the tuning of one.

use std::ops::Range;

use crate::analysis::parts::numbers::Numbers;
use crate::analysis::parts::played::Played;
use crate::analysis::parts::together::{MOST, Together};
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Fewest lines that are the pitch classes or the strings of one part.
const FEWEST_TUNED: usize = 4;
/// Fewest lines among which notes are dealt out.
const FEWEST_DEALT: usize = 3;
/// The same over several tracks, where lines with one program are the rule.
const FEWEST_DEALT_TRACKS: usize = 6;
/// Fewest lines that are registers of one part.
const FEWEST_REGISTERS: usize = 3;
/// The same over several tracks.
const FEWEST_REGISTERS_TRACKS: usize = 4;
/// Most semitones of a register between others: voices of a choir have an octave and more, and share most of it with
/// their neighbours.
const REGISTER: u8 = 6;
/// Share of the notes of a line that have its pitch class.
const ONE_CLASS: f64 = 0.95;
/// Share of the notes of lines that take turns which begin while another of them sounds.
const TURNS: f64 = 0.1;
/// How often lines cross by chance, and the share of steps in them. Three voices of equal range cross as
/// often, but move by steps in half of their notes.
const CROSSED: f64 = 0.25;
const FEW_STEPS: f64 = 0.35;
/// Groups whose notes are compared at once.
const AT_ONCE: usize = 4_096;
/// Semitones from each string of a guitar to the next higher.
const TUNING: [u8; 5] = [5, 5, 5, 4, 5];
/// General MIDI programs that are plucked: guitars, basses, and sitar to koto.
const PLUCKED: [Range<u8>; 2] = [24..40, 104..108];

/// Whether any lines have enough in common that their notes may show them to be one part.
///
/// # Errors
/// Out of memory.
pub(super) fn may_be(played: &[Played]) -> Result<bool, NoRoom> {
    let alike = |groups: fn(&Played) -> (u16, u8, u8), fewest: usize| {
        let mut keys = room::gathered(played.iter().map(groups))?;
        keys.sort_unstable();
        Ok(keys.chunk_by(|a, b| a == b).any(|group| group.len() >= fewest))
    };
    Ok(played.len() > 1 && (alike(in_a_track, 2)? || alike(over_tracks, 2)?))
}

/// By line: the first line of its part.
///
/// # Errors
/// Out of memory.
pub(super) fn leaders(
    score: &Score<'_>,
    numbers: &Numbers,
    played: &[Played],
) -> Result<Vec<u32>, NoRoom> {
    let mut leaders = room::gathered(0..played.len() as u32)?;
    let mut order = room::gathered(0..played.len() as u32)?;
    let line = |number: &u32| &played[*number as usize];
    for groups in [in_a_track, over_tracks] {
        room::sort_by_key(&mut order, |number| (groups(line(number)), *number))?;
        let mut undecided = Groups::default();
        for group in order.chunk_by(|a, b| groups(line(a)) == groups(line(b))) {
            let alone = group.iter().all(|&number| leaders[number as usize] == number);
            if (2..=MOST).contains(&group.len()) && alone {
                join(score, played, group, &mut leaders, &mut undecided)?;
            }
        }
        decide(score, numbers, played, &undecided, &mut leaders)?;
    }
    Ok(leaders)
}

/// Groups of lines that their notes have to be compared of.
#[derive(Default)]
struct Groups {
    /// The lines, group by group, and where each group ends.
    lines: Vec<u32>,
    ends: Vec<usize>,
}

impl Groups {
    fn push(&mut self, group: &[u32]) -> Result<(), NoRoom> {
        for &line in group {
            room::push(&mut self.lines, line)?;
        }
        room::push(&mut self.ends, self.lines.len())
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.lines[std::mem::replace(&mut start, end)..end])
    }
}

/// Joins those groups that their notes show to be one part: many at once, as there may be as many as tracks.
fn decide(
    score: &Score<'_>,
    numbers: &Numbers,
    played: &[Played],
    undecided: &Groups,
    leaders: &mut [u32],
) -> Result<(), NoRoom> {
    let groups = room::gathered(undecided.iter())?;
    for some in groups.chunks(AT_ONCE) {
        let together = Together::of(score, numbers, some, played.len())?;
        for (group, together) in some.iter().zip(&together) {
            if take_turns_or_cross(played, group, together) {
                follow(group, leaders);
            }
        }
    }
    Ok(())
}

/// What lines of one track have in common.
fn in_a_track(line: &Played) -> (u16, u8, u8) {
    (line.track, line.port, 0)
}

/// What lines of several tracks have in common.
fn over_tracks(line: &Played) -> (u16, u8, u8) {
    (0, line.port, line.program)
}

/// Joins lines that may be one part; where they are of several programs, also those of each program.
/// Those whose notes have to be compared first become `undecided`.
fn join(
    score: &Score<'_>,
    played: &[Played],
    group: &[u32],
    leaders: &mut [u32],
    undecided: &mut Groups,
) -> Result<(), NoRoom> {
    let lines = || group.iter().map(|&number| &played[number as usize]);
    if (group.len() >= FEWEST_TUNED && are_pitch_classes(lines)) || are_registers(lines) {
        follow(group, leaders);
        return Ok(());
    }
    for &first in group {
        let program = played[first as usize].program;
        let mut same = [0; MOST];
        let mut count = 0;
        for &number in group.iter().filter(|&&number| played[number as usize].program == program) {
            same[count] = number;
            count += 1;
        }
        let same = &same[..count];
        if same[0] != first {
            continue;
        }
        match are_one_part(score, played, same) {
            Some(true) => follow(same, leaders),
            Some(false) => {}
            None => undecided.push(same)?,
        }
    }
    Ok(())
}

fn follow(group: &[u32], leaders: &mut [u32]) {
    let first = group.iter().copied().min().unwrap_or(0);
    group.iter().for_each(|&number| leaders[number as usize] = first);
}

/// Whether each line plays one pitch class, or each pitch class is played by one line.
fn are_pitch_classes<'p, I: Iterator<Item = &'p Played>>(lines: impl Fn() -> I) -> bool {
    let notes: u32 = lines().map(|line| line.notes()).sum();
    let of_lines: u32 = lines().map(Played::most_of_a_class).sum();
    let of_classes = (0..12).map(|class| lines().map(|line| line.classes[class]).max());
    let of_classes: u32 = of_classes.flatten().sum();
    // Few notes have different pitch classes by chance.
    let many = notes >= 8 * lines().count() as u32;
    let enough = ONE_CLASS * f64::from(notes);
    f64::from(of_lines) >= enough || (many && f64::from(of_classes) >= enough)
}

/// Whether lines of one program are one part; `None` where that depends on how they sound together.
fn are_one_part(score: &Score<'_>, played: &[Played], group: &[u32]) -> Option<bool> {
    let lines = || group.iter().map(|&number| &played[number as usize]);
    if group.len() < 2 || !lines().all(|line| line.succession.is_monophonic()) {
        return Some(false);
    }
    let in_one_track = are_in_one_track(played, group);
    let plucked = PLUCKED.iter().any(|range| range.contains(&played[group[0] as usize].program));
    if group.len() >= FEWEST_TUNED && ((plucked && in_one_track) || are_strings(lines)) {
        return Some(true);
    }
    // Voices that sound together need no look at how.
    let apart = !in_one_track && group.len() < FEWEST_DEALT_TRACKS && !leave_time(score, lines);
    apart.then_some(false)
}

fn are_in_one_track(played: &[Played], group: &[u32]) -> bool {
    let track = |number: u32| played[number as usize].track;
    group.iter().all(|&number| track(number) == track(group[0]))
}

/// Whether lines take turns, or cross as if by chance.
fn take_turns_or_cross(played: &[Played], group: &[u32], together: &Together) -> bool {
    let lines = || group.iter().map(|&number| &played[number as usize]);
    let fewest = if are_in_one_track(played, group) { FEWEST_DEALT } else { FEWEST_DEALT_TRACKS };
    let steps = lines().map(|line| line.succession.steps).sum::<u32>();
    let few_steps =
        f64::from(steps) < FEW_STEPS * f64::from(lines().map(|line| line.notes()).sum::<u32>());
    together.covered_share() <= TURNS
        || (group.len() >= fewest && few_steps && together.crossed_share() >= CROSSED)
}

/// Whether the notes of lines are short enough to follow one another.
fn leave_time<'p, I: Iterator<Item = &'p Played>>(
    score: &Score<'_>,
    lines: impl Fn() -> I,
) -> bool {
    let start = score.notes.first().map_or(0, |note| note.start);
    let end = score.notes.last().map_or(0, |note| note.end);
    let all: u64 = lines().map(|line| line.ticks).sum();
    all as f64 <= (1.0 + 2.0 * TURNS) * f64::from(end.saturating_sub(start))
}

/// Whether lines divide the notes by their pitch. Voices do so only where each has few pitches, and each of them sings
/// most of the time.
fn are_registers<'p, I: Iterator<Item = &'p Played>>(lines: impl Fn() -> I) -> bool {
    let mut ranges = [(0_u8, 0_u8); MOST];
    let mut count = 0;
    for (range, line) in ranges.iter_mut().zip(lines()) {
        *range = (line.lowest, line.highest);
        count += 1;
    }
    let in_one_track = lines().zip(lines().skip(1)).all(|(line, next)| line.track == next.track);
    let fewest = if in_one_track { FEWEST_REGISTERS } else { FEWEST_REGISTERS_TRACKS };
    if count < fewest {
        return false;
    }
    let ranges = &mut ranges[..count];
    ranges.sort_unstable();
    let longest = lines().map(|line| line.ticks).max().unwrap_or(0);
    lines().any(|line| line.ticks < longest / 2)
        && ranges.windows(2).all(|pair| pair[0].1 < pair[1].0)
        && ranges[1..count - 1].iter().all(|range| range.1 - range.0 <= REGISTER)
}

/// Whether the lowest notes of neighbouring lines are those of a guitar's open strings, at least four of them.
fn are_strings<'p, I: Iterator<Item = &'p Played>>(lines: impl Fn() -> I) -> bool {
    let mut lowest = [0_u8; MOST];
    let mut count = 0;
    for (slot, line) in lowest.iter_mut().zip(lines()) {
        *slot = line.lowest;
        count += 1;
    }
    let lowest = &mut lowest[..count];
    lowest.sort_unstable();
    let strings = TUNING.len() + 1;
    let rises = |pair: &[u8]| pair[1] - pair[0];
    count <= strings
        && (0..=strings - count).any(|first| {
            lowest.windows(2).map(rises).eq(TUNING[first..].iter().copied().take(count - 1))
        })
}
