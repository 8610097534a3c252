//! One event in bytes that may be damaged, and how much it is like an event of music.

use crate::error::Error;
use crate::read::credible::varlen;
use crate::room;

/// The status that an event without one of its own has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RunningStatus {
    #[default]
    None,
    Channel(u8),
    /// That of the last channel message, across a meta or SysEx event.
    AcrossMeta(u8),
}

impl RunningStatus {
    fn byte(self) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Channel(status) | Self::AcrossMeta(status) => Some(status),
        }
    }

    fn across_meta(self) -> Self {
        self.byte().map_or(Self::None, Self::AcrossMeta)
    }
}

/// Where the parts of an event are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    delta: u32,
    /// Bytes of the delta time.
    delta_width: u8,
    status: u8,
    /// Whether the status byte is there.
    explicit: bool,
    running: RunningStatus,
    data: usize,
    pub(super) end: usize,
    pub(super) status_after: RunningStatus,
}

/// Bank select, modulation, breath, foot, portamento, data entry, volume, balance, pan, expression, the
/// pedals, sound controllers, effects, parameter numbers, and the messages to all notes (MIDI 1.0).
const COMMON_CONTROLLERS: [u8; 35] = [
    0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 32, 38, 64, 65, 66, 67, 71, 72, 73, 74, 84, 91, 92, 93, 94, 95,
    98, 99, 100, 101, 120, 121, 123, 126, 127,
];

/// What is usual in a track.
#[derive(Clone, Copy)]
pub(super) struct Usual {
    /// The pitches and the controllers that follow a status byte somewhere, a bit each.
    pitches: u128,
    controllers: u128,
    /// The bytes over 127 that occur more than once.
    statuses: u128,
    /// What a pitch costs that follows no status byte.
    unmet_pitch: u32,
}

/// Fewer pitches that follow a status byte say nothing of the others.
const TELLING_PITCHES: u32 = 8;

impl Usual {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut usual = Self { pitches: 0, controllers: 0, statuses: 0, unmet_pitch: 0 };
        let mut met = 0_u128;
        for pair in bytes.windows(2) {
            let &[status @ 0x80..=0xff, first] = pair else { continue };
            let bit = 1 << (status & 0x7f);
            usual.statuses |= met & bit;
            met |= bit;
            match status >> 4 {
                0x8 | 0x9 if first < 0x80 => usual.pitches |= 1 << first,
                0xb if first < 0x80 => usual.controllers |= 1 << first,
                _ => {}
            }
        }
        usual.unmet_pitch = if usual.pitches.count_ones() < TELLING_PITCHES { 1 } else { 2 };
        usual
    }

    fn status(&self, status: u8) -> u32 {
        let is_usual = status >= 0xf0 || self.statuses >> (status & 0x7f) & 1 == 1;
        if is_usual { 0 } else { 6 }
    }

    fn pitch(&self, pitch: u8) -> u32 {
        match (self.pitches >> pitch & 1, pitch) {
            (1, 12..=119) => 0,
            (1, _) => 1,
            (_, 21..=108) => self.unmet_pitch,
            (_, 12..=119) => 4,
            _ => 7,
        }
    }

    fn controller(&self, number: u8) -> u32 {
        match self.controllers >> number & 1 {
            1 => 0,
            _ if COMMON_CONTROLLERS.contains(&number) => 2,
            _ => 5,
        }
    }
}

const END_OF_TRACK: u8 = 0x2f;
/// Bytes of a text or SysEx event that are looked at, at its start and in the rest.
const BYTES_LOOKED_AT: usize = 64;

impl Event {
    /// The event that begins at a place; `None` where it would be incomplete.
    pub(super) fn at(bytes: &[u8], at: usize, running: RunningStatus) -> Option<Self> {
        let (delta, width) = delta_time(bytes.get(at..)?)?;
        let status_at = at + width;
        match *bytes.get(status_at)? {
            status @ 0x80.. => Self::of(bytes, status, status_at + 1, running),
            _ => Self::of(bytes, running.byte()?, status_at, running)
                .map(|event| Self { explicit: false, ..event }),
        }
        .map(|event| Self { delta, delta_width: width as u8, ..event })
    }

    /// The event whose status byte is at a place.
    pub(super) fn without_delta_at(bytes: &[u8], at: usize) -> Option<Self> {
        match *bytes.get(at)? {
            status @ 0x80.. => Self::of(bytes, status, at + 1, RunningStatus::None),
            _ => None,
        }
    }

    fn of(bytes: &[u8], status: u8, data: usize, running: RunningStatus) -> Option<Self> {
        let (length, status_after) = match status {
            0xc0..=0xdf => (1, RunningStatus::Channel(status)),
            0x80..=0xef => (2, RunningStatus::Channel(status)),
            0xff => {
                let (length, width) = varlen(bytes.get(data + 1..)?)?;
                (1 + width + length as usize, running.across_meta())
            }
            0xf0 | 0xf7 => {
                let (length, width) = varlen(bytes.get(data..)?)?;
                (width + length as usize, running.across_meta())
            }
            0xf1 | 0xf3 => (1, running),
            0xf2 => (2, running),
            _ => (0, running),
        };
        let end = data + length;
        let explicit = true;
        (end <= bytes.len()).then_some(Self {
            delta: 0,
            delta_width: 0,
            status,
            explicit,
            running,
            data,
            end,
            status_after,
        })
    }

    pub(super) fn is_end_of_track(&self, bytes: &[u8]) -> bool {
        self.status == 0xff && bytes[self.data] == END_OF_TRACK
    }

