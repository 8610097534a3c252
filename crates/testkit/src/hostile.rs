//! Files of the greatest permitted size that cost as much time and memory as possible, as any user may pass to a function.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::smf::bytes::{self, meta, quantity};

/// Default limit of a file's bytes, compressed and not, less what gzip adds.
const SIZE: usize = (64 << 20) - (64 << 10);
/// Default limit of a file's events.
const EVENTS: usize = 5_000_000;
const TICK: u8 = 1;

/// A hostile file.
pub struct Hostile {
    /// What it has too much of.
    pub kind: &'static str,
    /// The file.
    pub content: Vec<u8>,
}

/// A file of each kind. Nearly all have the greatest permitted size when decompressed, and most are as large when compressed,
/// so that both forms are in memory.
pub fn files() -> Vec<Hostile> {
    let hostile = |kind, content| Hostile { kind, content };
    vec![
        hostile("notes far apart", padded(1, held_notes(TICK))),
        hostile("notes at one tick", padded(480, held_notes(0))),
        hostile("chords far apart", padded(1, chords())),
        hostile("tempos", padded(480, tempos())),
        hostile("syllables", padded(480, syllables())),
        hostile("pitch bends", padded(480, bends())),
        hostile("tracks of many channels", gzip(file(480, &tracks()), Compression::fast())),
        hostile("notes of many lines", gzip(file(480, &lines()), Compression::fast())),
        hostile("one long text", gzip(file(480, &[long_text()]), Compression::fast())),
    ]
}

/// What `event` writes, repeatedly.
fn repeated(times: usize, event: impl Fn(&mut Vec<u8>, usize)) -> Vec<u8> {
    let mut track = Vec::new();
    (0..times).for_each(|n| event(&mut track, n));
    track
}

/// Notes without note-offs, in running status.
fn held_notes(gap: u8) -> Vec<u8> {
    let on = |track: &mut Vec<u8>, n: usize| track.extend([gap, 36 + (n * 7 % 60) as u8, 64]);
    [vec![0, 0x90, 60, 64], repeated(EVENTS - 10, on)].concat()
}

/// Different triads of half a second.
fn chords() -> Vec<u8> {
    let triad = |track: &mut Vec<u8>, n: usize| {
        let [a, b, c] = [0, 4, 7].map(|step| 36 + ((n * 7 + step) % 60) as u8);
        track.extend([TICK, a, 64, 0, b, 64, 0, c, 64, TICK, a, 0, 0, b, 0, 0, c, 0]);
    };
    [vec![0, 0x90, 60, 0], repeated(EVENTS / 6 - 10, triad)].concat()
}

fn tempos() -> Vec<u8> {
    let tempo = |track: &mut Vec<u8>, n: usize| {
        track.extend([TICK, 0xff, 0x51, 3, 7, (n >> 8) as u8, n as u8]);
    };
    [repeated(EVENTS - 100, tempo), some_notes()].concat()
}

fn syllables() -> Vec<u8> {
    let syllable = |track: &mut Vec<u8>, n: usize| {
        track.extend([TICK, 0xff, 5, 1, b'a' + (n % 26) as u8]);
    };
    [repeated(EVENTS - 100, syllable), some_notes()].concat()
}

/// Pitch bends, and as many notes without note-offs.
fn bends() -> Vec<u8> {
    repeated(EVENTS / 2 - 10, |track, n| {
        track.extend([TICK, 0xe0, (n % 128) as u8, (n * 37 % 128) as u8]);
        track.extend([0, 0x90, 60 + (n % 12) as u8, 64]);
    })
}

fn some_notes() -> Vec<u8> {
    repeated(20, |track, n| {
        let pitch = 60 + n as u8;
        track.extend([120, 0x90, pitch, 64, 120, 0x80, pitch, 0]);
    })
}

/// More tracks than a header can count, each with a name and a note on every channel.
fn tracks() -> Vec<Vec<u8>> {
    let channel = |n: u8| [0, 0x90 | n, 60 + n, 64, 0, 0x80 | n, 60 + n, 64];
    let name = [0, 0xff, 3, 4, b'd', b'r', b'u', b'm'];
    let track: Vec<u8> = name.into_iter().chain((0..16).flat_map(channel)).collect();
    vec![track; 100_000]
}

/// Tracks that deal their notes out to all channels.
fn lines() -> Vec<Vec<u8>> {
    const TRACKS: usize = 8_000;
    let track = repeated(EVENTS / TRACKS / 2 - 4, |track, n| {
        let (channel, pitch) = ((n % 16) as u8, 40 + (n % 40) as u8);
        track.extend([0, 0x90 | channel, pitch, 80, 120, 0x80 | channel, pitch, 0]);
    });
    vec![track; TRACKS]
}

/// Thai words in one event of the greatest size. Their letters are one byte each and three in UTF-8.
fn long_text() -> Vec<u8> {
    const LETTERS: usize = 40;
    let words: Vec<u8> = (0..LETTERS as u8).map(|letter| 0xa1 + letter).collect();
    [some_notes(), meta(0, 5, &words.repeat((SIZE - 1_000) / LETTERS))].concat()
}

/// One track of these events, and before them random bytes, in an event that no one reads, that fill the file. gzip around
/// it does not make it smaller.
fn padded(division: u16, events: Vec<u8>) -> Vec<u8> {
    let mut padding = vec![0; SIZE - events.len() - 100];
    fastrand::Rng::with_seed(2).fill(&mut padding);
    let mut track = [&[0, 0xf0], &quantity(padding.len() as u32)[..]].concat();
    track.append(&mut padding);
    track.extend(events);
    gzip(file(division, &[track]), Compression::none())
}

fn file(division: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    bytes::file(u16::from(tracks.len() > 1), division, tracks)
}

fn gzip(bytes: Vec<u8>, level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(&bytes).expect("memory takes what is written");
    encoder.finish().expect("memory takes what is written")
}
