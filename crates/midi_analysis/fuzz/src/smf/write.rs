//! From a [`Piece`] to bytes whose every length is right.

use super::{Event, LARGEST_QUANTITY, Message, Piece, data_bytes};

/// How status bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statuses {
    /// Left out where the message before has the same.
    Running,
    /// In every message.
    Spelt,
}

impl Piece {
    /// The file. More tracks than the header can count are left out.
    pub fn write(&self, statuses: Statuses) -> Vec<u8> {
        let tracks = &self.tracks[..self.tracks.len().min(u16::MAX.into())];
        let header = [self.format, tracks.len() as u16, self.division].map(u16::to_be_bytes);
        let mut file = chunk(b"MThd", header.as_flattened());
        for events in tracks {
            file.extend(chunk(b"MTrk", &track(events, statuses)));
        }
        file
    }
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [id, &(body.len() as u32).to_be_bytes(), body].concat()
}

fn track(events: &[Event], statuses: Statuses) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut running = None;
    for Event { delta, message } in events {
        quantity(&mut bytes, *delta);
        match message {
            Message::Channel(message) => {
                let status = message[0];
                let skipped = usize::from(running == Some(status));
                bytes.extend(&message[skipped..=data_bytes(status)]);
                running = (statuses == Statuses::Running).then_some(status);
            }
            Message::Meta(kind, data) => {
                bytes.extend([0xff, *kind]);
                counted(&mut bytes, data);
                running = None;
            }
            Message::SysEx(status, data) => {
                bytes.push(*status);
                counted(&mut bytes, data);
                running = None;
            }
        }
    }
    bytes
}

fn counted(bytes: &mut Vec<u8>, data: &[u8]) {
    quantity(bytes, data.len() as u32);
    bytes.extend(data);
}

fn quantity(bytes: &mut Vec<u8>, value: u32) {
    let value = value.min(LARGEST_QUANTITY);
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            bytes.push((value >> shift & 0x7f) as u8 | 0x80);
        }
    }
    bytes.push((value & 0x7f) as u8);
}
