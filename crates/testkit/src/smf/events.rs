//! A file as its header and the events of its tracks, with any values.

use super::encode::{Statuses, TrackBody, chunk, counted, header};

/// Meta event that ends a track.
pub const END_OF_TRACK: u8 = 0x2f;

/// A file: its header, and the events of its tracks.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Format: 0, 1, 2, or an invalid one.
    pub format: u16,
    /// Division as it stands in the header.
    pub division: u16,
    /// The tracks.
    pub tracks: Vec<Vec<Event>>,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Ticks after the event before.
    pub delta: u32,
    /// Its content.
    pub message: Message,
}

/// The content of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Status and data bytes of a channel message; the second data byte is 0 if there is only one.
    Channel([u8; 3]),
    /// A meta event's type and data.
    Meta(u8, Vec<u8>),
    /// A SysEx event: its status, F0 or F7, and its data.
    SysEx(u8, Vec<u8>),
}

impl Event {
    /// A channel message.
    pub fn channel(delta: u32, bytes: [u8; 3]) -> Self {
        Self { delta, message: Message::Channel(bytes) }
    }

    /// A meta event.
    pub fn meta(delta: u32, kind: u8, data: impl Into<Vec<u8>>) -> Self {
        Self { delta, message: Message::Meta(kind, data.into()) }
    }

    /// Whether it is an End of Track.
    pub fn ends_track(&self) -> bool {
        matches!(self.message, Message::Meta(END_OF_TRACK, _))
    }

    /// Whether it begins a note.
    pub fn begins_note(&self) -> bool {
        matches!(self.message, Message::Channel([0x90..=0x9f, _, velocity]) if velocity > 0)
    }
}

impl File {
    /// The bytes of the file. More tracks than the header can count are left out.
    pub fn write(&self, statuses: Statuses) -> Vec<u8> {
        let tracks = &self.tracks[..self.tracks.len().min(u16::MAX.into())];
        let mut file = header(self.format, tracks.len() as u16, self.division);
        for events in tracks {
            let mut body = TrackBody::new(statuses, 0);
            events.iter().for_each(|event| body.event(event.delta, &event.message.bytes()));
            file.extend(chunk(b"MTrk", &body.into_bytes()));
        }
        file
    }

    /// The file made well formed: each track ends at its first End of Track, and meta events have data
    /// that their kind can have.
    pub fn well_formed(mut self) -> Self {
        for track in &mut self.tracks {
            match track.iter().position(Event::ends_track) {
                Some(end) => {
                    track.truncate(end + 1);
                    track[end].message = Message::Meta(END_OF_TRACK, Vec::new());
                }
                None => track.push(Event::meta(0, END_OF_TRACK, [])),
            }
            for Event { message, .. } in track {
                if let Message::Meta(kind, data) = message {
                    repair_meta(*kind, data);
                }
            }
        }
        self
    }
}

impl Message {
    /// The message from its status byte on.
    fn bytes(&self) -> Vec<u8> {
        let (mut bytes, data) = match self {
            Self::Channel(message) => return message[..=data_bytes(message[0])].to_vec(),
            Self::Meta(kind, data) => (vec![0xff, *kind], data),
            Self::SysEx(status, data) => (vec![*status], data),
        };
        counted(&mut bytes, data);
        bytes
    }
}

/// Changes a meta event's data to a valid value for its type.
fn repair_meta(kind: u8, data: &mut Vec<u8>) {
    match (kind, &mut data[..]) {
        (0x20 | 0x21, [channel, ..]) => *channel &= 0x0f,
        // The time at which a track begins, to the hundredth of a frame.
        (0x54, time) if time.iter().zip([23, 59, 59, 23, 99]).any(|(&part, most)| part > most) => {
            time.fill(0);
        }
        (0x59, key) if key.len() < 2 => data.resize(2, 0),
        _ => {}
    }
}

/// Data bytes after the status byte of a channel message.
pub(super) fn data_bytes(status: u8) -> usize {
    if matches!(status >> 4, 0xc | 0xd) { 1 } else { 2 }
}
