//! Some bars of a file.
//!
//! What is in force where they begin is set at their start: programs, controllers, parameters, pressure and bends of all
//! channels, tempo, meter and key, and what SysEx messages have set. Notes that are held over an end are cut there. Names
//! and notices stay, lyrics and markers of other bars do not.

use super::bar_lines::BarLines;
use super::channel::{ChannelKind, ChannelMessage, RELEASE};
use super::event::Event;
use super::file::{EVENTS_BETWEEN_CHECKS, File, Track};
use super::in_force::{InForce, When};
use super::message::Message;
use super::meta_kind::MetaKind;
use super::ports::{TrackPorts, names_port};
use crate::error::{Error, ErrorKind};
use crate::model::note::{CHANNELS, Note};
use crate::model::score::Score;
use crate::options::Options;
use crate::piece::Piece;
use crate::read::reader::LAST_TICK;
use crate::room::{self, NoRoom};

/// The part of a file that is kept, in ticks.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

impl File<'_> {
    /// Keeps the bars from one to another, both included, or up to the end. Bars are numbered as the
    /// [beats](Piece::beats) of the piece are; 0 is what comes before the first bar. A file of format 2 becomes one of
    /// format 1. `piece` is the one whose file this is.
    ///
    /// Gives the number of notes that are left out as they begin before bar 1, where that is the first to be kept.
    ///
    /// # Errors
    /// [`NotThere`](ErrorKind::NotThere) where the piece has no such bars, or no bars at all; it has no notes; out of
    /// memory, or `interrupted`.
    pub fn trim(&mut self, piece: &Piece<'_>, from: u32, to: Option<u32>) -> Result<u32, Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        let bars = BarLines::of(piece)?;
        let last = bars.last(score);
        let to = to.unwrap_or(last).min(last);
        if from > to {
            let reason = format!("bars {from} to {to}, where the last one is {last}");
            return Err(Error::new(ErrorKind::NotThere, 0, reason).with_hint(Some(
                "Bars are numbered as midi_beats does: from 1, with what comes before as bar 0.",
            )));
        }
        let tick = |bar| bars.begin(bar).min(LAST_TICK.into()) as u32;
        let span = Span { start: tick(from), end: tick(to + 1) };
        self.keep_span(span, score, options)?;
        self.leave_timed_words_out();
        let before = score.notes.partition_point(|note| note.start < span.start);
        Ok(if from == 1 { before as u32 } else { 0 })
    }

    fn keep_span(
        &mut self,
        span: Span,
        score: &Score<'_>,
        options: &Options<'_>,
    ) -> Result<(), Error> {
        let mut ports = TrackPorts::of(&self.tracks)?;
        let mut in_force = InForce::new();
        let mut starts = room::list(self.tracks.len())?;
        for (index, track) in self.tracks.iter().enumerate() {
            options.check()?;
            in_force.begin_track();
            starts.push(pass_before(index, track, span.start, ports.as_mut(), &mut in_force)?);
        }
        let settings = in_force.by_track()?;
        let cut = Cut::of(score, span)?;
        for (index, (track, start)) in self.tracks.iter_mut().zip(starts).enumerate() {
            let after = settings.partition_point(|(track, ..)| *track < index);
            let rest = &settings[after..];
            let own = &rest[..rest.partition_point(|(track, ..)| *track == index)];
            let mut events = start.kept;
            set(own, start.port.filter(|_| ports.is_some()), &mut events)?;
            let before = std::mem::take(&mut track.events);
            play(before, start.count, span, &cut.of_track(index), &mut events, options)?;
            track.events = events;
            track.end = span.end - span.start;
        }
        Ok(())
    }
}

/// What a track has before the span.
struct Start<'p> {
    /// Events that are kept: names, notices and SysEx messages.
    kept: Vec<Event<'p>>,
    /// How many events there are.
    count: usize,
    /// The port of the last of them.
    port: Option<u8>,
}

fn pass_before<'p>(
    index: usize,
    track: &Track<'p>,
    start: u32,
    mut ports: Option<&mut TrackPorts>,
    in_force: &mut InForce<'p>,
) -> Result<Start<'p>, NoRoom> {
    let count = track.events.partition_point(|event| event.tick < start);
    let mut before = Start { kept: Vec::new(), count, port: None };
    for (place, event) in track.events[..count].iter().enumerate() {
        let port = ports.as_mut().map_or(0, |ports| ports.pass(index));
        let has_ports = ports.is_some();
        before.port = Some(port);
        let when = When { tick: event.tick, track: index, place };
        let is_set = in_force.pass(event, port, when)?;
        if !is_set && stays(event) && !(has_ports && names_port(event)) {
            room::push(&mut before.kept, event.clone().at(0))?;
        }
    }
    Ok(before)
}

/// Whether an event before the span is about what follows, too.
fn stays(event: &Event<'_>) -> bool {
    match event.message() {
        Message::Meta(MetaKind::LYRIC | MetaKind::MARKER | MetaKind::CUE_POINT, _) => false,
        Message::Meta(
            MetaKind::SEQUENCE_NUMBER
            | MetaKind::COPYRIGHT
            | MetaKind::TRACK_NAME
            | MetaKind::INSTRUMENT_NAME
            | MetaKind::PROGRAM_NAME
            | MetaKind::DEVICE_NAME
            | MetaKind::CHANNEL_PREFIX
            | MetaKind::PORT_PREFIX,
            _,
        ) => true,
        // Texts and what programs add belong to a time, or at the very start to the file.
        Message::Meta(..) => event.tick == 0,
        Message::Channel(_) => false,
        Message::Sysex(_) | Message::Escape(_) => true,
    }
}

