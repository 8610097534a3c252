//! The analysis of a piece: everything that is known of it as a whole, in groups.
//!
//! Each group is computed by the module of its name in [`analysis`](crate::analysis), where its numbers
//! are defined; here they are only put together.

use crate::analysis::chords::{EstimatedChord, Harmony};
use crate::analysis::complexity::Complexity;
use crate::analysis::controllers::Controllers;
use crate::analysis::drums::Drums;
use crate::analysis::embedding::embedding;
use crate::analysis::fingerprint::fingerprint;
use crate::analysis::instruments::Instruments;
use crate::analysis::key::{EstimatedKey, KeySummary};
use crate::analysis::meter::Meter;
use crate::analysis::pitch::Pitch;
use crate::analysis::place::places;
use crate::analysis::repetition::Repetition;
use crate::analysis::rhythm::Rhythm;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::tally::Tally;
use crate::analysis::tempo::Tempo;
use crate::analysis::texture::Texture;
use crate::analysis::timing::Timing;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::names::tags::{self, Facts};
use crate::query::search::Search;
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
    /// Tracks found, whatever the header says.
    pub track_count: u16,
    /// Events read, of every kind.
    pub event_count: u32,
    /// Notes: every note-on of a velocity above zero.
    pub note_count: u32,
    /// Bytes given, before any decompression.
    pub size_bytes: u64,
    /// Each kind of repair that reading took, in words; empty for a sound file.
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

/// Everything that is known of one piece of music as a whole.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Analysis {
    /// Format, counts, size, repairs.
    pub file: File,
    /// Duration and declared tempo.
    pub tempo: Tempo,
    /// Estimated tempo.
    pub rhythm: Rhythm,
    /// Meter and number of bars.
    pub meter: Meter,
    /// Estimated and declared key.
    pub key: KeySummary,
    /// Range of the pitched notes; `None` where all notes are drums.
    pub pitch: Option<Pitch>,
    /// Quantised or played, straight or swung.
    pub timing: Timing,
    /// Loops and repeated bars.
    pub repetition: Repetition,
    /// Chords in summary.
    pub harmony: Harmony,
    /// Polyphony, density, velocity.
    pub texture: Texture,
    /// Programs and drums.
    pub instruments: Instruments,
    /// The drum kit.
    pub drums: Drums,
    /// Control changes and pitch bends.
    pub controllers: Controllers,
    /// Names, lyrics, markers, copyright.
    pub texts: Texts,
    /// Complexity.
    pub complexity: Complexity,
    /// A vector by which pieces are compared for likeness, of [`EMBEDDING`](crate::EMBEDDING) numbers.
    pub embedding: Option<Vec<f32>>,
    /// What identifies the same music in other files: [`FINGERPRINT`](crate::FINGERPRINT) numbers.
    pub fingerprint: Option<Vec<i32>>,
    /// Tags that its texts and notes give it, in alphabetical order.
    pub tags: Vec<&'static str>,
    /// The melodic lines by which it is found.
    pub search: Search,
}

/// What other descriptions of the piece are made of, too.
pub(super) struct Shared<'s> {
    pub(super) tally: &'s Tally,
    pub(super) tempo: &'s Tempo,
    pub(super) beats: &'s BeatGrid,
    pub(super) key: Option<&'s EstimatedKey>,
    pub(super) chords: &'s [EstimatedChord],
    pub(super) decoder: &'s Decoder,
}

impl Analysis {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        file: File,
        shared: &Shared<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let check = || check(interrupted);
        let Shared { tally, tempo, beats, chords, decoder, .. } = *shared;
        let texture = Texture::of(score, tally, tempo.duration_s);
        check()?;
        let places = places(score, beats)?;
        let meter = Meter::of(score, beats);
        check()?;
        let key = KeySummary::of(score, tally, shared.key);
        let harmony = Harmony::of(score, chords, &places, meter.bar_count);
        let chords = harmony.chords_per_bar;
        let instruments = Instruments::of(tally);
        let texts = Texts::of(score, decoder, interrupted)?;
        let timing = Timing::of(score, beats, &places);
        check()?;
        let repetition = Repetition::of(score, &places);
        check()?;
        let facts = Facts {
            instruments: &instruments,
            texture: &texture,
            timing: &timing,
            repetition: &repetition,
            has_lyrics: texts.lyrics.is_some(),
        };
        let tags = tags::of_content(score, &texts, decoder, &facts);
        check()?;
        let embedding = embedding(score, tally, shared.key, &places);
        check()?;
        let fingerprint = fingerprint(score);
        check()?;
        let complexity = Complexity::of(&key, tempo, &texture, chords, &places);
        check()?;
        let drums = Drums::of(score, beats, &places);
        check()?;
        drop(places);
        Ok(Self {
            embedding,
            fingerprint,
            complexity,
            rhythm: Rhythm::of(beats),
            timing,
            repetition,
            drums,
            tags,
            search: Search::of(score, beats, interrupted)?,
            texture,
            tempo: tempo.clone(),
            meter,
            key,
            harmony,
            pitch: Pitch::of(tally),
            instruments,
            controllers: Controllers::of(&score.controllers),
            texts,
            file,
        })
    }
}
