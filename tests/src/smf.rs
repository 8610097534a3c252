//! Writes standard MIDI files from a few lines of notation. It shares no code with the reader it is there to test.
//!
//! Notation is tokens of pitches joined by `+` (`r` rests), each with a length that holds until the next one given:
//! `w h q e s` are whole to sixteenth, `.` dots it, `l` and `k` are the long and the short eighth of a swung pair. Bar
//! lines `|` are for the eye. Middle C is `C4`.

/// Ticks in a quarter note.
pub const QUARTER: u32 = 480;

const END_OF_TRACK: [u8; 4] = [0, 0xff, 0x2f, 0];

/// One track, written at a cursor that `play` moves on.
#[derive(Clone)]
pub struct Track {
    channel: u8,
    cursor: u32,
    events: Vec<Event>,
    /// What the events are, end to end: the benchmark writes them by the hundred million.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Event {
    tick: u32,
    start: usize,
    length: usize,
}

/// How a file is written down.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Ticks in a quarter note.
    pub division: u16,
    /// Whether all tracks become one, which makes the format 0.
    pub one_track: bool,
    /// Whether an event leaves out a status byte that is the one before it.
    pub running_status: bool,
}

impl Track {
    /// A track with a name, on a channel of 0 to 15 (9 is drums).
    pub fn new(name: &str, channel: u8) -> Self {
        Self { channel, ..Self::empty() }.meta(0x03, name.as_bytes())
    }

    /// A track without anything, for [`put`](Self::put).
    pub fn empty() -> Self {
        Self { channel: 0, cursor: 0, events: Vec::new(), bytes: Vec::new() }
    }

    /// Moves the cursor to a tick.
    pub fn at(mut self, tick: u32) -> Self {
        self.cursor = tick;
        self
    }

    /// Plays on another channel from here on.
    pub fn on(mut self, channel: u8) -> Self {
        self.channel = channel;
        self
    }

    /// A meta event: its type and its bytes.
    pub fn meta(self, kind: u8, data: &[u8]) -> Self {
        let mut bytes = vec![0xff, kind];
        variable_length(&mut bytes, data.len() as u32);
        bytes.extend_from_slice(data);
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

    /// Plays notation and leaves the cursor behind it.
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

    /// Takes in the events of another track.
    fn merge(&mut self, other: &Self) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        let moved = |event: &Event| Event { start: event.start + shift, ..*event };
        self.events.extend(other.events.iter().map(moved));
    }

    fn chunk(&self, running_status: bool) -> Vec<u8> {
        let mut events = self.events.clone();
        // A note that ends where the next of its pitch begins has to end first.
        events.sort_by_key(|event| (event.tick, self.bytes[event.start] & 0xf0 != 0x80));
        let mut body = Vec::with_capacity(self.bytes.len() + 2 * events.len() + END_OF_TRACK.len());
        let (mut now, mut status) = (0, None);
        for Event { tick, start, length } in events {
            let bytes = &self.bytes[start..start + length];
            variable_length(&mut body, tick - now);
            let is_running = running_status && bytes[0] < 0xf0 && status == Some(bytes[0]);
            body.extend_from_slice(&bytes[usize::from(is_running)..]);
            now = tick;
            status = Some(bytes[0]);
        }
        body.extend(END_OF_TRACK);
        chunk(b"MTrk", &body)
    }
}

/// A file of format 1 (format 0 for a single track).
pub fn file(tracks: &[Track]) -> Vec<u8> {
    let division = QUARTER as u16;
    file_in(Layout { division, one_track: false, running_status: false }, tracks)
}

/// A file in this layout.
pub fn file_in(layout: Layout, tracks: &[Track]) -> Vec<u8> {
    let Layout { division, one_track, running_status } = layout;
    if let ([first, others @ ..], true) = (tracks, one_track && tracks.len() > 1) {
        let mut all = first.clone();
        others.iter().for_each(|track| all.merge(track));
        return file_in(layout, &[all]);
    }
    let format = u16::from(tracks.len() > 1);
    let header = [format, tracks.len() as u16, division].map(u16::to_be_bytes).concat();
    let mut bytes = chunk(b"MThd", &header);
    for track in tracks {
        bytes.extend(track.chunk(running_status));
    }
    bytes
}

/// A small piece of its own for every number: same number, same bytes; other number, other notes.
pub fn numbered(number: u32, notes: u32) -> Vec<u8> {
    let name = format!("Piece {number}");
    let mut body = [&[0, 0xff, 0x03, name.len() as u8], name.as_bytes()].concat();
    body.extend([0, 0xc0, (number % 128) as u8]);
    let mut state = number.wrapping_mul(2_654_435_761).wrapping_add(1);
    for _ in 0..notes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let pitch = 48 + (state >> 24) as u8 % 36;
        // On, and an eighth note later off: by hand, since tests make these by the million.
        body.extend([0, 0x90, pitch, 80, 0x81, 0x70, 0x80, pitch, 64]);
    }
    body.extend(END_OF_TRACK);
    let header = [0, 1, QUARTER as u16].map(u16::to_be_bytes).concat();
    [chunk(b"MThd", &header), chunk(b"MTrk", &body)].concat()
}

/// What sounds for a while: pitches together, or none (a rest).
struct Sound {
    pitches: Vec<u8>,
    ticks: u32,
}

fn parse(music: &str) -> Vec<Sound> {
    let mut ticks = QUARTER;
    music
        .split_whitespace()
        .filter(|&token| token != "|")
        .map(|token| {
            let length = token.find(['w', 'h', 'q', 'e', 's', 'l', 'k']).unwrap_or(token.len());
            let (pitches, length) = token.split_at(length);
            if !length.is_empty() {
                ticks = length_ticks(length);
            }
            let pitches =
                if pitches == "r" { vec![] } else { pitches.split('+').map(pitch).collect() };
            Sound { pitches, ticks }
        })
        .collect()
}

fn length_ticks(length: &str) -> u32 {
    let plain = match &length[..1] {
        "w" => 4 * QUARTER,
        "h" => 2 * QUARTER,
        "q" => QUARTER,
        "e" => QUARTER / 2,
        "s" => QUARTER / 4,
        "l" => QUARTER * 2 / 3,
        _ => QUARTER / 3,
    };
    if length.ends_with('.') { plain * 3 / 2 } else { plain }
}

fn pitch(name: &str) -> u8 {
    let (letter, rest) = name.split_at(1);
    let step = match letter {
        "C" => 0,
        "D" => 2,
        "E" => 4,
        "F" => 5,
        "G" => 7,
        "A" => 9,
        "B" => 11,
        _ => panic!("no such note: {name}"),
    };
    let (alteration, octave) = match rest.split_at(1) {
        ("#", octave) => (1, octave),
        ("b", octave) => (-1, octave),
        _ => (0, rest),
    };
    let octave: i32 = octave.parse().expect("a note name ends in its octave");
    (12 * (octave + 1) + step + alteration) as u8
}

pub(crate) fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    [kind.as_slice(), &length, body].concat()
}

pub(crate) fn variable_length(bytes: &mut Vec<u8>, value: u32) {
    for shift in [21, 14, 7] {
        if value >> shift != 0 {
            bytes.push((value >> shift) as u8 & 0x7f | 0x80);
        }
    }
    bytes.push(value as u8 & 0x7f);
}
