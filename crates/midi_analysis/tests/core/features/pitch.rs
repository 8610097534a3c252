//! Pitches and melodic intervals.

use super::{Q, all_near, chord, line, none, values};
use crate::support::{melody, meta, note, quantity, smf};

#[test]
fn a_pitch_histogram_shows_which_pitches_occur() {
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
    let bend = |delta: u32, msb: u8| [quantity(delta), vec![0xe0, 0, msb]].concat();
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
fn the_first_note_of_a_chord_in_the_file_counts_as_melody() {
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
