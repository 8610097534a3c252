//! Music that is changed: transposed, at another tempo, on a grid, in parts.

mod made;
mod parts;
mod quantized;
mod timed;
mod total;
mod transposed;
mod trimmed;

use midi_analysis::write::{Event, File};
use midi_analysis::{Error, Note, Options, Piece};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{ended, header, meta, quantity, read, track};

/// The bytes of a file after a change.
fn edited<T>(
    bytes: &[u8],
    edit: impl FnOnce(&Piece<'_>, &mut File<'_>) -> Result<T, Error>,
) -> (Vec<u8>, T) {
    let piece = read(bytes);
    let mut file = File::of(&piece).expect("it can be read");
    let done = edit(&piece, &mut file).expect("it can be changed");
    (file.to_bytes(&Options::default()).expect("it can be written"), done)
}

/// Why a change cannot be made.
fn refusal<T>(
    bytes: &[u8],
    edit: impl FnOnce(&Piece<'_>, &mut File<'_>) -> Result<T, Error>,
) -> String {
    let piece = read(bytes);
    let mut file = File::of(&piece).expect("it can be read");
    let error = edit(&piece, &mut file).err().expect("it cannot be changed");
    format!("{}: {error}", error.kind())
}

/// The notes, by start and pitch.
fn notes(bytes: &[u8]) -> Vec<Note> {
    let piece = read(bytes);
    let mut notes: Vec<Note> = piece.notes().expect("notes").map(|timed| timed.note).collect();
    notes.sort_by_key(|note| (note.start, note.pitch, note.end, note.velocity));
    notes
}

/// Start, end, pitch and velocity of the notes.
fn played(bytes: &[u8]) -> Vec<(u32, u32, u8, u8)> {
    notes(bytes).iter().map(|note| (note.start, note.end, note.pitch, note.velocity)).collect()
}

/// What the events of a track say, each with its tick.
fn said(bytes: &[u8], track: usize) -> Vec<String> {
    let piece = read(bytes);
    let file = File::of(&piece).expect("it can be read");
    let words = |event: &Event<'_>| format!("{} {:?}", event.tick, event.message());
    file.tracks[track].events.iter().map(words).collect()
}

/// An event of any kind but notes, from its time on.
fn other_event() -> impl Strategy<Value = Vec<u8>> {
    let message = (0xb0..0xf0_u8, 0..128_u8, 0..128_u8).prop_map(|(status, a, b)| {
        if matches!(status >> 4, 0xc | 0xd) { vec![status, a] } else { vec![status, a, b] }
    });
    let tempo =
        (300_000..1_200_000_u32).prop_map(|us| meta(0, 0x51, &us.to_be_bytes()[1..])[1..].to_vec());
    let key = (-7..8_i8, 0..2_u8)
        .prop_map(|(fifths, mode)| meta(0, 0x59, &[fifths as u8, mode])[1..].to_vec());
    let text = (1..8_u8, vec(32..127_u8, 0..6))
        .prop_map(|(kind, text)| meta(0, kind, &text)[1..].to_vec());
    let meter = (1..8_u8, 1..4_u8)
        .prop_map(|(beats, power)| meta(0, 0x58, &[beats, power, 24, 8])[1..].to_vec());
    let sysex = Just(vec![0xf0, 5, 0x7e, 0x7f, 9, 1, 0xf7]);
    prop_oneof![6 => message, 1 => tempo, 1 => key, 1 => text, 1 => meter, 1 => sysex]
}

/// A track of one part: notes one after the other, with other events between them.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let note = (0..300_u32, 1..500_u32, 20..100_u8, 1..128_u8);
    let step = (note, proptest::option::of(other_event()));
    (0..16_u8, vec(step, 1..40)).prop_map(|(channel, steps)| {
        let mut events = Vec::new();
        for ((gap, length, pitch, velocity), other) in steps {
            events.extend([quantity(gap), vec![0x90 | channel, pitch, velocity]].concat());
            events.extend([quantity(length), vec![0x80 | channel, pitch, 64]].concat());
            events.extend(other.into_iter().flat_map(|event| [vec![0], event].concat()));
        }
        events
    })
}

/// A file of several parts in a track each.
fn music() -> impl Strategy<Value = Vec<u8>> {
    let division = prop_oneof![Just(24_u16), Just(96), Just(480), Just(0xe728)];
    (0..3_u16, division, vec(part(), 1..5)).prop_map(|(format, division, parts)| {
        let parts = if format == 0 { &parts[..1] } else { &parts };
        let tracks: Vec<u8> = parts.iter().flat_map(|events| track(&ended(events))).collect();
        [header(format, parts.len() as u16, division), tracks].concat()
    })
}
