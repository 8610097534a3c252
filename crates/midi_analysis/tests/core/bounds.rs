//! Bounds that hold for every file: reading it can be stopped at any time, and the size of each row is limited.

use std::cell::Cell;

use crate::support::{analyze, ended, header, meta, note, quantity, read, smf, track};
use midi_analysis::{Error, ErrorKind, EventKind, Options, Piece};

type Reader = fn(&Piece<'_>) -> Result<(), Error>;

/// Every function that reads a file.
const READERS: [(&str, Reader); 13] = [
    ("analysis", |piece| piece.analysis().map(drop)),
    ("beats", |piece| piece.beats().map(drop)),
    ("catalog", |piece| piece.catalog().map(drop)),
    ("chords", |piece| piece.chords().map(drop)),
    ("events", |piece| piece.events()?.try_for_each(|event| event.map(drop))),
    ("features", |piece| piece.features().map(drop)),
    ("keys", |piece| piece.keys().map(drop)),
    ("lyrics", |piece| piece.lyrics()?.try_for_each(|syllable| syllable.map(drop))),
    ("melody", |piece| piece.interruptible(piece.melody()?).try_for_each(|note| note.map(drop))),
    ("notes", |piece| piece.interruptible(piece.notes()?).try_for_each(|note| note.map(drop))),
    ("parts", |piece| piece.parts().map(drop)),
    ("tempo_spans", |piece| {
        piece.interruptible(piece.tempo_spans()?).try_for_each(|span| span.map(drop))
    }),
    ("tracks", |piece| piece.tracks().map(drop)),
];

/// Reads a file, and checks for interrupts.
fn run(reader: Reader, file: &[u8], interrupted: &dyn Fn() -> bool) -> Result<(), Error> {
    reader(&Piece::read(file, &Options::default().interrupted(interrupted))?)
}

/// How often a reader checks for interrupts in a file that it reads to its end.
fn checks(reader: Reader, file: &[u8]) -> usize {
    let asked = Cell::new(0);
    let go_on = || {
        asked.set(asked.get() + 1);
        false
    };
    run(reader, file, &go_on).expect("a file that is read to the end");
    asked.get()
}

fn stops_at_every_check(file: &[u8]) {
    for (name, reader) in READERS {
        for stop in 1..=checks(reader, file) {
            let asked = Cell::new(0);
            let interrupted = || {
                asked.set(asked.get() + 1);
                asked.get() >= stop
            };
            let error = run(reader, file, &interrupted).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{name} at check {stop}");
            assert_eq!(asked.get(), stop, "{name} checks again after an interrupt");
        }
    }
}

#[test]
fn every_reader_stops_at_every_check_for_interrupts() {
    let chord =
        |n: u32| [note(40, 0, 60, 20), note(0, 1, 64 + (n % 5) as u8, 30), meta(0, 5, b"la")];
    let played: Vec<u8> = (0..200).flat_map(chord).flatten().collect();
    let hanging = [0, 0x92, 50, 80, 0, 0x92, 51, 80];
    let tempos: Vec<u8> = (0..50_u8).flat_map(|n| meta(90, 0x51, &[7, 0xa1 + n, n])).collect();
    stops_at_every_check(&smf(1, &[tempos, [&hanging[..], &played].concat(), played.clone()]));
}

#[test]
fn texts_of_many_encodings_are_checked_for_interrupts_one_by_one() {
    const TEXTS: usize = 500;
    let [latin, other] = [&b"caf\xe9"[..], b"{#\x8f\xff\x9d\xf0"];
    let names: Vec<u8> = (0..TEXTS).flat_map(|_| meta(0, 3, other)).collect();
    let tags: Vec<u8> = (0..TEXTS).flat_map(|_| meta(1, 5, other)).collect();
    let notes = note(0, 0, 60, 10).repeat(8);
    let file = |texts: Vec<u8>| smf(1, &[meta(0, 2, latin).repeat(20), texts, notes.clone()]);
    let (_, analysis) = READERS[0];
    let least = checks(analysis, &file(Vec::new())) + TEXTS;
    assert!(checks(analysis, &file(names)) >= least);
    assert!(checks(analysis, &file(tags)) >= least);
}

#[test]
fn notes_at_one_tick_are_checked_for_interrupts_as_often_as_others() {
    const NOTES: usize = 100_000;
    let on: Vec<u8> =
        (0..NOTES).flat_map(|n| [0, 0x90 | (n % 9) as u8, (n % 128) as u8, 80]).collect();
    let file = smf(0, &[on]);
    let asked = |name: &str| {
        let (_, reader) = READERS.iter().find(|(known, _)| *known == name).expect("a reader");
        checks(*reader, &file)
    };
    // Starts and ends of simultaneous notes are slow to process: at least one check for 10,000 of them.
    assert!(asked("features") >= asked("keys") + 2 * NOTES / 10_000);
    assert!(asked("notes") >= NOTES / 2_000);
    assert!(asked("events") >= NOTES / 2_000);
}

#[test]
fn tracks_beyond_the_65535th_are_ignored_with_a_warning() {
    const FOUND: u32 = 65_600;
    let track = track(&ended(&note(0, 0, 60, 10)));
    let file = [header(1, u16::MAX, 96), track.repeat(FOUND as usize)].concat();
    let rows = read(&file).tracks().expect("the file has notes");
    assert_eq!(rows.len(), 65_535);
    assert!(rows.iter().all(|row| row.note_count == 1), "no track is merged with another");
    let found = analyze(&file).file;
    assert_eq!((found.track_count, found.note_count), (65_535, 65_535));
    let ignored =
        found.warnings.iter().any(|warning| warning.starts_with("tracks after the 65,535th"));
    assert!(ignored, "{:?}", found.warnings);
    let piece = read(&file);
    let last = piece.events().expect("events").last().expect("an event").expect("an event");
    assert_eq!(last.track, FOUND - 1, "events come from every track");
}

/// A file with one event of that many bytes.
fn with_long_event(status: &[u8], length: usize, byte: u8) -> Vec<u8> {
    let long = [status, &quantity(length as u32), &vec![byte; length]].concat();
    smf(0, &[[note(0, 0, 60, 10), vec![0], long].concat()])
}

#[test]
fn an_event_has_all_of_its_bytes_and_as_much_text_as_is_asked_for() {
    const LENGTH: usize = (8 << 20) + 1;
    for status in [&[0xf0][..], &[0xff, 1]] {
        let file = with_long_event(status, LENGTH, b'a');
        let piece = read(&file);
        let events: Vec<_> = piece.events().expect("events").collect::<Result<_, _>>().unwrap();
        match events[2].kind {
            EventKind::Sysex(bytes) => assert_eq!(bytes.len(), LENGTH),
            EventKind::Text(text) => {
                assert_eq!(text.bytes().len(), LENGTH);
                assert_eq!(text.decode(LENGTH - 1).unwrap().len(), LENGTH - 1);
            }
            other => panic!("{}", other.name()),
        }
    }
}

#[test]
fn a_long_text_is_decoded_like_a_short_one() {
    // Kana of Shift JIS in half width, one byte each, and whole ones, which may be cut in two.
    let phrase = [0x82, 0xa0, 0x83, 0x41, 0xb1, 0x82, 0xa2];
    let text = |repeats: usize| {
        let lyric = meta(0, 5, &phrase.repeat(repeats));
        let file = smf(0, &[[note(0, 0, 60, 10), lyric].concat()]);
        let piece = read(&file);
        let lyrics = analyze(&file).texts.lyrics.expect("lyrics");
        match piece.events().expect("events").nth(2).expect("an event").expect("an event").kind {
            EventKind::Lyric(text) => (text.decode(usize::MAX).expect("memory"), lyrics),
            other => panic!("{}", other.name()),
        }
    };
    let (short, _) = text(1_000);
    let (long, lyrics) = text(100_000);
    assert!(short.starts_with("あアｱい"), "{}", &short[..20]);
    assert!(long == short.repeat(100));
    assert!(lyrics == long.chars().take(65_536).collect::<String>());
}

#[test]
fn many_notes_without_note_off_all_get_an_end() {
    // As many as the queue of one pitch holds, and all queues together.
    let held: Vec<u8> = (0..50_000_u32).flat_map(|_| [1, 0x90, 60, 80]).collect();
    let rows = read(&smf(0, &[held])).notes().expect("the file has notes").collect::<Vec<_>>();
    let short = rows.windows(2).all(|pair| pair[0].note.duration() == 1);
    assert!(short && rows.len() == 50_000, "each ends where the next one begins");
}
