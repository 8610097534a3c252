//! Events behind an End of Track within the length of its chunk, and what only looks like them.

use crate::support::{
    QUARTER, analyze, ended, header, melody, meta, note, read, smf, tempo, track,
};

const TUNE: [u8; 4] = [60, 62, 64, 65];
const END: [u8; 4] = [0, 0xff, 0x2f, 0];

/// A file of one track with these parts, whose length covers all of them.
fn chunk_of(parts: &[&[u8]]) -> Vec<u8> {
    [header(0, 1, QUARTER), track(&parts.concat())].concat()
}

/// The start and pitch of each note, and the warnings.
fn notes(file: &[u8]) -> (Vec<(u32, u8)>, Vec<String>) {
    let piece = read(file);
    let notes = piece.notes().expect("notes").map(|timed| (timed.note.start, timed.note.pitch));
    (notes.collect(), piece.warnings().expect("warnings"))
}

fn expected(second: u32) -> Vec<(u32, u8)> {
    let line = |from: u32| (0..).zip(TUNE).map(move |(n, pitch)| (from + 96 * n, pitch));
    line(0).chain(line(second)).collect()
}

#[test]
fn notes_behind_an_early_end_of_track_go_on_from_its_time() {
    let tune = melody(0, &TUNE);
    let file = chunk_of(&[&tune, &END, &tune, &END]);
    let offset = 22 + tune.len() + 4;
    let warning = format!("events after End of Track read (at byte {offset})");
    assert_eq!(notes(&file), (expected(384), vec![warning.clone()]));
    // The last End of Track may be missing, and the first may have a time.
    assert_eq!(notes(&chunk_of(&[&tune, &END, &tune])).0, expected(384));
    let late = chunk_of(&[&tune, &[96, 0xff, 0x2f, 0], &tune, &END]);
    assert_eq!(notes(&late), (expected(480), vec![warning]));
}

#[test]
fn several_early_ends_are_passed() {
    let one = note(0, 0, 60, 96);
    let parts: Vec<u8> = [one, END.to_vec()].concat().repeat(3_000);
    let file = analyze(&chunk_of(&[&parts])).file;
    assert_eq!((file.note_count, file.event_count, file.warnings.len()), (3_000, 9_000, 1));
}

#[test]
fn an_early_end_in_one_of_several_tracks_moves_no_other() {
    let tune = melody(0, &TUNE);
    let joined = track(&[&tune[..], &END, &tune, &END].concat());
    let other = track(&ended(&melody(1, &TUNE)));
    let file = [header(1, 2, QUARTER), joined, other].concat();
    let starts: Vec<u32> = notes(&file).0.iter().map(|&(start, _)| start).collect();
    assert_eq!(starts, [0, 0, 96, 96, 192, 192, 288, 288, 384, 480, 576, 672]);
}

#[test]
fn an_end_of_track_of_a_wrong_length_takes_no_event_with_it() {
    let tune = melody(0, &TUNE);
    for length in [1, 4, 9, 33, 100] {
        let file = chunk_of(&[&tune, &[0, 0xff, 0x2f, length], &tune, &END]);
        let (found, warnings) = notes(&file);
        assert_eq!(found, expected(384), "length {length}: {warnings:?}");
    }
    // Its data is there.
    let file = chunk_of(&[&tune, &[0, 0xff, 0x2f, 2, 7, 7], &tune, &END]);
    assert_eq!(notes(&file).0, expected(384));
    let file = chunk_of(&[&tune, &[0, 0xff, 0x2f, 1, 0]]);
    assert_eq!(notes(&file), (expected(0)[..4].to_vec(), Vec::new()));
}

#[test]
fn other_events_behind_it_are_read_too() {
    let tune = melody(0, &TUNE);
    let file = chunk_of(&[&tune, &END, &tempo(0, 60.0), &meta(0, 6, b"Coda"), &tune, &END]);
    let analysis = analyze(&file);
    assert_eq!((analysis.file.note_count, analysis.tempo.duration_s), (8, 6.0));
    let names: Vec<_> = read(&file)
        .events()
        .expect("events")
        .map(|event| event.expect("an event").kind.name())
        .filter(|name| !name.starts_with("note"))
        .collect();
    assert_eq!(names, ["end_of_track", "set_tempo", "marker", "end_of_track"]);
}

#[test]
fn padding_and_remains_behind_it_become_no_notes() {
    let tune = melody(0, &TUNE);
    let ghost = melody(0, &[72, 71, 69]);
    let cut_event = &ghost[..ghost.len() - 1];
    let later = &ghost[1..];
    let text = b"converted by a program of 1996, all rights reserved\r\n";
    let garbage: Vec<u8> = (0..200).map(|n: u32| (n * n * 37 + n * 11) as u8).collect();
    let remains: [&[u8]; 9] =
        [&[0], &[0; 300], &[0x1a; 40], b"\r\n", &[0xff; 64], text, &garbage, cut_event, later];
    for remains in remains {
        let (found, warnings) = notes(&chunk_of(&[&tune, &END, remains]));
        assert_eq!(found.len(), 4, "{remains:02x?}");
        assert!(warnings[0].starts_with("data after End of Track ignored"), "{warnings:?}");
    }
    let (found, warnings) = notes(&chunk_of(&[&tune, &END, &END, &END]));
    assert_eq!((found.len(), warnings.len()), (4, 1));
}

#[test]
fn a_key_signature_of_no_mode_declares_none() {
    let key = |data: &[u8]| analyze(&smf(0, &[[meta(0, 0x59, data), melody(0, &TUNE)].concat()]));
    for data in [[0xfd, 0xff], [2, 2], [0, 0x80], [8, 0], [0xee, 1], [0x80, 0], [0x7f, 1]] {
        let found = key(&data);
        assert_eq!(found.key.declared, None, "{data:?}");
        assert!(found.file.warnings[0].starts_with("impossible key signature"), "{data:?}");
    }
    for (data, name) in [([0xfd, 0], "Eb major"), ([0xfd, 1], "C minor"), ([7, 0], "C# major")] {
        let found = key(&data);
        let declared = found.key.declared.map(|key| key.to_string());
        assert_eq!((declared.as_deref(), found.file.warnings.len()), (Some(name), 0));
    }
    // A later one that is possible counts, and the events show what the file has.
    let file = smf(
        0,
        &[[meta(0, 0x59, &[0xfd, 0xff]), meta(0, 0x59, &[1, 1]), melody(0, &TUNE)].concat()],
    );
    let declared = analyze(&file).key.declared.map(|key| key.to_string());
    assert_eq!(declared.as_deref(), Some("E minor"));
    let shown: Vec<_> = read(&file)
        .events()
        .expect("events")
        .take(2)
        .map(|event| format!("{:?}", event.expect("an event").kind))
        .collect();
    assert_eq!(
        shown,
        [
            "UnknownMeta { meta_type: 89, bytes: [253, 255] }",
            "KeySignature { fifths: 1, minor: true }"
        ]
    );
}
