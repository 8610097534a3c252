//! `predict FOLDER`: what the core estimates of each MIDI file of a folder, one JSON object a line, in the
//! terms that corpora with ground truth are scored in. `scripts/accuracy` feeds it to their scorer.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use midi_analysis::{Error as MidiError, Options, Piece};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: predict FOLDER")?;
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    for path in paths.iter().filter(|path| is_midi(path)) {
        println!("{}", prediction(path, &fs::read(path)?));
    }
    Ok(())
}

fn is_midi(path: &Path) -> bool {
    path.extension().is_some_and(|extension| !["jsonl", "md"].iter().any(|not| extension == *not))
}

fn prediction(path: &Path, bytes: &[u8]) -> Value {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let piece = Piece::read(bytes, &Options::default());
    piece
        .and_then(|piece| estimated(&file, &piece))
        .unwrap_or_else(|error| json!({ "file": file, "error": error.to_string() }))
}

fn estimated(file: &str, piece: &Piece<'_>) -> Result<Value, MidiError> {
    let analysis = piece.analysis()?;
    let beats: Vec<_> = piece.beats()?.collect();

    let chords = piece.chords()?;
    let chords: Vec<_> =
        chords.iter().map(|span| json!([span.start_s, span.end_s, span.symbol()])).collect();
    let sections = piece.sections()?.iter();
    let sections: Vec<_> =
        sections.map(|each| json!([each.start_s, each.end_s, each.label])).collect();
    let melody: Vec<_> = piece.melody()?.collect();
    let downbeats = beats.iter().filter(|beat| beat.is_downbeat);
    Ok(json!({
        "file": file,
        "key": analysis.key.estimated.map(|key| key.to_string()),
        "key_confidence": analysis.key.confidence,
        "key_declared": analysis.key.declared.map(|key| key.to_string()),
        "bpm": analysis.rhythm.bpm,
        "beat_bpm": analysis.rhythm.beat_bpm,
        "bpm_confidence": analysis.rhythm.bpm_confidence,
        "beats_s": beats.iter().map(|beat| beat.start_s).collect::<Vec<_>>(),
        "downbeats_s": downbeats.map(|beat| beat.start_s).collect::<Vec<_>>(),
        "time_signature": analysis.meter.signature.map(|meter| meter.to_string()),
        "time_signature_confidence": analysis.meter.confidence,
        "duration_s": analysis.tempo.duration_s,
        "note_count": analysis.file.note_count,
        "has_drums": analysis.instruments.has_drums,
        "instruments": analysis.instruments.programs,
        "chords": chords,
        "sections": sections,
        "melody_track": melody.first().map(|note| note.track),
        "melody": melody.iter().map(|note| json!([note.pitch, note.start_s])).collect::<Vec<_>>(),
        "warnings": analysis.file.warnings,
    }))
}
