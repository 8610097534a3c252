//! Mutations that change events in place.

use fastrand::Rng;

use super::{any_track, channel, one_of, run, ticks};
use midi_testkit::smf::{Event, File, LARGEST_QUANTITY, Message};

pub(super) fn delta(piece: &mut File, rng: &mut Rng) {
    let to = ticks(rng);
    let track = any_track(piece, rng);
    if !track.is_empty() {
        let at = rng.usize(..track.len());
        track[at].delta = to;
    }
}

/// Makes a passage faster or slower.
pub(super) fn pace(piece: &mut File, rng: &mut Rng) {
    let [times, parts] =
        one_of(&[[2, 1], [1, 2], [3, 2], [2, 3], [0, 1], [16, 1], [101, 100]], rng);
    for event in run(any_track(piece, rng), rng) {
        let changed = u64::from(event.delta) * times / parts;
        event.delta = changed.min(LARGEST_QUANTITY.into()) as u32;
    }
}

pub(super) fn pitches(piece: &mut File, rng: &mut Rng) {
    let by = one_of(&[-24, -12, -7, -5, -2, -1, 1, 2, 5, 7, 12, 24], rng);
    each_note(run(any_track(piece, rng), rng), |note| {
        note[1] = (i16::from(note[1]) + by).clamp(0, 127) as u8;
    });
}

pub(super) fn velocities(piece: &mut File, rng: &mut Rng) {
    let to = one_of(&[0, 1, 64, 127], rng);
    let spread = rng.u8(..64);
    let track = run(any_track(piece, rng), rng);
    each_note(track, |note| note[2] = (to + rng.u8(..=spread)).min(127));
}

fn each_note(events: &mut [Event], mut change: impl FnMut(&mut [u8; 3])) {
    for event in events {
        if let Message::Channel(message @ [0x80..=0x9f, ..]) = &mut event.message {
            change(message);
        }
    }
}

pub(super) fn channels(piece: &mut File, rng: &mut Rng) {
    let to = channel(rng);
    let whole = rng.bool();
    let track = any_track(piece, rng);
    for event in if whole { &mut track[..] } else { run(track, rng) } {
        if let Message::Channel([status, ..]) = &mut event.message {
            *status = *status & 0xf0 | to;
        }
    }
}

/// Any channel message, or another of the same bytes.
pub(super) fn data(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    if track.is_empty() {
        return;
    }
    let at = rng.usize(..track.len());
    if let Message::Channel(message) = &mut track[at].message {
        match rng.usize(..3) {
            0 => message[0] = message[0] & 0x0f | rng.u8(0x8..0xf) << 4,
            byte => message[byte] = rng.u8(..128),
        }
        if matches!(message[0] >> 4, 0xc | 0xd) {
            message[2] = 0;
        }
    }
}

pub(super) fn meta_data(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    let metas = track.iter_mut().filter_map(|event| match &mut event.message {
        Message::Meta(_, data) | Message::SysEx(_, data) => Some(data),
        Message::Channel(_) => None,
    });
    let mut metas: Vec<&mut Vec<u8>> = metas.collect();
    if metas.is_empty() {
        return;
    }
    let at = rng.usize(..metas.len());
    let data = &mut metas[at];
    match (rng.usize(..4), data.len()) {
        (0, _) | (_, 0) => data.push(rng.u8(..)),
        (1, _) => drop(data.pop()),
        (_, length) => data[rng.usize(..length)] = rng.u8(..),
    }
}
