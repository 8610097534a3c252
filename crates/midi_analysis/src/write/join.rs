//! Several files in one, that are played together: their beats coincide.
//!
//! The first file gives tempo, meter and key. A later one keeps its channels where nobody else plays on them; otherwise it
//! moves to free ones and, where there are none, to another port. SysEx messages name channels in ways of their own, so that
//! a file that has some keeps its channels, on another port. Drums share channel 10. Texts and SysEx messages that an
//! earlier file has at the same tick are left out, so that the parts of a file make a file as before.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::event::Event;
use super::file::{File, Track};
use super::message::Message;
use super::meta_kind::MetaKind;
use super::ports::{TrackPorts, names_port};
use super::unwritable::unwritable;
use crate::error::{Error, ErrorKind};
use crate::model::division::Division;
use crate::model::note::{CHANNELS, DRUM_CHANNEL, PORTS};
use crate::options::Options;
use crate::room::{self, NoRoom};

/// The most ticks in a quarter note that a header can have.
const MOST_TICKS: u16 = 0x7fff;
/// Where each channel goes that stays.
const SAME: [u8; CHANNELS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

impl<'p> File<'p> {
    /// One file of several, of format 1; a single one stays as it is. Ticks become those of a division in which all of
    /// them are whole, if there is one, or else of the finest. Chunks that are no tracks are those of the first file.
    ///
    /// # Errors
    /// [`Unwritable`](ErrorKind::Unwritable) where there is no file, or for more tracks, channels or ticks than one file can
    /// have; [`TooLarge`](ErrorKind::TooLarge) for more events than allowed. Out of memory, or `interrupted`.
    pub fn join(files: Vec<Self>, options: &Options<'_>) -> Result<Self, Error> {
        let events: usize = files.iter().map(File::event_count).sum();
        let most = options.limits.max_events;
        if events > most {
            let reason = format!("{events} events, where {most} are allowed for one file");
            return Err(Error::new(ErrorKind::TooLarge, 0, reason));
        }
        let several = files.len() > 1;
        let division = common_division(&files);
        let mut files = files.into_iter();
        let Some(mut joined) = files.next() else { return Err(no_file()) };
        if !several {
            return Ok(joined);
        }
        joined.make_ready(division, options)?;
        joined.format = 1;
        let own = joined.tracks.len();
        let mut company = Company::of(&joined)?;
        for mut file in files {
            options.check()?;
            file.make_ready(division, options)?;
            company.admit(&mut file)?;
            for track in file.tracks {
                room::push(&mut joined.tracks, track)?;
            }
        }
        // What came last still does: many programs read no track after another chunk.
        let count = joined.tracks.len();
        let last = joined.chunks.iter_mut().filter(|chunk| chunk.tracks_before >= own);
        last.for_each(|chunk| chunk.tracks_before = count);
        Ok(joined)
    }

    fn make_ready(&mut self, division: Division, options: &Options<'_>) -> Result<(), Error> {
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        self.set_division(division, options)
    }
}

/// A division in which the ticks of all files are whole; or the finest, or that of the first file where time is SMPTE.
fn common_division(files: &[File<'_>]) -> Division {
    let divisions = || files.iter().map(|file| file.division);
    let quarters = || divisions().filter_map(Division::ticks_per_quarter);
    let finest = quarters().max().unwrap_or(1);
    match divisions().next() {
        Some(first @ Division::Timecode(_)) => first,
        _ => {
            let common = quarters().try_fold(1_u16, least_common_multiple);
            Division::Metrical(common.unwrap_or(finest))
        }
    }
}

fn least_common_multiple(a: u16, b: u16) -> Option<u16> {
    let (mut divisor, mut rest) = (a, b);
    while rest > 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (a / divisor.max(1)).checked_mul(b).filter(|&ticks| ticks <= MOST_TICKS)
}

/// By port: its channels that are used, a bit each.
type Channels = [u16; PORTS];

/// What the files so far have.
struct Company {
    channels: Channels,
    /// Texts and SysEx messages, as hashes of their ticks and bytes.
    said: HashSet<u64>,
}

impl Company {
    fn of(first: &File<'_>) -> Result<Self, Error> {
        let mut company = Self { channels: channels(first)?, said: HashSet::new() };
        for event in first.tracks.iter().flat_map(|track| &track.events) {
            company.say(event)?;
        }
        Ok(company)
    }

    /// Fits a file in, and takes note of what it has.
    fn admit(&mut self, file: &mut File<'_>) -> Result<(), Error> {
        let used = channels(file)?;
        let mut ports = (0..PORTS).filter(|&port| used[port] != 0);
        match (ports.next(), ports.next()) {
            (port, None) => self.fit_in(file, port.map_or(0, |port| used[port]))?,
            _ => self.move_to_own_ports(file, &used)?,
        }
        for track in &mut file.tracks {
            let mut found = Ok(());
            track.events.retain(|event| {
                !is_of_the_first(event)
                    && self.say(event).unwrap_or_else(|no_room| {
                        found = Err(no_room);
                        false
                    })
            });
            found?;
        }
        let all = self.channels.iter_mut().zip(channels(file)?);
        all.for_each(|(channels, more)| *channels |= more);
        Ok(())
    }

    /// Moves a file that plays on one port to the first port that has room for its channels.
    fn fit_in(&self, file: &mut File<'_>, channels: u16) -> Result<(), Error> {
        let keeps_channels = has_sysex(file);
        let place = (0..PORTS).find_map(|port| {
            let moved = free_channels(channels, self.channels[port])?;
            (moved == SAME || !keeps_channels).then_some((port as u8, moved))
        });
        let (port, moved) = place.ok_or_else(no_free_port)?;
        if moved != SAME {
            move_channels(file, &moved);
        }
        set_ports(file, &[port; PORTS])
    }

    /// Moves a file that plays on several ports to ports above those of all others.
    fn move_to_own_ports(&self, file: &mut File<'_>, used: &Channels) -> Result<(), Error> {
        let mut above =
            (0..PORTS).rev().find(|&port| self.channels[port] != 0).map_or(0, |port| port + 1);
        let mut to = [0; PORTS];
        for (to, _) in to.iter_mut().zip(used).filter(|(_, used)| **used != 0) {
            *to = above as u8;
            above += 1;
        }
        if above > PORTS {
            return Err(no_free_port());
        }
        set_ports(file, &to)
    }

    /// Takes note of a text or a SysEx message; gives whether no file has said it before, which is also so for all else.
    fn say(&mut self, event: &Event<'_>) -> Result<bool, NoRoom> {
        let message = event.message();
        if matches!(message, Message::Channel(_)) || is_of_a_track(&message) || names_port(event) {
            return Ok(true);
        }
        let mut hasher = DefaultHasher::new();
        let kind = match message {
            Message::Meta(MetaKind(kind), _) => u16::from(kind),
            Message::Sysex(_) => 0x100,
            _ => 0x101,
        };
        (event.tick, kind, event.data()).hash(&mut hasher);
        self.said.try_reserve(1).map_err(|_| NoRoom)?;
        Ok(self.said.insert(hasher.finish()))
    }
}

/// Where the channels of a file go beside those that are taken; `None` where there are not enough.
fn free_channels(channels: u16, taken: u16) -> Option<[u8; CHANNELS]> {
    let drums = 1 << DRUM_CHANNEL;
    let clash = channels & taken & !drums;
    let mut taken = channels | taken | drums;
    let mut moved = SAME;
    for from in (0..CHANNELS).filter(|from| clash >> from & 1 == 1) {
        let free = (0..CHANNELS as u8).find(|free| taken >> free & 1 == 0)?;
        taken |= 1 << free;
        moved[from] = free;
    }
    Some(moved)
}

fn has_sysex(file: &File<'_>) -> bool {
    let mut events = file.tracks.iter().flat_map(|track| &track.events);
    events.any(|event| matches!(event.message(), Message::Sysex(_)))
}

fn channels(file: &File<'_>) -> Result<Channels, NoRoom> {
    let mut ports = TrackPorts::of(&file.tracks)?;
    let mut channels = [0; PORTS];
    for (index, Track { events, .. }) in file.tracks.iter().enumerate() {
        for event in events {
            let port = ports.as_mut().map_or(0, |ports| ports.pass(index));
            let channel = event.channel_message().map_or(0, |message| 1 << message.channel());
            channels[usize::from(port)] |= channel;
        }
    }
    Ok(channels)
}

/// Moves each port of a file to another. Where none is named, all is on the first.
fn set_ports(file: &mut File<'_>, to: &[u8; PORTS]) -> Result<(), Error> {
    let mut ports = TrackPorts::of(&file.tracks)?;
    for (index, track) in file.tracks.iter_mut().enumerate() {
        let mut said = 0;
        let mut events = room::list(track.events.len() + 1)?;
        for event in std::mem::take(&mut track.events) {
            let port = to[usize::from(ports.as_mut().map_or(0, |ports| ports.pass(index)))];
            if names_port(&event) {
                continue;
            }
            if port != std::mem::replace(&mut said, port) {
                room::push(&mut events, Event::new(event.tick, Message::port(port)))?;
            }
            room::push(&mut events, event)?;
        }
        track.events = events;
    }
    Ok(())
}

fn no_file() -> Error {
    unwritable("there is no file to merge".to_owned())
        .with_hint(Some("Give the contents of at least one MIDI file."))
}

fn no_free_port() -> Error {
    unwritable("the files play on more channels than 128 ports have".to_owned())
        .with_hint(Some("Merge fewer files."))
}

fn move_channels(file: &mut File<'_>, moved: &[u8; CHANNELS]) {
    let to = |channel: u8| moved[usize::from(channel & 0xf)];
    for event in file.tracks.iter_mut().flat_map(|track| &mut track.events) {
        let message = match event.message() {
            Message::Channel(message) => {
                message.with_channel(to(message.channel())).map(Message::Channel)
            }
            Message::Meta(kind @ MetaKind::CHANNEL_PREFIX, data) => {
                data.first().map(|&channel| Message::meta(kind, vec![to(channel)]))
            }
            _ => None,
        };
        if let Some(message) = message {
            event.set_message(message);
        }
    }
}

/// Whether only the first file says it for all.
fn is_of_the_first(event: &Event<'_>) -> bool {
    let kinds = [
        MetaKind::SEQUENCE_NUMBER,
        MetaKind::TEMPO,
        MetaKind::SMPTE_OFFSET,
        MetaKind::TIME_SIGNATURE,
        MetaKind::KEY_SIGNATURE,
    ];
    matches!(event.message(), Message::Meta(kind, _) if kinds.contains(&kind))
}

/// Whether it is about the track that it stands in.
fn is_of_a_track(message: &Message<'_>) -> bool {
    let kinds = [
        MetaKind::TRACK_NAME,
        MetaKind::INSTRUMENT_NAME,
        MetaKind::PROGRAM_NAME,
        MetaKind::DEVICE_NAME,
        MetaKind::CHANNEL_PREFIX,
        MetaKind::PORT_PREFIX,
    ];
    matches!(message, Message::Meta(kind, _) if kinds.contains(kind))
}
