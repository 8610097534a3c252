//! Bytes of a MIDI file in, a description of its music out.
//!
//! ```text
//! container  what wraps a standard MIDI file (gzip, RIFF RMID, MacBinary)  -> its bytes
//! smf        header and track chunks, found even where lengths lie         -> tracks
//! reader     the events of one track, repaired where a player would go on  -> events
//! score      notes paired, tempo, meter and key maps, texts, controllers   -> Score
//! tally      one pass over the notes for every histogram                   -> Tally
//! tempo meter key pitch texture instruments controllers text               -> Analysis
//! chords     what harmony is heard, when                                   -> Harmony, rows
//! melody     the line that a listener would sing                           -> rows
//! rhythm     tempo, meter and beats as heard                               -> BeatGrid
//! place timing repetition drums complexity fingerprint                       -> Analysis
//! search     the tunes of a piece, to be found by                          -> Search
//! words tags names  what a path says, and the texts of a file           -> Name, tags
//! features   the catalogue of jSymbolic                                    -> rows
//! inspect    the same Score as rows of notes, tracks, tempo; events        -> rows
//! ```
//!
//! The crate knows nothing of databases, opens no file and starts no thread. Any bytes whatever
//! give an [`Analysis`] or an [`Error`] that names the byte and the reason; repairs are told in
//! [`File::warnings`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod analysis;
mod error;
mod limits;
mod model;
mod names;
mod options;
mod piece;
mod query;
mod read;
mod room;
#[cfg(feature = "training")]
pub mod training;
mod weights;

pub use analysis::chords::{
    ChordMoment, ChordRow, Degrees, Harmony, Progression, ProgressionError, chord_moment,
};
pub use analysis::complexity::Complexity;
pub use analysis::controllers::{Controller, Controllers};
pub use analysis::drums::Drums;
pub use analysis::embedding::{AXES, EMBEDDING, principal_axes};
pub use analysis::features::{Feature, FeatureDefinition, feature_catalog};
pub use analysis::fingerprint::{FINGERPRINT, fingerprint_bands, fingerprint_similarity};
pub use analysis::instruments::Instruments;
pub use analysis::key::{KeySpan, KeySummary};
pub use analysis::meter::Meter;
pub use analysis::pitch::Pitch;
pub use analysis::repetition::Repetition;
pub use analysis::rhythm::{Beat, Rhythm};
pub use analysis::tempo::Tempo;
pub use analysis::texture::Texture;
pub use analysis::timing::Timing;
pub use error::{Error, ErrorKind};
pub use limits::Limits;
pub use model::chord::Chord;
pub use model::division::Division;
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
pub use piece::{Analysis, File, MelodyNote, Piece, TempoSpan, TimedNote, Track};
pub use query::lookup::{
    instrument_names, keys_named, programs_named, quality_named, quality_names,
};
pub use query::search::{Found, MelodyQuery, QueryError, Search, Stage};
pub use read::event::{Event, EventKind, EventText};
pub use read::events::Events;
pub use read::text::Texts;

/// Rises whenever the same bytes may give another [`Analysis`], so that stored rows can be told
/// apart from what this version would say.
pub const ANALYZER_VERSION: i32 = 1;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
