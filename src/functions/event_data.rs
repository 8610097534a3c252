//! The data of an event, as JSON.

use midi_analysis::{Error, EventKind, EventText};
use pgrx::prelude::*;
use serde_json::{Value, json};

use crate::pg::memory::out_of_memory;

/// Longest data of one event that is returned, in bytes. No event of music is longer (the largest dumps of
/// instruments have half as many bytes), and JSON takes a multiple of the memory.
const MOST_DATA: usize = 8 << 20;

/// The event's values by name; bytes that are not text in hexadecimal. Of text or bytes longer than 8
/// MiB the first 8 MiB, and `length`, the number of all bytes. [`event_rows`](super::event_rows) reads them again.
///
/// # Errors
/// Out of memory.
pub(super) fn json(kind: &EventKind<'_>) -> Result<Value, Error> {
    Ok(match *kind {
        EventKind::NoteOff { pitch, velocity } | EventKind::NoteOn { pitch, velocity } => {
            json!({ "pitch": pitch, "velocity": velocity })
        }
        EventKind::PolyAftertouch { pitch, pressure } => {
            json!({ "pitch": pitch, "pressure": pressure })
        }
        EventKind::ControlChange { controller, value } => {
            json!({ "controller": controller, "value": value })
        }
        EventKind::ProgramChange { program } => json!({ "program": program }),
        EventKind::ChannelAftertouch { pressure } => json!({ "pressure": pressure }),
        EventKind::PitchBend { bend } => json!({ "bend": bend }),
        EventKind::Sysex(bytes)
        | EventKind::Escape(bytes)
        | EventKind::SequencerSpecific(bytes) => hexadecimal(bytes),
        EventKind::UnknownMeta { meta_type, bytes } => {
            let mut data = hexadecimal(bytes);
            data["type"] = meta_type.into();
            data
        }
        _ => return meta(kind),
    })
}

fn meta(kind: &EventKind<'_>) -> Result<Value, Error> {
    Ok(match *kind {
        EventKind::SequenceNumber { number } => json!({ "number": number }),
        EventKind::Text(text)
        | EventKind::Copyright(text)
        | EventKind::TrackName(text)
        | EventKind::InstrumentName(text)
        | EventKind::Lyric(text)
        | EventKind::Marker(text)
        | EventKind::CuePoint(text)
        | EventKind::ProgramName(text)
        | EventKind::DeviceName(text) => decoded(text)?,
        EventKind::ChannelPrefix { channel } => json!({ "channel": channel }),
        EventKind::PortPrefix { port } => json!({ "port": port }),
        EventKind::SetTempo { microseconds_per_quarter } => {
            json!({ "microseconds_per_quarter": microseconds_per_quarter, "bpm": kind.bpm() })
        }
        EventKind::SmpteOffset { hour, minute, second, frame, subframe, frames_per_second } => {
            json!({
                "hour": hour, "minute": minute, "second": second, "frame": frame,
                "subframe": subframe, "frames_per_second": frames_per_second,
            })
        }
        EventKind::TimeSignature {
            numerator,
            denominator_power,
            clocks_per_click,
            thirty_seconds_per_quarter,
        } => {
            let denominator = 1_u64.checked_shl(denominator_power.into());
            let mut data = json!({
                "numerator": numerator,
                "denominator": denominator,
                "clocks_per_click": clocks_per_click,
                "thirty_seconds_per_quarter": thirty_seconds_per_quarter,
            });
            if denominator.is_none() {
                data["denominator_power"] = denominator_power.into();
            }
            data
        }
        EventKind::KeySignature { fifths, minor } => json!({ "fifths": fifths, "minor": minor }),
        _ => json!({}),
    })
}

/// The text, and its bytes where they are no UTF-8 or have more than can be seen, so that none is lost.
fn decoded(text: EventText<'_>) -> Result<Value, Error> {
    let (bytes, shown) = (text.bytes(), text.decode(MOST_DATA)?);
    let differs = bytes.len() <= MOST_DATA && shown.as_bytes() != bytes;
    let mut data = whole_or_cut(bytes, "text", shown);
    if differs {
        data["bytes"] = hexadecimal(bytes)["bytes"].take();
    }
    Ok(data)
}