    /// What the event costs where these pitches sound, in bits, and the pitches that sound then.
    pub(super) fn cost(&self, bytes: &[u8], sounding: u128, usual: &Usual) -> (u32, u128) {
        let delta = [0, 0, 2, 8, 20, 12][usize::from(self.delta_width.min(5))];
        let status = match (self.explicit, self.running) {
            (true, _) => usual.status(self.status),
            (false, RunningStatus::AcrossMeta(_)) => 8,
            (false, _) => 0,
        };
        let data = &bytes[self.data..self.end];
        let (content, sounding) = match self.status {
            0x80..=0xef => channel_message(self.status, data, sounding, usual),
            0xff => (meta(data), sounding),
            0xf0 | 0xf7 => (exclusive(data), sounding),
            // Undefined.
            0xf4 | 0xf5 | 0xf9 | 0xfd => (24, sounding),
            _ => (14, sounding),
        };
        (delta + status + content, sounding)
    }

    /// Whether its delta time is not one that an event can have.
    pub(super) fn has_impossible_delta(&self) -> bool {
        self.delta_width > 4
    }

    /// Adds the event to `written`, after a gap of that many ticks with all of its parts.
    pub(super) fn write(
        &self,
        bytes: &[u8],
        from: usize,
        after_gap: Option<u32>,
        written: &mut Vec<u8>,
    ) -> Result<(), Error> {
        const WIDEST: usize = 5;
        room::reserve(written, self.end - from + WIDEST)?;
        match after_gap {
            None => written.extend_from_slice(&bytes[from..self.end]),
            Some(ticks) => {
                write_quantity(ticks + self.delta, written);
                written.push(self.status);
                written.extend_from_slice(&bytes[self.data..self.end]);
            }
        }
        Ok(())
    }
}

/// Pitches of different channels take different bits, as far as 128 allow.
const CHANNEL_SHIFT: u32 = 37;

fn channel_message(status: u8, data: &[u8], sounding: u128, usual: &Usual) -> (u32, u128) {
    let first = data[0].min(127);
    let second = data.get(1).map_or(0, |&byte| byte.min(127));
    let damaged = match data {
        [0x80..=0xff, ..] => 14,
        // The status byte of an event that the one before runs into.
        [_, status @ 0x80..=0xef] if usual.status(*status) == 0 => 14,
        [_, 0x80..=0xff] => 6,
        _ => 0,
    };
    let pitch = 1 << ((u32::from(first) + CHANNEL_SHIFT * u32::from(status & 0x0f)) % u128::BITS);
    let (cost, sounding) = match status >> 4 {
        0x9 if second > 0 => {
            (usual.pitch(first) + if sounding & pitch > 0 { 1 } else { 0 }, sounding | pitch)
        }
        0x8 | 0x9 => {
            (usual.pitch(first) + if sounding & pitch > 0 { 0 } else { 5 }, sounding & !pitch)
        }
        0xa => (4, sounding),
        0xb => (usual.controller(first), sounding),
        _ => (1, sounding),
    };
    (damaged + cost, sounding)
}

/// A meta event from its type on. The lengths are those of MMA RP-001.
fn meta(data: &[u8]) -> u32 {
    let Some((_, width)) = varlen(&data[1..]) else { return 12 };
    let content = &data[1 + width..];
    let length = match data[0] {
        0x01..=0x0f => return text(content),
        0x7f => return bytes_not_judged(content.len()),
        0x00 | 0x59 => 2,
        0x20 | 0x21 => 1,
        END_OF_TRACK => 0,
        0x51 => 3,
        0x54 => 5,
        0x58 => 4,
        _ => return 8 + bytes_not_judged(content.len()),
    };
    if content.len() == length { 0 } else { 6 + bytes_not_judged(content.len()) }
}

fn text(content: &[u8]) -> u32 {
    let controls = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    match sample(content).filter(|&byte| controls(byte)).count() {
        0 => 0,
        1 => 6,
        _ => 12 + bytes_not_judged(content.len()),
    }
}

/// A SysEx event from its length on.
fn exclusive(data: &[u8]) -> u32 {
    let Some((_, width)) = varlen(data) else { return 12 };
    let content = &data[width..];
    let last = content.last();
    match (last, sample(&content[..content.len().saturating_sub(1)]).all(u8::is_ascii)) {
        (Some(0xf7), true) => 0,
        (_, true) => 8 + bytes_not_judged(content.len()),
        _ => 14 + bytes_not_judged(content.len()),
    }
}

/// The first bytes of a text, and some of the rest.
fn sample(content: &[u8]) -> impl Iterator<Item = &u8> {
    let (first, rest) = content.split_at(content.len().min(BYTES_LOOKED_AT));
    first.iter().chain(rest.iter().step_by(rest.len() / BYTES_LOOKED_AT + 1))
}

/// What a wrong length may pass over must cost more than music, and less than a gap.
fn bytes_not_judged(count: usize) -> u32 {
    count as u32
}

/// The most bytes of a quantity that a number of 64 bits was written as.
const WIDEST_QUANTITY: usize = 10;

/// A delta time, and the number of bytes it takes. One of more than four bytes was a negative number.
fn delta_time(bytes: &[u8]) -> Option<(u32, usize)> {
    match varlen(bytes)? {
        (_, 4) if bytes[3] >= 0x80 => {
            let width = bytes.iter().take(WIDEST_QUANTITY).position(|&byte| byte < 0x80)? + 1;
            Some((0, width))
        }
        delta => Some(delta),
    }
}

/// Writes a quantity as such, up to its largest.
fn write_quantity(value: u32, written: &mut Vec<u8>) {
    let value = value.min(0x0fff_ffff);
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            written.push((value >> shift) as u8 | 0x80);
        }
    }
    written.push(value as u8 & 0x7f);
}
