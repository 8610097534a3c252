//! Styles of music.

use super::harmony::{CLASSICAL, Idiom, JAZZ, POP};

/// A style of music.
pub(super) struct Style {
    pub(super) name: &'static str,
    pub(super) idiom: &'static Idiom,
    /// Slowest and fastest, in quarter notes a minute.
    pub(super) bpm: (f64, f64),
    /// Numerators and denominators, the usual ones more than once.
    pub(super) meters: &'static [(u8, u8)],
    /// The parts, required ones first, and the number of required ones.
    pub(super) parts: &'static [(Role, &'static str, &'static [u8])],
    pub(super) least_parts: usize,
    /// The share of a beat by which an offbeat eighth is late.
    pub(super) swing: f64,
    /// Whether it is a recorded performance: off the grid, with pedal, at a declared tempo that is not the music's.
    pub(super) performed: bool,
    /// Whether it may have words.
    pub(super) sung: bool,
}

/// What a part does.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    Melody,
    Counter,
    Comp,
    Arpeggio,
    Pad,
    Bass,
    Walking,
    Drums,
}

use Role::{Arpeggio, Bass, Comp, Counter, Drums, Melody, Pad, Walking};

pub(super) const STYLES: [Style; 6] = [
    Style {
        name: "pop",
        idiom: &POP,
        bpm: (68.0, 140.0),
        meters: &[(4, 4), (4, 4), (4, 4), (6, 8)],
        parts: &[
            (Melody, "Lead", &[52, 53, 54, 65, 73, 80, 81]),
            (Drums, "Drums", &[0]),
            (Bass, "Bass", &[32, 33, 34, 35]),
            (Comp, "Guitar", &[24, 25, 26, 27, 29]),
            (Comp, "Piano", &[0, 1, 4, 5]),
            (Pad, "Strings", &[48, 49, 50, 89]),
            (Counter, "Horns", &[61, 56, 62]),
            (Arpeggio, "Guitar 2", &[24, 25, 46]),
            (Counter, "Backing Vocals", &[52, 53]),
        ],
        least_parts: 4,
        swing: 0.0,
        performed: false,
        sung: true,
    },
    Style {
        name: "dance",
        idiom: &POP,
        bpm: (118.0, 150.0),
        meters: &[(4, 4)],
        parts: &[
            (Drums, "Kit", &[0]),
            (Bass, "Synth Bass", &[38, 39]),
            (Arpeggio, "Sequence", &[80, 81, 87]),
            (Pad, "Pad", &[88, 89, 90, 95]),
            (Melody, "Lead", &[80, 81, 84]),
            (Comp, "Stabs", &[62, 63, 90]),
        ],
        least_parts: 4,
        swing: 0.0,
        performed: false,
        sung: false,
    },
    Style {
        name: "jazz",
        idiom: &JAZZ,
        bpm: (90.0, 220.0),
        meters: &[(4, 4), (4, 4), (3, 4)],
        parts: &[
            (Melody, "Sax", &[56, 59, 64, 65, 66, 11]),
            (Walking, "Upright", &[32]),
            (Drums, "Drums", &[0]),
            (Comp, "Piano", &[0, 26]),
            (Counter, "Trombone", &[57, 71]),
        ],
        least_parts: 3,
        swing: 0.16,
        performed: false,
        sung: false,
    },
    Style {
        name: "piano",
        idiom: &CLASSICAL,
        bpm: (54.0, 120.0),
        meters: &[(4, 4), (3, 4), (6, 8), (2, 4)],
        parts: &[(Melody, "Right", &[0]), (Arpeggio, "Left", &[0]), (Comp, "Inner", &[0])],
        least_parts: 2,
        swing: 0.0,
        performed: true,
        sung: false,
    },
    Style {
        name: "ensemble",
        idiom: &CLASSICAL,
        bpm: (60.0, 132.0),
        meters: &[(4, 4), (3, 4), (2, 4), (6, 8)],
        parts: &[
            (Melody, "Violin I", &[40, 73, 68]),
            (Bass, "Violoncello", &[42, 70]),
            (Counter, "Viola", &[41, 71]),
            (Arpeggio, "Violin II", &[40, 46]),
            (Pad, "Horns", &[60, 48]),
            (Counter, "Oboe", &[68, 69]),
            (Walking, "Contrabass", &[43]),
        ],
        least_parts: 3,
        swing: 0.0,
        performed: false,
        sung: false,
    },
    Style {
        name: "folk",
        idiom: &POP,
        bpm: (84.0, 180.0),
        meters: &[(3, 4), (6, 8), (4, 4), (2, 4)],
        parts: &[
            (Melody, "Fiddle", &[40, 110, 21, 74]),
            (Comp, "Guitar", &[24, 25, 105]),
            (Bass, "Bass", &[32]),
            (Arpeggio, "Banjo", &[105, 46]),
        ],
        least_parts: 2,
        swing: 0.05,
        performed: false,
        sung: true,
    },
];
