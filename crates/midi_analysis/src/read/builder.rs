//! Collects the events of all tracks into one [`Score`].

use midly::{MetaMessage, TrackEventKind};
use smallvec::SmallVec;

use crate::error::{Error, check};
use crate::model::controllers::ControllerTally;
use crate::model::division::Division;
use crate::model::key::{KeySignature, Mode};
use crate::model::meter_map::MeterMap;
use crate::model::note::{DRUM_CHANNEL, Note};
use crate::model::score::{ChannelValue, DeclaredKey, Pitched, Score};
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::text::{RawText, RawTexts, TextKind};
use crate::model::time_signature::TimeSignature;
use crate::options::Options;
use crate::read::counter::EventCounter;
use crate::read::exclusive::Packets;
use crate::read::message::{self, CONTROL_CHANGE, NOTE_OFF, NOTE_ON, PITCH_BEND, PROGRAM_CHANGE};
use crate::read::pairing::Pairing;
use crate::read::percussion::{self, Evidence};
use crate::read::ports::{Change, Nameless, Ports};
use crate::read::reader::{KEY_SIGNATURE, Reader, Timed};
use crate::read::repair::{Fault, Repairs};
use crate::read::setups::Setups;
use crate::read::smf::{Chunks, Header, Track};
use crate::room::{self, NoRoom};

/// Bytes of both events of a note in ordinary files: an estimate for its storage.
const BYTES_PER_NOTE: usize = 8;
/// The most notes for which room is reserved at first.
const FIRST_ROOM: usize = 1 << 20;

pub(crate) struct Builder<'a, 'c> {
    source: &'a [u8],
    header: Header,
    interrupted: &'c dyn Fn() -> bool,
    /// The file's name.
    name: &'c str,
    /// Tick at which the current track begins: 0, but for format 2.
    base: u32,
    track: u16,
    events: EventCounter<'c>,
    pairing: Pairing,
    ports: Ports<'a>,
    packets: Packets,
    setups: Setups,
    tempos: Vec<(u32, u32)>,
    meters: Vec<(u32, TimeSignature)>,
    keys: SmallVec<[DeclaredKey; 2]>,
    texts: Vec<RawText>,
    instrument_names: Vec<RawText>,
    controllers: ControllerTally,
    pub(crate) repairs: Repairs,
}

impl<'a, 'c> Builder<'a, 'c> {
    pub(crate) fn new(
        source: &'a [u8],
        header: Header,
        options: &Options<'c>,
        repairs: Repairs,
    ) -> Result<Self, Error> {
        let likely_notes = (source.len() / BYTES_PER_NOTE).min(FIRST_ROOM);
        Ok(Self {
            source,
            header,
            interrupted: options.interrupted,
            name: options.name,
            base: 0,
            track: 0,
            events: EventCounter::new(options),
            pairing: Pairing::with_capacity(likely_notes)?,
            ports: Ports::new(),
            packets: Packets::default(),
            setups: Setups::new(),
            tempos: Vec::new(),
            meters: Vec::new(),
            keys: SmallVec::new(),
            texts: Vec::new(),
            instrument_names: Vec::new(),
            controllers: ControllerTally::default(),
            repairs,
        })
    }

    /// How many more events there may be.
    pub(crate) fn events_left(&self) -> usize {
        self.events.left()
    }

    /// Whether there are as many tracks as the header of a file can count.
    pub(crate) fn is_full(&self) -> bool {
        self.track == u16::MAX
    }

    pub(crate) fn read_track(
        &mut self,
        track: &Track<'a>,
        chunks: &mut Chunks<'a>,
    ) -> Result<(), Error> {
        self.begin_track();
        let mut reader = Reader::new(track, self.base);
        loop {
            reader.messages(|tick, status, data, end| -> Result<(), Error> {
                self.events.count(|| end)?;
                Ok(self.channel_message(tick, status, data)?)
            })?;
            let Some(Timed { tick, kind }) = reader.next(&mut self.repairs) else { break };
            self.events.count(|| reader.offset())?;
            match kind {
                TrackEventKind::Midi { channel, message } => {
                    let (status, data) = message::bytes(channel.as_int(), message);
                    self.channel_message(tick, status, data)?;
                }
                TrackEventKind::Meta(message) => self.meta(tick, message, &reader)?,
                TrackEventKind::SysEx(bytes) => self.exclusive(tick, bytes)?,
                TrackEventKind::Escape(bytes) => self.escape(tick, bytes)?,
            }
        }
        let end = reader.tick();
        for _ in 0..self.pairing.end_track(end, self.longest_hang(), self.interrupted)? {
            self.repairs.note(Fault::UnclosedNote, reader.offset());
        }
        reader.finish(track, chunks, &mut self.repairs);
        if self.header.format == 2 {
            self.base = end;
        }
        self.track += 1;
        Ok(())
    }

    fn begin_track(&mut self) {
        self.ports.begin_track();
        self.packets.clear();
        self.setups.begin_track();
    }

