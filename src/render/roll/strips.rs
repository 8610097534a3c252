//! The strips above and below the notes: numbers of bars, sections and chords; lyrics. What has no room is left out; in
//! fewer bars, or a broader picture, there is more.

use midi_analysis::{Error, Piece};
use svg::node::element::Group;

use super::shapes::{Strip, label, rectangle};
use super::window::Window;
use crate::render::text::{breadth, printable};

/// Pixels of the strips.
const NUMBERS: f64 = 16.0;
const SECTIONS: f64 = 19.0;
const CHORDS: f64 = 18.0;
const LYRICS: f64 = 18.0;
const SECOND_LINE: f64 = 14.0;
/// Sizes of type, as in the style; that of chords a little larger, since they are bold.
const NUMBER_SIZE: f64 = 10.0;
const CHORD_SIZE: f64 = 12.5;
const LYRICS_SIZE: f64 = 11.0;
/// Pixels that a numbered bar has at least.
const BETWEEN_NUMBERS: f64 = 34.0;
/// Pixels of the narrowest section that is drawn, and of one with a letter.
const NARROWEST: f64 = 2.0;
const WITH_LETTER: f64 = 14.0;

/// Numbers of bars, sections and chords, one above the other.
///
/// # Errors
/// Those of the methods of the piece.
pub(super) fn above(piece: &Piece<'_>, window: &Window) -> Result<Strip, Error> {
    let mut strip = Strip::none();
    if window.bars.is_some() {
        strip = numbers(piece, window, strip)?;
    }
    strip = sections(piece, window, strip)?;
    chords(piece, window, strip)
}

fn numbers(piece: &Piece<'_>, window: &Window, strip: Strip) -> Result<Strip, Error> {
    let step = window.bars_with_room(BETWEEN_NUMBERS);
    let mut shapes = strip.shapes;
    for beat in piece.interruptible(piece.beats()?) {
        let beat = beat?;
        let inside = (window.start_s..window.end_s).contains(&beat.start_s);
        if inside && beat.is_downbeat && beat.bar.saturating_sub(1) % step == 0 {
            let (x, number) = (window.x(beat.start_s), beat.bar.to_string());
            if x + breadth(&number, NUMBER_SIZE) <= f64::from(window.width) {
                shapes = shapes.add(label("number", x, NUMBERS - 4.0, &number));
            }
        }
    }
    Ok(Strip { shapes, height: NUMBERS })
}

fn sections(piece: &Piece<'_>, window: &Window, strip: Strip) -> Result<Strip, Error> {
    let (mut shapes, top) = (strip.shapes, strip.height);
    for section in piece.sections()? {
        if !window.shows(section.start_s, section.end_s) {
            continue;
        }
        let (left, right) = (window.x(section.start_s), window.x(section.end_s));
        if right - left < NARROWEST {
            continue;
        }
        let letter = section.label.bytes().next().unwrap_or(b'A');
        let class = format!("section c{}", letter.to_ascii_uppercase().wrapping_sub(b'A') % 12);
        let band = rectangle(&class, left + 0.5, top, right - left - 1.0, SECTIONS - 4.0);
        shapes = shapes.add(band.set("rx", 3));
        if right - left >= WITH_LETTER {
            shapes = shapes.add(label("letter", left + 5.0, top + 11.5, &section.label));
        }
    }
    Ok(Strip { shapes, height: top + SECTIONS })
}

fn chords(piece: &Piece<'_>, window: &Window, strip: Strip) -> Result<Strip, Error> {
    let Strip { mut shapes, height: top } = strip;
    let mut free = window.left;
    let mut any = false;
    for chord in piece.interruptible(piece.chords()?.into_iter()) {
        let chord = chord?;
        if !window.shows(chord.start_s, chord.end_s) {
            continue;
        }
        any = true;
        let (x, name) = (window.x(chord.start_s), chord.name());
        let end = x + breadth(&name, CHORD_SIZE);
        if x >= free && end <= window.right {
            shapes = shapes.add(label("chord", x, top + 12.0, &name));
            free = end + 5.0;
        }
    }
    Ok(Strip { shapes, height: if any { top + CHORDS } else { top + 2.0 } })
}

/// The syllables of the lyrics, those for which there is no room in the first line in a second; no strip where there are
/// none.
///
/// # Errors
/// Those of the methods of the piece.
pub(super) fn lyrics(piece: &Piece<'_>, window: &Window) -> Result<Strip, Error> {
    let mut shapes = Group::new();
    let mut free = [window.left; 2];
    let mut height: f64 = 0.0;
    for syllable in piece.lyrics()? {
        let syllable = syllable?;
        if !(window.start_s..window.end_s).contains(&syllable.start_s) {
            continue;
        }
        let text = printable(syllable.text.trim());
        let x = window.x(syllable.start_s);
        let end = x + breadth(&text, LYRICS_SIZE);
        let line = free.iter().position(|&free| x >= free);
        let Some(line) = line.filter(|_| !text.is_empty() && end <= f64::from(window.width)) else {
            continue;
        };
        let down = line as f64 * SECOND_LINE;
        shapes = shapes.add(label("words", x, down + SECOND_LINE, &text));
        free[line] = end;
        height = height.max(LYRICS + down);
    }
    Ok(Strip { shapes, height })
}
