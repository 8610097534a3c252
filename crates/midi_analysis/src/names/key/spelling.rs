//! Reads a note, its accidental and its mode from the words of a name: `Cmin`, `F# minor`, 'E-flat
//! major', `cis-Moll`, 'si bemolle maggiore'.

use crate::model::key::Mode;
use crate::model::pitch_class::natural;
use crate::model::words::{Gap, Words};
use crate::names::key::languages::{LANGUAGES, Language};

/// Words between a note and `minor`.
const MINOR_SCALES: [&str; 3] = ["harmonic", "melodic", "natural"];
/// No word that begins a key is longer, in bytes: `fsharpminor`.
const LONGEST: usize = 12;

/// A note that a run of words spells, with its mode if it has one.
pub(super) struct Spelled {
    pub(super) tonic: u8,
    pub(super) mode: Option<Mode>,
    pub(super) last: usize,
    pub(super) style: Style,
    /// Whether the mode is written out, `minor` and not `min`.
    pub(super) is_full: bool,
}

/// What else the words may mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    /// Nothing: `Cmin`, `E-flat`.
    Plain,
    /// A note with a small m that is another word too: `Am`, `Em`, `Fm`, `Gm`.
    SmallM,
    /// The letter A alone and its mode, which may be the article before a noun.
    Article,
    /// Other words of their language: 'la menor', 'mi mayor'.
    Doubtful,
}

/// The note that begins at a word, with the accidental and the mode that follow it.
pub(super) fn spell(words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    if words.text(first).len() > LONGEST {
        return None;
    }
    let other = LANGUAGES.iter().find_map(|language| foreign(language, words, phrase, first));
    // A mode is worth more than none: `A` is a note without a mode in English, `a klein` is a key.
    other
        .or_else(|| english(words, phrase, first))
        .or_else(|| LANGUAGES.iter().find_map(|language| single(language, words, phrase, first)))
}

/// A note of another language without a mode: 'Messe en ut', 'Trio in Es'.
fn single(language: &Language, words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    let text = words.text(first);
    let (natural, is_altered) = language.note(text).filter(|_| text.len() > 1)?;
    let turn = language.turn(words.text(first + 1));
    let turn = turn.filter(|_| !is_altered && is_joined(words, phrase, first));
    let last = first + usize::from(turn.is_some());
    let tonic = (natural + turn.unwrap_or(0)) % 12;
    Some(Spelled { tonic, mode: None, last, style: Style::Doubtful, is_full: false })
}

fn foreign(language: &Language, words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    let text = words.text(first);
    for &(suffix, mode) in language.joined {
        if let Some((tonic, _)) = text.strip_suffix(suffix).and_then(|note| language.note(note)) {
            return Some(Spelled::plain(tonic, mode, first, true));
        }
    }
    let source = &phrase[words.words()[first].source.clone()];
    if let Some(short) = text.strip_suffix('m').filter(|note| note.len() > 2)
        && let Some((tonic, true)) = language.note(short)
        && source.ends_with('m')
    {
        return Some(Spelled::plain(tonic, Mode::Minor, first, false));
    }
    let (mut tonic, mut is_altered) = language.note(text)?;
    let mut last = first;
    let turn = language.turn(words.text(first + 1));
    if let Some(turn) = turn.filter(|_| !is_altered && is_joined(words, phrase, first)) {
        tonic = (tonic + turn) % 12;
        last += 1;
        is_altered = true;
    }
    if !is_joined(words, phrase, last) {
        return None;
    }
    let (mode, end) = language.mode(words, last + 1)?;
    let mode_word = words.text(last + 1);
    let separator = words.between(phrase, last);
    let is_doubtful = !is_altered
        && separator != "-"
        && language.doubtful.contains(&text)
        && language.doubtful_modes.contains(&mode_word);
    // An initial and a surname: 'A. Klein'.
    if is_doubtful && separator == ". " {
        return None;
    }
    let style = if is_doubtful { Style::Doubtful } else { Style::Plain };
    let is_full = mode_word.len() > 3;
    Some(Spelled { tonic, mode: Some(mode), last: end, style, is_full })
}

