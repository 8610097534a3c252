//! The writer of MIDI files that all other tests rely on, checked against the examples of its specification and against
//! itself.

use midi_testkit::smf::bytes::{self, meta, program, quantity, tempo};
use midi_testkit::smf::{Event, File, LARGEST_QUANTITY, Layout, Message, Statuses, Track, file_in};

/// The examples of Standard MIDI Files 1.0, section "Variable Length Quantity".
#[test]
fn quantities_are_written_as_in_the_specification() {
    let examples: [(u32, &[u8]); 12] = [
        (0, &[0x00]),
        (0x40, &[0x40]),
        (0x7f, &[0x7f]),
        (0x80, &[0x81, 0x00]),
        (0x2000, &[0xc0, 0x00]),
        (0x3fff, &[0xff, 0x7f]),
        (0x4000, &[0x81, 0x80, 0x00]),
        (0x0010_0000, &[0xc0, 0x80, 0x00]),
        (0x001f_ffff, &[0xff, 0xff, 0x7f]),
        (0x0020_0000, &[0x81, 0x80, 0x80, 0x00]),
        (0x0800_0000, &[0xc0, 0x80, 0x80, 0x00]),
        (LARGEST_QUANTITY, &[0xff, 0xff, 0xff, 0x7f]),
    ];
    for (value, expected) in examples {
        assert_eq!(quantity(value), expected, "{value:#x}");
    }
}

/// A tempo, a program, and two notes on channel 3, written by events.
fn by_events() -> File {
    let on = |delta, pitch| Event::channel(delta, [0x93, pitch, 80]);
    let off = |delta, pitch| Event::channel(delta, [0x83, pitch, 64]);
    let track = vec![
        Event::meta(0, 0x51, [0x07, 0xa1, 0x20]),
        Event::channel(0, [0xc3, 40, 0]),
        on(0, 60),
        on(0, 64),
        off(480, 60),
        off(0, 64),
        Event::meta(0, 0x2f, []),
    ];
    File { format: 0, division: 480, tracks: vec![track] }
}

#[test]
fn music_events_and_bytes_are_three_ways_to_write_the_same_file() {
    let track = Track::empty().on(3).tempo(120).program(40).play(80, "C4+E4q");
    for statuses in [Statuses::Explicit, Statuses::Running] {
        let layout = Layout { division: 480, one_track: false, statuses };
        assert_eq!(
            file_in(layout, std::slice::from_ref(&track)),
            by_events().write(statuses),
            "{statuses:?}"
        );
    }
    let notes = [
        [0, 0x93, 60, 80].to_vec(),
        [0, 0x93, 64, 80].to_vec(),
        [quantity(480), [0x83, 60, 64].to_vec()].concat(),
        [0, 0x83, 64, 64].to_vec(),
    ];
    let track = [tempo(0, 120.0), program(3, 40), notes.concat()].concat();
    assert_eq!(bytes::file(0, 480, &[track]), by_events().write(Statuses::Explicit));
}

#[test]
fn running_status_leaves_out_repeated_status_bytes_and_ends_at_other_events() {
    let text = Event::meta(0, 1, *b"a");
    let note = |pitch| Event::channel(0, [0x90, pitch, 80]);
    let sysex = Event { delta: 0, message: Message::SysEx(0xf0, vec![1, 0xf7]) };
    let track = vec![note(60), note(62), text, note(64), sysex, note(65), note(67)];
    let written = File { format: 0, division: 96, tracks: vec![track] }.write(Statuses::Running);
    let events = [
        &[0, 0x90, 60, 80, 0, 62, 80][..],
        &meta(0, 1, b"a"),
        &[0, 0x90, 64, 80],
        &[0, 0xf0, 2, 1, 0xf7],
        &[0, 0x90, 65, 80, 0, 67, 80],
    ];
    assert_eq!(written, [bytes::header(0, 1, 96), bytes::track(&events.concat())].concat());
}

#[test]
fn a_written_file_is_read_back_the_same() {
    for statuses in [Statuses::Explicit, Statuses::Running] {
        let written = by_events().write(statuses);
        assert_eq!(File::read(&written), Some(by_events()), "{statuses:?}");
        let cut = File::read(&written[..written.len() - 8]).expect("a header and a track");
        let (cut, whole) = (&cut.tracks[0], &by_events().tracks[0]);
        assert!(cut.len() < whole.len() && *cut == whole[..cut.len()], "{cut:?}");
    }
    assert_eq!(File::read(b"no music"), None);
}
