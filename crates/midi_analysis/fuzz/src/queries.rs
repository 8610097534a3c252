//! Queries by text or number, and columns whose content anyone may have written.
//!
//! The bytes up to the first FF, which is never part of UTF-8, are the text; the rest is the column.

use midi_analysis::{
    Degrees, FINGERPRINT_LENGTH, MelodyMatch, MelodyQuery, MelodyQueryError, Name, Piece,
    Progression, chord_moment, fingerprint_bands, fingerprint_similarity, instrument_names,
    keys_named, programs_named, quality_named, quality_names,
};

use crate::{hash, never, options};

/// Numerals of a progression, some of which no analysis writes.
const NUMERALS: [Option<&str>; 16] = [
    Some("I"),
    Some("ii"),
    Some("iii"),
    Some("IV"),
    Some("V"),
    Some("vi"),
    Some("bVII"),
    Some("i"),
    Some("iv"),
    Some("v"),
    Some("VI"),
    Some("VII"),
    Some("#iv"),
    Some(""),
    Some("no numeral"),
    None,
];
/// How many of these are degrees.
const DEGREES: usize = 13;
/// Longest run of degrees that is looked up as one.
const LONGEST_GRAM: usize = 3;

/// Panics where an answer is not sound.
pub fn check(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |&byte| byte == 0xff);
    let text = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let column = parts.next().unwrap_or_default();
    melodies(&text, column);
    progressions(&text, column);
    names(&text);
    drums_by_name(&text);
    fingerprints(column);
    for index in [0, 1, column.len() / 10, usize::MAX] {
        let moment = chord_moment(column, index);
        assert!(moment.is_none_or(|moment| moment.start_s >= 0.0));
    }
}

fn melodies(text: &str, column: &[u8]) {
    let asked = [
        MelodyQuery::from_text(text),
        MelodyQuery::from_pitches(column),
        MelodyQuery::from_line(column.iter().map(|byte| byte & 0x7f)),
    ];
    for asked in asked {
        match asked {
            Ok(melody) => searched(&melody, column),
            Err(MelodyQueryError { position, reason, .. }) => {
                assert!(!reason.is_empty() && reason.len() < 200);
                assert!(position.unwrap_or(0) <= text.chars().count().max(column.len()));
            }
        }
    }
}

fn searched(melody: &MelodyQuery, column: &[u8]) {
    if let Some(MelodyMatch { score, start_s, .. }) = melody.find(column) {
        assert!(score > 0.0 && score <= 1.0 && start_s >= 0.0);
    }
    let stages = melody.stages();
    assert!(stages.is_sorted_by(|a, b| a.best_score >= b.best_score));
    assert!(stages.iter().all(|stage| (0.0..=1.0).contains(&stage.best_score)));
    let mut probes = stages.iter().map(|stage| &stage.probes);
    assert!(
        probes.all(|probes| !probes.is_empty() && probes.iter().all(|probe| !probe.is_empty()))
    );
}

fn progressions(text: &str, column: &[u8]) {
    let numerals: Vec<_> =
        column.iter().map(|&byte| NUMERALS[usize::from(byte) % NUMERALS.len()]).collect();
    let degrees: Degrees = numerals.iter().copied().collect();
    match Progression::parse(text) {
        Ok(progression) => {
            for gram in progression.grams().iter().flatten() {
                assert!((1..=LONGEST_GRAM).contains(&gram.split(' ').count()), "{gram}");
            }
            for asked in progression.rotations().iter().chain([&progression]) {
                let found = asked.find(&degrees, column, &never);
                for found in [found, asked.find_loop(&degrees, column, &never)] {
                    assert!(found.is_none_or(|at| at < numerals.len()));
                }
            }
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset));
            assert!(!error.reason.is_empty() && error.reason.len() < 200);
        }
    }
    finds_its_own(&numerals, column);
}

/// A run of degrees of a piece is found in that piece, no later than where it was taken from.
fn finds_its_own(numerals: &[Option<&str>], column: &[u8]) {
    let is_degree = |numeral: &Option<&str>| NUMERALS[..DEGREES].contains(numeral);
    let start = hash(column) % (numerals.len() + 1);
    let run = numerals[start..].iter().take_while(|numeral| is_degree(numeral));
    let run: Vec<&str> = run.copied().flatten().take(1 + hash(column) % 6).collect();
    if run.is_empty() || run.windows(2).any(|pair| pair[0] == pair[1]) {
        return;
    }
    let progression = Progression::parse(&run.join(" ")).expect("degrees are a progression");
    let degrees: Degrees = numerals.iter().copied().collect();
    let found = progression.find(&degrees, column, &never);
    assert!(found.is_some_and(|at| at <= start), "{run:?} of {numerals:?}: {found:?}");
    assert_eq!(progression.is_one_gram(), run.len() <= LONGEST_GRAM);
    // The index, which holds the runs of a piece, finds it too.
    let held = degrees.grams();
    let is_held = |grams: &Vec<String>| grams.iter().all(|gram| held.contains(gram));
    assert!(progression.grams().iter().any(is_held), "{run:?} of {held:?}");
}

/// A file of two tones says nothing of drums, so that its names are read, whatever they are.
fn drums_by_name(text: &str) {
    let name = &text.as_bytes()[..text.len().min(100)];
    let notes = b"\0\x90\x3c\x50\x60\x80\x3c\0\0\x90\x48\x50\x60\x80\x48\0\0\xff\x2f\0";
    let track = [b"\0\xff\x03", &[name.len() as u8][..], name, notes].concat();
    let length = (track.len() as u32).to_be_bytes();
    let file = [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk", &length[..], &track].concat();
    for path in ["", text] {
        let piece = Piece::read(&file, &options().name(path)).expect("a written file");
        let instruments = piece.analysis().expect("two notes").instruments;
        assert_eq!(instruments.has_drums, instruments.programs.is_empty());
    }
}

fn names(text: &str) {
    let name = Name::of(text);
    assert!(name.tags.is_sorted_by(|a, b| a < b));
    assert!(name.bpm.is_none_or(|bpm| (20.0..=400.0).contains(&bpm)));
    for &key in keys_named(text).iter().chain(&name.key) {
        assert_eq!(keys_named(&key.to_string()), [key]);
    }
    let programs = programs_named(text);
    assert!(programs.is_sorted_by(|a, b| a < b) && programs.iter().all(|&p| p < 128));
    let known = instrument_names().nth(hash(text.as_bytes()) % instrument_names().count());
    assert!(known.is_some_and(|name| !programs_named(name).is_empty()));
    if let Some(quality) = quality_named(text) {
        assert!(quality_names().any(|known| known == quality.name()));
        assert_eq!(quality_named(quality.name()), Some(quality));
    }
}

fn fingerprints(column: &[u8]) {
    let (words, _) = column.as_chunks::<4>();
    let slots: Vec<i32> = words.iter().map(|&word| i32::from_le_bytes(word)).collect();
    let mut fingerprints = slots.chunks(FINGERPRINT_LENGTH);
    let (one, other) =
        (fingerprints.next().unwrap_or_default(), fingerprints.next().unwrap_or_default());
    for (one, other) in [(one, one), (one, other), (other, one)] {
        let whole = one.len() == FINGERPRINT_LENGTH && other.len() == FINGERPRINT_LENGTH;
        let similarity = fingerprint_similarity(one, other);
        assert_eq!(similarity.is_some(), whole);
        assert!(similarity.is_none_or(|similarity| (0.0..=1.0).contains(&similarity)));
    }
    assert!(fingerprint_bands(one).is_sorted_by(|a, b| a < b));
}
