//! The tracks of a piece.

use crate::error::{Error, check};
use crate::model::score::Score;
use crate::model::text::TextKind;
use crate::read::text::decoder::Decoder;
use crate::room;

/// Texts between two questions whether to stop.
const TEXTS_BETWEEN_CHECKS: usize = 1_024;

/// One track.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Track {
    /// Index of the track, from 0.
    pub track: u16,
    /// Its first name.
    pub name: Option<String>,
    /// Channels of its notes, 0-15, ascending.
    pub channels: Vec<u8>,
    /// General MIDI programs of its pitched notes, ascending.
    pub programs: Vec<u8>,
    /// Its notes.
    pub note_count: u32,
    /// Second at which its first note starts; `None` without notes.
    pub first_s: Option<f64>,
    /// Second at which its last note ends; `None` without notes.
    pub last_s: Option<f64>,
}

impl Track {
    fn new(track: u16, name: Option<String>) -> Self {
        Self {
            track,
            name,
            channels: Vec::new(),
            programs: Vec::new(),
            note_count: 0,
            first_s: None,
            last_s: None,
        }
    }
}

/// The tracks of a piece, in the order of the file, those without notes among them.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn tracks(
    score: &Score<'_>,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Track>, Error> {
    let names = names(score, decoder, interrupted)?;
    let mut tracks =
        room::gathered(names.into_iter().zip(0..).map(|(name, track)| Track::new(track, name)))?;
    check(interrupted)?;
    let mut last_ticks = vec![0; tracks.len()];
    let mut channels = vec![0_u16; tracks.len()];
    let mut programs = vec![0_u128; tracks.len()];
    for note in &score.notes {
        let index = usize::from(note.track);
        let track = &mut tracks[index];
        track.note_count += 1;
        track.first_s.get_or_insert_with(|| score.tempo.seconds(note.start));
        last_ticks[index] = note.end.max(last_ticks[index]);
        channels[index] |= 1 << note.channel;
        if !note.is_drum() {
            programs[index] |= 1 << note.program;
        }
    }
    for (index, track) in tracks.iter_mut().enumerate() {
        track.channels = (0..16).filter(|&bit| channels[index] >> bit & 1 == 1).collect();
        track.programs = (0..128).filter(|&bit| programs[index] >> bit & 1 == 1).collect();
        track.last_s = track.first_s.map(|_| score.tempo.seconds(last_ticks[index]));
    }
    Ok(tracks)
}

/// By track: its first name.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn names(
    score: &Score<'_>,
    decoder: &Decoder,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Option<String>>, Error> {
    let mut names = room::filled(None, score.track_count.into())?;
    let texts = score.raw_texts();
    for part in texts.list.chunks(TEXTS_BETWEEN_CHECKS) {
        check(interrupted)?;
        for text in part.iter().filter(|text| text.kind == TextKind::TrackName) {
            let name: &mut Option<String> = &mut names[usize::from(text.track)];
            if name.is_none() {
                *name = Some(decoder.name(texts.bytes(text))).filter(|name| !name.is_empty());
            }
        }
    }
    Ok(names)
}
