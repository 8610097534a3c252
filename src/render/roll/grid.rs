//! Lines at bars and beats, as they are found.

use std::fmt::Write;

use midi_analysis::{Error, Piece};
use svg::node::element::Group;

use super::shapes::{path, tenths};
use super::window::Window;

/// Pixels that a bar or a beat with a line has at least.
const BETWEEN_BARS: f64 = 5.0;
const BETWEEN_BEATS: f64 = 7.0;

/// The lines, from one height to another.
///
/// # Errors
/// Those of the methods of the piece.
pub(super) fn lines(
    piece: &Piece<'_>,
    window: &Window,
    top: f64,
    bottom: f64,
) -> Result<Group, Error> {
    let (mut bars, mut beats) = (String::new(), String::new());
    let step = window.bars_with_room(BETWEEN_BARS);
    let all = f64::from(window.beats) * BETWEEN_BEATS <= window.right - window.left;
    for beat in piece.interruptible(piece.beats()?) {
        let beat = beat?;
        if !(window.start_s..window.end_s).contains(&beat.start_s) {
            continue;
        }
        let lines = match beat.is_downbeat {
            true if beat.bar.saturating_sub(1) % step == 0 => &mut bars,
            false if all => &mut beats,
            _ => continue,
        };
        let (x, top, height) = (window.x(beat.start_s), tenths(top), tenths(bottom - top));
        write!(lines, "M{} {top}v{height}", tenths(x)).expect("a string takes all");
    }
    Ok(Group::new().add(path("beats", beats)).add(path("bars", bars)))
}
