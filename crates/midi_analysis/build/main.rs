//! Turns data files into constants, so that nothing is parsed at run time.

mod drum_words;
mod vocabulary;
mod weights;
// Its folding of words is what the vocabularies are searched with.
#[expect(dead_code, reason = "only the folded words are needed here")]
#[path = "../src/model/words.rs"]
mod words;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use drum_words::DRUM_WORDS;

fn main() -> Result<(), Box<dyn Error>> {
    let watched = ["build", "src/model/words.rs", "src/names/vocabulary", DRUM_WORDS, "weights"];
    watched.iter().for_each(|path| println!("cargo::rerun-if-changed={path}"));
    let folder = env::var("OUT_DIR")?;
    let folder = Path::new(&folder);
    fs::write(folder.join("weights.rs"), weights::code()?)?;
    fs::write(folder.join("drum_words.rs"), drum_words::code()?)?;
    fs::write(folder.join("vocabulary.rs"), vocabulary::code()?)?;
    Ok(())
}
