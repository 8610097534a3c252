//! One damaged byte costs a note or two: it neither shifts the events behind it nor adds notes or hours.

use std::collections::BTreeMap;

use crate::support::{QUARTER, analyze, ended, header, meta, read, smf, track};
use midi_analysis::{EventKind, Note, Options, Piece};

/// A tune of 64 notes with a bass, all of whose events but the first go without a status byte.
fn running() -> Vec<u8> {
    let pitches = [60, 62, 64, 65, 67, 69, 71, 72];
    let mut events = vec![0, 0x90, 36, 70];
    for (number, pitch) in pitches.into_iter().cycle().take(64).enumerate() {
        let bass = [36, 41, 43][number / 8 % 3];
        events.extend([0, pitch, 90 - (number % 7) as u8, 96, pitch, 0]);
        if number % 8 == 7 {
            events.extend([0, bass, 0, 0, [36, 41, 43][(number + 1) / 8 % 3], 70]);
        }
    }
    events
}

fn explicit() -> Vec<u8> {
    let pitches = [60, 62, 64, 65, 67, 69, 71, 72];
    let notes = pitches.into_iter().cycle().take(64);
    notes.flat_map(|pitch| [0, 0x90, pitch, 80, 0x81, 0x40, 0x80, pitch, 64]).collect()
}

fn file(events: &[u8]) -> Vec<u8> {
    smf(1, &[meta(0, 3, b"tune"), events.to_vec()])
}

fn notes(file: &[u8]) -> Vec<Note> {
    let Ok(piece) = Piece::read(file, &Options::default()) else { return Vec::new() };
    let Ok(notes) = piece.notes() else { return Vec::new() };
    notes.map(|timed| timed.note).collect()
}

/// How many notes of the one are in the other, by pitch and velocity.
fn kept(before: &[Note], after: &[Note]) -> usize {
    let mut counts = BTreeMap::new();
    for note in after {
        *counts.entry((note.pitch, note.velocity)).or_insert(0) += 1;
    }
    let mut take = |note: &&Note| {
        let count = counts.entry((note.pitch, note.velocity)).or_insert(0);
        *count -= 1;
        *count >= 0
    };
    before.iter().filter(|note| take(note)).count()
}

#[track_caller]
fn survives(damaged: &[u8], file: &[u8], most_lost: usize) {
    let (before, after) = (notes(file), notes(damaged));
    let lost = before.len() - kept(&before, &after);
    assert!(lost <= most_lost, "{lost} notes are lost: {:?}", analyze(damaged).file);
    assert!(after.len() <= before.len() + 1, "{} notes of {}", after.len(), before.len());
    let end = |notes: &[Note]| notes.iter().map(|note| note.end).max();
    assert!(end(&after) <= end(&before).map(|end| end + 8 * u32::from(QUARTER)));
}

/// The place of the event in the middle of the tune.
fn middle(file: &[u8], width: usize) -> usize {
    let start = file.len() - (file.len() - 60) / 2;
    (start..).find(|&at| file[at] == 96 || file[at] == 0x81).expect("a note") - width
}

#[test]
fn a_false_bit_in_running_status_costs_two_notes_at_the_most() {
    let file = file(&running());
    let delta = middle(&file, 0);
    for (place, bit) in [(delta, 0x80), (delta + 1, 0x80), (delta + 2, 0x80), (delta + 3, 0x80)] {
        let mut damaged = file.clone();
        damaged[place] ^= bit;
        survives(&damaged, &file, 2);
    }
}

#[test]
fn a_byte_lost_or_inserted_in_running_status_costs_two_notes_at_the_most() {
    let file = file(&running());
    for place in (0..3).map(|width| middle(&file, width)) {
        let mut lost = file.clone();
        lost.remove(place);
        survives(&lost, &file, 2);
        let mut inserted = file.clone();
        inserted.insert(place, 0x5a);
        survives(&inserted, &file, 2);
    }
}

#[test]
fn a_status_byte_that_became_data_costs_a_note() {
    let file = file(&explicit());
    let status = middle(&file, 0) + 2;
    assert_eq!(file[status], 0x80);
    let mut damaged = file.clone();
    damaged[status] = 0;
    survives(&damaged, &file, 1);
    damaged[status] = 0xf4;
    survives(&damaged, &file, 1);
}

#[test]
fn a_false_bit_anywhere_loses_few_notes_on_average() {
    for file in [file(&running()), file(&explicit())] {
        let before = notes(&file);
        let (mut lost, mut more, mut cases) = (0, 0, 0);
        for place in 0..file.len() {
            for bit in 0..8 {
                let mut damaged = file.clone();
                damaged[place] ^= 1 << bit;
                let after = notes(&damaged);
                lost += before.len() - kept(&before, &after);
                more += usize::from(after.len() * 10 > before.len() * 11);
                cases += 1;
            }
        }
        assert!(lost < 3 * cases, "{lost} notes in {cases} cases");
        assert!(more * 100 < cases, "more notes than before in {more} of {cases} cases");
    }
}

#[test]
fn a_negative_delta_time_of_ten_bytes_is_none() {
    let negative = [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x6f];
    let events = [&[0, 0x90, 60, 80, 96, 0x80, 60, 0][..], &negative, &[0x90, 62, 80, 96, 62, 0]];
    let starts: Vec<u32> = notes(&file(&events.concat())).iter().map(|note| note.start).collect();
    assert_eq!(starts, [0, 96]);
}

#[test]
fn values_over_127_throughout_are_no_damage() {
    let events: Vec<u8> =
        (0..64_u8).flat_map(|n| [0, 0x90, 40 + n % 40, 200, 96, 0x80, 40 + n % 40, 200]).collect();
    let found = analyze(&file(&events)).file;
    assert_eq!(found.note_count, 64);
    assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
}

#[test]
fn the_events_of_a_mended_file_are_those_of_its_notes() {
    let mut damaged = file(&running());
    let place = middle(&damaged, 0);
    damaged[place] ^= 0x80;
    let piece = read(&damaged);
    let events = piece.events().expect("events").map(|event| event.expect("an event").kind);
    let ons = events.filter(|kind| matches!(kind, EventKind::NoteOn { velocity: 1.., .. })).count();
    assert_eq!(ons, notes(&damaged).len());
    let warnings = piece.warnings().expect("warnings");
    assert!(warnings.iter().any(|warning| warning.starts_with("bytes that form no event")));
}

#[test]
fn a_wrong_length_and_a_damaged_byte_are_both_mended() {
    let tracks = [track(&ended(&running())), track(&ended(&explicit()))].concat();
    let file = [header(1, 2, QUARTER), tracks].concat();
    let mut damaged = file.clone();
    damaged[21] ^= 0x10;
    let place = middle(&damaged, 0);
    damaged[place + 2] ^= 0x80;
    survives(&damaged, &file, 2);
}
