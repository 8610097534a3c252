//! `made_forms FOLDER COUNT [SEED]`: writes that many pieces of made music of known form, as a set to learn sections
//! from: songs of verse and chorus, AABA, rondos, dances, strophes, and pieces without returns, of sections of 4 to 12
//! bars, repeated exactly, varied or higher. A period of sixteen bars is two sections. None of it exists elsewhere; the same seed gives the same pieces.

#[path = "../tonics/band.rs"]
mod band;
mod drums;
mod plan;
mod play;
#[path = "../support/mod.rs"]
mod support;
mod tune;

use std::error::Error;
use std::{env, fs};

use plan::Plan;
use play::Performance;
use support::random::Random;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let usage = "usage: made_forms FOLDER COUNT [SEED]";
    let [folder, count, ..] = &arguments[..] else { return Err(usage.into()) };
    let seed = arguments.get(2).map_or(Ok(1), |seed| seed.parse())?;
    let count: usize = count.parse()?;
    fs::create_dir_all(folder)?;
    let mut truths = String::new();
    let mut random = Random::new(seed);
    for number in 0..count {
        let plan = Plan::of(&mut random);
        let performance = Performance::of(&mut random, &plan);
        let file = format!("form_{number:05}.mid");
        fs::write(format!("{folder}/{file}"), performance.file(&plan))?;
        truths += &performance.truth(&plan, &file).to_string();
        truths.push('\n');
    }
    Ok(fs::write(format!("{folder}/truth.jsonl"), truths)?)
}
