//! What wraps a standard MIDI file: gzip, RIFF RMID (Microsoft's `.rmi`), a MacBinary header or
//! any other leading bytes.
//!
//! Sources: RFC 1952 (gzip, by `flate2`); MMA RP-029 (RMID: a RIFF form whose `data` chunk is the
//! file). A file with tracks but no header is taken from its first track on.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, ErrorKind};
use crate::model::source::Source;
use crate::options::Options;
use crate::read::repair::{Fault, Repairs};
use crate::room;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const GZIP_STEP: usize = 64 << 10;
/// Bytes of free capacity beyond the data, with which `read_to_end` finds the end without growing the buffer.
const GZIP_PROBE: usize = 64;
/// The most that gzip makes of one byte (RFC 1951: 258 bytes by two bits).
const GZIP_RATIO: usize = 1_032;

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
        let bytes = gunzip(bytes, options, repairs)?;
        let start = find_smf(&bytes, repairs)?;
        return Ok(Source::owned(bytes, start));
    }
    Ok(Source::given(bytes, find_smf(bytes, repairs)?))
}

fn too_large(options: &Options<'_>) -> Error {
    Error::new(
        ErrorKind::TooLarge,
        options.limits.max_bytes,
        format!("more than the {} bytes allowed for one file", options.limits.max_bytes),
    )
}

fn gunzip(bytes: &[u8], options: &Options<'_>, repairs: &mut Repairs) -> Result<Vec<u8>, Error> {
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut out = room::list(likely_size(bytes, options))?;
    loop {
        options.check()?;
        room::reserve(&mut out, GZIP_STEP + GZIP_PROBE)?;
        let before = out.len();
        match decoder.by_ref().take(GZIP_STEP as u64).read_to_end(&mut out) {
            Ok(0) => return Ok(out),
            Ok(_) if out.len() > options.limits.max_bytes => return Err(too_large(options)),
            Ok(_) => {}
            // What follows a complete gzip member may be padding: the content is whole.
            Err(_) if !out.is_empty() => {
                repairs.note(Fault::CompressedStreamCut, before);
                out.truncate(options.limits.max_bytes);
                return Ok(out);
            }
            Err(error) => {
                return Err(Error::new(
                    ErrorKind::BadContainer,
                    0,
                    format!("damaged gzip stream: {error}"),
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

/// Where the MThd chunk of a file begins, or, without one, its first MTrk chunk.
///
/// # Errors
/// There is neither.
pub(crate) fn find_smf(bytes: &[u8], repairs: &mut Repairs) -> Result<usize, Error> {
    if bytes.starts_with(b"MThd") {
        return Ok(0);
    }
    if let Some(start) = rmid_data(bytes) {
        return Ok(start);
    }
    if let Some(start) = find(bytes, b"MThd") {
        repairs.note(Fault::LeadingBytes, 0);
        return Ok(start);
    }
    if let Some(start) = find(bytes, b"MTrk") {
        repairs.note(Fault::MissingHeader, start);
        return Ok(start);
    }
    let reason = match looks_like(bytes) {
        Some(what) => format!("not a MIDI file: it looks like {what}"),
        None => "not a MIDI file: neither an MThd header nor an MTrk chunk".to_owned(),
    };
    Err(Error::new(ErrorKind::NotMidi, 0, reason))
}

/// The start of the `data` chunk's content, where `bytes` is a RIFF RMID form that holds one.
fn rmid_data(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"RMID" {
        return None;
    }
    let mut at = 12;
    loop {
        let id = bytes.get(at..at + 4)?;
        let length = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?) as usize;
        at += 8;
        if id == b"data" {
            return bytes.get(at..)?.starts_with(b"MThd").then_some(at);
        }
        at = at.checked_add(length)?.checked_add(length & 1)?;
    }
}

/// The first place of a chunk identifier in `bytes`.
pub(crate) fn find(bytes: &[u8], id: &[u8; 4]) -> Option<usize> {
    bytes.windows(4).position(|window| window == id)
}

/// Names of what is commonly found under the name of a MIDI file, by its first bytes.
const SIGNATURES: [(&[u8], &str); 17] = [
    (b"<!", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<HTML", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"RIFF", "a RIFF file (audio or video)"),
    (b"ID3", "an MP3 recording"),
    (b"\xff\xfb", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"GIF8", "a GIF image"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF", "a PDF document"),
    (b"MTM\x10", "a MultiTracker module"),
];

fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    if bytes.is_empty() {
        return Some("an empty file");
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return Some("a file of zeros");
    }
    SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, what)| what)
}
