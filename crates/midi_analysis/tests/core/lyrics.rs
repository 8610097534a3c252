//! Lyrics as people's files have them: by karaoke programs, notation programs, keyboards and games.

mod declared;
mod marks;
mod sources;
mod syllables;
mod voices;

use crate::support::{QUARTER, analyze, melody, meta, smf};
use midi_analysis::Texts;

const TEXT: u8 = 1;
const TRACK_NAME: u8 = 3;
const LYRIC: u8 = 5;
/// Half a quarter note.
const STEP: u32 = QUARTER as u32 / 2;

/// A quarter note for each of these, four bars of them.
fn accompaniment() -> Vec<u8> {
    melody(3, &[60, 64, 67, 72, 71, 67, 65, 62, 60, 64, 67, 72, 71, 67, 60, 60])
}

/// Texts of a kind, the first after `start` ticks, the others `step` ticks after each other.
fn sung(kind: u8, start: u32, step: u32, texts: &[&str]) -> Vec<u8> {
    sung_bytes(kind, start, step, texts.iter().map(|text| text.as_bytes()))
}

fn sung_bytes<'t>(
    kind: u8,
    start: u32,
    step: u32,
    texts: impl Iterator<Item = &'t [u8]>,
) -> Vec<u8> {
    let delta = |at| if at == 0 { start } else { step };
    texts.enumerate().flat_map(|(at, text)| meta(delta(at), kind, text)).collect()
}

fn named(name: &str) -> Vec<u8> {
    meta(0, TRACK_NAME, name.as_bytes())
}

/// The texts of a file with these tracks and an accompaniment.
fn texts(tracks: &[Vec<u8>]) -> Texts {
    let tracks = [tracks, &[accompaniment()]].concat();
    analyze(&smf(1, &tracks)).texts
}

/// The lyrics of such a file.
fn lyrics(tracks: &[Vec<u8>]) -> String {
    texts(tracks).lyrics.unwrap_or_default()
}

/// The lyrics of a track of Lyric events.
fn lyric_events(texts: &[&str]) -> String {
    lyrics(&[sung(LYRIC, 0, STEP, texts)])
}
