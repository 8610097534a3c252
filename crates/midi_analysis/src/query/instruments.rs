//! Names that people write for instruments: `sax` is the programs 64 to 67, `bass` has the contrabass and not the
//! bassoon.

use std::ops::RangeInclusive;

use crate::model::gm;

/// What musicians call several instruments of General MIDI, by names that mean the same, and the programs. Here they
/// mean other sets than the families of General MIDI, or sets that have no family.
const GROUPS: [(&[&str], &[RangeInclusive<u8>]); 25] = [
    (&["accordion", "accordions"], &[21..=21, 23..=23]),
    (&["bass", "basses"], &[32..=39, 43..=43, 87..=87]),
    (&["bass guitar", "electric bass"], &[33..=37]),
    (&["bell", "bells"], &[9..=9, 14..=14, 112..=112]),
    (&["brass"], &[56..=63]),
    (&["choir", "chorus"], &[52..=54, 91..=91]),
    (&["double bass", "upright bass", "string bass"], &[32..=32, 43..=43]),
    (&["effects", "fx"], &[55..=55, 96..=103, 119..=127]),
    (&["electric guitar"], &[26..=31]),
    (&["electric piano", "rhodes", "wurlitzer"], &[4..=5]),
    (&["flute", "flutes"], &[72..=73, 75..=75]),
    (&["guitar", "guitars"], &[24..=31]),
    (&["horns"], &[56..=67]),
    (&["keys", "keyboard", "keyboards"], &[0..=8, 16..=20]),
    (&["lead", "leads"], &[80..=87]),
    (&["mallets", "mallet"], &[9..=9, 11..=14]),
    (&["organ", "organs"], &[16..=20]),
    (&["pad", "pads"], &[88..=95]),
    (&["percussion"], &[9..=9, 11..=14, 47..=47, 112..=119]),
    (&["piano", "pianos"], &[0..=5]),
    (&["reed", "reeds"], &[64..=71, 109..=109, 111..=111]),
    (&["strings"], &[40..=45, 48..=51, 110..=110]),
    (
        &["synth", "synths", "synthesizer"],
        &[38..=39, 50..=51, 54..=54, 62..=63, 80..=103, 118..=118],
    ),
    (&["voice", "voices", "vocals"], &[52..=54, 85..=85, 91..=91]),
    (&["woodwind", "woodwinds", "wind", "winds"], &[64..=79, 109..=109, 111..=111]),
];

/// Fewest letters that two words have in common if one is an abbreviation of the other.
const SHORTEST_STEM: usize = 3;

/// The General MIDI programs that a name stands for: a number from 0 to 127, a group of instruments, a family of General
/// MIDI, or words of names. Words may be abbreviated where no instrument has them in full. None where it does not name
/// any.
///
/// ```
/// use midi_analysis::programs_named;
///
/// assert_eq!(programs_named("alto sax"), [65]);
/// assert_eq!(programs_named("harp"), [46]);
/// assert_eq!(programs_named("vib"), [11]);
/// assert!(programs_named("theremin").is_empty());
/// ```
pub fn programs_named(name: &str) -> Vec<u8> {
    if let Ok(number) = name.trim().parse::<i16>() {
        return Vec::from_iter((0..=127).contains(&number).then_some(number as u8));
    }
    let wanted = words(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let group = GROUPS.iter().find(|(names, _)| names.contains(&wanted.join(" ").as_str()));
    if let Some((_, programs)) = group {
        return programs.iter().cloned().flatten().collect();
    }
    let whole = programs_where(|program| {
        words(gm::FAMILIES[program / 8]) == wanted || has(program, &wanted, is_one_or_several)
    });
    if whole.is_empty() { programs_where(|program| has(program, &wanted, alike)) } else { whole }
}

/// The groups of instruments that have names of their own: the names, and the programs as ranges.
pub fn instrument_groups()
-> impl Iterator<Item = (&'static [&'static str], &'static [RangeInclusive<u8>])> {
    GROUPS.into_iter()
}

/// The names of all programs, families and groups.
pub fn instrument_names() -> impl Iterator<Item = &'static str> {
    let of_groups = GROUPS.into_iter().flat_map(|(names, _)| names.iter().copied());
    gm::FAMILIES.into_iter().chain(gm::PROGRAMS).chain(of_groups)
}

fn programs_where(is_one: impl Fn(usize) -> bool) -> Vec<u8> {
    (0..128).filter(|&program| is_one(program)).map(|program| program as u8).collect()
}

/// Whether the name of a program has the words in succession; `same` compares two words.
fn has(program: usize, wanted: &[String], same: impl Fn(&str, &str) -> bool) -> bool {
    let words = words(gm::PROGRAMS[program]);
    words.windows(wanted.len()).any(|run| run.iter().zip(wanted).all(|(a, b)| same(a, b)))
}

fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a word is this one, or its plural.
fn is_one_or_several(word: &str, wanted: &str) -> bool {
    word == wanted || wanted.strip_suffix('s') == Some(word)
}

fn alike(a: &str, b: &str) -> bool {
    let stem = a.len().min(b.len());
    a == b || stem >= SHORTEST_STEM && (a.starts_with(b) || b.starts_with(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instruments_are_found_by_number_group_family_and_words() {
        for (name, programs) in [
            ("40", &[40][..]),
            ("violin", &[40]),
            ("violins", &[40]),
            ("saxophone", &[64, 65, 66, 67]),
            ("Alto Sax", &[65]),
            ("horn", &[60, 69]),
            ("Piano", &[0, 1, 2, 3, 4, 5]),
            ("bass", &[32, 33, 34, 35, 36, 37, 38, 39, 43, 87]),
            ("Double-Bass", &[32, 43]),
            ("chromatic percussion", &[8, 9, 10, 11, 12, 13, 14, 15]),
            ("strings", &[40, 41, 42, 43, 44, 45, 48, 49, 50, 51, 110]),
            ("128", &[]),
            ("-1", &[]),
            ("theremin", &[]),
            ("?", &[]),
        ] {
            assert_eq!(programs_named(name), programs, "{name}");
        }
    }

    /// A word is a word of names or a group first, and an abbreviation only where it is neither.
    #[test]
    fn no_whole_word_finds_what_only_begins_with_it() {
        let named = |word: &str| -> Vec<&str> {
            programs_named(word).into_iter().map(|p| gm::PROGRAMS[usize::from(p)]).collect()
        };
        assert_eq!(named("harp"), ["Orchestral Harp"]);
        assert!(!named("bass").contains(&"Bassoon"));
        assert!(!named("organ").contains(&"Accordion"));
        assert_eq!(named("harps"), ["Orchestral Harp"]);
        assert_eq!(named("harps orchestral"), [""; 0]);
    }

    #[test]
    fn groups_are_sorted_and_each_name_leads_to_its_group() {
        let firsts: Vec<&str> = GROUPS.iter().map(|(names, _)| names[0]).collect();
        assert!(firsts.is_sorted(), "{firsts:?}");
        for (names, ranges) in GROUPS {
            let programs: Vec<u8> = ranges.iter().cloned().flatten().collect();
            assert!(programs.is_sorted() && programs.iter().all(|&program| program < 128));
            for name in names {
                assert_eq!(programs_named(name), programs, "{name}");
            }
        }
        let names: Vec<&str> = GROUPS.iter().flat_map(|(names, _)| *names).copied().collect();
        assert_eq!(names.len(), names.iter().collect::<std::collections::HashSet<_>>().len());
    }
}
