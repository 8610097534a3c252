//! Chords and vertical intervals, C-1 to C-35.

use crate::analysis::features::entry::{Entry, catalog, many, one};
use crate::analysis::features::facts::chord_types::{
    AUGMENTED, CHORD_TYPES, COMPLEX, DIMINISHED, DOMINANT_SEVENTH, MAJOR, MAJOR_SEVENTH, MINOR,
    MINOR_SEVENTH, OTHER_FOUR, OTHER_TRIAD, PARTIAL,
};

pub(crate) const CATALOG: &[Entry] = catalog! {
    "C-1" "Vertical Interval Histogram"
        "Share of the vertical intervals of each size, 0 to 127 semitones, weighted by duration and the notes' velocities."
        many(128, |f| f.vertical.intervals.normalized());
    "C-2" "Wrapped Vertical Interval Histogram"
        "The same within the octave, 0 to 11 semitones: an octave is a unison, a tenth a third."
        many(12, |f| f.vertical.wrapped.normalized());
    "C-3" "Chord Type Histogram"
        "Share of the time with chords of: two pitch classes, minor triads, major, diminished, augmented, other triads, minor sevenths, dominant sevenths, major sevenths, other four pitch classes, more than four."
        many(CHORD_TYPES, |f| f.vertical.chords.normalized());
    "C-4" "Average Number of Simultaneous Pitch Classes"
        "Distinct pitch classes that sound at once, averaged over the time in which any sounds."
        one(|f| f.slices.classes.moments().mean);
    "C-5" "Variability of Number of Simultaneous Pitch Classes"
        "Standard deviation of the number of distinct pitch classes over the time in which any sounds."
        one(|f| f.slices.classes.moments().spread());
    "C-6" "Average Number of Simultaneous Pitches"
        "Distinct pitches that sound at once, averaged over the time in which any sounds."
        one(|f| f.slices.pitches.moments().mean);
    "C-7" "Variability of Number of Simultaneous Pitches"
        "Standard deviation of the number of distinct pitches over the time in which any sounds."
        one(|f| f.slices.pitches.moments().spread());
    "C-8" "Most Common Vertical Interval"
        "Semitones of the fullest bin of the wrapped vertical interval histogram."
        one(|f| f.vertical.wrapped.first_index());
    "C-9" "Second Most Common Vertical Interval"
        "Semitones of its second fullest bin."
        one(|f| f.vertical.wrapped.second_index());
    "C-10" "Distance Between Two Most Common Vertical Intervals"
        "Difference of the two in semitones."
        one(|f| f.vertical.wrapped.distance());
    "C-11" "Prevalence of Most Common Vertical Interval"
        "Share of the most common wrapped vertical interval."
        one(|f| f.vertical.wrapped.first_share());
    "C-12" "Prevalence of Second Most Common Vertical Interval"
        "Share of the second most common wrapped vertical interval."
        one(|f| f.vertical.wrapped.second_share());
    "C-13" "Prevalence Ratio of Two Most Common Vertical Intervals"
        "The second of these shares, divided by the first."
        one(|f| f.vertical.wrapped.relative());
    "C-14" "Vertical Unisons"
        "Share of the vertical intervals that are unisons, by duration, as all that follow."
        one(|f| f.vertical.by_duration.share(0));
    "C-15" "Vertical Minor Seconds"
        "Share of the wrapped vertical intervals that are minor seconds."
        one(|f| f.vertical.wrapped_by_duration.share(1));
    "C-16" "Vertical Thirds"
        "Share of the wrapped vertical intervals that are minor or major thirds."
        one(|f| f.vertical.wrapped_by_duration.shares([3, 4]));
    "C-17" "Vertical Tritones"
        "Share of the wrapped vertical intervals that are tritones."
        one(|f| f.vertical.wrapped_by_duration.share(6));
    "C-18" "Vertical Perfect Fourths"
        "Share of the wrapped vertical intervals that are perfect fourths."
        one(|f| f.vertical.wrapped_by_duration.share(5));
    "C-19" "Vertical Perfect Fifths"
        "Share of the wrapped vertical intervals that are perfect fifths."
        one(|f| f.vertical.wrapped_by_duration.share(7));
    "C-20" "Vertical Sixths"
        "Share of the wrapped vertical intervals that are minor or major sixths."
        one(|f| f.vertical.wrapped_by_duration.shares([8, 9]));
    "C-21" "Vertical Sevenths"
        "Share of the wrapped vertical intervals that are minor or major sevenths."
        one(|f| f.vertical.wrapped_by_duration.shares([10, 11]));
    "C-22" "Vertical Octaves"
        "Share of the vertical intervals that are one or more octaves."
        one(|f| f.vertical.octaves());
    "C-23" "Perfect Vertical Intervals"
        "Share of the wrapped vertical intervals that are unisons, octaves, perfect fourths or fifths."
        one(|f| f.vertical.wrapped_by_duration.shares([0, 5, 7]));
    "C-24" "Vertical Dissonance Ratio"
        "Seconds, tritones and sevenths, divided by all other wrapped vertical intervals."
        one(|f| f.vertical.dissonance());
    "C-25" "Vertical Minor Third Prevalence"
        "Share of the time with pitched notes in which some wrapped minor third sounds."
        one(|f| f.slices.minor_thirds / f.slices.pitches.total());
    "C-26" "Vertical Major Third Prevalence"
        "Share of the time with pitched notes in which some wrapped major third sounds."
        one(|f| f.slices.major_thirds / f.slices.pitches.total());
    "C-27" "Chord Duration"
        "Quarter notes until the sounding pitch classes change, rests left out."
        one(|f| f.slices.pitches.total() / f.slices.chord_count / f.quarter);
    "C-28" "Partial Chords"
        "Share of the time with chords (two pitch classes or more) that have two pitch classes."
        one(|f| f.vertical.chords.share(PARTIAL));
    "C-29" "Standard Triads"
        "Share of the time with chords that are major or minor triads."
        one(|f| f.vertical.chords.shares([MINOR, MAJOR]));
    "C-30" "Diminished and Augmented Triads"
        "Share of the time with chords that are diminished or augmented triads."
        one(|f| f.vertical.chords.shares([DIMINISHED, AUGMENTED]));
    "C-31" "Dominant Seventh Chords"
        "Share of the time with chords that are dominant sevenths."
        one(|f| f.vertical.chords.share(DOMINANT_SEVENTH));
    "C-32" "Seventh Chords"
        "Share of the time with chords that are minor, dominant or major sevenths."
        one(|f| f.vertical.chords.shares([MINOR_SEVENTH, DOMINANT_SEVENTH, MAJOR_SEVENTH]));
    "C-33" "Non-Standard Chords"
        "Share of the time with chords of three pitch classes or more that are neither major or minor triads nor one of these sevenths."
        one(|f| f.vertical.chords.shares([DIMINISHED, AUGMENTED, OTHER_TRIAD, OTHER_FOUR, COMPLEX]));
    "C-34" "Complex Chords"
        "Share of the time with chords that have more than four pitch classes."
        one(|f| f.vertical.chords.share(COMPLEX));
    "C-35" "Minor Major Triad Ratio"
        "Time of minor triads, divided by that of major triads."
        one(|f| f.vertical.chords.share(MINOR) / f.vertical.chords.share(MAJOR));
};
