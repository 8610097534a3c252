//! The most plausible division of damaged bytes into events and gaps.
//!
//! Every place in the bytes may be the start of an event. Dynamic programming (Viterbi 1967) finds the
//! way from the first byte to the last that costs least, where an [event](super::event) costs more the less
//! it is like music, and a gap, a run of bytes that are left out, more than any usual event (an affine gap,
//! Gotoh 1982). The time is linear in the number of bytes.

use super::event::{Event, RunningStatus, Usual};
use crate::error::Error;
use crate::options::Options;
use crate::room;

/// Costs are in bits: one halves the probability. A gap stands for a damage among some million bytes.
const GAP: u32 = 24;
const GAP_BYTE: u32 = 2;
/// How much less the way with gaps must cost than that without.
const LEAST_GAIN: u32 = 12;
const EARLY_END: u32 = 20;
const NO_END: u32 = 10;
const UNREACHED: u32 = u32::MAX;
/// Places between two questions whether to stop.
const PLACES_BETWEEN_CHECKS: usize = 1 << 14;

/// How a place was reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Event,
    /// An event whose delta time was lost in the gap before it.
    EventAfterDelta,
    Gap,
}

/// The cheapest way to a place between two bytes.
#[derive(Clone, Copy)]
struct Place {
    cost: u32,
    from: u32,
    step: Step,
    status: RunningStatus,
    /// The pitches that sound, a bit each.
    sounding: u128,
}

/// Events without the bytes that form none.
pub(super) struct Aligned {
    pub(super) bytes: Vec<u8>,
    /// Where bytes were left out.
    pub(super) gaps: Vec<usize>,
}

/// The events of a track, or `None` where no byte within them is left out. `ends_there` says that the track
/// is known to extend to the last byte; else it may end at any End of Track.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn aligned(
    bytes: &[u8],
    ends_there: bool,
    options: &Options<'_>,
) -> Result<Option<Aligned>, Error> {
    let usual = Usual::of(bytes);
    let places = places(bytes, ends_there, &usual, options)?;
    let most = places[bytes.len()].cost.saturating_add(LEAST_GAIN);
    if cost_without_gaps(bytes, ends_there, &usual, most).is_some() {
        return Ok(None);
    }
    let mut way = Vec::new();
    let mut at = bytes.len();
    while at > 0 {
        room::push(&mut way, at)?;
        at = places[at].from as usize;
    }
    let mut gaps = Vec::new();
    for &end in &way {
        let Place { step, from, .. } = places[end];
        let left_out = match step {
            Step::Gap => end < bytes.len(),
            Step::Event => Event::at(bytes, from as usize, places[from as usize].status)
                .is_some_and(|event| event.has_impossible_delta()),
            Step::EventAfterDelta => false,
        };
        if left_out {
            room::push(&mut gaps, from as usize)?;
        }
    }
    if gaps.is_empty() {
        return Ok(None);
    }
    gaps.reverse();
    Ok(Some(Aligned { bytes: written(bytes, &places, &way)?, gaps }))
}

/// The cheapest way to each place.
fn places(
    bytes: &[u8],
    ends_there: bool,
    usual: &Usual,
    options: &Options<'_>,
) -> Result<Vec<Place>, Error> {
    let start = Place {
        cost: 0,
        from: 0,
        step: Step::Event,
        status: RunningStatus::default(),
        sounding: 0,
    };
    let last = bytes.len();
    let mut places = room::filled(Place { cost: UNREACHED, ..start }, last + 1)?;
    places[0] = start;
    let mut gap = Place { cost: GAP, step: Step::Gap, ..start };
    for at in 0..last {
        if at % PLACES_BETWEEN_CHECKS == 0 {
            options.check()?;
        }
        if gap.cost < places[at].cost && at > 0 {
            places[at] = gap;
        }
        let place = places[at];
        let opened = place.cost.saturating_add(GAP);
        if opened < gap.cost && place.step != Step::Gap {
            gap = Place { cost: opened, from: at as u32, step: Step::Gap, ..place };
        }
        gap.cost = gap.cost.saturating_add(GAP_BYTE);
        let timed = Event::at(bytes, at, place.status).map(|event| (event, Step::Event));
        let bare = Event::without_delta_at(bytes, at).map(|event| (event, Step::EventAfterDelta));
        for (event, step) in timed.into_iter().chain(bare.filter(|_| place.step == Step::Gap)) {
            let (cost, sounding) = event.cost(bytes, place.sounding, usual);
            let ending = match (event.is_end_of_track(bytes), event.end == last) {
                (false, true) => NO_END,
                (true, false) if ends_there => EARLY_END,
                _ => 0,
            };
            let next = Place {
                cost: place.cost.saturating_add(cost + ending),
                from: at as u32,
                step,
                status: event.status_after,
                sounding,
            };
            let ends = event.is_end_of_track(bytes) && !ends_there;
            let reached = &mut places[if ends { last } else { event.end }];
            if next.cost < reached.cost {
                *reached = next;
            }
        }
    }
    if gap.cost < places[last].cost {
        places[last] = gap;
    }
    Ok(places)
}

