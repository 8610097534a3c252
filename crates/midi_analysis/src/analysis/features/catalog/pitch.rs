//! Overall pitch statistics, P-1 to P-41: which pitches there are, in whatever order. Drums have no
//! pitch and are left out.

use crate::analysis::features::entry::{Entry, catalog, many, one};
use crate::analysis::features::stats::Histogram;

/// Least share of a common bin.
const COMMON: f64 = 0.09;
const COMMON_CLASS: f64 = 0.2;

/// Longest run of common bins around the circle.
fn dominant_spread(fifths: &Histogram<12>) -> f64 {
    let common = |index: usize| fifths.share(index % 12) >= COMMON;
    let run = |start: usize| (start..start + 12).take_while(|&index| common(index)).count();
    (0..12).map(run).max().unwrap_or(0) as f64
}

/// Common bins of the circle that are higher than both their neighbours.
fn tonal_centres(fifths: &Histogram<12>) -> f64 {
    let bins = fifths.bins();
    let is_peak = |index: usize| {
        let (before, after) = (bins[(index + 11) % 12], bins[(index + 1) % 12]);
        fifths.share(index) >= COMMON && bins[index] > before && bins[index] > after
    };
    (0..12).filter(|&index| is_peak(index)).count() as f64
}

fn pitch(pitch: Option<u8>) -> f64 {
    pitch.map_or(f64::NAN, f64::from)
}

