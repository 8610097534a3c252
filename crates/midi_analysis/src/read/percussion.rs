//! Drums that do not play on channel 10.
//!
//! Bank Select 120 (General MIDI 2, MMA RP-024) and 127 (Yamaha XG) make any channel a drum kit. A
//! track named for drums counts too, where it sets no instrument and most of its notes are the usual
//! pieces of a kit: drum loops are often saved on channel 1.

use crate::error::{Error, check};
use crate::model::note::{DRUM_CHANNEL, Note};
use crate::model::text::{RawTexts, TextKind};
use crate::room;

/// Bank Select values that choose drum kits.
const DRUM_BANKS: [u8; 2] = [120, 127];
/// First General MIDI program of the percussive family; program 0 may be a default.
const PERCUSSIVE: u8 = 112;
/// Pitches of General MIDI drums, and the kicks, snares, hats, toms and cymbals of a usual kit.
const KIT: std::ops::RangeInclusive<u8> = 35..=81;
const USUAL: [u8; 12] = [35, 36, 37, 38, 39, 40, 42, 44, 46, 49, 51, 57];
/// Share of usual pieces from which a track named for drums is one.
const USUAL_SHARE: f64 = 0.6;
/// Bytes of a track's name that are read.
const LONGEST_NAME: usize = 1_024;
/// Notes, or texts, between two questions whether to stop.
const BETWEEN_CHECKS: usize = 1 << 16;

/// A Bank Select (controller 0).
#[derive(Clone, Copy)]
pub(crate) struct BankSelect {
    pub(crate) channel: u8,
    pub(crate) tick: u32,
    pub(crate) bank: u8,
}

/// Marks the notes that are drums, and returns whether any are on another channel than 10. Notes and
/// texts are in the order of their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn mark(
    notes: &mut [Note],
    banks: &mut [BankSelect],
    texts: RawTexts<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    let by_bank = mark_by_bank(notes, banks, interrupted)?;
    Ok(mark_by_name(notes, texts, interrupted)? || by_bank)
}

fn mark_by_bank(
    notes: &mut [Note],
    banks: &mut [BankSelect],
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    let mut found = false;
    if !banks.iter().any(|select| DRUM_BANKS.contains(&select.bank)) {
        return Ok(found);
    }
    room::sort_by_key(banks, |select| (select.channel, select.tick))?;
    for notes in notes.chunks_mut(BETWEEN_CHECKS) {
        check(interrupted)?;
        for note in notes.iter_mut().filter(|note| note.channel != DRUM_CHANNEL) {
            let after = banks.partition_point(|select| {
                (select.channel, select.tick) <= (note.channel, note.start)
            });
            let bank = banks[..after].last().filter(|select| select.channel == note.channel);
            note.drum = bank.is_some_and(|select| DRUM_BANKS.contains(&select.bank));
            found |= note.drum;
        }
    }
    Ok(found)
}

fn mark_by_name(
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
    let mut usual = 0_u32;
    for note in track {
        let unset = note.program == 0 || note.program >= PERCUSSIVE;
        if note.drum || !unset || !KIT.contains(&note.pitch) {
            return false;
        }
        usual += u32::from(USUAL.contains(&note.pitch));
    }
    !track.is_empty() && f64::from(usual) >= USUAL_SHARE * track.len() as f64
}
