//! The chunks of a standard MIDI file: header and tracks, found even where their lengths are wrong.
//!
//! Source: Standard MIDI Files 1.0 (MMA RP-001). A track's length is trusted where the bytes after it
//! confirm it: the end of the file, another chunk, or an End of Track just before. Otherwise the track
//! is taken to extend to the next `MTrk`, and its events determine its end.
//!
//! Players stop after the tracks that the header counts. What follows may be the rest of a longer file
//! that was overwritten, whole tracks of it included, or the same file again (craigsapp/midifile#31,
//! muse-sequencer/muse#458). So where all tracks were found one behind the other, only an `MTrk` that
//! follows at once is another track: the header counted too few. Where a track was not found in its
//! place, or the header counts none, all is searched for tracks up to the header of another file.

use std::ops::Range;

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

/// The chunks that Yamaha's XF format adds after the tracks: `XFIH` tells of the piece, `XFKM` has the
/// words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct XfChunks<'a> {
    pub(crate) information: Option<&'a [u8]>,
    pub(crate) karaoke: Option<&'a [u8]>,
}

/// Walks the chunks of a file, track by track.
pub(crate) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
    header: Header,
    /// Where the header has its number of tracks, if there is a header.
    count_at: Option<usize>,
    /// Where the first track began.
    first: Option<usize>,
    found: u32,
    /// Whether each track so far ended where the next chunk begins.
    in_order: bool,
    /// Whether another chunk followed the last track.
    closed: bool,
    xf: XfChunks<'a>,
}

/// Bytes of the identifier and the length of a chunk.
pub(crate) const CHUNK_HEADER: usize = 8;
/// Bytes of the three fields of a header.
const HEADER_LENGTH: usize = 6;

impl<'a> Chunks<'a> {
    pub(crate) fn new(source: &'a Source<'_>, repairs: &mut Repairs) -> Self {
        let Range { start, end } = source.smf();
        let bytes = &source.bytes()[..end];
        let (header, at) = read_header(bytes, start, repairs);
        Self {
            bytes,
            at,
            header,
            count_at: bytes[start..].starts_with(b"MThd").then_some(start + CHUNK_HEADER + 2),
            first: None,
            found: 0,
            in_order: true,
            closed: false,
            xf: XfChunks::default(),
        }
    }

    pub(crate) fn header(&self) -> Header {
        self.header
    }

