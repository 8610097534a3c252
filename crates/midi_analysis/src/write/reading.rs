//! The file of a piece, as it was read.
//!
//! What reading repaired is repaired here: the events are those that the analysis had. A track ends where its last End of
//! Track stands, or with its last event.

use std::borrow::Cow;

use midly::{MetaMessage, TrackEventKind};

use super::channel::ChannelMessage;
use super::encode::quantity_width;
use super::event::{Event, Form};
use super::file::{Chunk, File, MOST_TRACKS, Track};
use super::message::Message;
use super::meta_kind::MetaKind;
use crate::error::Error;
use crate::model::source::Source;
use crate::options::Options;
use crate::piece::Piece;
use crate::read::counter::EventCounter;
use crate::read::credible::varlen;
use crate::read::message;
use crate::read::reader::{Reader, Timed};
use crate::read::repair::Repairs;
use crate::read::smf::{self, Chunks};
use crate::room;

impl<'p> File<'p> {
    /// The file of a piece: its tracks and events as they were read, after all repairs, and the chunks between them. What
    /// the file was wrapped in, and the texts that a RIFF form has beside it, are left out. A file of format 0 with more
    /// tracks than one is of format 1. A piece that was made from notes has no track.
    ///
    /// Beside the bytes of the piece it takes 24 bytes an event.
    ///
    /// # Errors
    /// More events than allowed, out of memory, or `interrupted`.
    pub fn of(piece: &'p Piece<'_>) -> Result<Self, Error> {
        let (source, options) = piece.source()?;
        of_source(source, options)
    }
}

fn of_source<'s>(source: &'s Source<'_>, options: &Options<'_>) -> Result<File<'s>, Error> {
    let mut repairs = Repairs::default();
    let mut walk = Chunks::new(source, &mut repairs);
    let mut counter = EventCounter::new(options);
    let (mut tracks, mut chunks) = (Vec::new(), Vec::new());
    loop {
        let from = walk.at();
        let next = walk.next_track(&mut repairs).filter(|_| tracks.len() < MOST_TRACKS);
        let to = next.map_or(source.smf().end, |track| track.offset - smf::CHUNK_HEADER);
        for (id, content) in smf::other_chunks(source.bytes().get(from..to).unwrap_or(&[])) {
            let content = Cow::Borrowed(content);
            room::push(&mut chunks, Chunk { tracks_before: tracks.len(), id, content })?;
        }
        let Some(track) = next else { break };
        options.check()?;
        let mut reader = Reader::new(&track, 0);
        let read = read_track(&mut reader, source.bytes(), &mut counter, &mut repairs)?;
        room::push(&mut tracks, read)?;
        reader.finish(&track, &mut walk, &mut repairs);
    }
    let header = walk.header();
    let format = if header.format == 0 && tracks.len() > 1 { 1 } else { header.format };
    Ok(File { format, division: header.division, tracks, chunks })
}

fn read_track<'s>(
    reader: &mut Reader<'s>,
    bytes: &'s [u8],
    counter: &mut EventCounter<'_>,
    repairs: &mut Repairs,
) -> Result<Track<'s>, Error> {
    let mut track = Track::default();
    while let Some(Timed { tick, kind }) = reader.next(repairs) {
        counter.count(|| reader.offset())?;
        let event = &bytes[reader.event_offset()..reader.offset()];
        track.end_form = Form::default();
        if matches!(kind, TrackEventKind::Meta(MetaMessage::EndOfTrack)) {
            track.end_form = Form::new(false, padding(event), 0);
        } else if let Some((message, form)) = read_event(event, &kind) {
            room::push(&mut track.events, Event::read(tick, message, form))?;
        }
    }
    track.end = reader.tick();
    Ok(track)
}

/// What an event says, and how these bytes of it, from its time on, were written; `None` of bytes that are no event, which
/// are never read as one.
fn read_event<'s>(bytes: &'s [u8], kind: &TrackEventKind<'s>) -> Option<(Message<'s>, Form)> {
    let at = varlen(bytes)?.1;
    let (message, length_at) = match *kind {
        TrackEventKind::Midi { channel, message } => {
            let (status, data) = message::bytes(channel.as_int(), message);
            (Message::Channel(ChannelMessage::of_bytes(status, data)?), None)
        }
        TrackEventKind::SysEx(data) => (Message::Sysex(data.into()), Some(at + 1)),
        TrackEventKind::Escape(data) => (Message::Escape(data.into()), Some(at + 1)),
        TrackEventKind::Meta(_) => {
            let &kind = bytes.get(at + 1)?;
            let (length, width) = varlen(bytes.get(at + 2..)?)?;
            let data = bytes.get(at + 2 + width..)?.get(..length as usize)?;
            (Message::meta(MetaKind(kind), data), Some(at + 2))
        }
    };
    let explicit_status = length_at.is_none() && bytes.get(at)? & 0x80 != 0;
    let length_padding = length_at.and_then(|at| bytes.get(at..)).map_or(0, padding);
    let form = Form::new(explicit_status, padding(bytes), length_padding);
    Some((message, form))
}

/// By how many bytes the quantity that `bytes` begin with is longer than it must be.
fn padding(bytes: &[u8]) -> u8 {
    varlen(bytes).map_or(0, |(value, width)| (width - quantity_width(value)) as u8)
}
