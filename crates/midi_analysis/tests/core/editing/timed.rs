//! Other tempos.

use midi_analysis::Piece;
use proptest::prelude::*;

use super::{edited, music, played, refusal, said};
use crate::support::{analyze, header, melody, read, smf, tempo, track};

/// Start and length of the notes, key by key.
fn seconds(bytes: &[u8]) -> Vec<(f64, f64)> {
    let piece: Piece<'_> = read(bytes);
    let mut notes: Vec<_> = piece.notes().expect("notes").collect();
    notes.sort_by_key(|timed| (timed.note.track, timed.note.channel, timed.note.pitch));
    notes.iter().map(|timed| (timed.start_s, timed.duration_s)).collect()
}

fn restated(bytes: &[u8], bpm: f64) -> Vec<u8> {
    edited(bytes, |piece, file| file.restate(piece, bpm)).0
}

fn stretched(bytes: &[u8], bpm: f64) -> Vec<u8> {
    edited(bytes, |piece, file| file.stretch(piece, bpm)).0
}

/// A quarter note each, at a tempo.
fn quarters(bpm: f64) -> Vec<u8> {
    smf(0, &[[tempo(0, bpm), melody(0, &[60, 62, 64, 65, 67, 69, 71, 72].repeat(4))].concat()])
}

proptest! {
    // Each case takes analyses of the music.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn restated_music_sounds_as_before(file in music(), bpm in 30.0..300.0_f64) {
        let there = restated(&file, bpm);
        let (before, after) = (seconds(&file), seconds(&there));
        prop_assert_eq!(before.len(), after.len());
        // Half a tick of 480 a quarter note at the slowest tempo, at both ends of a note.
        let slowest = analyze(&there).tempo.bpm_min.expect("a tempo");
        let tick = 60.0 / slowest / 480.0;
        for (before, after) in before.iter().zip(&after) {
            prop_assert!((before.0 - after.0).abs() <= tick, "{:?} {:?}", before, after);
            prop_assert!((before.1 - after.1).abs() <= 2.0 * tick, "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn stretched_music_is_in_proportion(file in music(), bpm in 60.0..180.0_f64) {
        let before = analyze(&file).rhythm.bpm.or(analyze(&file).tempo.bpm_declared).unwrap_or(120.0);
        let (there, limited) = edited(&file, |piece, file| file.stretch(piece, bpm));
        prop_assert_eq!(limited, 0);
        let factor = before / bpm;
        for (before, after) in seconds(&file).iter().zip(seconds(&there)) {
            let tolerance = 0.001 + 1e-4 * after.0;
            prop_assert!((before.0 * factor - after.0).abs() <= tolerance, "{:?} {:?}", before, after);
        }
    }
}

#[test]
fn a_stretched_piece_has_the_tempo_and_the_same_ticks() {
    let file = quarters(100.0);
    let there = stretched(&file, 125.0);
    assert_eq!(played(&there), played(&file));
    assert_eq!(analyze(&there).rhythm.bpm, Some(125.0));
    assert!(
        said(&there, 0)[0].ends_with("Meta(MetaKind(81), [7, 83, 0])"),
        "{:?}",
        said(&there, 0)[0]
    );
    // 600,000 microseconds become 480,000, and back.
    assert_eq!(stretched(&there, 100.0), file);
}

#[test]
fn a_file_without_a_tempo_gets_one_at_its_start() {
    let file = smf(0, &[melody(0, &[60, 62, 64, 65].repeat(8))]);
    let there = stretched(&file, 60.0);
    assert!(said(&there, 0)[0].starts_with("0 Meta(MetaKind(81)"));
    assert_eq!(seconds(&there)[1].0, 2.0 * seconds(&file)[1].0);
}

#[test]
fn a_restated_piece_has_other_ticks_and_the_same_seconds() {
    let file = quarters(100.0);
    let there = restated(&file, 50.0);
    for (before, after) in seconds(&file).iter().zip(seconds(&there)) {
        assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
    }
    // 480 ticks a quarter note, of which there are half as many.
    assert_eq!(played(&there)[1].0, 240);
    assert_eq!(analyze(&there).tempo.bpm_declared, Some(50.0));
}

#[test]
fn smpte_time_becomes_quarter_notes_or_is_stretched() {
    // Milliseconds: 25 frames a second of 40 ticks.
    let events = melody(0, &[60, 62, 64, 65].repeat(8));
    let timed = [header(0, 1, 0xe728), track(&crate::support::ended(&events))].concat();
    let there = restated(&timed, 150.0);
    assert_eq!(analyze(&there).tempo.bpm_declared, Some(150.0));
    assert!((seconds(&there)[31].0 - seconds(&timed)[31].0).abs() < 0.001);
    let bpm = analyze(&timed).rhythm.bpm.unwrap_or(120.0);
    let slower = stretched(&timed, bpm / 2.0);
    assert_eq!(seconds(&slower)[8].0, 2.0 * seconds(&timed)[8].0);
}

#[test]
fn a_tempo_that_no_file_can_declare_is_refused_or_limited() {
    let file = quarters(100.0);
    for bpm in [0.0, -5.0, 3.0, 1e9, f64::NAN, f64::INFINITY] {
        assert!(refusal(&file, |piece, file| file.stretch(piece, bpm)).starts_with("unwritable"));
        assert!(refusal(&file, |piece, file| file.restate(piece, bpm)).starts_with("unwritable"));
    }
    let slow = smf(0, &[[tempo(0, 120.0), melody(0, &[60; 64]), tempo(0, 4.0)].concat()]);
    assert_eq!(edited(&slow, |piece, file| file.stretch(piece, 100.0)).1, 1);
}
