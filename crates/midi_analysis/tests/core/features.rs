//! What the features of small pieces are, by hand.

use crate::write::{
    QUARTER, chunk, closed, header, melody, meta, note, program, smf, tempo, varlen,
};
use midi_analysis::{Limits, features};

const Q: u32 = QUARTER as u32;

/// The values of a feature, if it has any.
fn values(file: &[u8], name: &str) -> Option<Vec<f64>> {
    let found = features(file, &Limits::default(), &|| false).expect("the file has notes");
    found.into_iter().find(|feature| feature.name == name).expect(name).value
}

fn value(file: &[u8], name: &str) -> Option<f64> {
    values(file, name).map(|values| {
        assert_eq!(values.len(), 1, "{name}");
        values[0]
    })
}

fn all_near(file: &[u8], expected: &[(&str, f64)]) {
    for &(name, expected) in expected {
        let found = value(file, name).unwrap_or_else(|| panic!("{name} has a value"));
        assert!((found - expected).abs() < 1e-9, "{name}: {found}, not {expected}");
    }
}

fn none(file: &[u8], names: &[&str]) {
    for name in names {
        assert_eq!(values(file, name), None, "{name}");
    }
}

/// Pitches together for a number of ticks.
fn chord(channel: u8, pitches: &[u8], ticks: u32) -> Vec<u8> {
    let mut events = Vec::new();
    for &pitch in pitches {
        events.extend([0, 0x90 | channel, pitch, 80]);
    }
    for (index, &pitch) in pitches.iter().enumerate() {
        events.extend(varlen(if index == 0 { ticks } else { 0 }));
        events.extend([0x80 | channel, pitch, 0]);
    }
    events
}

/// Notes of some number of ticks, one after the other.
fn line(channel: u8, notes: &[(u8, u32)]) -> Vec<u8> {
    notes.iter().flat_map(|&(pitch, ticks)| note(0, channel, pitch, ticks)).collect()
}

#[test]
fn a_pitch_histogram_tells_which_pitches_there_are() {
    // C4 four times, G4 three times, E4 twice, C5 once.
    let file = smf(0, &[melody(0, &[60, 67, 60, 64, 60, 67, 72, 67, 64, 60])]);
    let basic = values(&file, "Basic Pitch Histogram").expect("pitches");
    assert_eq!((basic[60], basic[64], basic[67], basic[72]), (0.4, 0.2, 0.3, 0.1));
    let classes = values(&file, "Pitch Class Histogram").expect("pitch classes");
    assert_eq!((classes[0], classes[4], classes[7]), (0.5, 0.2, 0.3));
    let fifths = values(&file, "Folded Fifths Pitch Class Histogram").expect("pitch classes");
    assert_eq!((fifths[0], fifths[1], fifths[4]), (0.5, 0.3, 0.2));
    all_near(
        &file,
        &[
            ("Number of Pitches", 4.0),
            ("Number of Pitch Classes", 3.0),
            ("Number of Common Pitches", 4.0),
            ("Number of Common Pitch Classes", 3.0),
            ("Range", 12.0),
            ("Importance of Middle Register", 1.0),
            ("Importance of High Register", 0.0),
            ("Mean Pitch", 64.1),
            ("Mean Pitch Class", 2.9),
            ("Most Common Pitch", 60.0),
            ("Prevalence of Most Common Pitch", 0.4),
            ("Relative Prevalence of Top Pitches", 0.75),
            ("Relative Prevalence of Top Pitch Classes", 0.6),
            ("Interval Between Most Prevalent Pitches", 7.0),
            ("Dominant Spread", 2.0),
            // C has more than G beside it; E stands alone.
            ("Strong Tonal Centres", 2.0),
            ("First Pitch", 60.0),
            ("Last Pitch Class", 0.0),
        ],
    );
}

#[test]
fn the_shape_of_a_distribution_is_that_of_all_notes() {
    // 60, 60, 60, 64: mean 61, deviations -1 three times and 3.
    let file = smf(0, &[melody(0, &[60, 60, 60, 64])]);
    let variance = 3.0_f64;
    all_near(
        &file,
        &[
            ("Pitch Variability", variance.sqrt()),
            ("Pitch Skewness", 6.0 / variance.powf(1.5)),
            ("Pitch Kurtosis", 21.0 / 9.0 - 3.0),
        ],
    );
    none(&smf(0, &[melody(0, &[60, 60])]), &["Pitch Skewness", "Pitch Kurtosis"]);
}

#[test]
fn the_first_key_signature_says_whether_it_is_minor() {
    let keys = [meta(0, 0x59, &[0xfd, 1]), meta(Q, 0x59, &[2, 0])].concat();
    let file = smf(1, &[keys, melody(0, &[60, 62])]);
    all_near(&file, &[("Major or Minor", 1.0)]);
    all_near(&smf(0, &[melody(0, &[60])]), &[("Major or Minor", 0.0)]);
}

