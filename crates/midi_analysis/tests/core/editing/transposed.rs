//! Higher and lower.

use midi_analysis::write::semitones_to_key;
use midi_analysis::{Key, keys_named};
use proptest::prelude::*;

use super::{edited, music, notes, played, said};
use crate::support::{analyze, melody, meta, note, read, smf};

fn transposed(bytes: &[u8], semitones: i8) -> Vec<u8> {
    edited(bytes, |piece, file| file.transpose(piece, semitones, true)).0
}

proptest! {
    #[test]
    fn back_it_is_the_same_file_unless_something_left_the_range(
        file in music(),
        semitones in -24..25_i8,
    ) {
        let (there, done) = edited(&file, |piece, file| file.transpose(piece, semitones, false));
        let (back, _) = edited(&there, |piece, file| file.transpose(piece, -semitones, false));
        if done.folded_notes == 0 && done.renamed_keys == 0 {
            prop_assert!(back == file);
        }
        let count = notes(&file).len();
        prop_assert_eq!(notes(&there).len(), count);
    }

    #[test]
    fn every_note_moves_by_the_semitones(file in music(), semitones in -20..21_i8) {
        let (there, done) = edited(&file, |piece, file| file.transpose(piece, semitones, false));
        prop_assert_eq!(done.folded_notes, 0);
        let moved: Vec<_> = played(&file)
            .into_iter()
            .map(|(start, end, pitch, velocity)| {
                (start, end, pitch.strict_add_signed(semitones), velocity)
            })
            .collect();
        prop_assert_eq!(played(&there), moved);
    }
}

#[test]
fn drums_stay() {
    let file = smf(1, &[melody(0, &[60, 64]), melody(9, &[36, 38])]);
    let pitches =
        |bytes: &[u8]| -> Vec<u8> { notes(bytes).iter().map(|note| note.pitch).collect() };
    assert_eq!(pitches(&transposed(&file, 5)), [36, 65, 38, 69]);
    let (all, _) = edited(&file, |piece, file| file.transpose(piece, 5, false));
    assert_eq!(pitches(&all), [41, 65, 43, 69]);
}

#[test]
fn key_pressure_and_stray_ends_of_notes_move_with_their_channel() {
    let pressed = [vec![0, 0x90, 60, 80, 10, 0xa0, 60, 50, 20, 0x80, 60, 0], vec![0, 0x80, 72, 0]];
    let drums = [vec![0, 0x99, 38, 80, 10, 0x89, 38, 0], vec![0, 0x89, 50, 0]];
    let file = smf(1, &[pressed.concat(), drums.concat()]);
    let there = transposed(&file, 3);
    assert!(said(&there, 0)[1].ends_with("PolyAftertouch [63, 50] on 0)"), "{:?}", said(&there, 0));
    assert!(said(&there, 0)[3].contains("[75, 0]"));
    assert_eq!(said(&there, 1), said(&file, 1));
    assert_eq!(transposed(&there, -3), file);
}

#[test]
fn a_note_that_would_leave_the_range_is_folded_into_it_and_counted() {
    let file = smf(0, &[melody(0, &[120, 60])]);
    let (there, done) = edited(&file, |piece, file| file.transpose(piece, 10, true));
    assert_eq!((done.folded_notes, done.renamed_keys), (1, 0));
    assert_eq!(notes(&there)[0].pitch, 118);
    assert_eq!(notes(&there)[1].pitch, 70);
}

#[test]
fn key_signatures_move_too() {
    let file =
        smf(0, &[[meta(0, 0x59, &[2, 0]), meta(0, 0x59, &[0, 1]), melody(0, &[62])].concat()]);
    let there = transposed(&file, 3);
    assert!(said(&there, 0)[0].contains("[255, 0]"), "{:?}", said(&there, 0));
    assert!(said(&there, 0)[1].contains("[253, 1]"));
}

#[test]
fn a_piece_is_brought_into_a_key_by_the_shorter_way() {
    let scale = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60];
    let file = smf(0, &[melody(0, &scale)]);
    let semitones =
        |name: &str| semitones_to_key(&read(&file), keys_named(name)[0]).expect("a key");
    assert_eq!(["C", "D", "Bb", "F#", "G", "Am", "Em"].map(semitones), [0, 2, -2, 6, -5, 0, -5]);
    let there = edited(&file, |piece, file| {
        file.transpose(piece, semitones_to_key(piece, Key::from_index(3))?, true)
    });
    assert_eq!(analyze(&there.0).key.estimated, Some(Key::from_index(3)));
}

#[test]
fn music_without_a_key_is_brought_into_none() {
    let file = smf(0, &[note(0, 0, 60, 96)]);
    let error = semitones_to_key(&read(&file), Key::from_index(0)).expect_err("no key");
    assert_eq!(error.kind().name(), "not_there");
    assert!(error.hint().is_some());
}
