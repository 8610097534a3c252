//! Turns the words of `src/read/percussion/words.txt` into two sorted lists: words, and parts of names in scripts that
//! are written without spaces.

use std::error::Error;
use std::fmt::Write;
use std::fs;

use crate::words::{Words, is_unspaced};

pub(crate) const DRUM_WORDS: &str = "src/read/percussion/words.txt";

/// The lists of the file, whose module says what its kinds mean.
pub(crate) fn code() -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(DRUM_WORDS)?;
    let (mut words, mut parts) = (Vec::new(), Vec::new());
    let mut reader = Words::default();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (kind, list) = line.split_once(": ").ok_or("a line of drum words has no kind")?;
        let said = match kind {
            "kit" => "Drums",
            "piece" => "Piece",
            "weak" => "Perhaps",
            "pitched" => "Pitched",
            _ => return Err(format!("{kind} is no kind of drum words").into()),
        };
        for word in list.split(", ") {
            reader.read(word);
            let folded: String = (0..reader.words().len()).map(|at| reader.text(at)).collect();
            let list = if word.chars().any(is_unspaced) { &mut parts } else { &mut words };
            list.push((folded, said));
        }
    }
    let mut code = String::new();
    for (name, mut list) in [("WORDS", words), ("PARTS", parts)] {
        list.sort();
        // Words with accents and without are one.
        list.dedup();
        if let Some(pair) = list.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(format!("{} is of two kinds of drum words", pair[0].0).into());
        }
        writeln!(code, "static {name}: [(&str, Said); {}] = [", list.len())?;
        for (word, said) in list {
            writeln!(code, "    ({word:?}, Said::{said}),")?;
        }
        writeln!(code, "];")?;
    }
    Ok(code)
}
