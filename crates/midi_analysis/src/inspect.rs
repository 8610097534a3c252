//! A piece as rows: its notes, its tracks, its tempo and meter.

use crate::container;
use crate::error::Error;
use crate::limits::Limits;
use crate::repair::Repairs;
use crate::score::{Score, TextKind};
use crate::text::Decoder;

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
    with_score(bytes, limits, interrupted, |score| {
        let row = |note: &crate::score::Note| {
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
        };
        score.notes.iter().map(row).collect()
    })
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
    with_score(bytes, limits, interrupted, |score| {
        let mut rows = nameless_tracks(score);
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
        rows
    })
}

fn nameless_tracks(score: &Score<'_>) -> Vec<TrackRow> {
    let decoder = Decoder::for_texts(score.texts.iter().map(|text| text.bytes));
    let mut rows: Vec<TrackRow> = (0..i32::from(score.track_count))
        .map(|track| TrackRow {
            track,
            name: None,
            channels: Vec::new(),
            programs: Vec::new(),
            note_count: 0,
            first_s: None,
            last_s: None,
        })
        .collect();
    for text in score.texts.iter().filter(|text| text.kind == TextKind::TrackName) {
        let name = &mut rows[usize::from(text.track)].name;
        if name.is_none() {
            *name = Some(decoder.name(text.bytes)).filter(|name| !name.is_empty());
        }
    }
    rows
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
    with_score(bytes, limits, interrupted, |score| {
        let (tempos, meters) = (score.tempo.segments(), score.meter.segments());
        let mut starts: Vec<u32> = tempos
            .iter()
            .map(|segment| segment.tick)
            .chain(meters.iter().map(|segment| segment.tick))
            .filter(|&tick| tick == 0 || tick < score.end)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        let ends = starts[1..].iter().copied().chain([score.end]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let tempo = tempos[tempos.partition_point(|s| s.tick <= start) - 1];
                let meter = meters[..meters.partition_point(|s| s.tick <= start)].last();
                TempoRow {
                    start_s: score.tempo.seconds(start),
                    end_s: score.tempo.seconds(end),
                    start_tick: start.into(),
                    bpm: tempo.bpm,
                    numerator: meter.map(|segment| segment.numerator.into()),
                    denominator: meter.map(|segment| segment.denominator.into()),
                }
            })
            .collect()
    })
}

/// Reads the score and gives it to `rows`.
pub(crate) fn with_score<T>(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
    rows: impl FnOnce(&Score<'_>) -> T,
) -> Result<T, Error> {
    let mut repairs = Repairs::default();
    let payload = container::unwrap(bytes, limits, interrupted, &mut repairs)?;
    let score = Score::read(&payload, limits, interrupted, repairs)?;
    score.require_notes()?;
    Ok(rows(&score))
}
