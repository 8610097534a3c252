//! `beats FILE COPIES FOLDER=...=KIND...`: writes what the network of the beats sees of the onsets of pieces whose
//! beats are known, and what it should say of them, for its trainer (`training/beats/train.py`).
//!
//! Each piece is performed `COPIES` times: a `score` with made-up rubato, a performance (`played`) with small
//! changes. The tempo of an `untimed` score is nobody's, and its intervals are not learned. Numbers are
//! little-endian: a record has the number of the folder and of the piece (u32), the number of its onsets (u32), its
//! meter (i32, -1 unknown) and the number of inputs (u32); then the inputs in 32nds (i8), whether each onset is a
//! beat, a downbeat (u8), and the bin of the interval around it (f32, -1 outside of the beats, -2 untimed).

mod figures;
mod performer;
mod rubato;
#[path = "../support/mod.rs"]
mod support;

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};

use midi_analysis::training::{OnsetEvidence, onset_evidence};
use midi_analysis::{Options, Piece, Timeline};
use performer::{Performance, Played, perform, vary};
use serde_json::Value;
use support::corpus::truths;
use support::random::Random;

/// The meters that are distinguished, in the order of the network's outputs.
const METERS: [&str; 9] = ["4/4", "3/4", "2/4", "6/8", "3/8", "2/2", "9/8", "12/8", "3/2"];
/// Seconds by which an onset may miss a beat that falls on it.
const TOLERANCE_S: f64 = 0.07;
/// Inputs are written in these steps.
const STEPS: f32 = 32.0;
/// Bins of the interval between beats: of an octave, and the seconds of the first.
const BINS_IN_OCTAVE: f64 = 8.0;
const FIRST_BIN_S: f64 = 0.168_179_283;
/// Instead of a bin, where the tempo is nobody's.
const UNTIMED: f32 = -2.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let path = words.next().ok_or("usage: beats FILE COPIES FOLDER...")?;
    let copies: u64 = words.next().ok_or("no number of copies")?.parse()?;
    let mut file = BufWriter::new(File::create(path)?);
    let mut number = 0_u32;
    for (set, word) in (0_u32..).zip(words) {
        let (folder, rest) = word.split_once('=').ok_or("a folder without its kind")?;
        let kind = rest.rsplit('=').next().unwrap_or(rest);
        for (name, truth) in truths(folder)? {
            number += 1;
            let bytes = fs::read(format!("{folder}/{name}"))?;
            let Some(source) = read(&truth, &bytes) else { continue };
            for copy in 0..copies {
                let mut random = Random::new(seed(u64::from(number) * 64 + copy));
                let performance = match kind {
                    "score" | "untimed" => perform(&source, &mut random),
                    "played" => vary(&source, &mut random),
                    _ => return Err(format!("{kind} is no kind of folder").into()),
                };
                let evidence = evidence(&performance)?;
                let mut bins = bins(&evidence, &performance.beats);
                if kind == "untimed" {
                    bins.iter_mut().filter(|bin| **bin >= 0.0).for_each(|bin| *bin = UNTIMED);
                }
                file.write_all(&set.to_le_bytes())?;
                file.write_all(&number.to_le_bytes())?;
                write(&mut file, &truth, &performance, &evidence, &bins)?;
            }
        }
    }
    Ok(file.flush()?)
}

/// The seed of a performance, far from those of the next ones.
const fn seed(performance: u64) -> u64 {
    performance.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d
}

