//! The chords of a piece, when they sound, and their degrees in the key.
//!
//! A chord here is the harmony of a span of music, as a listener would name it: a root and a quality,
//! estimated through passing notes and arpeggios alike. The piece is divided into [segments] at the
//! points where the harmony may change, the [evidence] is what sounds in each, in jazz with the [ground] of each bar,
//! a hidden Markov model over roots and families of chords [decodes](decode) the sequence that fits it best (Masada &
//! Bunescu 2019 and Pardo & Birmingham 2002 define the task), and the length of the added tones determines the
//! quality within the [family] and the [name](naming). There is no chord in silence, in drums, or in a single line that does
//! not spell one out.

mod decode;
mod estimated;
mod evidence;
mod family;
mod ground;
mod model;
mod naming;
mod places;
mod segments;
mod summary;
mod terms;

#[cfg(feature = "training")]
pub(crate) mod lesson;
pub(crate) mod moments;
pub(crate) mod roman;

pub(crate) use self::estimated::EstimatedChord;
pub use self::moments::{ChordMoment, chord_moment};
pub use self::summary::Harmony;

use self::decode::Run;
use self::evidence::Segment;
use self::family::Family;
use self::model::Model;
use crate::analysis::key::EstimatedKey;
use crate::analysis::rhythm::beatgrid::BeatGrid;
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

    /// Its name as lead sheets write it: `G7/B`, `Am`, `Am(maj7)`, `Bø7`.
    pub fn name(&self) -> String {
        let Chord { root, quality, bass } = self.chord;
        let quality = match quality.suffix() {
            suffix if !quality.is_minor() || suffix.starts_with(['°', 'ø']) => suffix.to_owned(),
            "maj7" => "m(maj7)".to_owned(),
            suffix => format!("m{suffix}"),
        };
        let name = self.spelling.name(root) + &quality;
        if bass == root { name } else { name + "/" + &self.spelling.name(bass) }
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
    beats: &BeatGrid,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<EstimatedChord>, Error> {
    estimate_by(Model::LEARNED, score, key, beats, interrupted)
}

fn estimate_by(
    model: &Model,
    score: &Score<'_>,
    key: Option<&EstimatedKey>,
    beats: &BeatGrid,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<EstimatedChord>, Error> {
    let segments = evidence::evidence(score, interrupted)?;
    let sounding = segments.iter().fold(0, |all, segment| all | segment.sounding);
    let sounds = std::array::from_fn(|class| (sounding | (sounding >> 12)) & (1 << class) != 0);
    if sounds.iter().filter(|&&sounds| sounds).count() < FEWEST_PITCH_CLASSES {
        return Ok(Vec::new());
    }
    check(interrupted)?;
    let mut chords: Vec<EstimatedChord> = Vec::new();
    let mut keys = key.into_iter().flat_map(EstimatedKey::changes).peekable();
    let mut now = None;
    let places = places::places(&segments, beats)?;
    let grounds = ground::grounds(&segments, &places)?;
    let home = key.map(EstimatedKey::home);
    for run in decode::decode(&segments, &places, &grounds, home, model, interrupted)? {
        let is_grounded = ground::is_in(&grounds, run.first);
        for part in segments[run.first..run.end].split_inclusive(rests) {
            let Some(mut chord) = chord(score, part, &run, is_grounded) else { continue };
            while let Some((_, next)) = keys.next_if(|&(tick, _)| tick <= chord.start) {
                now = Some(next);
            }
            chord.key = now;
            chord.chord.root = naming::root_in_key(chord.chord, now, &sounds);
            match chords.last_mut() {
                Some(last) if last.goes_on_as(&chord) => last.end_s = chord.end_s,
                _ => room::push(&mut chords, chord)?,
            }
        }
    }
    Ok(chords)
}

fn rests(segment: &Segment) -> bool {
    segment.silence_s() > REST_S
}

/// The chord of segments without a long rest between them; `None` where too little of it sounds.
fn chord(
    score: &Score<'_>,
    segments: &[Segment],
    run: &Run,
    is_grounded: bool,
) -> Option<EstimatedChord> {
    let (first, last) = (segments.first()?, segments.last()?);
    let mut presence = presence(segments);
    if is_grounded && !family::one_line(&presence) {
        let time = ground::time_of_tones(run.root, &presence);
        presence = presence.map(|share| share / time);
    }
    let bass = bass(segments, &presence);
    let (root, quality) = naming::named(run.root, Family::ALL[run.family], bass, &presence)?;
    let end_s = if rests(last) { score.tempo.seconds(last.silent) } else { last.end_s };
    let (start, start_s) = (first.start, first.start_s);
    let [root, bass] = [root, bass].map(|class| PitchClass::new(class as u8));
    let chord = Chord { root, quality, bass };
    Some(EstimatedChord { start, start_s, end_s, chord, key: None })
}

/// For which share of the time in which segments are not silent each pitch class sounds.
// Alone, it compiles to vector instructions.
#[inline(never)]
fn presence(segments: &[Segment]) -> [f32; 12] {
    let (mut presence, mut length) = ([0.0; 12], 0.0);
    for segment in segments {
        let seconds = segment.length_s() as f32;
        for (sum, present) in presence.iter_mut().zip(segment.presence) {
            *sum += present * seconds;
        }
        length += seconds - segment.silence_s() as f32;
    }
    presence.map(|sum| sum / length)
}

/// The pitch class that is the lowest for the longest time. That of the first segment counts twice, as it
/// is struck with the chord. Segments in which only the upper notes of a broken chord sound have no bass;
/// where notes sound one at a time, it is the lowest of them.
fn bass(segments: &[Segment], presence: &[f32; 12]) -> usize {
    let lowest = segments.iter().map(|segment| segment.bass).min().unwrap_or(0);
    if family::one_line(presence) {
        return usize::from(lowest % 12);
    }
    let mut seconds = [0.0; 12];
    for (index, segment) in segments.iter().enumerate() {
        if segment.bass < lowest + BASS_SPAN {
            let weight = if index == 0 { 2.0 } else { 1.0 };
            seconds[usize::from(segment.bass % 12)] += weight * segment.length_s();
        }
    }
    (0..12).max_by(|&a, &b| f64::total_cmp(&seconds[a], &seconds[b])).unwrap_or(0)
}
