//! Whole files, as [`mutate`](crate::mutate) makes them: what is written is what is read, however it is
//! written.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use midi_analysis::{Analysis, EventRow, events};

use crate::analyze::{analysis, is_sound};
use crate::rows::agree;
use crate::{LIMITS, hash, never};
use midi_testkit::smf::{Event, File, Message, Statuses};

/// The latest tick that is told apart.
const LAST_TICK: i64 = u32::MAX as i64 - 1;

/// Panics where a piece is not read as it is written.
pub fn check(bytes: &[u8]) {
    let Some(piece) = File::read(bytes) else { return };
    let piece = piece.well_formed();
    let file = piece.write(Statuses::Running);
    if file.len() > LIMITS.max_bytes {
        return;
    }
    reads_back(&piece, &file);
    let found = analysis(&file);
    let notes: usize = piece.tracks.iter().flatten().filter(|event| event.begins_note()).count();
    assert_eq!(found.as_ref().map_or(0, |found| found.file.note_count as usize), notes);
    if let Some(found) = found {
        is_sound(&found);
        agree(&file, &found);
        is_the_same(&found, &dressed(&piece, &file));
    }
}

/// Every event is told, at its tick, as what it is.
fn reads_back(piece: &File, file: &[u8]) {
    let rows = events(file, &LIMITS, &never).expect("what is written can be read");
    let mut rows = rows.iter();
    let mut base = 0;
    for (track, expected) in piece.tracks.iter().enumerate() {
        let mut tick = 0;
        for event in expected {
            tick = (tick + i64::from(event.delta)).min(LAST_TICK);
            let row = rows.next().expect("an event that is written is read");
            assert_eq!(row.track, track as i32);
            assert_eq!(row.tick, (base + tick).min(LAST_TICK), "{event:?} in track {track}");
            tells(row, event);
        }
        if piece.format == 2 {
            base = (base + tick).min(LAST_TICK);
        }
    }
    assert_eq!(rows.next(), None);
}

fn tells(row: &EventRow, event: &Event) {
    let number = |name: &str| row.data[name].as_u64();
    let data = match event.message {
        Message::Channel([status, first, second]) => {
            assert_eq!(row.channel, Some(i16::from(status & 0x0f)), "{row:?}: {event:?}");
            let [first, second] = [first, second].map(u64::from);
            match status >> 4 {
                0x8 | 0x9 => [("pitch", first), ("velocity", second)].to_vec(),
                0xa => [("pitch", first), ("pressure", second)].to_vec(),
                0xb => [("controller", first), ("value", second)].to_vec(),
                0xc => [("program", first)].to_vec(),
                0xd => [("pressure", first)].to_vec(),
                _ => return assert_eq!(row.data["bend"].as_i64(), Some(bend(first, second))),
            }
        }
        Message::Meta(0x51, ref tempo) if tempo.len() == 3 => {
            let microseconds = tempo.iter().fold(0, |whole, &byte| whole << 8 | u64::from(byte));
            [("microseconds_per_quarter", microseconds)].to_vec()
        }
        Message::Meta(..) | Message::SysEx(..) => {
            return assert_eq!(row.channel, None, "{row:?}: {event:?}");
        }
    };
    assert!(data.iter().all(|&(name, value)| number(name) == Some(value)), "{row:?}: {event:?}");
}

fn bend(low: u64, high: u64) -> i64 {
    (high << 7 | low) as i64 - 0x2000
}

/// The same piece in other bytes.
fn dressed(piece: &File, file: &[u8]) -> Vec<u8> {
    match hash(file) % 3 {
        0 => piece.write(Statuses::Explicit),
        1 => {
            let mut stream = GzEncoder::new(Vec::new(), Compression::fast());
            stream.write_all(file).and_then(|()| stream.finish()).expect("a vector takes all")
        }
        _ => {
            let length = |bytes: usize| (bytes as u32).to_le_bytes();
            let form = [b"RMIDdata", &length(file.len())[..], file].concat();
            [b"RIFF", &length(form.len())[..], &form].concat()
        }
    }
}

/// The other bytes make no difference but to their size, and to where a repair was needed.
fn is_the_same(found: &Analysis, other: &[u8]) {
    let mut other = analysis(other).expect("the same piece can be analysed");
    assert_eq!(found.file.warnings.len(), other.file.warnings.len());
    other.file.size_bytes = found.file.size_bytes;
    other.file.warnings.clone_from(&found.file.warnings);
    assert_eq!(*found, other);
}
