//! How complex a piece is, 0-100, by a stated formula.
//!
//! ```text
//! complexity = 100 x (0.25 pitch + 0.25 rhythm + 0.2 harmony + 0.2 polyphony + 0.1 change)
//!
//! pitch      entropy of the pitch classes' sounding time, over log2(12)
//! rhythm     entropy of the times between onsets, in twelfths of a beat, over log2(24)
//! harmony    1 - exp(-chords a bar / 1.5)
//! polyphony  1 - exp(-(mean notes that sound together - 1) / 4)
//! change     1 - exp(-changes of key and tempo a minute / 2)
//! ```
//!
//! Each part is 0-1 and rises with what it measures, so the total rises with each. Entropy as a
//! measure of musical complexity: Eerola & North, "Expectancy-based model of melodic complexity",
//! ICMPC 2000; Streich, "Music complexity", 2006, for the facets. A part without a value is 0.

use crate::analysis::key::KeySummary;
use crate::analysis::onsets::Onset;
use crate::analysis::tempo::Tempo;
use crate::analysis::texture::Texture;

const WEIGHTS: [f32; PARTS] = [0.25, 0.25, 0.2, 0.2, 0.1];
const PARTS: usize = 5;
/// Distinct times between onsets: up to two beats.
const INTERVALS: usize = 24;
const CHORDS_A_BAR: f32 = 1.5;
const VOICES: f32 = 4.0;
const CHANGES_A_MINUTE: f32 = 2.0;

/// Complexity and its parts.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Complexity {
    /// The weighted sum of the parts, 0-100.
    pub total: f32,
    /// Pitch, rhythm, harmony, polyphony and change, 0-1 each.
    pub parts: [f32; PARTS],
}

impl Complexity {
    pub(crate) fn of(
        key: &KeySummary,
        tempo: &Tempo,
        texture: &Texture,
        chords_per_bar: Option<f32>,
        onsets: &[Onset],
    ) -> Self {
        let pitch = key.pitch_class_histogram.map_or(0.0, |classes| entropy(&classes));
        let minutes = (tempo.duration_s / 60.0).max(1.0 / 60.0) as f32;
        let changes = tempo.tempo_change_count + key.change_count.unwrap_or(0);
        let parts = [
            pitch / 12_f32.log2(),
            entropy(&intervals(onsets)) / (INTERVALS as f32).log2(),
            saturating(chords_per_bar.unwrap_or(0.0), CHORDS_A_BAR),
            saturating(texture.polyphony_mean.unwrap_or(1.0) - 1.0, VOICES),
            saturating(changes as f32 / minutes, CHANGES_A_MINUTE),
        ];
        let total = std::iter::zip(parts, WEIGHTS).map(|(part, weight)| part * weight).sum::<f32>();
        Self { total: 100.0 * total, parts }
    }
}

/// 0 at 0, 1 far beyond `scale`.
fn saturating(value: f32, scale: f32) -> f32 {
    1.0 - (-value.max(0.0) / scale).exp()
}

/// Shannon's entropy of the shares, in bits.
fn entropy(counts: &[f32]) -> f32 {
    let total: f32 = counts.iter().sum();
    let bits =
        |&count: &f32| if count > 0.0 { -(count / total) * (count / total).log2() } else { 0.0 };
    counts.iter().map(bits).sum::<f32>().max(0.0)
}

/// How often each time between neighbouring onsets occurs.
fn intervals(onsets: &[Onset]) -> [f32; INTERVALS] {
    let mut counts = [0.0; INTERVALS];
    let mut last = None;
    for slot in onsets.iter().filter_map(|onset| Some(onset.position?.slot())) {
        match last.replace(slot) {
            Some(before) if slot > before => {
                counts[((slot - before) as usize - 1).min(INTERVALS - 1)] += 1.0;
            }
            _ => {}
        }
    }
    counts
}
