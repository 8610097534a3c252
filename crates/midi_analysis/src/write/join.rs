//! Several files in one, that are played together: their beats coincide.
//!
//! The first file gives tempo, meter and key. A later one keeps its channels where nobody else plays on them; otherwise it
//! moves to free ones and, where there are none, to another port. Drums share channel 10. Texts and SysEx messages that an
//! earlier file has at the same tick are left out, so that the parts of a file make a file as before.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::event::Event;
use super::file::{File, Track};
use super::message::Message;
use super::meta::MetaKind;
use super::ports::{TrackPorts, names_port};
use super::unwritable::unwritable;
use crate::error::{Error, ErrorKind};
use crate::model::division::Division;
use crate::model::note::{CHANNELS, DRUM_CHANNEL};
use crate::options::Options;
use crate::room::{self, NoRoom};

/// The most ticks in a quarter note that a header can have.
const MOST_TICKS: u16 = 0x7fff;
/// The highest port that a file can name.
const LAST_PORT: u8 = 0x7f;
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
        let Some(mut joined) = files.next() else { return Err(unwritable("no file".to_owned())) };
        if !several {
            return Ok(joined);
        }
        joined.make_ready(division, options)?;
        joined.format = 1;
        let mut company = Company::of(&joined)?;
        for mut file in files {
            options.check()?;
            file.make_ready(division, options)?;
            company.admit(&mut file)?;
            for track in file.tracks {
                room::push(&mut joined.tracks, track)?;
            }
        }
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

/// What the files so far have.
struct Company {
    /// The channels of port 0, a bit each, and the highest port.
    channels: u16,
    highest_port: u8,
    /// Texts and SysEx messages, as hashes of their ticks and bytes.
    said: HashSet<u64>,
}

impl Company {
    fn of(first: &File<'_>) -> Result<Self, Error> {
        let mut company = Self { channels: 0, highest_port: 0, said: HashSet::new() };
        company.note_channels(first)?;
        for event in first.tracks.iter().flat_map(|track| &track.events) {
            company.say(event)?;
        }
        Ok(company)
    }

    /// Fits a file in, and takes note of what it has.
    fn admit(&mut self, file: &mut File<'_>) -> Result<(), Error> {
        let (channels, ports) = channels_and_ports(file)?;
        match self.free_channels(channels).filter(|_| ports == 0) {
            Some(moved) => move_channels(file, &moved),
            None => self.move_to_own_ports(file)?,
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
        self.note_channels(file)
    }

    fn note_channels(&mut self, file: &File<'_>) -> Result<(), Error> {
        let (channels, ports) = channels_and_ports(file)?;
        self.channels |= channels;
        self.highest_port = self.highest_port.max(ports);
        Ok(())
    }

    /// Where the channels of a file go, on port 0; `None` where there are not enough.
    fn free_channels(&self, channels: u16) -> Option<[u8; CHANNELS]> {
        let drums = 1 << DRUM_CHANNEL;
        let clash = channels & self.channels & !drums;
        let mut taken = channels | self.channels | drums;
        let mut moved = SAME;
        for from in (0..CHANNELS).filter(|from| clash >> from & 1 == 1) {
            let free = (0..CHANNELS as u8).find(|free| taken >> free & 1 == 0)?;
            taken |= 1 << free;
            moved[from] = free;
        }
        Some(moved)
    }

    /// Moves a file to ports above those of all others.
    fn move_to_own_ports(&self, file: &mut File<'_>) -> Result<(), Error> {
        let above = self.highest_port + 1;
        let mut ports = TrackPorts::of(&file.tracks)?;
        for (index, track) in file.tracks.iter_mut().enumerate() {
            let mut said = None;
            let mut events = room::list(track.events.len() + 1)?;
            for event in std::mem::take(&mut track.events) {
                let port = ports.as_mut().map_or(0, |ports| ports.pass(index)).checked_add(above);
                let port = port.filter(|&port| port <= LAST_PORT).ok_or_else(|| {
                    unwritable("the files play on more channels than 128 ports have".to_owned())
                })?;
                if names_port(&event) {
                    continue;
                }
                if said.replace(port) != Some(port) {
                    room::push(&mut events, Event::new(event.tick, Message::port(port)))?;
                }
                room::push(&mut events, event)?;
            }
            track.events = events;
        }
        Ok(())
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

/// The channels of a file, a bit each, whichever port they are of, and its highest port.
fn channels_and_ports(file: &File<'_>) -> Result<(u16, u8), NoRoom> {
    let mut ports = TrackPorts::of(&file.tracks)?;
    let (mut channels, mut highest) = (0, 0);
    for (index, Track { events, .. }) in file.tracks.iter().enumerate() {
        for event in events {
            highest = highest.max(ports.as_mut().map_or(0, |ports| ports.pass(index)));
            channels |= event.channel_message().map_or(0, |message| 1 << message.channel());
        }
    }
    Ok((channels, highest))
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
