//! What wraps a standard MIDI file: gzip, ZIP, RIFF RMID (Microsoft's `.rmi`), MacBinary, or any other
//! leading bytes.
//!
//! Sources: RFC 1952 (gzip, by `flate2`); the MacBinary III standard of 1996. A file with tracks but no
//! header is taken from its first track on.

use std::io::Read;
use std::ops::Range;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

use crate::error::{Error, ErrorKind};
use crate::model::source::{Place, Source};
use crate::options::Options;
use crate::read::foreign::{self, Foreign};
use crate::read::repair::{Fault, Repairs};
use crate::read::riff::Form;
use crate::read::zip::{self, Member, Method};
use crate::room;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const GZIP_STEP: usize = 64 << 10;
/// Bytes of free capacity beyond the data, with which `read_to_end` finds the end without growing the buffer.
const GZIP_PROBE: usize = 64;
/// The most that gzip makes of one byte (RFC 1951: 258 bytes by two bits).
const GZIP_RATIO: usize = 1_032;
/// What ordinary MIDI files shrink to: a fourth.
const LIKELY_RATIO: usize = 4;

/// Finds the standard MIDI file in `bytes`.
pub(crate) fn unwrap<'a>(
    bytes: &'a [u8],
    options: &Options<'_>,
    repairs: &mut Repairs,
) -> Result<Source<'a>, Error> {
    if bytes.len() > options.limits.max_bytes {
        return Err(too_large(options));
    }
    if bytes.starts_with(GZIP_MAGIC) {
        let size = likely_size(bytes, options);
        let content = inflate(MultiGzDecoder::new(bytes), "gzip stream", size, options, repairs)?;
        let place = find_smf(&content, repairs)?;
        return Ok(Source::owned(content, place));
    }
    match zip::only_midi(bytes) {
        Some(Member { method: Method::Stored, stored }) => {
            let place = find_smf(&bytes[stored.clone()], repairs)?.moved(stored.start);
            Ok(Source::given(bytes, place))
        }
        Some(Member { method: Method::Deflated, stored }) => {
            let size = stored.len().saturating_mul(LIKELY_RATIO).min(options.limits.max_bytes);
            let decoder = DeflateDecoder::new(&bytes[stored]);
            let content = inflate(decoder, "ZIP archive", size, options, repairs)?;
            let place = find_smf(&content, repairs)?;
            Ok(Source::owned(content, place))
        }
        None => Ok(Source::given(bytes, find_smf(bytes, repairs)?)),
    }
}

fn too_large(options: &Options<'_>) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        options.limits.max_bytes,
        format!("more than the {} bytes allowed for one file", options.limits.max_bytes),
    )
}

/// What a stream decompresses to; `size` is the room for it at first, and `what` names it in an error.
fn inflate(
    mut decoder: impl Read,
    what: &str,
    size: usize,
    options: &Options<'_>,
    repairs: &mut Repairs,
) -> Result<Vec<u8>, Error> {
    let mut out = room::list(size)?;
    loop {
        options.check()?;
        room::reserve(&mut out, GZIP_STEP + GZIP_PROBE)?;
        let before = out.len();
        match decoder.by_ref().take(GZIP_STEP as u64).read_to_end(&mut out) {
            Ok(0) => return Ok(out),
            Ok(_) if out.len() > options.limits.max_bytes => return Err(too_large(options)),
            Ok(_) => {}
            // What follows a complete member of gzip may be padding: the content is whole.
            Err(_) if !out.is_empty() => {
                repairs.note(Fault::CompressedStreamCut, before);
                out.truncate(options.limits.max_bytes);
                return Ok(out);
            }
            Err(error) => {
                return Err(Error::new(
                    ErrorKind::BadContainer,
                    0,
                    format!("damaged {what}: {error}"),
                ));
            }
        }
    }
}

/// What the stream's last member claims to hold, as far as that can be.
fn likely_size(bytes: &[u8], options: &Options<'_>) -> usize {
    let claimed = bytes.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    let possible = bytes.len().saturating_mul(GZIP_RATIO);
    claimed.min(possible).min(options.limits.max_bytes) + GZIP_STEP + GZIP_PROBE
}

