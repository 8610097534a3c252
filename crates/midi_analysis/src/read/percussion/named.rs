//! Drums that a track is named for.
//!
//! Such a track is one where it sets no instrument and most of its notes are the usual pieces of a
//! kit: drum loops are often saved on channel 1.

use crate::error::{Error, check};
use crate::model::note::Note;
use crate::model::text::{RawTexts, TextKind};
use crate::read::percussion::kit;

/// First General MIDI program of the percussive family; program 0 may be a default.
const PERCUSSIVE: u8 = 112;
/// Pitches of General MIDI drums.
const KIT: std::ops::RangeInclusive<u8> = 35..=81;
/// Bytes of a track's name that are read.
const LONGEST_NAME: usize = 1_024;
/// Texts between two questions whether to stop.
const BETWEEN_CHECKS: usize = 1 << 16;

/// Marks the notes of tracks that are named for drums, and returns whether there are any.
pub(super) fn mark(
    notes: &mut [Note],
    texts: RawTexts<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    let (mut found, mut judged) = (false, None);
    for part in texts.list.chunks(BETWEEN_CHECKS) {
        check(interrupted)?;
        for name in part.iter().filter(|text| text.kind == TextKind::TrackName) {
            if judged == Some(name.track) || !says_drums(texts.bytes(name)) {
                continue;
            }
            judged = Some(name.track);
            let from = notes.partition_point(|note| note.track < name.track);
            let to = notes.partition_point(|note| note.track <= name.track);
            let track = &mut notes[from..to];
            if plays_a_kit(track) {
                track.iter_mut().for_each(|note| note.drum = true);
                found = true;
            }
        }
    }
    Ok(found)
}

fn says_drums(name: &[u8]) -> bool {
    let name = &name[..name.len().min(LONGEST_NAME)];
    name.split(|byte| !byte.is_ascii_alphabetic()).any(|word| {
        let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
        ["drum", "drums", "drumkit", "drumset", "kit", "perc", "percussion", "batterie"]
            .into_iter()
            .any(is)
    })
}

fn plays_a_kit(track: &[Note]) -> bool {
    let mut pieces = kit::Pieces::default();
    for note in track {
        let unset = note.program == 0 || note.program >= PERCUSSIVE;
        if note.drum || !unset || !KIT.contains(&note.pitch) {
            return false;
        }
        pieces.add(note.pitch);
    }
    pieces.are_usual()
}
