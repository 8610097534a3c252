//! What follows the last track: remains of other files, or the same file again. A note of it would be a ghost, and a
//! track that the header did not count must not be lost.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{QUARTER, analyze, ended, header, melody, smf, track};

const TUNE: [u8; 4] = [60, 62, 64, 65];
const OTHER: [u8; 6] = [72, 71, 69, 67, 65, 64];

fn sound() -> Vec<u8> {
    smf(1, &[melody(0, &TUNE), melody(1, &TUNE)])
}

fn notes_and_warnings(parts: &[&[u8]]) -> (u32, Vec<String>) {
    let file = analyze(&parts.concat()).file;
    (file.note_count, file.warnings)
}

/// Checks that only the notes of the sound file are read, and that one warning says what was left.
fn only_the_sound_file(remains: &[u8], warning: &str) {
    let sound = sound();
    let expected = format!("{warning} ({} bytes, at byte {})", remains.len(), sound.len());
    assert_eq!(notes_and_warnings(&[&sound, remains]), (8, vec![expected]));
}

const TRACKS: &str = "rest of another file after the last track ignored";
const BYTES: &str = "bytes after the last track ignored";

#[test]
fn a_longer_file_that_was_overwritten_leaves_no_notes() {
    let old = smf(1, &[melody(0, &OTHER), melody(1, &OTHER), melody(2, &OTHER)]);
    // Cut anywhere but where a track begins.
    let begins = |cut: &usize| old[*cut..].starts_with(b"MTrk");
    for cut in (1..old.len() - 8).filter(|cut| !begins(cut)) {
        let remains = &old[cut..];
        let has_track = remains.windows(4).any(|bytes| bytes == b"MTrk");
        only_the_sound_file(remains, if has_track { TRACKS } else { BYTES });
    }
}

#[test]
fn a_file_twice_or_three_times_has_its_notes_once() {
    let sound = sound();
    only_the_sound_file(&sound, TRACKS);
    only_the_sound_file(&sound.repeat(2), TRACKS);
    only_the_sound_file(&sound[14..], TRACKS);
    only_the_sound_file(&smf(0, &[melody(3, &OTHER)]), TRACKS);
}

#[test]
fn the_header_of_another_file_ends_the_search_for_tracks() {
    let (one, other) = (track(&ended(&melody(0, &TUNE))), smf(0, &[melody(1, &OTHER)]));
    for declared in [0, 5] {
        let parts = [&header(1, declared, QUARTER), &one[..], &one, &other];
        assert_eq!(notes_and_warnings(&parts).0, 8, "{declared} tracks declared");
    }
    for padding in 1..12 {
        let parts = [&header(1, 5, QUARTER), &one[..], &vec![0; padding], &other];
        assert_eq!(notes_and_warnings(&parts).0, 4, "{padding} bytes of padding");
    }
    // Two headers in a row begin one file.
    let parts = [&header(1, 1, QUARTER), &header(1, 1, QUARTER)[..], &one];
    assert_eq!(notes_and_warnings(&parts).0, 4);
}

#[test]
fn padding_and_ghosts_behind_it_are_left() {
    only_the_sound_file(&[0; 512], BYTES);
    only_the_sound_file(&[0x1a; 3], BYTES);
    only_the_sound_file(&[vec![0; 512], sound()].concat(), TRACKS);
    only_the_sound_file(&[vec![0xe5; 7], track(&ended(&melody(2, &OTHER)))].concat(), TRACKS);
    let ghost = track(&ended(&melody(2, &OTHER)));
    let (notes, warnings) = notes_and_warnings(&[&sound(), b"CASM\0\0\0\x02ab", &ghost]);
    assert_eq!((notes, warnings.len()), (8, 2), "{warnings:?}");
}

#[test]
fn tracks_beyond_the_number_in_the_header_count_where_they_follow_at_once() {
    let chunk = |channel| track(&ended(&melody(channel, &TUNE)));
    let (one, two, three) = (chunk(0), chunk(1), chunk(2));
    for format in [0, 1] {
        let all = [&header(format, 1, QUARTER), &one[..], &two, &three];
        let (notes, warnings) = notes_and_warnings(&all);
        assert_eq!((notes, warnings.len()), (12, 1), "{warnings:?}");
    }
    let (notes, _) = notes_and_warnings(&[&header(1, 1, QUARTER), &one, &one]);
    assert_eq!(notes, 8);
}

#[test]
fn tracks_are_searched_for_where_fewer_are_found_than_the_header_counts() {
    let chunk = |channel| track(&ended(&melody(channel, &TUNE)));
    for declared in [0, 3, 9] {
        let parts = [&header(1, declared, QUARTER), &chunk(0)[..], &[0; 5], &chunk(1)];
        assert_eq!(notes_and_warnings(&parts).0, 8, "{declared} tracks declared");
    }
}

#[test]
fn lengths_that_are_wrong_keep_tracks_and_let_in_no_ghosts() {
    let sound = sound();
    let second = sound.len() - (sound.len() - 14) / 2;
    let ghost = smf(0, &[melody(2, &OTHER)]);
    for place in [14, second] {
        for change in [-9, -1, 1, 5, 1000] {
            let mut file = sound.clone();
            let length = &mut file[place + 4..place + 8];
            let wrong = u32::from_be_bytes(length.try_into().expect("four bytes")) as i32 + change;
            length.copy_from_slice(&wrong.to_be_bytes());
            for remains in [&[][..], &ghost, &[0; 40], &[vec![0; 40], ghost.clone()].concat()] {
                let (notes, warnings) = notes_and_warnings(&[&file, remains]);
                assert_eq!(notes, 8, "byte {place}, length {wrong}: {warnings:?}");
                assert!(warnings.iter().any(|warning| warning.starts_with("wrong track length")));
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_follows_a_sound_file_adds_no_note(
        remains in vec(prop_oneof![
            Just(b"MTrk\0\0\0\x10".to_vec()),
            Just(smf(0, &[melody(2, &OTHER)])),
            Just(track(&ended(&melody(2, &OTHER)))),
            Just(b"XFKM\0\0\0\x04".to_vec()),
            Just(b"\r\n".to_vec()),
            vec(any::<u8>(), 0..40),
        ], 0..6)
    ) {
        let remains = remains.concat();
        prop_assume!(!remains.starts_with(b"MTrk"));
        let (notes, warnings) = notes_and_warnings(&[&sound(), &remains]);
        prop_assert_eq!(notes, 8, "{:?}", warnings);
    }

    #[test]
    fn a_cut_old_file_under_a_new_one_is_left(
        lengths in vec(1_usize..30, 1..5),
        pitches in vec(1_u8..127, 1..40),
    ) {
        let tracks: Vec<_> = lengths.iter().map(|&n| melody(1, &pitches.repeat(n))).collect();
        let (old, new) = (smf(1, &tracks), sound());
        prop_assume!(old.len() > new.len() && !old[new.len()..].starts_with(b"MTrk"));
        prop_assert_eq!(notes_and_warnings(&[&new, &old[new.len()..]]).0, 8);
    }
}
