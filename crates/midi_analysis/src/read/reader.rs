//! The events of one track, read by midly, and repaired where a player would go on.
//!
//! midly stops a track at the first malformed event, and reads the rest of a track as part of a meta
//! or SysEx event whose length is too great. Here values out of range are clamped, bytes that are not
//! an event are skipped, and where nothing can be read, reading continues at the next position from
//! which several events in a row are plausible. That may be too late, which is why a damaged track is
//! mended and read again.
//!
//! Programs that join or edit tracks leave an End of Track before the end, which most players take for
//! the end. Where events follow it up to the end of the chunk, they are read, from its time on. Padding
//! and remains of other data behind it are not.

use midly::num::u4;
use midly::{EventIter, MetaMessage, TrackEvent, TrackEventKind};

use crate::read::credible::{credible, credible_sequel, overruns, varlen};
use crate::read::message;
use crate::read::repair::{Fault, Repairs};
use crate::read::smf::{Chunks, Track};
use crate::read::sysex_length;

/// The type of the meta event.
pub(crate) const KEY_SIGNATURE: u8 = 0x59;

/// The latest tick; one is left after it for a note of no length.
pub(crate) const LAST_TICK: u32 = u32::MAX - 1;

/// An event and its tick.
pub(crate) struct Timed<'a> {
    pub(crate) tick: u32,
    pub(crate) kind: TrackEventKind<'a>,
}

pub(crate) struct Reader<'a> {
    events: EventIter<'a>,
    /// Offset in the file of the byte just after the track's bytes.
    end: usize,
    tick: u32,
    /// Status of the last channel message, which some files keep across meta and SysEx events.
    status: Option<u8>,
    ended: bool,
    length_trusted: bool,
    /// Up to as many bytes before the end, what follows an End of Track is known to be events.
    sequel_until: usize,
    /// As many bytes before the end, the last event that `next` gave began.
    event_from: usize,
}

impl<'a> Reader<'a> {
    /// `start` is the tick at which the track begins.
    pub(crate) fn new(track: &Track<'a>, start: u32) -> Self {
        Self {
            events: EventIter::new(track.bytes),
            end: track.offset + track.bytes.len(),
            tick: start,
            status: None,
            ended: false,
            length_trusted: track.length_trusted,
            sequel_until: usize::MAX,
            event_from: 0,
        }
    }

    /// Notes how the track ended, and returns to the chunk walk what the track's bytes held beyond its
    /// end.
    pub(crate) fn finish(&self, track: &Track<'a>, chunks: &mut Chunks<'a>, repairs: &mut Repairs) {
        let (unread, offset) = self.unread();
        let holds_tracks = chunks.track_ended(track, self.ended, unread, offset);
        if !self.ended {
            repairs.note(Fault::MissingEndOfTrack, offset);
        } else if holds_tracks {
            repairs.note(Fault::TrackLength, track.offset - 4);
        } else if !unread.is_empty() && track.length_trusted {
            repairs.note(Fault::DataAfterEndOfTrack, offset);
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

    /// The offset in the file of the last event that [`next`](Self::next) gave.
    pub(crate) fn event_offset(&self) -> usize {
        self.end - self.event_from
    }

    /// Gives the next events to `take`, each with its tick, its status, its data and the offset of its end, as long as
    /// they are whole channel messages of two data bytes. Nearly all events are, so these are read in place.
    ///
    /// # Errors
    /// Those of `take`, after which no more is read.
    #[inline(always)]
    pub(crate) fn messages<E>(
        &mut self,
        mut take: impl FnMut(u32, u8, [u8; 2], usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut bytes, before) = (self.events.unread(), self.events.running_status());
        let mut running = before.filter(|&status| message::has_two(status));
        while !self.ended
            && let Some(Message { tick, status, data, length }) =
                whole_message(bytes, running, self.tick)
        {
            (bytes, running, self.tick) = (&bytes[length..], Some(status), tick);
            take(tick, status, data, self.end - bytes.len())?;
        }
        self.events = EventIter::new(bytes);
        *self.events.running_status_mut() = running.or(before);
        Ok(())
    }

    /// The next event, or `None` at the end of the track.
    pub(crate) fn next(&mut self, repairs: &mut Repairs) -> Option<Timed<'a>> {
        loop {
            let before = self.events.unread();
            if self.ended || before.is_empty() {
                return None;
            }
            self.event_from = before.len();
            let running = self.events.running_status();
            let event = self.events.next();
            if let Some(Ok(TrackEvent { delta, kind: kind @ TrackEventKind::Midi { .. } })) = event
            {
                self.advance(delta.as_int(), before, repairs);
                return Some(Timed { tick: self.tick, kind });
            }
            let other = event.and_then(Result::ok);
            if let Some(kind) = self.other(other, before, running, repairs) {
                return Some(Timed { tick: self.tick, kind });
            }
        }
    }

    /// The event just read if it is no channel message, or one repaired; `None` where that leaves none.
    #[inline(never)]
    fn other(
        &mut self,
        event: Option<TrackEvent<'a>>,
        before: &'a [u8],
        running: Option<u8>,
        repairs: &mut Repairs,
    ) -> Option<TrackEventKind<'a>> {
        let Some(TrackEvent { delta, mut kind }) = event else {
            return self.repair(before, running, repairs);
        };
        self.status = running.or(self.status);
        if matches!(kind, TrackEventKind::SysEx(data) if !data.ends_with(&[0xf7]))
            && let Some(message) = sysex_length::message(before)
        {
            repairs.note(Fault::SysexLength, self.end - before.len());
            self.resume(&before[message.end..], running);
            kind = TrackEventKind::SysEx(message.bytes);
        }
        let is_cut = self.events.unread().is_empty() && overruns(before, &kind);
        match kind {
            TrackEventKind::Meta(MetaMessage::EndOfTrack) if self.goes_on(before, repairs) => {}
            _ if is_cut => {
                self.recover(before, 1, repairs);
                return None;
            }
            TrackEventKind::Meta(MetaMessage::EndOfTrack) => self.ended = true,
            TrackEventKind::Meta(MetaMessage::KeySignature(..)) => {
                kind = key_signature(before, kind);
            }
            _ => {}
        }
        self.advance(delta.as_int(), before, repairs);
        Some(kind)
    }