    #[inline(always)]
    fn channel_message(&mut self, tick: u32, status: u8, data: [u8; 2]) -> Result<(), NoRoom> {
        let (channel, [first, second]) = (status & message::CHANNEL, data);
        // Nearly all messages are those of notes.
        match status & message::KIND {
            NOTE_ON if second > 0 => self.note_on(tick, channel, first, second),
            NOTE_ON | NOTE_OFF => {
                self.pairing.off(tick, channel, first);
                Ok(())
            }
            kind => self.other_message(tick, kind, channel, data),
        }
    }

    /// A channel message that neither begins nor ends a note.
    #[inline(never)]
    fn other_message(
        &mut self,
        tick: u32,
        kind: u8,
        channel: u8,
        data: [u8; 2],
    ) -> Result<(), NoRoom> {
        let [first, second] = data;
        match kind {
            CONTROL_CHANGE => {
                let port = self.ports.current();
                self.controllers.control(first, second);
                match first {
                    CHANNEL_VOLUME => {
                        let volume = ChannelValue { tick, value: second.into(), port, channel };
                        room::push(&mut self.setups.volumes, volume)?;
                    }
                    ALL_SOUND_OFF | ALL_NOTES_OFF => self.pairing.all_off(tick, channel)?,
                    BANK_SELECT => self.setups.bank(tick, port, channel, second)?,
                    _ => {}
                }
            }
            PROGRAM_CHANGE => self.setups.program(tick, self.ports.current(), channel, first)?,
            PITCH_BEND => {
                self.controllers.pitch_bend();
                let (port, value) = (self.ports.current(), message::bend(data));
                let bend = ChannelValue { tick, value, port, channel };
                room::push(&mut self.setups.bends, bend)?;
            }
            _ => {}
        }
        Ok(())
    }

    #[inline]
    fn note_on(&mut self, tick: u32, channel: u8, pitch: u8, velocity: u8) -> Result<(), NoRoom> {
        let program = self.setups.own_program(channel);
        let (track, port) = (self.track, self.ports.current());
        let drum = channel == DRUM_CHANNEL;
        let (start, end) = (tick, tick);
        self.pairing.on(Note { start, end, track, port, channel, program, pitch, velocity, drum })
    }

    /// Ticks that a note lasts which no other event ends.
    fn longest_hang(&self) -> u32 {
        match self.header.division {
            Division::Metrical(ticks) => u32::from(ticks) * HANG_QUARTERS,
            Division::Timecode(time) => (time.ticks_per_second() * HANG_SECONDS) as u32,
        }
    }

    fn meta(
        &mut self,
        tick: u32,
        message: MetaMessage<'a>,
        reader: &Reader<'_>,
    ) -> Result<(), NoRoom> {
        match message {
            MetaMessage::Tempo(tempo) => match tempo.as_int() {
                0 => self.repairs.note(Fault::ZeroTempo, reader.offset()),
                microseconds => room::push(&mut self.tempos, (tick, microseconds))?,
            },
            MetaMessage::TimeSignature(numerator, power, ..) => {
                if numerator == 0 || power > MAX_DENOMINATOR_POWER {
                    self.repairs.note(Fault::TimeSignature, reader.offset());
                } else {
                    let signature = TimeSignature::new(numerator, 1 << power);
                    room::push(&mut self.meters, (tick, signature))?;
                }
            }
            MetaMessage::KeySignature(fifths, minor) => {
                let mode = if minor { Mode::Minor } else { Mode::Major };
                match KeySignature::new(fifths, mode) {
                    Some(signature) => self.key(DeclaredKey { tick, signature })?,
                    None => self.repairs.note(Fault::KeySignature, reader.offset()),
                }
            }
            MetaMessage::MidiPort(port) => {
                let change = self.ports.number(port.as_int());
                self.change_port(change)?;
            }
            MetaMessage::DeviceName(name) => {
                let change = self.ports.device(name);
                self.change_port(change)?;
            }
            MetaMessage::Unknown(KEY_SIGNATURE, _) => {
                self.repairs.note(Fault::KeySignature, reader.offset());
            }
            MetaMessage::Text(bytes) => self.text(TextKind::Text, tick, bytes)?,
            MetaMessage::Copyright(bytes) => self.text(TextKind::Copyright, tick, bytes)?,
            MetaMessage::TrackName(bytes) => self.text(TextKind::TrackName, tick, bytes)?,
            MetaMessage::Lyric(bytes) => self.text(TextKind::Lyric, tick, bytes)?,
            MetaMessage::InstrumentName(bytes) | MetaMessage::ProgramName(bytes) => {
                let kind = TextKind::InstrumentName;
                let name = RawText::new(kind, self.track, tick, bytes, self.source);
                room::push(&mut self.instrument_names, name)?;
            }
            MetaMessage::Marker(bytes) => self.text(TextKind::Marker, tick, bytes)?,
            _ => {}
        }
        Ok(())
    }

