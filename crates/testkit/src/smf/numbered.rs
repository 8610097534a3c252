//! Small pieces, as many as are wanted.

use super::bytes;
use super::notation::QUARTER;

/// The small piece of a number: different numbers give different notes.
pub fn numbered(number: u32, notes: u32) -> Vec<u8> {
    let name = format!("Piece {number}");
    let mut body = [&[0, 0xff, 0x03, name.len() as u8], name.as_bytes()].concat();
    body.extend([0, 0xc0, (number % 128) as u8]);
    let mut state = number.wrapping_mul(2_654_435_761).wrapping_add(1);
    for _ in 0..notes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let pitch = 48 + (state >> 24) as u8 % 36;
        // Note-on, and note-off an eighth note later: by hand, since tests write them by the million.
        body.extend([0, 0x90, pitch, 80, 0x81, 0x70, 0x80, pitch, 64]);
    }
    bytes::file(0, QUARTER as u16, &[body])
}
