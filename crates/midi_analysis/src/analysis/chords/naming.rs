//! From a root and a family to the name of a chord, by everything that sounds.
//!
//! The decoder knows triads. Four tones may hold two of them, such as those of a seventh: the name is that
//! of the chord of thirds (Rameau 1722). A fifth alone has a name of its own. Any tone of a chord that divides
//! the octave into equal thirds could be its root: an augmented triad is named from its bass, a diminished
//! seventh from the tone that leads to the tonic or to the dominant.

use super::family::{ADDED_SHARE, Family, ORNAMENT_SHARE, SEVENTH_SHARE, one_line};
use crate::model::chord::Chord;
use crate::model::key::Key;
use crate::model::pitch_class::PitchClass;
use crate::model::quality::Quality;

// Semitones.
const MINOR_THIRD: usize = 3;
const FIFTH: usize = 7;
const MINOR_SIXTH: usize = 8;
const LEADING_TONE: u8 = 11;
/// Those of an augmented triad.
const MAJOR_THIRDS: [usize; 3] = [0, 4, 8];

/// The root and the quality of a chord of this root and family, whose pitch classes sound for these shares
/// of its time; `None` where too little sounds to name one.
pub(super) fn named(
    root: usize,
    family: Family,
    bass: usize,
    presence: &[f32; 12],
) -> Option<(usize, Quality)> {
    if let Some(root) = bare_fifth(presence) {
        return (!one_line(presence)).then_some((root, Quality::Power));
    }
    let (root, family) = in_thirds(root, family, presence);
    let quality = family.quality(&above(root, presence))?;
    let even = quality == Quality::Augmented && MAJOR_THIRDS.contains(&((bass + 12 - root) % 12));
    Some((if even { bass } else { root }, quality))
}

/// The root of a chord in a key, if these pitch classes sound in the piece: of a diminished seventh the leading
/// tone, else that of the dominant. One that nothing else sounds beside leads nowhere: its root is the bass.
pub(super) fn root_in_key(chord: Chord, key: Option<Key>, sounds: &[bool; 12]) -> PitchClass {
    if chord.quality != Quality::DiminishedSeventh {
        return chord.root;
    }
    let is_tone = |class: PitchClass| class.above(chord.root).is_multiple_of(MINOR_THIRD as u8);
    let alone = (0..12).all(|class| !sounds[usize::from(class)] || is_tone(PitchClass::new(class)));
    if alone {
        return chord.bass;
    }
    let leading =
        |goal: PitchClass| Some(goal.transposed(LEADING_TONE)).filter(|&tone| is_tone(tone));
    key.and_then(|Key { tonic, .. }| {
        leading(tonic).or_else(|| leading(tonic.transposed(FIFTH as u8)))
    })
    .unwrap_or(chord.root)
}

/// Presence by semitones above a root.
fn above(root: usize, presence: &[f32; 12]) -> [f32; 12] {
    let mut presence = *presence;
    presence.rotate_left(root);
    presence
}

/// The root of a fifth, if nothing else sounds.
fn bare_fifth(presence: &[f32; 12]) -> Option<usize> {
    let sounds = |class: usize| presence[class % 12] >= ORNAMENT_SHARE;
    let sounding = (0..12).filter(|&class| sounds(class)).count();
    (0..12).find(|&root| sounding == 2 && sounds(root) && sounds(root + FIFTH))
}

/// The root and the family of the chord of thirds: the upper three tones of a seventh are a triad too.
fn in_thirds(root: usize, family: Family, presence: &[f32; 12]) -> (usize, Family) {
    let share = |interval: usize| presence[(root + interval) % 12];
    match family {
        Family::Minor
            if [0, MINOR_THIRD, FIFTH, MINOR_SIXTH]
                .into_iter()
                .all(|tone| share(tone) >= ADDED_SHARE) =>
        {
            ((root + MINOR_SIXTH) % 12, Family::Major)
        }
        Family::Augmented if MAJOR_THIRDS.into_iter().all(|tone| share(tone) >= SEVENTH_SHARE) => {
            let below = MAJOR_THIRDS.map(|third| third + 12 - MINOR_THIRD);
            let found = below.into_iter().find(|&tone| share(tone) >= SEVENTH_SHARE);
            found.map_or((root, family), |interval| ((root + interval) % 12, Family::Minor))
        }
        _ => (root, family),
    }
}
