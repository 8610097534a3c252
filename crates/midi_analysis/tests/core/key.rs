//! Estimated keys of small pieces, and their changes.

use midi_analysis::{Analysis, KeySpan};

use crate::support::{QUARTER, analyze, melody, note, placed, read, smf};

/// A tune on the degrees of the major scale with tonic, subdominant and dominant, ending at home.
const MAJOR_TUNE: [u8; 32] = [
    60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60, 62, 65, 69, 65, 67, 71, 74, 65,
    64, 67, 72, 67, 62, 59, 67, 60,
];

fn analysed(file: &[u8]) -> Analysis {
    analyze(file)
}

fn estimated(file: &[u8]) -> Vec<KeySpan> {
    read(file).keys().expect("the file has notes")
}

fn tune_from(tonic: u8) -> Vec<u8> {
    MAJOR_TUNE.iter().map(|pitch| pitch + tonic - 60).collect()
}

#[test]
fn every_major_key_is_estimated_alike() {
    let names = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
    let confidences: Vec<f32> = names
        .iter()
        .zip(48..)
        .map(|(name, tonic)| {
            let key = analysed(&smf(0, &[melody(0, &tune_from(tonic))])).key;
            assert_eq!(key.estimated, format!("{name} major").parse().ok());
            key.confidence.expect("a key has a confidence")
        })
        .collect();
    assert!(confidences.iter().all(|confidence| (confidence - confidences[0]).abs() < 1e-4));
    assert!(confidences[0] > 0.8, "{confidences:?}");
}

#[test]
fn a_tune_that_moves_up_a_semitone_changes_key_once() {
    let file = smf(0, &[melody(0, &[tune_from(60), tune_from(60), tune_from(61)].concat())]);
    let found = estimated(&file);
    let names: Vec<String> = found.iter().map(|row| row.key.to_string()).collect();
    assert_eq!(names, ["C major", "Db major"]);
    assert_eq!(analysed(&file).key.change_count, Some(1));
    assert_eq!(found[0].start_s, 0.0);
    assert_eq!(found[0].end_s, found[1].start_s);
    // 64 quarter notes at 120 a minute, within a window of four.
    assert!((found[1].start_s - 32.0).abs() <= 2.0, "{found:?}");
    assert_eq!(found[1].end_s, 48.0);
    assert!(found.iter().all(|row| row.confidence > 0.7), "{found:?}");
}

#[test]
fn a_passing_chromatic_note_is_no_change_of_key() {
    let mut tune = tune_from(60);
    tune[5] = 68;
    let file = smf(0, &[melody(0, &tune)]);
    assert_eq!(estimated(&file).len(), 1);
    assert_eq!(analysed(&file).key.change_count, Some(0));
}

#[test]
fn drums_and_two_tones_have_no_keys() {
    assert_eq!(estimated(&smf(0, &[melody(9, &[36, 38, 42, 46])])), []);
    assert_eq!(estimated(&smf(0, &[melody(0, &[60, 67, 60])])), []);
    assert_eq!(analysed(&smf(0, &[melody(0, &[60, 67, 60])])).key.change_count, None);
}

#[test]
fn a_piece_that_lasts_years_is_analyzed_in_wider_windows() {
    let rests: Vec<u8> = tune_from(60)
        .iter()
        .flat_map(|&pitch| note(100_000_000, 0, pitch, QUARTER.into()))
        .collect();
    assert!(!estimated(&smf(0, &[rests])).is_empty());
}

#[test]
fn every_pitch_at_once_is_no_trouble() {
    let all = (0..16).filter(|&channel| channel != 9);
    let struck =
        all.flat_map(|channel| (0..128).map(move |pitch| (0, 64 * QUARTER as u32, channel, pitch)));
    let key = analysed(&smf(0, &[placed(&struck.collect::<Vec<_>>())])).key;
    assert!(key.confidence.is_some_and(|confidence| confidence < 0.6), "{key:?}");
}
