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
//! place timing repetition drums complexity signature                       -> Analysis
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
mod chords;
mod complexity;
mod container;
mod controllers;
mod drums;
mod error;
mod events;
mod features;
mod fingerprint;
mod gm;
mod inspect;
mod instruments;
mod key;
mod limits;
mod lookup;
mod melody;
mod meter;
mod names;
mod pairing;
mod percussion;
mod pitch;
mod place;
mod reader;
mod repair;
mod repetition;
mod rhythm;
mod room;
mod score;
mod search;
mod signature;
mod smf;
mod tags;
mod tally;
mod tempo;
mod text;
mod texture;
mod timing;
mod words;

pub use analysis::{Analysis, File, analyze};
pub use chords::{
    ChordMoment, ChordRow, Degrees, Harmony, Progression, ProgressionError, chord_moment, chords,
};
pub use complexity::Complexity;
pub use controllers::Controllers;
pub use drums::Drums;
pub use error::{Error, ErrorKind};
pub use events::{EventRow, each_event, events};
pub use features::{Feature, FeatureDefinition, feature_catalog, features};
pub use fingerprint::{AXES, FINGERPRINT, principal_axes};
pub use inspect::{NoteRow, TempoRow, TrackRow, each_note, each_tempo, notes, tempo_map, tracks};
pub use instruments::Instruments;
pub use key::{KEY_EVIDENCE, Key, KeyRow, key_evidence, keys};
pub use limits::Limits;
pub use lookup::{instrument_names, keys_named, programs_named, quality_named, quality_names};
pub use melody::{MelodyRow, each_melody_note, melody};
pub use meter::Meter;
pub use names::Name;
pub use pitch::Pitch;
pub use repetition::Repetition;
pub use rhythm::evidence::{RhythmEvidence, TEMPO_TERMS, rhythm_evidence};
pub use rhythm::{BeatRow, Rhythm, beats};
pub use search::{Found, MelodyQuery, QueryError, Search, Stage};
pub use signature::{SIGNATURE, signature_bands, signature_similarity};
pub use tempo::Tempo;
pub use text::Texts;
pub use texture::Texture;
pub use timing::Timing;

/// Rises whenever the same bytes may give another [`Analysis`], so that stored rows can be told
/// apart from what this version would say.
pub const ANALYZER_VERSION: i32 = 1;