    fn exclusive(&mut self, tick: u32, bytes: &[u8]) -> Result<(), NoRoom> {
        match self.packets.begin(bytes) {
            Some(message) => self.setups.exclusive(tick, self.ports.current(), message),
            None => Ok(()),
        }
    }

    fn escape(&mut self, tick: u32, bytes: &[u8]) -> Result<(), NoRoom> {
        let change = self.ports.escape(bytes);
        self.change_port(change)?;
        match self.packets.go_on(bytes) {
            Some(message) => self.setups.exclusive(tick, self.ports.current(), message),
            None => Ok(()),
        }
    }

    fn change_port(&mut self, change: Change) -> Result<(), NoRoom> {
        match change {
            Change::None => Ok(()),
            Change::Port { to, first: true, .. } if !self.pairing.has_begun() => {
                self.setups.move_track(to);
                Ok(())
            }
            Change::Port { from, to, .. } => self.setups.change_port(from, to),
        }
    }

    fn key(&mut self, key: DeclaredKey) -> Result<(), NoRoom> {
        // The few key signatures of nearly all files are stored in place; only more are allocated.
        self.keys.try_reserve(1).map_err(|_| NoRoom)?;
        self.keys.push(key);
        Ok(())
    }

    /// Takes a text of the current track, or after the last track one that is in none.
    pub(crate) fn text(
        &mut self,
        kind: TextKind,
        tick: u32,
        bytes: &'a [u8],
    ) -> Result<(), NoRoom> {
        let text = RawText::new(kind, self.track, tick, bytes, self.source);
        room::push(&mut self.texts, text)
    }

    /// Takes a text that the file's container has about it, unless the file itself has the same.
    pub(crate) fn container_text(&mut self, kind: TextKind, bytes: &'a [u8]) -> Result<(), NoRoom> {
        let texts = RawTexts { list: &self.texts, source: self.source };
        let is_there =
            texts.list.iter().any(|text| text.kind == kind && texts.bytes(text) == bytes);
        if is_there { Ok(()) } else { self.text(kind, 0, bytes) }
    }

    fn settle_ports(&mut self, notes: &mut [Note]) {
        let nameless = self.ports.nameless(notes);
        if nameless != Nameless::Stay {
            notes.iter_mut().for_each(|note| note.port = nameless.port(note.port));
            self.setups.join(nameless);
        }
    }

    fn mark_drums(&mut self, notes: &mut [Note]) -> Result<(), Error> {
        let all = |list| RawTexts { list, source: self.source };
        let (texts, instruments) = (all(&self.texts), all(&self.instrument_names));
        let quarter = (self.longest_hang() / HANG_QUARTERS).max(1);
        let evidence = Evidence::new(self.name, quarter, texts, instruments);
        percussion::mark(notes, &mut self.setups, self.ports.count(), &evidence, self.interrupted)
    }

    /// The score, and what was repaired. `source` shares the bytes that were read.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn finish<'s>(mut self, source: Source<'s>) -> Result<(Score<'s>, Repairs), Error> {
        let mut notes = std::mem::take(&mut self.pairing.notes);
        self.settle_ports(&mut notes);
        self.setups.resolve_programs(&mut notes, self.interrupted)?;
        let ports = self.ports.count();
        self.mark_drums(&mut notes)?;
        check(self.interrupted)?;
        room::sort_by_key(&mut notes, |note| note.start)?;
        check(self.interrupted)?;
        room::sort_by_key(&mut self.tempos, |&(tick, _)| tick)?;
        room::sort_by_key(&mut self.meters, |&(tick, ..)| tick)?;
        room::sort_by_key(&mut self.keys, |key| key.tick)?;
        room::sort_by_key(&mut self.setups.bends, |bend| bend.tick)?;
        room::sort_by_key(&mut self.setups.volumes, |volume| volume.tick)?;
        check(self.interrupted)?;
        let end = notes.iter().map(|note| note.end).max().unwrap_or(0);
        let division = self.header.division;
        let score = Score {
            format: self.header.format,
            division,
            track_count: self.track,
            port_count: ports,
            event_count: self.events.so_far() as u32,
            pitched: Pitched::of(&notes),
            notes,
            end,
            tempo: TempoMap::new(division, &self.tempos)?,
            meter: MeterMap::new(division, &self.meters)?,
            keys: self.keys,
            texts: self.texts,
            source,
            controllers: self.controllers,
            names_programs: self.setups.names_programs(),
            bends: self.setups.bends,
            volumes: self.setups.volumes,
        };
        Ok((score, self.repairs))
    }
}

/// A whole note, or the same time at 120 quarter notes a minute.
const HANG_QUARTERS: u32 = 4;
const HANG_SECONDS: f64 = 2.0;
const BANK_SELECT: u8 = 0;
const CHANNEL_VOLUME: u8 = 7;
const ALL_SOUND_OFF: u8 = 120;
const ALL_NOTES_OFF: u8 = 123;
/// A 128th note, the shortest that notation programs write as a beat.
const MAX_DENOMINATOR_POWER: u8 = 7;
