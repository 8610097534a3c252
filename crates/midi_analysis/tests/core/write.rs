//! Writes standard MIDI files byte by byte, so that the tests do not lean on the parser under test.

/// Ticks per quarter note of the files written here.
pub const QUARTER: u16 = 96;

/// A whole file: header and track chunks, each track with its End of Track.
pub fn smf(format: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    let chunks: Vec<u8> = tracks.iter().flat_map(|events| chunk(&closed(events))).collect();
    [header(format, tracks.len() as u16, QUARTER), chunks].concat()
}

/// A header chunk with any division.
pub fn header(format: u16, tracks: u16, division: u16) -> Vec<u8> {
    let fields = [format, tracks, division].map(u16::to_be_bytes).concat();
    [b"MThd".as_slice(), &6_u32.to_be_bytes(), &fields].concat()
}

/// A track chunk around events.
pub fn chunk(events: &[u8]) -> Vec<u8> {
    [b"MTrk".as_slice(), &(events.len() as u32).to_be_bytes(), events].concat()
}

/// Events and the End of Track after them.
pub fn closed(events: &[u8]) -> Vec<u8> {
    [events, &[0x00, 0xff, 0x2f, 0x00]].concat()
}

/// A variable-length quantity.
pub fn varlen(value: u32) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes
}

/// A note on `channel`, `delta` ticks after the event before, lasting `ticks`.
pub fn note(delta: u32, channel: u8, pitch: u8, ticks: u32) -> Vec<u8> {
    let on = [0x90 | channel, pitch, 80];
    let off = [0x80 | channel, pitch, 0];
    [varlen(delta), on.to_vec(), varlen(ticks), off.to_vec()].concat()
}

/// Notes of a quarter each, one after the other.
pub fn melody(channel: u8, pitches: &[u8]) -> Vec<u8> {
    pitches.iter().flat_map(|&pitch| note(0, channel, pitch, QUARTER.into())).collect()
}

/// A meta event at a delta time.
pub fn meta(delta: u32, kind: u8, data: &[u8]) -> Vec<u8> {
    [varlen(delta), vec![0xff, kind], varlen(data.len() as u32), data.to_vec()].concat()
}

/// A tempo in quarter notes a minute.
pub fn tempo(delta: u32, bpm: f64) -> Vec<u8> {
    meta(delta, 0x51, &((60e6 / bpm) as u32).to_be_bytes()[1..])
}

/// A program change.
pub fn program(channel: u8, program: u8) -> Vec<u8> {
    vec![0x00, 0xc0 | channel, program]
}

/// The events of notes that may sound together, each (start, ticks, channel, pitch).
pub fn placed(notes: &[(u32, u32, u8, u8)]) -> Vec<u8> {
    let mut messages: Vec<(u32, [u8; 3])> = Vec::new();
    for &(start, ticks, channel, pitch) in notes {
        messages.push((start, [0x90 | channel, pitch, 80]));
        messages.push((start + ticks, [0x80 | channel, pitch, 0]));
    }
    // Note-offs first, so that a repeated pitch ends before it begins again.
    messages.sort_by_key(|&(tick, [status, ..])| (tick, status));
    let mut last = 0;
    let mut events = Vec::new();
    for (tick, message) in messages {
        events.extend(varlen(tick - last));
        events.extend(message);
        last = tick;
    }
    events
}
