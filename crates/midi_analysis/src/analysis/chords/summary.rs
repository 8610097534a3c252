//! The harmony of a piece in summary: qualities, progression, number of chords.

use crate::analysis::chords::estimated::EstimatedChord;
use crate::analysis::chords::moments;
use crate::analysis::chords::roman;
use crate::analysis::onsets::Onset;
use crate::model::quality::Quality;

/// Most numerals of a progression.
const LONGEST_PROGRESSION: usize = 1_000;

/// The harmony of a piece.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Harmony {
    /// Distinct qualities of chords, the one that sounds longest first.
    pub chord_types: Vec<Quality>,
    /// Degrees in the estimated keys, without sevenths or other additions, such as `ii V I`, repetitions
    /// left out, the first thousand; empty without a key.
    pub chord_progression: Vec<&'static str>,
    /// When each of these begins, in which bar and key, and its qualities, packed: see
    /// [`chord_moment`](crate::chord_moment).
    pub chord_moments: Vec<u8>,
    /// Chords; `None` where there are none.
    pub chord_count: Option<u32>,
    /// Chords a bar; `None` without chords or bars.
    pub chords_per_bar: Option<f32>,
}

impl Harmony {
    /// `bar_count` is the number of bars, if the piece has any.
    pub(crate) fn of(chords: &[EstimatedChord], onsets: &[Onset], bar_count: Option<u32>) -> Self {
        if chords.is_empty() {
            return Self::default();
        }
        let (chord_progression, chord_moments) = progression(chords, onsets);
        Self {
            chord_types: types(chords),
            chord_progression,
            chord_moments,
            chord_count: Some(chords.len() as u32),
            chords_per_bar: bar_count
                .filter(|&bars| bars > 0)
                .map(|bars| chords.len() as f32 / bars as f32),
        }
    }
}

fn types(chords: &[EstimatedChord]) -> Vec<Quality> {
    let mut seconds: Vec<(Quality, f64)> = Vec::new();
    for chord in chords {
        let length = chord.end_s - chord.start_s;
        let quality = chord.chord.quality;
        match seconds.iter_mut().find(|(known, _)| *known == quality) {
            Some((_, sum)) => *sum += length,
            None => seconds.push((quality, length)),
        }
    }
    seconds.sort_by(|a, b| b.1.total_cmp(&a.1));
    seconds.into_iter().map(|(quality, _)| quality).collect()
}

fn progression(chords: &[EstimatedChord], onsets: &[Onset]) -> (Vec<&'static str>, Vec<u8>) {
    let (mut numerals, mut moments) = (Vec::new(), Vec::new());
    for chord in chords {
        let Some(key) = chord.key else { continue };
        let quality = chord.chord.quality;
        let numeral = roman::numeral(chord.chord.root, quality, key);
        if numerals.last() == Some(&numeral) {
            moments::add_quality(&mut moments, quality);
        } else if numerals.len() == LONGEST_PROGRESSION {
            break;
        } else {
            numerals.push(numeral);
            // A chord begins with a note.
            let onset = onsets.partition_point(|onset| onset.tick < chord.start);
            let position = onsets.get(onset).and_then(|onset| onset.position);
            let bar = position.map(|position| position.bar.saturating_add(1));
            moments::push(&mut moments, chord.start_s, bar, key, quality);
        }
    }
    (numerals, moments)
}