/// The notes of a piece and its beats, where both are known.
fn read(truth: &Value, bytes: &[u8]) -> Option<Performance> {
    let piece = Piece::read(bytes, &Options::default()).ok()?;
    let notes: Vec<Played> = piece
        .notes()
        .ok()?
        .map(|timed| Played {
            note: timed.note,
            start: timed.start_s,
            end: timed.start_s + timed.duration_s,
        })
        .collect();
    let end = notes.iter().map(|played| played.start).fold(0.0, f64::max);
    let seconds = |name: &str| -> Option<Vec<f64>> {
        truth[name].as_array()?.iter().map(Value::as_f64).collect()
    };
    let (beats, downbeats) = match (seconds("beats_s"), seconds("downbeats_s")) {
        (Some(beats), Some(downbeats)) => (beats, downbeats),
        // Played to a metronome that begins with the file.
        _ if notes.iter().all(|played| played.note.drum) => {
            let beat = 60.0 / truth["bpm"].as_f64()?;
            let in_bar = match truth["time_signature"].as_str()? {
                "4/4" => 4,
                "3/4" => 3,
                _ => return None,
            };
            let beats: Vec<f64> =
                (0..).map(|n| f64::from(n) * beat).take_while(|s| *s <= end).collect();
            let downbeats = beats.iter().copied().step_by(in_bar).collect();
            (beats, downbeats)
        }
        _ => return None,
    };
    // A beat of 6/8, 9/8 or 12/8 is three eighths.
    let meter = truth["time_signature"].as_str().and_then(|meter| meter.split_once('/'));
    let in_thirds = meter.is_some_and(|(beats, _)| ["6", "9", "12"].contains(&beats));
    let rises = |list: &[f64]| list.windows(2).all(|pair| pair[1] > pair[0]);
    (beats.len() > 8 && rises(&beats) && notes.len() > 16).then_some(Performance {
        notes,
        beats,
        downbeats,
        in_thirds,
    })
}

fn evidence(performance: &Performance) -> Result<Vec<OnsetEvidence>, Box<dyn Error>> {
    // At 120 quarter notes a minute a quarter takes half a second.
    let timeline = Timeline::new((performer::TICKS_IN_SECOND / 2.0) as u16);
    let piece = Piece::from_notes(performance.ticks(), &timeline, &Options::default())?;
    Ok(onset_evidence(&piece)?)
}

/// For each onset whether one of `marks` falls on it: the nearest onset of each.
fn marked(evidence: &[OnsetEvidence], marks: &[f64]) -> Vec<u8> {
    let mut marked = vec![0; evidence.len()];
    for mark in marks {
        let after = evidence.partition_point(|onset| onset.seconds < *mark);
        let near = |index: &usize| (evidence[*index].seconds - mark).abs();
        let nearest = (after.saturating_sub(1)..(after + 1).min(evidence.len()))
            .min_by(|a, b| near(a).total_cmp(&near(b)));
        if let Some(nearest) = nearest.filter(|nearest| near(nearest) <= TOLERANCE_S) {
            marked[nearest] = 1;
        }
    }
    marked
}

/// The bin of the interval between the beats around each onset, smoothed over four beats; negative outside.
fn bins(evidence: &[OnsetEvidence], beats: &[f64]) -> Vec<f32> {
    let bin = |onset: &OnsetEvidence| {
        let after = beats.partition_point(|beat| *beat <= onset.seconds);
        if after == 0 || after == beats.len() {
            return -1.0;
        }
        let (from, to) = (after.saturating_sub(2), (after + 1).min(beats.len() - 1));
        let interval = (beats[to] - beats[from]) / (to - from) as f64;
        let bin = BINS_IN_OCTAVE * (interval / FIRST_BIN_S).log2();
        bin.clamp(0.0, 31.0) as f32
    };
    evidence.iter().map(bin).collect()
}

fn write(
    file: &mut impl Write,
    truth: &Value,
    performance: &Performance,
    evidence: &[OnsetEvidence],
    bins: &[f32],
) -> Result<(), Box<dyn Error>> {
    let meter = truth["time_signature"].as_str();
    let meter =
        METERS.iter().position(|name| Some(*name) == meter).map_or(-1, |index| index as i32);
    let inputs = evidence.first().map_or(0, |onset| onset.inputs.len());
    file.write_all(&(evidence.len() as u32).to_le_bytes())?;
    file.write_all(&meter.to_le_bytes())?;
    file.write_all(&(inputs as u32).to_le_bytes())?;
    for onset in evidence {
        let stepped =
            onset.inputs.map(|input| (input * STEPS).round().clamp(-127.0, 127.0) as i8 as u8);
        file.write_all(&stepped)?;
    }
    file.write_all(&marked(evidence, &performance.beats))?;
    file.write_all(&marked(evidence, &performance.downbeats))?;
    for bin in bins {
        file.write_all(&bin.to_le_bytes())?;
    }
    Ok(())
}
