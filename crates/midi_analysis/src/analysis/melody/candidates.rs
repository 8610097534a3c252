//! Which notes of a part may belong to its melody at all: of each attack at most two, for which a weighted sum of
//! what describes a note [among](super::among) those that sound with it is not negative. All that costs more is
//! asked only of these.

use std::ops::Range;

use crate::analysis::melody::among::{AMONG, Sounding, Struck, Whole};
use crate::analysis::melody::heard::{Attack, Heard, Part};
use crate::room::{self, NoRoom};
use crate::weights::melody_line as weights;

/// Most candidates of an attack.
const MOST: usize = 2;

/// A note that may belong to the melody.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// Its place in the part.
    pub(super) place: u32,
    pub(super) heard: Heard,
    /// What describes it among the notes that sound with it.
    pub(super) among: [f32; AMONG],
}

/// What tells candidates from other notes.
#[derive(Clone, Copy)]
pub(super) struct Gate<'w> {
    pub(super) weights: &'w [f32; AMONG],
    pub(super) bias: f32,
}

pub(super) const GATE: Gate<'static> = Gate { weights: &weights::GATE, bias: weights::GATE_BIAS };

impl Gate<'_> {
    /// Not negative for candidates, and the higher, the likelier they are.
    pub(super) fn of(&self, among: &[f32; AMONG]) -> f32 {
        // Four sums side by side.
        let mut sums = [0.0; 4];
        let (values, last) = among.as_chunks::<4>();
        let (weights, last_weights) = self.weights.as_chunks::<4>();
        for (values, weights) in values.iter().zip(weights) {
            for lane in 0..4 {
                sums[lane] += values[lane] * weights[lane];
            }
        }
        let last = last.iter().zip(last_weights).map(|(value, weight)| value * weight);
        last.fold(self.bias + ((sums[0] + sums[1]) + (sums[2] + sums[3])), |sum, each| sum + each)
    }
}

/// The candidates of some attacks of a part, in its order.
///
/// # Errors
/// Out of memory.
pub(super) fn candidates(
    part: &Part,
    whole: &Whole,
    attacks: Range<usize>,
    gate: Gate<'_>,
) -> Result<Vec<Candidate>, NoRoom> {
    let mut found: Vec<Candidate> = room::list(MOST * attacks.len())?;
    each_attack(part, whole, attacks, |attack, struck| {
        let first = found.len();
        // Of those found in this attack.
        let mut sums = [0.0; MOST];
        for (place, heard) in (attack.first..).zip(struck.notes) {
            let among = struck.describe(heard);
            let sum = gate.of(&among);
            let candidate = Candidate { place, heard: *heard, among };
            let count = found.len() - first;
            if sum >= 0.0 && count < MOST {
                sums[count] = sum;
                found.push(candidate);
            } else if sum >= 0.0 && sum > sums[0].min(sums[1]) {
                // The less likely one gives way.
                if sums[0] < sums[1] {
                    found.swap(first, first + 1);
                    sums[0] = sums[1];
                }
                sums[1] = sum;
                found[first + 1] = candidate;
            }
        }
    });
    Ok(found)
}

/// Strikes some attacks of a part, one after the other.
pub(super) fn each_attack(
    part: &Part,
    whole: &Whole,
    attacks: Range<usize>,
    mut use_it: impl FnMut(&Attack, &Struck<'_>),
) {
    let mut sounding = Sounding::default();
    for attack in &part.attacks[attacks] {
        let next_s = part.notes.get(attack.end as usize).map_or(f64::INFINITY, |next| next.start_s);
        use_it(attack, &sounding.strike(&part.notes[attack.notes()], next_s, whole));
    }
}

#[cfg(test)]
mod tests {
    use super::{AMONG, Gate, candidates};
    use crate::analysis::melody::among::Whole;
    use crate::analysis::melody::heard::{Attack, Heard, Part};
    use crate::model::note::Note;

    /// An attack of a second for each list of pitches.
    fn part(attacks: &[&[u8]]) -> Part {
        let mut part = Part { notes: Vec::new(), attacks: Vec::new() };
        for (second, pitches) in (0..).zip(attacks) {
            let first = part.notes.len() as u32;
            part.notes.extend(pitches.iter().map(|&pitch| Heard {
                note: Note::new(second, second + 1, pitch),
                start_s: f64::from(second),
                end_s: f64::from(second + 1),
            }));
            part.attacks.push(Attack { first, end: part.notes.len() as u32 });
        }
        part
    }

    #[test]
    fn the_two_likeliest_of_an_attack_are_candidates_in_its_order() {
        let part = part(&[&[72, 60, 48], &[40], &[50, 67, 76, 64]]);
        // The higher, the likelier, and from E4 on not negative.
        let mut weights = [0.0; AMONG];
        weights[0] = 1.0;
        let gate = Gate { weights: &weights, bias: 0.0 };
        let found = candidates(&part, &Whole::of(&part), 0..3, gate).expect("there is room");
        let places: Vec<u32> = found.iter().map(|candidate| candidate.place).collect();
        assert_eq!(places, [0, 5, 6]);
    }
}
