//! Whole files, as [`mutate`](crate::mutate) makes them: reading gives what was written, in whatever
//! encoding.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use midi_analysis::{Analysis, Event as Read, EventKind, Piece};

use crate::analyze::{analysis, is_sound};
use crate::rows::agree;
use crate::{LIMITS, hash, options};
use midi_testkit::smf::{Event, File, Message, Statuses};

/// The latest tick; later ones count as this.
const LAST_TICK: u32 = u32::MAX - 1;

/// Panics where reading a piece does not give what was written.
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
        is_the_same(&found, &reencoded(&piece, &file));
        is_alone(&found, &file);
    }
}

/// Every event is read as what it is, at its tick.
fn reads_back(piece: &File, file: &[u8]) {
    let read = Piece::read(file, &options()).expect("a written file can be read");
    let mut rows = read.events().expect("a written file can be read");
    let mut base = 0_u32;
    for (track, expected) in (0..).zip(&piece.tracks) {
        let mut tick = 0_u32;
        for event in expected {
            tick = tick.saturating_add(event.delta).min(LAST_TICK);
            let row = rows.next().expect("a written event is read").expect("no error");
            assert_eq!(row.track, track);
            assert_eq!(
                row.tick,
                base.saturating_add(tick).min(LAST_TICK),
                "{event:?} in track {track}"
            );
            is_read_as(&row, event);
        }
        if piece.format == 2 {
            base = base.saturating_add(tick).min(LAST_TICK);
        }
    }
    assert!(rows.next().is_none());
}

fn is_read_as(row: &Read<'_>, event: &Event) {
    let kind = match event.message {
        Message::Channel([status, first, second]) => {
            assert_eq!(row.channel, Some(status & 0x0f), "{row:?}: {event:?}");
            channel_message(status, first, second)
        }
        Message::Meta(0x51, ref tempo) if tempo.len() == 3 => {
            let tempo = tempo.iter().fold(0, |whole, &byte| whole << 8 | u32::from(byte));
            EventKind::SetTempo { microseconds_per_quarter: tempo }
        }
        Message::Meta(..) | Message::SysEx(..) => {
            return assert_eq!(row.channel, None, "{row:?}: {event:?}");
        }
    };
    assert_eq!(row.kind, kind, "{event:?}");
}

fn channel_message(status: u8, first: u8, second: u8) -> EventKind<'static> {
    match status >> 4 {
        0x8 => EventKind::NoteOff { pitch: first, velocity: second },
        0x9 => EventKind::NoteOn { pitch: first, velocity: second },
        0xa => EventKind::PolyAftertouch { pitch: first, pressure: second },
        0xb => EventKind::ControlChange { controller: first, value: second },
        0xc => EventKind::ProgramChange { program: first },
        0xd => EventKind::ChannelAftertouch { pressure: first },
        _ => EventKind::PitchBend { bend: bend(first, second) },
    }
}

fn bend(low: u8, high: u8) -> i16 {
    (i16::from(high) << 7 | i16::from(low)) - 0x2000
}

/// The same piece in other bytes.
fn reencoded(piece: &File, file: &[u8]) -> Vec<u8> {
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

/// What follows the last track, itself a track or not, adds nothing but a warning.
fn is_alone(found: &Analysis, file: &[u8]) {
    let remains = match hash(file) % 3 {
        0 => file,
        1 => &file[file.len() / 2..],
        _ => &[0; 40],
    };
    let with_remains = [file, remains].concat();
    if remains.starts_with(b"MTrk") || with_remains.len() > LIMITS.max_bytes {
        return;
    }
    let mut other = analysis(&with_remains).expect("the piece can be analysed");
    assert!(other.file.warnings.len() > found.file.warnings.len());
    other.file.size_bytes = found.file.size_bytes;
    other.file.warnings.clone_from(&found.file.warnings);
    assert_eq!(*found, other);
}

/// Other bytes of the same piece differ only in their size and in the position of repairs.
fn is_the_same(found: &Analysis, other: &[u8]) {
    let mut other = analysis(other).expect("the same piece can be analysed");
    assert_eq!(found.file.warnings.len(), other.file.warnings.len());
    other.file.size_bytes = found.file.size_bytes;
    other.file.warnings.clone_from(&found.file.warnings);
    assert_eq!(*found, other);
}
