//! One event of a file, unchanged.

use std::fmt;

use midly::{MetaMessage, MidiMessage, TrackEventKind};

use crate::error::Error;
use crate::model::tempo_map::quarter_notes_a_minute;
use crate::read::text::decoder::{Begun, Decoder, Joined, Wanted};
use crate::room::NoRoom;

/// One event of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Event<'p> {
    /// Index of the track, from 0.
    pub track: u32,
    /// Tick, from the start of the piece.
    pub tick: u32,
    /// Second, by the tempo map.
    pub seconds: f64,
    /// MIDI channel, 0-15, of a channel message.
    pub channel: Option<u8>,
    /// Its kind and its data.
    pub kind: EventKind<'p>,
}

/// The kind of an event, and its data. Values are those of the file: a tempo may be 0, a denominator too large
/// for any note.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are named as the MIDI specification names them")]
pub enum EventKind<'p> {
    /// Note Off.
    NoteOff { pitch: u8, velocity: u8 },
    /// Note On; of velocity 0 it ends a note.
    NoteOn { pitch: u8, velocity: u8 },
    /// Polyphonic Key Pressure.
    PolyAftertouch { pitch: u8, pressure: u8 },
    /// Control Change.
    ControlChange { controller: u8, value: u8 },
    /// Program Change.
    ProgramChange { program: u8 },
    /// Channel Pressure.
    ChannelAftertouch { pressure: u8 },
    /// Pitch Bend, -8192 to 8191.
    PitchBend { bend: i16 },
    /// A System Exclusive message, without its first byte.
    Sysex(&'p [u8]),
    /// Bytes to be sent as they are.
    Escape(&'p [u8]),
    /// Sequence Number.
    SequenceNumber { number: Option<u16> },
    /// A text of any kind but those below.
    Text(EventText<'p>),
    /// Copyright Notice.
    Copyright(EventText<'p>),
    /// Sequence or Track Name.
    TrackName(EventText<'p>),
    /// Instrument Name.
    InstrumentName(EventText<'p>),
    /// Lyric.
    Lyric(EventText<'p>),
    /// Marker.
    Marker(EventText<'p>),
    /// Cue Point.
    CuePoint(EventText<'p>),
    /// Program Name.
    ProgramName(EventText<'p>),
    /// Device Name.
    DeviceName(EventText<'p>),
    /// MIDI Channel Prefix.
    ChannelPrefix { channel: u8 },
    /// MIDI Port Prefix.
    PortPrefix { port: u8 },
    /// End of Track.
    EndOfTrack,
    /// Set Tempo.
    SetTempo { microseconds_per_quarter: u32 },
    /// SMPTE Offset. Of the frames in a second, 29 stands for 30 drop-frame.
    SmpteOffset { hour: u8, minute: u8, second: u8, frame: u8, subframe: u8, frames_per_second: u8 },
    /// Time Signature. `denominator_power` is the power of two that the denominator is.
    TimeSignature {
        numerator: u8,
        denominator_power: u8,
        clocks_per_click: u8,
        thirty_seconds_per_quarter: u8,
    },
    /// Key Signature: sharps, or flats where negative.
    KeySignature { fifths: i8, minor: bool },
    /// Sequencer-Specific Meta-Event.
    SequencerSpecific(&'p [u8]),
    /// A meta event of a type that the specification does not define, or a key signature whose mode is
    /// neither major nor minor.
    UnknownMeta { meta_type: u8, bytes: &'p [u8] },
}

impl<'p> EventKind<'p> {
    /// `begun` is the start of a character that the text, if it is one, may end.
    pub(crate) fn new(
        kind: TrackEventKind<'p>,
        decoder: &'p Decoder,
        begun: Option<Begun>,
    ) -> Self {
        match kind {
            TrackEventKind::Midi { message, .. } => Self::of_channel_message(message),
            TrackEventKind::SysEx(bytes) => Self::Sysex(bytes),
            TrackEventKind::Escape(bytes) => Self::Escape(bytes),
            TrackEventKind::Meta(message) => Self::of_meta(message, decoder, begun),
        }
    }

    fn of_channel_message(message: MidiMessage) -> Self {
        match message {
            MidiMessage::NoteOff { key, vel } => {
                Self::NoteOff { pitch: key.as_int(), velocity: vel.as_int() }
            }
            MidiMessage::NoteOn { key, vel } => {
                Self::NoteOn { pitch: key.as_int(), velocity: vel.as_int() }
            }
            MidiMessage::Aftertouch { key, vel } => {
                Self::PolyAftertouch { pitch: key.as_int(), pressure: vel.as_int() }
            }
            MidiMessage::Controller { controller, value } => {
                Self::ControlChange { controller: controller.as_int(), value: value.as_int() }
            }
            MidiMessage::ProgramChange { program } => {
                Self::ProgramChange { program: program.as_int() }
            }
            MidiMessage::ChannelAftertouch { vel } => {
                Self::ChannelAftertouch { pressure: vel.as_int() }
            }
            MidiMessage::PitchBend { bend } => Self::PitchBend { bend: bend.as_int() },
        }
    }

    fn of_meta(message: MetaMessage<'p>, decoder: &'p Decoder, begun: Option<Begun>) -> Self {
        let text = |bytes| EventText { bytes, decoder, begun };
        match message {
            MetaMessage::TrackNumber(number) => Self::SequenceNumber { number },
            MetaMessage::Text(bytes) => Self::Text(text(bytes)),
            MetaMessage::Copyright(bytes) => Self::Copyright(text(bytes)),
            MetaMessage::TrackName(bytes) => Self::TrackName(text(bytes)),
            MetaMessage::InstrumentName(bytes) => Self::InstrumentName(text(bytes)),
            MetaMessage::Lyric(bytes) => Self::Lyric(text(bytes)),
            MetaMessage::Marker(bytes) => Self::Marker(text(bytes)),
            MetaMessage::CuePoint(bytes) => Self::CuePoint(text(bytes)),
            MetaMessage::ProgramName(bytes) => Self::ProgramName(text(bytes)),
            MetaMessage::DeviceName(bytes) => Self::DeviceName(text(bytes)),
            MetaMessage::MidiChannel(channel) => Self::ChannelPrefix { channel: channel.as_int() },
            MetaMessage::MidiPort(port) => Self::PortPrefix { port: port.as_int() },
            MetaMessage::EndOfTrack => Self::EndOfTrack,
            MetaMessage::Tempo(tempo) => {
                Self::SetTempo { microseconds_per_quarter: tempo.as_int() }
            }
            MetaMessage::SmpteOffset(time) => Self::SmpteOffset {
                hour: time.hour(),
                minute: time.minute(),
                second: time.second(),
                frame: time.frame(),
                subframe: time.subframe(),
                frames_per_second: time.fps().as_int(),
            },
            MetaMessage::TimeSignature(
                numerator,
                denominator_power,
                clocks_per_click,
                thirty_seconds_per_quarter,
            ) => Self::TimeSignature {
                numerator,
                denominator_power,
                clocks_per_click,
                thirty_seconds_per_quarter,
            },
            MetaMessage::KeySignature(fifths, minor) => Self::KeySignature { fifths, minor },
            MetaMessage::SequencerSpecific(bytes) => Self::SequencerSpecific(bytes),
            MetaMessage::Unknown(meta_type, bytes) => Self::UnknownMeta { meta_type, bytes },
        }
    }

    /// Its name in snake case: `note_on`, `control_change`, `set_tempo`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoteOff { .. } => "note_off",
            Self::NoteOn { .. } => "note_on",
            Self::PolyAftertouch { .. } => "poly_aftertouch",
            Self::ControlChange { .. } => "control_change",
            Self::ProgramChange { .. } => "program_change",
            Self::ChannelAftertouch { .. } => "channel_aftertouch",
            Self::PitchBend { .. } => "pitch_bend",
            Self::Sysex(_) => "sysex",
            Self::Escape(_) => "escape",
            Self::SequenceNumber { .. } => "sequence_number",
            Self::Text(_) => "text",
            Self::Copyright(_) => "copyright",
            Self::TrackName(_) => "track_name",
            Self::InstrumentName(_) => "instrument_name",
            Self::Lyric(_) => "lyric",
            Self::Marker(_) => "marker",
            Self::CuePoint(_) => "cue_point",
            Self::ProgramName(_) => "program_name",
            Self::DeviceName(_) => "device_name",
            Self::ChannelPrefix { .. } => "channel_prefix",
            Self::PortPrefix { .. } => "port_prefix",
            Self::EndOfTrack => "end_of_track",
            Self::SetTempo { .. } => "set_tempo",
            Self::SmpteOffset { .. } => "smpte_offset",
            Self::TimeSignature { .. } => "time_signature",
            Self::KeySignature { .. } => "key_signature",
            Self::SequencerSpecific(_) => "sequencer_specific",
            Self::UnknownMeta { .. } => "unknown_meta",
        }
    }

    /// Quarter notes a minute of a tempo above 0.
    pub fn bpm(&self) -> Option<f64> {
        match *self {
            Self::SetTempo { microseconds_per_quarter: microseconds @ 1.. } => {
                Some(quarter_notes_a_minute(microseconds))
            }
            _ => None,
        }
    }
}

/// The text of an event, which is decoded on demand: one text may be as long as a file.
#[derive(Clone, Copy, PartialEq)]
pub struct EventText<'p> {
    bytes: &'p [u8],
    decoder: &'p Decoder,
    /// Of what is sung, the start of a character in the text before, which this one may end.
    begun: Option<Begun>,
}

impl<'p> EventText<'p> {
    /// The bytes as they are in the file.
    pub fn bytes(&self) -> &'p [u8] {
        self.bytes
    }

    /// The first `most_bytes` bytes as Unicode, in the encoding that all texts of the file suggest, or in
    /// that which the text shows by itself, without control characters other than line breaks and tabs. A
    /// character that is split over two lyrics, or two texts after the start of a track, is in the second.
    ///
    /// # Errors
    /// Out of memory.
    pub fn decode(&self, most_bytes: usize) -> Result<String, Error> {
        let mut text = String::new();
        let mut add = |piece: &str| {
            text.try_reserve(piece.len()).map_err(|_| NoRoom)?;
            text.push_str(piece);
            Ok(Wanted::More)
        };
        let bytes = &self.bytes[..self.bytes.len().min(most_bytes)];
        match self.begun {
            Some(begun) => Joined::after(self.decoder, begun).pieces(bytes, &mut add)?,
            None => self.decoder.pieces(bytes, &mut add)?,
        }
        Ok(text)
    }
}

impl fmt::Debug for EventText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decode(usize::MAX) {
            Ok(text) => text.fmt(f),
            Err(_) => Err(fmt::Error),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for EventText<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.decode(usize::MAX).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}
