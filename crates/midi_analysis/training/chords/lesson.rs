//! Pieces whose chords are known, from annotated files and made ones: chains to learn from, and how right the
//! estimated chords are.

use midi_analysis::training::{ChordWeights, chord_evidence, chords_by};
use midi_analysis::{Error, Options, Piece, Quality, keys_named, quality_named};
use serde_json::Value;

use super::field::Chain;
use super::made::Made;

/// Annotations that name more tones than the library's qualities have, and what is left of them; `aug7` is
/// no quality of its own.
const REDUCED: [(&str, Quality); 8] = [
    ("6", Quality::MajorSixth),
    ("maj9", Quality::MajorSeventh),
    ("min9", Quality::MinorSeventh),
    ("min11", Quality::MinorSeventh),
    ("11", Quality::DominantSeventh),
    ("13", Quality::DominantSeventh),
    ("7b9", Quality::DominantSeventh),
    ("aug7", Quality::Augmented),
];
/// Fewest and most segments of a chain: as many as tell what follows what, and so few that a step of the
/// descent sees parts of many pieces.
const CHAIN: [usize; 2] = [2, 96];

/// An annotated chord.
#[derive(Clone, Copy)]
struct Annotated {
    start_s: f64,
    end_s: f64,
    /// `None` where no chord of the library's is annotated.
    chord: Option<(u8, Quality)>,
}

enum Source {
    File(Vec<u8>),
    Made(Made),
}

/// A piece whose chords are known.
pub struct Lesson {
    source: Source,
    annotated: Vec<Annotated>,
    /// Segments that follow each other and whose chords are known.
    pub chains: Vec<Chain>,
}

impl Lesson {
    /// An annotated file; `None` where it cannot be read or nothing is annotated.
    pub fn of_file(truth: &Value, bytes: &[u8]) -> Option<Self> {
        let annotated: Vec<Annotated> =
            truth["chords"].as_array()?.iter().map_while(annotated).collect();
        Self::new(Source::File(bytes.to_vec()), annotated).ok()
    }

    /// A made piece.
    pub fn of_made(made: Made) -> Result<Self, Error> {
        let chord = |&(start, end, chord): &(u32, u32, _)| {
            let super::made::MadeChord { root, quality, .. } = chord;
            let [start_s, end_s] = [start, end].map(|tick| made.seconds(tick));
            Annotated { start_s, end_s, chord: Some((root, quality)) }
        };
        let annotated = made.chords.iter().map(chord).collect();
        Self::new(Source::Made(made), annotated)
    }

    fn new(source: Source, annotated: Vec<Annotated>) -> Result<Self, Error> {
        let evidence = chord_evidence(&read(&source)?)?;
        let (mut chains, mut chain) = (Vec::new(), Chain::new(evidence.key));
        let mut first = 0;
        for segment in &evidence.segments {
            while annotated.get(first).is_some_and(|chord| chord.end_s <= segment.start_s) {
                first += 1;
            }
            let truth = truth(&annotated[first..], segment.start_s, segment.end_s);
            if truth.is_none() || chain.truth.len() == CHAIN[1] {
                chains.push(std::mem::replace(&mut chain, Chain::new(evidence.key)));
            }
            if let Some(truth) = truth {
                chain.segments.push(*segment);
                chain.truth.push(truth);
            }
        }
        chains.push(chain);
        chains.retain(|chain| chain.truth.len() >= CHAIN[0]);
        Ok(Self { source, annotated, chains })
    }

    /// Whether any bar of it has a ground.
    pub fn has_grounds(&self) -> bool {
        self.chains
            .iter()
            .flat_map(|chain| &chain.segments)
            .any(|segment| segment.terms.ground.is_some())
    }

    /// Share of the annotated time in which the root is right, and in which it is and the chord is major
    /// or minor as annotated, of the time where it is annotated as either.
    pub fn score(&self, weights: &ChordWeights) -> Result<[Option<f64>; 2], Error> {
        let found = chords_by(weights, &read(&self.source)?)?;
        let (mut right, mut all) = ([0.0; 2], [0.0; 2]);
        let mut first = 0;
        for known in &self.annotated {
            let Some((root, quality)) = known.chord else { continue };
            let third = major_or_minor(quality);
            all[0] += known.end_s - known.start_s;
            all[1] += if third.is_some() { known.end_s - known.start_s } else { 0.0 };
            while found.get(first).is_some_and(|chord| chord.end_s <= known.start_s) {
                first += 1;
            }
            for span in found[first..].iter().take_while(|span| span.start_s < known.end_s) {
                let common = span.end_s.min(known.end_s) - span.start_s.max(known.start_s);
                if span.chord.root.semitones() == root {
                    right[0] += common;
                    let same = third.is_some() && third == major_or_minor(span.chord.quality);
                    right[1] += if same { common } else { 0.0 };
                }
            }
        }
        Ok([0, 1].map(|measure| (all[measure] > 0.0).then(|| right[measure] / all[measure])))
    }
}

fn read(source: &Source) -> Result<Piece<'_>, Error> {
    match source {
        Source::File(bytes) => Piece::read(bytes, &Options::default()),
        Source::Made(made) => made.piece(),
    }
}

/// The chord that is annotated for most of a segment.
fn truth(annotated: &[Annotated], start_s: f64, end_s: f64) -> Option<usize> {
    let mut shares = [0.0; super::field::STATES];
    for known in annotated.iter().take_while(|known| known.start_s < end_s) {
        if let Some((root, quality)) = known.chord
            && let Some(family) = family(quality)
        {
            let common = known.end_s.min(end_s) - known.start_s.max(start_s);
            shares[family * 12 + usize::from(root)] += common.max(0.0);
        }
    }
    shares.iter().position(|&share| share > (end_s - start_s) / 2.0)
}

/// A chord as `truth.jsonl` has it: start, end and symbol.
fn annotated(chord: &Value) -> Option<Annotated> {
    let symbol = chord[2].as_str()?;
    let (root, quality) = symbol.split_once(':').unwrap_or((symbol, "maj"));
    let quality = quality.split('/').next().unwrap_or_default();
    let reduced = REDUCED.iter().find(|(name, _)| *name == quality).map(|(_, quality)| *quality);
    let chord_of = || {
        let root = keys_named(root).first()?.tonic.semitones();
        Some((root, reduced.or_else(|| quality_named(quality))?))
    };
    Some(Annotated { start_s: chord[0].as_f64()?, end_s: chord[1].as_f64()?, chord: chord_of() })
}

/// The family of a quality, in the order of the library's; a bare fifth has none.
fn family(quality: Quality) -> Option<usize> {
    match quality {
        Quality::Power => None,
        Quality::Diminished | Quality::DiminishedSeventh | Quality::HalfDiminished => Some(2),
        Quality::Augmented => Some(3),
        Quality::SuspendedSecond => Some(4),
        Quality::SuspendedFourth => Some(5),
        _ => Some(usize::from(quality.is_minor())),
    }
}

/// Whether a chord is minor; `None` for what is neither major nor minor.
fn major_or_minor(quality: Quality) -> Option<bool> {
    family(quality).filter(|&family| family < 2).map(|family| family == 1)
}
