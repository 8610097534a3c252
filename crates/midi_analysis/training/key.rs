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
use support::network::{Example, KEYS, MODES, Network, Settings, probabilities};
use support::random::Random;

const SETTINGS: Settings = Settings {
    hidden: 18,
    passes: 25,
    batch: 128,
    rate: 0.01,
    ridge: 3e-4,
    dropout: 0.1,
    unheard: 0.1,
};
/// The first sets are songs, whose keys are the hardest to tell: how many sets, and how many times as much
/// they weigh.
const SONGS: usize = 2;
const SONG_WEIGHT: f64 = 2.0;
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
    for sample in samples.iter_mut().filter(|sample| sample.set < SONGS) {
        sample.weight *= SONG_WEIGHT;
    }
    let held_out = cross_validated(&samples);
    let scale = scale(&samples, &held_out);
    let counts = counts(&samples, &held_out, sets.len());
    report(&sets, &samples, &held_out, scale);
    let network = learned(samples.iter());
    let card = Card {
        purpose: "Probability of each of the 24 keys of a piece",
        model: "Network of one hidden layer, the same for all tonics",
        trainer: "scripts/train key",
        score: card::cross_validated("Share of pieces whose likeliest key is right", &counts),
        sets: &sets,
        counts: &counts,
    };
    card::write(&path, &card, "f32", 3, &weights(network, scale))
}

/// The weights of a network whose scores are multiplied by a factor, which is that of their last sums.
fn weights(mut network: Network, scale: f32) -> [card::Weights<'static>; 2] {
    let width = network.width();
    for row in network.first.chunks_exact_mut(width) {
        row[width - MODES..].iter_mut().for_each(|weight| *weight *= scale);
    }
    network.second.iter_mut().for_each(|weight| *weight *= scale);
    let rows = |weights: &[f32], width: usize| {
        let row = |row: &[f32]| Values::row(row.iter().copied().map(f64::from));
        Values::List(weights.chunks_exact(width).map(row).collect())
    };
    [
        card::Weights {
            name: "first",
            about: "For each number of evidence, as the tonic sees it, and last a constant: what it adds to each hidden unit, and to major and to minor.",
            values: rows(&network.first, width),
        },
        card::Weights {
            name: "second",
            about: "For each hidden unit: what it adds to major and to minor.",
            values: rows(&network.second, MODES),
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

/// The factor of the scores that makes the truth most probable.
fn scale(samples: &[Sample<Examples>], scores: &[Vec<[f32; KEYS]>]) -> f32 {
    let loss = |scale: f32| -> f64 {
        let pieces = samples.iter().zip(scores);
        pieces
            .flat_map(|(sample, scores)| sample.data.iter().zip(scores).map(move |e| (sample, e)))
            .map(|(sample, (example, scores))| {
                let found = probabilities(scores, scale);
                let nats = |(truth, found): (&f32, &f32)| -truth * found.max(1e-9).ln();
                let nats: f32 = example.truth.iter().zip(&found).map(nats).sum();
                sample.weight * f64::from(nats * example.weight)
            })
            .sum()
    };
    let candidates = (20..=130).map(|percent| percent as f32 / 100.0);
    candidates.min_by(|&a, &b| loss(a).total_cmp(&loss(b))).unwrap_or(1.0)
}

/// How often the probabilities of whole pieces and of excerpts are right, by set, on standard error.
fn report(sets: &[Set], samples: &[Sample<Examples>], scores: &[Vec<[f32; KEYS]>], scale: f32) {
    for (index, set) in sets.iter().enumerate() {
        for (what, is_whole) in [("pieces", true), ("excerpts", false)] {
            let mut bins = [(Count::judged(), 0.0); BINS.len()];
            let of_set = samples.iter().zip(scores).filter(|(sample, _)| sample.set == index);
            let of_kind = of_set
                .flat_map(|(sample, scores)| sample.data.iter().zip(scores).enumerate())
                .filter(|(number, _)| (*number == 0) == is_whole);
            for (_, (example, scores)) in of_kind {
                let found = probabilities(scores, scale);
                let likeliest = largest(&found);
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
