//! `midi_piano_roll`, `midi_page`: a piece of music as a picture, and as a page with a player.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::forms::Source;
use crate::error;
use crate::pg::caller::Caller;
use crate::render::piece;
use crate::render::roll::{self, ColorBy, View};

three_forms! {
    "midi_piano_roll" as midi_piano_roll_content, midi_piano_roll_path, midi_piano_roll_file (
        from_bar: default!(Option<i32>, "NULL"),
        to_bar: default!(Option<i32>, "NULL"),
        width: default!(Option<i32>, "800"),
        height: default!(Option<i32>, "NULL"),
        color_by: default!(Option<&str>, "'track'"),
    )
    returns optional String:
    |source| roll(&source, &view(from_bar, to_bar, width, height, color_by)?).map(Some)
}

three_forms! {
    "midi_page" as midi_page_content, midi_page_path, midi_page_file ()
    returns value String: |source, _caller| source.read(piece::page)
}

fn roll(source: &Source<'_>, view: &View) -> Result<String, ErrorReport> {
    let drawn = source.read(|piece| roll::picture(piece, view))?;
    drawn.map_err(|no_such_bars| error::bars(view.from_bar, view.to_bar, no_such_bars.last))
}

/// What is asked for; what is NULL is as by default.
fn view(
    from_bar: Option<i32>,
    to_bar: Option<i32>,
    width: Option<i32>,
    height: Option<i32>,
    color_by: Option<&str>,
) -> Result<View, ErrorReport> {
    let from_bar = from_bar.map(|bar| error::check_bar("from_bar", bar)).transpose()?;
    let to_bar = to_bar.map(|bar| error::check_bar("to_bar", bar)).transpose()?;
    let width = error::check_pixels("width", width.unwrap_or(800), 320)?;
    let height = height.map(|height| error::check_pixels("height", height, 120)).transpose()?;
    let color_by = color_by.unwrap_or("track");
    let color_by =
        color_by.parse().map_err(|()| error::no_such_colors(color_by, &ColorBy::NAMES))?;
    Ok(View { from_bar, to_bar, width, height, color_by })
}