/// Adds what a track has set, each message on its port, and leaves the track on the port `then`.
fn set<'p>(
    settings: &[(usize, Option<u8>, Event<'p>)],
    then: Option<u8>,
    events: &mut Vec<Event<'p>>,
) -> Result<(), NoRoom> {
    let mut said = None;
    for (_, port, event) in settings {
        if let Some(port) = port.filter(|&port| then.is_some() && said != Some(port)) {
            room::push(events, Event::new(0, Message::port(port)))?;
            said = Some(port);
        }
        room::push(events, event.clone())?;
    }
    match then.filter(|&port| said != Some(port)) {
        Some(port) => room::push(events, Event::new(0, Message::port(port))),
        None => Ok(()),
    }
}

/// The notes that are held over the start of a span, and over its end, by track.
struct Cut<'s> {
    at_start: Vec<&'s Note>,
    at_end: Vec<&'s Note>,
}

impl<'s> Cut<'s> {
    fn of(score: &'s Score<'_>, Span { start, end }: Span) -> Result<Self, NoRoom> {
        let held = |at: u32| {
            let sounds = move |note: &&Note| note.start < at && note.end > at && note.end > start;
            let notes = score.notes.iter().filter(sounds).filter(move |note| note.start < end);
            let mut held = room::gathered(notes)?;
            room::sort_by_key(&mut held, |note| note.track)?;
            Ok(held)
        };
        Ok(Self { at_start: held(start)?, at_end: held(end)? })
    }

    fn of_track(&self, track: usize) -> [&[&'s Note]; 2] {
        [&self.at_start, &self.at_end].map(|notes| {
            let start = notes.partition_point(|note| usize::from(note.track) < track);
            let rest = &notes[start..];
            &rest[..rest.partition_point(|note| usize::from(note.track) == track)]
        })
    }
}

/// Adds the events of the span, which come after so many others, and begins and ends the notes that are held over its start
/// and its end. The end of a note at either is that of a note before.
fn play<'p>(
    events: Vec<Event<'p>>,
    before: usize,
    span: Span,
    [at_start, at_end]: &[&[&Note]; 2],
    played: &mut Vec<Event<'p>>,
    options: &Options<'_>,
) -> Result<(), Error> {
    for note in *at_start {
        let data = [note.pitch, note.velocity];
        add(0, ChannelMessage::new(ChannelKind::NoteOn, note.channel, data), played)?;
    }
    let mut struck = [[false; 128]; 16];
    let mut last = None;
    room::reserve(played, events.len() - before.min(events.len()))?;
    for (at, event) in events.into_iter().skip(before).enumerate() {
        if at.is_multiple_of(EVENTS_BETWEEN_CHECKS) {
            options.check()?;
        }
        if event.tick > span.end {
            break;
        }
        let at_a_limit = event.tick == span.start || event.tick == span.end;
        if at_a_limit && last.replace(event.tick) != Some(event.tick) {
            struck = [[false; 128]; 16];
        }
        let message = event.channel_message();
        let mut ends_earlier_note = false;
        if let Some((message, pitch)) = message.and_then(|m| Some((m, m.pitch()?))) {
            let struck = &mut struck[usize::from(message.channel())][usize::from(pitch)];
            ends_earlier_note = message.ends_note() && !*struck;
            *struck |= message.begins_note() && at_a_limit;
        }
        let stays = match event.tick {
            tick if tick == span.end => ends_earlier_note && span.end > span.start,
            tick if tick == span.start => !ends_earlier_note || span.start == 0,
            _ => true,
        };
        if stays {
            let tick = event.tick - span.start;
            room::push(played, event.at(tick))?;
        }
    }
    let end = |channel, pitch, played: &mut Vec<Event<'p>>| {
        let off = ChannelMessage::new(ChannelKind::NoteOff, channel, [pitch, RELEASE]);
        add(span.end - span.start, off, played)
    };
    for note in *at_end {
        end(note.channel, note.pitch, played)?;
    }
    // Notes whose end the file does not have.
    for (channel, pitch) in held(played)? {
        end(channel, pitch, played)?;
    }
    Ok(())
}

/// The channels and pitches of the notes that no event ends, once for each.
fn held(events: &[Event<'_>]) -> Result<Vec<(u8, u8)>, NoRoom> {
    let mut sounding = room::filled(0_u32, CHANNELS * 128)?;
    for message in events.iter().filter_map(Event::channel_message) {
        let Some(pitch) = message.pitch() else { continue };
        let count = &mut sounding[usize::from(message.channel()) << 7 | usize::from(pitch)];
        match (message.begins_note(), message.ends_note()) {
            (true, _) => *count += 1,
            (_, true) => *count = count.saturating_sub(1),
            _ => {}
        }
    }
    let held = (0_u16..).zip(sounding).filter(|&(_, count)| count > 0);
    room::gathered(held.map(|(slot, _)| ((slot >> 7) as u8, (slot & 0x7f) as u8)))
}

fn add(
    tick: u32,
    message: Option<ChannelMessage>,
    events: &mut Vec<Event<'_>>,
) -> Result<(), NoRoom> {
    match message {
        Some(message) => room::push(events, Event::new(tick, message)),
        None => Ok(()),
    }
}
