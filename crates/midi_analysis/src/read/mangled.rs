//! Undoes what happens to a file that is copied, stored or sent as if it were text.
//!
//! Two kinds of damage can be undone exactly. Line ends: each LF became CR LF (FTP in ASCII mode, git with
//! `text eol=crlf`, a file that a program on Windows writes in text mode: craigsapp/midifile#22).
//! Characters: each byte over 127 was taken for a character of a single-byte encoding and written in UTF-8
//! or UTF-16. A file may have suffered both, and each more than once.
//!
//! A file whose chunks follow one another without a fault is never touched. Another reading of a faulty one
//! is preferred only where it has fewer faults. Where the bytes over 127 are lost, the error says so.

mod characters;
mod line_ends;

use self::characters::Text;
use crate::error::Error;
use crate::model::source::{Place, Source};
use crate::options::Options;
use crate::read::container;
use crate::read::repair::{Fault, Repairs};
use crate::read::smf::Chunks;
use crate::read::survey::survey;

/// How often the same damage is undone at the most.
const MOST_ROUNDS: usize = 3;
const END_OF_TRACK: &[u8] = &[0xff, 0x2f, 0];

/// Finds the standard MIDI file in `bytes`, as [`container::unwrap`] does, and restores its bytes where it
/// was treated as text.
///
/// # Errors
/// Those of [`container::unwrap`]; bytes over 127 that are lost.
pub(crate) fn unwrap<'a>(
    bytes: &'a [u8],
    options: &Options<'_>,
    repairs: &mut Repairs,
) -> Result<Source<'a>, Error> {
    let source = match container::unwrap(bytes, options, repairs) {
        Ok(source) if chunks_follow(&source) => return Ok(source),
        Ok(source) => source,
        // The identifiers of chunks are found in any text but this.
        Err(_) if characters::is_utf16(bytes) => Source::given(bytes, Place::bare(0..bytes.len())),
        Err(error) => return Err(error),
    };
    let Some(restored) = restored(source.bytes(), options)? else { return Ok(source) };
    repairs.keep_only(Fault::CompressedStreamCut);
    for fault in restored.faults() {
        repairs.note(fault, 0);
    }
    let place = container::find_smf(&restored.bytes, repairs)?;
    Ok(Source::owned(restored.bytes, place))
}

/// Whether the chunks of a file fill it from the header on without a fault, which those of a file with
/// bytes more or less do not. A length may be right by chance, but not also the End of Track before it.
fn chunks_follow(source: &Source<'_>) -> bool {
    let mut repairs = Repairs::default();
    let mut chunks = Chunks::new(source, &mut repairs);
    let mut follow = true;
    while follow && let Some(track) = chunks.next_track(&mut repairs) {
        follow = repairs.is_empty() && track.bytes.ends_with(END_OF_TRACK);
    }
    follow && repairs.is_empty()
}

/// A file as it was before it was treated as text.
struct Restored {
    bytes: Vec<u8>,
    characters: bool,
    line_ends: bool,
}

impl Restored {
    fn faults(&self) -> impl Iterator<Item = Fault> + use<> {
        let characters = self.characters.then_some(Fault::BytesAsCharacters);
        let line_ends = self.line_ends.then_some(Fault::LineEnds);
        characters.into_iter().chain(line_ends)
    }
}

fn restored(given: &[u8], options: &Options<'_>) -> Result<Option<Restored>, Error> {
    let mut bytes: Option<Vec<u8>> = None;
    for _ in 0..MOST_ROUNDS {
        let Some(narrowed) = with_bytes_for_characters(bytes.as_deref().unwrap_or(given), options)?
        else {
            break;
        };
        bytes = Some(narrowed);
    }
    let characters = bytes.is_some();
    let joined = with_fewer_returns(bytes.as_deref().unwrap_or(given), options)?;
    let line_ends = joined.is_some();
    Ok(joined.or(bytes).map(|bytes| Restored { bytes, characters, line_ends }))
}

/// The reading with the fewest faults of a file that was written as characters; `None` where it was not.
fn with_bytes_for_characters(
    bytes: &[u8],
    options: &Options<'_>,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(text) = Text::of(bytes) else { return Ok(None) };
    let encodings = text.encodings(options)?;
    if let [encoding] = &encodings[..] {
        return Ok(Some(text.bytes(encoding, options)?));
    }
    let mut fewest = usize::MAX;
    let mut best = None;
    for encoding in &encodings {
        let read = text.bytes(encoding, options)?;
        // Only in the encoding that it was read in does a file have these.
        let is_text_again = Text::of(&read).is_some_and(|again| !again.is_ascii());
        if is_text_again || read.windows(END_OF_TRACK.len()).any(|bytes| bytes == END_OF_TRACK) {
            return Ok(Some(read));
        }
        let faults = faults(&read, options)?;
        if faults < fewest {
            fewest = faults;
            best = Some(read);
        }
    }
    Ok(best)
}

/// The reading with the fewest faults of those that leave out carriage returns before each LF; `None`
/// where that is the one as it is.
fn with_fewer_returns(bytes: &[u8], options: &Options<'_>) -> Result<Option<Vec<u8>>, Error> {
    let removable = line_ends::returns_before_each(bytes, MOST_ROUNDS, options)?;
    if removable == 0 {
        return Ok(None);
    }
    let mut fewest = faults(bytes, options)?;
    let mut best = None;
    for returns in 1..=removable {
        if fewest == 0 {
            break;
        }
        let joined = line_ends::without_returns(bytes, returns, options)?;
        let faults = faults(&joined, options)?;
        if faults < fewest {
            fewest = faults;
            best = Some(joined);
        }
    }
    Ok(best)
}

/// How many faults reading these bytes as a standard MIDI file meets.
fn faults(bytes: &[u8], options: &Options<'_>) -> Result<usize, Error> {
    let mut repairs = Repairs::default();
    let Ok(place) = container::find_smf(bytes, &mut repairs) else { return Ok(usize::MAX) };
    let source = Source::given(bytes, place);
    let mut chunks = Chunks::new(&source, &mut repairs);
    while let Some(track) = chunks.next_track(&mut repairs) {
        survey(&track, &mut chunks, &mut repairs, options)?;
    }
    Ok(repairs.total())
}
