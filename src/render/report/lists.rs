//! The parts of the page that list files.

use maud::{Markup, html};

use super::bars::bars;
use super::facts::{Files, Names, Piece};
use super::numbers::{clock, tempo, whole};
use crate::render::page::text;

/// The bytes of the rows that can be searched.
const MOST_BYTES: usize = 600_000;

/// Pieces with their tempos.
pub(super) fn by_tempo(title: &str, pieces: &[Piece]) -> Markup {
    html! {
        section {
            h2 { (title) }
            @if pieces.is_empty() { p.dim { "No tempo is known." } }
            table.list {
                tbody {
                    @for piece in pieces {
                        tr {
                            td.name { (text(&piece.filename)) }
                            td.number { (optional(piece.bpm, tempo)) " BPM" }
                        }
                    }
                }
            }
        }
    }
}

/// The pieces that are rarest.
pub(super) fn strangest(pieces: &[Piece]) -> Markup {
    html! {
        section {
            h2 { "The strangest" }
            p.dim {
                "Pieces whose key, meter, tempo, length and complexity are rare here. A piece of 10 bits is one in a thousand."
            }
            (table(pieces, true))
        }
    }
}

/// Names that disagree with their music.
pub(super) fn names(names: &Names, files: &Files) -> Markup {
    html! {
        section {
            h2 { "Names and music" }
            p {
                (whole(files.with_key)) " names have a key and " (whole(files.with_tempo)) " a tempo. "
                @if names.keys.is_empty() && names.tempos.is_empty() { "None disagrees with the music." }
            }
            div.halves {
                @for (what, relations) in [("Another key", &names.keys), ("Another tempo", &names.tempos)] {
                    @if !relations.is_empty() { div { h3 { (what) } (bars(relations)) } }
                }
            }
            @if !names.files.is_empty() {
                table.list {
                    thead { tr { th { "File" } th { "Name says" } th { "Music is" } } }
                    tbody {
                        @for named in &names.files {
                            @let tempos = named.tempos.map(|(said, heard)| (beats(said), beats(heard)));
                            @let said = [named.keys.as_ref().map(|keys| &keys.0), tempos.as_ref().map(|tempos| &tempos.0)];
                            @let heard = [named.keys.as_ref().map(|keys| &keys.1), tempos.as_ref().map(|tempos| &tempos.1)];
                            tr {
                                td.name { (text(&named.filename)) }
                                @for shown in [said, heard] {
                                    td { @for part in shown.into_iter().flatten() { span.part { (text(part)) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn beats(bpm: f64) -> String {
    format!("{} BPM", tempo(bpm))
}

/// The files that can be searched: the first of these, as many as there is room for.
pub(super) fn latest(pieces: &[Piece]) -> Markup {
    html! {
        section {
            h2 { "Search" }
            input #search type="search" placeholder="Name, key, tempo, meter, tag ..." aria-label="Search" autocomplete="off";
            p.dim { span #found { (whole(pieces.len() as i64)) } " files, those that came in last" }
            div.scroll { (table(pieces, false)) }
        }
    }
}

/// A table of pieces, as far as there is room.
fn table(pieces: &[Piece], rarities: bool) -> Markup {
    let mut room = MOST_BYTES;
    let rows = pieces.iter().map(|piece| row(piece, rarities)).take_while(|row| {
        let fits = row.0.len() <= room;
        room = room.saturating_sub(row.0.len());
        fits
    });
    html! {
        table.list {
            thead {
                tr {
                    th { "File" } th { "Key" } th.number { "BPM" } th { "Meter" } th.number { "Length" }
                    @if rarities { th.number { "Bits" } }
                    th { "Tags" } th.number { "file_id" }
                }
            }
            tbody { @for row in rows { (row) } }
        }
    }
}

fn row(piece: &Piece, rarities: bool) -> Markup {
    html! {
        tr {
            td.name { (text(&piece.filename)) }
            td.short { (text(piece.key.as_deref().unwrap_or_default())) }
            td.number { (optional(piece.bpm, tempo)) }
            td { (piece.meter.as_deref().unwrap_or_default()) }
            td.number { (optional(piece.length, clock)) }
            @if rarities { td.number { (optional(piece.rarity, tempo)) } }
            td.tags { (text(&piece.tags)) }
            td.number.dim { (piece.file_id) }
        }
    }
}

/// A value, if it is known.
fn optional<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map(write).unwrap_or_default()
}
