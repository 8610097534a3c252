//! Drums that a file declares.
//!
//! Bank Select 120 (General MIDI 2, MMA RP-024) and 127 (Yamaha XG) make any channel a drum kit.

use crate::error::{Error, check};
use crate::model::note::{DRUM_CHANNEL, Note};
use crate::room;

/// Bank Select values that choose drum kits.
const DRUM_BANKS: [u8; 2] = [120, 127];
/// Notes between two questions whether to stop.
const BETWEEN_CHECKS: usize = 1 << 16;

/// A Bank Select (controller 0).
#[derive(Clone, Copy)]
pub(crate) struct BankSelect {
    pub(crate) channel: u8,
    pub(crate) tick: u32,
    pub(crate) bank: u8,
}

/// Marks the notes that a bank makes drums, and returns whether any are on another channel than 10.
pub(super) fn mark(
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
