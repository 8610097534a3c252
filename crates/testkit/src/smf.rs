//! Standard MIDI files, written for tests. Nothing is shared with the reader under test.
//!
//! There are three ways to write one, depending on what a test is about. All of them use the same encoder:
//!
//! - music: a [`Track`] plays notation at a cursor, and [`file()`] puts tracks together;
//! - events: a [`File`] is a header and lists of [`Event`]s, which can also be read from bytes, to be changed;
//! - damage: [`bytes`] gives the parts of a file one by one, so that each can be left out, cut or made wrong.
//!
//! Source: Standard MIDI Files 1.0 (MMA RP-001).

pub mod bytes;
mod encode;
mod events;
mod notation;
mod numbered;
mod read;
mod track;

pub use encode::{LARGEST_QUANTITY, Statuses};
pub use events::{END_OF_TRACK, Event, File, Message};
pub use notation::QUARTER;
pub use numbered::numbered;
pub use track::{Layout, Track, file, file_in};
