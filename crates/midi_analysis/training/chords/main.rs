//! Learns which chords sound, from annotated pieces and from made ones.
//!
//! The weights are those of the conditional random field that the library decodes. They make the annotated
//! chords likely, and are penalised by their squares. Stochastic gradient descent by Adam (Kingma & Ba 2015),
//! some pieces a step, whose rate falls to nothing.

mod band;
mod descent;
mod field;
mod lesson;
mod made;
mod player;
#[path = "../support/mod.rs"]
mod support;

use std::env;
use std::error::Error;

use descent::train;
use field::{GROUNDED, WEIGHTS, as_grounded, in_tables};
use lesson::Lesson;
use made::Made;
use midi_analysis::training::ChordWeights;
use support::card::{self, Card, Values, Weights};
use support::corpus::{Count, FOLDS, Sample, Set, arguments, samples};

/// Made pieces of each kind.
const MADE: u64 = 1_000;
/// Makes the piece of a number.
type Maker = fn(u64) -> Made;
/// Weight of the bands in the lessons of grounds, in sets.
const BANDS: f64 = 3.0;

fn main() -> Result<(), Box<dyn Error>> {
    let (path, mut sets) = arguments(env::args().skip(1))?;
    let mut lessons = samples(&sets, Lesson::of_file)?;
    let kinds: [(&str, Maker); 2] = [
        ("chords of every quality in many voicings, made by training/chords", Made::new),
        ("bands of jazz, bossa nova and blues, made by training/chords", Made::of_band),
    ];
    for (origin, make) in kinds {
        for number in 0..MADE {
            let data = Lesson::of_made(make(number))?;
            lessons.push(Sample { set: sets.len(), fold: number % FOLDS, weight: 1.0, data });
        }
        let (origin, licence) = (origin.to_owned(), "PostgreSQL License".to_owned());
        sets.push(Set { origin, licence, folder: String::new() });
    }
    let counts: Vec<Count> = (0..sets.len())
        .map(|set| Count {
            pieces: lessons.iter().filter(|each| each.set == set).count(),
            right: None,
        })
        .collect();
    let score = cross_validated(&lessons, &sets)?;
    let weights = learned(&lessons.iter().collect::<Vec<_>>(), sets.len());
    let card = Card {
        purpose: "Which chords sound",
        model: "Conditional random field: chords of segments, and changes between them",
        trainer: "scripts/train chords",
        score,
        sets: &sets,
        counts: &counts,
    };
    card::write(&path, &card, "f32", 2, &constants(&in_tables(&weights)))
}

/// Learns all weights: first from all but the bands, which so tell nothing of other music, then those of grounds
/// from pieces that have some.
fn learned(lessons: &[&Sample<Lesson>], sets: usize) -> Vec<f64> {
    let bands = sets - 1;
    let part = |of: &dyn Fn(&Sample<Lesson>) -> bool| -> Vec<(&Lesson, f64)> {
        let part: Vec<_> = lessons.iter().filter(|lesson| of(lesson)).collect();
        let mut counts = vec![0.0; sets];
        part.iter().for_each(|lesson| counts[lesson.set] += 1.0);
        // Every set weighs the same, and every piece of it.
        let times = |set| if set == bands { BANDS } else { 1.0 };
        part.iter().map(|lesson| (&lesson.data, times(lesson.set) / counts[lesson.set])).collect()
    };
    let weights = train(&part(&|lesson| lesson.set != bands), vec![0.0; WEIGHTS], &(0..WEIGHTS));
    train(&part(&|lesson| lesson.data.has_grounds()), as_grounded(weights), &GROUNDED)
}

/// The score on pieces that the weights are not learned from, in words.
fn cross_validated(lessons: &[Sample<Lesson>], sets: &[Set]) -> Result<String, Box<dyn Error>> {
    let mut sums = vec![[[0.0; 2]; 2]; sets.len()];
    for fold in 0..FOLDS {
        let known: Vec<_> = lessons.iter().filter(|lesson| lesson.fold != fold).collect();
        let weights = in_tables(&learned(&known, sets.len()));
        for lesson in lessons.iter().filter(|lesson| lesson.fold == fold) {
            for (share, sum) in lesson.data.score(&weights)?.iter().zip(&mut sums[lesson.set]) {
                if let Some(share) = share {
                    *sum = [sum[0] + share, sum[1] + 1.0];
                }
            }
        }
    }
    let mut means = [0.0; 2];
    for (set, sums) in sets.iter().zip(&sums) {
        let shares = sums.map(|[sum, count]| sum / f64::max(count, 1.0));
        eprintln!("{:.4} {:.4}  {}", shares[0], shares[1], set.origin);
        for (mean, share) in means.iter_mut().zip(shares) {
            *mean += share / sets.len() as f64;
        }
    }
    Ok(format!(
        "Share of the time in which the root is right, and root and mode of major and minor chords, five-fold cross-validation: {:.3} and {:.3}, the means of the sets",
        means[0], means[1]
    ))
}

fn constants(weights: &ChordWeights) -> Vec<Weights<'static>> {
    let row = |row: &[f32]| Values::row(row.iter().map(|&weight| f64::from(weight)));
    let table = |rows: &[[f32; 12]]| Values::List(rows.iter().map(|each| row(each)).collect());
    let tables =
        |tables: &[[[f32; 12]; 6]]| Values::List(tables.iter().map(|each| table(each)).collect());
    vec![
        Weights {
            name: "struck",
            about: "For a pitch class that sounds all through a segment of half a second and begins in it, by family and by semitones above the root.",
            values: table(&weights.struck),
        },
        Weights {
            name: "held",
            about: "The same for one that began before.",
            values: table(&weights.held),
        },
        Weights {
            name: "bass",
            about: "For the pitch class of the bass, the own likelihood of the family included, by family and by semitones above the root.",
            values: table(&weights.bass),
        },
        Weights {
            name: "degree",
            about: "For the degree of a root in a major and in a minor key, by family and by semitones above the tonic.",
            values: tables(&weights.degree),
        },
        Weights {
            name: "change",
            about: "For a change of chord: always; for the logarithm of one more than the onsets; where the bass is struck; where it also moves; for the sum of changes in presence; for the logarithm of the time since the last segment began, in half seconds; on a beat; on the first of a bar; on the third of a bar of four; half-way between beats; where beats are known.",
            values: row(&weights.change),
        },
        Weights {
            name: "follow",
            about: "For a change of chord, by the family before, by the family after, and by semitones from root up to root.",
            values: tables(&weights.follow),
        },
        Weights {
            name: "grounded_bass",
            about: "For the pitch class of the bass where the bar has a ground, instead of those above, by family and by semitones above the root.",
            values: table(&weights.grounded_bass),
        },
        Weights {
            name: "ground",
            about: "For the pitch class of the ground, by family and by semitones above the root.",
            values: table(&weights.ground),
        },
        Weights {
            name: "grounded_change",
            about: "For a change of chord where the bar has a ground, by the same terms.",
            values: row(&weights.grounded_change),
        },
    ]
}
