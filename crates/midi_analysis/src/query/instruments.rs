//! Names that people write for instruments and drums: `sax` is the programs 64 to 67, `bass` has the contrabass and not the
//! bassoon, `bongos` are the drums 60 and 61.

use std::ops::RangeInclusive;

use crate::model::gm;

/// What musicians call several instruments of General MIDI, by names that mean the same, and the programs. Here they
/// mean other sets than the families of General MIDI, or sets that have no family.
const GROUPS: [(&[&str], &[RangeInclusive<u8>]); 55] = [
    (&["accordion", "accordions"], &[21..=21, 23..=23]),
    (&["bandoneon", "concertina"], &[23..=23]),
    (&["bass", "basses"], &[32..=39, 43..=43, 87..=87]),
    (&["bass guitar", "electric bass", "e bass"], &[33..=37]),
    (&["bell", "bells"], &[9..=9, 14..=14, 112..=112]),
    (&["brass"], &[56..=63]),
    (&["celeste"], &[8..=8]),
    (&["chimes"], &[14..=14]),
    (&["choir", "chorus", "choral"], &[52..=54, 91..=91]),
    (&["classical guitar", "spanish guitar", "nylon string guitar"], &[24..=24]),
    (&["contrabass", "double bass", "upright bass", "string bass"], &[32..=32, 43..=43]),
    (&["cor anglais"], &[69..=69]),
    (&["distorted guitar", "heavy guitar"], &[29..=30]),
    (&["effects", "fx"], &[55..=55, 96..=103, 119..=127]),
    (&["electric guitar", "e guitar", "lead guitar"], &[26..=31]),
    (&["electric piano", "e piano", "epiano", "rhodes", "wurlitzer", "wurli"], &[4..=5]),
    (&["flute", "flutes"], &[72..=73, 75..=75]),
    (&["folk guitar", "steel string guitar"], &[25..=25]),
    (&["guitar", "guitars", "gtr"], &[24..=31]),
    (&["hammond", "hammond organ", "b3"], &[16..=18]),
    (&["harmonium"], &[20..=20]),
    (&["harpsichord", "cembalo", "clavecin"], &[6..=6]),
    (&["horns", "horn section"], &[56..=67]),
    (&["kettledrum", "kettledrums", "timps"], &[47..=47]),
    (&["keys", "keyboard", "keyboards"], &[0..=8, 16..=20]),
    (&["lead", "leads"], &[80..=87]),
    (&["mallets", "mallet"], &[9..=9, 11..=14]),
    (&["mbira", "thumb piano"], &[108..=108]),
    (&["mouth organ", "blues harp"], &[22..=22]),
    (&["orchestra", "orchestral", "symphony", "symphonic"], &[40..=49, 55..=58, 60..=61, 68..=73]),
    (&["organ", "organs"], &[16..=20]),
    (&["pad", "pads"], &[88..=95]),
    (&["pan pipe", "pan pipes", "panpipe", "panpipes"], &[75..=75]),
    (&["percussion"], &[9..=9, 11..=14, 47..=47, 112..=119]),
    (&["piano", "pianos", "pno", "pianoforte", "fortepiano"], &[0..=5]),
    (&["pipe organ"], &[19..=19]),
    (&["reed", "reeds"], &[64..=71, 109..=109, 111..=111]),
    (&["santur", "santoor", "cimbalom"], &[15..=15]),
    (&["shehnai", "shenai"], &[111..=111]),
    (&["steelpan", "steelpans", "steel pan", "steel pans"], &[114..=114]),
    (&["string quartet"], &[40..=42]),
    (&["strings", "string section", "string orchestra"], &[40..=45, 48..=51, 110..=110]),
    (&["sub bass", "moog bass"], &[38..=39]),
    (
        &["synth", "synths", "synthesizer"],
        &[38..=39, 50..=51, 54..=54, 62..=63, 80..=103, 118..=118],
    ),
    (&["tin whistle", "penny whistle"], &[78..=78]),
    (&["trombone", "tbn"], &[57..=57]),
    (&["trumpet", "tpt", "trp"], &[56..=56, 59..=59]),
    (&["upright piano"], &[0..=1, 3..=3]),
    (&["vibes"], &[11..=11]),
    (&["viola", "vla"], &[41..=41]),
    (&["violin", "vln"], &[40..=40]),
    (&["violoncello", "celli", "vlc"], &[42..=42]),
    (&["voice", "voices", "vocals", "vox"], &[52..=54, 85..=85, 91..=91]),
    (&["wood block", "wood blocks"], &[115..=115]),
    (&["woodwind", "woodwinds", "wind", "winds"], &[64..=79, 109..=109, 111..=111]),
];

