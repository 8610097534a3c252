//! A file as lists of events.

use std::borrow::Cow;

use super::event::{Event, Form};
use crate::error::Error;
use crate::model::division::Division;
use crate::options::Options;
use crate::room::{self, NoRoom};

/// The most tracks that a header can count.
pub const MOST_TRACKS: usize = u16::MAX as usize;
/// Events between two questions whether to stop.
pub(super) const EVENTS_BETWEEN_CHECKS: usize = 8_192;

/// A MIDI file as lists of events, to be changed and written.
#[derive(Clone, Debug, PartialEq)]
pub struct File<'p> {
    /// SMF format: 0 for one track, 1 for tracks that are played together, 2 for independent ones.
    pub format: u8,
    /// What a tick lasts.
    pub division: Division,
    /// The tracks, up to [`MOST_TRACKS`].
    pub tracks: Vec<Track<'p>>,
    /// The chunks that are no tracks, in the order of the file.
    pub chunks: Vec<Chunk<'p>>,
}

/// A track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track<'p> {
    /// Its events in the order of their ticks; those of one tick in the order in which they are sent.
    pub events: Vec<Event<'p>>,
    /// The tick at which it ends. It ends no earlier than its last event.
    pub end: u32,
    pub(super) end_form: Form,
}

/// A chunk that is no track, as programs add them.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk<'p> {
    /// How many tracks stand before it.
    pub tracks_before: usize,
    /// Its identifier.
    pub id: [u8; 4],
    /// What is in it.
    pub content: Cow<'p, [u8]>,
}

impl<'p> File<'p> {
    /// A file of these tracks: of format 0 if there is only one, else of format 1.
    pub fn new(division: Division, tracks: Vec<Track<'p>>) -> Self {
        Self { format: (tracks.len() != 1).into(), division, tracks, chunks: Vec::new() }
    }

    /// How many events it has, the ends of its tracks among them.
    pub fn event_count(&self) -> usize {
        self.tracks.iter().map(|track| track.events.len() + 1).sum()
    }
}

impl<'p> Track<'p> {
    /// A track of these events, which are sorted by their ticks if they are not yet (those of one tick stay in their
    /// order), and which ends with the last of them.
    ///
    /// # Errors
    /// Out of memory.
    pub fn new(events: Vec<Event<'p>>) -> Result<Self, Error> {
        let mut track = Self { events, end: 0, end_form: Form::default() };
        track.sort()?;
        Ok(track)
    }

    /// Puts the events into the order of their ticks, if they are not in it; those of one tick stay in theirs.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn sort(&mut self) -> Result<(), NoRoom> {
        if !self.events.is_sorted_by_key(|event| event.tick) {
            room::sort_by_key(&mut self.events, |event| event.tick)?;
        }
        let last = self.events.last().map_or(0, |event| event.tick);
        self.end = self.end.max(last);
        Ok(())
    }

    /// Moves each event, and the end, from its tick `to` another.
    ///
    /// # Errors
    /// Those of `to`, or `interrupted`.
    pub(super) fn move_events(
        &mut self,
        options: &Options<'_>,
        to: impl Fn(u32) -> Result<u32, Error>,
    ) -> Result<(), Error> {
        for events in self.events.chunks_mut(EVENTS_BETWEEN_CHECKS) {
            options.check()?;
            for event in events {
                event.tick = to(event.tick)?;
            }
        }
        self.end = to(self.end)?;
        Ok(())
    }
}
