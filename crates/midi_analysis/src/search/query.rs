//! A tune that is asked for: read, cut into n-grams, found again in lines.
//!
//! One error touches only one of two halves. So a tune of twelve notes or more is looked for by the
//! n-grams of its parts of six notes or more, of which one has to be there whole. In a shorter one the
//! halves are no n-gram; there the n-grams of all the ways in which a note of its middle may be wrong,
//! missing or too many are looked for.

use super::align::{Tune, WRONG, align};
use super::intervals::{WINDOW, ngram, ngrams};
use super::timeline::{Moment, Reader};

/// Fewest notes of a tune: those of an n-gram.
const FEWEST_NOTES: usize = WINDOW;
/// Most notes of a tune.
const LONGEST: usize = 64;
/// Most parts that a tune is looked for by.
const MOST_PARTS: usize = 4;
/// Characters of a text that is read at all.
const LONGEST_TEXT: usize = 1_000;
/// What is less like the tune than this is not it.
const LEAST_SCORE: f64 = 0.75;
/// Places of a line that are looked at more closely.
const MOST_PLACES: usize = 64;
/// Octave of a tune that names none: middle C is C4.
const MIDDLE: i32 = 60;

/// Why a melody could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The character of the text, or the note of the list, at fault, from 1; 0 for the whole.
    pub position: usize,
    /// What is wrong, as the end of a sentence.
    pub reason: String,
}

/// A tune that is asked for.
#[derive(Clone, Debug)]
pub struct MelodyQuery {
    pitches: Vec<u8>,
    octaves: bool,
    anchors: Vec<Anchor>,
}

/// What a candidate has of the n-grams where the tune is not there note for note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loose {
    /// All of one of these.
    AllOf(Vec<Vec<i32>>),
    /// Any of these.
    AnyOf(Vec<i32>),
}

/// Where a tune was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// 1 for every note as asked, less by its share for each that is wrong, missing or too many.
    pub score: f64,
    /// Second at which it begins, to a hundredth.
    pub start_s: f64,
    /// Bar in which it begins; 0 before the first.
    pub bar: i32,
    /// Index of the line, 0 for the melody.
    pub line: usize,
}

/// An n-gram in which a line may show the tune, and which note of the tune stands where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Anchor {
    code: i32,
    note: usize,
    place: usize,
}

impl MelodyQuery {
    /// Reads note names (`E4 D4 C4`, sharps `#`, flats `b`, octaves on all or none) or MIDI pitches,
    /// between spaces, commas or bar lines.
    ///
    /// # Errors
    /// What is no note, and where; too few notes, too many.
    pub fn from_text(text: &str) -> Result<Self, QueryError> {
        if text.chars().nth(LONGEST_TEXT).is_some() {
            return Err(whole(format!("it is longer than {LONGEST_TEXT} characters")));
        }
        let (mut pitches, mut octaves) = (Vec::new(), true);
        let mut position = 1;
        for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '|') {
            if !word.is_empty() {
                let (class, pitch) = note(word).ok_or_else(|| QueryError {
                    position,
                    reason: format!("\"{}\" is no note", word.chars().take(20).collect::<String>()),
                })?;
                octaves &= pitch.is_some();
                pitches.push(pitch.unwrap_or_else(|| near(class, pitches.last().copied())));
            }
            position += word.chars().count() + 1;
        }
        Self::new(pitches, octaves)
    }

    /// Takes MIDI pitches, 0-127.
    ///
    /// # Errors
    /// A number that is no pitch; too few notes, too many.
    pub fn from_pitches(pitches: &[i32]) -> Result<Self, QueryError> {
        let pitch = |(index, &pitch): (usize, &i32)| {
            u8::try_from(pitch).ok().filter(|&pitch| pitch < 128).ok_or_else(|| QueryError {
                position: index + 1,
                reason: format!("{pitch} is no MIDI pitch, which is 0 to 127"),
            })
        };
        if pitches.len() > LONGEST {
            return Err(too_long(pitches.len()));
        }
        Self::new(pitches.iter().enumerate().map(pitch).collect::<Result<_, _>>()?, true)
    }

    fn new(pitches: Vec<u8>, octaves: bool) -> Result<Self, QueryError> {
        match pitches.len() {
            ..FEWEST_NOTES => Err(whole(format!(
                "it has {} notes, and {FEWEST_NOTES} are the fewest that tell a melody",
                pitches.len()
            ))),
            FEWEST_NOTES..=LONGEST => {
                let mut anchors = exact(&pitches);
                if pitches.len() < 2 * WINDOW {
                    anchors.extend(with_one_error(&pitches));
                }
                anchors.sort_unstable();
                anchors.dedup();
                Ok(Self { pitches, octaves, anchors })
            }
            notes => Err(too_long(notes)),
        }
    }

    /// The n-grams of the tune, distinct and ascending: a piece that has it note for note has all.
    pub fn ngrams(&self) -> Vec<i32> {
        distinct(ngrams(&self.pitches))
    }

    /// What a piece has that shows the tune with an error.
    pub fn loose(&self) -> Loose {
        let parts = (self.pitches.len() / WINDOW).min(MOST_PARTS);
        if parts < 2 {
            return Loose::AnyOf(distinct(self.anchors.iter().map(|anchor| anchor.code)));
        }
        let bound = |part: usize| self.pitches.len() * part / parts;
        let ngrams_of = |part| distinct(ngrams(&self.pitches[bound(part)..bound(part + 1)]));
        Loose::AllOf((0..parts).map(ngrams_of).collect())
    }

    /// Where a piece with these [lines](super::Search::melody_lines) has the tune best; the earliest
    /// of equals, in the earliest line.
    pub fn find(&self, melody_lines: &[u8]) -> Option<Found> {
        let mut reader = Reader::new(melody_lines);
        let mut line = Vec::new();
        let mut best: Option<Found> = None;
        let mut number = 0;
        while reader.next(&mut line) {
            if let Some((cost, start)) = self.find_in(&line) {
                let score = 1.0 - f64::from(cost) / f64::from(WRONG * self.pitches.len() as u32);
                if score >= LEAST_SCORE && best.is_none_or(|best| score > best.score) {
                    let start_s = f64::from(line[start].centiseconds) / 100.0;
                    let bar = line[start].bar as i32;
                    best = Some(Found { score, start_s, bar, line: number });
                }
            }
            number += 1;
        }
        best
    }

    /// The least cost in a line, and the index of the note at which it begins.
    fn find_in(&self, line: &[Moment]) -> Option<(u32, usize)> {
        let pitches: Vec<u8> = line.iter().map(|note| note.pitch).collect();
        let tune = Tune { pitches: &self.pitches, octaves: self.octaves };
        let slack = 2 + self.pitches.len() / WINDOW;
        // Beginning and transposition of what was looked at.
        let mut seen: Vec<(usize, i32)> = Vec::new();
        let mut best: Option<(u32, usize)> = None;
        for (index, code) in ngrams(&pitches).enumerate() {
            let first = self.anchors.partition_point(|anchor| anchor.code < code);
            for anchor in self.anchors[first..].iter().take_while(|anchor| anchor.code == code) {
                let place = index + anchor.place;
                let transposition =
                    i32::from(pitches[place]) - i32::from(self.pitches[anchor.note]);
                let begin = (place + slack).saturating_sub(anchor.note);
                if seen.len() == MOST_PLACES || best.is_some_and(|(cost, _)| cost == 0) {
                    return best;
                }
                if seen.iter().any(|&(b, t)| t == transposition && b.abs_diff(begin) < slack) {
                    continue;
                }
                seen.push((begin, transposition));
                let from = begin.saturating_sub(2 * slack);
                let end = (begin + self.pitches.len()).min(line.len());
                let (cost, start) = align(&tune, &line[from..end], transposition);
                let start = (from + start).min(line.len() - 1);
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, start));
                }
            }
        }
        best
    }
}

