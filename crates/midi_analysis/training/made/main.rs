//! `made FOLDER COUNT [SEED]`: writes made-up music of which tempo, meter, beats and key are known, with its
//! `truth.jsonl`, for the trainers. Each piece depends only on the seed and its number.
//!
//! As music it is plain. What matters is what the beat is heard by: accompaniments, grooves, harmonic rhythm,
//! melodies, played exactly or by hand, at tempos from slow to fast, in files that declare the tempo and meter,
//! nothing, a default, or something else.

mod grooves;
mod harmony;
#[path = "../support/made_set.rs"]
mod made_set;
mod patterns;
mod perform;
mod plan;
mod tune;

use std::error::Error;

use fastrand::Rng;

use made_set::{MadeFile, MadeSet};
use perform::Performance;
use plan::Plan;

fn main() -> Result<(), Box<dyn Error>> {
    let set = MadeSet::asked_for("made")?;
    let seed = set.seed;
    set.write(|number| {
        let mut rng = Rng::with_seed(seed.rotate_left(32) ^ number);
        let plan = Plan::new(&mut rng);
        let notes = plan.compose(&mut rng);
        let performance = Performance::new(&plan, notes, &mut rng);
        let name = format!("{number:05}.mid");
        let truth = performance.truth(&name);
        MadeFile { bytes: performance.file(), name, truth }
    })
}