/// What all bytes cost as events, if that is not over `most`.
fn cost_without_gaps(bytes: &[u8], ends_there: bool, usual: &Usual, most: u32) -> Option<u32> {
    let (mut at, mut total, mut sounding) = (0, 0_u32, 0);
    let mut status = RunningStatus::default();
    while at < bytes.len() {
        let event = Event::at(bytes, at, status)?;
        let (cost, sounding_then) = event.cost(bytes, sounding, usual);
        total = total.saturating_add(cost);
        if total > most || event.has_impossible_delta() {
            return None;
        }
        if event.is_end_of_track(bytes) && !ends_there {
            break;
        }
        (at, status, sounding) = (event.end, event.status_after, sounding_then);
    }
    Some(total)
}

/// The events on a way, the last place of which comes first.
fn written(bytes: &[u8], places: &[Place], way: &[usize]) -> Result<Vec<u8>, Error> {
    let mut written = room::list(bytes.len() + way.len())?;
    let mut gap: Option<&[u8]> = None;
    for &end in way.iter().rev() {
        let place = &places[end];
        let from = place.from as usize;
        let event = match place.step {
            Step::Gap if end < bytes.len() => {
                gap = Some(&bytes[from..end]);
                continue;
            }
            // What is cut short at the end is reported where the track is read.
            Step::Gap => None,
            Step::Event => Event::at(bytes, from, places[from].status),
            Step::EventAfterDelta => Event::without_delta_at(bytes, from),
        };
        match event {
            Some(event) => {
                let after_music = matches!(places[from].status, RunningStatus::Channel(_));
                let ticks = match gap {
                    Some(delta) if place.step == Step::EventAfterDelta => {
                        Some(damaged_delta(delta))
                    }
                    Some(lost) if after_music => Some(delta_of_lost_event(lost)),
                    Some(_) => Some(0),
                    None => event.has_impossible_delta().then_some(0),
                };
                event.write(bytes, from, ticks, &mut written)?;
            }
            None => {
                room::reserve(&mut written, end - from)?;
                written.extend_from_slice(&bytes[from..end]);
            }
        }
        gap = None;
    }
    Ok(written)
}

/// A delta time of up to two bytes, each of which may have got its highest bit by damage.
fn damaged_delta(gap: &[u8]) -> u32 {
    match *gap {
        [ticks] => u32::from(ticks & 0x7f),
        [high @ 0x80..=0xff, low] => u32::from(high & 0x7f) << 7 | u32::from(low & 0x7f),
        _ => 0,
    }
}

/// The delta time of a channel message in a gap that has just its bytes.
fn delta_of_lost_event(gap: &[u8]) -> u32 {
    match *gap {
        [ticks @ 0..=0x7f, _, _] | [ticks @ 0..=0x7f, _, _, _] => ticks.into(),
        [high, low @ 0..=0x7f, _, _] | [high, low @ 0..=0x7f, _, _, _] => {
            u32::from(high & 0x7f) << 7 | u32::from(low)
        }
        _ => 0,
    }
}