#[test]
fn bends_belong_to_the_notes_that_sound() {
    let bend = |delta: u32, msb: u8| [varlen(delta), vec![0xe0, 0, msb]].concat();
    let track = [
        vec![0, 0x90, 60, 80],
        bend(10, 70),
        bend(10, 60),
        bend(10, 74),
        bend(10, 64),
        vec![10, 0x80, 60, 0],
        vec![0, 0x90, 62, 80],
        bend(10, 66),
        vec![10, 0x80, 62, 0],
        note(0, 0, 64, 50),
        note(0, 0, 65, 50),
    ];
    let file = smf(0, &[track.concat()]);
    all_near(
        &file,
        &[
            ("Glissando Prevalence", 0.5),
            ("Average Range of Glissandos", 6.0),
            ("Vibrato Prevalence", 0.25),
            ("Microtone Prevalence", 0.25),
        ],
    );
    none(&smf(0, &[melody(0, &[60])]), &["Average Range of Glissandos"]);
}

#[test]
fn melodic_intervals_are_those_of_each_voice() {
    // Up 4, up 3, down 7, repeated; and down an octave on another track.
    let file = smf(1, &[melody(0, &[60, 64, 67, 60, 60]), melody(1, &[72, 60])]);
    let intervals = values(&file, "Melodic Interval Histogram").expect("intervals");
    for semitones in [0, 3, 4, 7, 12] {
        assert_eq!(intervals[semitones], 0.2, "{semitones}");
    }
    all_near(
        &file,
        &[
            ("Mean Melodic Interval", 26.0 / 5.0),
            ("Number of Common Melodic Intervals", 5.0),
            ("Amount of Arpeggiation", 1.0),
            ("Repeated Notes", 0.2),
            ("Stepwise Motion", 0.0),
            ("Melodic Thirds", 0.4),
            ("Melodic Fifths", 0.2),
            ("Melodic Octaves", 0.2),
            ("Melodic Large Intervals", 0.0),
            ("Minor Major Melodic Third Ratio", 1.0),
            ("Direction of Melodic Motion", 0.5),
            // One turn, after 7 semitones up; four intervals move.
            ("Average Length of Melodic Arcs", 4.0),
            ("Average Interval Spanned by Melodic Arcs", 7.0),
            // C4 comes back after 3 notes and after 1.
            ("Melodic Pitch Variety", 2.0),
        ],
    );
}

#[test]
fn of_a_chord_the_first_note_in_the_file_is_the_melody() {
    let file = smf(0, &[[chord(0, &[60, 72, 48], Q), chord(0, &[62, 50], Q)].concat()]);
    all_near(
        &file,
        &[("Mean Melodic Interval", 2.0), ("Prevalence of Most Common Melodic Interval", 1.0)],
    );
    none(&file, &["Distance Between Most Prevalent Melodic Intervals", "Melodic Pitch Variety"]);
}

#[test]
fn an_embellishment_is_short_between_long_notes() {
    let file = smf(0, &[line(0, &[(60, 3 * Q), (62, Q), (60, 3 * Q), (64, Q), (65, Q)])]);
    all_near(&file, &[("Melodic Embellishments", 0.2)]);
}

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
    let off = |pitch| [varlen(Q), vec![0x80, 60, 0, 0, 0x80, pitch, 0]].concat();
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
fn meters_are_those_that_the_file_says() {
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
    let track = chunk(&closed(&line(0, &[(60, 500); 8])));
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
fn a_swarm_of_notes_is_answered_as_quickly_as_it_is_long() {
    // 100,000 attacks a tick apart at 32,767 ticks a quarter: 10 thousand million pairs.
    let swarm: Vec<u8> = (0..100_000_u32).flat_map(|n| note(1, 0, (n % 128) as u8, 0)).collect();
    let file = [header(0, 1, 0x7fff), chunk(&closed(&swarm))].concat();
    assert!(values(&file, "Beat Histogram").is_some());
    // As many that all sound together.
    let on: Vec<u8> = (0..50_000_u32).flat_map(|n| [1, 0x90, (n % 128) as u8, 80]).collect();
    assert_eq!(value(&smf(0, &[on]), "Total Number of Notes"), Some(50_000.0));
}

#[test]
fn many_notes_that_sound_at_once_can_be_interrupted() {
    use std::cell::Cell;

    let on: Vec<u8> = (0..20_000_u32).flat_map(|n| [1, 0x90, (n % 128) as u8, 80]).collect();
    let file = smf(0, &[on]);
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    midi_analysis::notes(&file, &Limits::default(), &count).expect("notes");
    // Once more often than it takes to read the notes.
    let reading = asked.replace(0);
    let later = || {
        count();
        asked.get() > reading
    };
    let error = features(&file, &Limits::default(), &later).expect_err("it is told to stop");
    assert_eq!(error.kind(), midi_analysis::ErrorKind::Interrupted);
}
