//! Every event of a file as it stands, in the order of the tracks: nothing is dropped.
//!
//! A file may hold millions, so they are read from its bytes and handed on one by one, after two passes
//! that learn what concerns them all: the tempo map and the encoding of the texts.

use midly::{MetaMessage, MidiMessage, TrackEventKind};
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, check};
use crate::limits::Limits;
use crate::model::division::Division;
use crate::model::source::Source;
use crate::model::tempo_map::{TempoMap, quarter_notes_a_minute};
use crate::read::container;
use crate::read::reader::{LAST_TICK, Reader};
use crate::read::repair::Repairs;
use crate::read::smf::Chunks;
use crate::read::text::decoder::{Decoder, Wanted};
use crate::room::{self, NoRoom};

/// Events between two questions whether to stop.
const EVENTS_BETWEEN_CHECKS: usize = 1_024;
/// Bytes of one event that are told. Longer ones are no music (the largest dumps of instruments have
/// half as many), and ten times the bytes are needed to hand them on.
const MOST_DATA: usize = 8 << 20;

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
    /// The event's values by name; bytes that are no text in hexadecimal. Of text or bytes longer than
    /// 8 MiB the first 8 MiB, and `length`, the number of all bytes.
    pub data: Value,
}

/// The events of a file, track by track.
///
/// # Errors
/// As [`each_event`].
pub fn events(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<EventRow>, Error> {
    let mut rows = Vec::new();
    each_event(bytes, limits, interrupted, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// Hands on the events of a file, track by track, in memory that does not grow with their number.
///
/// # Errors
/// As [`analyze`](crate::analyze), but a file without notes has events all the same. No event has been
/// handed on then, unless `interrupted` was what ended it.
pub fn each_event(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    each: &mut dyn FnMut(EventRow),
) -> Result<(), Error> {
    let source = container::unwrap(bytes, limits, interrupted, &mut Repairs::default())?;
    let walk = Walk { source: &source, limits, interrupted };
    let decoder = walk.decoder()?;
    let tempo = walk.tempo()?;
    walk.each(&mut |track, tick, event| {
        let (kind, channel, data) = describe(&event, &decoder)?;
        let seconds = tempo.seconds(tick);
        each(EventRow { track, tick: tick.into(), seconds, kind, channel, data });
        Ok(())
    })
}

/// What is done with an event: its track, its tick and itself.
type Visit<'v, 'a> = dyn FnMut(i32, u32, TrackEventKind<'a>) -> Result<(), Error> + 'v;

/// One way through all events, as often as is needed: to read them costs less than to keep them.
struct Walk<'a> {
    source: &'a Source<'a>,
    limits: &'a Limits,
    interrupted: &'a dyn Fn() -> bool,
}

impl<'a> Walk<'a> {
    fn each(&self, visit: &mut Visit<'_, 'a>) -> Result<(), Error> {
        let mut repairs = Repairs::default();
        let mut chunks = Chunks::new(self.source, &mut repairs);
        let follow_on = chunks.header().format == 2;
        let (mut base, mut index, mut count) = (0_u32, 0, 0);
        while let Some(track) = chunks.next_track(&mut repairs) {
            check(self.interrupted)?;
            let mut reader = Reader::new(&track);
            while let Some(event) = reader.next(&mut repairs) {
                if count == self.limits.max_events {
                    let most = self.limits.max_events;
                    let reason = format!("more than the {most} events allowed for one file");
                    return Err(Error::new(ErrorKind::TooLarge, reader.offset(), reason));
                }
                count += 1;
                if count % EVENTS_BETWEEN_CHECKS == 0 {
                    check(self.interrupted)?;
                }
                visit(index, base.saturating_add(event.tick).min(LAST_TICK), event.kind)?;
            }
            reader.finish(&track, &mut chunks, &mut repairs);
            if follow_on {
                base = base.saturating_add(reader.tick());
            }
            index += 1;
        }
        Ok(())
    }

    fn tempo(&self) -> Result<TempoMap, Error> {
        let mut tempos: Vec<(u32, u32)> = Vec::new();
        self.each(&mut |_, tick, event| match event {
            TrackEventKind::Meta(MetaMessage::Tempo(tempo)) if tempo.as_int() > 0 => {
                Ok(room::push(&mut tempos, (tick, tempo.as_int()))?)
            }
            _ => Ok(()),
        })?;
        room::sort_by_key(&mut tempos, |&(tick, _)| tick)?;
        Ok(TempoMap::new(self.division(), &tempos)?)
    }

    fn division(&self) -> Division {
        Chunks::new(self.source, &mut Repairs::default()).header().division
    }

    fn decoder(&self) -> Result<Decoder, Error> {
        Decoder::learn(|learn| {
            self.each(&mut |_, _, event| {
                text_of(&event).into_iter().for_each(&mut *learn);
                Ok(())
            })
        })
    }
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

type Described = (&'static str, Option<i16>, Value);

fn describe(kind: &TrackEventKind<'_>, decoder: &Decoder) -> Result<Described, Error> {
    Ok(match kind {
        TrackEventKind::Midi { channel, message } => {
            let (name, data) = describe_channel_message(message);
            (name, Some(channel.as_int().into()), data)
        }
        TrackEventKind::SysEx(bytes) => ("sysex", None, in_hexadecimal(bytes)?),
        TrackEventKind::Escape(bytes) => ("escape", None, in_hexadecimal(bytes)?),
        TrackEventKind::Meta(message) => {
            let (name, data) = describe_meta(message, decoder)?;
            (name, None, data)
        }
    })
}

fn in_hexadecimal(bytes: &[u8]) -> Result<Value, Error> {
    let told = &bytes[..bytes.len().min(MOST_DATA)];
    let mut digits = room::filled(0, 2 * told.len())?;
    hex::encode_to_slice(told, &mut digits).expect("two digits a byte");
    let digits = String::from_utf8(digits).expect("digits are ASCII");
    Ok(told_of(bytes, "bytes", digits))
}

fn as_text(bytes: &[u8], decoder: &Decoder) -> Result<Value, Error> {
    let mut text = String::new();
    decoder.pieces(&bytes[..bytes.len().min(MOST_DATA)], &mut |piece| {
        text.try_reserve(piece.len()).map_err(|_| NoRoom)?;
        text.push_str(piece);
        Ok(Wanted::More)
    })?;
    Ok(told_of(bytes, "text", text))
}

/// What is told of `bytes`, and their number where that is not all.
fn told_of(bytes: &[u8], name: &str, told: String) -> Value {
    let mut data = json!({ name: told });
    if bytes.len() > MOST_DATA {
        data["length"] = bytes.len().into();
    }
    data
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

fn describe_meta(
    message: &MetaMessage<'_>,
    decoder: &Decoder,
) -> Result<(&'static str, Value), Error> {
    let text = |bytes: &[u8]| as_text(bytes, decoder);
    Ok(match *message {
        MetaMessage::TrackNumber(number) => ("sequence_number", json!({ "number": number })),
        MetaMessage::Text(bytes) => ("text", text(bytes)?),
        MetaMessage::Copyright(bytes) => ("copyright", text(bytes)?),
        MetaMessage::TrackName(bytes) => ("track_name", text(bytes)?),
        MetaMessage::InstrumentName(bytes) => ("instrument_name", text(bytes)?),
        MetaMessage::Lyric(bytes) => ("lyric", text(bytes)?),
        MetaMessage::Marker(bytes) => ("marker", text(bytes)?),
        MetaMessage::CuePoint(bytes) => ("cue_point", text(bytes)?),
        MetaMessage::ProgramName(bytes) => ("program_name", text(bytes)?),
        MetaMessage::DeviceName(bytes) => ("device_name", text(bytes)?),
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
        MetaMessage::SequencerSpecific(bytes) => ("sequencer_specific", in_hexadecimal(bytes)?),
        MetaMessage::Unknown(number, bytes) => {
            let mut data = in_hexadecimal(bytes)?;
            data["type"] = number.into();
            ("unknown_meta", data)
        }
    })
}
