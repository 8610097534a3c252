//! Tracks that are played together -> one track, and one track -> a track a channel.
//!
//! Events of one track stay in their order. Of events of several tracks at one tick, those that end notes come first,
//! and then those of earlier tracks: otherwise the end of a note would cut off the next one of the same pitch.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::btree_map::{BTreeMap, Entry};

use super::event::Event;
use super::file::{EVENTS_BETWEEN_CHECKS, Track};
use super::message::Message;
use super::meta_kind::MetaKind;
use super::ports::{TrackPorts, names_port};
use crate::error::Error;
use crate::model::note::CHANNELS;
use crate::options::Options;
use crate::room;

/// One track of the events of all.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn merged<'p>(
    tracks: Vec<Track<'p>>,
    options: &Options<'_>,
) -> Result<Track<'p>, Error> {
    if tracks.len() == 1 {
        return Ok(tracks.into_iter().next().unwrap_or_default());
    }
    let mut ports = TrackPorts::of(&tracks)?;
    let mut said = None;
    let end = tracks.iter().map(|track| track.end).max().unwrap_or(0);
    let count = tracks.iter().map(|track| track.events.len()).sum();
    let mut events: Vec<Event<'p>> = room::list(count)?;
    let mut lists: Vec<_> = tracks.into_iter().map(|track| track.events.into_iter()).collect();
    let mut heads: BinaryHeap<_> = (0..lists.len()).filter_map(|at| head(at, &lists[at])).collect();
    while let Some(Reverse((.., at))) = heads.pop() {
        let Some(event) = lists[at].next() else { continue };
        heads.extend(head(at, &lists[at]));
        if events.len().is_multiple_of(EVENTS_BETWEEN_CHECKS) {
            options.check()?;
        }
        if let Some(ports) = &mut ports {
            let port = ports.pass(at);
            if names_port(&event) {
                continue;
            }
            if goes_to_port(&event) && said.replace(port) != Some(port) {
                room::push(&mut events, Event::new(event.tick, Message::port(port)))?;
            }
        }
        room::push(&mut events, event)?;
    }
    let mut track = Track::new(events)?;
    track.end = track.end.max(end);
    Ok(track)
}

/// What decides which of the tracks' next events is the first: its tick, whether it is anything but the end of a note,
/// and its track.
fn head(at: usize, events: &std::vec::IntoIter<Event<'_>>) -> Option<Reverse<(u32, bool, usize)>> {
    let event = events.as_slice().first()?;
    let ends_note = event.channel_message().is_some_and(|message| message.ends_note());
    Some(Reverse((event.tick, !ends_note, at)))
}

fn goes_to_port(event: &Event<'_>) -> bool {
    !matches!(event.message(), Message::Meta(..))
}

/// The events of a track in several: in the first what is of no channel, then each channel's, in the order of ports and
/// channels.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn divided<'p>(
    track: Track<'p>,
    options: &Options<'_>,
) -> Result<Vec<Track<'p>>, Error> {
    let mut ports = TrackPorts::of(std::slice::from_ref(&track))?;
    let counts = Counts::of(&track);
    let mut common = room::list(counts.common)?;
    let mut channels: BTreeMap<(u8, u8), Vec<Event<'p>>> = BTreeMap::new();
    let mut prefix = ChannelPrefix::default();
    for (index, event) in track.events.into_iter().enumerate() {
        if index.is_multiple_of(EVENTS_BETWEEN_CHECKS) {
            options.check()?;
        }
        let port = ports.as_mut().map_or(0, |ports| ports.pass(0));
        let Some(channel) = prefix.channel_of(&event.message()) else {
            room::push(&mut common, event)?;
            continue;
        };
        let own = match channels.entry((port, channel)) {
            Entry::Occupied(list) => list.into_mut(),
            Entry::Vacant(place) => {
                // Of several ports, each may have all events of the channel, or few.
                let most = if ports.is_some() { 0 } else { counts.channels[usize::from(channel)] };
                place.insert(room::list(most)?)
            }
        };
        if own.is_empty() && ports.is_some() {
            room::push(own, Event::new(event.tick, Message::port(port)))?;
        }
        room::push(own, event)?;
    }
    let mut tracks = room::list(channels.len() + 1)?;
    let mut first = Track::new(common)?;
    first.end = first.end.max(track.end);
    tracks.push(first);
    for events in channels.into_values() {
        tracks.push(Track::new(events)?);
    }
    Ok(tracks)
}

/// How many events of a track are of no channel, and of each.
#[derive(Default)]
struct Counts {
    common: usize,
    channels: [usize; CHANNELS],
}

impl Counts {
    fn of(track: &Track<'_>) -> Self {
        let (mut counts, mut prefix) = (Self::default(), ChannelPrefix::default());
        for event in &track.events {
            match prefix.channel_of(&event.message()) {
                Some(channel) => counts.channels[usize::from(channel)] += 1,
                None => counts.common += 1,
            }
        }
        counts
    }
}

/// The channel that meta events belong to: that of a MIDI Channel Prefix, until the next message to a channel.
#[derive(Default)]
pub(super) struct ChannelPrefix(Option<u8>);

impl ChannelPrefix {
    /// The channel of the next event of a track; `None` where it belongs to all.
    pub(super) fn channel_of(&mut self, message: &Message<'_>) -> Option<u8> {
        match message {
            Message::Channel(message) => {
                self.0 = None;
                Some(message.channel())
            }
            Message::Meta(MetaKind::CHANNEL_PREFIX, data) => {
                self.0 = data.first().map(|channel| channel & 0xf);
                self.0
            }
            Message::Meta(kind, _) if kind.is_of_the_piece() => None,
            _ => self.0,
        }
    }
}