/// What drums are called that General MIDI has by other names, or several of, and their pitches on a channel of drums.
const DRUM_GROUPS: [(&[&str], &[u8]); 12] = [
    (&["bass drum", "bass drums", "kick", "kicks", "kick drum"], &[35, 36]),
    (&["china"], &[52]),
    (&["clap", "claps", "handclap", "handclaps"], &[39]),
    (&["cymbal", "cymbals"], &[49, 51, 52, 55, 57, 59]),
    (&["floor tom", "floor toms"], &[41, 43]),
    (&["guiro", "guiros", "g\u{fc}iro"], &[73, 74]),
    (&["hi hat", "hi hats", "hihat", "hihats", "hat", "hats"], &[42, 44, 46]),
    (&["ride", "rides"], &[51, 53, 59]),
    (&["rim shot", "rimshot", "rimshots", "sidestick"], &[37]),
    (&["sleigh bell", "sleigh bells"], &[83]),
    (&["tom tom", "tom toms"], &[41, 43, 45, 47, 48, 50]),
    (&["wood block", "wood blocks", "woodblock", "woodblocks"], &[76, 77]),
];

/// Words of drums' names that name no drum.
const ATTRIBUTES: [&str; 15] = [
    "1", "2", "acoustic", "closed", "electric", "hand", "hi", "high", "long", "low", "mid", "mute",
    "open", "short", "side",
];

/// Words that General MIDI abbreviates, which stand for all that has them.
const ABBREVIATED: [(&str, &str); 3] =
    [("sax", "saxophone"), ("synth", "synthesiser"), ("synth", "synthesizer")];

/// Fewest letters of an abbreviation.
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
    if let Some(programs) = find_group(&wanted) {
        return programs.iter().cloned().flatten().collect();
    }
    let whole = programs_where(|program| {
        are_same(&words(gm::FAMILIES[program / 8]), &wanted)
            || has(gm::PROGRAMS[program], &wanted, is_one_or_several)
    });
    if whole.is_empty() {
        programs_where(|program| has(gm::PROGRAMS[program], &wanted, is_abbreviated))
    } else {
        whole
    }
}

/// The programs of the group of instruments of this name.
fn find_group(name: &[String]) -> Option<&'static [RangeInclusive<u8>]> {
    let name = name.join(" ");
    GROUPS.iter().find(|(names, _)| names.contains(&&*name)).map(|(_, programs)| *programs)
}

