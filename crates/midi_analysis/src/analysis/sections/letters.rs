//! The letters of sections: sections that are alike share one, as in AABA.
//!
//! Whether two sections are alike is a logistic regression on how alike their bars are, one after the other.
//! A section gets the letter of the earlier ones that it is alike to in the mean (average linkage), or else
//! the next letter of the alphabet. A section that comes again higher or lower has its letter too.
//!
//! A prime says that a section varies the one that its letter stands for (Smith et al. 2011): its melody is another in
//! part, it is longer or shorter, or in another key.

use super::bars::{Bar, CHROMA, SLOTS};
use super::division::EDGE;
use super::likeness::{Likes, likeness, transposed, weighed};
use crate::error::{Error, check};
use crate::room;
use crate::weights::sections::ALIKE;

/// What says whether two sections are alike: the mean likeness of their bars, how much their lengths differ, and 1.
pub const PAIR_TERMS: usize = 3;
/// More than other odds can be.
const REPEATED_ODDS: f32 = 100.0;
/// Letters that sections can have: A to Z, then a to z.
const LETTERS: usize = 52;
/// Sections between two checks for interrupts.
const SECTIONS_BETWEEN_CHECKS: usize = 64;
/// Likeness in melody or in all notes from which a section repeats another without variation.
const SAME: f32 = 0.8;

/// Likeness from which a section repeats another of its length note for note, but for single ones.
const REPEATED: f32 = 0.93;

/// Likeness from which a section varies another of its length in the same key.
const VARIED: f32 = 0.7;

/// A section as its letter is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    pub(super) from: usize,
    pub(super) bars: usize,
    /// Pitch class of the tonic of the major key that has the notes of its key.
    pub(super) tonic: u8,
    /// Whether it is a chorus over changes that all choruses of the piece have.
    pub(super) is_chorus: bool,
}

/// A letter, from 0, and whether the section varies the first one of the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) number: u8,
    pub(super) varied: bool,
}

impl Letter {
    /// `A`, or `A'` for a varied repeat.
    pub(super) fn label(self) -> String {
        let first = if self.number < 26 { b'A' } else { b'a' - 26 };
        let mut label = String::from(char::from(first + self.number));
        if self.varied {
            label.push('\'');
        }
        label
    }
}

/// What says whether two sections are alike. `earlier` begins before `later`.
pub(super) fn pair_terms(
    bars: &[Bar],
    likes: &Likes,
    earlier: Passage,
    later: Passage,
) -> [f32; PAIR_TERMS] {
    let length = earlier.bars.min(later.bars);
    let as_it_is = likes
        .mean(earlier.from, length, later.from - earlier.from)
        .unwrap_or_else(|| weighed(mean_likeness(bars, earlier, later, 0)));
    // What is varied is not also higher, and equal notes are equal in whatever key they are heard.
    let like = match as_it_is {
        like if like >= VARIED || earlier.bars != later.bars => like,
        like => higher(bars, earlier, later)
            .map_or(like, |up| like.max(weighed(mean_likeness(bars, earlier, later, up)))),
    };
    let difference = earlier.bars.abs_diff(later.bars) as f32;
    [like, difference / earlier.bars.max(later.bars) as f32, 1.0]
}

/// By how many semitones, up to octaves, the later section is higher: the interval between most notes of the melodies
/// that begin at the same time; or else that between their keys. `None` where it is 0.
fn higher(bars: &[Bar], earlier: Passage, later: Passage) -> Option<usize> {
    let (mut apart, mut pairs) = ([0_u32; CHROMA], 0_u32);
    for (earlier, later) in pairs_of(bars, earlier, later) {
        let mut both = earlier.begins & later.begins;
        while both != 0 {
            let slot = both.trailing_zeros() as usize % SLOTS;
            apart[usize::from(later.melody[slot] + 12 - earlier.melody[slot]) % CHROMA] += 1;
            pairs += 1;
            both &= both - 1;
        }
    }
    let (most, up) = apart.iter().zip(0..).fold((0, 0), |best, (&count, up)| best.max((count, up)));
    let up = match 2 * most > pairs {
        true => up,
        false => usize::from(later.tonic + 12 - earlier.tonic) % CHROMA,
    };
    (up > 0).then_some(up)
}

