//! Which tracks have the melody, by their names.
//!
//! Names are used for training only where they are known to be right. The analysis does not read them, because
//! most files have none, or wrong ones.

/// What names of tracks call the melody, or who sings it.
const WORDS: [&str; 6] = ["melody", "melodie", "vocal", "voice", "singstimme", "gesang"];

/// Whether a track of this name has the melody.
pub fn is_for_melody(name: &str) -> bool {
    let name = name.to_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}
