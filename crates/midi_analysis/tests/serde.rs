//! The feature `serde`: results are serialised under the names of their fields.

use midi_analysis::{Note, Options, Piece, Timeline};
use serde_json::json;

#[test]
fn an_analysis_is_serialised_under_the_names_of_its_fields() {
    let chords = [[60, 64, 67], [65, 69, 72], [67, 71, 74], [60, 64, 67]];
    let notes = (0..).zip(chords).flat_map(|(bar, pitches)| {
        pitches.map(|pitch| Note::new(bar * 1920, bar * 1920 + 1920, pitch))
    });
    let options = Options::default();
    let piece = Piece::from_notes(notes.collect(), &Timeline::new(480), &options).unwrap();
    let analysis = serde_json::to_value(piece.analysis().unwrap()).unwrap();
    assert_eq!(analysis["key"]["estimated"], json!({ "tonic": 0, "mode": "major" }));
    assert_eq!(analysis["file"]["note_count"], 12);
    let chords = serde_json::to_value(piece.chords().unwrap()).unwrap();
    assert_eq!(chords.as_array().unwrap().len(), 4);
    assert_eq!(chords[0]["start_s"], 0.0);
}