    /// Where the walk goes on.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next track, or `None` at the end of the file.
    pub(crate) fn next_track(&mut self, repairs: &mut Repairs) -> Option<Track<'a>> {
        loop {
            let complete = self.is_complete();
            let Some((id, length)) = chunk_header(self.bytes, self.at) else {
                return self.end(repairs);
            };
            let body = self.at + CHUNK_HEADER;
            let end = body.saturating_add(length);
            if is_track(id) && (!complete || id == b"MTrk" && !self.closed && !self.repeats()) {
                if id != b"MTrk" {
                    repairs.note(Fault::MisspeltTrack, self.at);
                }
                self.first = self.first.or(Some(self.at));
                self.found += 1;
                return Some(self.take_track(body, end, repairs));
            }
            if self.found > 0 && id == b"MThd" && length == HEADER_LENGTH {
                return self.end(repairs);
            }
            let is_left = complete && is_track(id);
            if !is_left && plausible_id(id) && end <= self.bytes.len() {
                self.pass(id, body, end, repairs);
                continue;
            }
            match self.find_track() {
                Some(at) if !complete => {
                    repairs.note(Fault::UnknownChunk, self.at);
                    self.at = at;
                }
                _ => return self.end(repairs),
            }
        }
    }

    /// Where the next `MTrk` is, no header of another file before it.
    fn find_track(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let skip = container::find(rest, b"MTrk")?;
        let other = container::find(&rest[..skip], b"MThd");
        (self.found == 0 || other.is_none()).then_some(self.at + skip)
    }

    /// The XF chunks passed so far: all of them once there is no further track.
    pub(crate) fn xf(&self) -> XfChunks<'a> {
        self.xf
    }

    /// Whether all tracks that the header counts were found, one behind the other.
    fn is_complete(&self) -> bool {
        self.in_order && self.header.tracks > 0 && self.found >= u32::from(self.header.tracks)
    }

    /// Whether all of several tracks follow once more.
    fn repeats(&self) -> bool {
        let counted = self.found > 1 && self.found == u32::from(self.header.tracks);
        counted
            && self
                .first
                .is_some_and(|first| self.bytes[self.at..].starts_with(&self.bytes[first..self.at]))
    }

    /// Passes a chunk that is no track.
    fn pass(&mut self, id: &[u8], body: usize, end: usize, repairs: &mut Repairs) {
        let content = &self.bytes[body..end];
        match id {
            b"XFIH" => self.xf.information = self.xf.information.or(Some(content)),
            b"XFKM" => self.xf.karaoke = self.xf.karaoke.or(Some(content)),
            _ => repairs.note(Fault::UnknownChunk, self.at),
        }
        self.closed = self.is_complete();
        self.at = end;
    }

    fn end(&mut self, repairs: &mut Repairs) -> Option<Track<'a>> {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        if !rest.is_empty() {
            let fault = match container::find(rest, b"MTrk") {
                Some(_) => Fault::TrailingTracks,
                None => Fault::TrailingBytes,
            };
            repairs.note_bytes(fault, self.at, rest.len());
        }
        self.at = self.bytes.len();
        if let Some(at) = self.count_at
            && self.found != u32::from(self.header.tracks)
        {
            repairs.note(Fault::TrackCount, at);
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

    /// Takes note of where the events of the track just taken ended: at the offset `end`, by an End of
    /// Track or not. `unread` is what its bytes hold beyond. Returns whether that is a further track.
    pub(crate) fn track_ended(
        &mut self,
        track: &Track<'a>,
        by_end_of_track: bool,
        unread: &[u8],
        end: usize,
    ) -> bool {
        if track.length_trusted && (unread.is_empty() || !by_end_of_track) {
            return false;
        }
        let last = self.is_complete();
        let next = if track.length_trusted {
            match container::find(unread, b"MTrk") {
                Some(skip) => end + skip,
                None => return false,
            }
        } else {
            self.at
        };
        // Whatever comes after the last track, the track itself is found whole.
        self.in_order &= by_end_of_track && (next == end || last);
        self.at = if last && by_end_of_track { end } else { next };
        track.length_trusted
    }
}

fn chunk_header(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let header = bytes.get(at..at.checked_add(CHUNK_HEADER)?)?;
    let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    Some((&header[..4], length as usize))
}

/// The chunks that a part of a file begins with, up to the first that is a track or a header, or to what is no chunk.
pub(crate) fn other_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (id, length) = chunk_header(bytes, at)?;
        let content = bytes[at + CHUNK_HEADER..].get(..length)?;
        let is_other = plausible_id(id) && !is_track(id) && id != b"MThd";
        at += CHUNK_HEADER + length;
        Some((*id.first_chunk()?, content)).filter(|_| is_other)
    })
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
    let fields = match bytes.get(body..body + HEADER_LENGTH) {
        Some(fields) => fields,
        None => return (assumed, bytes.len()),
    };
    if length != HEADER_LENGTH {
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
    let division = Division::of_word(word(4)).unwrap_or_else(|| {
        repairs.note(Fault::ZeroDivision, body + 4);
        assumed.division
    });
    let declared_end = body.saturating_add(length.max(HEADER_LENGTH));
    let fields_end = body + HEADER_LENGTH;
    let is_longer =
        chunk_header(bytes, declared_end).is_some() && !bytes[fields_end..].starts_with(b"MTrk");
    let after = if is_longer { declared_end } else { fields_end };
    (Header { format, tracks: word(2), division }, after)
}
