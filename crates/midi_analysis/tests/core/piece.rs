//! The parsed piece: read once, described in any order, or made from notes.

use std::cell::Cell;
use std::cmp::Reverse;

use crate::support::{QUARTER, analyze, melody, meta, note, placed, program, read, smf, tempo};
use midi_analysis::{
    ErrorKind, KeySignature, Mode, Note, Options, Piece, TimeSignature, TimedNote, Timeline,
};

const Q: u32 = QUARTER as u32;

/// A tune, its accompaniment and drums, with a tempo, a meter and a key that change.
fn song() -> Vec<u8> {
    let conductor = [
        tempo(0, 100.0),
        meta(0, 0x58, &[3, 2, 24, 8]),
        meta(0, 0x59, &[1, 0]),
        tempo(24 * Q, 80.0),
        meta(0, 0x58, &[4, 2, 24, 8]),
        meta(0, 0x59, &[0xff, 1]),
    ];
    let tune = melody(0, &[67, 69, 71, 72, 74, 76, 78, 79, 74, 71, 67, 66].repeat(4));
    let mut chords = Vec::new();
    let mut drums = Vec::new();
    for bar in 0..12 {
        let root = [43, 48, 50, 43][bar as usize % 4];
        chords.extend([0, 4, 7].map(|step| (bar * 4 * Q, 4 * Q, 1, root + step)));
        drums.extend(
            [36, 42, 38, 42].iter().zip(0..).map(|(drum, n)| ((4 * bar + n) * Q, 20, 9, *drum)),
        );
    }
    let accompaniment = [program(1, 24), placed(&chords)].concat();
    smf(1, &[conductor.concat(), tune, accompaniment, placed(&drums)])
}

/// What the ticks of [`song`] mean.
fn timeline() -> Timeline {
    let signature = |fifths, mode| KeySignature::new(fifths, mode).expect("a signature");
    Timeline::new(QUARTER)
        .tempo(0, 600_000)
        .tempo(24 * Q, 750_000)
        .time_signature(0, TimeSignature::new(3, 4))
        .time_signature(24 * Q, TimeSignature::new(4, 4))
        .key_signature(0, signature(1, Mode::Major))
        .key_signature(24 * Q, signature(-1, Mode::Minor))
}

fn timed(piece: &Piece<'_>) -> Vec<TimedNote> {
    piece.notes().expect("the piece has notes").collect()
}

fn from_notes(notes: Vec<Note>) -> Piece<'static> {
    Piece::from_notes(notes, &timeline(), &Options::default()).expect("possible notes")
}

#[test]
fn a_piece_from_notes_is_described_like_the_file_of_the_same_notes() {
    let file = song();
    let read = read(&file);
    let mut notes: Vec<Note> = timed(&read).iter().map(|timed| timed.note).collect();
    assert!(notes.len() > 100);
    // The last track first: not in the order of time.
    notes.sort_by_key(|note| Reverse(note.track));
    let made = from_notes(notes);

    let expected = read.analysis().expect("notes");
    let mut found = made.analysis().expect("notes");
    assert_eq!((found.file.note_count, found.file.track_count), (expected.file.note_count, 4));
    assert_eq!((found.file.event_count, found.file.size_bytes), (0, 0));
    assert_eq!(found.file.ticks_per_quarter, Some(QUARTER));
    // A piece from notes has no events, and so no count of them.
    found.file = expected.file.clone();
    found.controllers = expected.controllers.clone();
    assert_eq!(found, expected);
    assert!(found.key.estimated.is_some() && !found.harmony.chord_progression.is_empty());

    assert!(timed(&made) == timed(&read), "notes keep their order within a track");
    assert_eq!(made.keys().unwrap(), read.keys().unwrap());
    assert_eq!(made.chords().unwrap(), read.chords().unwrap());
    assert_eq!(made.features().unwrap(), read.features().unwrap());
    assert!(made.beats().unwrap().eq(read.beats().unwrap()));
    assert!(made.melody().unwrap().eq(read.melody().unwrap()));
    assert!(made.tempo_spans().unwrap().eq(read.tempo_spans().unwrap()));
    assert_eq!(made.tempo_map().unwrap(), read.tempo_map().unwrap());
    assert_eq!(made.meter_map().unwrap(), read.meter_map().unwrap());
    assert_eq!(made.events().expect("none").count(), 0);
    assert_eq!(made.warnings().expect("none"), [""; 0]);
}

