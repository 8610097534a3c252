//! A set of made music, as a program `NAME FOLDER COUNT [SEED]` writes it: that many files, and their `truth.jsonl`.

use std::error::Error;
use std::{env, fs};

use serde_json::Value;

/// What the program is asked for.
pub struct MadeSet {
    folder: String,
    count: u64,
    /// Its number of random music, 1 if none is given.
    pub seed: u64,
}

/// A file, its bytes, and what is true of it.
pub struct MadeFile {
    pub name: String,
    pub bytes: Vec<u8>,
    pub truth: Value,
}

impl MadeSet {
    /// The set that the arguments of the program `program` ask for.
    ///
    /// # Errors
    /// Where they are not of that form.
    pub fn asked_for(program: &str) -> Result<Self, Box<dyn Error>> {
        let mut arguments = env::args().skip(1);
        let usage = || format!("usage: {program} FOLDER COUNT [SEED]");
        let folder = arguments.next().ok_or_else(usage)?;
        let count = arguments.next().ok_or_else(usage)?.parse()?;
        let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
        Ok(Self { folder, count, seed })
    }

    /// Writes the set, of which `make` makes each file by its number.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(self, mut make: impl FnMut(u64) -> MadeFile) -> Result<(), Box<dyn Error>> {
        let Self { folder, count, .. } = self;
        fs::create_dir_all(&folder)?;
        let mut truths = String::new();
        for number in 0..count {
            let MadeFile { name, bytes, truth } = make(number);
            fs::write(format!("{folder}/{name}"), bytes)?;
            truths += &truth.to_string();
            truths.push('\n');
        }
        Ok(fs::write(format!("{folder}/truth.jsonl"), truths)?)
    }
}
