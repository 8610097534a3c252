//! Meter, note values, rests, pulses and time.

use super::{Q, all_near, line, none, value, values};
use crate::support::{melody, meta, note, smf, tempo};

#[test]
fn meter_features_use_the_declared_meters() {
    let meter = |delta: u32, beats: u8, power: u8| meta(delta, 0x58, &[beats, power, 24, 8]);
    let meters = [meter(Q, 6, 3), meter(Q, 4, 2), meter(Q, 6, 3)].concat();
    let file = smf(1, &[meters, melody(0, &[60; 4])]);
    assert_eq!(values(&file, "Initial Time Signature"), Some(vec![6.0, 8.0]));
    all_near(
        &file,
        &[
            ("Compound Initial Meter", 1.0),
            ("Duple Initial Meter", 1.0),
            ("Simple Initial Meter", 0.0),
            ("Metrical Diversity", 2.0),
        ],
    );
    let undeclared = smf(0, &[melody(0, &[60])]);
    assert_eq!(values(&undeclared, "Initial Time Signature"), Some(vec![4.0, 4.0]));
    all_near(&undeclared, &[("Metrical Diversity", 1.0), ("Quadruple Initial Meter", 1.0)]);
}

#[test]
fn note_values_are_the_nearest_ones() {
    // Two quarters, a bit short of a quarter, a dotted half, an eighth: 8 quarters less 8 ticks.
    let notes = [(60, Q), (60, Q), (60, Q - 8), (60, 3 * Q), (60, Q / 2)];
    let file = smf(0, &[line(0, &notes)]);
    let histogram = values(&file, "Rhythmic Value Histogram").expect("values");
    assert_eq!((histogram[2], histogram[4], histogram[7]), (0.2, 0.6, 0.2));
    let runs = values(&file, "Rhythmic Value Median Run Lengths Histogram").expect("runs");
    assert_eq!((runs[2], runs[4], runs[7]), (0.2, 0.6, 0.2));
    all_near(
        &file,
        &[
            ("Range of Rhythmic Values", 5.0),
            ("Number of Different Rhythmic Values Present", 3.0),
            ("Number of Common Rhythmic Values Present", 3.0),
            ("Prevalence of Short Rhythmic Values", 0.2),
            ("Prevalence of Medium Rhythmic Values", 0.8),
            ("Prevalence of Dotted Notes", 0.2),
            ("Shortest Rhythmic Value", 0.5),
            ("Longest Rhythmic Value", 3.0),
            ("Mean Rhythmic Value", 6.5 / 5.0),
            ("Most Common Rhythmic Value", 1.0),
            ("Difference Between Most Common Rhythmic Values", 2.0),
            ("Mean Rhythmic Value Run Length", 5.0 / 3.0),
            ("Median Rhythmic Value Run Length", 1.0),
            ("Mean Rhythmic Value Offset", 8.0 / 96.0 / 5.0),
            ("Median Rhythmic Value Offset", 0.0),
            ("Total Number of Notes", 5.0),
        ],
    );
}

#[test]
fn rests_are_of_a_channel_or_of_all() {
    // Channel 0 plays quarters 0 and 2, channel 1 quarter 3 of four.
    let file = smf(1, &[[note(0, 0, 60, Q), note(Q, 0, 60, Q)].concat(), note(3 * Q, 1, 64, Q)]);
    all_near(
        &file,
        &[
            ("Complete Rests Fraction", 0.25),
            ("Partial Rests Fraction", 1.0),
            ("Average Rest Fraction Across Voices", 0.625),
            ("Longest Complete Rest", 1.0),
            ("Longest Partial Rest", 3.0),
            ("Mean Partial Rest Duration", 5.0 / 3.0),
            ("Median Partial Rest Duration", 1.0),
            ("Variability Across Voices of Combined Rests", 0.5),
        ],
    );
    let without = smf(0, &[melody(0, &[60, 62])]);
    all_near(&without, &[("Complete Rests Fraction", 0.0), ("Longest Complete Rest", 0.0)]);
    none(&without, &["Mean Complete Rest Duration", "Median Partial Rest Duration"]);
}

#[test]
fn the_beat_histogram_peaks_at_the_pulse() {
    // Quarter notes at 90: pulses at 90 and 45, at 120 after standardizing 120, 60 and 40.
    let file = smf(1, &[tempo(0, 90.0), melody(0, &[60; 64])]);
    let histogram = values(&file, "Beat Histogram").expect("pulses");
    assert_eq!(histogram.iter().filter(|&&bin| bin > 0.0).count(), 2);
    assert!((histogram[90 - 40] - 63.0 / 125.0).abs() < 1e-9);
    all_near(
        &file,
        &[
            ("Strongest Rhythmic Pulse", 90.0),
            ("Second Strongest Rhythmic Pulse", 45.0),
            ("Harmonicity of Two Strongest Rhythmic Pulses", 2.0),
            ("Strength of Strongest Rhythmic Pulse", 63.0 / 125.0),
            ("Strength Ratio of Two Strongest Rhythmic Pulses", 63.0 / 62.0),
            ("Number of Strong Rhythmic Pulses", 2.0),
            ("Rhythmic Looseness", 0.0),
            ("Polyrhythms", 0.0),
            ("Strongest Rhythmic Pulse - Tempo Standardized", 120.0),
            ("Number of Relatively Strong Rhythmic Pulses - Tempo Standardized", 3.0),
            (
                "Combined Strength of Two Strongest Rhythmic Pulses - Tempo Standardized",
                125.0 / 186.0,
            ),
        ],
    );
    // Three against two: dotted eighths beside quarters.
    let dotted = line(1, &[(48, 64); 96]);
    let against = smf(1, &[melody(0, &[60; 64]), dotted]);
    assert!(value(&against, "Polyrhythms").expect("pulses") > 0.0);
    none(&smf(0, &[melody(0, &[60])]), &["Beat Histogram", "Strongest Rhythmic Pulse"]);
}

#[test]
fn time_is_in_seconds_of_the_tempo_map() {
    // Two quarters at 120, two at 60: 1 second and 2.
    let file = smf(1, &[[tempo(0, 120.0), tempo(2 * Q, 60.0)].concat(), melody(0, &[60; 4])]);
    all_near(
        &file,
        &[
            ("Initial Tempo", 120.0),
            ("Mean Tempo", 80.0),
            ("Tempo Variability", 800.0_f64.sqrt()),
            ("Duration in Seconds", 3.0),
            ("Note Density", 4.0 / 3.0),
            ("Average Time Between Attacks", 2.0 / 3.0),
            ("Minimum Note Duration", 0.5),
            ("Maximum Note Duration", 1.0),
            ("Average Note Duration", 0.75),
            ("Variability of Note Durations", 0.25),
            ("Amount of Staccato", 0.0),
        ],
    );
    none(&file, &["Note Density Variability"]);
}