/// Raises `ERRCODE_OUT_OF_MEMORY`.
fn hexadecimal(bytes: &[u8]) -> Value {
    let shown = &bytes[..bytes.len().min(MOST_DATA)];
    let mut digits = Vec::new();
    if digits.try_reserve_exact(2 * shown.len()).is_err() {
        out_of_memory().report(PgLogLevel::ERROR);
    }
    digits.resize(2 * shown.len(), 0);
    hex::encode_to_slice(shown, &mut digits).expect("two digits a byte");
    let digits = String::from_utf8(digits).expect("digits are ASCII");
    whole_or_cut(bytes, "bytes", digits)
}

/// The part of `bytes` that is returned, and their number if that is not all.
fn whole_or_cut(bytes: &[u8], name: &str, shown: String) -> Value {
    let mut data = json!({ name: shown });
    if bytes.len() > MOST_DATA {
        data["length"] = bytes.len().into();
    }
    data
}

// In a server, since they reach the error for a lack of memory, which is one of PostgreSQL's.
#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use midi_analysis::{Options, Piece};
    use pgrx::prelude::*;

    use super::*;

    /// The data of an event.
    fn data(event: &[u8]) -> Value {
        let events = [&[0, 0x90, 60, 80, 0, 0x80, 60, 64, 0], event, &[0, 0xff, 0x2f, 0]].concat();
        let length = (events.len() as u32).to_be_bytes();
        let file = [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk", &length[..], &events].concat();
        let piece = Piece::read(&file, &Options::default()).unwrap();
        json(&piece.events().unwrap().nth(2).unwrap().unwrap().kind).unwrap()
    }

    /// An event with `length` bytes of data. Its length is written as four bytes.
    fn long(status: &[u8], length: usize) -> Vec<u8> {
        let digit = |shift: u32| (length >> shift & 0x7f) as u8;
        let quantity = [digit(21) | 0x80, digit(14) | 0x80, digit(7) | 0x80, digit(0)];
        [status, &quantity, &vec![b'a'; length]].concat()
    }

    #[pg_test]
    fn the_values_of_an_event_are_named() {
        assert_eq!(data(&[0xb0, 7, 100]), json!({ "controller": 7, "value": 100 }));
        assert_eq!(data(&[0xe0, 0, 0]), json!({ "bend": -8192 }));
        let tempo = json!({ "microseconds_per_quarter": 500_000, "bpm": 120.0 });
        assert_eq!(data(&[0xff, 0x51, 3, 7, 0xa1, 0x20]), tempo);
        assert_eq!(data(&[0xff, 0x60, 2, 1, 255]), json!({ "type": 96, "bytes": "01ff" }));
        assert_eq!(data(&[0xff, 5, 2, b'l', b'a']), json!({ "text": "la" }));
        let meter = data(&[0xff, 0x58, 4, 3, 70, 24, 8]);
        assert_eq!(
            (&meter["denominator"], &meter["denominator_power"]),
            (&json!(null), &json!(70))
        );
        let offset = data(&[0xff, 0x54, 5, 0x41, 2, 3, 4, 5]);
        assert_eq!((&offset["hour"], &offset["frames_per_second"]), (&json!(1), &json!(29)));
    }

    #[pg_test]
    fn bytes_that_a_text_does_not_show_are_beside_it() {
        assert_eq!(data(&[0xff, 1, 2, b'a', 0]), json!({ "text": "a", "bytes": "6100" }));
        let umlaut = data(&[&[0xff, 3, 5][..], b"\xdcbung"].concat());
        assert_eq!(umlaut, json!({ "text": "Übung", "bytes": "dc62756e67" }));
        let utf8 = data(&[&[0xff, 3, 6][..], "Übung".as_bytes()].concat());
        assert_eq!(utf8, json!({ "text": "Übung" }));
    }

    #[pg_test]
    fn event_data_is_cut_at_eight_mebibytes_and_its_length_is_reported() {
        for (status, name, digits) in [(&[0xf0][..], "bytes", 2), (&[0xff, 1], "text", 1)] {
            let whole = data(&long(status, MOST_DATA));
            assert_eq!(whole[name].as_str().unwrap().len(), digits * MOST_DATA);
            assert!(whole.get("length").is_none());
            let cut = data(&long(status, MOST_DATA + 1));
            assert_eq!(cut[name], whole[name]);
            assert_eq!(cut["length"], MOST_DATA + 1);
        }
    }
}
