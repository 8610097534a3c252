//! The parts of the page that count.

use maud::{Markup, html};

use super::bars::bars;
use super::circle::circle;
use super::columns::{Column, columns};
use super::facts::{Bands, Copies, Count, Damage, Facts, Files, Meter, Music};
use super::numbers::{bytes, clock, hours, share, tempo, whole};
use crate::render::page::text;

/// The meters that are shown; the others are added up.
const METERS: usize = 10;
/// The longest that a column is without a tick below it.
const TICKS: usize = 6;

/// The numbers at the top.
pub(super) fn summary(facts: &Facts) -> Markup {
    let files = facts.files.in_library();
    let tile = |value: String, what: &str, detail: String| {
        html! { div.tile { strong { (value) } span { (what) } small.dim { (detail) } } }
    };
    let failed = facts.files.in_state("failed");
    html! {
        div.tiles {
            (tile(whole(files), "files", bytes(facts.files.bytes)))
            (tile(hours(facts.music.seconds), "hours of music", with_drums(&facts.music, files)))
            (tile(whole(facts.copies.files), "copies", bytes(facts.copies.bytes)))
            (tile(whole(facts.damage.repaired), "repaired", share(facts.damage.repaired, files)))
            (tile(whole(failed), "not read", share(failed, files + failed)))
        }
        @if facts.music.cataloged > 0 {
            p.note {
                (whole(facts.music.cataloged)) " files are only cataloged: key, tempo and complexity are not known of them. "
                code { "SELECT midi_deepen()" } " completes them."
            }
        }
    }
}

fn with_drums(music: &Music, files: i64) -> String {
    format!("{} with drums", share(music.with_drums, files))
}

/// What kinds of music there are.
pub(super) fn music(music: &Music, files: i64) -> Markup {
    let known: i64 = music.keys.iter().map(|key| key.files).sum();
    html! {
        section {
            h2 { "Key" }
            (circle(&music.keys))
            (unknown(files - known))
        }
        section {
            h2 { "Tempo" }
            (bands("Files by tempo", &music.tempos, files, "BPM", tempo))
        }
        section {
            h2 { "Length" }
            (bands("Files by length", &music.lengths, files, "", clock))
        }
        section {
            h2 { "Complexity" }
            (bands("Files by complexity", &music.complexities, files, "", tempo))
        }
        section { h2 { "Meter" } (bars(&meters(&music.meters))) }
        section { h2 { "Instruments" } (bars(&music.instruments)) }
        section { h2 { "Tags" } (bars(&music.tags)) }
    }
}

/// A chart of bands, and how many of `files` are in none.
fn bands(title: &str, bands: &Bands, files: i64, unit: &str, write: fn(f64) -> String) -> Markup {
    let last = bands.edges.len();
    let name = |band: usize| {
        let name = match band {
            0 => format!("under {}", write(bands.edges[0])),
            band if band == last => format!("{} and more", write(bands.edges[last - 1])),
            band => format!("{} to {}", write(bands.edges[band - 1]), write(bands.edges[band])),
        };
        format!("{name} {unit}").trim_end().to_owned()
    };
    let bars: Vec<Column> = bands
        .files
        .iter()
        .enumerate()
        .map(|(band, &files)| Column { name: name(band), files })
        .collect();
    let step = (last / TICKS).max(1);
    let ticks: Vec<_> =
        (0..last).step_by(step).map(|edge| (edge + 1, write(bands.edges[edge]))).collect();
    html! {
        (columns(title, &bars, &ticks))
        (unknown(files - bands.total()))
    }
}

fn unknown(files: i64) -> Markup {
    html! { @if files > 0 { p.dim { (whole(files)) " not known" } } }
}

fn meters(meters: &[Meter]) -> Vec<Count> {
    let (shown, others) = meters.split_at(meters.len().min(METERS));
    let name = |meter: &Meter| format!("{}/{}", meter.numerator, meter.denominator);
    let mut counts: Vec<Count> =
        shown.iter().map(|meter| Count { name: name(meter), files: meter.files }).collect();
    if !others.is_empty() {
        let files = others.iter().map(|meter| meter.files).sum();
        counts.push(Count { name: "others".to_owned(), files });
    }
    counts
}

/// The files: when they came in, copies, damage.
pub(super) fn files(facts: &Facts) -> Markup {
    html! {
        (arrivals(&facts.files))
        (copies(&facts.copies))
        (damage(&facts.damage, &facts.files))
    }
}

fn arrivals(files: &Files) -> Markup {
    let bars: Vec<Column> = files
        .arrivals
        .iter()
        .map(|count| Column { name: count.name.clone(), files: count.files })
        .collect();
    let step = bars.len().div_ceil(4).max(1);
    let ticks: Vec<_> = bars
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(place, column)| (place, column.name.clone()))
        .collect();
    html! {
        section {
            h2 { "Came in" }
            @if bars.is_empty() {
                p.dim { "No files." }
            } @else {
                (columns("Files by when they came in", &bars, &ticks))
                p.dim { "Files per " (files.period) "." }
            }
        }
    }
}

fn copies(copies: &Copies) -> Markup {
    html! {
        section {
            h2 { "Copies" }
            @if copies.files == 0 {
                p.dim { "No two files have the same content." }
            } @else {
                p { "Files with the content of another: " (whole(copies.files)) ", " (bytes(copies.bytes)) "." }
                table.list {
                    thead { tr { th { "File" } th.number { "Times" } th.number { "Extra" } } }
                    tbody {
                        @for copied in &copies.largest {
                            tr {
                                td.name { (text(&copied.filename)) }
                                td.number { (whole(copied.files)) }
                                td.number { (bytes(copied.bytes)) }
                            }
                        }
                    }
                }
                p.dim { "The same music in other bytes: " code { "midi_duplicate_pairs()" } }
            }
        }
    }
}

fn damage(damage: &Damage, files: &Files) -> Markup {
    let failed = files.in_state("failed");
    html! {
        section {
            h2 { "Damaged files" }
            @if damage.repaired == 0 && failed == 0 {
                p.dim { "None." }
            }
            @if damage.repaired > 0 {
                h3 { (whole(damage.repaired)) " repaired" }
                (bars(&damage.repairs))
            }
            @if failed > 0 {
                h3 { (whole(failed)) " could not be read" }
                (bars(&damage.failures))
            }
            @for (state, what) in [("skipped", "skipped by a rule"), ("vanished", "vanished")] {
                @if files.in_state(state) > 0 {
                    p.dim { (whole(files.in_state(state))) " " (what) }
                }
            }
        }
    }
}
