//! Notation: tokens of pitches joined by `+` (`r` rests), each with a length that holds until the next one given.
//!
//! `w h q e s` are whole to sixteenth, `.` dots it, `l` and `k` are the long and the short eighth of a swung pair. Bar
//! lines `|` are for the eye. Middle C is `C4`.

/// Ticks in a quarter note.
pub const QUARTER: u32 = 480;

/// A note, a chord, or a rest without pitches.
pub(super) struct Sound {
    pub(super) pitches: Vec<u8>,
    pub(super) ticks: u32,
}

/// Reads notation.
pub(super) fn parse(music: &str) -> Vec<Sound> {
    let mut ticks = QUARTER;
    music
        .split_whitespace()
        .filter(|&token| token != "|")
        .map(|token| {
            let length = token.find(['w', 'h', 'q', 'e', 's', 'l', 'k']).unwrap_or(token.len());
            let (pitches, length) = token.split_at(length);
            if !length.is_empty() {
                ticks = length_ticks(length);
            }
            let pitches =
                if pitches == "r" { vec![] } else { pitches.split('+').map(pitch).collect() };
            Sound { pitches, ticks }
        })
        .collect()
}

fn length_ticks(length: &str) -> u32 {
    let plain = match &length[..1] {
        "w" => 4 * QUARTER,
        "h" => 2 * QUARTER,
        "q" => QUARTER,
        "e" => QUARTER / 2,
        "s" => QUARTER / 4,
        "l" => QUARTER * 2 / 3,
        _ => QUARTER / 3,
    };
    if length.ends_with('.') { plain * 3 / 2 } else { plain }
}

fn pitch(name: &str) -> u8 {
    let (letter, rest) = name.split_at(1);
    let step = match letter {
        "C" => 0,
        "D" => 2,
        "E" => 4,
        "F" => 5,
        "G" => 7,
        "A" => 9,
        "B" => 11,
        _ => panic!("no such note: {name}"),
    };
    let (alteration, octave) = match rest.split_at(1) {
        ("#", octave) => (1, octave),
        ("b", octave) => (-1, octave),
        _ => (0, rest),
    };
    let octave: i32 = octave.parse().expect("a note name ends in its octave");
    (12 * (octave + 1) + step + alteration) as u8
}
