//! A file -> its bytes.
//!
//! The time between two events has 28 bits. Where more ticks lie between them, events that say nothing (empty
//! Sequencer-Specific ones) stand in between.

use super::event::{Event, Form};
use super::file::{Chunk, EVENTS_BETWEEN_CHECKS, File, MOST_TRACKS, Track};
use super::message::Message;
use super::meta_kind::MetaKind;
use super::unwritable::unwritable;
use crate::error::Error;
use crate::model::division::Division;
use crate::options::Options;
use crate::room;

/// The greatest variable-length quantity.
const LARGEST_QUANTITY: u32 = 0x0fff_ffff;
/// The most bytes of one.
const WIDEST_QUANTITY: usize = 4;
/// The most bytes of an event beside its data: time, status, type and length.
const EVENT_OVERHEAD: usize = 2 * WIDEST_QUANTITY + 2;
/// The most bytes of a channel message, or of an event without data, after the time.
const CHANNEL_MESSAGE: usize = 3;
const HEADER_LENGTH: u32 = 6;

impl File<'_> {
    /// The bytes of the file as a standard MIDI file.
    ///
    /// # Errors
    /// [`Unwritable`](crate::ErrorKind::Unwritable) where no file can hold it: more tracks than [`MOST_TRACKS`], or than
    /// the one of format 0; a division that no header can have; events that are not in the order of their ticks, or an
    /// End of Track among them; data of 256 MiB, or a chunk of 4 GiB. Out of memory, or `interrupted`.
    pub fn to_bytes(&self, options: &Options<'_>) -> Result<Vec<u8>, Error> {
        self.check_header()?;
        let mut bytes = Vec::new();
        room::reserve(&mut bytes, 8 + HEADER_LENGTH as usize)?;
        bytes.extend_from_slice(b"MThd");
        bytes.extend_from_slice(&HEADER_LENGTH.to_be_bytes());
        let fields = [self.format.into(), self.tracks.len() as u16, self.division.word()];
        bytes.extend_from_slice(fields.map(u16::to_be_bytes).as_flattened());
        let mut chunks = self.chunks.iter().peekable();
        for (index, track) in self.tracks.iter().enumerate() {
            while let Some(chunk) = chunks.next_if(|chunk| chunk.tracks_before <= index) {
                write_chunk(chunk, &mut bytes)?;
            }
            let start = begin_chunk(b"MTrk", &mut bytes)?;
            write_track(track, &mut bytes, options)?;
            end_chunk(start, &mut bytes)?;
        }
        for chunk in chunks {
            write_chunk(chunk, &mut bytes)?;
        }
        Ok(bytes)
    }

    fn check_header(&self) -> Result<(), Error> {
        let most = if self.format == 0 { 1 } else { MOST_TRACKS };
        if self.tracks.len() > most {
            let reason = format!(
                "{} tracks, where format {} has at most {most}",
                self.tracks.len(),
                self.format
            );
            return Err(unwritable(reason));
        }
        if self.format > 2 {
            return Err(unwritable(format!("format {}, where there are 0, 1 and 2", self.format)));
        }
        if Division::of_word(self.division.word()) != Some(self.division) {
            return Err(unwritable("a division of 0, or of more than 32,767 ticks".to_owned()));
        }
        Ok(())
    }
}

fn write_chunk(chunk: &Chunk<'_>, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let start = begin_chunk(&chunk.id, bytes)?;
    room::reserve(bytes, chunk.content.len())?;
    bytes.extend_from_slice(&chunk.content);
    end_chunk(start, bytes)
}

/// Writes the identifier of a chunk and room for its length, and gives the place where its content begins.
fn begin_chunk(id: &[u8; 4], bytes: &mut Vec<u8>) -> Result<usize, Error> {
    room::reserve(bytes, 8)?;
    bytes.extend_from_slice(id);
    bytes.extend_from_slice(&[0; 4]);
    Ok(bytes.len())
}