fn whole(reason: String) -> QueryError {
    QueryError { position: 0, reason }
}

fn too_long(notes: usize) -> QueryError {
    whole(format!("it has {notes} notes, and {LONGEST} are the most"))
}

fn distinct(codes: impl Iterator<Item = i32>) -> Vec<i32> {
    let mut codes: Vec<i32> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Pitch class and, where the octave is told, pitch of a note.
fn note(word: &str) -> Option<(u8, Option<u8>)> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let pitch = word.parse().ok().filter(|&pitch: &u8| pitch < 128)?;
        return Some((pitch % 12, Some(pitch)));
    }
    let mut letters = word.chars();
    let natural = match letters.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let rest = letters.as_str();
    let octave = rest.trim_start_matches(['#', '♯', 'b', '♭']);
    let signs = &rest[..rest.len() - octave.len()];
    if signs.chars().count() > 2 {
        return None;
    }
    let sharps: i32 =
        signs.chars().map(|sign| if matches!(sign, '#' | '♯') { 1 } else { -1 }).sum();
    let class = (natural + sharps).rem_euclid(12) as u8;
    if octave.is_empty() {
        return Some((class, None));
    }
    let octave: i32 = octave.parse().ok().filter(|octave| (-1..=9).contains(octave))?;
    let pitch = u8::try_from((octave + 1) * 12 + natural + sharps).ok()?;
    (pitch < 128).then_some((class, Some(pitch)))
}

/// The pitch of a class that lies nearest to the one before.
fn near(class: u8, before: Option<u8>) -> u8 {
    let before = before.map_or(MIDDLE, i32::from);
    let up = (i32::from(class) - before).rem_euclid(12);
    let pitch = if up > 6 { before + up - 12 } else { before + up };
    match pitch {
        ..0 => (pitch + 12) as u8,
        128.. => (pitch - 12) as u8,
        _ => pitch as u8,
    }
}

/// The n-grams of the tune as it is asked for.
fn exact(pitches: &[u8]) -> Vec<Anchor> {
    ngrams(pitches).enumerate().map(|(note, code)| Anchor { code, note, place: 0 }).collect()
}

/// The n-grams of what the middle of the tune is with one error.
fn with_one_error(pitches: &[u8]) -> Vec<Anchor> {
    let spare = pitches.len() - WINDOW;
    let mut anchors = Vec::new();
    for first in spare / 2..=spare.div_ceil(2) {
        let window: [u8; WINDOW] = std::array::from_fn(|index| pitches[first + index]);
        for at in 1..WINDOW - 1 {
            // Wrong.
            for class in 0..12 {
                let mut played = window;
                played[at] = class;
                anchors.push(Anchor { code: ngram(played), note: first, place: 0 });
            }
            // Too many: the piece goes on without it.
            if let Some(&next) = pitches.get(first + WINDOW) {
                let mut played = window;
                played.copy_within(at + 1.., at);
                played[WINDOW - 1] = next;
                anchors.push(Anchor { code: ngram(played), note: first, place: 0 });
            }
            // Missing: the piece has one more there.
            for class in 0..12 {
                let mut played = window;
                played.copy_within(at..WINDOW - 1, at + 1);
                played[at] = class;
                anchors.push(Anchor { code: ngram(played), note: first, place: 0 });
            }
        }
    }
    anchors
}
