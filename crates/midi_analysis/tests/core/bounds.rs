//! Bounds that hold for every file: reading it can be stopped at any time, and the size of each row is limited.

use std::cell::Cell;

use crate::support::{ended, header, meta, note, quantity, smf, track};
use midi_analysis::{
    Error, ErrorKind, Limits, analyze, beats, chords, each_event, each_melody_note, each_note,
    each_tempo, events, features, keys, notes, tracks,
};

type Reader = fn(&[u8], &dyn Fn() -> bool) -> Result<(), Error>;

/// Every function that reads a file.
const READERS: [(&str, Reader); 10] = [
    ("analyze", |bytes, asked| analyze(bytes, &Limits::default(), asked).map(drop)),
    ("beats", |bytes, asked| beats(bytes, &Limits::default(), asked).map(drop)),
    ("chords", |bytes, asked| chords(bytes, &Limits::default(), asked).map(drop)),
    ("events", |bytes, asked| each_event(bytes, &Limits::default(), asked, &mut |_| ())),
    ("features", |bytes, asked| features(bytes, &Limits::default(), asked).map(drop)),
    ("keys", |bytes, asked| keys(bytes, &Limits::default(), asked).map(drop)),
    ("melody", |bytes, asked| each_melody_note(bytes, &Limits::default(), asked, &mut |_| ())),
    ("notes", |bytes, asked| each_note(bytes, &Limits::default(), asked, &mut |_| ())),
    ("tempo_map", |bytes, asked| each_tempo(bytes, &Limits::default(), asked, &mut |_| ())),
    ("tracks", |bytes, asked| tracks(bytes, &Limits::default(), asked).map(drop)),
];

/// How often a reader checks for interrupts in a file that it reads to its end.
fn checks(read: Reader, file: &[u8]) -> usize {
    let asked = Cell::new(0);
    let go_on = || {
        asked.set(asked.get() + 1);
        false
    };
    read(file, &go_on).expect("a file that is read to the end");
    asked.get()
}

fn stops_at_every_check(file: &[u8]) {
    for (name, read) in READERS {
        for stop in 1..=checks(read, file) {
            let asked = Cell::new(0);
            let interrupted = || {
                asked.set(asked.get() + 1);
                asked.get() >= stop
            };
            let error = read(file, &interrupted).expect_err(name);
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
fn notes_at_one_tick_are_checked_for_interrupts_as_often_as_others() {
    const NOTES: usize = 100_000;
    let on: Vec<u8> =
        (0..NOTES).flat_map(|n| [0, 0x90 | (n % 9) as u8, (n % 128) as u8, 80]).collect();
    let file = smf(0, &[on]);
    let asked = |name: &str| {
        let (_, read) = READERS.iter().find(|(known, _)| *known == name).expect("a reader");
        checks(*read, &file)
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
    let rows = tracks(&file, &Limits::default(), &|| false).expect("tracks");
    assert_eq!(rows.len(), 65_535);
    assert!(rows.iter().all(|row| row.note_count == 1), "no track is merged with another");
    let found = analyze(&file, &Limits::default(), &|| false).expect("notes").file;
    assert_eq!((found.track_count, found.note_count), (65_535, 65_535));
    let ignored =
        found.warnings.iter().any(|warning| warning.starts_with("tracks after the 65,535th"));
    assert!(ignored, "{:?}", found.warnings);
    let mut last = 0;
    each_event(&file, &Limits::default(), &|| false, &mut |row| last = row.track).expect("events");
    assert_eq!(last, FOUND as i32 - 1, "events come from every track");
}

/// A file with one event of that many bytes.
fn with_long_event(status: &[u8], length: usize, byte: u8) -> Vec<u8> {
    let long = [status, &quantity(length as u32), &vec![byte; length]].concat();
    smf(0, &[[note(0, 0, 60, 10), vec![0], long].concat()])
}

#[test]
fn event_data_is_cut_at_eight_mebibytes_and_its_length_is_reported() {
    const MOST: usize = 8 << 20;
    for (status, name, characters) in [(&[0xf0][..], "bytes", 2), (&[0xff, 1], "text", 1)] {
        let data = |length: usize| {
            let file = with_long_event(status, length, b'a');
            let rows = events(&file, &Limits::default(), &|| false).expect("events");
            rows[2].data.clone()
        };
        let whole = data(MOST);
        assert_eq!(whole[name].as_str().expect("text").len(), characters * MOST);
        assert!(whole.get("length").is_none());
        let cut = data(MOST + 1);
        assert_eq!(cut[name], whole[name]);
        assert_eq!(cut["length"], MOST + 1);
    }
}

#[test]
fn a_long_text_is_decoded_like_a_short_one() {
    // Kana of Shift JIS in half width, one byte each, and whole ones, which may be cut in two.
    let phrase = [0x82, 0xa0, 0x83, 0x41, 0xb1, 0x82, 0xa2];
    let text = |repeats: usize| {
        let lyric = meta(0, 5, &phrase.repeat(repeats));
        let file = smf(0, &[[note(0, 0, 60, 10), lyric].concat()]);
        let rows = events(&file, &Limits::default(), &|| false).expect("events");
        let lyrics = analyze(&file, &Limits::default(), &|| false).expect("notes").texts.lyrics;
        (rows[2].data["text"].as_str().expect("text").to_owned(), lyrics.expect("lyrics"))
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
    let rows = notes(&smf(0, &[held]), &Limits::default(), &|| false).expect("notes");
    let short = rows.windows(2).all(|pair| pair[0].duration_ticks == 1);
    assert!(short && rows.len() == 50_000, "each ends where the next one begins");
}
