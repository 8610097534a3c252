//! Titles and lyrics.

use fastrand::Rng;

const FIRST: [&str; 24] = [
    "Blue",
    "Silent",
    "Golden",
    "Broken",
    "Distant",
    "Little",
    "Midnight",
    "Summer",
    "Winter",
    "Electric",
    "Paper",
    "Crystal",
    "Hollow",
    "Gentle",
    "Burning",
    "Café",
    "Secret",
    "Lonely",
    "Velvet",
    "Northern",
    "Última",
    "Wandering",
    "Crimson",
    "Morning",
];

const SECOND: [&str; 24] = [
    "River", "Train", "Heart", "Window", "Garden", "Road", "Star", "Dancer", "Ocean", "Letter",
    "Shadow", "Waltz", "Fire", "Bridge", "Dream", "Machine", "Song", "Rain", "City", "Mountain",
    "Mirror", "Clock", "Noche", "Promise",
];

/// Syllables; one that ends in a space ends its word.
const SYLLABLES: [&str; 32] = [
    "la ", "the ", "sun ", "is ", "ris", "ing ", "on ", "my ", "heart ", "to", "day ", "and ",
    "I ", "will ", "fol", "low ", "you ", "o", "ver ", "wa", "ter ", "un", "til ", "we ", "are ",
    "home ", "nev", "er ", "more ", "a", "lone ", "now ",
];

/// A piece's name.
pub(super) fn title(rng: &mut Rng) -> String {
    let word = |rng: &mut Rng, words: &[&'static str]| words[rng.usize(..words.len())];
    format!("{} {}", word(rng, &FIRST), word(rng, &SECOND))
}

/// What one note is sung on.
pub(super) fn syllable(rng: &mut Rng) -> &'static str {
    SYLLABLES[rng.usize(..SYLLABLES.len())]
}