fn class(pitch: Option<u8>) -> f64 {
    pitch.map_or(f64::NAN, |pitch| f64::from(pitch % 12))
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "P-1" "Basic Pitch Histogram"
        "Share of the notes at each MIDI pitch, 0 to 127."
        many(128, |f| f.pitch.pitches.normalized());
    "P-2" "Pitch Class Histogram"
        "Share of the notes of each pitch class, by rising semitones from the most common one."
        many(12, |f| f.pitch.classes.rotated(f.pitch.classes.first().unwrap_or(0)).normalized());
    "P-3" "Folded Fifths Pitch Class Histogram"
        "Share of the notes of each pitch class, by rising fifths from C."
        many(12, |f| f.pitch.fifths.normalized());
    "P-4" "Number of Pitches"
        "Pitches that occur."
        one(|f| f.pitch.pitches.used_count());
    "P-5" "Number of Pitch Classes"
        "Pitch classes that occur."
        one(|f| f.pitch.classes.used_count());
    "P-6" "Number of Common Pitches"
        "Pitches that each make up at least 9 % of the notes."
        one(|f| f.pitch.pitches.common(COMMON));
    "P-7" "Number of Common Pitch Classes"
        "Pitch classes that each make up at least 20 % of the notes."
        one(|f| f.pitch.classes.common(COMMON_CLASS));
    "P-8" "Range"
        "Semitones from the lowest pitch to the highest."
        one(|f| f.pitch.pitches.range());
    "P-9" "Importance of Bass Register"
        "Share of the notes at MIDI pitches 0 to 54."
        one(|f| f.pitch.pitches.shares(0..=54));
    "P-10" "Importance of Middle Register"
        "Share of the notes at MIDI pitches 55 to 72."
        one(|f| f.pitch.pitches.shares(55..=72));
    "P-11" "Importance of High Register"
        "Share of the notes at MIDI pitches 73 to 127."
        one(|f| f.pitch.pitches.shares(73..=127));
    "P-12" "Dominant Spread"
        "Most pitch classes in a row on the circle of fifths that each make up at least 9 % of the notes."
        one(|f| dominant_spread(&f.pitch.fifths));
    "P-13" "Strong Tonal Centres"
        "Pitch classes that make up at least 9 % of the notes and more than either neighbour on the circle of fifths."
        one(|f| tonal_centres(&f.pitch.fifths));
    "P-14" "Mean Pitch"
        "Mean MIDI pitch of the notes."
        one(|f| f.pitch.pitches.moments().mean);
    "P-15" "Mean Pitch Class"
        "Mean pitch class of the notes, C being 0."
        one(|f| f.pitch.classes.moments().mean);
    "P-16" "Most Common Pitch"
        "The most frequent MIDI pitch; the lowest if several are equally frequent."
        one(|f| f.pitch.pitches.first_index());
    "P-17" "Most Common Pitch Class"
        "The most frequent pitch class, C being 0; the lowest if several are equally frequent."
        one(|f| f.pitch.classes.first_index());
    "P-18" "Prevalence of Most Common Pitch"
        "Share of the notes at the most common pitch."
        one(|f| f.pitch.pitches.first_share());
    "P-19" "Prevalence of Most Common Pitch Class"
        "Share of the notes of the most common pitch class."
        one(|f| f.pitch.classes.first_share());
    "P-20" "Relative Prevalence of Top Pitches"
        "Notes at the second most common pitch, divided by those at the most common one."
        one(|f| f.pitch.pitches.relative());
    "P-21" "Relative Prevalence of Top Pitch Classes"
        "Notes of the second most common pitch class, divided by those of the most common one."
        one(|f| f.pitch.classes.relative());
    "P-22" "Interval Between Most Prevalent Pitches"
        "Semitones between the two most common pitches."
        one(|f| f.pitch.pitches.distance());
    "P-23" "Interval Between Most Prevalent Pitch Classes"
        "Difference of the numbers, C being 0, of the two most common pitch classes."
        one(|f| f.pitch.classes.distance());
    "P-24" "Pitch Variability"
        "Standard deviation of the notes' MIDI pitches."
        one(|f| f.pitch.pitches.moments().spread());
    "P-25" "Pitch Class Variability"
        "Standard deviation of the notes' pitch classes, C being 0."
        one(|f| f.pitch.classes.moments().spread());
    "P-26" "Pitch Class Variability After Folding"
        "Standard deviation of the notes' places on the circle of fifths, C being 0 and G 1."
        one(|f| f.pitch.fifths.moments().spread());
    "P-27" "Pitch Skewness"
        "Skewness of the notes' MIDI pitches."
        one(|f| f.pitch.pitches.moments().skewness());
    "P-28" "Pitch Class Skewness"
        "Skewness of the notes' pitch classes."
        one(|f| f.pitch.classes.moments().skewness());
    "P-29" "Pitch Class Skewness After Folding"
        "Skewness of the notes' places on the circle of fifths."
        one(|f| f.pitch.fifths.moments().skewness());
    "P-30" "Pitch Kurtosis"
        "Excess kurtosis of the notes' MIDI pitches: 0 for a normal distribution."
        one(|f| f.pitch.pitches.moments().kurtosis());
    "P-31" "Pitch Class Kurtosis"
        "Excess kurtosis of the notes' pitch classes."
        one(|f| f.pitch.classes.moments().kurtosis());
    "P-32" "Pitch Class Kurtosis After Folding"
        "Excess kurtosis of the notes' places on the circle of fifths."
        one(|f| f.pitch.fifths.moments().kurtosis());
    "P-33" "Major or Minor"
        "1 where the first key signature says minor; 0 where it says major, or there is none."
        one(|f| f64::from(u8::from(f.pitch.first_key.is_some_and(|key| key.mode().is_minor()))));
    "P-34" "First Pitch"
        "MIDI pitch of the first note, of several the lowest."
        one(|f| pitch(f.pitch.first));
    "P-35" "First Pitch Class"
        "Pitch class of the first note, C being 0."
        one(|f| class(f.pitch.first));
    "P-36" "Last Pitch"
        "MIDI pitch of the note that starts last, of several the lowest."
        one(|f| pitch(f.pitch.last));
    "P-37" "Last Pitch Class"
        "Pitch class of the note that starts last, C being 0."
        one(|f| class(f.pitch.last));
    "P-38" "Glissando Prevalence"
        "Share of the notes in which the channel is bent at least once."
        one(|f| f.pitch.bends.bent / f.pitch.pitches.total());
    "P-39" "Average Range of Glissandos"
        "Widest bend within a note, as the distance of its second data byte from 64; mean over the bent notes."
        one(|f| f.pitch.bends.range.mean());
    "P-40" "Vibrato Prevalence"
        "Share of the notes in which the bend changes direction at least twice."
        one(|f| f.pitch.bends.vibrato / f.pitch.pitches.total());
    "P-41" "Microtone Prevalence"
        "Share of the notes in which the channel is bent exactly once."
        one(|f| f.pitch.bends.bent_once / f.pitch.pitches.total());
};
