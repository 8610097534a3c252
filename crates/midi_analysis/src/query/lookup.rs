//! Names that people write for keys and chords: `Am` is A minor, `m7` is `min7`. And the names of programs and drums.

use crate::model::gm;
use crate::model::key::{Key, Mode};
use crate::model::pitch_class::{PitchClass, natural};
use crate::model::quality::Quality;
use crate::names;

/// Other names of qualities of chords.
const QUALITY_ALIASES: [(&str, Quality); 22] = [
    ("major", Quality::Major),
    ("M", Quality::Major),
    ("minor", Quality::Minor),
    ("m", Quality::Minor),
    ("M7", Quality::MajorSeventh),
    ("Δ", Quality::MajorSeventh),
    ("Δ7", Quality::MajorSeventh),
    ("△7", Quality::MajorSeventh),
    ("m7", Quality::MinorSeventh),
    ("m6", Quality::MinorSixth),
    ("mM7", Quality::MinorMajorSeventh),
    ("dom7", Quality::DominantSeventh),
    ("dominant", Quality::DominantSeventh),
    ("m7b5", Quality::HalfDiminished),
    ("ø", Quality::HalfDiminished),
    ("ø7", Quality::HalfDiminished),
    ("o", Quality::Diminished),
    ("°", Quality::Diminished),
    ("o7", Quality::DiminishedSeventh),
    ("°7", Quality::DiminishedSeventh),
    ("+", Quality::Augmented),
    ("sus", Quality::SuspendedFourth),
];

/// The keys of a name such as `C`, `f#m` or `A minor`; all keys of a mode for `major` and `minor`. None
/// where it does not name a key. The key may be written in any way that [`Name`](crate::Name) reads in
/// names of files, as a code of DJs or in another language.
///
/// ```
/// let keys = midi_analysis::keys_named("f#m");
/// assert_eq!(keys[0].to_string(), "F# minor");
/// assert_eq!(midi_analysis::keys_named("11A"), keys);
/// assert_eq!(midi_analysis::keys_named("fa sostenido menor"), keys);
/// ```
pub fn keys_named(name: &str) -> Vec<Key> {
    let name = name.trim().replace('♯', "#").replace('♭', "b");
    if let Some(mode) = mode(&name).filter(|_| name.len() >= 3) {
        return (0..12).map(|tonic| Key::new(PitchClass::new(tonic), mode)).collect();
    }
    english_key(&name).or_else(|| names::key::named(&name)).into_iter().collect()
}

/// The key of a letter, its accidental and its mode; major where no mode is given.
fn english_key(name: &str) -> Option<Key> {
    let letter = name.chars().next()?;
    let natural = natural(letter)?;
    let rest = &name[letter.len_utf8()..];
    let (alteration, rest) = match rest.as_bytes() {
        [b'#', ..] => (1, &rest[1..]),
        [b'b', ..] => (11, &rest[1..]),
        _ => accidental(rest).unwrap_or((0, rest)),
    };
    let mode = match rest.trim() {
        "" | "M" => Mode::Major,
        "m" => Mode::Minor,
        other => mode(other)?,
    };
    Some(Key::new(PitchClass::new(natural + alteration), mode))
}

/// The accidental that a text begins with as a word, in semitones upward, and what follows it.
fn accidental(text: &str) -> Option<(u8, &str)> {
    let text = text.trim_start_matches([' ', '-']);
    [("sharp", 1), ("flat", 11)].into_iter().find_map(|(word, alteration)| {
        let (start, rest) = text.split_at_checked(word.len())?;
        start.eq_ignore_ascii_case(word).then_some((alteration, rest))
    })
}

/// The mode that a word names.
fn mode(word: &str) -> Option<Mode> {
    match word.to_lowercase().as_str() {
        "major" | "maj" => Some(Mode::Major),
        "minor" | "min" => Some(Mode::Minor),
        _ => None,
    }
}

