//! The chords that sound, when, and what they are to the key.
//!
//! A chord here is what a listener would name as the harmony of a stretch of music: a root and a
//! quality, heard through passing notes and arpeggios alike. The piece is cut into [segments] where
//! it may change, what sounds in each is the [evidence], a hidden Markov model over roots and
//! families of chords [decodes](decode) the sequence that explains it best (Masada & Bunescu 2019
//! and Pardo & Birmingham 2002 define the task), and the length of the tones that colour a chord
//! names its very [quality]. Nothing is said where no chord is heard: in silence, in drums, in a
//! single line that does not spell one out.

mod decode;
mod degrees;
mod evidence;
mod moments;
mod progression;
mod quality;
mod roman;
mod segments;

use self::decode::Run;
pub use self::degrees::Degrees;
use self::evidence::Segment;
pub use self::moments::{ChordMoment, chord_moment};
pub use self::progression::{Progression, ProgressionError};
use self::quality::{Family, Quality};
use self::roman::Spelling;
use crate::analysis::key::{EstimatedKey, Tonality};
use crate::analysis::place::Place;
use crate::error::{Error, check};
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// A rest this long ends a chord; a shorter one is the player's breath.
const REST_S: f64 = 2.0;
/// Semitones above the lowest note within which a bass moves: less than a fifth.
const BASS_SPAN: u8 = 7;
/// Fewest distinct pitch classes in a piece that has chords: a bare fifth.
const FEWEST_PITCH_CLASSES: usize = 2;
/// Numerals kept of a progression: longer ones say nothing more of a piece.
const LONGEST_PROGRESSION: usize = 1_000;

/// One chord.
#[derive(Clone, Debug, PartialEq)]
pub struct ChordRow {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins, or it falls silent.
    pub end_s: f64,
    /// Quarter notes from the start of the piece; `None` in SMPTE time.
    pub start_beat: Option<f64>,
    /// Harte's symbol, the bass as a degree of the root where it is another note: `G:7/3`.
    pub chord: String,
    /// Root, spelled as the key of the piece spells it: `Bb`.
    pub root: String,
    /// `maj`, `min`, `dim`, `aug`, `sus2`, `sus4`, `5`, `maj6`, `min6`, `7`, `maj7`, `min7`,
    /// `minmaj7`, `dim7`, `hdim7` (min7b5), `9` or `add9`.
    pub quality: String,
    /// The lowest note.
    pub bass: String,
    /// Degree in the key that holds there (see [`keys`](crate::keys)), with quality: `V7`, `ii7`, `vii°`; `None` without a key.
    pub roman: Option<String>,
}

/// The harmony of a piece, in short.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Harmony {
    /// Distinct qualities, as in [`ChordRow::quality`], the one that sounds longest first.
    pub chord_types: Vec<&'static str>,
    /// Degrees in the key that holds, without sevenths or other additions, such as `ii V I`, none
    /// twice in a row, the first thousand; empty without a key.
    pub chord_progression: Vec<&'static str>,
    /// When each of these sounds, in which bar and key, and with which qualities, packed: see
    /// [`chord_moment`].
    pub chord_moments: Vec<u8>,
    /// Chords; `None` where none is heard.
    pub chord_count: Option<i32>,
    /// Chords a bar; `None` without chords or bars.
    pub chords_per_bar: Option<f32>,
}

/// The chords of a piece as rows, spelled as its key spells them.
///
/// # Errors
/// Out of memory.
pub(crate) fn spans(
    score: &Score<'_>,
    chords: &[EstimatedChord],
    key: Option<&EstimatedKey>,
) -> Result<Vec<ChordRow>, NoRoom> {
    let spelling = Spelling::of(key.map(EstimatedKey::home));
    room::gathered(chords.iter().map(|chord| chord.row(score, &spelling)))
}

impl Harmony {
    /// `places` are those of the notes, `bar_count` is the bars of the piece, where they are known.
    pub(crate) fn of(
        score: &Score<'_>,
        chords: &[EstimatedChord],
        places: &[Option<Place>],
        bar_count: Option<i32>,
    ) -> Self {
        if chords.is_empty() {
            return Self::default();
        }
        let (chord_progression, chord_moments) = progression(score, places, chords);
        Self {
            chord_types: types(chords),
            chord_progression,
            chord_moments,
            chord_count: Some(chords.len() as i32),
            chords_per_bar: bar_count
                .filter(|&bars| bars > 0)
                .map(|bars| chords.len() as f32 / bars as f32),
        }
    }
}

/// The names of all qualities.
pub(crate) fn qualities() -> impl Iterator<Item = &'static str> {
    quality::ALL.iter().map(|quality| quality.name)
}

/// All numerals that progressions are made of; some of them twice.
pub(crate) fn degrees() -> impl Iterator<Item = &'static str> {
    roman::all()
}

fn types(chords: &[EstimatedChord]) -> Vec<&'static str> {
    let mut seconds: Vec<(&'static str, f64)> = Vec::new();
    for chord in chords {
        let length = chord.end_s - chord.start_s;
        match seconds.iter_mut().find(|(name, _)| *name == chord.quality.name) {
            Some((_, sum)) => *sum += length,
            None => seconds.push((chord.quality.name, length)),
        }
    }
    seconds.sort_by(|a, b| b.1.total_cmp(&a.1));
    seconds.into_iter().map(|(name, _)| name).collect()
}

