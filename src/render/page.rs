//! A page in one file, which asks for nothing: its style and script are in it, and its Content-Security-Policy forbids all
//! others.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// Colours and type of all pages.
const STYLE: &str = include_str!("page.css");

/// A page.
pub(crate) struct Page<'a> {
    /// The title of the window.
    pub(crate) title: &'a str,
    /// Its own style, in addition to that of all pages.
    pub(crate) style: &'static str,
    /// Its script.
    pub(crate) script: &'static str,
    /// What is in its body.
    pub(crate) body: Markup,
}

impl Page<'_> {
    /// The HTML of the page.
    pub(crate) fn html(self) -> String {
        let style = [STYLE, self.style].concat();
        // By their hashes, so that what a text of the library might smuggle in is no style and no script of the page.
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            source(&style),
            source(self.script)
        );
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(concat!("midi_pipeline ", env!("CARGO_PKG_VERSION")));
                    title { (self.title) }
                    style { (PreEscaped(style)) }
                }
                body {
                    (self.body)
                    script { (PreEscaped(self.script)) }
                }
            }
        };
        page.into_string()
    }
}

/// What a Content-Security-Policy calls an inline style or script.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// A text of the library, on a line: isolated from the direction of what surrounds it, and without control characters,
/// for which HTML has no place.
pub(crate) fn text(text: &str) -> Markup {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    html! { bdi { (text.chars().map(shown).collect::<String>()) } }
}
