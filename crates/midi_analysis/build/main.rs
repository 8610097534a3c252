//! Turns data files into constants, so that nothing is parsed at run time.

mod vocabulary;
mod weights;
// Its folding of words is what the vocabulary is searched with.
#[expect(dead_code, reason = "only the folded words are needed here")]
#[path = "../src/model/words.rs"]
mod words;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    for watched in ["build", "src/model/words.rs", "src/names/vocabulary", "weights"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let folder = env::var("OUT_DIR")?;
    let folder = Path::new(&folder);
    fs::write(folder.join("weights.rs"), weights::code()?)?;
    fs::write(folder.join("vocabulary.rs"), vocabulary::code()?)?;
    Ok(())
}
