//! Which tunes are found in a piece, and where.

use crate::support::{analyze, melody as line, meta, smf};
use midi_analysis::{MelodyIndex, MelodyQuery, Stage};

/// A tune in which no run of eight notes occurs twice, not even transposed.
const TUNE: [u8; 24] = [
    64, 62, 60, 62, 64, 64, 67, 65, 69, 72, 71, 67, 64, 65, 62, 59, 60, 67, 69, 70, 69, 65, 67, 60,
];

fn index(file: &[u8]) -> MelodyIndex {
    analyze(file).melody_index
}

fn tune() -> MelodyIndex {
    let three_four = meta(0, 0x58, &[3, 2, 24, 8]);
    index(&smf(0, &[[three_four, line(0, &TUNE)].concat()]))
}

fn query(pitches: &[u8]) -> MelodyQuery {
    MelodyQuery::from_pitches(pitches).expect("a tune")
}

fn is_found_by(stage: &Stage, index: &MelodyIndex) -> bool {
    let has = |code: &i32| index.ngrams.binary_search(code).is_ok();
    stage.probes.iter().any(|probe| probe.iter().all(has))
}

/// The stage of the search that finds a piece, from 0.
fn stage(query: &MelodyQuery, index: &MelodyIndex) -> Option<usize> {
    query.stages().iter().position(|stage| is_found_by(stage, index))
}

