//! `chords FILE`: the chords of a MIDI file as a lead sheet would have them, with the second at which each begins.

use std::error::Error;
use std::{env, fs};

use midi_analysis::{Options, Piece};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: chords FILE")?;
    let bytes = fs::read(path)?;
    let piece = Piece::read(&bytes, &Options::default())?;
    for chord in piece.chords()? {
        println!(
            "{:8.2}  {:10}  {}",
            chord.start_s,
            chord.symbol(),
            chord.roman().unwrap_or_default()
        );
    }
    Ok(())
}
