//! Simultaneous notes: vertical intervals and chords.

use super::{Q, all_near, chord, none, values};
use crate::support::{melody, quantity, smf};

#[test]
fn vertical_intervals_are_weighted_by_their_time() {
    // A fifth for three quarters, then a minor triad for one.
    let file = smf(0, &[[chord(0, &[60, 67], 3 * Q), chord(0, &[60, 63, 67], Q)].concat()]);
    let intervals = values(&file, "Vertical Interval Histogram").expect("intervals");
    // Fifths sound for 4 quarters, thirds for one each.
    assert!((intervals[7] - 4.0 / 6.0).abs() < 1e-9);
    assert!((intervals[3] - 1.0 / 6.0).abs() < 1e-9);
    let chords = values(&file, "Chord Type Histogram").expect("chords");
    assert_eq!((chords[0], chords[1]), (0.75, 0.25));
    all_near(
        &file,
        &[
            ("Average Number of Simultaneous Pitches", 2.25),
            ("Variability of Number of Simultaneous Pitches", (0.1875_f64).sqrt()),
            ("Most Common Vertical Interval", 7.0),
            ("Prevalence of Second Most Common Vertical Interval", 1.0 / 6.0),
            ("Vertical Thirds", 2.0 / 6.0),
            ("Vertical Perfect Fifths", 4.0 / 6.0),
            ("Vertical Minor Third Prevalence", 0.25),
            ("Vertical Dissonance Ratio", 0.0),
            ("Partial Chords", 0.75),
            ("Standard Triads", 0.25),
            ("Chord Duration", 2.0),
        ],
    );
    none(&file, &["Minor Major Triad Ratio"]);
}

#[test]
fn a_louder_interval_weighs_more_in_the_histogram_and_an_octave_is_no_unison() {
    let loud = [0, 0x90, 60, 90, 0, 0x90, 72, 90].to_vec();
    let soft = [0, 0x90, 60, 30, 0, 0x90, 60, 30].to_vec();
    let off = |pitch| [quantity(Q), vec![0x80, 60, 0, 0, 0x80, pitch, 0]].concat();
    let file = smf(0, &[[loud, off(72), soft, off(60)].concat()]);
    let intervals = values(&file, "Vertical Interval Histogram").expect("intervals");
    assert_eq!((intervals[0], intervals[12]), (0.25, 0.75));
    all_near(&file, &[("Vertical Unisons", 0.5), ("Vertical Octaves", 0.5)]);
}

#[test]
fn chords_are_told_apart_in_any_inversion() {
    let kinds: [(&[u8], usize); 11] = [
        (&[60, 64], 0),
        (&[64, 69, 72], 1),
        (&[64, 67, 72], 2),
        (&[59, 62, 65], 3),
        (&[60, 64, 68], 4),
        (&[60, 62, 64], 5),
        (&[62, 65, 69, 72], 6),
        (&[67, 71, 74, 77], 7),
        (&[60, 64, 67, 71], 8),
        (&[59, 62, 65, 68], 9),
        (&[60, 62, 64, 65, 67], 10),
    ];
    for (pitches, kind) in kinds {
        let file = smf(0, &[chord(0, pitches, Q)]);
        let histogram = values(&file, "Chord Type Histogram").expect("a chord");
        assert_eq!(histogram[kind], 1.0, "{pitches:?}");
    }
    none(&smf(0, &[melody(0, &[60])]), &["Chord Type Histogram", "Vertical Interval Histogram"]);
}

#[test]
fn two_voices_move_in_one_of_four_ways() {
    let moved =
        |from: [u8; 2], to: [u8; 2]| smf(0, &[[chord(0, &from, Q), chord(0, &to, Q)].concat()]);
    for (from, to, motion) in [
        ([60, 64], [62, 66], "Parallel Motion"),
        ([60, 67], [62, 69], "Parallel Fifths"),
        ([60, 72], [57, 69], "Parallel Octaves"),
        ([60, 64], [62, 65], "Similar Motion"),
        ([60, 64], [59, 65], "Contrary Motion"),
        ([60, 64], [60, 65], "Oblique Motion"),
    ] {
        all_near(&moved(from, to), &[(motion, 1.0)]);
    }
    none(&moved([60, 64], [60, 64]), &["Parallel Motion"]);
}
