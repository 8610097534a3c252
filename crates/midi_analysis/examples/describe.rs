//! `describe FILE...`: tempo, meter, key, instruments and damage of MIDI files.

use std::error::Error;
use std::{env, fs};

use midi_analysis::{Analysis, Options, Piece};

fn main() -> Result<(), Box<dyn Error>> {
    for path in env::args().skip(1) {
        let bytes = fs::read(&path)?;
        match Piece::read(&bytes, &Options::default()).and_then(|piece| piece.analysis()) {
            Ok(analysis) => describe(&path, &analysis),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    Ok(())
}

fn describe(path: &str, analysis: &Analysis) {
    println!("{path}");
    println!(
        "  length       {:.1} s, {} notes",
        analysis.tempo.duration_s, analysis.file.note_count
    );
    if let Some(bpm) = analysis.rhythm.bpm {
        println!("  tempo        {bpm:.1} quarter notes a minute");
    }
    if let Some(signature) = analysis.meter.signature {
        println!("  meter        {signature}");
    }
    if let (Some(key), Some(confidence)) = (analysis.key.estimated, analysis.key.confidence) {
        println!("  key          {key}, probability {confidence:.2}");
    }
    println!("  instruments  {}", analysis.instruments.names.join(", "));
    for warning in &analysis.file.warnings {
        println!("  repaired     {warning}");
    }
}
