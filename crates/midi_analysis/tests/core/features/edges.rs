//! Pieces without pitches or beats, and pieces with very many notes.

use super::{all_near, line, none, value, values};
use crate::support::{ended, header, melody, note, smf, track};

#[test]
fn drums_alone_have_a_rhythm_but_no_pitch() {
    let file = smf(0, &[melody(9, &[36, 38, 42, 36, 38, 42])]);
    none(
        &file,
        &[
            "Mean Pitch",
            "Basic Pitch Histogram",
            "Melodic Interval Histogram",
            "Vertical Interval Histogram",
            "Glissando Prevalence",
            "Voice Overlap",
            "Relative Range of Highest Line",
        ],
    );
    all_near(
        &file,
        &[
            ("Number of Pitches", 0.0),
            ("Total Number of Notes", 6.0),
            ("Number of Unpitched Instruments", 3.0),
            ("Unpitched Percussion Instrument Prevalence", 1.0),
            ("Complete Rests Fraction", 1.0),
            ("Strongest Rhythmic Pulse", 120.0),
        ],
    );
}

#[test]
fn smpte_time_has_seconds_but_no_quarter_notes() {
    // 25 frames of 40 ticks a second.
    let track = track(&ended(&line(0, &[(60, 500); 8])));
    let file = [header(0, 1, 0xe728), track].concat();
    all_near(
        &file,
        &[("Duration in Seconds", 4.0), ("Strongest Rhythmic Pulse", 120.0), ("Mean Pitch", 60.0)],
    );
    none(
        &file,
        &[
            "Initial Tempo",
            "Tempo Variability",
            "Initial Time Signature",
            "Rhythmic Value Histogram",
            "Number of Common Rhythmic Values Present",
            "Chord Duration",
            "Note Density per Quarter Note",
            "Longest Complete Rest",
            "Beat Histogram Tempo Standardized",
        ],
    );
}

#[test]
fn one_note_and_the_end_of_time_have_features() {
    let tiny = smf(0, &[note(0, 0, 60, 0)]);
    all_near(&tiny, &[("Total Number of Notes", 1.0), ("Pitch Variability", 0.0)]);
    let far = note(0x0fff_ffff, 0, 60, 0x0fff_ffff).repeat(12);
    let file = smf(1, &[far.clone(), far]);
    all_near(&file, &[("Vertical Unisons", 1.0), ("Total Number of Notes", 24.0)]);
}

#[test]
fn features_of_a_hundred_thousand_dense_notes_take_no_quadratic_time() {
    // 100,000 attacks a tick apart at 32,767 ticks a quarter: 10 thousand million pairs.
    let swarm: Vec<u8> = (0..100_000_u32).flat_map(|n| note(1, 0, (n % 128) as u8, 0)).collect();
    let file = [header(0, 1, 0x7fff), track(&ended(&swarm))].concat();
    assert!(values(&file, "Beat Histogram").is_some());
    // As many notes that all sound together.
    let on: Vec<u8> = (0..50_000_u32).flat_map(|n| [1, 0x90, (n % 128) as u8, 80]).collect();
    assert_eq!(value(&smf(0, &[on]), "Total Number of Notes"), Some(50_000.0));
}
