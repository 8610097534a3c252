//! `features FILE...`: the features of each MIDI file, one JSON object a line. `scripts/features`
//! compares them with music21's.

use std::error::Error;
use std::{env, fs};

use midi_analysis::{Options, Piece};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    for path in env::args().skip(1) {
        let bytes = fs::read(&path)?;
        match Piece::read(&bytes, &Options::default()).and_then(|piece| piece.features()) {
            Ok(found) => {
                let values: Map<String, Value> = found
                    .into_iter()
                    .map(|feature| (feature.name.to_owned(), json!(feature.value)))
                    .collect();
                println!("{}", json!({ "file": path, "values": values }));
            }
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    Ok(())
}
