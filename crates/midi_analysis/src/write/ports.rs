//! The ports that the events of tracks go to, where a file addresses more than one.
//!
//! Each track of a file goes to a port of its own, and the [reader](crate::read::ports) says which. Where tracks are
//! joined or divided, a MIDI Port before the events says it.

use super::event::Event;
use super::file::Track;
use super::message::Message;
use super::meta_kind::MetaKind;
use crate::read::ports::{Change, Ports};
use crate::room::{self, NoRoom};

/// Data bytes have seven bits.
const DATA: u8 = 0x7f;

/// Where in its track a port changes, counted in events, and to which.
struct Turn {
    at: usize,
    port: u8,
}

/// The port of a track, as far as its events were passed.
struct Position {
    port: u8,
    /// Whether its events name a port, and whether it has notes.
    is_named: bool,
    plays: bool,
    passed: usize,
    /// The next of its turns, and the first of those of the next track.
    next: usize,
    until: usize,
}

/// The ports of all tracks, whose events are passed one by one.
pub(super) struct TrackPorts {
    tracks: Vec<Position>,
    turns: Vec<Turn>,
}

impl TrackPorts {
    /// The ports of tracks; `None` where all of them go to the first one.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn of(tracks: &[Track<'_>]) -> Result<Option<Self>, NoRoom> {
        let mut ports = Ports::new();
        let mut found = Self { tracks: room::list(tracks.len())?, turns: Vec::new() };
        for track in tracks {
            ports.begin_track();
            let position = found.read(track, &mut ports)?;
            found.tracks.push(position);
        }
        found.join_settings();
        Ok((ports.count() > 1).then_some(found))
    }

    fn read<'t>(
        &mut self,
        track: &'t Track<'_>,
        ports: &mut Ports<'t>,
    ) -> Result<Position, NoRoom> {
        let next = self.turns.len();
        let (mut port, mut is_named, mut plays) = (0, false, false);
        for (at, event) in track.events.iter().enumerate() {
            plays |= event.channel_message().is_some_and(|message| message.begins_note());
            is_named |= names_port(event);
            let Change::Port { to, first, .. } = change(event, ports) else { continue };
            is_named = true;
            match first && !plays {
                // A port that is named before the first note holds for the whole track.
                true => port = to,
                false => room::push(&mut self.turns, Turn { at, port: to })?,
            }
        }
        Ok(Position { port, is_named, plays, passed: 0, next, until: self.turns.len() })
    }

    /// Tracks of settings alone that name no port are for those who play, where these are all on one.
    fn join_settings(&mut self) {
        let mut playing = self.tracks.iter().filter(|track| track.plays).map(|track| track.port);
        let Some(first) = playing.next().filter(|first| playing.all(|port| port == *first)) else {
            return;
        };
        for track in self.tracks.iter_mut().filter(|track| !track.plays && !track.is_named) {
            track.port = first;
        }
    }

    /// Passes the next event of a track, and gives its port.
    pub(super) fn pass(&mut self, track: usize) -> u8 {
        let position = &mut self.tracks[track];
        let turn = self.turns[..position.until].get(position.next);
        if let Some(turn) = turn.filter(|turn| turn.at == position.passed) {
            position.port = turn.port;
            position.next += 1;
        }
        position.passed += 1;
        position.port
    }
}

fn change<'t>(event: &'t Event<'_>, ports: &mut Ports<'t>) -> Change {
    match event.message() {
        Message::Meta(MetaKind::PORT_PREFIX, data) => {
            data.first().map_or(Change::None, |&port| ports.number(port & DATA))
        }
        Message::Meta(MetaKind::DEVICE_NAME, _) => ports.device(event.data()),
        Message::Escape(bytes) => ports.escape(&bytes),
        _ => Change::None,
    }
}

/// Whether an event does nothing but name the port of those that follow, by its number.
pub(super) fn names_port(event: &Event<'_>) -> bool {
    match event.message() {
        Message::Meta(kind, _) => kind == MetaKind::PORT_PREFIX,
        Message::Escape(bytes) => matches!(*bytes, [0xf5, _]),
        _ => false,
    }
}