#[test]
fn ngrams_are_distinct_and_ascend() {
    let ngrams = tune().ngrams;
    // The n-grams start at every other note.
    assert_eq!(ngrams.len(), (TUNE.len() - 7).div_ceil(2));
    assert!(ngrams.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_tune_is_found_where_it_begins_in_any_key() {
    let tune = tune();
    for shift in [0, 5, 12] {
        let asked = query(&TUNE[8..20].iter().map(|pitch| pitch + shift).collect::<Vec<_>>());
        assert_eq!(stage(&asked, &tune), Some(0));
        let found = asked.find(&tune.lines).expect("it is there");
        // Quarters at 120 a minute, three in a bar.
        assert_eq!((found.score, found.start_s, found.bar, found.line), (1.0, 4.0, 3, 0));
    }
}

#[test]
fn a_tune_is_found_despite_one_wrong_missing_or_added_note() {
    let tune = tune();
    for length in [6, 7, 8, 9, 12, 16, 20] {
        for from in 0..TUNE.len() - length {
            let asked = &TUNE[from..from + length];
            for at in 1..length - 1 {
                let mut wrong = asked.to_vec();
                wrong[at] += 1;
                let mut missing = asked.to_vec();
                missing.remove(at);
                let mut added = asked.to_vec();
                added.insert(at, 63);
                // A query has six notes or more.
                let damaged = [wrong, missing, added].into_iter().filter(|tune| tune.len() >= 6);
                for damaged in damaged {
                    let query = query(&damaged);
                    let stages = query.stages();
                    let stage = stages.iter().position(|stage| is_found_by(stage, &tune));
                    let stage = stage.expect("it is a candidate");
                    assert!(stage <= 1, "{damaged:?}");
                    let score = query.find(&tune.lines).expect("it is there").score;
                    assert!(score >= 1.0 - 1.0 / damaged.len() as f64 - 1e-9, "{damaged:?}");
                    assert!(score <= stages[stage].best_score, "{damaged:?}");
                }
            }
        }
    }
}

#[test]
fn a_tune_shorter_than_an_ngram_is_found_anywhere() {
    // The last n-gram begins at a note that is indexed in any case, and at one that is not.
    for notes in [TUNE.len(), TUNE.len() - 1] {
        let tune = index(&smf(0, &[line(0, &TUNE[..notes])]));
        for length in 6..=9 {
            for from in 0..=notes - length {
                let asked = query(&TUNE[from..from + length]);
                assert_eq!(stage(&asked, &tune), Some(0), "{length} notes from {from}");
                let found = asked.find(&tune.lines).expect("it is there");
                assert_eq!((found.score, found.start_s), (1.0, from as f64 / 2.0));
            }
        }
    }
}

#[test]
fn part_of_a_tune_finds_it_where_several_notes_are_wrong() {
    let tune = tune();
    let mut asked = TUNE[2..22].to_vec();
    for at in [1, 3, 17] {
        asked[at] += 1;
    }
    let asked = query(&asked);
    assert!(stage(&asked, &tune).is_some());
    let found = asked.find(&tune.lines).expect("it is there");
    assert_eq!((found.score, found.start_s), (1.0 - 3.0 / 20.0, 1.0));
}

#[test]
fn a_note_split_or_joined_counts_half_a_wrong_one() {
    let lines = tune().lines;
    // The fifth and the sixth note are one pitch.
    let joined = query(&[&TUNE[..5], &TUNE[6..13]].concat()).find(&lines).expect("it is there");
    let split = query(&[&TUNE[..8], &TUNE[7..12]].concat()).find(&lines).expect("it is there");
    assert_eq!((joined.score, split.score), (1.0 - 0.5 / 12.0, 1.0 - 0.5 / 13.0));
}

#[test]
fn another_tune_is_not_found() {
    let other = query(&[60, 61, 66, 60, 71, 65, 68, 62, 61, 69]);
    assert_eq!(stage(&other, &tune()), None);
    assert_eq!(other.find(&tune().lines), None);
}

#[test]
fn octaves_count_only_where_they_are_given() {
    let lines = tune().lines;
    let ask = |text: &str| {
        let found = MelodyQuery::from_text(text).expect("a tune").find(&lines);
        found.expect("it is there").score
    };
    assert_eq!(ask("E D C D E E G F A C"), 1.0);
    assert_eq!(ask("E4 D4 C4 D4 | E4 E4 G4 F4 | A4 C5"), 1.0);
    assert_eq!(ask("64, 62, 60, 62, 64, 64, 67, 65, 69, 72"), 1.0);
    let low = ask("E4 D4 C4 D4 E4 E4 G4 F4 A4 C4");
    assert!((0.9..1.0).contains(&low), "{low}");
    assert_eq!(ask("Fb4 D4 B#3 D4 E4 E4 G4 E#4 A4 C5"), 1.0);
}

#[test]
fn the_other_voices_are_found_after_the_melody() {
    let second: Vec<u8> = TUNE.iter().rev().map(|pitch| pitch - 12).collect();
    let both = index(&smf(1, &[line(0, &TUNE), line(1, &second)]));
    let lines = [&TUNE[..], &second]
        .map(|tune| query(&tune[..12]).find(&both.lines).expect("it is there").line);
    assert_eq!(lines, [0, 1]);
}

#[test]
fn an_invalid_melody_is_rejected_with_its_position() {
    let position = |text: &str| MelodyQuery::from_text(text).unwrap_err().position;
    assert_eq!(position("E4 D4 H4 D4 E4 E4"), Some(7));
    assert_eq!(position("♯ E D C"), Some(1));
    assert_eq!(position("60 62 64 128 60 60"), Some(10));
    assert_eq!(position("C4 C10 C4 C4 C4 C4"), Some(4));
    assert_eq!(position("Cb-1 C4 C4 C4 C4 C4"), Some(1));
    assert_eq!(position("C###4 C4 C4 C4 C4 C4"), Some(1));
    assert_eq!(position(""), None);
    assert_eq!(position("C D E F G"), None);
    assert_eq!(position(&"C ".repeat(65)), None);
    assert_eq!(position(&"é".repeat(2_000)), None);
    assert_eq!(
        MelodyQuery::from_pitches(&[60, 60, 128, 60, 60, 60]).unwrap_err().position,
        Some(3)
    );
    assert_eq!(MelodyQuery::from_pitches(&[60; 65]).unwrap_err().position, None);
}

#[test]
fn any_bytes_can_be_read_as_lines() {
    let asked = query(&TUNE[..12]);
    let lines = tune().lines;
    for end in 0..lines.len() {
        asked.find(&lines[..end]);
    }
    for byte in 0..=255 {
        assert_eq!(asked.find(&[byte; 300]), None);
    }
}

#[test]
fn a_very_long_piece_is_cut_off() {
    let long: Vec<u8> = (0..10_000_u32).map(|n| 40 + (n * n % 47) as u8).collect();
    let index = index(&smf(0, &[line(0, &long)]));
    assert!(index.ngrams.len() <= 1_024 && index.lines.len() <= 5 * 2_048);
}