fn progression(
    score: &Score<'_>,
    places: &[Option<Place>],
    chords: &[EstimatedChord],
) -> (Vec<&'static str>, Vec<u8>) {
    let (mut numerals, mut moments) = (Vec::new(), Vec::new());
    for chord in chords {
        let Some(key) = chord.key else { continue };
        let numeral = roman::numeral(chord.root, chord.quality, key);
        if numerals.last() == Some(&numeral) {
            moments::add_quality(&mut moments, chord.quality);
        } else if numerals.len() == LONGEST_PROGRESSION {
            break;
        } else {
            numerals.push(numeral);
            // A chord begins with a note.
            let note = score.notes.partition_point(|note| note.start < chord.start);
            let bar = places.get(note).copied().flatten().map(|place| place.bar.saturating_add(1));
            moments::push(&mut moments, chord, key, bar);
        }
    }
    (numerals, moments)
}

/// A chord, before it is spelled.
pub(crate) struct EstimatedChord {
    start: u32,
    start_s: f64,
    end_s: f64,
    root: usize,
    /// Pitch class of the bass.
    bass: usize,
    quality: &'static Quality,
    /// The key in which it is heard.
    key: Option<Tonality>,
}

impl EstimatedChord {
    fn row(&self, score: &Score<'_>, spelling: &Spelling) -> ChordRow {
        let root = spelling.name(self.root);
        let inversion = match (self.bass + 12 - self.root) % 12 {
            0 => String::new(),
            semitones => format!("/{}", roman::bass_degree(semitones, self.quality)),
        };
        ChordRow {
            start_s: self.start_s,
            end_s: self.end_s,
            start_beat: score
                .ticks_per_quarter()
                .map(|quarter| f64::from(self.start) / f64::from(quarter)),
            chord: format!("{root}:{}{inversion}", self.quality.symbol),
            quality: self.quality.name.to_owned(),
            bass: spelling.name(self.bass),
            roman: self.key.map(|key| {
                roman::numeral(self.root, self.quality, key).to_owned() + self.quality.suffix
            }),
            root,
        }
    }
}

/// The chords of a piece. Two in a row differ, or silence lies between them.
pub(crate) fn estimate(
    score: &Score<'_>,
    key: Option<&EstimatedKey>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<EstimatedChord>, Error> {
    let segments = evidence::evidence(score, interrupted)?;
    let sounds = |class: usize| segments.iter().any(|segment| segment.presence[class] > 0.0);
    if (0..12).filter(|&class| sounds(class)).count() < FEWEST_PITCH_CLASSES {
        return Ok(Vec::new());
    }
    check(interrupted)?;
    let mut chords = Vec::new();
    for run in decode::decode(&segments, key.map(EstimatedKey::home), interrupted)? {
        for part in segments[run.first..run.end].split_inclusive(rests) {
            if let Some(chord) = chord(score, part, &run) {
                room::push(&mut chords, chord)?;
            }
        }
    }
    if let Some(key) = key {
        hear_in_key(&mut chords, key);
    }
    Ok(chords)
}

/// Tells each chord the key that holds where it begins.
fn hear_in_key(chords: &mut [EstimatedChord], key: &EstimatedKey) {
    let mut changes = key.changes().peekable();
    let mut now = None;
    for chord in chords {
        while let Some((_, next)) = changes.next_if(|&(tick, _)| tick <= chord.start) {
            now = Some(next);
        }
        chord.key = now;
    }
}

fn rests(segment: &Segment) -> bool {
    segment.silence_s() > REST_S
}

/// The chord of segments that sound without a long rest; `None` where they only touch one.
fn chord(score: &Score<'_>, segments: &[Segment], run: &Run) -> Option<EstimatedChord> {
    let (first, last) = (segments.first()?, segments.last()?);
    let (mut presence, mut length) = ([0.0; 12], 0.0);
    for segment in segments {
        let seconds = segment.length_s() as f32;
        for (sum, present) in presence.iter_mut().zip(&segment.presence) {
            *sum += if *present < 1.0 { *present } else { 1.0 } * seconds;
        }
        length += seconds - segment.silence_s() as f32;
    }
    presence.rotate_left(run.root);
    let quality = Family::ALL[run.family].quality(&presence.map(|sum| sum / length))?;
    let end_s = if rests(last) { score.tempo.seconds(last.silent) } else { last.end_s };
    let (start, start_s) = (first.start, first.start_s);
    Some(EstimatedChord {
        start,
        start_s,
        end_s,
        root: run.root,
        bass: bass(segments),
        quality,
        key: None,
    })
}

/// The pitch class that is longest the lowest, that of the first segment counting twice: it is
/// struck with the chord. Where only upper parts of a broken chord sound, there is no bass.
fn bass(segments: &[Segment]) -> usize {
    let lowest = segments.iter().map(|segment| segment.bass).min().unwrap_or(0);
    let mut seconds = [0.0; 12];
    for (index, segment) in segments.iter().enumerate() {
        if segment.bass < lowest + BASS_SPAN {
            let weight = if index == 0 { 2.0 } else { 1.0 };
            seconds[usize::from(segment.bass % 12)] += weight * segment.length_s();
        }
    }
    (0..12).max_by(|&a, &b| f64::total_cmp(&seconds[a], &seconds[b])).unwrap_or(0)
}