fn end_chunk(start: usize, bytes: &mut [u8]) -> Result<(), Error> {
    let length = u32::try_from(bytes.len() - start)
        .map_err(|_| unwritable("a chunk of more than 4 GiB".to_owned()))?;
    bytes[start - 4..start].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

fn write_track(track: &Track<'_>, bytes: &mut Vec<u8>, options: &Options<'_>) -> Result<(), Error> {
    room::reserve_exact(bytes, most_bytes(track))?;
    let mut writer = EventWriter { bytes, tick: 0, status: None };
    for events in track.events.chunks(EVENTS_BETWEEN_CHECKS) {
        options.check()?;
        events.iter().try_for_each(|event| writer.event(event))?;
    }
    let end = track.end.max(writer.tick);
    writer.meta(end, track.end_form, MetaKind::END_OF_TRACK, &[])
}

/// The most bytes of a track, if no time has to be bridged.
fn most_bytes(track: &Track<'_>) -> usize {
    let mut before = 0;
    let events = track.events.iter().map(|event| {
        let delta = event.tick.wrapping_sub(std::mem::replace(&mut before, event.tick));
        let width = (quantity_width(delta) + usize::from(event.form.time_padding())).min(4);
        let content = match event.data().len() {
            0 => CHANNEL_MESSAGE,
            length => EVENT_OVERHEAD - WIDEST_QUANTITY + length,
        };
        width + content
    });
    events.sum::<usize>() + EVENT_OVERHEAD
}

struct EventWriter<'b> {
    bytes: &'b mut Vec<u8>,
    /// That of the last event.
    tick: u32,
    /// The status that the next event may leave out.
    status: Option<u8>,
}

impl EventWriter<'_> {
    fn event(&mut self, event: &Event<'_>) -> Result<(), Error> {
        let (tick, form) = (event.tick, event.form);
        match event.message() {
            Message::Channel(message) => {
                self.time(tick, form, message.written_data().len())?;
                let status = message.status();
                if form.explicit_status() || self.status != Some(status) {
                    self.bytes.push(status);
                }
                self.status = Some(status);
                self.bytes.extend_from_slice(message.written_data());
                Ok(())
            }
            Message::Meta(MetaKind::END_OF_TRACK, _) => {
                Err(unwritable(format!("an End of Track as an event, at tick {tick}")))
            }
            Message::Meta(kind, data) => self.meta(tick, form, kind, &data),
            Message::Sysex(data) => self.data(tick, form, &[0xf0], &data),
            Message::Escape(data) => self.data(tick, form, &[0xf7], &data),
        }
    }

    fn meta(&mut self, tick: u32, form: Form, kind: MetaKind, data: &[u8]) -> Result<(), Error> {
        self.data(tick, form, &[0xff, kind.0], data)
    }

    /// An event that has a length.
    fn data(&mut self, tick: u32, form: Form, first: &[u8], data: &[u8]) -> Result<(), Error> {
        let length = u32::try_from(data.len()).ok().filter(|&length| length <= LARGEST_QUANTITY);
        let length =
            length.ok_or_else(|| unwritable("an event of more than 256 MiB".to_owned()))?;
        self.time(tick, form, data.len())?;
        self.bytes.extend_from_slice(first);
        write_quantity(length, form.length_padding(), self.bytes);
        self.bytes.extend_from_slice(data);
        self.status = None;
        Ok(())
    }

    /// The time of an event that has so many bytes of data, for all of which there is room then.
    fn time(&mut self, tick: u32, form: Form, data: usize) -> Result<(), Error> {
        let mut delta = tick.checked_sub(self.tick).ok_or_else(|| {
            unwritable(format!("an event at tick {tick} after one at tick {}", self.tick))
        })?;
        room::reserve(self.bytes, data + EVENT_OVERHEAD)?;
        while delta > LARGEST_QUANTITY {
            write_quantity(LARGEST_QUANTITY, 0, self.bytes);
            self.bytes.extend_from_slice(&[0xff, MetaKind::SEQUENCER_SPECIFIC.0, 0]);
            room::reserve(self.bytes, data + EVENT_OVERHEAD)?;
            self.status = None;
            delta -= LARGEST_QUANTITY;
        }
        write_quantity(delta, form.time_padding(), self.bytes);
        self.tick = tick;
        Ok(())
    }
}

/// How many bytes a variable-length quantity has at least.
pub(super) fn quantity_width(value: u32) -> usize {
    match value {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => WIDEST_QUANTITY,
    }
}

/// Writes a variable-length quantity, by so many bytes longer than it must be as it may be.
fn write_quantity(value: u32, padding: u8, bytes: &mut Vec<u8>) {
    let width = (quantity_width(value) + usize::from(padding)).min(WIDEST_QUANTITY);
    for place in (1..width).rev() {
        bytes.push((value >> (7 * place)) as u8 | 0x80);
    }
    bytes.push(value as u8 & 0x7f);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::credible::varlen;

    #[test]
    fn quantities_are_read_as_they_are_written() {
        for value in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000, LARGEST_QUANTITY] {
            for padding in 0..=3 {
                let mut bytes = Vec::new();
                write_quantity(value, padding, &mut bytes);
                assert_eq!(varlen(&bytes), Some((value, bytes.len())));
                let width = quantity_width(value) + usize::from(padding);
                assert_eq!(bytes.len(), width.min(WIDEST_QUANTITY));
            }
        }
    }
}
