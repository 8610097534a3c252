//! The analysis of a piece: everything that is known of it as a whole, in groups.
//!
//! Each group is computed by the module of its name in [`analysis`](crate::analysis), where its numbers
//! are defined; here they are only put together.

use super::catalog::{Catalog, File};
use crate::analysis::chords::{EstimatedChord, Harmony};
use crate::analysis::complexity::Complexity;
use crate::analysis::controllers::Controllers;
use crate::analysis::drums::Drums;
use crate::analysis::embedding::embedding;
use crate::analysis::fingerprint::fingerprint;
use crate::analysis::instruments::Instruments;
use crate::analysis::key::{EstimatedKey, KeySummary};
use crate::analysis::melody_index::MelodyIndex;
use crate::analysis::meter::Meter;
use crate::analysis::onsets::onsets;
use crate::analysis::pitch::Pitch;
use crate::analysis::repetition::Repetition;
use crate::analysis::rhythm::Rhythm;
use crate::analysis::rhythm::beatgrid::BeatGrid;
use crate::analysis::sections::{Form, Section};
use crate::analysis::tags::{self, Heard};
use crate::analysis::tally::Tally;
use crate::analysis::tempo::Tempo;
use crate::analysis::texture::Texture;
use crate::analysis::timing::Timing;
use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::score::Score;
use crate::read::text::Texts;

/// The analysis of one piece of music as a whole.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// How notes are timed: quantised or not, swing, syncopation.
    pub timing: Timing,
    /// Loops and repeated bars.
    pub repetition: Repetition,
    /// Its sections.
    pub form: Form,
    /// Chords and their progression.
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
    /// Complexity, and its parts.
    pub complexity: Complexity,
    /// A vector of [`EMBEDDING_LENGTH`](crate::EMBEDDING_LENGTH) numbers: similar pieces have vectors near each other.
    /// `None` where only drums play, or no key is estimated.
    pub embedding: Option<Vec<f32>>,
    /// [`FINGERPRINT_LENGTH`](crate::FINGERPRINT_LENGTH) hashes that recognise the same music in other bytes. `None` for
    /// very short pieces.
    pub fingerprint: Option<Vec<i32>>,
    /// Tags from its texts, and those that its notes show, in alphabetical order.
    pub tags: Vec<&'static str>,
    /// Its melodic lines, for melody searches.
    pub melody_index: MelodyIndex,
}

/// What several groups of an analysis, and other results, are based on.
pub(super) struct Shared<'s> {
    pub(super) tally: &'s Tally,
    pub(super) beats: &'s BeatGrid,
    pub(super) key: Option<&'s EstimatedKey>,
    pub(super) chords: &'s [EstimatedChord],
    pub(super) lines: &'s [Vec<Note>],
    pub(super) sections: &'s [Section],
}

impl Analysis {
    /// What listening adds to a catalogue entry.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn of(
        score: &Score<'_>,
        catalog: Catalog,
        shared: &Shared<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, Error> {
        let check = || check(interrupted);
        let Shared { tally, beats, chords, lines, .. } = *shared;
        let Catalog {
            file,
            tempo,
            meter: _,
            key,
            pitch,
            texture,
            instruments,
            controllers,
            texts,
            tags,
        } = catalog;
        let onsets = onsets(score, beats)?;
        let meter = Meter::of(score, beats);
        check()?;
        let key = key.with_estimate(shared.key);
        let harmony = Harmony::of(chords, &onsets, meter.bar_count);
        let timing = Timing::of(score, beats, &onsets);
        check()?;
        let repetition = Repetition::of(score, &onsets);
        check()?;
        let heard = Heard { texture: &texture, timing: &timing, repetition: &repetition };
        let tags = tags::with_heard(tags, &heard);
        let embedding = embedding(tally, shared.key, &onsets);
        check()?;
        let fingerprint = fingerprint(score, &onsets);
        check()?;
        let complexity = Complexity::of(&key, &tempo, &texture, harmony.chords_per_bar, &onsets);
        check()?;
        let drums = Drums::of(score, tally, beats, &onsets);
        check()?;
        drop(onsets);
        Ok(Self {
            embedding,
            fingerprint,
            complexity,
            rhythm: Rhythm::of(beats),
            timing,
            repetition,
            form: Form::of(shared.sections),
            drums,
            tags,
            melody_index: MelodyIndex::of(score, beats, lines),
            texture,
            tempo,
            meter,
            key,
            harmony,
            pitch,
            instruments,
            controllers,
            texts,
            file,
        })
    }
}
