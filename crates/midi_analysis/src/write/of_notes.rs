//! A file that has nothing but notes.

use super::channel::{ChannelKind, ChannelMessage, RELEASE};
use super::event::Event;
use super::file::{File, Track};
use super::message::Message;
use crate::error::Error;
use crate::model::note::{CHANNELS, Note, PORTS};
use crate::model::score::Score;
use crate::options::Options;
use crate::piece::Piece;
use crate::room::{self, NoRoom};

impl File<'static> {
    /// A file of the notes of a piece, with its tempo, meter and key in the first track: for pieces that were made [from
    /// notes](Piece::from_notes). Each note has its track, and before it the program that it is played with. Drums are told
    /// by their channel alone.
    ///
    /// Where notes of one pitch overlap on one channel, the first note-off ends the one that began first.
    ///
    /// # Errors
    /// The piece has no notes; out of memory, or `interrupted`.
    pub fn of_notes(piece: &Piece<'_>) -> Result<Self, Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        let mut by_track = room::gathered(score.notes.iter())?;
        room::sort_by_key(&mut by_track, |note| note.track)?;
        let mut tracks = room::list(score.track_count.into())?;
        for track in 0..score.track_count {
            let start = by_track.partition_point(|note| note.track < track);
            let rest = &by_track[start..];
            let notes = &rest[..rest.partition_point(|note| note.track == track)];
            let first = if track == 0 { of_the_piece(score)? } else { Vec::new() };
            tracks.push(of_track(notes, first, options)?);
        }
        Ok(File::new(score.division, tracks))
    }
}

/// Tempos, time signatures and key signatures.
fn of_the_piece(score: &Score<'_>) -> Result<Vec<Event<'static>>, NoRoom> {
    let mut events = Vec::new();
    if score.tempo.is_declared() {
        for segment in score.tempo.segments() {
            if let Some(microseconds) = segment.microseconds() {
                room::push(&mut events, Event::new(segment.tick, Message::tempo(microseconds)))?;
            }
        }
    }
    if score.meter.is_declared() {
        for segment in score.meter.segments() {
            let message = Message::of_signature(segment.signature);
            room::push(&mut events, Event::new(segment.tick, message))?;
        }
    }
    for key in &score.keys {
        let (fifths, minor) = (key.signature.fifths(), key.signature.mode().is_minor());
        room::push(&mut events, Event::new(key.tick, Message::key_signature(fifths, minor)))?;
    }
    room::sort_by_key(&mut events, |event| event.tick)?;
    Ok(events)
}

/// In the order of one tick.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    OfThePiece,
    /// Notes that began before end first: otherwise they would end those of their pitch that begin.
    Off,
    On,
    /// Notes of no length.
    OffAtOnce,
}

fn of_track(
    notes: &[&Note],
    of_the_piece: Vec<Event<'static>>,
    options: &Options<'_>,
) -> Result<Track<'static>, Error> {
    options.check()?;
    let mut programs = room::filled(None, PORTS * CHANNELS)?;
    let mut events = room::list(of_the_piece.len() + 2 * notes.len())?;
    events.extend(of_the_piece.into_iter().map(|event| (Phase::OfThePiece, 0, event)));
    for note in notes {
        let message = |kind, data| ChannelMessage::new(kind, note.channel, data);
        let mut add = |tick, phase, message: Option<ChannelMessage>| match message {
            Some(message) => room::push(&mut events, (phase, note.port, Event::new(tick, message))),
            None => Ok(()),
        };
        let program = &mut programs[note.channel_index()];
        if *program != Some(note.program) {
            // The first program is there before the music begins.
            let tick = if program.is_some() { note.start } else { 0 };
            *program = Some(note.program);
            add(tick, Phase::On, message(ChannelKind::ProgramChange, [note.program, 0]))?;
        }
        add(note.start, Phase::On, message(ChannelKind::NoteOn, [note.pitch, note.velocity]))?;
        let off = if note.end > note.start { Phase::Off } else { Phase::OffAtOnce };
        add(note.end, off, message(ChannelKind::NoteOff, [note.pitch, RELEASE]))?;
    }
    options.check()?;
    room::sort_by_key(&mut events, |(phase, _, event)| (event.tick, *phase))?;
    options.check()?;
    Track::new(on_ports(events)?)
}

/// The events, with the ports that they go to, where there are more than the first.
fn on_ports(events: Vec<(Phase, u8, Event<'static>)>) -> Result<Vec<Event<'static>>, NoRoom> {
    let mut said = 0;
    let mut all = room::list(events.len())?;
    for (phase, port, event) in events {
        if phase != Phase::OfThePiece && port != said {
            room::push(&mut all, Event::new(event.tick, Message::port(port)))?;
            said = port;
        }
        room::push(&mut all, event)?;
    }
    Ok(all)
}
