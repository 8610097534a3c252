//! Each kind of damage that occurs in real collections: the notes survive, and a warning names the repair.

use std::io::Write;

use crate::support::{QUARTER, analyze, ended, header, melody, meta, quantity, read, smf, track};
use midi_analysis::{ErrorKind, Options, Piece};

const TUNE: [u8; 4] = [60, 62, 64, 65];

/// Analyses a file and checks that a warning names the repair.
fn repaired(file: &[u8], expected_notes: u32, warning: &str) {
    let found = analyze(file).file;
    assert_eq!(found.note_count, expected_notes, "{:?}", found.warnings);
    assert!(
        found.warnings.iter().any(|found| found.starts_with(warning)),
        "{warning:?} is not among {:?}",
        found.warnings
    );
}

fn rejected(file: &[u8], options: &Options<'_>) -> (ErrorKind, String) {
    let analysis = Piece::read(file, options).and_then(|piece| piece.analysis());
    let error = analysis.expect_err("no analysis");
    (error.kind(), error.to_string())
}

fn undamaged() -> Vec<u8> {
    smf(0, &[melody(0, &TUNE)])
}

/// A file of two tracks in which these bytes replace the length of the first.
fn with_first_length(length: [u8; 4]) -> Vec<u8> {
    let mut file = smf(1, &[melody(0, &TUNE), melody(1, &TUNE)]);
    file[18..22].copy_from_slice(&length);
    file
}

#[test]
fn an_undamaged_file_has_no_warnings() {
    let file = analyze(&undamaged()).file;
    assert_eq!(file.warnings, Vec::<String>::new());
    assert_eq!((file.note_count, file.event_count, file.track_count), (4, 9, 1));
}

#[test]
fn a_track_cut_short_keeps_the_notes_before() {
    let file = undamaged();
    repaired(&file[..file.len() - 8], 4, "note without note-off");
    repaired(&file[..file.len() - 10], 3, "track cut short");
}

#[test]
fn a_track_may_lack_its_end() {
    let file = [header(0, 1, QUARTER), track(&melody(0, &TUNE))].concat();
    repaired(&file, 4, "track without End of Track");
}

#[test]
fn the_last_message_of_a_track_without_an_end_is_read() {
    for (ticks, status) in [(5, &[0x80][..]), (5, &[]), (200, &[0x80]), (200, &[])] {
        let off = [&quantity(ticks), status, &[60, 0]].concat();
        let file =
            [header(0, 1, QUARTER), track(&[&[0, 0x90, 60, 80], &off[..]].concat())].concat();
        let piece = read(&file);
        let notes = piece.notes().expect("a note");
        assert_eq!(notes.map(|timed| timed.note.end).collect::<Vec<_>>(), [ticks], "{status:?}");
    }
}

#[test]
fn the_number_of_tracks_may_be_wrong() {
    let track = track(&ended(&melody(0, &TUNE)));
    for declared in [0, 2, u16::MAX] {
        let file = [header(1, declared, QUARTER), track.clone()].concat();
        repaired(&file, 4, "number of tracks");
    }
}

#[test]
fn the_length_of_a_track_may_be_too_great_or_too_small() {
    repaired(&with_first_length([0xff; 4]), 8, "wrong track length");
    repaired(&with_first_length([0, 0, 0, 40]), 8, "wrong track length");
    repaired(&with_first_length([0, 0, 0, 5]), 8, "wrong track length");
    repaired(&with_first_length([0; 4]), 8, "wrong track length");
}

#[test]
fn a_track_length_that_includes_the_next_track_loses_no_track() {
    let file = smf(1, &[melody(0, &TUNE), melody(1, &TUNE)]);
    let rest = (file.len() - 22) as u32;
    repaired(&with_first_length(rest.to_be_bytes()), 8, "wrong track length");
}

#[test]
fn unknown_chunks_are_skipped() {
    let tracks = [b"SEM1\0\0\0\x02ab".to_vec(), track(&ended(&melody(0, &TUNE)))].concat();
    repaired(&[header(0, 1, QUARTER), tracks].concat(), 4, "unknown chunk skipped");
}

#[test]
fn the_chunks_of_yamaha_xf_are_known() {
    let file = [undamaged(), b"XFIH\0\0\0\x02abXFKM\0\0\0\x01c".to_vec()].concat();
    let found = analyze(&file).file;
    assert_eq!((found.note_count, found.warnings), (4, Vec::new()));
}

#[test]
fn a_misspelt_track_identifier_is_accepted() {
    let mut file = undamaged();
    file[15] = b'X';
    repaired(&file, 4, "misspelt chunk identifier");
}

#[test]
fn a_velocity_over_127_becomes_127() {
    let events = [vec![0, 0x90, 60, 200, 96, 0x80, 60, 0], melody(0, &TUNE)].concat();
    let file = smf(0, &[events]);
    repaired(&file, 5, "data byte over 127");
    let rows = read(&file).notes().expect("the file has notes").collect::<Vec<_>>();
    assert_eq!(rows[0].note.velocity, 127);
}

#[test]
fn running_status_may_cross_a_meta_event() {
    let events = [vec![0, 0x90, 60, 80], meta(96, 1, b"x"), vec![0, 60, 0, 0, 62, 80, 96, 62, 0]];
    repaired(&smf(0, &[events.concat()]), 2, "running status kept");
}

