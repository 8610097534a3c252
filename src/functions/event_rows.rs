//! Rows of `midi_events`, as events: what [`event_data`](super::event_data) writes is read here.

use std::ops::RangeInclusive;

use midi_analysis::write::{ChannelKind, ChannelMessage, Message, MetaKind};
use pgrx::prelude::*;
use serde_json::Value;

use crate::pg::memory::out_of_memory;
use crate::text::shown;

/// What a row says.
pub(super) enum Row {
    Message(Message<'static>),
    /// The track ends.
    EndOfTrack,
}

const BYTE: RangeInclusive<i64> = 0..=127;
const OCTET: RangeInclusive<i64> = 0..=255;
/// MIDI clocks between the clicks of a metronome, and 32nds in a quarter note, where nothing else is said.
const CLOCKS_PER_CLICK: u8 = 24;
const THIRTY_SECONDS_PER_QUARTER: u8 = 8;
/// The longest quarter note, in microseconds, and those of a minute.
const LONGEST_QUARTER: i64 = 0xff_ffff;
const MINUTE: f64 = 60e6;

/// The event of a kind, with its channel and its data.
///
/// # Errors
/// What is wrong with them, in words.
///
/// Raises `ERRCODE_OUT_OF_MEMORY`.
pub(super) fn row(kind: &str, channel: Option<i16>, data: &Value) -> Result<Row, String> {
    let data = Data(data);
    let message = match kind {
        "end_of_track" => return Ok(Row::EndOfTrack),
        "sysex" => Message::Sysex(data.bytes()?.into()),
        "escape" => Message::Escape(data.bytes()?.into()),
        _ => match meta(kind, data)? {
            Some((kind, bytes)) => Message::meta(kind, bytes),
            None => channel_message(kind, channel, data)?.into(),
        },
    };
    Ok(Row::Message(message))
}

fn channel_message(
    kind: &str,
    channel: Option<i16>,
    data: Data<'_>,
) -> Result<ChannelMessage, String> {
    let (kind, names) = match kind {
        "note_off" => (ChannelKind::NoteOff, ["pitch", "velocity"]),
        "note_on" => (ChannelKind::NoteOn, ["pitch", "velocity"]),
        "poly_aftertouch" => (ChannelKind::PolyAftertouch, ["pitch", "pressure"]),
        "control_change" => (ChannelKind::ControlChange, ["controller", "value"]),
        "program_change" => (ChannelKind::ProgramChange, ["program", ""]),
        "channel_aftertouch" => (ChannelKind::ChannelAftertouch, ["pressure", ""]),
        "pitch_bend" => (ChannelKind::PitchBend, ["bend", ""]),
        _ => return Err(format!("there is no kind \"{}\"", shown(kind))),
    };
    let channel = channel.ok_or("its channel is NULL")?;
    let channel = u8::try_from(channel).ok().filter(|channel| *channel < 16);
    let channel = channel.ok_or("its channel is none from 0 to 15")?;
    let message = if kind == ChannelKind::PitchBend {
        ChannelMessage::pitch_bend(channel, data.number("bend", -8_192..=8_191)? as i16)
    } else {
        let second = if names[1].is_empty() { 0 } else { data.number(names[1], BYTE)? };
        ChannelMessage::new(kind, channel, [data.number(names[0], BYTE)? as u8, second as u8])
    };
    message.ok_or_else(|| "its values are out of range".to_owned())
}

/// The type and the bytes of a meta event; `None` where the kind is none of one.
fn meta(kind: &str, data: Data<'_>) -> Result<Option<(MetaKind, Vec<u8>)>, String> {
    let text = |kind| Ok(Some((kind, data.text()?)));
    let one = |name| Ok::<_, String>(vec![data.number(name, OCTET)? as u8]);
    Ok(Some(match kind {
        "text" => return text(MetaKind::TEXT),
        "copyright" => return text(MetaKind::COPYRIGHT),
        "track_name" => return text(MetaKind::TRACK_NAME),
        "instrument_name" => return text(MetaKind::INSTRUMENT_NAME),
        "lyric" => return text(MetaKind::LYRIC),
        "marker" => return text(MetaKind::MARKER),
        "cue_point" => return text(MetaKind::CUE_POINT),
        "program_name" => return text(MetaKind::PROGRAM_NAME),
        "device_name" => return text(MetaKind::DEVICE_NAME),
        "sequence_number" => (MetaKind::SEQUENCE_NUMBER, sequence_number(data)?),
        "channel_prefix" => (MetaKind::CHANNEL_PREFIX, one("channel")?),
        "port_prefix" => (MetaKind::PORT_PREFIX, one("port")?),
        "set_tempo" => (MetaKind::TEMPO, tempo(data)?),
        "smpte_offset" => (MetaKind::SMPTE_OFFSET, smpte_offset(data)?),
        "time_signature" => (MetaKind::TIME_SIGNATURE, time_signature(data)?),
        "key_signature" => (MetaKind::KEY_SIGNATURE, key_signature(data)?),
        "sequencer_specific" => (MetaKind::SEQUENCER_SPECIFIC, data.bytes()?),
        "unknown_meta" => (MetaKind(data.number("type", OCTET)? as u8), data.bytes()?),
        _ => return Ok(None),
    }))
}

fn sequence_number(data: Data<'_>) -> Result<Vec<u8>, String> {
    match data.get("number") {
        None => Ok(Vec::new()),
        Some(_) => Ok((data.number("number", 0..=0xffff)? as u16).to_be_bytes().to_vec()),
    }
}

/// Microseconds a quarter note or, where they are not given, quarter notes a minute.
fn tempo(data: Data<'_>) -> Result<Vec<u8>, String> {
    let microseconds = match (data.get("microseconds_per_quarter"), data.get("bpm")) {
        (None, Some(bpm)) => {
            let quarter = bpm.as_f64().map(|bpm| (MINUTE / bpm).round());
            let most = LONGEST_QUARTER as f64;
            let quarter = quarter.filter(|quarter| (1.0..=most).contains(quarter));
            quarter.ok_or("its \"bpm\" is no tempo that three bytes can hold")? as i64
        }
        _ => data.number("microseconds_per_quarter", 0..=LONGEST_QUARTER)?,
    };
    Ok((microseconds as u32).to_be_bytes()[1..].to_vec())
}

fn smpte_offset(data: Data<'_>) -> Result<Vec<u8>, String> {
    let code = match data.number("frames_per_second", OCTET)? {
        24 => 0,
        25 => 1,
        29 => 2,
        30 => 3,
        _ => return Err("its \"frames_per_second\" is none of 24, 25, 29 and 30".to_owned()),
    };
    let mut bytes = vec![data.number("hour", 0..=23)? as u8 | code << 5];
    for (name, most) in [("minute", 59), ("second", 59), ("frame", 29), ("subframe", 99)] {
        bytes.push(data.number(name, 0..=most)? as u8);
    }
    Ok(bytes)
}

fn time_signature(data: Data<'_>) -> Result<Vec<u8>, String> {
    let power = match data.get("denominator") {
        Some(denominator) => {
            let denominator = denominator.as_u64().filter(|number| number.is_power_of_two());
            denominator.ok_or("its \"denominator\" is no power of two")?.trailing_zeros() as u8
        }
        None => data.number("denominator_power", OCTET)? as u8,
    };
    let or = |name, usual| match data.get(name) {
        None => Ok::<_, String>(usual),
        Some(_) => Ok(data.number(name, OCTET)? as u8),
    };
    Ok(vec![
        data.number("numerator", OCTET)? as u8,
        power,
        or("clocks_per_click", CLOCKS_PER_CLICK)?,
        or("thirty_seconds_per_quarter", THIRTY_SECONDS_PER_QUARTER)?,
    ])
}

fn key_signature(data: Data<'_>) -> Result<Vec<u8>, String> {
    let fifths = data.number("fifths", i8::MIN.into()..=i8::MAX.into())? as i8;
    let minor = data.get("minor").and_then(Value::as_bool);
    Ok(vec![fifths as u8, minor.ok_or("its \"minor\" is neither true nor false")?.into()])
}

/// The data of a row.
#[derive(Clone, Copy)]
struct Data<'a>(&'a Value);