#[test]
fn notes_that_midi_does_not_have_are_rejected() {
    let with = |change: fn(&mut Note)| {
        let mut notes = [Note::new(0, Q, 60), Note::new(Q, 2 * Q, 62)];
        change(&mut notes[1]);
        Piece::from_notes(notes.to_vec(), &timeline(), &Options::default()).map(drop)
    };
    let rejected: [fn(&mut Note); 7] = [
        |note| note.pitch = 128,
        |note| note.velocity = 0,
        |note| note.velocity = 128,
        |note| note.channel = 16,
        |note| note.program = 128,
        |note| note.end = note.start - 1,
        |note| note.end = u32::MAX,
    ];
    assert_eq!(with(|_| ()), Ok(()));
    for change in rejected {
        let error = with(change).expect_err("an impossible note");
        assert_eq!(error.kind(), ErrorKind::InvalidNotes);
        assert!(error.to_string().contains("note 1"), "{error}");
    }
    let timelines = [
        Timeline::new(0),
        Timeline::new(Q as u16).tempo(0, 0),
        Timeline::new(Q as u16).time_signature(0, TimeSignature::new(0, 4)),
        Timeline::new(Q as u16).time_signature(0, TimeSignature::new(4, 3)),
    ];
    for timeline in timelines {
        let notes = vec![Note::new(0, Q, 60)];
        let error = Piece::from_notes(notes, &timeline, &Options::default()).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::InvalidNotes), "{timeline:?}");
    }
}

#[test]
fn a_file_without_notes_has_events_and_warnings_and_no_description() {
    let file = smf(0, &[meta(0, 3, b"silence")]);
    let piece = read(&file);
    assert_eq!(piece.events().expect("events").count(), 2);
    assert_eq!(piece.warnings(), Ok(Vec::new()));
    let errors = [
        piece.analysis().map(drop),
        piece.notes().map(drop),
        piece.tracks().map(drop),
        piece.tempo_map().map(drop),
        piece.meter_map().map(drop),
        piece.tempo_spans().map(drop),
        piece.beats().map(drop),
        piece.keys().map(drop),
        piece.chords().map(drop),
        piece.melody().map(drop),
        piece.features().map(drop),
    ];
    for error in errors {
        assert_eq!(error.expect_err("no notes").kind(), ErrorKind::NoNotes);
    }
    let none = Piece::from_notes(Vec::new(), &timeline(), &Options::default()).expect("no notes");
    assert_eq!(none.analysis().expect_err("no notes").kind(), ErrorKind::NoNotes);
}

/// How often the work checks for interrupts shows how much of it is done: nothing is done twice.
#[test]
fn what_methods_share_is_computed_once() {
    let long = note(10, 0, 60, 10).repeat(20_000);
    let file = smf(1, &[melody(0, &[60, 64, 67, 72]), long.clone(), long]);
    let asked = Cell::new(0_usize);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    let options = Options::default().interrupted(&count);
    let checks = |work: &dyn Fn()| {
        let before = asked.get();
        work();
        asked.get() - before
    };
    let piece = Piece::read(&file, &options).expect("a MIDI file");
    let reading = checks(&|| assert!(piece.tempo_map().is_ok()));
    assert!(reading > 10, "{reading} checks while the tracks are read");
    let describing = checks(&|| assert!(piece.analysis().is_ok()));
    assert!(describing > 10, "{describing} checks in the analysis");
    let shared = checks(&|| {
        assert!(piece.tempo_map().is_ok() && piece.meter_map().is_ok());
        assert!(piece.notes().is_ok() && piece.beats().is_ok() && piece.warnings().is_ok());
        assert!(piece.keys().is_ok() && piece.chords().is_ok() && piece.melody().is_ok());
    });
    assert_eq!(shared, 0, "the analysis had computed all of it");
}

#[test]
fn the_order_of_the_methods_makes_no_difference() {
    let file = song();
    let piece = read(&file);
    let (chords, keys) = (piece.chords(), piece.keys());
    let melody: Vec<_> = piece.melody().expect("notes").collect();
    let beats: Vec<_> = piece.beats().expect("notes").collect();
    let events = piece.events().expect("events").count();
    assert_eq!(piece.analysis().expect("notes"), analyze(&file));
    let other = read(&file);
    other.analysis().expect("notes");
    assert_eq!((other.chords(), other.keys()), (chords, keys));
    assert!(other.melody().expect("notes").eq(melody) && other.beats().expect("notes").eq(beats));
    assert_eq!(other.events().expect("events").count(), events);
}