/// The pitches of the drums that a name stands for, on a channel of drums: a group of drums, or words of the names that
/// [`drum_name`](crate::drum_name) gives. None where it does not name any, or is that of a group of instruments.
///
/// ```
/// use midi_analysis::drums_named;
///
/// assert_eq!(drums_named("bongos"), [60, 61]);
/// assert_eq!(drums_named("hi-hat"), [42, 44, 46]);
/// assert!(drums_named("violin").is_empty());
/// ```
pub fn drums_named(name: &str) -> Vec<u8> {
    let wanted = words(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let group = DRUM_GROUPS.iter().find(|(names, _)| names.contains(&wanted.join(" ").as_str()));
    if let Some((_, pitches)) = group {
        return pitches.to_vec();
    }
    // A snare drum is a snare.
    if let [.., last] = &wanted[..]
        && wanted.len() > 1
        && is_one_or_several("drum", last)
    {
        let drums = drums_named(&wanted[..wanted.len() - 1].join(" "));
        if !drums.is_empty() {
            return drums;
        }
    }
    if find_group(&wanted).is_some() || wanted.iter().all(|word| ATTRIBUTES.contains(&&**word)) {
        return Vec::new();
    }
    let drums = (gm::FIRST_DRUM..).zip(gm::DRUMS);
    drums
        .filter(|(_, name)| has(name, &wanted, is_one_or_several))
        .map(|(pitch, _)| pitch)
        .collect()
}

/// The names of all drums and groups of them.
pub fn drum_names() -> impl Iterator<Item = &'static str> {
    let of_groups = DRUM_GROUPS.into_iter().flat_map(|(names, _)| names.iter().copied());
    gm::DRUMS.into_iter().chain(of_groups)
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

/// Whether a name has all of the words, in any order: the nylon guitar is the `Acoustic Guitar (nylon)`. `same` compares two
/// words.
fn has(name: &str, wanted: &[String], same: impl Fn(&str, &str) -> bool) -> bool {
    let words = words(name);
    wanted.iter().all(|wanted| words.iter().any(|word| same(word, wanted)))
}

fn are_same(words: &[String], wanted: &[String]) -> bool {
    words.len() == wanted.len()
        && words.iter().zip(wanted).all(|(word, wanted)| is_one_or_several(word, wanted))
}

fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a word is this one, its plural or its singular.
fn is_one_or_several(word: &str, wanted: &str) -> bool {
    word == wanted
        || wanted.strip_suffix('s') == Some(word)
        || word.strip_suffix('s') == Some(wanted)
}

/// Whether a word of a name is the wanted one in full, or what it abbreviates, either way.
fn is_abbreviated(word: &str, wanted: &str) -> bool {
    is_one_or_several(word, wanted)
        || wanted.len() >= SHORTEST_STEM && word.starts_with(wanted)
        || ABBREVIATED.iter().any(|&(short, long)| word == short && is_one_or_several(long, wanted))
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
            ("saxophones", &[64, 65, 66, 67]),
            ("tenor saxophone", &[66]),
            ("clar", &[71]),
            ("bassoon", &[70]),
            ("basson", &[]),
            ("bassdrum", &[]),
            ("drumset", &[]),
            ("guitarr", &[]),
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
        assert_eq!(named("harps orchestral"), ["Orchestral Harp"], "in any order");
        assert_eq!(named("harps celestial"), [""; 0]);
    }

    #[test]
    fn what_musicians_say_names_programs_and_drums() {
        for (name, programs) in [
            ("contrabass", &[32, 43][..]),
            ("nylon guitar", &[24]),
            ("classical guitar", &[24]),
            ("jazz guitar", &[26]),
            ("vibes", &[11]),
            ("Rhodes", &[4, 5]),
            ("tubular bell", &[14]),
            ("steel drum", &[114]),
            ("synth pads", &[88, 89, 90, 91, 92, 93, 94, 95]),
            ("square lead", &[80]),
            ("bari sax", &[67]),
        ] {
            assert_eq!(programs_named(name), programs, "{name}");
        }
        let orchestra = programs_named("orchestra");
        for part in ["violin", "contrabass", "timpani", "trumpet", "french horn", "oboe", "flute"] {
            assert!(
                programs_named(part).iter().any(|program| orchestra.contains(program)),
                "{part}"
            );
        }
        for (name, pitches) in [
            ("bongo", &[60, 61][..]),
            ("congas", &[62, 63, 64]),
            ("snare", &[38, 40]),
            ("snare drum", &[38, 40]),
            ("snare drums", &[38, 40]),
            ("kick drum", &[35, 36]),
            ("steel drum", &[]),
            ("Hi-Hat", &[42, 44, 46]),
            ("open hi-hat", &[46]),
            ("kick", &[35, 36]),
            ("tom", &[41, 43, 45, 47, 48, 50]),
            ("cowbell", &[56]),
            ("wood block", &[76, 77]),
            ("bass", &[]),
            ("bells", &[]),
            ("electric", &[]),
            ("1", &[]),
            ("theremin", &[]),
            ("", &[]),
        ] {
            assert_eq!(drums_named(name), pitches, "{name}");
        }
    }

    /// Each by its own name, as the library shows it, and by those of the groups that are documented.
    #[test]
    fn every_name_is_known() {
        for (program, name) in (0..).zip(gm::PROGRAMS) {
            assert!(programs_named(name).contains(&program), "{name}");
        }
        for (pitch, name) in (gm::FIRST_DRUM..).zip(gm::DRUMS) {
            assert!(drums_named(name).contains(&pitch), "{name}");
        }
        assert!(instrument_names().all(|name| !programs_named(name).is_empty()));
        assert!(drum_names().all(|name| !drums_named(name).is_empty()));
        let firsts: Vec<&str> = DRUM_GROUPS.iter().map(|(names, _)| names[0]).collect();
        assert!(firsts.is_sorted(), "{firsts:?}");
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
