//! Files that were copied, stored or sent as text: their bytes are restored, or an error says why not.

use std::io::Write;

use crate::support::{analyze, melody, meta, read, smf};
use encoding_rs::{Encoding, IBM866, MACINTOSH, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254};
use midi_analysis::{ErrorKind, Options, Piece, TimedNote};
use proptest::collection::vec;
use proptest::prelude::*;

const AS_CHARACTERS: &str = "bytes over 127 had been written as UTF-8 or UTF-16 characters";
const LINE_ENDS: &str = "each LF had been written as CR LF";

/// Every LF becomes CR LF.
fn with_returns(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|&byte| [&b"\r"[..usize::from(byte == b'\n')], &[byte]].concat())
        .collect()
}

fn as_characters(bytes: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn as_latin_1(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes()
}

fn as_utf16(text: &str, mark: bool, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some('\u{feff}');
    mark.into_iter().chain(text.chars()).map(|c| c as u16).flat_map(unit).collect()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).expect("in memory");
    gzip.finish().expect("in memory")
}

fn rmid(smf: &[u8]) -> Vec<u8> {
    let length = (smf.len() as u32).to_le_bytes();
    [b"RIFF\0\0\0\0RMIDdata".as_slice(), &length, smf].concat()
}

/// Ten tracks of music with many values of 10, so that the header counts an LF too.
fn piece() -> Vec<u8> {
    let track = |channel: u8| {
        let loud = [[0, 0x90 | channel, 50, 10], [10, 0x80 | channel, 50, 10]].concat();
        [meta(0, 3, b"ten\nby ten"), melody(channel, &[60, 10, 64, 65]), loud.repeat(20)].concat()
    };
    smf(1, &(0..10).map(track).collect::<Vec<_>>())
}

fn notes(file: &[u8]) -> Vec<TimedNote> {
    read(file).notes().expect("the file has notes").collect()
}

fn restored(mangled: &[u8], file: &[u8], warning: &str) {
    assert_ne!(mangled, file);
    assert!(notes(mangled) == notes(file));
    let found = analyze(mangled).file;
    assert!(found.warnings[0].starts_with(warning), "{:?}", found.warnings);
    assert_eq!(found.size_bytes, mangled.len() as u64);
    let events = |piece: Piece<'_>| {
        let names =
            piece.events().expect("events").map(|event| event.expect("an event").kind.name());
        names.collect::<Vec<_>>()
    };
    assert_eq!(events(read(mangled)), events(read(file)));
}

fn refused(file: &[u8]) -> (ErrorKind, String) {
    let analysis = Piece::read(file, &Options::default()).and_then(|piece| piece.analysis());
    let error = analysis.expect_err("no analysis");
    (error.kind(), error.to_string())
}

#[test]
fn line_ends_are_restored_however_often_they_were_written() {
    let file = piece();
    let once = with_returns(&file);
    restored(&once, &file, LINE_ENDS);
    restored(&with_returns(&once), &file, LINE_ENDS);
    restored(&with_returns(&with_returns(&once)), &file, LINE_ENDS);
    assert_eq!(analyze(&once).file.warnings.len(), 1);
}

#[test]
fn characters_are_restored_whatever_the_encoding_was() {
    let file = piece();
    restored(&as_latin_1(&file), &file, AS_CHARACTERS);
    restored(&as_latin_1(&as_latin_1(&file)), &file, AS_CHARACTERS);
    for encoding in [WINDOWS_1252, WINDOWS_1251, WINDOWS_1254, IBM866, MACINTOSH] {
        restored(as_characters(&file, encoding).as_bytes(), &file, AS_CHARACTERS);
    }
    let marked = format!("\u{feff}{}", as_characters(&file, WINDOWS_1252));
    restored(marked.as_bytes(), &file, AS_CHARACTERS);
}

#[test]
fn a_file_in_utf_16_is_restored_with_and_without_a_mark() {
    let file = piece();
    let text = as_characters(&with_returns(&file), WINDOWS_1252);
    for mark in [true, false] {
        restored(&as_utf16(&text, mark, u16::to_le_bytes), &file, AS_CHARACTERS);
        restored(&as_utf16(&text, mark, u16::to_be_bytes), &file, AS_CHARACTERS);
    }
}

#[test]
fn both_kinds_of_damage_are_reported() {
    let file = piece();
    let both = with_returns(&as_latin_1(&file));
    restored(&both, &file, AS_CHARACTERS);
    let warnings = analyze(&both).file.warnings;
    assert!(warnings.len() == 2 && warnings[1].starts_with(LINE_ENDS), "{warnings:?}");
}

