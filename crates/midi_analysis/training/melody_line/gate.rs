//! The gate before the network, learned by logistic regression.

use std::error::Error;

use midi_analysis::Piece;
use midi_analysis::training::{MELODY_AMONG_FEATURES, MelodyGate, gate_evidence};

use super::MELODY;
use super::support::corpus::Sample;
use super::support::random::Random;
use super::support::regression::{Choice, Settings, train};

const SETTINGS: Settings = Settings { rows: 1, ridge: 1e-7, steps: 300, rate: 0.1 };
/// Notes of a piece that are learned from.
const NOTES: usize = 200;
/// How much a note of a melody counts: the gate is not to leave them out.
const MELODY_WEIGHT: f64 = 4.0;
/// Share of the notes of melodies that pass.
const PASSING: f64 = 0.975;

/// Notes as the gate sees them.
#[derive(Default)]
pub struct Lessons(Vec<Sample<Choice>>);

impl Lessons {
    /// Adds some notes of a piece, whose melody is in one track.
    pub fn add(&mut self, piece: &Piece<'_>, random: &mut Random) -> Result<(), Box<dyn Error>> {
        let notes = gate_evidence(piece)?;
        for _ in 0..NOTES.min(notes.len()) {
            let note = &notes[random.below(notes.len())];
            let melody = note.track == MELODY;
            let truth = if melody { vec![1.0, 0.0] } else { vec![0.0, 1.0] };
            let mut terms: Vec<f64> = note.features.iter().copied().map(f64::from).collect();
            terms.push(1.0);
            let none = vec![0.0; terms.len()];
            let data = Choice { terms: vec![terms, none], truth };
            let weight = if melody { MELODY_WEIGHT } else { 1.0 };
            self.0.push(Sample { set: 0, fold: 0, weight, data });
        }
        Ok(())
    }

    /// The gate that so many notes of melodies pass.
    pub fn gate(&self) -> MelodyGate {
        let learned = &train(&self.0.iter().collect::<Vec<_>>(), SETTINGS)[0];
        let weights: [f32; MELODY_AMONG_FEATURES] = std::array::from_fn(|n| learned[n] as f32);
        let sum = |sample: &Sample<Choice>| -> f64 {
            sample.data.terms[0].iter().zip(weights).map(|(term, w)| term * f64::from(w)).sum()
        };
        let is_melody = |sample: &&Sample<Choice>| sample.data.truth[0] > 0.5;
        let mut sums: Vec<f64> = self.0.iter().filter(is_melody).map(sum).collect();
        sums.sort_by(f64::total_cmp);
        let least = sums[((1.0 - PASSING) * sums.len() as f64) as usize];
        MelodyGate::new(weights, -least as f32)
    }
}
