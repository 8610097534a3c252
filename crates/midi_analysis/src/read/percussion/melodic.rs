//! Melodies on the drum channel.
//!
//! Players play whatever is on channel 10 as drums, unless the file declares otherwise, so what it
//! plays is drums here too. One kind of file is certainly not meant so: nothing in it plays on another
//! channel, and what plays has the tones of one key over two octaves and more, or more pitches than
//! there are drums. Programs that were not made for General MIDI, and people who count channels from 0
//! and from 1, write such files.

use crate::model::note::{DRUM_CHANNEL, Note};
use crate::read::percussion::kit::{HATS, KICKS, Played, SNARES, each};
use crate::read::percussion::named::in_scale;

/// The fewest notes and pitches, and the semitones from the lowest to the highest.
const FEWEST_NOTES: u32 = 16;
const FEWEST_PITCHES: u32 = 10;
const RANGE: u32 = 24;
/// Share of the notes in one scale, and of the pitches. Human drummers' notes reach the first by
/// chance, the second never with so many pitches.
const NOTES_IN_SCALE: f64 = 0.95;
const PITCHES_IN_SCALE: f64 = 0.85;
/// Share of the notes that kick, snare and hats may have.
const BEAT: f64 = 0.5;
/// Pitches from which there are more than any kit has, and their range.
const MORE_THAN_DRUMS: u32 = 36;
const WIDER_THAN_DRUMS: u32 = 60;

/// Whether all notes are on channel 10 and play no drums.
pub(super) fn is_music(notes: &[Note], quarter: u32) -> bool {
    if notes.iter().any(|note| note.channel != DRUM_CHANNEL || !note.drum) {
        return false;
    }
    let played = Played::of(notes.iter(), quarter);
    let pitches = played.variety();
    let range =
        127_u32.saturating_sub(played.pitches.leading_zeros() + played.pitches.trailing_zeros());
    if pitches >= MORE_THAN_DRUMS && range >= WIDER_THAN_DRUMS {
        return true;
    }
    let mut each_once = [0; 12];
    each(played.pitches).for_each(|pitch| each_once[pitch % 12] += 1);
    played.notes >= FEWEST_NOTES
        && pitches >= FEWEST_PITCHES
        && range >= RANGE
        && f64::from(in_scale(&played.pitch_classes())) >= NOTES_IN_SCALE * f64::from(played.notes)
        && f64::from(in_scale(&each_once)) >= PITCHES_IN_SCALE * f64::from(pitches)
        && played.share(KICKS | SNARES | HATS) <= BEAT
}
