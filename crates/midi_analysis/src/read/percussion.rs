//! Which notes are drums.
//!
//! Channel 10 plays drums (General MIDI 1, MMA RP-003), unless the file declares otherwise. What it
//! declares is followed first; then tracks that it declares nothing of are judged by their names and by
//! what they play.

mod declared;
mod kit;
mod named;

use crate::error::Error;
use crate::model::note::Note;
use crate::model::text::RawTexts;
use crate::read::setups::Setups;

/// Marks the notes that are drums, and returns whether any differ from the rule that channel 10, and
/// only that, plays drums. Notes and texts are in the order of their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn mark(
    notes: &mut [Note],
    setups: &mut Setups,
    ports: u16,
    texts: RawTexts<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    let declared = declared::mark(notes, setups, ports, interrupted)?;
    Ok(named::mark(notes, texts, interrupted)? || declared)
}
