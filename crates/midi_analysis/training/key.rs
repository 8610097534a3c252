//! Learns the weights of the key finder from pieces whose `key` is known, or the probability of each key
//! (`key_shares`, as made music has it).
//!
//! One network serves all twelve tonics, for transposed music is in the transposed key. It also learns from
//! excerpts of the pieces that stay in one key, so that it knows how much less they say, and from how their
//! melodies begin and end alone, for many files are a tune.

mod support;

use std::collections::HashSet;
use std::env;
use std::error::Error;

use midi_analysis::training::{KEY_EVIDENCE, KEY_EVIDENCE_BY_CLASS, key_evidence};
use midi_analysis::{Note, Options, Piece, Timeline};
use serde_json::Value;
use support::card::{self, Card, Values};
use support::corpus::{Count, FOLDS, Sample, Set, arguments, key_number, samples};
use support::firmness::Firmness;
use support::network::{Example, KEYS, MODES, Network, Settings, probabilities};
use support::random::Random;

const SETTINGS: Settings = Settings {
    hidden: 20,
    passes: 25,
    batch: 128,
    rate: 0.01,
    ridge: 3e-4,
    dropout: 0.1,
    unheard: 0.1,
};
/// The first sets are songs, whose keys are the hardest to tell, and the last ones are of few chords: how many
/// sets, and how many times as much they weigh.
const SONGS: usize = 2;
const SONG_WEIGHT: f64 = 2.0;
const LOOPS: usize = 2;
const LOOP_WEIGHT: f64 = 2.0;
/// Excerpts of a piece, and what each weighs of it.
const EXCERPTS: usize = 2;
const EXCERPT_WEIGHT: f32 = 0.2;
/// Quarter notes of the shortest excerpt, and octaves up to the longest.
const SHORTEST: f64 = 4.0;
const OCTAVES: f64 = 4.0;
/// Quarter notes to which the start of an excerpt is rounded.
const BAR: u32 = 4;
/// Fewest notes of an excerpt.
const FEWEST: usize = 6;

/// Upper bounds of the ranges of probability that are reported.
const BINS: [f32; 7] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 2.0];

/// A piece, then its excerpts.
type Examples = Vec<Example>;

fn main() -> Result<(), Box<dyn Error>> {
    let (path, sets) = arguments(env::args().skip(1))?;
    let mut samples = samples(&sets, examples)?;
    for sample in &mut samples {
        sample.weight *= match sample.set {
            song if song < SONGS => SONG_WEIGHT,
            one if one + LOOPS >= sets.len() => LOOP_WEIGHT,
            _ => 1.0,
        };
    }
    let held_out = cross_validated(&samples);
    let counts = counts(&samples, &held_out, sets.len());
    report(&sets, &samples, &judged(&samples, &held_out));
    let firmness = firmness(samples.iter().zip(&held_out));
    let network = learned(samples.iter());
    let card = Card {
        purpose: "Probability of each of the 24 keys of a piece",
        model: "Network of one hidden layer, the same for all tonics",
        trainer: "scripts/train key",
        score: card::cross_validated("Share of pieces whose likeliest key is right", &counts),
        sets: &sets,
        counts: &counts,
    };
    card::write(&path, &card, "f32", 3, &weights(&network, &firmness))
}

/// The weights as they are written.
fn weights(network: &Network, firmness: &Firmness) -> [card::Weights<'static>; 4] {
    let row = |row: &[f32]| Values::row(row.iter().copied().map(f64::from));
    let rows = |weights: &[f32], width: usize| {
        Values::List(weights.chunks_exact(width).map(row).collect())
    };
    [
        card::Weights {
            name: "first",
            about: "For each number of evidence, as the tonic sees it, and last a constant: what it adds to each hidden unit, and to major and to minor.",
            values: rows(&network.first, network.width()),
        },
        card::Weights {
            name: "second",
            about: "For each hidden unit: what it adds to major and to minor.",
            values: rows(&network.second, MODES),
        },
        card::Weights {
            name: "firmness_first",
            about: "For each number of the material, and last a constant: what it adds to each sum.",
            values: Values::List(firmness.first.iter().map(|sums| row(sums)).collect()),
        },
        card::Weights {
            name: "firmness_second",
            about: "For each sum, and last a constant: what it adds to the factor of the scores.",
            values: row(&firmness.second),
        },
    ]
}

