//! The line that a listener would sing.
//!
//! First the [part](parts), a channel of a track, that has the tune; then, where that part plays
//! more than one note at once, its upper [mod@line]. Melodies lie on top, move by step, are louder than
//! what accompanies them (Uitdenbogerd & Zobel 1999 for the skyline; Rizo et al. 2006 for choosing
//! the track). Names of tracks are not read: most files have none, or wrong ones.

#[cfg(feature = "training")]
pub(crate) mod evidence;
mod line;
mod parts;

pub(crate) use self::parts::MOST_SINGERS as MOST_LINES;
use crate::analysis::inspect::with_score;
use crate::error::{Error, check};
use crate::limits::Limits;
use crate::model::note::Note;
use crate::model::score::Score;

/// Fewer pitched notes than this are no melody.
const FEWEST_NOTES: usize = 4;
/// Rows between two questions whether to stop.
const ROWS_BETWEEN_CHECKS: usize = 1_024;

/// One note of the melody.
#[derive(Clone, Debug, PartialEq)]
pub struct MelodyRow {
    /// Number of the note in the melody, from 1.
    pub note_no: i32,
    /// Index of the track that plays it, from 0.
    pub track: i32,
    /// MIDI pitch, 0-127.
    pub pitch: i16,
    /// Second at which it starts.
    pub start_s: f64,
    /// Seconds until its end, or until the next note of the melody starts.
    pub duration_s: f64,
    /// Quarter notes from the start of the piece; `None` in SMPTE time.
    pub start_beat: Option<f64>,
}

/// The melody of a file: one note at a time, in the order of time. Nothing where fewer than four
/// pitched notes sound.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn melody(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<MelodyRow>, Error> {
    let mut rows = Vec::new();
    each_melody_note(bytes, limits, interrupted, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// Hands on the notes of [`melody`].
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn each_melody_note(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    each: &mut dyn FnMut(MelodyRow),
) -> Result<(), Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        let line = lines(score, Most::Lines(1), interrupted)?.pop().unwrap_or_default();
        let mut numbers = 1..;
        for notes in line.chunks(ROWS_BETWEEN_CHECKS) {
            check(interrupted)?;
            notes
                .iter()
                .zip(&mut numbers)
                .for_each(|(note, number)| each(row(score, number, note)));
        }
        Ok(())
    })
}

fn row(score: &Score<'_>, note_no: i32, note: &Note) -> MelodyRow {
    let start_s = score.tempo.seconds(note.start);
    MelodyRow {
        note_no,
        track: note.track.into(),
        pitch: note.pitch.into(),
        start_s,
        duration_s: score.tempo.seconds(note.end) - start_s,
        start_beat: score
            .ticks_per_quarter()
            .map(|quarter| f64::from(note.start) / f64::from(quarter)),
    }
}

/// How much is wanted.
#[derive(Clone, Copy)]
pub(crate) enum Most {
    /// So many lines, whole.
    Lines(usize),
    /// All, but no more of them once the melody has so many notes.
    Notes(usize),
}

/// The melody, and after it the other parts that a listener may follow: up to three lines in all. None of
/// a line's notes reaches into the next.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(crate) fn lines(
    score: &Score<'_>,
    most: Most,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Vec<Note>>, Error> {
    if score.pitched_ends.len() < FEWEST_NOTES {
        return Ok(Vec::new());
    }
    check(interrupted)?;
    let mut singers = parts::singers(score, interrupted)?;
    let notes = match most {
        Most::Lines(lines) => {
            singers.truncate(lines);
            usize::MAX
        }
        Most::Notes(notes) => notes,
    };
    Ok(line::upper(score, &singers, notes)?)
}
