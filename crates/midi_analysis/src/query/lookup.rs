//! What people write of keys, chords and instruments, as the columns of an analysis name it: `Am` is
//! `A minor`, `m7` is `min7`, `sax` is the programs 64 to 67. Progressions are read in
//! [`chords`](crate::analysis::chords()).

use crate::analysis::chords::qualities;
use crate::analysis::key;
use crate::model::gm;
use crate::model::pitch_class::natural;

/// Other words for qualities of chords.
const QUALITY_ALIASES: [(&str, &str); 17] = [
    ("major", "maj"),
    ("M", "maj"),
    ("minor", "min"),
    ("m", "min"),
    ("M7", "maj7"),
    ("Δ", "maj7"),
    ("m7", "min7"),
    ("m6", "min6"),
    ("mM7", "minmaj7"),
    ("dom7", "7"),
    ("dominant", "7"),
    ("m7b5", "hdim7"),
    ("ø", "hdim7"),
    ("o", "dim"),
    ("o7", "dim7"),
    ("+", "aug"),
    ("sus", "sus4"),
];

/// Fewest letters of a word that stand for a longer one, or the other way about.
const SHORTEST_STEM: usize = 3;

/// The keys of a name such as `C`, `f#m` or `A minor`; all of a mode for `major` and `minor`. Nothing
/// where it names none.
pub fn keys_named(name: &str) -> Vec<String> {
    let name = name.trim().replace('♯', "#").replace('♭', "b");
    if let Some(minor) = mode(&name).filter(|_| name.len() >= 3) {
        return (0..12).map(|tonic| key::name(tonic + 12 * usize::from(minor))).collect();
    }
    let Some(letter) = name.chars().next() else { return Vec::new() };
    let Some(natural) = natural(letter) else { return Vec::new() };
    let rest = &name[letter.len_utf8()..];
    let (alteration, rest) = match rest.as_bytes() {
        [b'#', ..] => (1, &rest[1..]),
        [b'b', ..] => (11, &rest[1..]),
        _ => (0, rest),
    };
    let minor = match rest.trim() {
        "" => false,
        "m" => true,
        "M" => false,
        other => match mode(other) {
            Some(minor) => minor,
            None => return Vec::new(),
        },
    };
    vec![key::name((usize::from(natural) + alteration) % 12 + 12 * usize::from(minor))]
}

/// Whether a word says minor, or major.
fn mode(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "major" | "maj" => Some(false),
        "minor" | "min" => Some(true),
        _ => None,
    }
}

/// The quality of chords that a name stands for, as `chord_types` has it.
pub fn quality_named(name: &str) -> Option<&'static str> {
    let exact = |wanted: &str| qualities().find(|quality| *quality == wanted);
    let alias =
        QUALITY_ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, quality)| *quality);
    exact(name).or(alias).or_else(|| exact(&name.to_lowercase()))
}

/// All qualities of chords.
pub fn quality_names() -> impl Iterator<Item = &'static str> {
    qualities()
}

/// The General MIDI programs that a name stands for: a number from 0 to 127, a family, or words of
/// names, which may be cut short. Nothing where it names none.
pub fn programs_named(name: &str) -> Vec<i16> {
    if let Ok(number) = name.trim().parse() {
        return Vec::from_iter((0..=127).contains(&number).then_some(number));
    }
    let wanted = words(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let of_family = |program: usize| words(gm::FAMILIES[program / 8]) == wanted;
    let by_name = |program: usize| {
        let words = words(gm::PROGRAMS[program]);
        words.windows(wanted.len()).any(|run| run.iter().zip(&wanted).all(|(a, b)| alike(a, b)))
    };
    let named = (0..128).filter(|&program| of_family(program) || by_name(program));
    named.map(|program| program as i16).collect()
}

/// The names of all programs and families.
pub fn instrument_names() -> impl Iterator<Item = &'static str> {
    gm::FAMILIES.into_iter().chain(gm::PROGRAMS)
}

fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn alike(a: &str, b: &str) -> bool {
    let stem = a.len().min(b.len());
    a == b || stem >= SHORTEST_STEM && (a.starts_with(b) || b.starts_with(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_musicians_write_them() {
        for (name, key) in [
            ("C", "C major"),
            ("c", "C major"),
            ("Am", "A minor"),
            ("A minor", "A minor"),
            ("a min", "A minor"),
            ("F#m", "F# minor"),
            ("Gb", "F# major"),
            ("Bbm", "Bb minor"),
            ("Db minor", "C# minor"),
            ("C♯", "Db major"),
            ("Cb", "B major"),
            ("B#", "C major"),
            ("EM", "E major"),
        ] {
            assert_eq!(keys_named(name), [key], "{name}");
        }
        assert_eq!(keys_named("minor").len(), 12);
        assert!(keys_named("major").iter().all(|key| key.ends_with(" major")));
        for none in ["", " ", "H", "A dorian", "Cx", "m", "bb minor minor", "é"] {
            assert!(keys_named(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn qualities_are_named_as_musicians_write_them() {
        assert_eq!(quality_named("m7"), Some("min7"));
        assert_eq!(quality_named("M7"), Some("maj7"));
        assert_eq!(quality_named("Maj7"), Some("maj7"));
        assert_eq!(quality_named("maj13"), None);
    }

    #[test]
    fn every_alias_leads_to_a_quality() {
        for (alias, _) in QUALITY_ALIASES {
            assert!(quality_named(alias).is_some(), "{alias}");
        }
    }

    #[test]
    fn instruments_are_found_by_number_family_and_words() {
        assert_eq!(programs_named("40"), [40]);
        assert_eq!(programs_named("violin"), [40]);
        assert_eq!(programs_named("saxophone"), [64, 65, 66, 67]);
        assert_eq!(programs_named("Alto Sax"), [65]);
        assert!(programs_named("piano").starts_with(&[0, 1, 2, 3, 4, 5, 6, 7]));
        for none in ["128", "-1", "theremin", "?"] {
            assert!(programs_named(none).is_empty(), "{none}");
        }
    }
}
