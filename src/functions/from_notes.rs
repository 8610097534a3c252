//! `midi_from_notes`: an aggregate from rows of `midi_notes` to a file.

use midi_analysis::write::File;
use midi_analysis::{Note, Options, Piece, Timeline};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::aggregate::State;
use crate::pg::bytea::Bytea;
use crate::pg::caller::Caller;
use crate::pg::interrupts;
use crate::pg::memory::out_of_memory;
use crate::{error, settings};

/// Microseconds in a minute.
const MINUTE: f64 = 60e6;
/// The longest quarter note that a file can declare, in microseconds.
const LONGEST: f64 = 16_777_215.0;

/// The notes so far, and the time that they are in.
struct Notes {
    notes: Vec<Note>,
    division: i32,
    bpm: f64,
}

/// Adds a row to the notes.
#[pg_extern(immutable, parallel_safe)]
#[allow(clippy::too_many_arguments, reason = "an argument a column, and the call")]
fn midi_from_notes_add(
    state: State<Notes>,
    track: Option<i32>,
    channel: Option<i32>,
    program: Option<i32>,
    pitch: Option<i32>,
    velocity: Option<i32>,
    start_tick: Option<i64>,
    duration_ticks: Option<i64>,
    division: Option<i32>,
    bpm: Option<f64>,
    caller: Caller<'_>,
) -> Result<State<Notes>, ErrorReport> {
    let mut state = state;
    let refused = |reason: &str| error::note_row(track, start_tick, reason);
    let division = division.filter(|ticks| (1..=0x7fff).contains(ticks));
    let division = division.ok_or_else(|| refused("a quarter note has 1 to 32767 ticks"))?;
    let bpm = bpm.filter(|bpm| (1.0..=LONGEST).contains(&(MINUTE / bpm)));
    let bpm = bpm.ok_or_else(|| refused("its tempo is not from 3.577 to 60000000"))?;
    let made = state.get_or_try_new(&caller, || Ok(Notes { notes: Vec::new(), division, bpm }))?;
    if (made.division, made.bpm) != (division, bpm) {
        return Err(refused("its division and its tempo are not those of the rows before"));
    }
    let small = |name: &str, value: Option<i32>, least: i32, most: i32| {
        value
            .filter(|value| (least..=most).contains(value))
            .ok_or_else(|| refused(&format!("its {name} is no number from {least} to {most}")))
    };
    let ticks = |name: &str, ticks: Option<i64>| {
        let ticks = ticks.and_then(|ticks| u32::try_from(ticks).ok());
        ticks.ok_or_else(|| refused(&format!("its {name} is no number of ticks")))
    };
    let start = ticks("start", start_tick)?;
    let end = start.checked_add(ticks("duration", duration_ticks)?);
    let end = end.filter(|&end| end < u32::MAX);
    let end = end.ok_or_else(|| refused("it ends after tick 4294967294"))?;
    let note = Note::new(start, end, small("pitch", pitch, 0, 127)? as u8)
        .track(small("track", track, 0, 65_534)? as u16)
        .channel(small("channel", channel, 0, 15)? as u8)
        .program(small("program", program, 0, 127)? as u8)
        .velocity(small("velocity", velocity, 1, 127)? as u8);
    // A note is two events.
    if made.notes.len() >= settings::limits().max_events / 2 {
        return Err(error::too_many_notes());
    }
    if made.notes.try_reserve(1).is_err() {
        return Err(out_of_memory());
    }
    made.notes.push(note);
    Ok(state)
}

/// The file of the notes.
#[pg_extern(immutable, parallel_safe)]
fn midi_from_notes_file(state: State<Notes>) -> Result<Option<Bytea>, ErrorReport> {
    let mut state = state;
    let Some(Notes { notes, division, bpm }) = state.get() else { return Ok(None) };
    let options = Options::default().interrupted(&interrupts::poll);
    let tempo = (MINUTE / *bpm).round() as u32;
    let timeline = Timeline::new(*division as u16).tempo(0, tempo);
    // The state stays as it is: a window function goes on with it.
    let mut copy = Vec::new();
    copy.try_reserve_exact(notes.len()).map_err(|_| out_of_memory())?;
    copy.extend_from_slice(notes);
    let written = Piece::from_notes(copy, &timeline, &options)
        .and_then(|piece| File::of_notes(&piece)?.to_bytes(&options));
    written.map(|bytes| Some(Bytea(bytes))).map_err(|error| error::written(&error))
}
