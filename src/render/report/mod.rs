//! The page on a library.

mod bars;
mod circle;
mod columns;
pub(crate) mod facts;
mod lists;
mod numbers;
mod sections;

use maud::html;

use self::facts::Facts;
use super::page::Page;

/// The page, as HTML. Whatever the facts are, it has less than a megabyte.
pub(crate) fn page(facts: &Facts) -> String {
    let body = html! {
        header {
            h1 { "Music library" }
            p.dim { "What is in it, as of " (facts.written) "." }
            (sections::summary(facts))
        }
        main {
            @if facts.files.states.is_empty() {
                section { p { "The library is empty. Import a folder: " code { "SELECT midi_import('/path/to/midi')" } } }
            } @else {
                div.cards {
                    (sections::music(&facts.music, facts.files.in_library()))
                    (sections::files(facts))
                    (lists::by_tempo("The slowest", &facts.slowest))
                    (lists::by_tempo("The fastest", &facts.fastest))
                }
                (lists::strangest(&facts.strangest))
                (lists::names(&facts.names, &facts.files))
                (lists::latest(&facts.latest))
            }
        }
    };
    let (style, script) = (include_str!("report.css"), include_str!("report.js"));
    Page { title: "Music library", style, script, body }.html()
}
