//! The result: one struct whose fields are the columns of the SQL type `midi_analysis`, by name.
//!
//! Each field is computed by the room that its group names; this file only gathers them, so the
//! definition of a number is read there.

use crate::container;
use crate::controllers::Controllers;
use crate::error::Error;
use crate::instruments::Instruments;
use crate::key::Key;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::pitch::Pitch;
use crate::repair::Repairs;
use crate::score::Score;
use crate::tags;
use crate::tally::Tally;
use crate::tempo::Tempo;
use crate::text::{Decoder, Texts};
use crate::texture::Texture;

/// What a file as a whole says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns.
    pub format: i16,
    /// Ticks in a quarter note; `None` where the division is SMPTE time.
    pub ticks_per_quarter: Option<i32>,
    /// Tracks found, whatever the header says.
    pub track_count: i32,
    /// Events read, of every kind.
    pub event_count: i32,
    /// Notes: every note-on of a velocity above zero.
    pub note_count: i32,
    /// Bytes given, before any decompression.
    pub size_bytes: i64,
    /// Each repair that reading took, in words; empty for a sound file.
    pub warnings: Vec<String>,
}

/// Everything that is known of one piece of music: a row of the SQL type `midi_analysis`.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Format, counts, size, repairs.
    pub file: File,
    /// Duration and declared tempo.
    pub tempo: Tempo,
    /// Declared meter and bars.
    pub meter: Meter,
    /// Estimated and declared key.
    pub key: Key,
    /// Range of the pitched notes; `None` where all notes are drums.
    pub pitch: Option<Pitch>,
    /// Polyphony, density, velocity.
    pub texture: Texture,
    /// Programs and drums.
    pub instruments: Instruments,
    /// Control changes and pitch bends.
    pub controllers: Controllers,
    /// Names, lyrics, markers, copyright.
    pub texts: Texts,
    /// What it is said to be in its texts, and plainly is by its notes; in the order of the
    /// alphabet.
    pub tags: Vec<&'static str>,
}

/// Analyses one MIDI file.
///
/// `bytes` is the file as it lies on disk: a standard MIDI file, bare or inside gzip, RIFF RMID or
/// MacBinary. `interrupted` is asked every few thousand events whether to stop.
///
/// # Errors
/// Only where no note survives, a limit is exceeded or `interrupted` answers true; everything else
/// is repaired and told in [`File::warnings`].
pub fn analyze(
    bytes: &[u8],
    limits: &Limits,
    interrupted: &dyn Fn() -> bool,
) -> Result<Analysis, Error> {
    let mut repairs = Repairs::default();
    let payload = container::unwrap(bytes, limits, interrupted, &mut repairs)?;
    let score = Score::read(&payload, limits, interrupted, repairs)?;
    score.require_notes()?;
    if interrupted() {
        return Err(Error::interrupted(bytes.len()));
    }
    Ok(Analysis::of(&score, bytes.len()))
}

impl Analysis {
    fn of(score: &Score<'_>, size: usize) -> Self {
        let tally = Tally::of(score);
        let tempo = Tempo::of(score);
        let texture = Texture::of(score, &tally, tempo.duration_s);
        let instruments = Instruments::of(&tally);
        let decoder = Decoder::for_texts(score.texts.iter().map(|text| text.bytes));
        let texts = Texts::of(score, &decoder);
        Self {
            tags: tags::of_content(score, &texts, &decoder, &instruments, &texture),
            texture,
            tempo,
            meter: Meter::of(score),
            key: Key::of(score, &tally),
            pitch: Pitch::of(&tally),
            instruments,
            controllers: Controllers::of(&score.controllers),
            texts,
            file: File {
                format: score.header.format as i16,
                ticks_per_quarter: score.ticks_per_quarter().map(i32::from),
                track_count: score.track_count.into(),
                event_count: score.event_count as i32,
                note_count: score.notes.len() as i32,
                size_bytes: size as i64,
                warnings: score.repairs.warnings(),
            },
        }
    }
}