#[test]
fn system_messages_are_skipped() {
    let events = [vec![0, 0xf8, 0, 0xf2, 1, 2, 0, 0xfe], melody(0, &TUNE)].concat();
    repaired(&smf(0, &[events]), 4, "system message");
}

#[test]
fn an_event_length_that_is_too_great_does_not_lose_the_rest_of_the_track() {
    let events = [vec![0, 0xff, 1, 0xff, 0xff, 0xff, 0x7f], b"text".to_vec(), melody(0, &TUNE)];
    repaired(&smf(0, &[events.concat()]), 4, "bytes that form no event");
}

#[test]
fn garbage_inside_a_track_is_skipped() {
    let events = [melody(0, &TUNE), vec![0xff; 300], melody(0, &TUNE)].concat();
    let found = analyze(&smf(0, &[events])).file;
    assert!(found.note_count >= 7, "{found:?}");
}

#[test]
fn a_key_signature_without_data_is_ignored() {
    let events = [meta(0, 0x59, &[]), melody(0, &TUNE)].concat();
    repaired(&smf(0, &[events]), 4, "malformed meta event");
}

#[test]
fn impossible_values_are_ignored() {
    let with = |event| smf(0, &[[event, melody(0, &TUNE)].concat()]);
    repaired(&with(meta(0, 0x59, &[99, 2])), 4, "impossible key signature");
    repaired(&with(meta(0, 0x58, &[0, 2, 24, 8])), 4, "impossible time signature");
    repaired(&with(meta(0, 0x51, &[0, 0, 0])), 4, "tempo of 0");
}

#[test]
fn division_0_is_read_as_480() {
    let file = [header(0, 1, 0), track(&ended(&melody(0, &TUNE)))].concat();
    repaired(&file, 4, "division is 0");
}

#[test]
fn an_unknown_format_is_read_as_format_1() {
    repaired(&smf(29_697, &[melody(0, &TUNE)]), 4, "unknown SMF format");
}

#[test]
fn a_header_may_be_longer_than_6_bytes_or_missing() {
    let track = track(&ended(&melody(0, &TUNE)));
    let mut long = header(0, 1, QUARTER);
    long[7] = 10;
    repaired(&[&long[..], &[0; 4], &track].concat(), 4, "MThd length");
    // A length that counts more than there is.
    repaired(&[long, track.clone()].concat(), 4, "MThd length");
    repaired(&track, 4, "no MThd header");
    assert_eq!(analyze(&track).file.warnings.len(), 1);
}

#[test]
fn bytes_before_and_after_the_music_are_ignored() {
    repaired(&[vec![0; 128], undamaged()].concat(), 4, "bytes before the MThd header");
    repaired(&[undamaged(), b"\r\n".to_vec()].concat(), 4, "bytes after the last track");
}

#[test]
fn rmid_and_gzip_are_unwrapped_without_a_warning() {
    let smf = undamaged();
    let length = (smf.len() as u32).to_le_bytes();
    let rmid = [b"RIFF\0\0\0\0RMIDdata".as_slice(), &length, &smf].concat();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&smf).expect("in memory");
    let gzip = gzip.finish().expect("in memory");
    for wrapped in [rmid, gzip.clone()] {
        let file = analyze(&wrapped).file;
        assert_eq!((file.note_count, file.warnings.len()), (4, 0));
        assert_eq!(file.size_bytes, wrapped.len() as u64);
    }
    repaired(&gzip[..gzip.len() - 4], 4, "compressed data damaged");
}

#[test]
fn a_gzip_bomb_stops_at_the_limit() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![0; 8 << 20]).expect("in memory");
    let bomb = gzip.finish().expect("in memory");
    let options = Options::default().max_bytes(1 << 20);
    assert_eq!(rejected(&bomb, &options).0, ErrorKind::TooLarge);
}

#[test]
fn the_error_says_what_a_file_that_is_no_midi_looks_like() {
    let options = Options::default();
    let (kind, message) = rejected(b"<!DOCTYPE html><title>404</title>", &options);
    assert_eq!(
        (kind, message.as_str()),
        (ErrorKind::NotMidi, "not a MIDI file: it looks like an HTML page (at byte 0)")
    );
    assert_eq!(
        rejected(b"", &options).1,
        "not a MIDI file: it looks like an empty file (at byte 0)"
    );
    assert_eq!(rejected(b"\x1f\x8b junk", &options).0, ErrorKind::BadContainer);
}

#[test]
fn a_file_without_notes_is_an_error_but_has_events() {
    let file = smf(0, &[meta(0, 3, b"silence")]);
    assert_eq!(rejected(&file, &Options::default()).0, ErrorKind::NoNotes);
    let piece = read(&file);
    let events = piece.events().expect("events");
    let names: Vec<_> = events.map(|event| event.expect("an event").kind.name()).collect();
    assert_eq!(names, ["track_name", "end_of_track"]);
}

#[test]
fn the_error_for_too_many_events_says_where_the_limit_was_reached() {
    let options = Options::default().max_events(5);
    let (kind, message) = rejected(&undamaged(), &options);
    assert_eq!(kind, ErrorKind::TooLarge);
    assert!(message.contains("5 events") && message.contains("at byte 4"), "{message}");
}

#[test]
fn analysis_stops_when_interrupted() {
    let long = smf(0, &[melody(0, &[60; 10_000])]);
    let (kind, _) = rejected(&long, &Options::default().interrupted(&|| true));
    assert_eq!(kind, ErrorKind::Interrupted);
}
