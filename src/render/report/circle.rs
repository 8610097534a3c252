//! The circle of fifths: major keys outside, each with its relative minor key inside, the fuller the more files are in it.

use std::f64::consts::TAU;

use maud::{Markup, html};
use midi_analysis::{KeySignature, Mode};

use super::facts::Count;
use super::numbers::{tenths, whole};

/// The radii of the rings, in units of the picture.
const OUTER: f64 = 150.0;
const MIDDLE: f64 = 102.0;
const INNER: f64 = 54.0;
/// The signatures from C clockwise, in sharps, or flats where negative.
const CLOCKWISE: [i8; 12] = [0, 1, 2, 3, 4, 5, 6, -5, -4, -3, -2, -1];

/// A picture of the files in each key.
pub(super) fn circle(keys: &[Count]) -> Markup {
    let files_in = |name: &str| {
        keys.iter().filter(|count| count.name == name).map(|count| count.files).sum::<i64>()
    };
    let most = keys.iter().map(|count| count.files).max().unwrap_or(0).max(1);
    let rings = [(Mode::Major, OUTER, MIDDLE), (Mode::Minor, MIDDLE, INNER)];
    html! {
        svg.circle viewBox="-156 -156 312 312" role="img" aria-label="Files by key, in the circle of fifths" {
            @for (mode, outer, inner) in rings {
                @for (place, fifths) in CLOCKWISE.into_iter().enumerate() {
                    @if let Some(key) = KeySignature::new(fifths, mode).map(KeySignature::key) {
                        @let name = key.to_string();
                        @let files = files_in(&name);
                        @let (x, y) = point(place as f64, (outer + inner) / 2.0);
                        g.key {
                            title { (name) ": " (whole(files)) }
                            path.ring d=(sector(place as f64, outer, inner)) {}
                            path.fill d=(sector(place as f64, outer, inner))
                                fill-opacity=(format!("{:.3}", files as f64 / most as f64)) {}
                            text.name x=(tenths(x)) y=(tenths(y - 1.0)) {
                                (key.tonic_name()) @if mode.is_minor() { "m" }
                            }
                            text.files x=(tenths(x)) y=(tenths(y + 12.0)) { (whole(files)) }
                        }
                    }
                }
            }
        }
    }
}

/// The point at a distance from the middle, in twelfths of a turn clockwise from the top.
fn point(twelfths: f64, radius: f64) -> (f64, f64) {
    let (sine, cosine) = (twelfths / 12.0 * TAU).sin_cos();
    (radius * sine, -radius * cosine)
}

/// The outline of a twelfth of a ring.
fn sector(place: f64, outer: f64, inner: f64) -> String {
    let (before, after) = (place - 0.5, place + 0.5);
    let [(ax, ay), (bx, by)] = [point(before, outer), point(after, outer)];
    let [(cx, cy), (dx, dy)] = [point(after, inner), point(before, inner)];
    format!(
        "M{ax:.1} {ay:.1}A{outer} {outer} 0 0 1 {bx:.1} {by:.1}L{cx:.1} {cy:.1}A{inner} {inner} 0 0 0 {dx:.1} {dy:.1}Z"
    )
}
