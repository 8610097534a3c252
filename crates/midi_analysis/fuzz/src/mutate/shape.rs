//! Mutations of the order of events, of tracks, and of the header.

use fastrand::Rng;

use super::{any_track, one_of, place, run, ticks};
use midi_testkit::smf::{END_OF_TRACK, Event, File, Message};

/// Most events that a repetition adds.
const MOST_ADDED: usize = 2_000;

pub(super) fn remove(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    let start = rng.usize(..=track.len());
    let longest = one_of(&[1, 1, 4, 64], rng);
    let end = (start + longest).min(track.len());
    track.drain(start..end);
}

pub(super) fn repeat(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    let events = run(track, rng).to_vec();
    let times = one_of(&[1, 1, 2, 8], rng).min(MOST_ADDED / events.len().max(1));
    let at = place(track, rng);
    track.splice(at..at, std::iter::repeat_n(events, times).flatten());
}

pub(super) fn swap(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    if !track.is_empty() {
        let [one, other] = [rng.usize(..track.len()), rng.usize(..track.len())];
        track.swap(one, other);
    }
}

/// Moves a run of events to another position, perhaps in another track.
pub(super) fn move_events(piece: &mut File, rng: &mut Rng) {
    let from = any_track(piece, rng);
    let start = rng.usize(..=from.len());
    let end = (start + rng.usize(..16)).min(from.len());
    let events: Vec<Event> = from.drain(start..end).collect();
    let to = any_track(piece, rng);
    let at = place(to, rng);
    to.splice(at..at, events);
}

pub(super) fn add_track(piece: &mut File, rng: &mut Rng) {
    let at = rng.usize(..=piece.tracks.len());
    piece.tracks.insert(at, vec![Event::meta(ticks(rng), END_OF_TRACK, [])]);
}

pub(super) fn copy_track(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng).clone();
    piece.tracks.push(track);
}

pub(super) fn remove_track(piece: &mut File, rng: &mut Rng) {
    if piece.tracks.len() > 1 {
        let at = rng.usize(..piece.tracks.len());
        piece.tracks.remove(at);
    }
}

pub(super) fn swap_tracks(piece: &mut File, rng: &mut Rng) {
    let count = piece.tracks.len();
    if count > 0 {
        piece.tracks.swap(rng.usize(..count), rng.usize(..count));
    }
}

/// Splits a track into its even channels and the rest.
pub(super) fn split_by_channel(piece: &mut File, rng: &mut Rng) {
    let is_even =
        |event: &Event| matches!(event.message, Message::Channel([status, ..]) if status & 1 == 0);
    let track = any_track(piece, rng);
    let (mut even, mut rest) = (Vec::new(), Vec::new());
    let (mut even_late, mut rest_late) = (0_u32, 0_u32);
    for event in std::mem::take(track) {
        let (to, late, other_late) = match is_even(&event) {
            true => (&mut even, &mut even_late, &mut rest_late),
            false => (&mut rest, &mut rest_late, &mut even_late),
        };
        let delta = event.delta.saturating_add(std::mem::take(late));
        *other_late = other_late.saturating_add(event.delta);
        to.push(Event { delta, ..event });
    }
    *track = rest;
    piece.tracks.push(even);
}

/// Appends the last track to another.
pub(super) fn join_tracks(piece: &mut File, rng: &mut Rng) {
    if piece.tracks.len() > 1
        && let Some(last) = piece.tracks.pop()
    {
        let track = any_track(piece, rng);
        track.retain(|event| !event.ends_track());
        track.extend(last);
    }
}

pub(super) fn format(piece: &mut File, rng: &mut Rng) {
    piece.format = one_of(&[0, 0, 1, 1, 1, 2, 2, 3, 0xffff], rng);
}

pub(super) fn division(piece: &mut File, rng: &mut Rng) {
    let smpte = |frames: i8, ticks: u8| u16::from_be_bytes([-frames as u8, ticks]);
    piece.division = match rng.usize(..8) {
        0 => one_of(&[0, 1, 2, 7, 0x7fff], rng),
        1 => rng.u16(..),
        2 => {
            smpte(one_of(&[24, 25, 29, 30, 1, 127, 0], rng), one_of(&[4, 40, 80, 100, 0, 255], rng))
        }
        _ => one_of(&[24, 48, 96, 120, 192, 240, 384, 480, 960], rng),
    };
}

/// Inserts or removes an end of track.
pub(super) fn end_of_track(piece: &mut File, rng: &mut Rng) {
    let track = any_track(piece, rng);
    if rng.bool() {
        track.retain(|event| !event.ends_track());
    } else {
        let at = rng.usize(..=track.len());
        track.insert(at, Event::meta(ticks(rng), END_OF_TRACK, []));
    }
}
