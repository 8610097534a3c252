//! `made_forms FOLDER COUNT [SEED]`: writes that many pieces of made music of known form, as a set to learn sections
//! from: songs of verse and chorus, AABA, rondos, dances, strophes, and pieces without returns, of sections of 4 to 12
//! bars, repeated exactly, varied or higher. A period of sixteen bars is two sections. None of it exists elsewhere; the same seed gives the same pieces.

#[path = "../tonics/band.rs"]
mod band;
mod drums;
#[path = "../support/made_set.rs"]
mod made_set;
mod plan;
mod play;
#[path = "../support/mod.rs"]
mod support;
mod tune;

use std::error::Error;

use made_set::{MadeFile, MadeSet};
use plan::Plan;
use play::Performance;
use support::random::Random;

fn main() -> Result<(), Box<dyn Error>> {
    let set = MadeSet::asked_for("made_forms")?;
    let mut random = Random::new(set.seed);
    set.write(|number| {
        let plan = Plan::of(&mut random);
        let performance = Performance::of(&mut random, &plan);
        let name = format!("form_{number:05}.mid");
        let truth = performance.truth(&plan, &name);
        MadeFile { bytes: performance.file(&plan), name, truth }
    })
}
