//! The result: one struct whose fields are the columns of the SQL type `midi_analysis`, by name.
//!
//! Each field is computed by the room that its group names; this file only gathers them, so the
//! definition of a number is read there.

pub(crate) mod chords;
pub(crate) mod complexity;
pub(crate) mod controllers;
pub(crate) mod drums;
pub(crate) mod embedding;
pub(crate) mod features;
pub(crate) mod fingerprint;
pub(crate) mod inspect;
pub(crate) mod instruments;
pub(crate) mod key;
pub(crate) mod melody;
pub(crate) mod meter;
pub(crate) mod pitch;
pub(crate) mod place;
pub(crate) mod repetition;
pub(crate) mod rhythm;
pub(crate) mod tally;
pub(crate) mod tempo;
pub(crate) mod texture;
pub(crate) mod timing;

use crate::analysis::chords::Harmony;
use crate::analysis::complexity::Complexity;
use crate::analysis::controllers::Controllers;
use crate::analysis::drums::Drums;
use crate::analysis::embedding::embedding;
use crate::analysis::fingerprint::fingerprint;
use crate::analysis::inspect::with_score;
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
use crate::limits::Limits;
use crate::model::score::Score;
use crate::names::tags::{self, Facts};
use crate::query::search::Search;
use crate::read::repair::Repairs;
use crate::read::text::Texts;
use crate::read::text::decoder::Decoder;

/// What a file as a whole says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns.
    pub format: i16,
    /// Ticks in a quarter note; `None` where the division is SMPTE time.
    pub ticks_per_quarter: Option<i32>,
    /// Tracks found, whatever the header says.
    pub track_count: i32,
    /// Events read, of every kind.
    pub event_count: i32,
    /// Notes: every note-on of a velocity above zero.
    pub note_count: i32,
    /// Bytes given, before any decompression.
    pub size_bytes: i64,
    /// Each repair that reading took, in words; empty for a sound file.
    pub warnings: Vec<String>,
}

/// Everything that is known of one piece of music: a row of the SQL type `midi_analysis`.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Format, counts, size, repairs.
    pub file: File,
    /// Duration and declared tempo.
    pub tempo: Tempo,
    /// Tempo as heard.
    pub rhythm: Rhythm,
    /// Meter and bars.
    pub meter: Meter,
    /// Estimated and declared key.
    pub key: KeySummary,
    /// Range of the pitched notes; `None` where all notes are drums.
    pub pitch: Option<Pitch>,
    /// Quantised or played, straight or swung.
    pub timing: Timing,
    /// Loops and bars that come again.
    pub repetition: Repetition,
    /// Chords in short.
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
    /// How complex it is.
    pub complexity: Complexity,
    /// What it is like, as a vector of [`EMBEDDING`](crate::EMBEDDING) numbers.
    pub embedding: Option<Vec<f32>>,
    /// What tells the same music in other bytes: [`FINGERPRINT`](crate::FINGERPRINT) numbers.
    pub fingerprint: Option<Vec<i32>>,
    /// What it is said to be in its texts, and plainly is by its notes; in the order of the
    /// alphabet.
    pub tags: Vec<&'static str>,
    /// The tunes to find it by.
    pub search: Search,
}

/// Analyses one MIDI file.
///
/// `bytes` is the file as it lies on disk: a standard MIDI file, bare or inside gzip, RIFF RMID or
/// MacBinary. `interrupted` is asked many times a second whether to stop.
///
/// # Errors
/// Only where no note survives, a limit is exceeded, memory runs out or `interrupted` answers true;
/// everything else is repaired and told in [`File::warnings`].
pub fn analyze(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Analysis, Error> {
    with_score(bytes, limits, interrupted, |score, repairs| {
        check(interrupted)?;
        Analysis::of(score, repairs, bytes.len(), interrupted)
    })
}

impl Analysis {
    fn of(
        score: &Score<'_>,
        repairs: &Repairs,
        size: usize,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let check = || check(interrupted);
        let tally = Tally::of(score);
        let tempo = Tempo::of(score, interrupted)?;
        let texture = Texture::of(score, &tally, tempo.duration_s);
        check()?;
        let beats = BeatGrid::of(score, tempo.bpm_declared, interrupted)?;
        let places = places(score, &beats)?;
        let meter = Meter::of(score, &beats);
        check()?;
        let estimated_key = EstimatedKey::of(score, &tally, interrupted)?;
        let key = KeySummary::of(score, &tally, estimated_key.as_ref());
        let harmony =
            Harmony::of(score, estimated_key.as_ref(), &places, meter.bar_count, interrupted)?;
        let chords = harmony.chords_per_bar;
        let instruments = Instruments::of(&tally);
        let decoder = Decoder::for_texts(score.raw_texts(), interrupted)?;
        let texts = Texts::of(score, &decoder, interrupted)?;
        let timing = Timing::of(score, &beats, &places);
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
        let tags = tags::of_content(score, &texts, &decoder, &facts);
        check()?;
        let embedding = embedding(score, &tally, estimated_key.as_ref(), &places);
        check()?;
        let fingerprint = fingerprint(score);
        check()?;
        let complexity = Complexity::of(&key, &tempo, &texture, chords, &places);
        check()?;
        let drums = Drums::of(score, &beats, &places);
        check()?;
        drop(places);
        Ok(Self {
            embedding,
            fingerprint,
            complexity,
            rhythm: Rhythm::of(&beats),
            timing,
            repetition,
            drums,
            tags,
            search: Search::of(score, &beats, interrupted)?,
            texture,
            tempo,
            meter,
            key,
            harmony,
            pitch: Pitch::of(&tally),
            instruments,
            controllers: Controllers::of(&score.controllers),
            texts,
            file: File {
                format: score.format.into(),
                ticks_per_quarter: score.ticks_per_quarter().map(i32::from),
                track_count: score.track_count.into(),
                event_count: score.event_count as i32,
                note_count: score.notes.len() as i32,
                size_bytes: size as i64,
                warnings: repairs.warnings(),
            },
        })
    }
}
