//! Channel messages: notes, controllers, programs, pressure and bends (MIDI 1.0, MMA 1996).

use std::fmt;

use crate::read::message::{CHANNEL, KIND, bend, has_two};

/// The velocity of a Note Off that says nothing of how a key is released (MIDI 1.0).
pub(super) const RELEASE: u8 = 64;

/// What a channel message is, as the status byte on channel 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ChannelKind {
    /// Note Off: pitch and velocity.
    NoteOff = 0x80,
    /// Note On: pitch and velocity; of velocity 0 it ends a note.
    NoteOn = 0x90,
    /// Polyphonic Key Pressure: pitch and pressure.
    PolyAftertouch = 0xa0,
    /// Control Change: controller and value.
    ControlChange = 0xb0,
    /// Program Change: program.
    ProgramChange = 0xc0,
    /// Channel Pressure: pressure.
    ChannelAftertouch = 0xd0,
    /// Pitch Bend: the lower and the higher seven bits of a value, 8,192 being no bend.
    PitchBend = 0xe0,
}

impl ChannelKind {
    const fn of_status(status: u8) -> Self {
        match status & KIND {
            0x80 => Self::NoteOff,
            0x90 => Self::NoteOn,
            0xa0 => Self::PolyAftertouch,
            0xb0 => Self::ControlChange,
            0xc0 => Self::ProgramChange,
            0xd0 => Self::ChannelAftertouch,
            _ => Self::PitchBend,
        }
    }
}

/// A message to a channel, whose values are all in range.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelMessage {
    status: u8,
    data: [u8; 2],
}

impl ChannelMessage {
    /// A message on a channel from 0 to 15, with data from 0 to 127; the second value of a program or a channel
    /// pressure, which have but one, is taken for 0. `None` where a value is out of range.
    pub fn new(kind: ChannelKind, channel: u8, data: [u8; 2]) -> Option<Self> {
        let status = kind as u8 | channel;
        let data = if has_two(kind as u8) { data } else { [data[0], 0] };
        (channel <= CHANNEL && (data[0] | data[1]) < 0x80).then_some(Self { status, data })
    }

    /// The message of a status byte from 80h to EFh.
    pub(super) fn of_bytes(status: u8, data: [u8; 2]) -> Option<Self> {
        Self::new(ChannelKind::of_status(status), status & CHANNEL, data)
    }

    /// The message that has this status and these data.
    pub(super) fn of_parts(status: u8, data: [u8; 2]) -> Self {
        Self { status, data }
    }

    /// A pitch bend from -8,192 to 8,191.
    pub fn pitch_bend(channel: u8, bend: i16) -> Option<Self> {
        let value = u16::try_from(i32::from(bend) + 0x2000).ok()?;
        let data = [value as u8 & 0x7f, (value >> 7).min(0x80) as u8];
        Self::new(ChannelKind::PitchBend, channel, data)
    }

    /// What it is.
    pub fn kind(self) -> ChannelKind {
        ChannelKind::of_status(self.status)
    }

    /// Its channel, 0 to 15.
    pub fn channel(self) -> u8 {
        self.status & CHANNEL
    }

    /// Its data.
    pub fn data(self) -> [u8; 2] {
        self.data
    }

    /// The status byte.
    pub(super) fn status(self) -> u8 {
        self.status
    }

    /// The data bytes that it is written with.
    pub(super) fn written_data(&self) -> &[u8] {
        &self.data[..if has_two(self.status) { 2 } else { 1 }]
    }

    /// The same on another channel; `None` above 15.
    pub fn with_channel(self, channel: u8) -> Option<Self> {
        Self::new(self.kind(), channel, self.data)
    }

    /// The same with other data; `None` above 127.
    pub fn with_data(self, data: [u8; 2]) -> Option<Self> {
        Self::new(self.kind(), self.channel(), data)
    }

    /// The pitch of a note that begins, ends or is pressed; `None` of other messages.
    pub fn pitch(self) -> Option<u8> {
        use ChannelKind::{NoteOff, NoteOn, PolyAftertouch};
        matches!(self.kind(), NoteOff | NoteOn | PolyAftertouch).then_some(self.data[0])
    }

    /// The same with another pitch; `None` where it has none, or above 127.
    pub fn with_pitch(self, pitch: u8) -> Option<Self> {
        self.pitch().and_then(|_| self.with_data([pitch, self.data[1]]))
    }

    /// Whether a note begins.
    pub fn begins_note(self) -> bool {
        self.kind() == ChannelKind::NoteOn && self.data[1] > 0
    }

    /// Whether a note ends: by a Note Off, or a Note On of velocity 0.
    pub fn ends_note(self) -> bool {
        match self.kind() {
            ChannelKind::NoteOff => true,
            ChannelKind::NoteOn => self.data[1] == 0,
            _ => false,
        }
    }

    /// The bend, from -8,192 to 8,191; `None` of other messages.
    pub fn bend(self) -> Option<i16> {
        (self.kind() == ChannelKind::PitchBend).then(|| bend(self.data))
    }
}

impl fmt::Debug for ChannelMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} on {}", self.kind(), self.written_data(), self.channel())
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelKind, ChannelMessage};

    #[test]
    fn a_message_is_what_its_bytes_say() {
        for status in 0x80..0xf0 {
            let message = ChannelMessage::of_bytes(status, [64, 3]).expect("in range");
            assert_eq!((message.status(), message.channel()), (status, status & 0xf));
            assert_eq!(message.with_channel(message.channel()), Some(message));
            assert_eq!(message.pitch().is_some(), status < 0xb0);
        }
    }

    #[test]
    fn values_out_of_range_make_no_message() {
        let new = ChannelMessage::new;
        assert_eq!(new(ChannelKind::NoteOn, 16, [60, 80]), None);
        assert_eq!(new(ChannelKind::NoteOn, 255, [60, 80]), None);
        assert_eq!(new(ChannelKind::NoteOn, 0, [128, 80]), None);
        assert_eq!(new(ChannelKind::NoteOn, 0, [60, 128]), None);
        let program = new(ChannelKind::ProgramChange, 0, [5, 200]);
        assert_eq!(program.map(ChannelMessage::data), Some([5, 0]));
    }

    #[test]
    fn every_bend_is_its_own() {
        for bend in -8_192..8_192 {
            let message = ChannelMessage::pitch_bend(0, bend).expect("in range");
            assert_eq!(message.bend(), Some(bend));
        }
        for bend in [i16::MIN, -8_193, 8_192, 24_575] {
            assert_eq!(ChannelMessage::pitch_bend(0, bend), None);
        }
    }
}
