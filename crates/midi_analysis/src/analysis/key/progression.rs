//! What the chords of a piece say of its tonic: how long each sounds, which follow each other, and with
//! which the piece begins and ends.
//!
//! A falling fifth to a chord is the strongest sign that it is the tonic, and which chords fall tells a
//! major key from its relative minor (Temperley 2007, ch. 6; de Clercq & Temperley 2011 for rock, where
//! the fourth and the whole tone below lead to the tonic as well). Each histogram is by the root of the
//! chord, C first.

use super::harmony::{DIMINISHED, DOMINANT, Harmony, KINDS, MINOR};
use super::layout::{CLASSES, OF_CHORDS};

/// A first and a last part of a piece are this share of it.
const PARTS: usize = 4;

/// Kinds of chord that lead to another.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Major,
    Minor,
    Dominant,
    Any,
}

/// Successions that are counted by the root that they reach: by how many semitones the root rises, from
/// which chords, and whether to a minor chord.
const MOVES: [(usize, From, bool); 12] = [
    (5, From::Major, false),
    (5, From::Dominant, false),
    (5, From::Major, true),
    (5, From::Dominant, true),
    (7, From::Any, false),
    (7, From::Any, true),
    (2, From::Any, false),
    (2, From::Any, true),
    (5, From::Minor, false),
    (5, From::Minor, true),
    (4, From::Any, false),
    (3, From::Any, true),
];

/// All histograms in a row: the time of each kind of chord; the successions; the first and the last
/// chord, major and minor; the time in the first and the last part, major and minor.
pub(super) fn histograms(harmony: &Harmony) -> [[f64; CLASSES]; OF_CHORDS] {
    let mut histograms = [[0.0; CLASSES]; OF_CHORDS];
    let (times, rest) = histograms.split_at_mut(KINDS);
    let (moves, rest) = rest.split_at_mut(MOVES.len());
    let (ends, parts) = rest.split_at_mut(4);
    let count = harmony.len().max(1);
    let part = count.div_ceil(PARTS);
    let [of_all, of_part] = [count, part].map(|windows| (windows as f64).recip());
    let mut successions = 0.0;
    let (mut run, mut last) = (None, None);
    for (index, chord) in harmony.chords().enumerate() {
        let before = std::mem::replace(&mut run, chord);
        let Some((kind, root)) = chord else { continue };
        times[kind][root] += of_all;
        let minor = usize::from(kind == MINOR);
        if index < part {
            parts[minor][root] += of_part;
        }
        if index + part >= count {
            parts[2 + minor][root] += of_part;
        }
        if before == chord {
            continue;
        }
        match last.replace((kind, root)) {
            None => end(&mut ends[..2], kind, root),
            Some(from) => {
                successions += 1.0;
                succeed(moves, from, (kind, root));
            }
        }
    }
    if let Some((kind, root)) = last {
        end(&mut ends[2..], kind, root);
    }
    if successions > 0.0 {
        moves.as_flattened_mut().iter_mut().for_each(|count| *count /= successions);
    }
    histograms
}

fn end(ends: &mut [[f64; CLASSES]], kind: usize, root: usize) {
    if kind != DIMINISHED {
        ends[usize::from(kind == MINOR)][root] = 1.0;
    }
}

fn succeed(moves: &mut [[f64; CLASSES]], from: (usize, usize), to: (usize, usize)) {
    if to.0 == DIMINISHED {
        return;
    }
    let source = match from.0 {
        MINOR | DIMINISHED => From::Minor,
        DOMINANT => From::Dominant,
        _ => From::Major,
    };
    let rise = (to.1 + CLASSES - from.1) % CLASSES;
    for (count, &(semitones, sources, minor)) in moves.iter_mut().zip(&MOVES) {
        if rise == semitones
            && (sources == From::Any || sources == source)
            && minor == (to.0 == MINOR)
        {
            count[to.1] += 1.0;
        }
    }
}