/// The quality of chords that a name stands for: `m7`, `maj7`, `dominant`.
///
/// ```
/// use midi_analysis::{Quality, quality_named};
///
/// assert_eq!(quality_named("m7"), Some(Quality::MinorSeventh));
/// assert_eq!(quality_named("maj13"), None);
/// ```
pub fn quality_named(name: &str) -> Option<Quality> {
    let exact = Quality::of_name;
    let alias =
        QUALITY_ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, quality)| *quality);
    exact(name).or(alias).or_else(|| exact(&name.to_lowercase()))
}

/// The names of all qualities of chords.
pub fn quality_names() -> impl Iterator<Item = &'static str> {
    Quality::ALL.into_iter().map(Quality::name)
}

/// The name of a General MIDI program, 0-127.
///
/// ```
/// assert_eq!(midi_analysis::program_name(65), Some("Alto Sax"));
/// assert_eq!(midi_analysis::program_name(128), None);
/// ```
pub fn program_name(program: u8) -> Option<&'static str> {
    gm::PROGRAMS.get(usize::from(program)).copied()
}

/// The name of the drum that a pitch plays on a channel of drums: those of General MIDI 1, 35-81, and those that
/// General MIDI 2 adds, 27-87. `None` for others.
///
/// ```
/// assert_eq!(midi_analysis::drum_name(38), Some("Acoustic Snare"));
/// assert_eq!(midi_analysis::drum_name(60), Some("Hi Bongo"));
/// assert_eq!(midi_analysis::drum_name(12), None);
/// ```
pub fn drum_name(pitch: u8) -> Option<&'static str> {
    let index = pitch.checked_sub(gm::FIRST_DRUM)?;
    gm::DRUMS.get(usize::from(index)).copied()
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
            ("E-flat minor", "Eb minor"),
            ("A flat", "Ab major"),
            ("f-sharp", "F# major"),
            ("C sharp min", "C# minor"),
            ("c harmonic minor", "C minor"),
            ("8A", "A minor"),
            ("8b", "C major"),
            ("12m", "D minor"),
            ("1D", "C major"),
            ("h-moll", "B minor"),
            ("b-Moll", "Bb minor"),
            ("Es-Dur", "Eb major"),
            ("H minor", "B minor"),
            ("la menor", "A minor"),
            ("ré bémol majeur", "Db major"),
            ("sib maggiore", "Bb major"),
            ("a klein", "A minor"),
            ("ля минор", "A minor"),
            ("変ホ長調", "Eb major"),
            ("升c小调", "C# minor"),
            ("내림마장조", "Eb major"),
        ] {
            let keys: Vec<_> = keys_named(name).iter().map(Key::to_string).collect();
            assert_eq!(keys, [key], "{name}");
        }
        assert_eq!(keys_named("minor").len(), 12);
        assert!(keys_named("major").iter().all(|key| key.mode == Mode::Major));
    }

    #[test]
    fn other_names_are_no_keys() {
        for none in [
            "",
            " ",
            "H",
            "A dorian",
            "Cx",
            "m",
            "bb minor minor",
            "é",
            "13A",
            "0B",
            "8C",
            "8 A",
            "8A 9A",
            "la",
            "la menor idea",
            "长调",
            "in C大调",
            "A flatter",
            "flat",
            "Am7",
        ] {
            assert!(keys_named(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn qualities_are_named_as_musicians_write_them() {
        assert_eq!(quality_named("m7"), Some(Quality::MinorSeventh));
        assert_eq!(quality_named("M7"), Some(Quality::MajorSeventh));
        assert_eq!(quality_named("Maj7"), Some(Quality::MajorSeventh));
        assert_eq!(quality_named("maj13"), None);
    }

    #[test]
    fn every_alias_leads_to_a_quality() {
        for (alias, _) in QUALITY_ALIASES {
            assert!(quality_named(alias).is_some(), "{alias}");
        }
    }
}
