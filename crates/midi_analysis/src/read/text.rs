//! Names, lyrics, markers and copyright, decoded to clean Unicode.
//!
//! What is sung, and in which order, is decided in [`lyrics`]; title, artist and language in [`declared`].

mod declared;
pub(crate) mod decoder;
pub(crate) mod lyrics;

use self::declared::Declared;
use self::decoder::{Decoder, TEXTS_BETWEEN_CHECKS, capped};
use self::lyrics::Song;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::model::text::{RawTexts, TextKind};

/// Longest copyright notice, in characters: under what an index entry may hold.
const MAX_COPYRIGHT_CHARS: usize = 255;
/// Most names or markers kept of one file.
const MAX_NAMES: usize = 1_000;

/// The texts of a piece: valid Unicode without NUL or other control characters but line breaks, and
/// tabs in lyrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Texts {
    /// Names of the tracks that have one, in track order; up to 1,000 of 255 characters.
    pub track_names: Vec<String>,
    /// The words, with their line breaks; up to 65,536 characters.
    pub lyrics: Option<String>,
    /// The language of the words that the file declares, as an ISO 639-1 code.
    pub lyrics_language: Option<&'static str>,
    /// Markers (section names) in the order of time; up to 1,000 of 255 characters.
    pub markers: Vec<String>,
    /// The title that the file declares; up to 255 characters.
    pub title: Option<String>,
    /// The artist or author that the file declares; up to 255 characters.
    pub artist: Option<String>,
    /// The copyright notices, one a line; up to 255 characters.
    pub copyright: Option<String>,
    /// The encoding that most texts were found to be in: `US-ASCII`, or a name of the WHATWG Encoding
    /// Standard or of IANA; `None` where the file has no text.
    pub encoding: Option<&'static str>,
}

impl Texts {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(
        score: &Score<'_>,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let texts = score.raw_texts();
        let song = Song::of(score, decoder, interrupted)?;
        let lyrics = lyrics::lyrics(song.as_ref(), texts, decoder, interrupted)?;
        let mut declared = Declared::of(texts, decoder, interrupted)?;
        let names = |kind| names(texts, kind, decoder, interrupted);
        let copyright = names(TextKind::Copyright)?.join("\n");
        Ok(Self {
            track_names: names(TextKind::TrackName)?,
            lyrics_language: declared.language(lyrics.as_deref()),
            lyrics,
            markers: names(TextKind::Marker)?,
            title: declared.title(),
            artist: declared.artist(),
            copyright: (!copyright.is_empty()).then(|| capped(&copyright, MAX_COPYRIGHT_CHARS)),
            encoding: decoder.name_of_encoding(),
        })
    }
}

/// The texts of a kind that are not empty.
fn names(
    texts: RawTexts<'_>,
    kind: TextKind,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for part in texts.list.chunks(TEXTS_BETWEEN_CHECKS) {
        check(interrupted)?;
        for text in part.iter().filter(|text| text.kind == kind) {
            // One that is not in the encoding of its file takes a millisecond.
            check(interrupted)?;
            let name = decoder.name(texts.bytes(text));
            if !name.is_empty() {
                names.push(name);
            }
            if names.len() == MAX_NAMES {
                return Ok(names);
            }
        }
    }
    Ok(names)
}
