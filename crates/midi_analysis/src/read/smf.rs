//! The chunks of a standard MIDI file: header and tracks, found even where their lengths are wrong.
//!
//! Source: Standard MIDI Files 1.0 (MMA RP-001). A track's length is trusted where the bytes after it
//! confirm it: the end of the file, another chunk, or an End of Track just before. Otherwise the track
//! is taken to extend to the next `MTrk`, and its events determine its end.

use crate::model::division::Division;
use crate::model::source::Source;
use crate::read::container;
use crate::read::repair::{Fault, Repairs};

/// Ticks per quarter note where a file has no header: the most common value.
const ASSUMED_TICKS_PER_QUARTER: u16 = 480;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) format: u8,
    pub(crate) tracks: u16,
    pub(crate) division: Division,
}

/// The bytes of one track's events, and their position in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) offset: usize,
    /// Whether the chunk's length is trusted; else the bytes extend to the next chunk.
    pub(crate) length_trusted: bool,
}

/// Walks the chunks of a file, track by track.
pub(crate) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
    header: Header,
    found: u32,
}

const CHUNK_HEADER: usize = 8;

impl<'a> Chunks<'a> {
    pub(crate) fn new(source: &'a Source<'_>, repairs: &mut Repairs) -> Self {
        let bytes = source.bytes();
        let (header, at) = read_header(bytes, source.start, repairs);
        Self { bytes, at, header, found: 0 }
    }

    pub(crate) fn header(&self) -> Header {
        self.header
    }

    /// The next track, or `None` at the end of the file.
    pub(crate) fn next_track(&mut self, repairs: &mut Repairs) -> Option<Track<'a>> {
        loop {
            let Some((id, length)) = chunk_header(self.bytes, self.at) else {
                if self.at < self.bytes.len() {
                    repairs.note(Fault::TrailingBytes, self.at);
                }
                return self.end(repairs);
            };
            let body = self.at + CHUNK_HEADER;
            let end = body.saturating_add(length);
            if is_track(id) {
                if id != b"MTrk" {
                    repairs.note(Fault::MisspeltTrack, self.at);
                }
                self.found += 1;
                return Some(self.take_track(body, end, repairs));
            }
            if plausible_id(id) && end <= self.bytes.len() {
                repairs.note(Fault::UnknownChunk, self.at);
                self.at = end;
                continue;
            }
            match container::find(&self.bytes[self.at..], b"MTrk") {
                Some(skip) => {
                    repairs.note(Fault::UnknownChunk, self.at);
                    self.at += skip;
                }
                None => {
                    repairs.note(Fault::TrailingBytes, self.at);
                    return self.end(repairs);
                }
            }
        }
    }

    fn end(&mut self, repairs: &mut Repairs) -> Option<Track<'a>> {
        self.at = self.bytes.len();
        if self.found != u32::from(self.header.tracks) {
            repairs.note(Fault::TrackCount, 10);
            self.header.tracks = u16::try_from(self.found).unwrap_or(u16::MAX);
        }
        None
    }

    fn take_track(&mut self, body: usize, end: usize, repairs: &mut Repairs) -> Track<'a> {
        if self.length_holds(body, end) {
            self.at = end;
            return Track { bytes: &self.bytes[body..end], offset: body, length_trusted: true };
        }
        repairs.note(Fault::TrackLength, body - 4);
        let body = body.min(self.bytes.len());
        let next = container::find(&self.bytes[body..], b"MTrk")
            .map_or(self.bytes.len(), |skip| body + skip);
        self.at = next;
        Track { bytes: &self.bytes[body..next], offset: body, length_trusted: false }
    }

    fn length_holds(&self, body: usize, end: usize) -> bool {
        if end >= self.bytes.len() {
            return end == self.bytes.len();
        }
        let next_is_chunk = chunk_header(self.bytes, end).is_some_and(|(id, _)| id == b"MTrk");
        next_is_chunk || self.bytes[body..end].ends_with(&[0xff, 0x2f, 0x00])
    }

    /// Continues with a track within the bytes that the track before did not use; returns whether there
    /// is one.
    pub(crate) fn resume_at_track_within(&mut self, unread: &[u8], offset: usize) -> bool {
        match container::find(unread, b"MTrk") {
            Some(skip) => {
                self.at = offset + skip;
                true
            }
            None => false,
        }
    }
}

fn chunk_header(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let header = bytes.get(at..at.checked_add(CHUNK_HEADER)?)?;
    let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    Some((&header[..4], length as usize))
}

/// Whether an identifier is that of a track, one letter of it wrong at the most.
fn is_track(id: &[u8]) -> bool {
    id.iter().zip(b"MTrk").filter(|(found, letter)| found == letter).count() >= 3
}

fn plausible_id(id: &[u8]) -> bool {
    id.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

fn read_header(bytes: &[u8], start: usize, repairs: &mut Repairs) -> (Header, usize) {
    let assumed =
        Header { format: 1, tracks: 0, division: Division::Metrical(ASSUMED_TICKS_PER_QUARTER) };
    let Some((b"MThd", length)) = chunk_header(bytes, start) else {
        return (assumed, start);
    };
    let body = start + CHUNK_HEADER;
    // A length under 6 is wrong: the three fields are there all the same.
    let fields = match bytes.get(body..body + 6) {
        Some(fields) => fields,
        None => return (assumed, bytes.len()),
    };
    if length != 6 {
        repairs.note(Fault::HeaderLength, start + 4);
    }
    let word = |at: usize| u16::from_be_bytes([fields[at], fields[at + 1]]);
    let format = match word(0) {
        format @ 0..=2 => format as u8,
        _ => {
            repairs.note(Fault::UnknownFormat, body);
            1
        }
    };
    let division = read_division(word(4)).unwrap_or_else(|| {
        repairs.note(Fault::ZeroDivision, body + 4);
        assumed.division
    });
    let declared_end = body.saturating_add(length.max(6));
    let after = if chunk_header(bytes, declared_end).is_some() { declared_end } else { body + 6 };
    (Header { format, tracks: word(2), division }, after)
}

/// `None` where a tick would last no time.
fn read_division(word: u16) -> Option<Division> {
    let [high, low] = word.to_be_bytes();
    if high & 0x80 == 0 {
        return (word != 0).then_some(Division::Metrical(word));
    }
    let frames = match (high as i8).unsigned_abs() {
        // 29 stands for 30 drop-frame, whose frames are counted at 29.97 a second.
        29 => 30_000.0 / 1_001.0,
        frames => f64::from(frames),
    };
    (low != 0).then(|| Division::Timecode(frames * f64::from(low)))
}
