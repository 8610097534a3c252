//! How the tests write their files: 96 ticks in a quarter note, and a velocity of 80 throughout; and
//! how they read them.

use midi_analysis::{Analysis, Options, Piece};

pub use midi_testkit::smf::bytes::{
    ended, header, meta, note, placed, program, quantity, tempo, track,
};

/// Ticks per quarter note of the files written here.
pub const QUARTER: u16 = 96;

/// A whole file: a header, and tracks that each get an End of Track.
pub fn smf(format: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    midi_testkit::smf::bytes::file(format, QUARTER, tracks)
}

/// Notes of a quarter each, one after the other.
pub fn melody(channel: u8, pitches: &[u8]) -> Vec<u8> {
    midi_testkit::smf::bytes::line(channel, pitches, QUARTER.into())
}

/// The piece that a file holds.
pub fn read(file: &[u8]) -> Piece<'_> {
    Piece::read(file, &Options::default()).expect("a MIDI file")
}

/// The analysis of a file with notes.
pub fn analyze(file: &[u8]) -> Analysis {
    read(file).analysis().expect("the file has notes")
}