    /// Whether events follow the End of Track just read, which `before` begins with. One with a length
    /// that is wrong may have taken the first of them.
    fn goes_on(&mut self, before: &'a [u8], repairs: &mut Repairs) -> bool {
        let rest = self.events.unread();
        let behind = varlen(before).and_then(|(_, at)| before.get(at + 3..)).unwrap_or(&[]);
        if behind.is_empty() || !self.length_trusted {
            return false;
        }
        if rest.len() > self.sequel_until {
            return true;
        }
        for sequel in [behind, rest] {
            if let Some(until) = credible_sequel(sequel) {
                repairs.note(Fault::EarlyEndOfTrack, self.end - sequel.len());
                self.resume(sequel, None);
                self.sequel_until = until;
                return true;
            }
        }
        false
    }

    fn advance(&mut self, delta: u32, before: &[u8], repairs: &mut Repairs) {
        self.tick = match self.tick.checked_add(delta) {
            Some(tick) if tick <= LAST_TICK => tick,
            _ => {
                repairs.note(Fault::TimeOverflow, self.end - before.len());
                LAST_TICK
            }
        };
    }

    /// Reads by hand the event that midly refused, or skips what is not an event. Every way out leaves
    /// fewer bytes to read than `before`, so a track always ends.
    #[cold]
    fn repair(
        &mut self,
        before: &'a [u8],
        running: Option<u8>,
        repairs: &mut Repairs,
    ) -> Option<TrackEventKind<'a>> {
        let Some((delta, at)) = varlen(before).filter(|&(_, at)| at < before.len()) else {
            self.give_up(before, repairs);
            return None;
        };
        let offset = self.end - before.len() + at;
        let (status, data) = match before[at] {
            status @ 0x80.. => (status, at + 1),
            _ => match running.or(self.status) {
                Some(status) => {
                    if running.is_none() {
                        repairs.note(Fault::RunningStatusAfterMeta, offset);
                    }
                    (status, at)
                }
                None => {
                    self.recover(before, at, repairs);
                    return None;
                }
            },
        };
        let event = Refused { before, delta, status, data };
        match status {
            0x80..=0xef => return self.repair_channel_message(&event, repairs),
            0xf1..=0xf6 | 0xf8..=0xfe => {
                repairs.note(Fault::SystemMessage, offset);
                let length = match status {
                    0xf1 | 0xf3 => 1,
                    0xf2 => 2,
                    _ => 0,
                };
                self.advance(delta, before, repairs);
                self.resume(before.get(data + length..).unwrap_or(&[]), running);
            }
            _ => match meta_end(before, data).filter(|_| status == 0xff) {
                Some(end) => {
                    repairs.note(Fault::MalformedMeta, offset);
                    self.advance(delta, before, repairs);
                    self.resume(&before[end..], running);
                }
                None => self.recover(before, at, repairs),
            },
        }
        None
    }

    /// Reads a channel message whose data bytes are out of range.
    fn repair_channel_message(
        &mut self,
        event: &Refused<'a>,
        repairs: &mut Repairs,
    ) -> Option<TrackEventKind<'a>> {
        let &Refused { before, delta, status, data } = event;
        let length = if matches!(status >> 4, 0xc | 0xd) { 1 } else { 2 };
        let Some(raw) = before.get(data..data + length) else {
            self.give_up(before, repairs);
            return None;
        };
        if raw.iter().any(|&byte| byte > 127) {
            repairs.note(Fault::DataByteOver127, self.end - before.len() + data);
        }
        let second = raw.get(1).map_or(0, |&byte| byte.min(127));
        self.advance(delta, before, repairs);
        self.resume(&before[data + length..], Some(status));
        let message = message::message(status, [raw[0].min(127), second]);
        Some(TrackEventKind::Midi { channel: u4::new(status & message::CHANNEL), message })
    }

    /// Ends a track that stops within an event.
    fn give_up(&mut self, before: &[u8], repairs: &mut Repairs) {
        repairs.note(Fault::TruncatedTrack, self.end - before.len());
        self.resume(&[], None);
    }

    fn resume(&mut self, bytes: &'a [u8], running: Option<u8>) {
        self.events = EventIter::new(bytes);
        *self.events.running_status_mut() = running;
        self.status = running.or(self.status);
    }

    /// Skips to the next position in `before`, from byte `from` on, at which events are readable.
    #[cold]
    fn recover(&mut self, before: &'a [u8], from: usize, repairs: &mut Repairs) {
        let offset = self.end - before.len();
        match (from.max(1)..before.len()).find(|&at| credible(&before[at..])) {
            Some(at) => {
                repairs.note(Fault::UnreadableBytes, offset);
                self.resume(&before[at..], None);
            }
            None => self.give_up(before, repairs),
        }
    }
}