/// A piece and excerpts of it.
fn examples(truth: &Value, bytes: &[u8]) -> Option<Examples> {
    let shares = shares(truth)?;
    let piece = Piece::read(bytes, &Options::default()).ok()?;
    let mut examples = vec![example(&piece, shares, 1.0)?];
    let is_constant = truth["keys"].as_array().is_none_or(|keys| keys.len() == 1);
    if truth["key"].is_string() && is_constant {
        let seed = bytes.iter().fold(0, |seed: u64, &byte| seed.rotate_left(5) ^ u64::from(byte));
        let mut random = Random::new(seed);
        let quarter = piece.analysis().ok()?.file.ticks_per_quarter?;
        let notes: Vec<Note> = piece.notes().ok()?.map(|timed| timed.note).collect();
        for _ in 0..EXCERPTS {
            let at = random.share();
            examples.extend(excerpt(&notes, quarter, at, shares, &mut random));
        }
        let melody = melody(&piece)?;
        for at in [0.0, 1.0] {
            examples.extend(excerpt(&melody, quarter, at, shares, &mut random));
        }
    }
    Some(examples)
}

/// The probability of each key.
fn shares(truth: &Value) -> Option<[f32; KEYS]> {
    let mut shares = [0.0; KEYS];
    if let Some(known) = truth["key_shares"].as_object() {
        for (key, share) in known {
            shares[key_number(key)?] = share.as_f64()? as f32;
        }
    } else {
        shares[key_number(truth["key"].as_str()?)?] = 1.0;
    }
    Some(shares)
}

fn example(piece: &Piece<'_>, shares: [f32; KEYS], weight: f32) -> Option<Example> {
    let evidence = key_evidence(piece).ok()??;
    Some(Example::new(&evidence, KEY_EVIDENCE_BY_CLASS, shares, weight))
}

/// The notes of the melody.
fn melody(piece: &Piece<'_>) -> Option<Vec<Note>> {
    let line: HashSet<(u8, u64)> =
        piece.melody().ok()?.map(|note| (note.pitch, note.start_s.to_bits())).collect();
    let notes = piece.notes().ok()?;
    let sung = notes.filter(|timed| line.contains(&(timed.note.pitch, timed.start_s.to_bits())));
    Some(sung.map(|timed| timed.note).collect())
}

/// The notes that begin in a span of some length; it begins at this share, 0-1, of what may precede it.
fn excerpt(
    notes: &[Note],
    quarter: u16,
    at: f64,
    shares: [f32; KEYS],
    random: &mut Random,
) -> Option<Example> {
    let end = notes.iter().map(|note| note.end).max()?;
    let length = SHORTEST * 2.0_f64.powf(OCTAVES * random.share()) * f64::from(quarter);
    let bar = u32::from(quarter) * BAR;
    let start = (at * (f64::from(end) - length).max(0.0)) as u32 / bar * bar;
    // The last span is to the end, however it was rounded.
    let until = if at < 1.0 { start.saturating_add(length as u32) } else { end };
    let part: Vec<Note> = notes
        .iter()
        .copied()
        .filter(|note| !note.is_drum() && (start..until).contains(&note.start))
        .map(|mut note| {
            note.end = note.end.min(until) - start;
            note.start -= start;
            note
        })
        .collect();
    if part.len() < FEWEST {
        return None;
    }
    let piece = Piece::from_notes(part, &Timeline::new(quarter), &Options::default()).ok()?;
    example(&piece, shares, EXCERPT_WEIGHT)
}

fn learned<'a>(samples: impl Iterator<Item = &'a Sample<Examples>>) -> Network {
    let weighed: Vec<Example> = samples
        .flat_map(|sample| sample.data.iter().map(|example| example.weighing(sample.weight as f32)))
        .collect();
    Network::learn(&weighed.iter().collect::<Vec<_>>(), KEY_EVIDENCE, SETTINGS)
}

