//! Search for a progression of chords: how it is written, and where a piece contains it.
//!
//! Numerals are those of [`roman`], in the usual spellings. A numeral without an addition matches all
//! chords with its third (`ii` matches `ii7`); one with an addition matches only chords that have it
//! (`V7` does not match a plain `V`). The progression of a piece contains a degree once, even if the
//! quality of the chord changes meanwhile, and a query is normalised in the same way.

mod degrees;

pub use self::degrees::Degrees;

use std::fmt;

use self::degrees::{LONGEST_GRAM, is_some, number};
use crate::analysis::chords::{moments, roman};
use crate::model::quality::Quality;

/// Most characters of a text.
const LONGEST_TEXT: usize = 2_000;
/// Positions of a piece that are compared between two interrupt checks.
const POSITIONS_BETWEEN_CHECKS: usize = 4_096;
/// Most chords of a query.
const MOST_CHORDS: usize = 64;
/// Fewest chords of a loop that can be rotated.
const SHORTEST_LOOP: usize = 3;

/// Other names of degrees, in major and minor keys.
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

/// Degrees that pop musicians count from the major scale, and their names in minor keys.
const IN_MINOR: [(&str, &str); 6] = [
    ("bIII", "III"),
    ("biii", "iii"),
    ("bVI", "VI"),
    ("bvi", "vi"),
    ("bVII", "VII"),
    ("bvii", "vii"),
];

/// A progression of chords to search for.
#[derive(Clone, Debug, PartialEq)]
pub struct Progression {
    chords: Vec<Wanted>,
}

/// Why a text is not a progression.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgressionError {
    /// Byte of the text at which the problem is.
    pub offset: usize,
    /// What is wrong there, as a clause without a capital and a period.
    pub reason: String,
    /// What to write instead, in a sentence.
    pub hint: String,
}

impl fmt::Display for ProgressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.reason, self.offset)
    }
}

impl std::error::Error for ProgressionError {}

/// One chord of a query.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    /// `None` for any chord.
    degree: Option<&'static str>,
    /// Sets of qualities, one bit for each quality: of each set, one has to sound.
    needs: Vec<u32>,
}

impl Progression {
    /// Reads numerals separated by spaces, commas, dashes or bar lines; `?` and `*` match any one chord.
    ///
    /// ```
    /// use midi_analysis::{Degrees, Progression};
    ///
    /// let degrees: Degrees = ["I", "vi", "IV", "V", "I"].map(Some).into_iter().collect();
    /// let progression = Progression::parse("IV V ?")?;
    /// assert_eq!(progression.find(&degrees, &[], &|| false), Some(2));
    /// # Ok::<(), midi_analysis::ProgressionError>(())
    /// ```
    ///
    /// # Errors
    /// A word that is not a numeral, no chord, or too many.
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
            let reason = "no chord is named".to_owned();
            let hint = "Name at least one degree: \"ii V I\", or \"I ? IV V\".".to_owned();
            return Err(ProgressionError { offset: 0, reason, hint });
        }
        Ok(Self { chords })
    }

    /// The runs of up to three degrees that a piece with the progression has. There is one list for the
    /// progression as it is written, and one for the names of the degrees in minor keys if they differ.
    pub fn grams(&self) -> Vec<Vec<String>> {
        self.spellings().iter().map(|chords| grams_of(chords)).collect()
    }

    /// Whether every piece with the [run](Self::grams) has the progression.
    pub fn is_one_gram(&self) -> bool {
        let named = |chord: &Wanted| chord.degree.is_some();
        self.chords.len() <= LONGEST_GRAM && !self.has_additions() && self.chords.iter().all(named)
    }

    /// Whether chords have additions to their numerals, so that a search needs to know the qualities of a piece's chords.
    pub fn has_additions(&self) -> bool {
        self.chords.iter().any(|chord| !chord.needs.is_empty())
    }

    /// The progression as a loop that begins at its other chords; none where it is not a loop, because
    /// it ends with its first chord or has only two chords.
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

    /// The index of the first chord of this progression in that of a piece; `None` where the piece does
    /// not have it, or `interrupted` returns true. `moments` are the piece's
    /// [`chord_moments`](crate::Harmony::chord_moments).
    pub fn find(
        &self,
        degrees: &Degrees,
        moments: &[u8],
        interrupted: &dyn Fn() -> bool,
    ) -> Option<usize> {
        let mut spellings = self.spellings().into_iter();
        spellings.find_map(|chords| positions(&chords, degrees, moments, interrupted).next())
    }

    /// The same for its [rotations](Self::rotations), where a piece repeats one: it consists of the
    /// rotation, or contains it twice. (If it does so twice in succession, it has the progression itself.)
    pub fn find_loop(
        &self,
        degrees: &Degrees,
        moments: &[u8],
        interrupted: &dyn Fn() -> bool,
    ) -> Option<usize> {
        let found = |chords: &[Wanted]| {
            let mut positions = positions(chords, degrees, moments, interrupted);
            let first = positions.next()?;
            let is_all = degrees.as_slice().len() == chords.len();
            (is_all || positions.any(|position| position >= first + chords.len())).then_some(first)
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

/// The positions of these chords in a piece, until `interrupted` returns true.
fn positions<'a>(
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
    let runs =
        runs.take_while(move |(start, _)| start % POSITIONS_BETWEEN_CHECKS != 0 || !interrupted());
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
        let (small, qualities) = accepted(addition, degree.contains(['i', 'v']))?;
        // Some additions determine the case of the numeral; accidentals are always small.
        let accidentals = degree.len() - degree.trim_start_matches(['#', 'b']).len();
        let (accidentals, numeral) = degree.split_at(accidentals);
        let cased = if small { numeral.to_ascii_lowercase() } else { numeral.to_ascii_uppercase() };
        if numeral != numeral.to_ascii_lowercase() && numeral != numeral.to_ascii_uppercase() {
            return None;
        }
        let degree = accidentals.to_owned() + &cased;
        let degree = other_name(&ALIASES, &degree);
        let degree = roman::all().find(|known| *known == degree)?;
        let bits = qualities.iter().map(|quality| moments::bit(*quality));
        let needs = bits.reduce(|all, bit| all | bit).into_iter().collect();
        Some(Self { degree: Some(degree), needs })
    }
}

