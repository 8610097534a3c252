//! A file that is made of events which come one by one.

use super::event::Event;
use super::file::{File, MOST_TRACKS, Track};
use super::message::Message;
use super::unwritable::unwritable;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::model::division::Division;
use crate::options::Options;
use crate::room;

/// Collects events for a file.
///
/// ```
/// use midi_analysis::write::{ChannelKind, ChannelMessage, Collector, Message};
/// use midi_analysis::{Division, Options, Piece};
///
/// let note = |kind, velocity| ChannelMessage::new(kind, 0, [60, velocity]).expect("in range");
/// let mut collector = Collector::new(Division::Metrical(480), &Options::default().limits);
/// collector.add(0, 0, Message::tempo(600_000))?;
/// collector.add(1, 0, note(ChannelKind::NoteOn, 80).into())?;
/// collector.add(1, 480, note(ChannelKind::NoteOff, 0).into())?;
/// let bytes = collector.to_bytes(&Options::default())?;
/// let piece = Piece::read(&bytes, &Options::default())?;
/// assert_eq!(piece.notes()?.next().map(|timed| timed.duration_s), Some(0.6));
/// # Ok::<(), midi_analysis::Error>(())
/// ```
#[derive(Debug)]
pub struct Collector {
    division: Division,
    tracks: Vec<Track<'static>>,
    events_left: usize,
    bytes_left: usize,
    limits: Limits,
}

impl Collector {
    /// Nothing yet. The limits are those of a file that is read: so many events, and so many bytes of data.
    pub fn new(division: Division, limits: &Limits) -> Self {
        Self {
            division,
            tracks: Vec::new(),
            events_left: limits.max_events,
            bytes_left: limits.max_bytes,
            limits: *limits,
        }
    }

    /// What a tick lasts.
    pub fn division(&self) -> Division {
        self.division
    }

    /// Adds an event to a track. Those of one tick stay in the order in which they are added.
    ///
    /// # Errors
    /// More tracks than a file can have, more events or data than allowed, or out of memory.
    pub fn add(&mut self, track: usize, tick: u32, message: Message<'static>) -> Result<(), Error> {
        let data = match &message {
            Message::Channel(_) => 0,
            Message::Meta(_, data) | Message::Sysex(data) | Message::Escape(data) => data.len(),
        };
        self.count(data)?;
        let track = self.track(track)?;
        track.end = track.end.max(tick);
        Ok(room::push(&mut track.events, Event::new(tick, message))?)
    }

    /// Lets a track end at a tick, or with its last event where that is later.
    ///
    /// # Errors
    /// More tracks than a file can have, more events than allowed, or out of memory.
    pub fn end(&mut self, track: usize, tick: u32) -> Result<(), Error> {
        self.count(0)?;
        let track = self.track(track)?;
        track.end = track.end.max(tick);
        Ok(())
    }

    /// The bytes of the file so far: of format 0 if it has one track, else of format 1.
    ///
    /// # Errors
    /// Those of [`File::to_bytes`].
    pub fn to_bytes(&mut self, options: &Options<'_>) -> Result<Vec<u8>, Error> {
        for track in &mut self.tracks {
            options.check()?;
            track.sort()?;
        }
        let file = File::new(self.division, std::mem::take(&mut self.tracks));
        let bytes = file.to_bytes(options);
        self.tracks = file.tracks;
        bytes
    }

    fn count(&mut self, data: usize) -> Result<(), Error> {
        let Limits { max_events, max_bytes, .. } = self.limits;
        let too_many = |what| Error::new(ErrorKind::TooLarge, 0, what);
        self.events_left = self.events_left.checked_sub(1).ok_or_else(|| {
            too_many(format!("more than the {max_events} events allowed for one file"))
        })?;
        self.bytes_left = self.bytes_left.checked_sub(data).ok_or_else(|| {
            too_many(format!("more than the {max_bytes} bytes allowed for one file"))
        })?;
        Ok(())
    }

    fn track(&mut self, track: usize) -> Result<&mut Track<'static>, Error> {
        if track >= MOST_TRACKS {
            return Err(unwritable(format!(
                "track {track}, where the last one is {}",
                MOST_TRACKS - 1
            )));
        }
        while self.tracks.len() <= track {
            room::push(&mut self.tracks, Track::default())?;
        }
        Ok(&mut self.tracks[track])
    }
}
