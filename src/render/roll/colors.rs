//! Which notes have a colour of their own, and what the legend calls them.

use std::collections::BTreeMap;

use midi_analysis::{Error, Note, Piece, program_name};

use super::view::ColorBy;
use super::window::Window;

/// Colours of pitched notes; the one after them is that of drums.
const HUES: u8 = 12;
/// All colours.
pub(super) const COLORS: usize = HUES as usize + 1;
/// The colour of drums.
const OF_DRUMS: u8 = HUES;
/// Voices that are told apart. A piece has that many only if it is made to.
const MOST_VOICES: usize = 1024;
/// The names of pitch classes.
const CLASSES: [&str; 12] =
    ["C", "C#/Db", "D", "D#/Eb", "E", "F", "F#/Gb", "G", "G#/Ab", "A", "A#/Bb", "B"];

/// The voices of what is shown, with their colours, and which pitches it has.
pub(super) struct Colors {
    color_by: ColorBy,
    voices: BTreeMap<u32, Voice>,
    /// The pitches of pitched notes, and of drums, as bits.
    pub(super) pitches: u128,
    pub(super) drums: u128,
}

/// What has one colour.
pub(super) struct Voice {
    pub(super) color: u8,
    pub(super) name: String,
}

impl Colors {
    /// # Errors
    /// Those of the methods of the piece.
    pub(super) fn of(piece: &Piece<'_>, window: &Window, color_by: ColorBy) -> Result<Self, Error> {
        let mut firsts: BTreeMap<u32, Note> = BTreeMap::new();
        let (mut pitches, mut drums) = (0, 0);
        for timed in piece.interruptible(piece.notes()?) {
            let timed = timed?;
            if !window.shows(timed.start_s, timed.start_s + timed.duration_s) {
                continue;
            }
            let note = timed.note;
            *(if note.is_drum() { &mut drums } else { &mut pitches }) |= 1 << note.pitch;
            let key = key(color_by, &note);
            if firsts.len() < MOST_VOICES || firsts.contains_key(&key) {
                firsts.entry(key).or_insert(note);
            }
        }
        let tracks = piece.tracks()?;
        let mut next = 0;
        let voices = firsts.into_iter().map(|(key, note)| {
            let color = match color_by {
                _ if note.is_drum() => OF_DRUMS,
                ColorBy::Pitch => note.pitch % 12,
                _ => {
                    next += 1;
                    ((next - 1) % u32::from(HUES)) as u8
                }
            };
            let track = tracks.get(usize::from(note.track));
            let alone = track.is_some_and(|track| track.channels.len() == 1);
            let own_name = track.and_then(|track| track.name.clone()).filter(|_| alone);
            (key, Voice { color, name: name(color_by, &note, own_name) })
        });
        Ok(Self { color_by, voices: voices.collect(), pitches, drums })
    }

    /// The colour of a note.
    pub(super) fn color(&self, note: &Note) -> u8 {
        let key = key(self.color_by, note);
        match self.voices.get(&key) {
            Some(voice) => voice.color,
            None if note.is_drum() => OF_DRUMS,
            None => (key % u32::from(HUES)) as u8,
        }
    }

    /// The voices, in the order of the legend.
    pub(super) fn voices(&self) -> impl Iterator<Item = &Voice> {
        self.voices.values()
    }

    /// How many voices there are.
    pub(super) fn voice_count(&self) -> usize {
        self.voices.len()
    }
}

/// What the notes of one colour have in common.
fn key(color_by: ColorBy, note: &Note) -> u32 {
    let channel = u32::from(note.port) << 4 | u32::from(note.channel);
    match color_by {
        ColorBy::Track => u32::from(note.track) << 11 | channel,
        ColorBy::Channel => channel,
        _ if note.is_drum() => u32::MAX,
        ColorBy::Instrument => note.program.into(),
        ColorBy::Pitch => (note.pitch % 12).into(),
    }
}

/// What the legend calls the voice of a note. `own_name` is that of its track.
fn name(color_by: ColorBy, note: &Note, own_name: Option<String>) -> String {
    let instrument = || match note.is_drum() {
        true => "Drums".to_owned(),
        false => program_name(note.program).unwrap_or_default().to_owned(),
    };
    match color_by {
        ColorBy::Track => own_name.unwrap_or_else(instrument),
        ColorBy::Channel => format!("{} {}", u32::from(note.channel) + 1, instrument()),
        ColorBy::Pitch if !note.is_drum() => CLASSES[usize::from(note.pitch % 12)].to_owned(),
        ColorBy::Instrument | ColorBy::Pitch => instrument(),
    }
}
