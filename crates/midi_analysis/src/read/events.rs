//! Every event of a file, unchanged, in the order of the tracks.
//!
//! A file may hold millions of events, so they are read from its bytes one by one, after two passes
//! that collect what all of them need: the tempo map and the encoding of the texts.

use std::fmt;

use midly::{MetaMessage, TrackEventKind};

use crate::error::Error;
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::text::{TextKind, TextUse};
use crate::options::Options;
use crate::read::counter::EventCounter;
use crate::read::event::{Event, EventKind};
use crate::read::reader::{Reader, Timed};
use crate::read::repair::Repairs;
use crate::read::smf::{Chunks, Track};
use crate::read::text::decoder::{Begun, Decoder, Joined};
use crate::room;

/// What all events of a file are read with.
pub(crate) struct EventContext {
    decoder: Decoder,
    tempo: TempoMap,
}

impl EventContext {
    /// The context, and whether reading the events lost its step.
    ///
    /// # Errors
    /// More events than allowed, out of memory, or `interrupted`.
    pub(crate) fn of(source: &Source<'_>, options: &Options<'_>) -> Result<(Self, bool), Error> {
        let (tempo, lost_step) = tempo(source, options)?;
        Ok((Self { decoder: decoder(source, options)?, tempo }, lost_step))
    }
}

/// Whether reading the events loses its step.
///
/// # Errors
/// More events than allowed, or `interrupted`.
pub(crate) fn lost_step(source: &Source<'_>, options: &Options<'_>) -> Result<bool, Error> {
    let mut walk = Walk::new(source, options);
    walk.by_ref().try_for_each(|event| event.map(drop))?;
    Ok(walk.repairs.lost_step())
}

fn decoder(source: &Source<'_>, options: &Options<'_>) -> Result<Decoder, Error> {
    Decoder::learn(|learn| {
        Walk::new(source, options).try_for_each(|event| {
            let event = event?;
            if let Some(text) = text_of(&event.kind) {
                learn(event.text_use(), text);
            }
            Ok(())
        })
    })
}

/// The tempo map, and whether reading the events lost its step.
fn tempo(source: &Source<'_>, options: &Options<'_>) -> Result<(TempoMap, bool), Error> {
    let mut tempos: Vec<(u32, u32)> = Vec::new();
    let mut walk = Walk::new(source, options);
    for event in walk.by_ref() {
        let event = event?;
        if let TrackEventKind::Meta(MetaMessage::Tempo(tempo)) = event.kind
            && tempo.as_int() > 0
        {
            room::push(&mut tempos, (event.tick, tempo.as_int()))?;
        }
    }
    room::sort_by_key(&mut tempos, |&(tick, _)| tick)?;
    let division = Chunks::new(source, &mut Repairs::default()).header().division;
    Ok((TempoMap::new(division, &tempos)?, walk.repairs.lost_step()))
}

fn text_of<'a>(kind: &TrackEventKind<'a>) -> Option<&'a [u8]> {
    match kind {
        TrackEventKind::Meta(
            MetaMessage::Text(bytes)
            | MetaMessage::Copyright(bytes)
            | MetaMessage::TrackName(bytes)
            | MetaMessage::InstrumentName(bytes)
            | MetaMessage::Lyric(bytes)
            | MetaMessage::Marker(bytes)
            | MetaMessage::CuePoint(bytes)
            | MetaMessage::ProgramName(bytes)
            | MetaMessage::DeviceName(bytes),
        ) => Some(bytes),
        _ => None,
    }
}

/// The events of a piece, track by track: see [`Piece::events`](crate::Piece::events). They are read
/// one by one, in memory that does not grow with their number.
pub struct Events<'p> {
    walk: Walk<'p>,
    context: &'p EventContext,
    /// What is sung in the current track: the character that its last lyric, and its last text, began.
    begun: [Begun; 2],
    track: u32,
}

