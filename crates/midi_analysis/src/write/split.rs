//! Some parts of a file, or each in a file of its own.
//!
//! With a part go all messages to its channels, whichever track they stand in, since these say how it sounds; SysEx
//! messages; tempo, meter and key; and the texts of the tracks that it plays in and of those that nothing plays in, such as
//! lyrics. Other tracks are left out, unless something of this is in them.

use super::divided::Divided;
use super::file::File;
use crate::error::{Error, ErrorKind};
use crate::model::gm;
use crate::model::note::Note;
use crate::piece::Piece;
use crate::room;

/// The most parts of one file: the channels of 64 ports.
const MOST_PARTS: usize = 1_024;
/// Most bytes of the files of all parts, for each byte that a file may have.
const MOST_COPIES: usize = 16;
/// The name of drums whose track has none.
const DRUMS: &str = "Drums";

/// One part of a piece, as a file of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SplitPart {
    /// Number of the part, from 1.
    pub number: u32,
    /// The first name of its track or, of one without a name, the General MIDI name of its instrument.
    pub name: String,
    /// The channel of its first note, 0-15.
    pub channel: u8,
    /// Whether it is played by drums.
    pub is_drum: bool,
    /// A MIDI file of the part alone.
    pub bytes: Vec<u8>,
}

impl File<'_> {
    /// Keeps the parts of these numbers, from 1, and leaves the others out. What is kept stays as it stood; tracks of which
    /// nothing is left are left out, too. A file of format 2 becomes one of format 1. `piece` is the one whose file this is.
    ///
    /// # Errors
    /// [`NotThere`](ErrorKind::NotThere) where the piece has no such part; it has no notes; out of memory, or
    /// `interrupted`.
    pub fn keep_parts(&mut self, piece: &Piece<'_>, numbers: &[u32]) -> Result<(), Error> {
        let (_, options) = piece.source()?;
        let parts = Divided::of(piece)?;
        if numbers.is_empty() {
            let error = Error::new(ErrorKind::NotThere, 0, "no part is asked for");
            return Err(error.with_hint(Some("midi_split lists the parts with their numbers.")));
        }
        if self.format == 2 {
            self.set_format(1, options)?;
        }
        let mut wanted = room::filled(false, parts.count())?;
        for &number in numbers {
            let index = (number as usize).checked_sub(1);
            match index.and_then(|index| wanted.get_mut(index)) {
                Some(wanted) => *wanted = true,
                None => return Err(no_such_part(number, parts.count())),
            }
        }
        parts.keep(self, |part| wanted[part as usize])
    }
}

fn no_such_part(number: u32, count: usize) -> Error {
    let reason = format!("there is no part {number}: the piece has {count}, counted from 1");
    Error::new(ErrorKind::NotThere, 0, reason)
        .with_hint(Some("midi_split lists the parts with their numbers."))
}

/// Gives each part of a piece as a file of its own.
///
/// # Errors
/// [`TooLarge`](ErrorKind::TooLarge) where there are more than 1,024 parts, or where their files are together more than 16
/// times as large as one may be. The piece has no notes; out of memory, or `interrupted`.
pub fn split(
    piece: &Piece<'_>,
    mut take: impl FnMut(SplitPart) -> Result<(), Error>,
) -> Result<(), Error> {
    let (_, options) = piece.source()?;
    let (mut file, parts, tracks) = (File::of(piece)?, Divided::of(piece)?, piece.tracks()?);
    if file.format == 2 {
        file.set_format(1, options)?;
    }
    let track_name = |note: &Note| tracks.get(usize::from(note.track))?.name.clone();
    if parts.count() > MOST_PARTS {
        let reason = format!("{} parts, where {MOST_PARTS} can be split", parts.count());
        return Err(too_large(reason));
    }
    let mut bytes_left = options.limits.max_bytes.saturating_mul(MOST_COPIES);
    for (number, first) in (0..).zip(parts.first_notes()) {
        let bytes = parts.only(&file, |part| part == number)?.to_bytes(options)?;
        let left = bytes_left.checked_sub(bytes.len());
        bytes_left =
            left.ok_or_else(|| too_large("the parts are too large together".to_owned()))?;
        let (channel, is_drum) = (first.channel, first.is_drum());
        let name = track_name(first).unwrap_or_else(|| instrument(first).to_owned());
        take(SplitPart { number: number + 1, name, channel, is_drum, bytes })?;
    }
    Ok(())
}

fn instrument(note: &Note) -> &'static str {
    if note.is_drum() { DRUMS } else { gm::PROGRAMS[usize::from(note.program & 0x7f)] }
}

fn too_large(reason: String) -> Error {
    Error::new(ErrorKind::TooLarge, 0, reason)
        .with_hint(Some("midi_keep_parts gives some of the parts."))
}