#[test]
fn what_is_wrapped_is_restored_too() {
    let file = piece();
    for mangled in [with_returns(&file), as_latin_1(&file)] {
        assert!(notes(&gzipped(&mangled)) == notes(&file));
    }
    assert!(notes(&with_returns(&rmid(&file))) == notes(&file));
    assert!(notes(&as_latin_1(&rmid(&file))) == notes(&file));
}

#[test]
fn a_mangled_file_that_is_cut_keeps_the_notes_before() {
    let file = piece();
    for mangled in [with_returns(&file), as_latin_1(&file)] {
        let cut = &mangled[..mangled.len() * 9 / 10];
        let expected = notes(&file);
        let found = notes(cut);
        let kept = found.iter().filter(|note| expected.contains(note)).count();
        assert!(kept * 100 >= expected.len() * 85 && found.len() <= expected.len());
    }
}

#[test]
fn the_line_ends_of_texts_in_sound_and_damaged_files_stay() {
    let text = b"one line\r\nanother line\r\nand another\r\n";
    let file = smf(0, &[[meta(0, 1, text), melody(0, &[60, 62, 64, 65])].concat()]);
    assert_eq!(analyze(&file).file.warnings, [""; 0]);
    let mut wrong_length = file.clone();
    wrong_length[18..22].copy_from_slice(&[0, 0, 1, 0]);
    for damaged in [wrong_length, [&file, &b"\r\n"[..]].concat(), file[..file.len() - 4].to_vec()] {
        let found = analyze(&damaged).file;
        assert_eq!(found.note_count, 4);
        assert!(!found.warnings.iter().any(|warning| warning.starts_with(LINE_ENDS)));
    }
}

#[test]
fn a_file_whose_high_bytes_are_lost_is_refused_with_the_reason() {
    let file = piece();
    let replaced = String::from_utf8_lossy(&file).into_owned().into_bytes();
    let (kind, reason) = refused(&replaced);
    assert_eq!(kind, ErrorKind::NotMidi);
    assert!(reason.starts_with("bytes over 127 are lost"), "{reason}");
    let seven_bits: Vec<u8> = file.iter().map(|byte| byte & 0x7f).collect();
    let (kind, reason) = refused(&seven_bits);
    assert_eq!(kind, ErrorKind::NoNotes);
    assert!(reason.contains("the eighth bit of all bytes is lost"), "{reason}");
}

#[test]
fn a_text_that_is_no_midi_is_still_called_what_it_is() {
    let page = "<!DOCTYPE html><title>Caf\u{e9} \u{fffd}</title>\r\n";
    assert!(refused(page.as_bytes()).1.contains("an HTML page"));
    assert!(refused(&as_utf16(page, true, u16::to_le_bytes)).1.starts_with("not a MIDI file"));
}

#[test]
fn a_length_that_became_right_by_chance_does_not_hide_the_damage() {
    // 140 bytes: in UTF-8 the length reads as 194, which is what the rest takes then.
    let event = |delta: u8| [delta, 0x90, 60, 80, 7, 0x80, 60, 10];
    let events = (0..17).flat_map(|n| event(if n == 5 { 10 } else { 0 })).collect();
    let file = smf(1, &[events]);
    let mangled = with_returns(&as_latin_1(&file));
    assert_eq!(mangled.len(), 14 + 8 + 194);
    assert!(notes(&mangled) == notes(&file));
}

proptest! {
    #[test]
    fn any_music_survives_being_treated_as_text(
        tracks in vec(vec((0..12_u8, 0..128_u8, 1..128_u8), 4..60), 1..12),
    ) {
        let track = |notes: &Vec<(u8, u8, u8)>| -> Vec<u8> {
            notes
                .iter()
                .flat_map(|&(delta, pitch, velocity)| {
                    [delta, 0x90, pitch, velocity, 7, 0x80, pitch, 10]
                })
                .collect()
        };
        let file = smf(1, &tracks.iter().map(track).collect::<Vec<_>>());
        let expected = notes(&file);
        prop_assert!(notes(&with_returns(&file)) == expected);
        prop_assert!(notes(&as_latin_1(&file)) == expected);
        prop_assert!(notes(as_characters(&file, WINDOWS_1252).as_bytes()) == expected);
        prop_assert!(notes(&with_returns(&as_latin_1(&file))) == expected);
    }
}
