//! What the player of a page is given: notes as numbers, and its controls.

use std::fmt::Write;

use maud::{Markup, html};
use midi_analysis::{Error, Piece};

/// Notes that are played: enough to recognise any tune, and no more than a page can hold.
const MOST_NOTES: usize = 40_000;
/// The instrument that stands for drums; the others are the families of General MIDI.
const DRUMS: u8 = 16;

/// The notes of a piece for the script: five numbers each, of which the script knows more.
pub(super) struct Music {
    notes: String,
    length_s: f64,
    /// Whether there are more notes.
    cut: bool,
}

impl Music {
    /// # Errors
    /// Those of the methods of the piece.
    pub(super) fn of(piece: &Piece<'_>) -> Result<Self, Error> {
        let mut notes = String::new();
        let (mut last_ms, mut length_s): (i64, f64) = (0, 0.0);
        let all = piece.notes()?;
        let cut = all.len() > MOST_NOTES;
        for timed in piece.interruptible(all.take(MOST_NOTES)) {
            let timed = timed?;
            let note = timed.note;
            let start_ms = (timed.start_s * 1e3) as i64;
            let instrument = if note.is_drum() { DRUMS } else { note.program / 8 };
            let comma = if notes.is_empty() { "" } else { "," };
            write!(
                notes,
                "{comma}{},{},{},{},{instrument}",
                start_ms - last_ms,
                (timed.duration_s * 1e3) as i64,
                note.pitch,
                note.velocity
            )
            .expect("a string takes all");
            last_ms = start_ms;
            length_s = length_s.max(timed.start_s + timed.duration_s);
        }
        Ok(Self { notes, length_s, cut })
    }

    /// The data of the script. It has numbers only.
    pub(super) fn json(&self) -> String {
        format!("{{\"length\":{:.3},\"notes\":[{}]}}", self.length_s, self.notes)
    }
}

/// The controls.
pub(super) fn controls(music: &Music) -> Markup {
    html! {
        div.controls {
            button #play type="button" aria-label="Play" { "Play" }
            input #place type="range" min="0" max=(format!("{:.3}", music.length_s)) step="0.01" value="0" aria-label="Place in the music";
            output #clock { "0:00.0" }
            @if music.cut { span.dim { "The first " (MOST_NOTES) " notes." } }
        }
    }
}
