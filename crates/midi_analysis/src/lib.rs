//! Reads MIDI files, damaged ones too, and describes the music in them.
//!
//! A [`Piece`] is read from the bytes of a file, or made from notes. Its methods give the analysis of
//! the whole ([`Piece::analysis`]; [`Piece::catalog`] only what reading tells), and notes, tracks, parts, tempo, beats, keys, chords, the melody, features
//! and events in the order of time.
//!
//! ```
//! use midi_analysis::{Options, Piece};
//!
//! // Four quarter notes at 96 ticks a quarter, at 120 quarter notes a minute.
//! let file = [
//!     &b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x24"[..],
//!     &[0, 0x90, 60, 80, 96, 0x80, 60, 0, 0, 0x90, 64, 80, 96, 0x80, 64, 0],
//!     &[0, 0x90, 67, 80, 96, 0x80, 67, 0, 0, 0x90, 72, 80, 96, 0x80, 72, 0],
//!     &[0, 0xff, 0x2f, 0],
//! ]
//! .concat();
//! let piece = Piece::read(&file, &Options::default())?;
//! let analysis = piece.analysis()?;
//! assert_eq!(analysis.tempo.duration_s, 2.0);
//! assert_eq!(analysis.file.warnings, [""; 0]);
//! let pitches: Vec<u8> = piece.notes()?.map(|timed| timed.note.pitch).collect();
//! assert_eq!(pitches, [60, 64, 67, 72]);
//! # Ok::<(), midi_analysis::Error>(())
//! ```
//!
//! The crate opens no file and starts no thread. Any bytes give a result or an [`Error`] with the
//! position and the reason. Less than a tenth of a second passes between two checks of
//! [`Options::interrupted`].
//!
//! # Layers
//!
//! Each module uses its own layer and those before it.
//!
//! | layer | |
//! | --- | --- |
//! | `error`, `options`, `room` | errors, limits, allocations that may fail |
//! | `model` | notes, tempo map, meter map, keys, chords: plain values |
//! | `read` | containers, chunks, events, repairs, texts: bytes to a score |
//! | `names` | tempo, key and tags that a path or a text names |
//! | `analysis` | one module a subject: tempo, rhythm, meter, key, chords, melody, features ... |
//! | `query` | melodies, progressions, similarity, duplicates, what fits together: over stored values |
//! | `piece` | [`Piece`], which joins them |
//! | [`write`](mod@write) | files that are changed and written |
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod analysis;
mod error;
mod limits;
mod model;
mod names;
mod net;
mod options;
mod piece;
mod query;
mod read;
mod room;
#[cfg(feature = "training")]
pub mod training;
mod weights;
pub mod write;

pub use analysis::chords::{ChordMoment, ChordSpan, Harmony, chord_moment};
pub use analysis::complexity::Complexity;
pub use analysis::controllers::{Controller, Controllers};
pub use analysis::drums::Drums;
pub use analysis::embedding::EMBEDDING_LENGTH;
pub use analysis::features::{Feature, FeatureDefinition, feature_catalog};
pub use analysis::fingerprint::FINGERPRINT_LENGTH;
pub use analysis::instruments::Instruments;
pub use analysis::key::{KeyShare, KeySpan, KeySummary};
pub use analysis::melody_index::MelodyIndex;
pub use analysis::meter::Meter;
pub use analysis::pitch::Pitch;
pub use analysis::repetition::Repetition;
pub use analysis::rhythm::{Beat, Rhythm};
pub use analysis::roles::{Part, Role};
pub use analysis::sections::{Form, Section};
pub use analysis::tags::tags_of_notes;
pub use analysis::tempo::Tempo;
pub use analysis::texture::Texture;
pub use analysis::timing::Timing;
pub use error::{Error, ErrorKind};
pub use limits::Limits;
pub use model::camelot::Camelot;
pub use model::chord::Chord;
pub use model::division::{Division, Timecode};
pub use model::key::{Key, KeyNameError, KeySignature, Mode};
pub use model::meter_map::{MeterMap, MeterSegment};
pub use model::note::Note;
pub use model::pitch_class::PitchClass;
pub use model::quality::Quality;
pub use model::spelling::Spelling;
pub use model::tempo_map::{TempoMap, TempoSegment};
pub use model::time_signature::TimeSignature;
pub use model::timeline::Timeline;
pub use names::Name;
pub use options::Options;
pub use piece::{
    Analysis, Catalog, File, Lyrics, MelodyNote, Piece, SungSyllable, TempoSpan, TimedNote, Track,
};
pub use query::compatible::{Counterpart, KeyRelation, TempoRelation};
pub use query::duplicates::{fingerprint_bands, fingerprint_similarity};
pub use query::fingerprint_index::FingerprintIndex;
pub use query::instruments::{
    drum_names, drums_named, instrument_groups, instrument_names, programs_named,
};
pub use query::lookup::{drum_name, keys_named, program_name, quality_named, quality_names};
pub use query::melody::{MelodyMatch, MelodyProbes, MelodyQuery, MelodyQueryError, Stage};
pub use query::progression::{Degrees, Progression, ProgressionError};
pub use read::event::{Event, EventKind, EventText};
pub use read::events::Events;
pub use read::repair::{damage_kind, damage_kinds};
pub use read::text::Texts;

/// Increases whenever the same bytes may give another [`Analysis`], so that stored results of older
/// versions are recognised.
pub const ANALYZER_VERSION: u32 = 3;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