/// The scores of each piece and its excerpts, by weights that were learned from others.
fn cross_validated(samples: &[Sample<Examples>]) -> Vec<Vec<[f32; KEYS]>> {
    let mut scores = vec![Vec::new(); samples.len()];
    for fold in 0..FOLDS {
        let network = learned(samples.iter().filter(|sample| sample.fold != fold));
        for (sample, scores) in samples.iter().zip(&mut scores) {
            if sample.fold == fold {
                *scores = sample.data.iter().map(|example| network.scores(example)).collect();
            }
        }
    }
    scores
}

/// By set, how often the likeliest key of a whole piece is right.
fn counts(samples: &[Sample<Examples>], scores: &[Vec<[f32; KEYS]>], sets: usize) -> Vec<Count> {
    let mut counts = vec![Count::judged(); sets];
    for (sample, scores) in samples.iter().zip(scores) {
        let truth = &sample.data[0].truth;
        // Music without a key has no right one.
        if truth[largest(truth)] >= 0.5 {
            counts[sample.set].add(largest(&scores[0]) == largest(truth));
        }
    }
    counts
}

/// What makes the truth most probable by scores of networks that did not learn from the pieces.
fn firmness<'a>(
    scored: impl Iterator<Item = (&'a Sample<Examples>, &'a Vec<[f32; KEYS]>)>,
) -> Firmness {
    let examples: Vec<_> = scored
        .flat_map(|(sample, scores)| {
            let weight = sample.weight as f32;
            let examples = sample.data.iter().zip(scores);
            examples.map(move |(example, scores)| (example, scores, weight * example.weight))
        })
        .collect();
    Firmness::learn(&examples)
}

/// The probabilities of each piece and its excerpts, by weights that were learned from others.
fn judged(samples: &[Sample<Examples>], scores: &[Vec<[f32; KEYS]>]) -> Vec<Vec<[f32; KEYS]>> {
    let mut judged = vec![Vec::new(); samples.len()];
    for fold in 0..FOLDS {
        let scored = || samples.iter().zip(scores);
        let firmness = firmness(scored().filter(|(sample, _)| sample.fold != fold));
        for ((sample, scores), judged) in scored().zip(&mut judged) {
            if sample.fold == fold {
                let each = sample.data.iter().zip(scores);
                *judged = each.map(|(e, scores)| probabilities(scores, firmness.of(e))).collect();
            }
        }
    }
    judged
}

/// How often the probabilities of whole pieces and of excerpts are right, by set, on standard error.
fn report(sets: &[Set], samples: &[Sample<Examples>], judged: &[Vec<[f32; KEYS]>]) {
    for (index, set) in sets.iter().enumerate() {
        for (what, is_whole) in [("pieces", true), ("excerpts", false)] {
            let mut bins = [(Count::judged(), 0.0); BINS.len()];
            let of_set = samples.iter().zip(judged).filter(|(sample, _)| sample.set == index);
            let of_kind = of_set
                .flat_map(|(sample, judged)| sample.data.iter().zip(judged).enumerate())
                .filter(|(number, _)| (*number == 0) == is_whole);
            for (_, (example, found)) in of_kind {
                let likeliest = largest(found);
                let bin = BINS.iter().position(|&above| found[likeliest] < above);
                let (bin, sum) = &mut bins[bin.unwrap_or(BINS.len() - 1)];
                *sum += found[likeliest];
                bin.add(example.truth[likeliest] >= 0.5);
            }
            for (bin, sum) in bins.into_iter().filter(|(bin, _)| bin.pieces > 0) {
                let mean = sum / bin.pieces as f32;
                let (right, pieces) = (bin.share(), bin.pieces);
                eprintln!("{mean:.2} {right:.2} of {pieces} {what}, {}", set.origin);
            }
        }
    }
}

/// The index of the largest value, the first of equals.
fn largest(values: &[f32; KEYS]) -> usize {
    (0..KEYS).fold(0, |best, next| if values[next] > values[best] { next } else { best })
}
