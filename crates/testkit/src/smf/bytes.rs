//! The parts of a file one by one, to be combined, left out, or damaged.

use super::encode::{self, Statuses, TrackBody};

const END_OF_TRACK: [u8; 3] = [0xff, 0x2f, 0];

/// A whole file of a header and tracks, each of which gets its End of Track. The header counts as many as it can.
pub fn file(format: u16, division: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(tracks.len()).unwrap_or(u16::MAX);
    let chunks: Vec<u8> = tracks.iter().flat_map(|events| track(&ended(events))).collect();
    [header(format, count, division), chunks].concat()
}

/// A header chunk with any fields.
pub fn header(format: u16, tracks: u16, division: u16) -> Vec<u8> {
    encode::header(format, tracks, division)
}

/// A track chunk around events.
pub fn track(events: &[u8]) -> Vec<u8> {
    encode::chunk(b"MTrk", events)
}

/// Events and the End of Track after them.
pub fn ended(events: &[u8]) -> Vec<u8> {
    [events, &[0], &END_OF_TRACK].concat()
}

/// A variable-length quantity.
pub fn quantity(value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode::quantity(&mut bytes, value);
    bytes
}

/// A note on `channel`, `delta` ticks after the event before, that lasts `ticks`.
pub fn note(delta: u32, channel: u8, pitch: u8, ticks: u32) -> Vec<u8> {
    events(&[(delta, &on(channel, pitch)), (ticks, &off(channel, pitch))])
}

/// Notes of the same length, one after the other.
pub fn line(channel: u8, pitches: &[u8], ticks: u32) -> Vec<u8> {
    pitches.iter().flat_map(|&pitch| note(0, channel, pitch, ticks)).collect()
}

/// Notes that may sound together, each (start, ticks, channel, pitch), after the event before.
pub fn placed(notes: &[(u32, u32, u8, u8)]) -> Vec<u8> {
    let mut messages: Vec<(u32, [u8; 3])> = Vec::new();
    for &(start, ticks, channel, pitch) in notes {
        messages.push((start, on(channel, pitch)));
        messages.push((start + ticks, off(channel, pitch)));
    }
    // Note-offs first, so that a repeated pitch ends before it begins again.
    messages.sort_by_key(|&(tick, [status, ..])| (tick, status));
    let mut body = TrackBody::new(Statuses::Explicit, 8 * messages.len());
    let mut now = 0;
    for (tick, message) in messages {
        body.event(tick - now, &message);
        now = tick;
    }
    body.into_bytes()
}

/// A meta event.
pub fn meta(delta: u32, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut event = vec![0xff, kind];
    encode::counted(&mut event, data);
    events(&[(delta, &event)])
}

/// A tempo in quarter notes a minute.
pub fn tempo(delta: u32, bpm: f64) -> Vec<u8> {
    meta(delta, 0x51, &((60e6 / bpm) as u32).to_be_bytes()[1..])
}

/// A program change.
pub fn program(channel: u8, program: u8) -> Vec<u8> {
    events(&[(0, &[0xc0 | channel, program])])
}

fn events(events: &[(u32, &[u8])]) -> Vec<u8> {
    let mut body = TrackBody::new(Statuses::Explicit, 0);
    events.iter().for_each(|(delta, event)| body.event(*delta, event));
    body.into_bytes()
}

fn on(channel: u8, pitch: u8) -> [u8; 3] {
    [0x90 | channel, pitch, 80]
}

fn off(channel: u8, pitch: u8) -> [u8; 3] {
    [0x80 | channel, pitch, 0]
}
