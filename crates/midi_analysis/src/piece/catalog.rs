//! The catalogue entry of a piece: what one reading of its file tells, without listening to the music.
//!
//! What is estimated from notes in their context (tempo, bars, key, chords, melody, form ...) costs many
//! times as much as reading, and is left to the [`Analysis`](super::Analysis), which contains the same
//! groups.

use crate::analysis::controllers::Controllers;
use crate::analysis::instruments::Instruments;
use crate::analysis::key::KeySummary;
use crate::analysis::meter::Meter;
use crate::analysis::pitch::Pitch;
use crate::analysis::tags::{self, Sources};
use crate::analysis::tally::Tally;
use crate::analysis::tempo::Tempo;
use crate::analysis::texture::Texture;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::read::repair::Repairs;
use crate::read::text::Texts;
use crate::read::text::decoder::Decoder;

/// The file as a whole.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct File {
    /// SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns.
    pub format: u8,
    /// Ticks in a quarter note; `None` where the division is SMPTE time.
    pub ticks_per_quarter: Option<u16>,
    /// Tracks that were found, whatever the header declares.
    pub track_count: u16,
    /// Events of every kind.
    pub event_count: u32,
    /// Notes: every note-on of a velocity above zero.
    pub note_count: u32,
    /// Bytes given, before any decompression.
    pub size_bytes: u64,
    /// Each kind of repair that was made, in words; empty for an undamaged file.
    pub warnings: Vec<String>,
}

impl File {
    pub(super) fn of(score: &Score<'_>, repairs: &Repairs, size_bytes: usize) -> Self {
        Self {
            format: score.format,
            ticks_per_quarter: score.ticks_per_quarter(),
            track_count: score.track_count,
            event_count: score.event_count,
            note_count: score.notes.len() as u32,
            size_bytes: size_bytes as u64,
            warnings: repairs.warnings(),
        }
    }
}

/// What one reading of a file tells. The groups are those of [`Analysis`](super::Analysis).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Catalog {
    /// Format, counts, size, repairs.
    pub file: File,
    /// Duration and declared tempo.
    pub tempo: Tempo,
    /// The declared meter and its bars; all `None` where none is declared.
    pub meter: Meter,
    /// The declared key and the pitch classes; nothing estimated.
    pub key: KeySummary,
    /// Range of the pitched notes; `None` where all notes are drums.
    pub pitch: Option<Pitch>,
    /// Polyphony, density, velocity.
    pub texture: Texture,
    /// Programs and drums.
    pub instruments: Instruments,
    /// Control changes and pitch bends.
    pub controllers: Controllers,
    /// Names, lyrics, markers, copyright.
    pub texts: Texts,
    /// Tags from its texts, its instruments and its texture, in alphabetical order.
    pub tags: Vec<&'static str>,
}

impl Catalog {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        file: File,
        tally: &Tally,
        tempo: &Tempo,
        decoder: &Decoder,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let texture = Texture::of(score, tally, tempo.duration_s);
        let instruments = Instruments::of(tally);
        let texts = Texts::of(score, decoder, interrupted)?;
        check(interrupted)?;
        let sources = Sources { texts: &texts, instruments: &instruments, texture: &texture };
        let tags = tags::declared(score, decoder, &sources);
        check(interrupted)?;
        Ok(Self {
            file,
            tempo: tempo.clone(),
            meter: Meter::declared(score)?,
            key: KeySummary::declared(score, tally),
            pitch: Pitch::of(tally),
            texture,
            instruments,
            controllers: Controllers::of(&score.controllers),
            texts,
            tags,
        })
    }
}
