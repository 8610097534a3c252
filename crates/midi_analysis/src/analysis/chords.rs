//! The chords of a piece, when they sound, and their degrees in the key.
//!
//! A chord here is the harmony of a span of music, as a listener would name it: a root and a quality,
//! estimated through passing notes and arpeggios alike. The piece is divided into [segments] at the
//! points where the harmony may change, the [evidence] is what sounds in each, a hidden Markov model
//! over roots and families of chords [decodes](decode) the sequence that fits it best (Masada & Bunescu
//! 2019 and Pardo & Birmingham 2002 define the task), and the length of the added tones determines the
//! quality within the [family]. There is no chord in silence, in drums, or in a single line that does
//! not spell one out.

mod decode;
mod estimated;
mod evidence;
mod family;
mod segments;
mod summary;

pub(crate) mod moments;
pub(crate) mod roman;

pub(crate) use self::estimated::EstimatedChord;
pub use self::moments::{ChordMoment, chord_moment};
pub use self::summary::Harmony;

use self::decode::Run;
use self::evidence::Segment;
use self::family::Family;
use crate::analysis::key::EstimatedKey;
use crate::error::{Error, check};
use crate::model::chord::Chord;
use crate::model::key::Key;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;
use crate::model::spelling::Spelling;
use crate::room::{self, NoRoom};

/// A rest of this length ends a chord; shorter ones do not.
const REST_S: f64 = 2.0;
/// Semitones above the lowest note in which a bass line moves: less than a fifth.
const BASS_SPAN: u8 = 7;
/// Fewest distinct pitch classes of a piece with chords: a bare fifth.
const FEWEST_PITCH_CLASSES: usize = 2;

/// A chord, and when it sounds.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ChordSpan {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins, or it ends in silence.
    pub end_s: f64,
    /// Quarter notes from the start of the piece; `None` in SMPTE time.
    pub start_beat: Option<f64>,
    /// The chord.
    pub chord: Chord,
    /// The key that is estimated where it begins; `None` without a key.
    pub key: Option<Key>,
    /// How the key of the piece spells notes.
    pub spelling: Spelling,
}

impl ChordSpan {
    /// Harte's symbol, as the key of the piece spells it: `G:7/3`.
    pub fn symbol(&self) -> String {
        self.chord.symbol(self.spelling)
    }

    /// Its degree in the [key](Self::key) that is estimated there, with its quality: `V7`, `ii7`, `vii°`;
    /// `None` without a key.
    pub fn roman(&self) -> Option<String> {
        let Chord { root, quality, .. } = self.chord;
        self.key.map(|key| roman::numeral(root, quality, key).to_owned() + quality.suffix())
    }
}

/// The chords of a piece as rows, spelled as its key spells them.
///
/// # Errors
/// Out of memory.
pub(crate) fn spans(
    score: &Score<'_>,
    chords: &[EstimatedChord],
    key: Option<&EstimatedKey>,
) -> Result<Vec<ChordSpan>, NoRoom> {
    let spelling = Spelling::of(key.map(EstimatedKey::home));
    let quarter = score.ticks_per_quarter().map(f64::from);
    room::gathered(chords.iter().map(|chord| ChordSpan {
        start_s: chord.start_s,
        end_s: chord.end_s,
        start_beat: quarter.map(|quarter| f64::from(chord.start) / quarter),
        chord: chord.chord,
        key: chord.key,
        spelling,
    }))
}

/// The chords of a piece, in the order of time. Two in succession differ, or silence separates them.
///
/// # Errors
/// Out of memory, or `interrupted`.
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
        assign_keys(&mut chords, key);
    }
    Ok(chords)
}

/// Sets the key of each chord: the one that is estimated where it begins.
fn assign_keys(chords: &mut [EstimatedChord], key: &EstimatedKey) {
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

/// The chord of segments without a long rest between them; `None` where too little of it sounds.
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
    let [root, bass] = [run.root, bass(segments)].map(|class| PitchClass::new(class as u8));
    let chord = Chord { root, quality, bass };
    Some(EstimatedChord { start, start_s, end_s, chord, key: None })
}

/// The pitch class that is the lowest for the longest time. That of the first segment counts twice, as it
/// is struck with the chord. Segments in which only the upper notes of a broken chord sound have no bass.
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
