//! The chords over bars, section by section, as a lead sheet has them.

use maud::{Markup, html};
use midi_analysis::{ChordSpan, Error, Piece, Section};

use crate::render::page::text;
use crate::render::text::minutes;

/// Bars that are shown.
const MOST_BARS: usize = 512;
/// Seconds by which a chord may be ahead of the bar that it belongs to: played music is not exact.
const AHEAD: f64 = 0.06;

/// A bar, and the chords that begin in it.
struct Bar {
    number: u32,
    start_s: f64,
    chords: Vec<String>,
    /// Whether the chord before it goes on.
    goes_on: bool,
}

/// The chords, as a section of the page; nothing where the bars of the piece are not known.
///
/// # Errors
/// Those of the methods of the piece.
pub(super) fn sheet(piece: &Piece<'_>) -> Result<Markup, Error> {
    let mut bars = Vec::new();
    for beat in piece.interruptible(piece.beats()?) {
        let beat = beat?;
        if beat.is_downbeat {
            let (number, start_s) = (beat.bar, beat.start_s);
            bars.push(Bar { number, start_s, chords: Vec::new(), goes_on: false });
        }
        if bars.len() > MOST_BARS {
            break;
        }
    }
    // The last one only ends the one before.
    let more = bars.len() > MOST_BARS;
    let end_s =
        if more { bars.pop().map_or(f64::INFINITY, |bar| bar.start_s) } else { f64::INFINITY };
    if bars.is_empty() {
        return Ok(Markup::default());
    }
    place(&mut bars, &piece.chords()?, end_s);
    Ok(shown(&bars, piece.sections()?, more))
}

/// Gives each chord to its bar; one before the first bar to that.
fn place(bars: &mut [Bar], chords: &[ChordSpan], end_s: f64) {
    for chord in chords.iter().take_while(|chord| chord.start_s + AHEAD < end_s) {
        let after = bars.partition_point(|bar| bar.start_s <= chord.start_s + AHEAD);
        let bar = &mut bars[after.saturating_sub(1)];
        let name = chord.name();
        if bar.chords.last() != Some(&name) {
            bar.chords.push(name);
        }
    }
    for bar in bars {
        let begun = chords.partition_point(|chord| chord.start_s <= bar.start_s + AHEAD);
        let last = chords[..begun].last();
        bar.goes_on = last.is_some_and(|chord| chord.end_s > bar.start_s + AHEAD);
    }
}

fn shown(bars: &[Bar], sections: &[Section], more: bool) -> Markup {
    // The first bar of each section that begins among them; the first section has what is before it.
    let begins = |bar: &Bar| sections.iter().find(|section| section.start_bar == Some(bar.number));
    let mut groups: Vec<(Option<&Section>, Vec<&Bar>)> = Vec::new();
    for bar in bars {
        let section = begins(bar);
        if section.is_some() || groups.is_empty() {
            groups.push((section, Vec::new()));
        }
        if let Some((_, group)) = groups.last_mut() {
            group.push(bar);
        }
    }
    html! {
        section.sheet {
            h2 { "Chords and sections" }
            @for (section, bars) in &groups {
                @if let Some(section) = section {
                    h3 { span.letter { (text(&section.label)) } " " (span(section)) }
                }
                div.bars {
                    @for bar in bars {
                        div.bar data-from=(format!("{:.3}", bar.start_s)) {
                            span.number { (bar.number) }
                            @for chord in &bar.chords { b { (chord) } " " }
                            @if bar.chords.is_empty() { span.dim { (if bar.goes_on { "%" } else { "N.C." }) } }
                        }
                    }
                }
            }
            @if more { p.dim { "The first " (MOST_BARS) " bars." } }
        }
    }
}

/// Where a section is.
fn span(section: &Section) -> String {
    let bars = match (section.start_bar, section.bars) {
        (Some(first), Some(bars)) if bars > 1 => format!("bars {first} to {}, ", first + bars - 1),
        (Some(first), _) => format!("bar {first}, "),
        _ => String::new(),
    };
    format!("{bars}from {}", minutes(section.start_s as u64))
}