/// Whether the numeral with an addition is in small letters, whatever it is written in, and the
/// qualities that match it: none where all do.
fn accepted(addition: &str, small: bool) -> Option<(bool, &'static [Quality])> {
    let accepted: (bool, &[Quality]) = match (addition, small) {
        ("", _) => (small, &[]),
        ("7", false) => (false, &[Quality::DominantSeventh, Quality::DominantNinth]),
        ("7" | "m7" | "min7", true) => (true, &[Quality::MinorSeventh, Quality::HalfDiminished]),
        ("maj7" | "M7" | "Δ" | "Δ7", false) => (false, &[Quality::MajorSeventh]),
        ("maj7" | "M7" | "Δ" | "Δ7", true) => (true, &[Quality::MinorMajorSeventh]),
        ("6", false) => (false, &[Quality::MajorSixth]),
        ("6", true) => (true, &[Quality::MinorSixth]),
        ("9", false) => (false, &[Quality::DominantNinth]),
        // Minor sevenths with a ninth are not distinguished from others.
        ("9", true) => (true, &[Quality::MinorSeventh]),
        ("add9", false) => (false, &[Quality::AddedNinth]),
        ("°" | "o" | "dim", _) => {
            (true, &[Quality::Diminished, Quality::DiminishedSeventh, Quality::HalfDiminished])
        }
        ("°7" | "o7" | "dim7", _) => (true, &[Quality::DiminishedSeventh]),
        ("ø" | "ø7" | "m7b5", _) => (true, &[Quality::HalfDiminished]),
        ("+" | "aug", _) => (false, &[Quality::Augmented]),
        ("5", _) => (false, &[Quality::Power]),
        ("sus2", _) => (false, &[Quality::SuspendedSecond]),
        ("sus4" | "sus", _) => (false, &[Quality::SuspendedFourth]),
        _ => return None,
    };
    Some(accepted)
}

fn other_name<'a>(names: &[(&str, &'a str)], degree: &'a str) -> &'a str {
    names.iter().find(|(name, _)| *name == degree).map_or(degree, |(_, other)| other)
}

fn no_degree(offset: usize, word: &str) -> ProgressionError {
    let hint = if word.contains('/') {
        "A secondary dominant is written as the degree of its root, such as II for V/V."
    } else {
        "Write degrees as roman numerals, in lower case for minor chords, such as \"ii V7 I\", and ? for any chord."
    };
    let shown: String = word.chars().take(20).collect();
    let reason = format!("\"{shown}\" is not a degree of a key");
    ProgressionError { offset, reason, hint: hint.to_owned() }
}

fn too_long(offset: usize) -> ProgressionError {
    let reason = format!("there are more than {MOST_CHORDS} chords");
    ProgressionError { offset, reason, hint: "Look for a part of it.".to_owned() }
}

fn too_much_text(offset: usize) -> ProgressionError {
    let reason = format!("longer than {LONGEST_TEXT} characters");
    ProgressionError { offset, reason, hint: "Look for a part of it.".to_owned() }
}
