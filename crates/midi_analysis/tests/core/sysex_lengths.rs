//! SysEx events whose length is wrong or left out. What follows must keep its time, and what is sound stays as it is.

use midi_analysis::EventKind;

use crate::support::{analyze, melody, meta, read, smf};

const TUNE: [u8; 4] = [60, 62, 64, 65];
/// General MIDI on, the reset of GS, and the mode of part 11 of GS for drums.
const GM_ON: &[u8] = &[0x7e, 0x7f, 0x09, 0x01, 0xf7];
const GS_RESET: &[u8] = &[0x41, 0x10, 0x42, 0x12, 0x40, 0x00, 0x7f, 0x00, 0x41, 0xf7];
const GS_DRUMS: &[u8] = &[0x41, 0x10, 0x42, 0x12, 0x40, 0x1a, 0x15, 0x01, 0x10, 0xf7];
const WARNING: &str = "wrong length of a SysEx event";

/// The event of a message, with a length that is too great by `more`.
fn counted(message: &[u8], more: i8) -> Vec<u8> {
    let length = (message.len() as u8).saturating_add_signed(more);
    [&[0, 0xf0, length], message].concat()
}

/// The event of a message as it is sent, without a length.
fn sent(message: &[u8]) -> Vec<u8> {
    [&[0, 0xf0], message].concat()
}

/// A tune behind these events, read: its first tick, its warnings, and its SysEx messages.
fn behind(events: &[Vec<u8>], channel: u8) -> (u32, Vec<String>, Vec<Vec<u8>>) {
    let file = smf(0, &[[events.concat(), melody(channel, &TUNE)].concat()]);
    let found = analyze(&file).file;
    assert_eq!(found.note_count, 4, "{:?}", found.warnings);
    let piece = read(&file);
    let first = piece.notes().expect("notes").next().expect("a note");
    let messages =
        piece.events().expect("events").filter_map(|event| match event.expect("an event").kind {
            EventKind::Sysex(bytes) => Some(bytes.to_vec()),
            _ => None,
        });
    let messages = messages.collect();
    (first.note.start, found.warnings, messages)
}

#[test]
fn a_message_ends_at_its_f7_where_its_length_is_wrong() {
    for message in [GM_ON, GS_RESET] {
        for event in [counted(message, -1), counted(message, 1), counted(message, 2), sent(message)]
        {
            let (tick, warnings, messages) = behind(std::slice::from_ref(&event), 0);
            assert_eq!((tick, &messages[..]), (0, &[message.to_vec()][..]), "{event:x?}");
            assert_eq!(warnings.len(), 1, "{event:x?}: {warnings:?}");
            assert!(warnings[0].starts_with(WARNING), "{event:x?}: {warnings:?}");
        }
    }
}

#[test]
fn messages_without_lengths_follow_each_other() {
    let events: Vec<_> = (0..12).map(|n| sent([GM_ON, GS_RESET][n % 2])).collect();
    let (tick, _, messages) = behind(&events, 0);
    assert_eq!((tick, messages.len()), (0, 12));
}

#[test]
fn what_a_message_without_a_length_says_counts() {
    let file = smf(0, &[[sent(GS_DRUMS), melody(10, &TUNE)].concat()]);
    assert_eq!(analyze(&file).instruments.drum_notes, TUNE);
}

#[test]
fn sound_messages_stay_as_they_are() {
    let packet = |bytes: &[u8]| [&[0, 0xf0, bytes.len() as u8], bytes].concat();
    let sound = [
        vec![packet(&[0x43, 0x12, 0x00])],
        vec![packet(&[0x43, 0x12, 0x00]), vec![0, 0xf7, 2, 1, 0xf7]],
        // The time of the second packet begins with F7.
        vec![packet(&[0x43, 0x12, 0x00]), vec![0xf7, 0x44, 0xf7, 2, 1, 0xf7]],
        vec![packet(&[GM_ON, &[0xf0], GM_ON].concat())],
        vec![packet(&[])],
        vec![packet(&[0x43, 0x90, 0xf7])],
        vec![meta(0, 1, &[0xf0, 0x41, 0xf7, 0])],
    ];
    for events in sound {
        let (_, warnings, _) = behind(&events, 0);
        assert_eq!(warnings, Vec::<String>::new(), "{events:x?}");
    }
}
