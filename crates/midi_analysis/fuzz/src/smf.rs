//! A standard MIDI file as chunks and events: read, and written whole again.
//!
//! It is not the reader under test and shares nothing with it, so that what is written here tells
//! what is to be read there. Source: Standard MIDI Files 1.0 (MMA RP-001).

mod read;
mod write;

pub use write::Statuses;

/// Meta event that ends a track.
pub const END_OF_TRACK: u8 = 0x2f;
/// Largest variable-length quantity, of four bytes.
pub const LARGEST_QUANTITY: u32 = 0x0fff_ffff;

/// A file: its header, and the events of its tracks.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Format: 0, 1, 2, or what no reader knows.
    pub format: u16,
    /// Division as it stands in the header.
    pub division: u16,
    /// The tracks.
    pub tracks: Vec<Vec<Event>>,
}

/// An event, so many ticks after the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Ticks.
    pub delta: u32,
    /// What happens.
    pub message: Message,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Status and data bytes of a channel message; the last is 0 where there is but one.
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

    /// Whether this is the end of its track.
    pub fn ends_track(&self) -> bool {
        matches!(self.message, Message::Meta(END_OF_TRACK, _))
    }

    /// Whether a note begins.
    pub fn begins_note(&self) -> bool {
        matches!(self.message, Message::Channel([0x90..=0x9f, _, velocity]) if velocity > 0)
    }
}

impl Piece {
    /// The piece with each track ending where it ends first, and nowhere else, and no meta event that
    /// cannot be.
    pub fn sound(mut self) -> Self {
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
                    make_possible(*kind, data);
                }
            }
        }
        self
    }
}

/// Makes a meta event's data what its kind can have.
fn make_possible(kind: u8, data: &mut Vec<u8>) {
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
fn data_bytes(status: u8) -> usize {
    if matches!(status >> 4, 0xc | 0xd) { 1 } else { 2 }
}
