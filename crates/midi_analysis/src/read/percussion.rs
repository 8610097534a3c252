//! Which notes are drums.
//!
//! Channel 10 plays drums (General MIDI 1, MMA RP-003), unless the file declares otherwise. What it
//! declares is followed first; then parts that it declares nothing of are judged by what they play and
//! by their names.

mod alone;
mod declared;
mod evidence;
mod judged;
mod kit;
mod melodic;
mod named;
mod part;
mod patterns;
mod pieces;
mod words;

pub(crate) use evidence::Evidence;

use crate::error::{Error, check};
use crate::model::note::Note;
use crate::read::setups::{Setting, Setups};
use crate::room;

/// Marks the notes that are drums, which by rule channel 10 plays, and only that. Notes and texts are in the order of
/// their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn mark(
    notes: &mut [Note],
    setups: &mut Setups,
    ports: u16,
    evidence: &Evidence<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let differ = declared::mark(notes, setups, ports, interrupted)?;
    if !differ && melodic::is_music(notes, evidence.quarter) && !declares_drums(setups) {
        notes.iter_mut().for_each(|note| note.drum = false);
        return Ok(());
    }
    if ports > 1 {
        order_by_port(notes, interrupted)?;
    }
    judged::mark(notes, ports, evidence, interrupted)
}

/// Brings the notes of each track that a port plays together: a track may alternate between ports.
fn order_by_port(notes: &mut [Note], interrupted: &dyn Fn() -> bool) -> Result<(), Error> {
    for track in notes.chunk_by_mut(|a, b| a.track == b.track) {
        check(interrupted)?;
        room::sort_by_key(track, |note| note.port)?;
    }
    Ok(())
}

/// Whether a file says that there are drums, be it where they are anyway.
fn declares_drums(setups: &Setups) -> bool {
    let says = |what| matches!(what, Setting::Drums(true) | Setting::Bank(120 | 126 | 127));
    setups.list.iter().any(|setup| says(setup.what))
}
