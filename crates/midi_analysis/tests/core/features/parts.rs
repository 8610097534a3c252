//! Instruments, voices and loudness.

use super::{Q, all_near, none, values};
use crate::support::{melody, note, program, smf};

#[test]
fn instruments_are_counted_by_notes_and_by_time() {
    let file = smf(
        1,
        &[
            [program(0, 40), melody(0, &[67, 69])].concat(),
            [program(1, 33), note(0, 1, 36, 4 * Q)].concat(),
            melody(9, &[36, 38, 36, 20]),
        ],
    );
    let time = values(&file, "Time Prevalence of Pitched Instruments").expect("programs");
    assert!((time[40] - 0.5).abs() < 1e-9 && (time[33] - 1.0).abs() < 1e-9);
    let drums = values(&file, "Note Prevalence of Unpitched Instruments").expect("drums");
    assert!((drums[1] - 2.0 / 7.0).abs() < 1e-9);
    all_near(
        &file,
        &[
            ("Number of Pitched Instruments", 2.0),
            ("Number of Unpitched Instruments", 2.0),
            ("Unpitched Percussion Instrument Prevalence", 3.0 / 7.0),
            ("Violin Prevalence", 2.0 / 7.0),
            ("Orchestral Strings Prevalence", 2.0 / 7.0),
            ("Electric Instrument Prevalence", 1.0 / 7.0),
            ("Brass Prevalence", 0.0),
        ],
    );
}

#[test]
fn voices_are_compared_by_channel() {
    // Above: three notes around C5; below: one long C3 that is as loud; drums only count as a voice.
    let file = smf(1, &[melody(0, &[72, 74, 76]), note(0, 1, 48, 3 * Q), melody(9, &[36])]);
    all_near(
        &file,
        &[
            ("Maximum Number of Independent Voices", 3.0),
            ("Average Number of Independent Voices", 7.0 / 3.0),
            ("Voice Equality - Number of Notes", (8.0_f64 / 9.0).sqrt()),
            ("Voice Equality - Dynamics", 0.0),
            ("Voice Equality - Range", 2.0),
            ("Importance of Loudest Voice", 0.0),
            ("Relative Range of Highest Line", 4.0 / 28.0),
            ("Relative Note Density of Highest Line", 9.0 / 5.0),
            ("Relative Note Durations of Lowest Line", 1.5 / (3.5 / 5.0)),
            ("Voice Overlap", 0.0),
            ("Voice Separation", 26.0),
            ("Relative Range Isolation of Loudest Voice", 1.0),
            ("Oblique Motion", 1.0),
        ],
    );
    none(&smf(0, &[melody(0, &[60, 62])]), &["Voice Separation", "Importance of Loudest Voice"]);
}

#[test]
fn loudness_is_velocity_times_volume() {
    let loud = |velocity: u8| vec![0, 0x90, 60, velocity, 96, 0x80, 60, 0];
    let volume = |value: u8| vec![0, 0xb0, 7, value];
    let file = smf(0, &[[volume(127), loud(60), loud(100), volume(0), loud(100)].concat()]);
    all_near(
        &file,
        &[
            ("Dynamic Range", 100.0),
            ("Average Note to Note Change in Dynamics", 70.0),
            ("Variation of Dynamics in Each Voice", (13_600.0_f64 / 3.0 - 25_600.0 / 9.0).sqrt()),
        ],
    );
}
