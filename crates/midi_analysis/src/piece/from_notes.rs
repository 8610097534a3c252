//! A score that is made from notes, not read from a file.

use smallvec::SmallVec;

use crate::error::{Error, ErrorKind};
use crate::model::controllers::ControllerTally;
use crate::model::meter_map::MeterMap;
use crate::model::note::Note;
use crate::model::score::{DeclaredKey, Pitched, Score};
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::timeline::Timeline;
use crate::room;

/// The last tick at which a note may end.
const LAST_TICK: u32 = u32::MAX - 1;
/// The largest denominator of a time signature.
const MOST_DENOMINATOR: u8 = 128;

/// The score of some notes.
///
/// # Errors
/// [`ErrorKind::InvalidNotes`], or out of memory.
pub(super) fn score(mut notes: Vec<Note>, timeline: &Timeline) -> Result<Score<'static>, Error> {
    check_notes(&notes)?;
    check_timeline(timeline)?;
    room::sort_by_key(&mut notes, |note| (note.start, note.track))?;
    let mut tempos = room::gathered(timeline.tempos.iter().copied())?;
    room::sort_by_key(&mut tempos, |&(tick, _)| tick)?;
    let mut meters = room::gathered(timeline.meters.iter().copied())?;
    room::sort_by_key(&mut meters, |&(tick, _)| tick)?;
    let mut keys: SmallVec<[DeclaredKey; 2]> =
        timeline.keys.iter().map(|&(tick, signature)| DeclaredKey { tick, signature }).collect();
    keys.sort_by_key(|key| key.tick);
    Ok(Score {
        format: 1,
        division: timeline.division,
        track_count: notes.iter().map(|note| note.track + 1).max().unwrap_or(0),
        port_count: notes.iter().map(|note| u16::from(note.port) + 1).max().unwrap_or(1),
        event_count: 0,
        end: notes.iter().map(|note| note.end).max().unwrap_or(0),
        names_programs: notes.iter().any(|note| note.program != 0),
        pitched: Pitched::of(&notes),
        notes,
        tempo: TempoMap::new(timeline.division, &tempos)?,
        meter: MeterMap::new(timeline.division, &meters)?,
        keys,
        texts: Vec::new(),
        source: Source::none(),
        controllers: ControllerTally::default(),
        bends: Vec::new(),
        volumes: Vec::new(),
    })
}

fn invalid(reason: String) -> Error {
    Error::new(ErrorKind::InvalidNotes, 0, reason)
}

fn check_notes(notes: &[Note]) -> Result<(), Error> {
    let problem = |note: &Note| match note {
        Note { pitch: 128.., .. } => Some("its pitch is over 127"),
        Note { velocity: 0 | 128.., .. } => Some("its velocity is not between 1 and 127"),
        Note { program: 128.., .. } => Some("its program is over 127"),
        Note { port: 128.., .. } => Some("its port is over 127"),
        Note { channel: 16.., .. } => Some("its channel is over 15"),
        Note { track: u16::MAX, .. } => Some("its track is over 65,534"),
        note if note.end < note.start => Some("it ends before it starts"),
        note if note.end > LAST_TICK => Some("it ends after tick 4,294,967,294"),
        _ => None,
    };
    match notes.iter().enumerate().find_map(|(index, note)| Some((index, problem(note)?))) {
        Some((index, problem)) => Err(invalid(format!("note {index}: {problem}"))),
        None => Ok(()),
    }
}

fn check_timeline(timeline: &Timeline) -> Result<(), Error> {
    if timeline.division.ticks_per_quarter() == Some(0) {
        return Err(invalid("a quarter note has no ticks".to_owned()));
    }
    if timeline.tempos.iter().any(|&(_, microseconds)| microseconds == 0) {
        return Err(invalid("a tempo of 0 microseconds a quarter note".to_owned()));
    }
    let is_possible =
        |denominator: u8| denominator.is_power_of_two() && denominator <= MOST_DENOMINATOR;
    match timeline
        .meters
        .iter()
        .find(|(_, meter)| meter.numerator == 0 || !is_possible(meter.denominator))
    {
        Some((_, meter)) => Err(invalid(format!("the time signature {meter} is impossible"))),
        None => Ok(()),
    }
}
