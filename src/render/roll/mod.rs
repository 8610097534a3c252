//! A piano roll as one SVG: time from left to right, pitch from bottom to top, each drum on a line of its own, with bars,
//! sections and chords above, lyrics and a legend below.
//!
//! Its size is bounded by its pixels, not by the piece: notes are painted on a canvas of cells, and what no cell shows is
//! not written. Labels for which there is no room are left out.

mod canvas;
mod colors;
mod drums;
mod grid;
mod legend;
mod pitches;
mod shapes;
mod strips;
mod view;
mod window;

use midi_analysis::{Error, Piece};
use svg::Document;
use svg::node::element::{Style, Title};

use self::canvas::Canvas;
use self::colors::Colors;
use self::drums::Drums;
use self::pitches::Pitches;
pub(crate) use self::view::{ColorBy, View};
pub(crate) use self::window::NoSuchBars;
use self::window::Window;

/// The style of a picture, which needs `svg` around it.
pub(super) const STYLE: &str = include_str!("roll.css");

/// Pixels between the parts of the picture, and around it.
const GAP: f64 = 6.0;
/// Most of the height that drums may have.
const DRUM_SHARE: f64 = 0.4;

/// A picture that stands for itself.
///
/// # Errors
/// Those of the methods of the piece; inside, that it does not have these bars.
pub(crate) fn picture(piece: &Piece<'_>, view: &View) -> Result<Result<String, NoSuchBars>, Error> {
    let drawn = document(piece, view)?;
    Ok(drawn.map(|drawn| {
        let styled = drawn.add(Style::new(STYLE));
        styled.to_string()
    }))
}

/// The picture without its style, for a page that has it.
///
/// # Errors
/// Those of [`picture`].
pub(super) fn document(
    piece: &Piece<'_>,
    view: &View,
) -> Result<Result<Document, NoSuchBars>, Error> {
    let window = match Window::of(piece, view)? {
        Ok(window) => window,
        Err(no_such_bars) => return Ok(Err(no_such_bars)),
    };
    let colors = Colors::of(piece, &window, view.color_by)?;
    let top = strips::above(piece, &window)?;
    let words = strips::lyrics(piece, &window)?;
    let legend = legend::legend(&colors, &window);
    let fixed = top.height + words.height + legend.height + 2.0 * GAP;
    let room = view.height.map(|height| (f64::from(height) - fixed - GAP).max(40.0));
    let drums = Drums::of(&colors, room.map(|room| room * DRUM_SHARE));
    let pitches = Pitches::of(&colors, room.map(|room| room - drums.height));

    let first = top.height;
    let between = if pitches.height > 0.0 && drums.height > 0.0 { GAP } else { 0.0 };
    let second = first + pitches.height + between;
    let last = second + drums.height;
    let below = last + words.height + GAP;
    let height = (below + legend.height + GAP).round();
    let (pitched, drummed) = painted(piece, &window, &colors, (&pitches, &drums))?;
    let drawn = frame(&window, height, (first, last))
        .add(Title::new(window.title(colors.voice_count())))
        .add(shapes::rectangle("paper", 0.0, 0.0, f64::from(window.width), height))
        .add(pitches.background(&window, first))
        .add(drums.background(&window, second))
        .add(grid::lines(piece, &window, first, last)?)
        .add(shapes::moved(top.shapes, 0.0))
        .add(shapes::moved(words.shapes, last))
        .add(shapes::moved(legend.shapes, below))
        .add(pitched.drawn(window.left, first, pitches.row_height))
        .add(drummed.drawn(window.left, second, drums.row_height));
    Ok(Ok(drawn))
}

/// An empty picture of this height, whose notes are between two heights.
fn frame(window: &Window, height: f64, (top, bottom): (f64, f64)) -> Document {
    Document::new()
        .set("class", "midi-roll")
        .set("viewBox", (0, 0, window.width, height))
        .set("width", window.width)
        .set("height", height)
        .set("role", "img")
        // For a page that moves along with the music: what is where.
        .set("data-from", window.start_s)
        .set("data-to", window.end_s)
        .set("data-left", window.left)
        .set("data-right", window.right)
        .set("data-top", top)
        .set("data-bottom", bottom)
}

/// The notes of both lanes.
fn painted(
    piece: &Piece<'_>,
    window: &Window,
    colors: &Colors,
    (pitches, drums): (&Pitches, &Drums),
) -> Result<(Canvas, Canvas), Error> {
    let (mut pitched, mut drummed) = (pitches.canvas(window), drums.canvas(window));
    for timed in piece.interruptible(piece.notes()?) {
        let timed = timed?;
        if timed.start_s >= window.end_s {
            break;
        }
        if window.shows(timed.start_s, timed.start_s + timed.duration_s) {
            let color = colors.color(&timed.note);
            if timed.note.is_drum() {
                drums.paint(&mut drummed, window, &timed, color);
            } else {
                pitches.paint(&mut pitched, window, &timed, color);
            }
        }
    }
    Ok((pitched, drummed))
}
