//! Learned weights, as constants: a module for each file of `weights/`, made of it by the build script.
//!
//! Each file begins with a card: what its weights are for, the data and licences that they were learned from, the
//! trainer and its revision, the date, and how right they are on pieces that they were not learned from.
//!
//! ```text
//! key             probability of each key             scripts/train key
//! key_confidence  confidence of a stretch in a key    scripts/train key_confidence
//! tempo           which interval is the beat          scripts/train tempo
//! meter           which meter accents suggest         scripts/train meter
//! beats           which onsets are beats, downbeats   training/beats
//! melody          which part has the melody           scripts/train melody
//! sections        where sections begin                scripts/train sections
//! chords          which chords sound                  scripts/train chords
//! melody_line     which notes of a part are its melody scripts/train melody_line
//! letters         letters by which encodings are told apart
//!                                                    no trainer is kept
//! ```
//!
//! Constants that were set by hand stay in the code that uses them, and say so where a fit was near.

#![allow(clippy::approx_constant, reason = "a weight may be near a constant of mathematics")]

include!(concat!(env!("OUT_DIR"), "/weights.rs"));
