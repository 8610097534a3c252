//! Every event of a file as it stands, in the order of the tracks: nothing is dropped.

use midly::{MetaMessage, MidiMessage, TrackEventKind};
use serde_json::{Value, json};

use crate::container;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::reader::{LAST_TICK, Reader};
use crate::repair::Repairs;
use crate::smf::{Chunks, Division};
use crate::tempo::{TempoMap, quarter_notes_a_minute};
use crate::text::Decoder;

/// Events between two questions whether to stop.
const EVENTS_BETWEEN_CHECKS: usize = 8_192;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Index of the track, from 0.
    pub track: i32,
    /// Tick, from the start of the track.
    pub tick: i64,
    /// Second, by the tempo map.
    pub seconds: f64,
    /// Name of the event in snake case: `note_on`, `control_change`, `set_tempo`, ...
    pub kind: &'static str,
    /// MIDI channel, 0-15, of a channel message.
    pub channel: Option<i16>,
    /// The event's values by name; bytes that are no text in hexadecimal.
    pub data: Value,
}

/// The events of a file, track by track.
///
/// # Errors
/// As [`analyze`](crate::analyze), but a file without notes has events all the same.
pub fn events(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<EventRow>, Error> {
    let mut repairs = Repairs::default();
    let payload = container::unwrap(bytes, limits, interrupted, &mut repairs)?;
    let mut chunks = Chunks::new(&payload, &mut repairs);
    let header = chunks.header();
    let mut found = Vec::new();
    let (mut base, mut index) = (0_u32, 0);
    while let Some(track) = chunks.next_track(&mut repairs) {
        let mut reader = Reader::new(&track);
        while let Some(event) = reader.next(&mut repairs) {
            if found.len() >= limits.max_events {
                let reason =
                    format!("more than the {} events allowed for one file", limits.max_events);
                return Err(Error::new(ErrorKind::TooLarge, reader.offset(), reason));
            }
            if found.len() % EVENTS_BETWEEN_CHECKS == 0 && interrupted() {
                return Err(Error::interrupted(reader.offset()));
            }
            found.push((index, base.saturating_add(event.tick).min(LAST_TICK), event.kind));
        }
        reader.finish(&track, &mut chunks, &mut repairs);
        if header.format == 2 {
            base = base.saturating_add(reader.tick());
        }
        index += 1;
    }
    Ok(rows(&found, header.division))
}

fn rows(found: &[(i32, u32, TrackEventKind<'_>)], division: Division) -> Vec<EventRow> {
    let mut tempos: Vec<(u32, u32)> = found
        .iter()
        .filter_map(|(_, tick, kind)| match kind {
            TrackEventKind::Meta(MetaMessage::Tempo(tempo)) if tempo.as_int() > 0 => {
                Some((*tick, tempo.as_int()))
            }
            _ => None,
        })
        .collect();
    tempos.sort_by_key(|&(tick, _)| tick);
    let tempo = TempoMap::new(division, &tempos);
    let decoder = Decoder::for_texts(found.iter().filter_map(|(_, _, kind)| text_of(kind)));
    found
        .iter()
        .map(|(track, tick, kind)| {
            let (name, channel, data) = describe(kind, &decoder);
            EventRow {
                track: *track,
                tick: (*tick).into(),
                seconds: tempo.seconds(*tick),
                kind: name,
                channel,
                data,
            }
        })
        .collect()
}

fn text_of<'a>(kind: &TrackEventKind<'a>) -> Option<&'a [u8]> {
    match kind {
        TrackEventKind::Meta(
            MetaMessage::Text(bytes)
            | MetaMessage::Copyright(bytes)
            | MetaMessage::TrackName(bytes)
            | MetaMessage::InstrumentName(bytes)
            | MetaMessage::Lyric(bytes)
            | MetaMessage::Marker(bytes)
            | MetaMessage::CuePoint(bytes)
            | MetaMessage::ProgramName(bytes)
            | MetaMessage::DeviceName(bytes),
        ) => Some(bytes),
        _ => None,
    }
}

fn describe(kind: &TrackEventKind<'_>, decoder: &Decoder) -> (&'static str, Option<i16>, Value) {
    match kind {
        TrackEventKind::Midi { channel, message } => {
            let (name, data) = describe_channel_message(message);
            (name, Some(channel.as_int().into()), data)
        }
        TrackEventKind::SysEx(bytes) => ("sysex", None, json!({ "bytes": hex::encode(bytes) })),
        TrackEventKind::Escape(bytes) => ("escape", None, json!({ "bytes": hex::encode(bytes) })),
        TrackEventKind::Meta(message) => {
            let (name, data) = describe_meta(message, decoder);
            (name, None, data)
        }
    }
}

fn describe_channel_message(message: &MidiMessage) -> (&'static str, Value) {
    match *message {
        MidiMessage::NoteOff { key, vel } => {
            ("note_off", json!({ "pitch": key.as_int(), "velocity": vel.as_int() }))
        }
        MidiMessage::NoteOn { key, vel } => {
            ("note_on", json!({ "pitch": key.as_int(), "velocity": vel.as_int() }))
        }
        MidiMessage::Aftertouch { key, vel } => {
            ("poly_aftertouch", json!({ "pitch": key.as_int(), "pressure": vel.as_int() }))
        }
        MidiMessage::Controller { controller, value } => (
            "control_change",
            json!({ "controller": controller.as_int(), "value": value.as_int() }),
        ),
        MidiMessage::ProgramChange { program } => {
            ("program_change", json!({ "program": program.as_int() }))
        }
        MidiMessage::ChannelAftertouch { vel } => {
            ("channel_aftertouch", json!({ "pressure": vel.as_int() }))
        }
        MidiMessage::PitchBend { bend } => ("pitch_bend", json!({ "bend": bend.as_int() })),
    }
}

fn describe_meta(message: &MetaMessage<'_>, decoder: &Decoder) -> (&'static str, Value) {
    let text = |bytes: &[u8]| json!({ "text": decoder.text(bytes) });
    match *message {
        MetaMessage::TrackNumber(number) => ("sequence_number", json!({ "number": number })),
        MetaMessage::Text(bytes) => ("text", text(bytes)),
        MetaMessage::Copyright(bytes) => ("copyright", text(bytes)),
        MetaMessage::TrackName(bytes) => ("track_name", text(bytes)),
        MetaMessage::InstrumentName(bytes) => ("instrument_name", text(bytes)),
        MetaMessage::Lyric(bytes) => ("lyric", text(bytes)),
        MetaMessage::Marker(bytes) => ("marker", text(bytes)),
        MetaMessage::CuePoint(bytes) => ("cue_point", text(bytes)),
        MetaMessage::ProgramName(bytes) => ("program_name", text(bytes)),
        MetaMessage::DeviceName(bytes) => ("device_name", text(bytes)),
        MetaMessage::MidiChannel(channel) => {
            ("channel_prefix", json!({ "channel": channel.as_int() }))
        }
        MetaMessage::MidiPort(port) => ("port_prefix", json!({ "port": port.as_int() })),
        MetaMessage::EndOfTrack => ("end_of_track", json!({})),
        MetaMessage::Tempo(tempo) => {
            let microseconds = tempo.as_int();
            let bpm = (microseconds > 0).then(|| quarter_notes_a_minute(microseconds));
            ("set_tempo", json!({ "microseconds_per_quarter": microseconds, "bpm": bpm }))
        }
        MetaMessage::SmpteOffset(time) => (
            "smpte_offset",
            json!({
                "hour": time.hour(), "minute": time.minute(), "second": time.second(),
                "frame": time.frame(), "subframe": time.subframe(),
            }),
        ),
        MetaMessage::TimeSignature(numerator, power, clocks, thirty_seconds) => (
            "time_signature",
            json!({
                "numerator": numerator,
                "denominator": 1_u64.checked_shl(power.into()),
                "clocks_per_click": clocks,
                "thirty_seconds_per_quarter": thirty_seconds,
            }),
        ),
        MetaMessage::KeySignature(fifths, minor) => {
            ("key_signature", json!({ "fifths": fifths, "minor": minor }))
        }
        MetaMessage::SequencerSpecific(bytes) => {
            ("sequencer_specific", json!({ "bytes": hex::encode(bytes) }))
        }
        MetaMessage::Unknown(number, bytes) => {
            ("unknown_meta", json!({ "type": number, "bytes": hex::encode(bytes) }))
        }
    }
}
