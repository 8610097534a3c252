//! Music in absolute time: tracks that play notation at a cursor.

use super::encode::{Statuses, TrackBody, chunk, counted, header};
use super::notation::{QUARTER, Sound, parse};

const END_OF_TRACK: [u8; 3] = [0xff, 0x2f, 0];

/// One track, written at a cursor that `play` moves on.
#[derive(Clone)]
pub struct Track {
    channel: u8,
    cursor: u32,
    events: Vec<Event>,
    /// The bytes of all events, in one buffer: the benchmark writes hundreds of millions of events.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Event {
    tick: u32,
    start: usize,
    length: usize,
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Ticks in a quarter note.
    pub division: u16,
    /// Whether all tracks become one, which makes the format 0.
    pub one_track: bool,
    /// How status bytes are written.
    pub statuses: Statuses,
}

impl Track {
    /// A track with a name, on a channel of 0 to 15 (9 is drums).
    pub fn new(name: &str, channel: u8) -> Self {
        Self { channel, ..Self::empty() }.meta(0x03, name.as_bytes())
    }

    /// An empty track, for [`put`](Self::put).
    pub fn empty() -> Self {
        Self { channel: 0, cursor: 0, events: Vec::new(), bytes: Vec::new() }
    }

    /// Moves the cursor to a tick.
    pub fn at(mut self, tick: u32) -> Self {
        self.cursor = tick;
        self
    }

    /// Plays on another channel from now on.
    pub fn on(mut self, channel: u8) -> Self {
        self.channel = channel;
        self
    }

    /// A meta event: its type and its bytes.
    pub fn meta(self, kind: u8, data: &[u8]) -> Self {
        let mut bytes = vec![0xff, kind];
        counted(&mut bytes, data);
        self.event(&bytes)
    }

    /// A tempo in quarter notes a minute.
    pub fn tempo(self, bpm: u32) -> Self {
        self.meta(0x51, &(60_000_000 / bpm).to_be_bytes()[1..])
    }

    /// A time signature; the denominator is a power of two.
    pub fn meter(self, numerator: u8, denominator: u8) -> Self {
        self.meta(0x58, &[numerator, denominator.trailing_zeros() as u8, 24, 8])
    }

    /// A key signature: sharps (negative: flats), and whether it is minor.
    pub fn key(self, sharps: i8, minor: bool) -> Self {
        self.meta(0x59, &[sharps as u8, minor as u8])
    }

    /// The instrument: a General MIDI program, 0 to 127.
    pub fn program(self, program: u8) -> Self {
        let status = 0xc0 | self.channel;
        self.event(&[status, program])
    }

    /// A controller's value, 0 to 127 both.
    pub fn control(self, controller: u8, value: u8) -> Self {
        let status = 0xb0 | self.channel;
        self.event(&[status, controller, value])
    }

    /// A pitch bend of 0 to 16,383, where 8,192 is the middle.
    pub fn bend(self, value: u16) -> Self {
        let status = 0xe0 | self.channel;
        self.event(&[status, (value & 0x7f) as u8, (value >> 7) as u8])
    }

    /// Plays notation and moves the cursor to its end.
    pub fn play(mut self, velocity: u8, music: &str) -> Self {
        for Sound { pitches, ticks } in parse(music) {
            for &pitch in &pitches {
                self = self.note(pitch, velocity, ticks);
            }
            self.cursor += ticks;
        }
        self
    }

    /// One note at the cursor, which stays.
    pub fn note(mut self, pitch: u8, velocity: u8, ticks: u32) -> Self {
        let (on, off) = (0x90 | self.channel, 0x80 | self.channel);
        self.put(self.cursor + ticks, &[off, pitch, 64]);
        self.event(&[on, pitch, velocity])
    }

    /// An event's bytes at a tick, wherever the cursor is.
    pub fn put(&mut self, tick: u32, bytes: &[u8]) {
        self.events.push(Event { tick, start: self.bytes.len(), length: bytes.len() });
        self.bytes.extend_from_slice(bytes);
    }

    /// How many events there are.
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    fn event(mut self, bytes: &[u8]) -> Self {
        self.put(self.cursor, bytes);
        self
    }

    /// Adds the events of another track.
    fn merge(&mut self, other: &Self) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        let moved = |event: &Event| Event { start: event.start + shift, ..*event };
        self.events.extend(other.events.iter().map(moved));
    }

    fn chunk(&self, statuses: Statuses) -> Vec<u8> {
        let mut events = self.events.clone();
        // A note that ends where the next of its pitch begins has to end first.
        events.sort_by_key(|event| (event.tick, self.bytes[event.start] & 0xf0 != 0x80));
        let capacity = self.bytes.len() + 2 * events.len() + 1 + END_OF_TRACK.len();
        let mut body = TrackBody::new(statuses, capacity);
        let mut now = 0;
        for Event { tick, start, length } in events {
            body.event(tick - now, &self.bytes[start..start + length]);
            now = tick;
        }
        body.event(0, &END_OF_TRACK);
        chunk(b"MTrk", &body.into_bytes())
    }
}

/// A file of format 1 (format 0 for a single track).
pub fn file(tracks: &[Track]) -> Vec<u8> {
    let division = QUARTER as u16;
    file_in(Layout { division, one_track: false, statuses: Statuses::Explicit }, tracks)
}

/// A file in this layout.
pub fn file_in(layout: Layout, tracks: &[Track]) -> Vec<u8> {
    let Layout { division, one_track, statuses } = layout;
    if let ([first, others @ ..], true) = (tracks, one_track && tracks.len() > 1) {
        let mut all = first.clone();
        others.iter().for_each(|track| all.merge(track));
        return file_in(layout, &[all]);
    }
    let format = u16::from(tracks.len() > 1);
    let mut bytes = header(format, tracks.len() as u16, division);
    for track in tracks {
        bytes.extend(track.chunk(statuses));
    }
    bytes
}
