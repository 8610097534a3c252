//! The events of one track, by midly, repaired where a player would go on.
//!
//! midly stops a track at the first malformed event and swallows the rest of a track into a meta
//! or SysEx event whose length is too great. Here both are undone: a value that is out of range is
//! clamped, what is no event is skipped, and where all is lost reading takes up again at the next
//! place from which several events in a row make sense.

use midly::num::{u4, u7, u14};
use midly::{EventIter, MetaMessage, MidiMessage, PitchBend, TrackEventKind};

use crate::read::repair::{Fault, Repairs};
use crate::read::smf::{Chunks, Track};

/// Events in a row that must read well before a place in damaged data is believed.
const CREDIBLE_RUN: usize = 4;

/// Latest tick that is told apart; one is left after it for a note of no length.
pub(crate) const LAST_TICK: u32 = u32::MAX - 1;

/// An event and the tick at which it stands, counted from the start of its track.
pub(crate) struct Timed<'a> {
    pub(crate) tick: u32,
    pub(crate) kind: TrackEventKind<'a>,
}

pub(crate) struct Reader<'a> {
    events: EventIter<'a>,
    /// Offset in the file of the byte just after the track's bytes.
    end: usize,
    tick: u32,
    /// Status of the last channel message, which outlives meta and SysEx events in sloppy files.
    status: Option<u8>,
    ended: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(track: &Track<'a>) -> Self {
        Self {
            events: EventIter::new(track.bytes),
            end: track.offset + track.bytes.len(),
            tick: 0,
            status: None,
            ended: false,
        }
    }

    /// Tells how the track ended, and lets the chunk walk take up what its bytes swallowed.
    pub(crate) fn finish(&self, track: &Track<'a>, chunks: &mut Chunks<'a>, repairs: &mut Repairs) {
        let (unread, offset) = self.unread();
        if !self.ended {
            repairs.note(Fault::MissingEndOfTrack, offset);
        } else if !unread.is_empty() && track.length_trusted {
            if chunks.resume_at_track_within(unread, offset) {
                repairs.note(Fault::TrackLength, track.offset - 4);
            } else {
                repairs.note(Fault::DataAfterEndOfTrack, offset);
            }
        }
    }

    /// The tick of the last event read.
    pub(crate) fn tick(&self) -> u32 {
        self.tick
    }

    /// The bytes not read yet, and their offset in the file.
    fn unread(&self) -> (&'a [u8], usize) {
        let unread = self.events.unread();
        (unread, self.end - unread.len())
    }

    /// The offset in the file of the next event.
    pub(crate) fn offset(&self) -> usize {
        self.unread().1
    }

    /// The next event, or `None` at the end of the track.
    #[inline]
    pub(crate) fn next(&mut self, repairs: &mut Repairs) -> Option<Timed<'a>> {
        loop {
            let before = self.events.unread();
            if self.ended || before.is_empty() {
                return None;
            }
            let running = self.events.running_status();
            let event = match self.events.next() {
                Some(Ok(event)) => event,
                _ => match self.repair(before, running, repairs) {
                    Some(kind) => return Some(Timed { tick: self.tick, kind }),
                    None => continue,
                },
            };
            if !matches!(event.kind, TrackEventKind::Midi { .. }) {
                self.status = running.or(self.status);
                if self.events.unread().is_empty() && overruns(before, &event.kind) {
                    self.recover(before, 1, repairs);
                    continue;
                }
                self.ended = matches!(event.kind, TrackEventKind::Meta(MetaMessage::EndOfTrack));
            }
            self.advance(event.delta.as_int(), before, repairs);
            return Some(Timed { tick: self.tick, kind: event.kind });
        }
    }

    #[inline]
    fn advance(&mut self, delta: u32, before: &[u8], repairs: &mut Repairs) {
        self.tick = match self.tick.checked_add(delta) {
            Some(tick) if tick <= LAST_TICK => tick,
            _ => {
                repairs.note(Fault::TimeOverflow, self.end - before.len());
                LAST_TICK
            }
        };
    }

    /// Reads by hand the event that midly refused, or skips what is none. Every way out leaves
    /// fewer bytes to read than `before`, so a track always ends.
    #[cold]
    fn repair(
        &mut self,
        before: &'a [u8],
        running: Option<u8>,
        repairs: &mut Repairs,
    ) -> Option<TrackEventKind<'a>> {
        let offset = self.end - before.len();
        let Some((delta, at)) = varlen(before) else {
            repairs.note(Fault::TruncatedTrack, offset);
            self.resume(&[], None);
            return None;
        };
        let explicit = before.get(at).copied();
        let (status, data) = match explicit {
            None => {
                repairs.note(Fault::TruncatedTrack, offset);
                self.resume(&[], None);
                return None;
            }
            Some(status @ 0x80..) => (status, at + 1),
            Some(_) => match running.or(self.status) {
                Some(status) => {
                    if running.is_none() {
                        repairs.note(Fault::RunningStatusAfterMeta, offset + at);
                    }
                    (status, at)
                }
                None => {
                    self.recover(before, at, repairs);
                    return None;
                }
            },
        };
        match status {
            0x80..=0xef => {
                let length = if matches!(status >> 4, 0xc | 0xd) { 1 } else { 2 };
                let Some(raw) = before.get(data..data + length) else {
                    repairs.note(Fault::TruncatedTrack, offset);
                    self.resume(&[], None);
                    return None;
                };
                if raw.iter().any(|&byte| byte > 127) {
                    repairs.note(Fault::DataByteOver127, offset + data);
                }
                let second = raw.get(1).map_or(0, |&byte| byte.min(127));
                self.advance(delta, before, repairs);
                self.resume(&before[data + length..], Some(status));
                Some(channel_message(status, raw[0].min(127), second))
            }
            0xf1..=0xf6 | 0xf8..=0xfe => {
                repairs.note(Fault::SystemMessage, offset + at);
                let length = match status {
                    0xf1 | 0xf3 => 1,
                    0xf2 => 2,
                    _ => 0,
                };
                self.advance(delta, before, repairs);
                self.resume(before.get(data + length..).unwrap_or(&[]), running);
                None
            }
            _ => {
                let skipped = if status == 0xff { meta_end(before, data) } else { None };
                match skipped {
                    Some(end) => {
                        repairs.note(Fault::MalformedMeta, offset + at);
                        self.advance(delta, before, repairs);
                        self.resume(&before[end..], running);
                    }
                    None => self.recover(before, at, repairs),
                }
                None
            }
        }
    }

    fn resume(&mut self, bytes: &'a [u8], running: Option<u8>) {
        self.events = EventIter::new(bytes);
        *self.events.running_status_mut() = running;
        self.status = running.or(self.status);
    }

    /// Skips to the next place in `before`, from byte `from` on, at which events read well.
    #[cold]
    fn recover(&mut self, before: &'a [u8], from: usize, repairs: &mut Repairs) {
        let offset = self.end - before.len();
        match (from.max(1)..before.len()).find(|&at| credible(&before[at..])) {
            Some(at) => {
                repairs.note(Fault::UnreadableBytes, offset);
                self.resume(&before[at..], None);
            }
            None => {
                repairs.note(Fault::TruncatedTrack, offset);
                self.resume(&[], None);
            }
        }
    }
}

