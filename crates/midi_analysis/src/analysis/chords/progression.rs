//! A progression that is looked for: how it is written, and where a piece has it.
//!
//! Numerals are those of [`roman`](super::roman), in the usual spellings. One without an addition
//! stands for all chords of its third (`ii` finds `ii7`), one with an addition only for those that
//! have it (`V7` finds no plain `V`). A piece's progression names a degree once, however its chord
//! changes meanwhile, and so does the one looked for.

use super::degrees::{Degrees, is_some, number};
use super::{degrees, moments, qualities};

/// Longest run of chords that is looked up as one.
pub(super) const LONGEST_GRAM: usize = 3;
/// Characters of a text that is read at all.
const LONGEST_TEXT: usize = 2_000;
/// Places of a piece that are looked at between two questions whether to go on.
const BETWEEN_POLLS: usize = 4_096;
/// Most chords that can be looked for.
const MOST_CHORDS: usize = 64;
/// Fewest chords that make a loop which can be entered elsewhere.
const SHORTEST_LOOP: usize = 3;

/// Other names of degrees, in major and minor alike.
const ALIASES: [(&str, &str); 8] = [
    ("bV", "#IV"),
    ("bv", "#iv"),
    ("#I", "bII"),
    ("#i", "bii"),
    ("#V", "bVI"),
    ("#v", "bvi"),
    ("#VII", "VII"),
    ("#vii", "vii"),
];

/// Degrees that pop musicians count from the major scale, as minor keys name them.
const IN_MINOR: [(&str, &str); 6] = [
    ("bIII", "III"),
    ("biii", "iii"),
    ("bVI", "VI"),
    ("bvi", "vi"),
    ("bVII", "VII"),
    ("bvii", "vii"),
];

/// A progression that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Progression {
    chords: Vec<Wanted>,
}

/// Why a text is no progression.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressionError {
    /// Byte of the text.
    pub at: usize,
    /// What is wrong there.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// One chord of it.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    /// `None` for any chord.
    degree: Option<&'static str>,
    /// Of the qualities in each of these, a bit each, one has to sound.
    needs: Vec<u32>,
}

