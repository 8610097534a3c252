//! The page of a piece: its piano roll with a player, what is known of it and how surely, and its chords over bars.

mod facts;
mod player;
mod sheet;

use maud::{Markup, PreEscaped, html};
use midi_analysis::{Analysis, Error, Piece};

use self::player::Music;
use super::page::{Page, text};
use super::roll::{self, ColorBy, View};

const STYLE: &str = concat!(include_str!("../roll/roll.css"), include_str!("piece.css"));
const SCRIPT: &str = include_str!("player.js");

/// Pixels of the roll: so many for each beat, within limits. It is scrolled where it is broader than the window.
const PER_BEAT: f64 = 22.0;
const LEAST_WIDTH: f64 = 1120.0;
const MOST_WIDTH: f64 = 4096.0;

/// The page.
///
/// # Errors
/// Those of the methods of the piece.
pub(crate) fn page(piece: &Piece<'_>) -> Result<String, Error> {
    let analysis = piece.analysis()?;
    let music = Music::of(piece)?;
    let roll = picture(piece, &analysis)?;
    let sheet = sheet::sheet(piece)?;
    let title = title(piece, &analysis)?;
    let body = html! {
        header {
            h1 { (text(title)) }
            @if let Some(artist) = &analysis.texts.artist { p.dim { (text(artist)) } }
        }
        section.player {
            (player::controls(&music))
            div #roll tabindex="0" { (roll) }
            script type="application/json" id="music" { (PreEscaped(music.json())) }
        }
        (facts::facts(&analysis))
        (sheet)
    };
    let title = super::text::printable(title);
    Ok(Page { title: &title, style: STYLE, script: SCRIPT, body }.html())
}

/// What the piece is called: its title; or the name of the first track, which is that of the piece unless other tracks play
/// beside it (MMA RP-001); or the name of its file.
fn title<'a>(piece: &'a Piece<'_>, analysis: &'a Analysis) -> Result<&'a str, Error> {
    let tracks = piece.tracks()?;
    let of_piece = tracks.first().is_some_and(|first| first.note_count == 0 || tracks.len() == 1);
    let first = analysis.texts.track_names.first().filter(|name| {
        of_piece && tracks.first().is_some_and(|first| first.name.as_ref() == Some(*name))
    });
    let file = piece.name().rsplit('/').next().filter(|name| !name.is_empty());
    let title = analysis.texts.title.as_deref().or(first.map(String::as_str)).or(file);
    Ok(title.unwrap_or("A piece without a name"))
}

fn picture(piece: &Piece<'_>, analysis: &Analysis) -> Result<Markup, Error> {
    let beats = analysis.tempo.duration_beats.unwrap_or(0.0);
    let width = (beats * PER_BEAT).clamp(LEAST_WIDTH, MOST_WIDTH) as u16;
    let whole =
        View { from_bar: None, to_bar: None, width, height: None, color_by: ColorBy::Track };
    let drawn = roll::document(piece, &whole)?;
    // The whole piece has all its bars.
    Ok(drawn.map(|drawn| PreEscaped(drawn.to_string())).unwrap_or_default())
}
