//! A piece as rows: its notes, its tracks, its tempo and meter.

use crate::error::{Error, check};
use crate::limits::Limits;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::tempo_map::TempoSegment;
use crate::model::text::TextKind;
use crate::read::repair::Repairs;
use crate::read::text::decoder::Decoder;
use crate::read::{self, container};
use crate::room;

/// Rows, or texts, between two questions whether to stop.
const ROWS_BETWEEN_CHECKS: usize = 1_024;

/// One note.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteRow {
    /// Index of the track, from 0.
    pub track: i32,
    /// MIDI channel, 0-15.
    pub channel: i16,
    /// General MIDI program, 0-127.
    pub program: i16,
    /// Whether the note is a drum's.
    pub is_drum: bool,
    /// MIDI pitch, 0-127.
    pub pitch: i16,
    /// Velocity, 1-127.
    pub velocity: i16,
    /// Tick at which the note starts.
    pub start_tick: i64,
    /// Ticks until its note-off.
    pub duration_ticks: i64,
    /// Second at which the note starts.
    pub start_s: f64,
    /// Seconds until its note-off.
    pub duration_s: f64,
    /// Bar, from 1; `None` in SMPTE time.
    pub bar: Option<i32>,
    /// Beat in the bar, from 1.0, in the denominator's note value; `None` in SMPTE time.
    pub beat: Option<f64>,
}

/// One track.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackRow {
    /// Index of the track, from 0.
    pub track: i32,
    /// Its first name.
    pub name: Option<String>,
    /// Channels of its notes, 0-15, ascending.
    pub channels: Vec<i16>,
    /// General MIDI programs of its pitched notes, ascending.
    pub programs: Vec<i16>,
    /// Its notes.
    pub note_count: i32,
    /// Second at which its first note starts; `None` without notes.
    pub first_s: Option<f64>,
    /// Second at which its last note ends; `None` without notes.
    pub last_s: Option<f64>,
}

/// A stretch of constant tempo and meter.
#[derive(Clone, Debug, PartialEq)]
pub struct TempoRow {
    /// Second at which it begins.
    pub start_s: f64,
    /// Second at which the next one begins or the last note ends.
    pub end_s: f64,
    /// Tick at which it begins.
    pub start_tick: i64,
    /// Quarter notes a minute; `None` in SMPTE time.
    pub bpm: Option<f64>,
    /// Beats in a bar; `None` in SMPTE time.
    pub numerator: Option<i16>,
    /// Note value of a beat; `None` in SMPTE time.
    pub denominator: Option<i16>,
}

/// The notes of a file, by start.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn notes(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<NoteRow>, Error> {
    let mut rows = Vec::new();
    each_note(bytes, limits, interrupted, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// Hands on the notes of a file, by start.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn each_note(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    each: &mut dyn FnMut(NoteRow),
) -> Result<(), Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        for notes in score.notes.chunks(ROWS_BETWEEN_CHECKS) {
            check(interrupted)?;
            notes.iter().for_each(|note| each(note_row(score, note)));
        }
        Ok(())
    })
}

fn note_row(score: &Score<'_>, note: &Note) -> NoteRow {
    let start_s = score.tempo.seconds(note.start);
    let position = score.meter.position(note.start);
    NoteRow {
        track: note.track.into(),
        channel: note.channel.into(),
        program: note.program.into(),
        is_drum: note.is_drum(),
        pitch: note.pitch.into(),
        velocity: note.velocity.into(),
        start_tick: note.start.into(),
        duration_ticks: note.duration().into(),
        start_s,
        duration_s: score.tempo.seconds(note.end) - start_s,
        bar: position.map(|(bar, _)| bar as i32),
        beat: position.map(|(_, beat)| beat),
    }
}

