//! Files that are made of notes.

use midi_analysis::write::File;
use midi_analysis::{Note, Options, Piece, TimeSignature, Timeline};
use proptest::collection::vec;
use proptest::prelude::*;

use super::notes;
use crate::support::{analyze, read};

fn written(notes: Vec<Note>, timeline: &Timeline) -> Vec<u8> {
    let options = Options::default();
    let piece = Piece::from_notes(notes, timeline, &options).expect("notes");
    File::of_notes(&piece).expect("a file").to_bytes(&options).expect("bytes")
}

fn note() -> impl Strategy<Value = Note> {
    let place = (0..3_u16, 0..9_u8, 0..128_u8);
    (0..5_000_u32, 0..900_u32, 0..128_u8, 1..128_u8, place).prop_map(
        |(start, length, pitch, velocity, (track, channel, program))| {
            Note::new(start, start + length, pitch)
                .velocity(velocity)
                .track(track)
                .channel(channel)
                .program(program)
        },
    )
}

proptest! {
    #[test]
    fn notes_that_do_not_overlap_come_back(made in vec(note(), 1..60)) {
        let mut free: Vec<Note> = Vec::new();
        for note in made {
            let overlaps = |other: &Note| {
                (other.track, other.channel, other.pitch) == (note.track, note.channel, note.pitch)
                    && other.start <= note.end && note.start <= other.end
            };
            // A channel of one track has one program at a time.
            let clashes = |other: &Note| {
                (other.channel, other.start) == (note.channel, note.start)
                    || (other.channel == note.channel && other.track != note.track)
            };
            if !free.iter().any(|other| overlaps(other) || clashes(other)) {
                free.push(note);
            }
        }
        let file = written(free.clone(), &Timeline::new(480));
        let row = |n: &Note| (n.start, n.end, n.track, n.channel, n.program, n.pitch, n.velocity);
        let mut found: Vec<_> = notes(&file).iter().map(row).collect();
        let mut made: Vec<_> = free.iter().map(row).collect();
        found.sort_unstable();
        made.sort_unstable();
        prop_assert_eq!(found, made);
        prop_assert_eq!(analyze(&file).file.warnings, [""; 0]);
    }
}

#[test]
fn tempo_meter_and_key_stand_in_the_first_track() {
    let timeline = Timeline::new(96).tempo(0, 600_000).time_signature(0, TimeSignature::new(3, 4));
    let file = written(vec![Note::new(0, 96, 60).track(2)], &timeline);
    let analysis = analyze(&file);
    assert_eq!(analysis.tempo.bpm_declared, Some(100.0));
    assert_eq!(analysis.meter.signature.map(|meter| meter.numerator), Some(3));
    assert_eq!(read(&file).tracks().expect("tracks").len(), 3);
}

#[test]
fn a_note_ends_before_the_next_of_its_pitch_begins() {
    let file = written(
        vec![Note::new(0, 96, 60), Note::new(96, 96, 60), Note::new(96, 200, 62)],
        &Timeline::new(96),
    );
    let found: Vec<_> = notes(&file).iter().map(|note| (note.start, note.end)).collect();
    assert_eq!(found, [(0, 96), (96, 96), (96, 200)]);
}

#[test]
fn ports_are_named() {
    let file = written(
        vec![Note::new(0, 9, 60), Note::new(9, 20, 62).port(3), Note::new(30, 40, 64)],
        &Timeline::new(96),
    );
    let ports: Vec<u8> = notes(&file).iter().map(|note| note.port).collect();
    assert_eq!(ports, [0, 3, 0]);
}
