//! `made FOLDER PIECES [SEED]`: writes made-up music of which tempo, meter, beats and key are known, with its
//! `truth.jsonl`, for the trainers. Each piece depends only on the seed and its number.
//!
//! As music it is plain. What matters is what the beat is heard by: accompaniments, grooves, harmonic rhythm,
//! melodies, played exactly or by hand, at tempos from slow to fast, in files that declare the tempo and meter,
//! nothing, a default, or something else.

mod grooves;
mod harmony;
mod patterns;
mod perform;
mod plan;
mod tune;

use std::error::Error;
use std::fs;

use fastrand::Rng;

use perform::Performance;
use plan::Plan;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let usage = "usage: made FOLDER PIECES [SEED]";
    let folder = words.next().ok_or(usage)?;
    let pieces: u64 = words.next().ok_or(usage)?.parse()?;
    let seed: u64 = words.next().map_or(Ok(1), |seed| seed.parse())?;
    fs::create_dir_all(&folder)?;
    let mut truths = String::new();
    for number in 0..pieces {
        let mut rng = Rng::with_seed(seed.rotate_left(32) ^ number);
        let plan = Plan::new(&mut rng);
        let notes = plan.compose(&mut rng);
        let performance = Performance::new(&plan, notes, &mut rng);
        let file = format!("{number:05}.mid");
        fs::write(format!("{folder}/{file}"), performance.file())?;
        truths += &performance.truth(&file).to_string();
        truths.push('\n');
    }
    Ok(fs::write(format!("{folder}/truth.jsonl"), truths)?)
}