/// The tracks of a file, in its order, those without notes among them.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn tracks(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<TrackRow>, Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        let mut rows = room::gathered((0..score.track_count.into()).map(nameless_track))?;
        name_tracks(score, &mut rows, interrupted)?;
        check(interrupted)?;
        let mut last_ticks = vec![0; rows.len()];
        let mut channels = vec![0_u16; rows.len()];
        let mut programs = vec![0_u128; rows.len()];
        for note in &score.notes {
            let track = usize::from(note.track);
            let row = &mut rows[track];
            row.note_count += 1;
            row.first_s.get_or_insert_with(|| score.tempo.seconds(note.start));
            last_ticks[track] = note.end.max(last_ticks[track]);
            channels[track] |= 1 << note.channel;
            if !note.is_drum() {
                programs[track] |= 1 << note.program;
            }
        }
        for (track, row) in rows.iter_mut().enumerate() {
            row.channels = (0..16).filter(|&bit| channels[track] >> bit & 1 == 1).collect();
            row.programs = (0..128).filter(|&bit| programs[track] >> bit & 1 == 1).collect();
            row.last_s = row.first_s.map(|_| score.tempo.seconds(last_ticks[track]));
        }
        Ok(rows)
    })
}

fn nameless_track(track: i32) -> TrackRow {
    TrackRow {
        track,
        name: None,
        channels: Vec::new(),
        programs: Vec::new(),
        note_count: 0,
        first_s: None,
        last_s: None,
    }
}

fn name_tracks(
    score: &Score<'_>,
    rows: &mut [TrackRow],
    interrupted: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let decoder = Decoder::for_texts(score.raw_texts(), interrupted)?;
    for texts in score.texts.chunks(ROWS_BETWEEN_CHECKS) {
        check(interrupted)?;
        for text in texts.iter().filter(|text| text.kind == TextKind::TrackName) {
            let name = &mut rows[usize::from(text.track)].name;
            if name.is_none() {
                *name = Some(decoder.name(score.raw_texts().bytes(text)))
                    .filter(|name| !name.is_empty());
            }
        }
    }
    Ok(())
}

/// The stretches of constant tempo and meter as they play, defaults included, until the last note
/// ends.
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn tempo_map(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<TempoRow>, Error> {
    let mut rows = Vec::new();
    each_tempo(bytes, limits, interrupted, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// Hands on the stretches of [`tempo_map`].
///
/// # Errors
/// As [`analyze`](crate::analyze).
pub fn each_tempo(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    each: &mut dyn FnMut(TempoRow),
) -> Result<(), Error> {
    with_score(bytes, limits, interrupted, |score, _| {
        let mut tempos = score.tempo.segments().iter().peekable();
        let mut meters = score.meter.segments().iter().peekable();
        let (mut tempo, mut meter) = (None, None);
        let mut start = 0;
        for count in 0_usize.. {
            if count % ROWS_BETWEEN_CHECKS == 0 {
                check(interrupted)?;
            }
            tempo = tempos.next_if(|next| next.tick == start).or(tempo);
            meter = meters.next_if(|next| next.tick == start).or(meter);
            let ticks = [tempos.peek().map(|next| next.tick), meters.peek().map(|next| next.tick)];
            let next = ticks.into_iter().flatten().min().filter(|&next| next < score.end);
            let end = next.unwrap_or(score.end);
            each(TempoRow {
                start_s: score.tempo.seconds(start),
                end_s: score.tempo.seconds(end),
                start_tick: start.into(),
                bpm: tempo.and_then(TempoSegment::bpm),
                numerator: meter.map(|segment| segment.signature.numerator.into()),
                denominator: meter.map(|segment| segment.signature.denominator.into()),
            });
            let Some(next) = next else { break };
            start = next;
        }
        Ok(())
    })
}

/// Reads the score and gives it to `rows`.
pub(crate) fn with_score<T>(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    rows: impl FnOnce(&Score<'_>, &Repairs) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut repairs = Repairs::default();
    let source = container::unwrap(bytes, limits, interrupted, &mut repairs)?;
    let (score, repairs) = read::score::read(&source, limits, interrupted, repairs)?;
    score.require_notes()?;
    rows(&score, &repairs)
}
