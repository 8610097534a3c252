//! Mutations of the tracks and events of a standard MIDI file: most results are music, which gets past the
//! reader to the analysis.
//!
//! A mutator returns the new length of the bytes, as `LLVMFuzzerCustomMutator` wants it.

mod change;
mod insert;
mod phrase;
mod shape;

use fastrand::Rng;

use midi_testkit::smf::{Event, File, LARGEST_QUANTITY, Statuses};

/// libFuzzer's own mutation: of the bytes, how many there are, and how many there may be.
pub type ByteMutation<'a> = &'a dyn Fn(&mut [u8], usize, usize) -> usize;

type Mutation = fn(&mut File, &mut Rng);

/// All mutations; the more important ones are listed more than once.
const MUTATIONS: &[Mutation] = &[
    insert::note,
    insert::note,
    phrase::insert,
    phrase::insert,
    phrase::insert,
    insert::tempo,
    insert::meter,
    insert::key,
    insert::text,
    insert::text,
    insert::other_meta,
    insert::program,
    insert::controller,
    insert::controller,
    insert::bend_or_pressure,
    insert::sysex,
    change::delta,
    change::delta,
    change::pace,
    change::pitches,
    change::velocities,
    change::channels,
    change::data,
    change::meta_data,
    shape::remove,
    shape::remove,
    shape::repeat,
    shape::swap,
    shape::move_events,
    shape::add_track,
    shape::copy_track,
    shape::remove_track,
    shape::swap_tracks,
    shape::split_by_channel,
    shape::join_tracks,
    shape::format,
    shape::division,
    shape::end_of_track,
];

/// Most mutations at once.
const MOST: usize = 4;
/// One in so many mutations is libFuzzer's own, which damages the file.
const BYTES_ONE_IN: usize = 6;

/// Mutates the file in the first `size` bytes.
pub fn smf(
    bytes: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    byte_mutation: ByteMutation<'_>,
) -> usize {
    let mut rng = Rng::with_seed(seed.into());
    let read = if rng.usize(..BYTES_ONE_IN) == 0 { None } else { File::read(&bytes[..size]) };
    let Some(mut piece) = read else { return byte_mutation(bytes, size, max_size) };
    for _ in 0..=rng.usize(..MOST) {
        MUTATIONS[rng.usize(..MUTATIONS.len())](&mut piece, &mut rng);
    }
    let file = written(piece, &mut rng);
    let max_size = max_size.min(bytes.len());
    if file.len() > max_size {
        return byte_mutation(bytes, size, max_size);
    }
    bytes[..file.len()].copy_from_slice(&file);
    file.len()
}

/// A piece made of two: the tracks of both, or a track that begins as one of the first piece and continues as
/// one of the second.
pub fn cross(one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    let mut rng = Rng::with_seed(seed.into());
    let (Some(mut piece), Some(mut other)) = (File::read(one), File::read(other)) else {
        return 0;
    };
    if rng.bool() {
        piece.tracks.append(&mut other.tracks);
    } else {
        let taken = other.tracks.swap_remove(rng.usize(..other.tracks.len()));
        let track = any_track(&mut piece, &mut rng);
        track.truncate(rng.usize(..=track.len()));
        track.extend(taken.into_iter().skip(rng.usize(..8)));
    }
    let file = written(piece, &mut rng);
    if file.len() > out.len() {
        return 0;
    }
    out[..file.len()].copy_from_slice(&file);
    file.len()
}

fn written(piece: File, rng: &mut Rng) -> Vec<u8> {
    piece.write(if rng.bool() { Statuses::Running } else { Statuses::Explicit })
}

/// One of the values.
fn one_of<T: Copy>(values: &[T], rng: &mut Rng) -> T {
    values[rng.usize(..values.len())]
}

/// A track of the piece; adds one if it has none.
fn any_track<'a>(piece: &'a mut File, rng: &mut Rng) -> &'a mut Vec<Event> {
    if piece.tracks.is_empty() {
        piece.tracks.push(Vec::new());
    }
    let track = rng.usize(..piece.tracks.len());
    &mut piece.tracks[track]
}

/// A run of events of a track, usually short.
fn run<'a>(track: &'a mut [Event], rng: &mut Rng) -> &'a mut [Event] {
    let start = rng.usize(..=track.len());
    let longest = if rng.usize(..4) == 0 { track.len() } else { 8 };
    let end = (start + 1 + rng.usize(..=longest)).min(track.len());
    &mut track[start..end]
}

/// A position for new events, before the end of the track.
fn place(track: &[Event], rng: &mut Rng) -> usize {
    let last = track.iter().position(Event::ends_track).unwrap_or(track.len());
    if rng.usize(..3) == 0 { 0 } else { rng.usize(..=last) }
}

/// Ticks between events, usually values that are common in music.
fn ticks(rng: &mut Rng) -> u32 {
    match rng.usize(..12) {
        0..=3 => 0,
        4..=8 => one_of(&[10, 20, 24, 30, 40, 48, 60, 80, 96, 120, 160, 240, 480, 960], rng),
        9 => rng.u32(..64),
        10 => rng.u32(..20_000),
        _ => one_of(&[1, 0x7f, 0x80, 0x3fff, 0x1f_ffff, LARGEST_QUANTITY], rng),
    }
}

/// A channel, often that of drums.
fn channel(rng: &mut Rng) -> u8 {
    one_of(&[0, 0, 0, 1, 2, 3, 9, 9, 10, 15], rng)
}