fn english(words: &Words, phrase: &str, first: usize) -> Option<Spelled> {
    let text = words.text(first);
    let source = &phrase[words.words()[first].source.clone()];
    let is_capital = source.starts_with(char::is_uppercase);
    let (letter, rest) = text.split_at_checked(1)?;
    let natural = natural(letter.chars().next()?)?;
    for (accidental, shift) in [("", 0), ("#", 1), ("b", 11), ("sharp", 1), ("flat", 11), ("s", 1)]
    {
        // `Es` and `Bs` are no sharps that anybody writes.
        let is_odd = accidental == "s" && matches!(letter, "e" | "b");
        let Some(suffix) = rest.strip_prefix(accidental).filter(|_| !is_odd) else { continue };
        let tonic = (natural + shift) % 12;
        if let Some(mode) = mode_of(suffix) {
            return Some(Spelled::plain(tonic, mode, first, suffix.len() > 3));
        }
        if suffix == "m" && matches!(accidental, "" | "#" | "b") {
            let is_clear = source.ends_with('m') && (is_capital || accidental == "#");
            let style = match (accidental, letter) {
                ("", "a" | "e" | "f" | "g") => Style::SmallM,
                _ => Style::Plain,
            };
            let mode = Some(Mode::Minor);
            let spelled = Spelled { tonic, mode, last: first, style, is_full: false };
            return is_clear.then_some(spelled);
        }
        if suffix.is_empty() && accidental != "s" {
            return Some(apart(words, phrase, first, natural, accidental));
        }
    }
    None
}

/// An English note whose accidental or mode, if any, are words of their own.
fn apart(words: &Words, phrase: &str, first: usize, natural: u8, accidental: &str) -> Spelled {
    let mut last = first;
    let turn = match (accidental, words.text(first + 1)) {
        ("", "sharp") => 1,
        ("", "flat") => 11,
        _ => 0,
    };
    last += usize::from(turn > 0);
    let shift = match accidental {
        "#" | "sharp" => 1,
        "b" | "flat" => 11,
        _ => turn,
    };
    let is_article = words.text(first) == "a" && turn == 0 && words.is_apart(first + 1);
    let mut mode = None;
    let mut is_full = false;
    if is_joined(words, phrase, last) {
        let scale = usize::from(MINOR_SCALES.contains(&words.text(last + 1)));
        let word = words.text(last + scale + 1);
        mode = mode_of(word);
        is_full = word.len() > 3;
        last += mode.map_or(0, |_| scale + 1);
    }
    let style = if is_article { Style::Article } else { Style::Plain };
    Spelled { tonic: (natural + shift) % 12, mode, last, style, is_full }
}

impl Spelled {
    fn plain(tonic: u8, mode: Mode, last: usize, is_full: bool) -> Self {
        Self { tonic, mode: Some(mode), last, style: Style::Plain, is_full }
    }
}

/// The mode that an English word names.
pub(super) fn mode_of(word: &str) -> Option<Mode> {
    match word {
        "maj" | "major" => Some(Mode::Major),
        "min" | "minor" => Some(Mode::Minor),
        _ => None,
    }
}

/// Whether a word and the next may be one expression: 'D (minor)' and the fields ' - D - minor - ', but
/// not 'Side B - Minor Swing'.
fn is_joined(words: &Words, phrase: &str, index: usize) -> bool {
    let Some(next) = words.words().get(index + 1) else { return true };
    let separator = words.between(phrase, index);
    let is_break =
        |index: usize| words.words().get(index).is_none_or(|word| word.gap == Gap::Break);
    next.gap != Gap::Break
        || separator.contains(['(', '['])
        || is_break(index) && is_break(index + 2)
        || !separator.contains([',', ';', '-', '–', '—', '/', '|', ')', ']'])
}