impl<'a> Data<'a> {
    /// A value that is there and not null.
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn number(self, name: &str, range: RangeInclusive<i64>) -> Result<i64, String> {
        let value = self.get(name).ok_or_else(|| format!("its data have no \"{name}\""))?;
        value.as_i64().filter(|number| range.contains(number)).ok_or_else(|| {
            format!("its \"{name}\" is no whole number from {} to {}", range.start(), range.end())
        })
    }

    /// Bytes in hexadecimal.
    fn bytes(self) -> Result<Vec<u8>, String> {
        let digits = self.string("bytes")?;
        let mut bytes = with_room(digits.len() / 2);
        bytes.resize(digits.len() / 2, 0);
        let read = hex::decode_to_slice(digits, &mut bytes);
        read.map_err(|error| format!("its \"bytes\" are not hexadecimal: {error}"))?;
        Ok(bytes)
    }

    /// The bytes of a text: those that are beside it, or its own in UTF-8.
    fn text(self) -> Result<Vec<u8>, String> {
        if self.get("bytes").is_some() {
            return self.bytes();
        }
        let text = self.string("text")?;
        let mut bytes = with_room(text.len());
        bytes.extend_from_slice(text.as_bytes());
        Ok(bytes)
    }

    /// A string that is whole.
    fn string(self, name: &str) -> Result<&'a str, String> {
        if self.get("length").is_some() {
            return Err("its data are only the beginning of those in the file".to_owned());
        }
        let value = self.get(name).ok_or_else(|| format!("its data have no \"{name}\""))?;
        value.as_str().ok_or_else(|| format!("its \"{name}\" is no string"))
    }
}

/// Room for so many bytes.
///
/// Raises `ERRCODE_OUT_OF_MEMORY`.
fn with_room(length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        out_of_memory().report(PgLogLevel::ERROR);
    }
    bytes
}