impl<'p> Events<'p> {
    pub(crate) fn new(
        source: &'p Source<'_>,
        context: &'p EventContext,
        options: &Options<'p>,
    ) -> Self {
        Self { walk: Walk::new(source, options), context, begun: Default::default(), track: 0 }
    }

    /// The character that the last text before this one began, where this one may go on with it.
    fn begun(&mut self, event: &RawEvent<'p>) -> Option<Begun> {
        let text = text_of(&event.kind)?;
        if std::mem::replace(&mut self.track, event.track) != event.track {
            self.begun = Default::default();
        }
        let last = match event.text_use() {
            TextUse::Name => return None,
            TextUse::Lyric { .. } => &mut self.begun[0],
            TextUse::SungText { .. } => &mut self.begun[1],
        };
        let begun = *last;
        let mut joined = Joined::after(&self.context.decoder, begun);
        joined.pass(text);
        *last = joined.begun();
        Some(begun)
    }
}

impl<'p> Iterator for Events<'p> {
    type Item = Result<Event<'p>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = match self.walk.next()? {
            Ok(event) => event,
            Err(error) => return Some(Err(error)),
        };
        let begun = self.begun(&event);
        let channel = match event.kind {
            TrackEventKind::Midi { channel, .. } => Some(channel.as_int()),
            _ => None,
        };
        Some(Ok(Event {
            track: event.track,
            tick: event.tick,
            seconds: self.context.tempo.seconds(event.tick),
            channel,
            kind: EventKind::new(event.kind, &self.context.decoder, begun),
        }))
    }
}

impl std::iter::FusedIterator for Events<'_> {}

impl fmt::Debug for Events<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// An event as midly has it, its track and its tick.
struct RawEvent<'s> {
    track: u32,
    tick: u32,
    kind: TrackEventKind<'s>,
}

impl RawEvent<'_> {
    fn text_use(&self) -> TextUse {
        let kind = match self.kind {
            TrackEventKind::Meta(MetaMessage::Lyric(_)) => TextKind::Lyric,
            TrackEventKind::Meta(MetaMessage::Text(_)) => TextKind::Text,
            _ => return TextUse::Name,
        };
        TextUse::of(kind, self.tick, self.track)
    }
}

/// One pass over all events, made as often as is needed: reading them costs less than keeping them. It
/// ends at the first error.
struct Walk<'s> {
    chunks: Chunks<'s>,
    current: Option<(Track<'s>, Reader<'s>)>,
    /// Tick at which the current track begins: 0, but for format 2.
    base: u32,
    /// Index of the current track.
    track: u32,
    events: EventCounter<'s>,
    repairs: Repairs,
    options: Options<'s>,
    ended: bool,
}

impl<'s> Walk<'s> {
    fn new(source: &'s Source<'_>, options: &Options<'s>) -> Self {
        let mut repairs = Repairs::default();
        Self {
            chunks: Chunks::new(source, &mut repairs),
            current: None,
            base: 0,
            track: 0,
            events: EventCounter::new(options),
            repairs,
            options: *options,
            ended: false,
        }
    }

    fn read(&mut self) -> Result<Option<RawEvent<'s>>, Error> {
        loop {
            let (track, reader) = match &mut self.current {
                Some(current) => current,
                None => {
                    let Some(track) = self.chunks.next_track(&mut self.repairs) else {
                        return Ok(None);
                    };
                    self.options.check()?;
                    self.current.insert((track, Reader::new(&track, self.base)))
                }
            };
            if let Some(event) = reader.next(&mut self.repairs) {
                self.events.count(|| reader.offset())?;
                let Timed { tick, kind } = event;
                return Ok(Some(RawEvent { track: self.track, tick, kind }));
            }
            reader.finish(track, &mut self.chunks, &mut self.repairs);
            if self.chunks.header().format == 2 {
                self.base = reader.tick();
            }
            self.track += 1;
            self.current = None;
        }
    }
}

impl<'s> Iterator for Walk<'s> {
    type Item = Result<RawEvent<'s>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let event = self.read().transpose();
        self.ended = !matches!(event, Some(Ok(_)));
        event
    }
}
