//! The role of a part, judged by the definitions in [`roles`](super).

use crate::analysis::drums;
use crate::analysis::roles::by_part::PartNotes;
use crate::analysis::roles::company::PartOf;
use crate::analysis::roles::playing::Playing;
use crate::analysis::roles::role::Role;
use crate::analysis::roles::sound;
use crate::error::Error;
use crate::model::score::Score;

/// Mean pitch up to which a part of a bass program is a bass wherever others play: middle C.
const BASS_CEILING: f64 = 60.0;
/// Mean pitches below which a line is a bass whatever else it is, C3, and below which it is one among others, G3: the open
/// strings of a bass reach from E1 to G2, its neck to G4.
const DEEP: f64 = 48.0;
const LOW: f64 = 55.0;
/// Share of the notes of a bass that are the lowest of all that sound.
const LOWEST: f64 = 0.7;
/// The same for a bass program that plays higher.
const LOWEST_OF_BASS: f64 = 0.5;
/// Most notes an attack of a line: one at a time, and now and then an octave.
const LINE: f64 = 1.3;
/// Share of the melody that a part has to be a melody: parts that take turns have a quarter of the longest each.
const MELODY_SHARE: f64 = 0.2;
/// Share of the notes of a part that double the melody.
const DOUBLED: f64 = 0.7;
/// Pitch classes of a melody on what is struck.
const CLASSES_OF_MELODY: u32 = 5;
/// Share of the attacks of a part that are three notes and more, from which it is nothing but block chords.
const BLOCKS: f64 = 0.8;
/// Notes an attack from which a part plays chords.
const CHORDS: f64 = 1.6;
/// Median seconds from attack to attack of a pad, in chords and in single notes, and the share of the time in which it
/// sounds.
const SLOW_S: f32 = 0.8;
const SLOW_LINE_S: f32 = 1.6;
const HELD: f64 = 0.75;
/// A broken chord: most steps and least even attacks, as shares; least attacks and most pitch classes in a bar.
const FEW_STEPS: f64 = 0.4;
const EVEN: f64 = 0.5;
const ATTACKS_IN_BAR: f64 = 4.0;
const CLASSES_IN_BAR: f64 = 4.0;

/// The role of drums that strike these pitches of the General MIDI percussion key map.
pub(super) fn drums(pitches: impl Iterator<Item = u8>) -> Role {
    let (mut kit, mut others) = (0_u32, 0_u32);
    for pitch in pitches {
        match drums::is_of_kit(pitch) {
            Some(true) => kit += 1,
            Some(false) => others += 1,
            None => {}
        }
    }
    if others > kit { Role::Percussion } else { Role::Drums }
}

/// The role of any other part.
///
/// # Errors
/// `interrupted`.
pub(super) fn pitched(
    score: &Score<'_>,
    notes: &PartNotes<'_>,
    playing: &Playing,
    part: &PartOf<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Role, Error> {
    let program = part.played().program;
    let is_block_chords = playing.block_share() >= BLOCKS;
    let has_melody = part.melody_share() >= MELODY_SHARE && !is_block_chords;
    if sound::is_effect(program) {
        return Ok(Role::Effect);
    }
    if sound::is_struck(program) && !(has_melody && playing.classes >= CLASSES_OF_MELODY) {
        return Ok(Role::Percussion);
    }
    if is_bass(playing, part, has_melody) {
        return Ok(Role::Bass);
    }
    // Of a part that is alone, nothing else tells whether it accompanies.
    let accompanies = part.is_alone() && is_broken_chord(playing, part);
    if has_melody && !accompanies {
        return Ok(Role::Melody);
    }
    let beside = part.melody_share() == 0.0;
    if beside && part.doubled_share(score, notes, interrupted)? >= DOUBLED {
        return Ok(Role::Melody);
    }
    Ok(accompaniment(playing, part))
}

fn is_bass(playing: &Playing, part: &PartOf<'_>, has_melody: bool) -> bool {
    let (pitch, lowest) = (part.mean_pitch(), part.lowest_share());
    if part.played().basses * 2 > part.played().notes() {
        return pitch < BASS_CEILING || lowest >= LOWEST_OF_BASS;
    }
    let ceiling = if has_melody { DEEP } else { LOW };
    playing.notes_an_attack() <= LINE && lowest >= LOWEST && pitch < ceiling
}

/// The role of a part that is neither melody nor bass.
fn accompaniment(playing: &Playing, part: &PartOf<'_>) -> Role {
    let is_chords = playing.notes_an_attack() >= CHORDS;
    let slow_s = if is_chords { SLOW_S } else { SLOW_LINE_S };
    let is_held = playing.pace_s >= slow_s && playing.held_share >= HELD;
    if is_held && sound::can_be_held(part.played().program) {
        Role::Pad
    } else if is_chords {
        Role::Chords
    } else if is_broken_chord(playing, part) {
        Role::Arpeggio
    } else {
        Role::CounterMelody
    }
}

fn is_broken_chord(playing: &Playing, part: &PartOf<'_>) -> bool {
    let succession = &part.played().succession;
    f64::from(succession.steps) <= FEW_STEPS * f64::from(succession.notes)
        && playing.notes_an_attack() < CHORDS
        && playing.even_share >= EVEN
        && playing.attacks_in_bar >= ATTACKS_IN_BAR
        && playing.classes_in_bar <= CLASSES_IN_BAR
}
