//! Files that are as large as may be and made to take as much time and memory as they can: what a user without any right
//! may hand to a function.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::smf::{chunk, variable_length};

/// Bytes that a file may have by default, compressed and not, but for what gzip adds.
const SIZE: usize = (64 << 20) - (64 << 10);
/// Events that a file may have by default.
const EVENTS: usize = 5_000_000;
const TICK: u8 = 1;

/// A kind of trouble, and a file that gives it.
pub struct Nasty {
    /// What there is too much of.
    pub kind: &'static str,
    /// The file.
    pub content: Vec<u8>,
}

/// A file of each kind. All but the smallest are as long as may be when they are decompressed, and most of them compress to no
/// less, so that both are in memory.
pub fn files() -> Vec<Nasty> {
    let nasty = |kind, content| Nasty { kind, content };
    vec![
        nasty("notes far apart", padded(1, held_notes(TICK))),
        nasty("notes at one tick", padded(480, held_notes(0))),
        nasty("chords far apart", padded(1, chords())),
        nasty("tempos", padded(480, tempos())),
        nasty("syllables", padded(480, syllables())),
        nasty("pitch bends", padded(480, bends())),
        nasty("tracks of many channels", gzip(file(480, &tracks()), Compression::fast())),
        nasty(
            "one long text",
            gzip(file(480, &[long_event(&[0xff, 5], thai)]), Compression::fast()),
        ),
    ]
}

/// Notes that nothing ends, by running status.
fn held_notes(gap: u8) -> Vec<u8> {
    let notes = (0..EVENTS - 10).flat_map(|n| [gap, 36 + (n * 7 % 60) as u8, 64]);
    [0, 0x90, 60, 64].into_iter().chain(notes).collect()
}

/// Triads of half a second, each another one.
fn chords() -> Vec<u8> {
    let chord = |n: usize| {
        let pitches = [0, 4, 7].map(|step| 36 + ((n * 7 + step) % 60) as u8);
        let [a, b, c] = pitches;
        [TICK, a, 64, 0, b, 64, 0, c, 64, TICK, a, 0, 0, b, 0, 0, c, 0]
    };
    [0, 0x90, 60, 0].into_iter().chain((0..EVENTS / 6 - 10).flat_map(chord)).collect()
}

fn tempos() -> Vec<u8> {
    let tempos = (0..EVENTS - 100).flat_map(|n| [TICK, 0xff, 0x51, 3, 7, (n >> 8) as u8, n as u8]);
    tempos.chain(some_notes()).collect()
}

fn syllables() -> Vec<u8> {
    let syllables = (0..EVENTS - 100).flat_map(|n| [TICK, 0xff, 5, 1, b'a' + (n % 26) as u8]);
    syllables.chain(some_notes()).collect()
}

/// A bend, and a note that never ends.
fn bends() -> Vec<u8> {
    let events = (0..EVENTS / 2 - 10).flat_map(|n| {
        [TICK, 0xe0, (n % 128) as u8, (n * 37 % 128) as u8, 0, 0x90, 60 + (n % 12) as u8, 64]
    });
    events.collect()
}

fn some_notes() -> impl Iterator<Item = u8> {
    (0..20).flat_map(|n| [120, 0x90, 60 + n, 64, 120, 0x80, 60 + n, 0])
}

/// More tracks than a header can tell, each with a name and a note on every channel.
fn tracks() -> Vec<Vec<u8>> {
    let channel = |n: u8| [0, 0x90 | n, 60 + n, 64, 0, 0x80 | n, 60 + n, 64];
    let name = [0, 0xff, 3, 4, b'd', b'r', b'u', b'm'];
    let track: Vec<u8> = name.into_iter().chain((0..16).flat_map(channel)).collect();
    vec![track; 100_000]
}

/// An event of as many bytes as fit, after some notes.
fn long_event(status: &[u8], byte: impl Fn(usize) -> u8) -> Vec<u8> {
    const LENGTH: usize = SIZE - 1_000;
    let mut track: Vec<u8> = some_notes().collect();
    track.push(0);
    track.extend_from_slice(status);
    variable_length(&mut track, LENGTH as u32);
    track.extend((0..LENGTH).map(byte));
    track
}

/// A letter of Thai in one byte, which takes three in UTF-8.
fn thai(index: usize) -> u8 {
    0xa1 + (index % 40) as u8
}

/// One track of these events, before them random bytes that no one reads but that fill the file, and gzip around it that does not
/// make it smaller.
fn padded(division: u16, events: Vec<u8>) -> Vec<u8> {
    let mut padding = vec![0; SIZE - events.len() - 100];
    fastrand::Rng::with_seed(2).fill(&mut padding);
    let mut track = vec![0, 0xf0];
    variable_length(&mut track, padding.len() as u32);
    track.append(&mut padding);
    track.extend(events);
    gzip(file(division, &[track]), Compression::none())
}

fn file(division: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(tracks.len()).unwrap_or(u16::MAX);
    let header = [u16::from(tracks.len() > 1), count, division].map(u16::to_be_bytes).concat();
    let mut file = chunk(b"MThd", &header);
    for track in tracks {
        file.extend(chunk(b"MTrk", &[track, &[0, 0xff, 0x2f, 0][..]].concat()));
    }
    file
}

fn gzip(bytes: Vec<u8>, level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(&bytes).expect("memory takes what is written");
    encoder.finish().expect("memory takes what is written")
}
