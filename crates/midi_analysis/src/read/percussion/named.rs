//! Whether a part can be the drums that its name speaks of.
//!
//! A name is evidence, no proof: *Percussion* may stand over a marimba, and a project called *Drums*
//! over its bass. So a part that is named for drums has to play something that a kit can be.

use crate::read::percussion::kit::{
    CORE, HAND, HATS, KICKS, KIT, METAL, Pitches, Played, SNARES, TOMS, USUAL, USUAL_SHARE,
};
use crate::read::percussion::words::Said;

/// Share of the notes that the pieces of the kit have where other sounds are few.
const NEARLY_ALL: f64 = 0.95;
/// Share of long notes that drums may have; a roll or a cymbal may be written as one long note.
const LONG_SHARE: f64 = 0.5;
const FEW_PITCHES: u32 = 3;
/// Below the kits of samplers: an *808* down there is a bass.
const BASSES: Pitches = (1 << 35) - 1;
/// The most pitches of one piece of the kit with its articulations, and of a small kit of any map.
const ONE_PIECE: u32 = 4;
const SMALL_KIT: u32 = 8;
/// Pitch classes from which notes within a scale are a melody.
const MELODIC: usize = 5;

/// Whether what is played can be what the name says.
pub(super) fn fits(said: Said, played: &Played) -> bool {
    if played.notes == 0 || played.long_share() > LONG_SHARE && played.variety() > FEW_PITCHES {
        return false;
    }
    match said {
        Said::Nothing | Said::Pitched => false,
        Said::Drums => is_drumming(played),
        Said::Piece => played.variety() <= ONE_PIECE || is_drumming(played),
        Said::Perhaps => is_one_piece(played) || is_kit_of_three(played),
    }
}

fn is_drumming(played: &Played) -> bool {
    let hand = played.share(CORE | HAND) >= NEARLY_ALL;
    let small = played.variety() <= SMALL_KIT && played.pitches & BASSES == 0;
    is_usual(played) || (hand || small) && !is_melodic(played)
}

/// Whether most of it are the usual pieces of a General MIDI kit.
pub(super) fn is_usual(played: &Played) -> bool {
    played.share(USUAL) >= USUAL_SHARE && played.share(KIT) >= NEARLY_ALL
}

/// Whether all is played on one piece of the kit: kick, snare, hat, ride, crash, or a pair of toms.
fn is_one_piece(played: &Played) -> bool {
    let rides: Pitches = 1 << 51 | 1 << 53 | 1 << 59;
    let pieces = [KICKS, SNARES, HATS, rides, METAL & !HATS & !rides, TOMS];
    played.variety() <= 2 && pieces.iter().any(|piece| played.pitches & !piece == 0)
}

fn is_kit_of_three(played: &Played) -> bool {
    played.share(CORE) >= 0.9
        && [KICKS, SNARES, HATS].iter().all(|&piece| played.share(piece) >= 0.05)
}

/// Whether the notes are those of a major scale, in whichever key, and not only a few of them.
pub(super) fn is_melodic(played: &Played) -> bool {
    let classes = played.pitch_classes();
    let variety = classes.iter().filter(|&&count| count > 0).count();
    variety >= MELODIC && f64::from(in_scale(&classes)) >= NEARLY_ALL * f64::from(played.notes)
}

/// Notes of the major scale that most notes are of.
pub(super) fn in_scale(classes: &[u32; 12]) -> u32 {
    const STEPS: [usize; 7] = [0, 2, 4, 5, 7, 9, 11];
    let of = |tonic: usize| STEPS.iter().map(|step| classes[(tonic + step) % 12]).sum();
    (0..12).map(of).max().unwrap_or(0)
}
