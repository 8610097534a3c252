//! Mutations that insert single events.

use fastrand::Rng;

use super::{any_track, channel, one_of, place, ticks};
use midi_testkit::smf::{Event, File, Message};

/// Texts as names, karaoke and markers have them, in the encodings of real files.
const TEXTS: [&[u8]; 24] = [
    b"Piano",
    b"Drums",
    b"Bass",
    b"Lead Vocal",
    b"Melody",
    b"verse",
    b"Chorus 1",
    b"loop",
    b"Jazz waltz in A minor, 132 bpm",
    b"@KMIDI KARAOKE FILE",
    b"@LENGL",
    b"@TA song",
    b"/Gen",
    b"\\Row",
    b"tly ",
    b"down\r",
    b"(C) 2001\nMe\0",
    b"",
    "Frère ♯♭ 音楽".as_bytes(),
    b"Fr\xe8re Jacques",
    b"\x8a\x79\x8b\xc8",
    b"\xcf\xf0\xe8\xe2\xe5\xf2",
    b"\xff\xfeP\0i\0a\0",
    b"\x1b$B2;3Z\x1b(B",
];

/// Resets and settings that instruments know: GM 1 and 2, GS, XG, drum parts of GS and XG whole and in
/// packets, master volume, a port.
const SYSEX: [&[u8]; 13] = [
    b"\x7e\x7f\x09\x01\xf7",
    b"\x41\x10\x42\x12\x40\x00\x7f\x00\x41\xf7",
    b"\x43\x10\x4c\x00\x00\x7e\x00\xf7",
    b"\x41\x10\x42\x12\x40\x11\x15\x02\x18\xf7",
    b"\x7e\x7f\x09\x03\xf7",
    b"\x43\x10\x4c\x08\x00\x07\x01\xf7",
    b"\x41\x10\x42\x12\x40\x10\x15\x00\x1b\xf7",
    b"\x41\x10\x42\x12\x50",
    b"\x11\x15\x01\x09\xf7",
    b"\xf0\x43\x10\x4c\x08\x09\x07\x00\xf7",
    b"\xf5\x02",
    b"\x7f\x7f\x04\x01\x00\x40\xf7",
    b"\xf7",
];

fn insert(piece: &mut File, rng: &mut Rng, events: impl IntoIterator<Item = Event>) {
    let track = any_track(piece, rng);
    let at = place(track, rng);
    track.splice(at..at, events);
}

pub(super) fn note(piece: &mut File, rng: &mut Rng) {
    let (channel, pitch) = (channel(rng), rng.u8(..128));
    let on = Event::channel(ticks(rng), [0x90 | channel, pitch, rng.u8(1..128)]);
    let off = match rng.usize(..3) {
        0 => [0x80 | channel, pitch, 64],
        1 => [0x90 | channel, pitch, 0],
        // Another note ends than has begun.
        _ => [0x80 | channel, pitch ^ u8::from(rng.usize(..4) == 0), 0],
    };
    let off = Event::channel(ticks(rng), off);
    insert(piece, rng, [on, off]);
}

pub(super) fn tempo(piece: &mut File, rng: &mut Rng) {
    let microseconds = match rng.usize(..4) {
        0 => one_of(&[0, 1, 1_000, 0xff_ffff], rng),
        1 => rng.u32(..1 << 24),
        _ => 60_000_000 / rng.u32(40..240),
    };
    let event = Event::meta(ticks(rng), 0x51, &microseconds.to_be_bytes()[1..]);
    insert(piece, rng, [event]);
}

pub(super) fn meter(piece: &mut File, rng: &mut Rng) {
    let [beats, unit] = match rng.usize(..4) {
        0 => [rng.u8(..), rng.u8(..)],
        _ => one_of(&[[4, 2], [3, 2], [2, 2], [6, 3], [12, 3], [5, 2], [7, 3], [2, 1]], rng),
    };
    let event = Event::meta(ticks(rng), 0x58, [beats, unit, 24, 8]);
    insert(piece, rng, [event]);
}

pub(super) fn key(piece: &mut File, rng: &mut Rng) {
    let fifths = if rng.usize(..6) == 0 { rng.u8(..) } else { rng.i8(-7..=7) as u8 };
    let event = Event::meta(ticks(rng), 0x59, [fifths, rng.u8(..3)]);
    insert(piece, rng, [event]);
}

pub(super) fn text(piece: &mut File, rng: &mut Rng) {
    let mut text = one_of(&TEXTS, rng).to_vec();
    if rng.usize(..16) == 0 {
        text = text.repeat(rng.usize(..64));
    }
    let event = Event::meta(ticks(rng), rng.u8(1..10), text);
    insert(piece, rng, [event]);
}

pub(super) fn other_meta(piece: &mut File, rng: &mut Rng) {
    let data: Vec<u8> = (0..rng.usize(..8)).map(|_| rng.u8(..)).collect();
    let (kind, data) = match rng.usize(..7) {
        0 => (0x00, vec![0, rng.u8(..)]),
        1 => (0x20, vec![channel(rng)]),
        2 => (0x21, vec![rng.u8(..4)]),
        3 => (0x54, vec![rng.u8(..), rng.u8(..60), rng.u8(..60), rng.u8(..30), rng.u8(..100)]),
        4 => (0x7f, data),
        // Of a length that its kind does not have.
        5 => (one_of(&[0x00, 0x20, 0x21, 0x51, 0x54, 0x58, 0x59], rng), data),
        _ => (rng.u8(..128), data),
    };
    let event = Event::meta(ticks(rng), kind, data);
    insert(piece, rng, [event]);
}

pub(super) fn program(piece: &mut File, rng: &mut Rng) {
    let event = Event::channel(ticks(rng), [0xc0 | channel(rng), rng.u8(..128), 0]);
    insert(piece, rng, [event]);
}

pub(super) fn controller(piece: &mut File, rng: &mut Rng) {
    let number = match rng.usize(..4) {
        0 => rng.u8(..128),
        _ => one_of(&[0, 32, 1, 7, 10, 11, 64, 66, 6, 38, 100, 101, 120, 121, 123], rng),
    };
    let value = if rng.bool() { rng.u8(..128) } else { one_of(&[0, 63, 64, 120, 127], rng) };
    let event = Event::channel(ticks(rng), [0xb0 | channel(rng), number, value]);
    insert(piece, rng, [event]);
}

pub(super) fn bend_or_pressure(piece: &mut File, rng: &mut Rng) {
    let (status, second) = one_of(&[(0xe0, true), (0xa0, true), (0xd0, false)], rng);
    let second = if second { rng.u8(..128) } else { 0 };
    let event = Event::channel(ticks(rng), [status | channel(rng), rng.u8(..128), second]);
    insert(piece, rng, [event]);
}

pub(super) fn sysex(piece: &mut File, rng: &mut Rng) {
    let status = if rng.usize(..4) == 0 { 0xf7 } else { 0xf0 };
    let message = Message::SysEx(status, one_of(&SYSEX, rng).to_vec());
    let event = Event { delta: ticks(rng), message };
    insert(piece, rng, [event]);
}
