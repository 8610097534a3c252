//! Accompaniments and bass lines, a bar each.
//!
//! A pattern divides a bar into as many steps as it has letters: `B` is the bass, `F` the bass's fifth, `C` a
//! chord, digits are the chord's tones from the lowest, `X` bass and chord together, `-` holds what
//! sounds and `.` is silent.

/// A meter, in the terms that patterns need.
#[derive(Clone, Copy, PartialEq)]
pub struct Meter {
    pub numerator: u8,
    pub denominator: u8,
    /// Quarter notes in a beat.
    pub beat: f64,
    /// Beats in a bar.
    pub beats: u8,
}

const fn meter(numerator: u8, denominator: u8, beat: f64, beats: u8) -> Meter {
    Meter { numerator, denominator, beat, beats }
}

/// The meters, each with how often it is used, its accompaniments and its bass lines.
pub const METERS: &[(u32, Meter, &[&str], &[&str])] = &[
    (40, meter(4, 4, 1.0, 4), FOUR, FOUR_BASS),
    (22, meter(3, 4, 1.0, 3), THREE, &["B--", "B-F", "BBB", "B.F", "B-----", "B---F-"]),
    (10, meter(2, 4, 1.0, 2), TWO, &["B-", "BF", "BBBB", "B-F-"]),
    (14, meter(6, 8, 1.5, 2), SIX, &["B-----", "B--F--", "B-BB-B", "B--B--", "B-FB-F"]),
    (3, meter(3, 8, 1.5, 1), THREE_EIGHT, &["B--", "B-F", "BBB"]),
    (4, meter(2, 2, 2.0, 2), TWO_TWO, &["B---", "B-F-", "B-B-", "BFBF"]),
    (3, meter(9, 8, 1.5, 3), NINE, &["B--------", "B--B--F--", "B-BB-BB-B"]),
    (
        6,
        meter(12, 8, 1.5, 4),
        TWELVE,
        &["B--B--B--B--", "B-----F-----", "B-BB-BB-BB-B", "B--B-FB--B-F"],
    ),
    (2, meter(3, 2, 2.0, 3), THREE_TWO, &["B-----", "B-B-F-", "B---F-"]),
];

const FOUR: &[&str] = &[
    "13231323",
    "1323132313231323",
    "1232123212321232",
    "CCCC",
    "X-C-",
    "X---",
    "C---C---",
    "BCBC",
    "BCFC",
    "BCFCBCFC",
    "B-C-F-C-",
    "B.C.B.C.",
    "B2343232",
    "B1234321",
    "B-1-2-3-",
    "B123B123",
    "B1232123",
    "12341234",
    "1234543212345432",
    "B---C---",
    "B-CCB-CC",
    "X-CCX-CC",
    "CCCCCCCC",
    ".C.C.C.C",
    ".C.C",
    "B..CB.C.",
    "B..C..C.B..C..C.",
    "C..C..C...C..C..",
    "C.CC.C.C",
    "X.C.XCC.",
    "C-.C-.C-",
    "B.CCB.CC",
    "X.CC.CC.",
    "B--C--C-",
    "1-3-2-3-",
    "123123123123",
    "B12B12B12B12",
    "B--C",
    "C.C.",
    "X-C.",
    "B-FCC-FC",
    ".CCC",
    "B...C...F...C...",
];
const FOUR_BASS: &[&str] = &[
    "B---",
    "B-F-",
    "BBBB",
    "BFBF",
    "B-B-",
    "BBBBBBBB",
    "B--BF-B-",
    "B--FB--F",
    "B..BB...",
    "BB.BB.F.",
    "B.B.F.F.",
    "B-.B-.B-",
    "BFBFBFBF",
    "B-----B-",
    "B..B..B.B..B..B.",
    ".B.B.B.B",
    "B--B--B-",
    "BBFF",
    "B...F...",
];
const THREE: &[&str] = &[
    "BCC",
    "B-C-C-",
    "XCC",
    "X-C",
    "C--",
    "C-C",
    "CCC",
    "C-C-C-",
    "132323",
    "123232",
    "B12312",
    "132313231323",
    "B.C.C.",
    ".CC",
    "BC-",
    "B-2321",
    "123456",
    "B12321",
    "B1C1C1",
    "BC.",
    "X--",
    "C.CCC.",
    "BCFCBC",
    "1-2-3-",
    "BC.C",
    "X-.C",
];
const TWO: &[&str] = &[
    "BC", "BCFC", "1323", "13231323", "C-", "CC", "X-", "XC", "BCBC", "B123", "12321232", "B.CC",
    "CCCC", "BC.C", ".C.C", "B--CB-C-", "X.C.",
];
const SIX: &[&str] = &[
    "B-CB-C",
    "BCCBCC",
    "123123",
    "123432",
    "132132",
    "C--C--",
    "X-CX-C",
    "B12321",
    "B--C--",
    "X-----",
    "B.CF.C",
    "135531",
    "123123123123",
    "C-CC-C",
    "B-2123",
    "X--X--",
    "BCCFCC",
    "B.CB.C",
    "CCCCCC",
    "B-C--C",
];
const THREE_EIGHT: &[&str] =
    &["B-C", "BCC", "123", "C--", "123123", "X--", "CCC", "B12", "132", "B.C", "X-C"];
const TWO_TWO: &[&str] = &[
    "B-C-",
    "BCBC",
    "1323132313231323",
    "C-C-",
    "X---",
    "C---",
    "B123",
    "12321232",
    "BCFC",
    "X-C-",
    "CCCC",
    "B-CC",
];
const NINE: &[&str] =
    &["BCCBCCBCC", "123123123", "B-CB-CB-C", "C--C--C--", "X--------", "B12321321", "123432123"];
const TWELVE: &[&str] = &[
    "BCCBCCBCCBCC",
    "123123123123",
    "B-CB-CB-CB-C",
    "C--C--C--C--",
    "CCCCCCCCCCCC",
    "B12321B12321",
    "X-----C-----",
    "B--C--B--C--",
    "123432123432",
    "X-CC-CX-CC-C",
    "B-C--CB-C--C",
];
const THREE_TWO: &[&str] = &["B-C-C-", "C-C-C-", "X-----", "X---C-", "123232", "132313231323"];
