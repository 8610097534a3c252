//! `made_tonics FOLDER COUNT [SEED]`: writes that many pieces of made music with the probability of each key, as a set to
//! learn from: blues, loops and vamps in the modes, tunes, fragments, and music without a key. None of it
//! exists elsewhere; the same seed gives the same pieces.

mod band;
mod blues;
mod borrowed;
mod loops;
#[path = "../support/made_set.rs"]
mod made_set;
#[path = "../support/mod.rs"]
mod support;
mod tunes;
mod without;

use std::error::Error;

use band::Played;
use made_set::{MadeFile, MadeSet};
use midi_analysis::Key;
use midi_testkit::smf::bytes;
use serde_json::{Map, json};
use support::random::Random;

/// Keys: the major ones from C upwards, then the minor ones.
pub const KEYS: usize = Key::COUNT;
const TICKS: f64 = 480.0;

/// Notes, and how probable each key is.
pub struct Song {
    /// What is played.
    pub notes: Vec<Played>,
    /// The major keys from C upwards, then the minor ones.
    pub keys: [f64; KEYS],
}

/// One key and no other.
pub fn sure(tonic: i32, minor: bool) -> [f64; KEYS] {
    shared(tonic, minor, 0.0)
}

/// A key, and with this probability its relative key.
pub fn shared(tonic: i32, minor: bool, relative: f64) -> [f64; KEYS] {
    divided((tonic, minor), (tonic + if minor { 3 } else { 9 }, !minor), relative)
}

/// A key, tonic and whether it is minor, and another one with this probability.
pub fn divided(first: (i32, bool), second: (i32, bool), share: f64) -> [f64; KEYS] {
    let mut keys = [0.0; KEYS];
    let key =
        |(tonic, minor): (i32, bool)| tonic.rem_euclid(12) as usize + if minor { 12 } else { 0 };
    keys[key(first)] = 1.0 - share;
    keys[key(second)] = share;
    keys
}

fn main() -> Result<(), Box<dyn Error>> {
    let set = MadeSet::asked_for("made_tonics")?;
    let mut random = Random::new(set.seed);
    set.write(|number| {
        let (kind, song) = song(&mut random);
        let name = format!("{kind}_{number:05}.mid");
        let bytes = written(&mut random, &song.notes);
        let shares: Map<String, serde_json::Value> = Key::all()
            .zip(song.keys)
            .filter(|(_, share)| *share > 0.0)
            .map(|(key, share)| (key.to_string(), json!(share)))
            .collect();
        let truth = json!({ "file": name, "key_shares": shares });
        MadeFile { name, bytes, truth }
    })
}

fn song(random: &mut Random) -> (&'static str, Song) {
    let tonic = random.between(0, 11);
    match random.below(27) {
        0..7 => ("blues", blues::blues(random, tonic)),
        7..15 => ("loop", loops::looped(random, tonic)),
        15 | 16 => ("loop", borrowed::borrowed(random, tonic)),
        17..20 => ("tune", tunes::tune(random, tonic)),
        20 | 21 => ("phrase", tunes::phrase(random, tonic)),
        22..25 => ("fragment", without::fragment(random, tonic)),
        _ => ("without", without::atonal(random)),
    }
}

/// The notes as a file, each part on its channel, at a tempo that the file may not declare.
fn written(random: &mut Random, notes: &[Played]) -> Vec<u8> {
    let scale = if random.happens(0.6) { TICKS } else { TICKS * (0.5 + 1.5 * random.share()) };
    let placed: Vec<(u32, u32, u8, u8)> = notes
        .iter()
        .map(|note| {
            let ticks = |quarters: f64| (quarters * scale).round() as u32;
            (ticks(note.start), ticks(note.quarters).max(1), note.part, note.pitch as u8)
        })
        .collect();
    bytes::file(0, TICKS as u16, &[bytes::placed(&placed)])
}
