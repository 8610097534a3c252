//! MIDI files that are changed and written: the events of a piece as lists, and standard MIDI files made of them.
//!
//! [`File::of`] gives the file of a piece, repaired where it was damaged. What is not changed is written as it stood
//! there, down to the bytes: a sound file that nothing was changed in is written as it was. [`File`]s can also be made
//! of events alone.
//!
//! ```
//! use midi_analysis::write::File;
//! use midi_analysis::{Options, Piece};
//!
//! let bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0c\0\x90\x3c\x50\x60\x80\x3c\0\0\xff\x2f\0";
//! let piece = Piece::read(bytes, &Options::default())?;
//! let mut file = File::of(&piece)?;
//! assert_eq!(file.to_bytes(&Options::default())?, bytes);
//!
//! // A tone higher.
//! for event in &mut file.tracks[0].events {
//!     if let Some(message) = event.channel_message()
//!         && let Some(pitch) = message.pitch()
//!     {
//!         event.set_message(message.with_pitch(pitch + 2).expect("in range"));
//!     }
//! }
//! let changed = file.to_bytes(&Options::default())?;
//! let notes: Vec<u8> =
//!     Piece::read(&changed, &Options::default())?.notes()?.map(|timed| timed.note.pitch).collect();
//! assert_eq!(notes, [62]);
//! # Ok::<(), midi_analysis::Error>(())
//! ```
//!
//! Source: Standard MIDI Files 1.0 (MMA RP-001).

mod bar_lines;
mod channel;
mod collector;
mod convert;
mod divided;
mod encode;
mod event;
mod file;
mod in_force;
mod join;
mod merge;
mod message;
mod meta;
mod meta_kind;
mod of_notes;
mod part_numbers;
mod ports;
mod quantize;
mod reading;
mod rescale;
mod sounding;
mod split;
mod tempo;
mod text;
mod transpose;
mod trim;
mod unwritable;
mod warp;

pub use channel::{ChannelKind, ChannelMessage};
pub use collector::Collector;
pub use event::Event;
pub use file::{Chunk, File, MOST_TRACKS, Track};
pub use message::Message;
pub use meta_kind::MetaKind;
pub use quantize::{Grid, GridError, Quantize};
pub use split::{SplitPart, split};
pub use transpose::{Transposed, semitones_to_key};
