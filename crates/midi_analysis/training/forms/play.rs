//! How a piece is played and written, and what is known of it.

use midi_testkit::smf::bytes;
use serde_json::{Value, json};

use super::band::{Band, LEAD, Played};
use super::drums::Beat;
use super::plan::{Part, Plan};
use super::support::random::Random;
use super::tune::{Manner, Tune};

const TICKS: f64 = 480.0;
/// The lowest tonic of a melody.
const LOW: i32 = 60;

/// A piece that has been played: ticks, lengths, channels and pitches.
pub struct Performance {
    notes: Vec<(u32, u32, u8, u8)>,
    /// Quarter notes before the first bar of the form.
    before: f64,
}

impl Performance {
    pub fn of(random: &mut Random, plan: &Plan) -> Self {
        let manner = Manner { minor: plan.minor, bar: plan.bar, upbeats: plan.upbeats };
        let fills = random.happens(0.5);
        let mut played: Vec<Played> = Vec::new();
        let before = if plan.upbeats { plan.bar } else { 0.0 };
        for (part, begins) in plan.parts.iter().zip(plan.begins()) {
            play(plan, &manner, part, before + begins as f64 * plan.bar, fills, &mut played);
        }
        let scale = plan.bpm / 60.0 * TICKS;
        let jitter = plan.jitter_s * scale;
        let notes = played.iter().map(|note| {
            let start = note.start * TICKS + jitter * random.deviation().clamp(-2.5, 2.5);
            let channel = if plan.one_track && note.part != 9 { 0 } else { note.part };
            let length = (note.quarters * TICKS).round().max(1.0);
            (start.round().max(0.0) as u32, length as u32, channel, note.pitch as u8)
        });
        Self { notes: notes.collect(), before }
    }

    /// The bytes of the file.
    pub fn file(&self, plan: &Plan) -> Vec<u8> {
        let four = [plan.bar as u8, 2, 24, 8];
        let header = [bytes::meta(0, 0x58, &four), bytes::tempo(0, plan.bpm)];
        let track = [header.concat(), bytes::placed(&self.notes)].concat();
        bytes::file(0, TICKS as u16, &[track])
    }

    /// What is known of the piece.
    pub fn truth(&self, plan: &Plan, file: &str) -> Value {
        let second = |bars: usize| (self.before + bars as f64 * plan.bar) * 60.0 / plan.bpm;
        let bars: usize = plan.parts.iter().map(|part| part.bars).sum();
        let sections: Vec<Value> = plan
            .parts
            .iter()
            .zip(plan.begins())
            .map(|(part, begins)| {
                let label = char::from(part.letter).to_string();
                json!([second(begins), second(begins + part.bars), label])
            })
            .collect();
        let downbeats: Vec<f64> = (0..=bars).map(second).collect();
        json!({ "file": file, "sections": sections, "downbeats_s": downbeats })
    }
}

/// Plays one section.
fn play(plan: &Plan, manner: &Manner, part: &Part, from: f64, fills: bool, to: &mut Vec<Played>) {
    let seed = |number: u64| plan.seed.wrapping_mul(0x9e37_79b9).wrapping_add(number);
    let letter = u64::from(part.letter);
    let mut tune: Tune = manner.tune(&mut Random::new(seed(letter)), part.bars);
    if let Some(variant @ 1..) = part.melody {
        tune = tune.varied(&mut Random::new(seed(1_000 * variant + letter)));
    }
    // Sections may be played by others than the piece.
    let mut random = Random::new(seed(7));
    let own = random.happens(0.4);
    let style = if own { letter } else { 0 } + 100 * part.players;
    let band = Band::of(&mut Random::new(seed(10_000 + style)), plan.tonic, false, &[]);
    let tonic = plan.tonic + part.up;
    let mut players = Random::new(seed(20_000 + letter));
    band.play(&mut players, tonic, &tune.chords, from, to);
    if plan.drums {
        let beat = Beat::of(&mut Random::new(seed(30_000 + style)), plan.bar);
        for bar in 0..part.bars {
            let fill = fills && bar + 1 == part.bars;
            beat.play(plan.bar, from + bar as f64 * plan.bar, fill, to);
        }
    }
    if part.melody.is_some() {
        to.extend(tune.melody.iter().map(|tone| Played {
            start: from + tone.start,
            quarters: tone.quarters,
            pitch: LOW + tonic + manner.semitones(tone.degree),
            part: LEAD,
        }));
    }
}