/// The bars of two sections, one after the other, as many as both have.
fn pairs_of(bars: &[Bar], earlier: Passage, later: Passage) -> impl Iterator<Item = (&Bar, &Bar)> {
    let length = earlier.bars.min(later.bars);
    bars[earlier.from..][..length].iter().zip(&bars[later.from..])
}

/// How alike the bars of two sections are in the mean, if the later one is so many semitones higher.
fn mean_likeness(bars: &[Bar], earlier: Passage, later: Passage, up: usize) -> [f32; 3] {
    let mut sums = [0.0; 3];
    for (earlier, later) in pairs_of(bars, earlier, later) {
        let like = if up == 0 { likeness(earlier, later) } else { transposed(earlier, later, up) };
        sums.iter_mut().zip(like).for_each(|(sum, like)| *sum += like);
    }
    sums.map(|sum| sum / earlier.bars.min(later.bars) as f32)
}

/// The letters of the sections, in their order.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn letters(
    bars: &[Bar],
    likes: &Likes,
    passages: &[Passage],
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Letter>, Error> {
    let mut letters = room::list(passages.len())?;
    // By letter.
    let mut members: Vec<Members> = Vec::new();
    for (index, &passage) in passages.iter().enumerate() {
        if index % SECTIONS_BETWEEN_CHECKS == 0 {
            check(interrupted)?;
        }
        let mut best: Option<(f32, usize)> = None;
        for (letter, members) in members.iter().enumerate() {
            let (mut sum, mut most) = (0.0, 0.0_f32);
            for member in members.all() {
                let terms = pair_terms(bars, likes, passages[member], passage);
                let same_changes = passages[member].is_chorus && passage.is_chorus;
                sum += if same_changes { REPEATED_ODDS } else { odds(&terms) };
                if passages[member].bars == passage.bars {
                    most = most.max(terms[0]);
                }
            }
            // What comes again as it was has its letter, whatever else has that letter.
            let mean = if most >= REPEATED {
                odds(&[most, 0.0, 1.0]).max(0.0) + REPEATED_ODDS
            } else {
                sum / members.all().count() as f32
            };
            if best.is_none_or(|(most, _)| mean > most) {
                best = Some((mean, letter));
            }
        }
        let letter = match best {
            Some((odds, letter)) if odds > 0.0 || members.len() == LETTERS => letter,
            _ => {
                members.push(Members { first: index, last: [None; LAST], plain: None });
                members.len() - 1
            }
        };
        let varied = members[letter].first != index
            && !members[letter].plain().any(|member| repeats(bars, passages[member], passage));
        members[letter].add(index, varied);
        letters.push(Letter { number: letter as u8, varied });
    }
    Ok(letters)
}

/// Whether a section repeats an earlier one without variation. At the end of the piece it may have a bar or two
/// more, in which it closes.
fn repeats(bars: &[Bar], earlier: Passage, later: Passage) -> bool {
    let is_last = later.from + later.bars == bars.len();
    let is_as_long = later.bars == earlier.bars
        || is_last && (1..=EDGE).contains(&later.bars.saturating_sub(earlier.bars));
    let [_, melody, notes] = mean_likeness(bars, earlier, later, 0);
    is_as_long && melody.max(notes) >= SAME
}

/// The log-odds, to the base 2, that sections are alike.
fn odds(terms: &[f32; PAIR_TERMS]) -> f32 {
    terms.iter().zip(&ALIKE).fold(0.0, |sum, (term, weight)| sum + term * weight)
}

/// Later sections of a letter that others are compared with.
const LAST: usize = 3;

/// The sections of a letter that others are compared with.
struct Members {
    first: usize,
    last: [Option<usize>; LAST],
    /// The last that is not varied, but for the first.
    plain: Option<usize>,
}

impl Members {
    fn all(&self) -> impl Iterator<Item = usize> + '_ {
        [self.first].into_iter().chain(self.last.iter().flatten().copied())
    }

    /// Those that are not varied.
    fn plain(&self) -> impl Iterator<Item = usize> {
        [self.first].into_iter().chain(self.plain)
    }

    fn add(&mut self, index: usize, varied: bool) {
        if index != self.first {
            self.last.rotate_right(1);
            self.last[0] = Some(index);
            self.plain = if varied { self.plain } else { Some(index) };
        }
    }
}