impl Progression {
    /// Reads numerals between spaces, commas, dashes or bar lines; `?` and `*` are any one chord.
    ///
    /// # Errors
    /// What is no numeral, no chord at all, or too many.
    pub fn parse(text: &str) -> Result<Self, ProgressionError> {
        if let Some((at, _)) = text.char_indices().nth(LONGEST_TEXT) {
            return Err(too_much_text(at));
        }
        let mut chords: Vec<Wanted> = Vec::new();
        let separates = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | ',' | '|');
        for word in text.split(separates).filter(|word| !word.is_empty()) {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let wanted = Wanted::parse(word).ok_or_else(|| no_degree(at, word))?;
            let full = chords.len() == MOST_CHORDS;
            match chords.last_mut() {
                Some(last) if last.degree.is_some() && last.degree == wanted.degree => {
                    last.needs.extend(wanted.needs);
                }
                _ if full => return Err(too_long(at)),
                _ => chords.push(wanted),
            }
        }
        if chords.iter().all(|chord| chord.degree.is_none()) {
            let message = "no chord is named".to_owned();
            let hint = "Name at least one degree: \"ii V I\", or \"I ? IV V\".".to_owned();
            return Err(ProgressionError { at: 0, message, hint });
        }
        Ok(Self { chords })
    }

    /// As it is written, and as minor keys name the same degrees, if that differs: for each the runs
    /// of up to three degrees that a piece which has it has.
    pub fn grams(&self) -> Vec<Vec<String>> {
        self.spellings().iter().map(|chords| grams_of(chords)).collect()
    }

    /// Whether a piece that has the one [run](Self::grams) has the progression.
    pub fn is_one_gram(&self) -> bool {
        let plain = |chord: &Wanted| chord.degree.is_some() && chord.needs.is_empty();
        self.chords.len() <= LONGEST_GRAM && self.chords.iter().all(plain)
    }

    /// The progression as it is played where its loop is entered at its other chords; nothing where
    /// it makes no loop: it ends as it begins, or has two chords.
    pub fn rotations(&self) -> Vec<Self> {
        let length = self.chords.len();
        let closes = self.chords.first().map(|c| c.degree) == self.chords.last().map(|c| c.degree);
        if length < SHORTEST_LOOP || closes {
            return Vec::new();
        }
        let rotated = |by: usize| {
            let mut chords = self.chords.clone();
            chords.rotate_left(by);
            Self { chords }
        };
        (1..length).map(rotated).collect()
    }

    /// The index of the first chord of this progression in a piece's, whose columns
    /// `chord_progression` and `chord_moments` are given; `None` where it is not there, or when
    /// `interrupted` answers true.
    pub fn find(
        &self,
        degrees: &Degrees,
        moments: &[u8],
        interrupted: &dyn Fn() -> bool,
    ) -> Option<usize> {
        let mut spellings = self.spellings().into_iter();
        spellings.find_map(|chords| places(&chords, degrees, moments, interrupted).next())
    }

    /// The same for its [rotations](Self::rotations), where a piece goes round in one: it is nothing
    /// else, or has it again. A piece that plays a rotation twice on end has the progression itself.
    pub fn find_loop(
        &self,
        degrees: &Degrees,
        moments: &[u8],
        interrupted: &dyn Fn() -> bool,
    ) -> Option<usize> {
        let found = |chords: &[Wanted]| {
            let mut places = places(chords, degrees, moments, interrupted);
            let first = places.next()?;
            let is_all = degrees.as_slice().len() == chords.len();
            (is_all || places.any(|place| place >= first + chords.len())).then_some(first)
        };
        let rotations = self.rotations();
        rotations.iter().find_map(|one| one.spellings().iter().find_map(|chords| found(chords)))
    }

    fn spellings(&self) -> Vec<Vec<Wanted>> {
        let in_minor = |chord: &Wanted| {
            let degree = chord.degree.map(|degree| other_name(&IN_MINOR, degree));
            Wanted { degree, needs: chord.needs.clone() }
        };
        let mut spellings = vec![self.chords.clone()];
        let minor: Vec<_> = self.chords.iter().map(in_minor).collect();
        if minor != self.chords {
            spellings.push(minor);
        }
        spellings
    }
}

fn grams_of(chords: &[Wanted]) -> Vec<String> {
    let runs = chords.split(|chord| chord.degree.is_none()).filter(|run| !run.is_empty());
    let grams = runs.flat_map(|run| run.windows(run.len().min(LONGEST_GRAM)));
    grams
        .map(|gram| gram.iter().filter_map(|chord| chord.degree).collect::<Vec<_>>().join(" "))
        .collect()
}

/// Where a piece has these chords; nowhere any more when `interrupted` answers true.
fn places<'a>(
    chords: &'a [Wanted],
    degrees: &'a Degrees,
    moments: &'a [u8],
    interrupted: &'a dyn Fn() -> bool,
) -> impl Iterator<Item = usize> + 'a {
    let numbers: Vec<_> = chords.iter().map(|chord| chord.degree.map(number)).collect();
    let is_there = move |start: usize, run: &[u8]| {
        let sounds = |index: usize, needs: &[u32]| {
            let qualities = || moments::qualities(moments, start + index);
            needs.iter().all(|need| qualities().is_some_and(|sounding| sounding & need != 0))
        };
        let mut pairs = numbers.iter().zip(chords).zip(run).enumerate();
        pairs.all(|(index, ((wanted, chord), &degree))| match *wanted {
            Some(wanted) => degree == wanted && sounds(index, &chord.needs),
            None => is_some(degree),
        })
    };
    let runs = degrees.as_slice().windows(chords.len()).enumerate();
    let runs = runs.take_while(move |(start, _)| start % BETWEEN_POLLS != 0 || !interrupted());
    runs.filter(move |(start, run)| is_there(*start, run)).map(|(start, _)| start)
}