/// A channel message with two data bytes.
struct Message {
    tick: u32,
    status: u8,
    data: [u8; 2],
    /// How many bytes it has.
    length: usize,
}

/// The most bytes of a message with two bytes of time, its status and two of data. A track has as many behind the start
/// of each message but perhaps its last one, as it ends with an End of Track.
const LONGEST_MESSAGE: usize = 5;

/// The channel message with two data bytes and at most two of time after `last_tick` that `bytes` begin with, if all are
/// in range and it is not among the last bytes. The `running` status is that of such a message.
#[inline(always)]
fn whole_message(bytes: &[u8], running: Option<u8>, last_tick: u32) -> Option<Message> {
    let bytes: &[u8; LONGEST_MESSAGE] = bytes.first_chunk()?;
    let (delta, at) = match *bytes {
        [time @ ..0x80, ..] => (u32::from(time), 1),
        [high, low @ ..0x80, ..] => (u32::from(high & 0x7f) << 7 | u32::from(low), 2),
        _ => return None,
    };
    let (status, at) = match bytes[at] {
        ..0x80 => (running?, at),
        status if message::has_two(status) => (status, at + 1),
        _ => return None,
    };
    let data = [bytes[at], bytes[at + 1]];
    if (data[0] | data[1]) >= 0x80 {
        return None;
    }
    let tick = last_tick.checked_add(delta).filter(|&tick| tick <= LAST_TICK)?;
    Some(Message { tick, status, data, length: at + 2 })
}

/// An event that midly refused.
struct Refused<'a> {
    /// The bytes of the track from the event on.
    before: &'a [u8],
    delta: u32,
    status: u8,
    /// Where its data bytes begin.
    data: usize,
}

/// A key signature as it was read, or unchanged bytes where its mode is neither major (0) nor minor (1).
fn key_signature<'a>(event: &'a [u8], kind: TrackEventKind<'a>) -> TrackEventKind<'a> {
    let data = || {
        let length_at = varlen(event)?.1 + 2;
        let (length, width) = varlen(event.get(length_at..)?)?;
        event.get(length_at + width..)?.get(..length as usize)
    };
    match data() {
        Some(data) if data.get(1).is_some_and(|&mode| mode > 1) => {
            TrackEventKind::Meta(MetaMessage::Unknown(KEY_SIGNATURE, data))
        }
        _ => kind,
    }
}

/// The end of the meta event whose type byte is at `at`, if the event is complete.
fn meta_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (length, width) = varlen(bytes.get(at + 1..)?)?;
    let end = at + 1 + width + length as usize;
    (end <= bytes.len()).then_some(end)
}
