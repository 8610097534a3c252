//! Melodic intervals, M-1 to M-25.

use crate::analysis::features::entry::{Entry, catalog, many, one};

const COMMON: f64 = 0.09;
/// Repeated notes, thirds, fifths, sevenths, octaves and tenths.
const ARPEGGIO: [usize; 9] = [0, 3, 4, 7, 10, 11, 12, 15, 16];
const OCTAVE: usize = 12;

pub(crate) const CATALOG: &[Entry] = catalog! {
    "M-1" "Melodic Interval Histogram"
        "Share of the melodic intervals of each size, 0 to 127 semitones, up or down."
        many(128, |f| f.melody.intervals.normalized());
    "M-2" "Most Common Melodic Interval"
        "Semitones of the most frequent melodic interval; the smallest if several are equally frequent."
        one(|f| f.melody.intervals.first_index());
    "M-3" "Mean Melodic Interval"
        "Mean size of the melodic intervals in semitones."
        one(|f| f.melody.intervals.moments().mean);
    "M-4" "Number of Common Melodic Intervals"
        "Sizes that each make up at least 9 % of the melodic intervals."
        one(|f| f.melody.intervals.common(COMMON));
    "M-5" "Distance Between Most Prevalent Melodic Intervals"
        "Difference of the two most common sizes in semitones."
        one(|f| f.melody.intervals.distance());
    "M-6" "Prevalence of Most Common Melodic Interval"
        "Share of the melodic intervals of the most common size."
        one(|f| f.melody.intervals.first_share());
    "M-7" "Relative Prevalence of Most Common Melodic Intervals"
        "Intervals of the second most common size, divided by those of the most common one."
        one(|f| f.melody.intervals.relative());
    "M-8" "Amount of Arpeggiation"
        "Share of the melodic intervals that are repeated notes, thirds, perfect fifths, sevenths, octaves or tenths."
        one(|f| f.melody.intervals.shares(ARPEGGIO));
    "M-9" "Repeated Notes"
        "Share of the melodic intervals that are repeated notes."
        one(|f| f.melody.intervals.share(0));
    "M-10" "Chromatic Motion"
        "Share of the melodic intervals that are semitones."
        one(|f| f.melody.intervals.share(1));
    "M-11" "Stepwise Motion"
        "Share of the melodic intervals that are minor or major seconds."
        one(|f| f.melody.intervals.shares([1, 2]));
    "M-12" "Melodic Thirds"
        "Share of the melodic intervals that are minor or major thirds."
        one(|f| f.melody.intervals.shares([3, 4]));
    "M-13" "Melodic Perfect Fourths"
        "Share of the melodic intervals that are perfect fourths."
        one(|f| f.melody.intervals.share(5));
    "M-14" "Melodic Tritones"
        "Share of the melodic intervals that are tritones."
        one(|f| f.melody.intervals.share(6));
    "M-15" "Melodic Fifths"
        "Share of the melodic intervals that are perfect fifths."
        one(|f| f.melody.intervals.share(7));
    "M-16" "Melodic Sixths"
        "Share of the melodic intervals that are minor or major sixths."
        one(|f| f.melody.intervals.shares([8, 9]));
    "M-17" "Melodic Sevenths"
        "Share of the melodic intervals that are minor or major sevenths."
        one(|f| f.melody.intervals.shares([10, 11]));
    "M-18" "Melodic Octaves"
        "Share of the melodic intervals that are octaves."
        one(|f| f.melody.intervals.share(OCTAVE));
    "M-19" "Melodic Large Intervals"
        "Share of the melodic intervals that are larger than an octave."
        one(|f| f.melody.intervals.shares(OCTAVE + 1..128));
    "M-20" "Minor Major Melodic Third Ratio"
        "Melodic minor thirds, divided by melodic major thirds."
        one(|f| f.melody.intervals.share(3) / f.melody.intervals.share(4));
    "M-21" "Melodic Embellishments"
        "Share of the notes whose neighbours in the melody both last at least three times as long."
        one(|f| f.melody.embellishments / f.melody.notes);
    "M-22" "Direction of Melodic Motion"
        "Share of the melodic intervals that rise, of those that rise or fall."
        one(|f| f.melody.rising / f.melody.moving());
    "M-23" "Average Length of Melodic Arcs"
        "Intervals that rise or fall, divided by the turns from rising to falling or back; 0 without a turn."
        one(|f| if f.melody.turns > 0.0 { f.melody.moving() / f.melody.turns } else { 0.0 });
    "M-24" "Average Interval Spanned by Melodic Arcs"
        "Semitones that a melody rises or falls until it turns; 0 without a turn."
        one(|f| if f.melody.turns > 0.0 { f.melody.turned_semitones / f.melody.turns } else { 0.0 });
    "M-25" "Melodic Pitch Variety"
        "Mean number of notes in a channel until a pitch occurs again, including that note; pitches that do not occur again within 16 notes are left out."
        one(|f| f.melody.notes_until_return / f.melody.returns);
};