impl Wanted {
    fn parse(word: &str) -> Option<Self> {
        if word == "?" || word == "*" {
            return Some(Self { degree: None, needs: Vec::new() });
        }
        let word = word.replace('♯', "#").replace('♭', "b").replace('º', "°");
        let addition = word.trim_start_matches(['#', 'b']).trim_start_matches(['i', 'v', 'I', 'V']);
        let degree = &word[..word.len() - addition.len()];
        let (small, names) = accepted(addition, degree.contains(['i', 'v']))?;
        // The case of some additions is known; an accidental has none.
        let accidentals = degree.len() - degree.trim_start_matches(['#', 'b']).len();
        let (accidentals, numeral) = degree.split_at(accidentals);
        let cased = if small { numeral.to_ascii_lowercase() } else { numeral.to_ascii_uppercase() };
        if numeral != numeral.to_ascii_lowercase() && numeral != numeral.to_ascii_uppercase() {
            return None;
        }
        let degree = accidentals.to_owned() + &cased;
        let degree = other_name(&ALIASES, &degree);
        let degree = degrees().find(|known| *known == degree)?;
        let bits = names
            .iter()
            .map(|name| 1 << qualities().position(|known| known == *name).unwrap_or(31));
        let needs = bits.reduce(|all, bit| all | bit).into_iter().collect();
        Some(Self { degree: Some(degree), needs })
    }
}

/// Whether the numeral of an addition is a small one, where it is written so or not, and the
/// qualities that meet it: none where all do.
fn accepted(addition: &str, small: bool) -> Option<(bool, &'static [&'static str])> {
    let names: (bool, &[&str]) = match (addition, small) {
        ("", _) => (small, &[]),
        ("7", false) => (false, &["7", "9"]),
        ("7" | "m7" | "min7", true) => (true, &["min7", "hdim7"]),
        ("maj7" | "M7" | "Δ" | "Δ7", false) => (false, &["maj7"]),
        ("maj7" | "M7" | "Δ" | "Δ7", true) => (true, &["minmaj7"]),
        ("6", false) => (false, &["maj6"]),
        ("6", true) => (true, &["min6"]),
        ("9", false) => (false, &["9"]),
        // What the ninth adds to a minor seventh is not told.
        ("9", true) => (true, &["min7"]),
        ("add9", false) => (false, &["add9"]),
        ("°" | "o" | "dim", _) => (true, &["dim", "dim7", "hdim7"]),
        ("°7" | "o7" | "dim7", _) => (true, &["dim7"]),
        ("ø" | "ø7" | "m7b5", _) => (true, &["hdim7"]),
        ("+" | "aug", _) => (false, &["aug"]),
        ("5", _) => (false, &["5"]),
        ("sus2", _) => (false, &["sus2"]),
        ("sus4" | "sus", _) => (false, &["sus4"]),
        _ => return None,
    };
    Some(names)
}

fn other_name<'a>(names: &[(&str, &'a str)], degree: &'a str) -> &'a str {
    names.iter().find(|(name, _)| *name == degree).map_or(degree, |(_, other)| other)
}

fn no_degree(at: usize, word: &str) -> ProgressionError {
    let hint = if word.contains('/') {
        "A secondary dominant is written as the degree it stands on, such as II for V/V."
    } else {
        "Write degrees as roman numerals, small for minor chords, such as \"ii V7 I\", and ? for any chord."
    };
    let shown: String = word.chars().take(20).collect();
    let message = format!("\"{shown}\" is no degree of a key");
    ProgressionError { at, message, hint: hint.to_owned() }
}

fn too_long(at: usize) -> ProgressionError {
    let message = format!("there are more than {MOST_CHORDS} chords");
    ProgressionError { at, message, hint: "Look for a part of it.".to_owned() }
}

fn too_much_text(at: usize) -> ProgressionError {
    let message = format!("it is longer than {LONGEST_TEXT} characters");
    ProgressionError { at, message, hint: "Look for a part of it.".to_owned() }
}