/// Finds the standard MIDI file in bytes that are not compressed.
///
/// # Errors
/// There is neither a header nor a track.
pub(crate) fn find_smf(bytes: &[u8], repairs: &mut Repairs) -> Result<Place, Error> {
    if bytes.starts_with(b"MThd") {
        return Ok(Place::bare(0..bytes.len()));
    }
    // What is in a Macintosh file may be of any kind, and other forks follow it.
    let part = mac_data_fork(bytes).unwrap_or(0..bytes.len());
    let content = &bytes[part.clone()];
    if part.start > 0 && content.starts_with(b"MThd") {
        return Ok(Place::bare(part));
    }
    if let Some(form) = Form::of(content) {
        let place = Place { smf: form.smf.clone(), texts: form.texts().collect() };
        return Ok(place.moved(part.start));
    }
    let place = |id, is_credible: fn(&[u8], usize) -> bool| {
        places(bytes, id).find(|&at| is_credible(bytes, at))
    };
    if let Some(start) = place(b"MThd", is_header) {
        repairs.note(Fault::LeadingBytes, 0);
        return Ok(Place::bare(start..bytes.len()));
    }
    let macintosh = (part.start > 0).then_some(Foreign::MACINTOSH);
    let foreign = foreign::looks_like(content).or(macintosh);
    if foreign.is_none()
        && let Some(start) = place(b"MTrk", is_track)
    {
        repairs.note(Fault::MissingHeader, start);
        return Ok(Place::bare(start..bytes.len()));
    }
    let reason = match foreign {
        Some(foreign) => format!("not a MIDI file: it looks like {}", foreign.what),
        None => "not a MIDI file: neither an MThd header nor an MTrk chunk".to_owned(),
    };
    let hint = foreign.and_then(Foreign::hint);
    Err(Error::new(ErrorKind::NotMidi, 0, reason).with_hint(hint))
}

/// The data fork of a file that a Macintosh packed (MacBinary I to III): a header of 128 bytes, then the
/// forks.
fn mac_data_fork(bytes: &[u8]) -> Option<Range<usize>> {
    let header: &[u8; MAC_HEADER] = bytes.first_chunk()?;
    let is_name =
        matches!(header[1], 1..=63) && !header[2..2 + usize::from(header[1])].contains(&0);
    let length = u32::from_be_bytes([header[83], header[84], header[85], header[86]]) as usize;
    let end = MAC_HEADER.checked_add(length)?;
    let holds = header[0] == 0 && header[74] == 0 && header[82] == 0 && is_name;
    (holds && length > 0 && end <= bytes.len()).then_some(MAC_HEADER..end)
}

const MAC_HEADER: usize = 128;

/// Whether `MThd` at a place is a header, and not a word in a text.
fn is_header(bytes: &[u8], at: usize) -> bool {
    bytes[at..].get(4..8) == Some(&[0, 0, 0, 6]) || bytes[at..].get(14..18) == Some(b"MTrk")
}

/// Whether `MTrk` at a place begins a track: its first event has a status byte.
fn is_track(bytes: &[u8], at: usize) -> bool {
    let events = bytes.get(at + 8..).unwrap_or(&[]);
    let after_delta = events.iter().take(4).position(|&byte| byte < 0x80);
    after_delta.and_then(|last| events.get(last + 1)).is_some_and(|&status| status >= 0x80)
}

/// The places of a chunk identifier in `bytes`.
fn places<'a>(bytes: &'a [u8], id: &'a [u8; 4]) -> impl Iterator<Item = usize> {
    bytes.windows(4).enumerate().filter(move |(_, window)| window == id).map(|(at, _)| at)
}

/// The first place of a chunk identifier in `bytes`.
pub(crate) fn find(bytes: &[u8], id: &[u8; 4]) -> Option<usize> {
    places(bytes, id).next()
}
