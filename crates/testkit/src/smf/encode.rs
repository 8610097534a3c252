//! Quantities, chunks, and the events of a track as bytes.

/// Largest variable-length quantity, of four bytes.
pub const LARGEST_QUANTITY: u32 = 0x0fff_ffff;

/// How status bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statuses {
    /// Left out where the channel message before has the same (running status).
    Running,
    /// In every message.
    Explicit,
}

/// Adds a variable-length quantity. A value beyond the largest is written as the largest.
pub(super) fn quantity(bytes: &mut Vec<u8>, value: u32) {
    let value = value.min(LARGEST_QUANTITY);
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            bytes.push((value >> shift & 0x7f) as u8 | 0x80);
        }
    }
    bytes.push((value & 0x7f) as u8);
}

/// Adds the length of data, and the data.
pub(super) fn counted(bytes: &mut Vec<u8>, data: &[u8]) {
    quantity(bytes, data.len() as u32);
    bytes.extend_from_slice(data);
}

/// A chunk: its identifier, its length and its body.
pub(super) fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [id.as_slice(), &(body.len() as u32).to_be_bytes(), body].concat()
}

/// A header chunk.
pub(super) fn header(format: u16, tracks: u16, division: u16) -> Vec<u8> {
    chunk(b"MThd", [format, tracks, division].map(u16::to_be_bytes).as_flattened())
}

/// The body of a track chunk, to which events are added one by one.
pub(super) struct TrackBody {
    bytes: Vec<u8>,
    statuses: Statuses,
    /// The status that the next message may leave out.
    running: Option<u8>,
}

impl TrackBody {
    pub(super) fn new(statuses: Statuses, capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), statuses, running: None }
    }

    /// Adds an event, given from its status byte on, at a number of ticks after the one before.
    pub(super) fn event(&mut self, delta: u32, event: &[u8]) {
        quantity(&mut self.bytes, delta);
        let status = event[0];
        let is_left_out = self.running == Some(status);
        self.bytes.extend_from_slice(&event[usize::from(is_left_out)..]);
        let may_run = self.statuses == Statuses::Running && status < 0xf0;
        self.running = may_run.then_some(status);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