/// Whether a meta or SysEx event claims more bytes than there are.
#[cold]
fn overruns(before: &[u8], kind: &TrackEventKind) -> bool {
    let Some((_, at)) = varlen(before) else { return false };
    let length_at = if matches!(kind, TrackEventKind::Meta(_)) { at + 2 } else { at + 1 };
    let Some((length, data)) = before.get(length_at..).and_then(varlen) else { return true };
    length as usize > before.len().saturating_sub(length_at + data)
}

/// Whether events in a row, the first with a status byte of its own, can be read from here on, up
/// to the end or a run long enough.
fn credible(bytes: &[u8]) -> bool {
    let explicit = matches!(bytes, [0x00..=0x7f, 0x80..=0xef | 0xff, ..]);
    if !explicit {
        return false;
    }
    let mut events = EventIter::new(bytes);
    for _ in 0..CREDIBLE_RUN {
        let before = events.unread();
        match events.next() {
            Some(Ok(event)) => match event.kind {
                TrackEventKind::Meta(MetaMessage::EndOfTrack) => return true,
                TrackEventKind::Midi { .. } => {}
                kind if events.unread().is_empty() && overruns(before, &kind) => return false,
                TrackEventKind::Meta(MetaMessage::Unknown(..)) => return false,
                _ => {}
            },
            _ => return false,
        }
    }
    true
}

/// A variable-length quantity of up to four bytes, and the number of bytes it takes.
fn varlen(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(4).enumerate() {
        value = value << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 || index == 3 {
            return Some((value, index + 1));
        }
    }
    None
}

/// The end of the meta event whose type byte stands at `at`, if it is whole.
fn meta_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (length, width) = varlen(bytes.get(at + 1..)?)?;
    let end = at + 1 + width + length as usize;
    (end <= bytes.len()).then_some(end)
}

fn channel_message(status: u8, first: u8, second: u8) -> TrackEventKind<'static> {
    let (a, b) = (u7::new(first), u7::new(second));
    let message = match status >> 4 {
        0x8 => MidiMessage::NoteOff { key: a, vel: b },
        0x9 => MidiMessage::NoteOn { key: a, vel: b },
        0xa => MidiMessage::Aftertouch { key: a, vel: b },
        0xb => MidiMessage::Controller { controller: a, value: b },
        0xc => MidiMessage::ProgramChange { program: a },
        0xd => MidiMessage::ChannelAftertouch { vel: a },
        _ => MidiMessage::PitchBend {
            bend: PitchBend(u14::new(u16::from(second) << 7 | u16::from(first))),
        },
    };
    TrackEventKind::Midi { channel: u4::new(status & 0x0f), message }
}
