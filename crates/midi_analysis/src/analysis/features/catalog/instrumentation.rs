//! Instrumentation, I-1 to I-20: which General MIDI programs play how much, and which drums.

use crate::analysis::features::entry::{Entry, catalog, many, one};
use crate::analysis::features::facts::instrumentation::DRUMS;
use crate::analysis::features::stats::Histogram;

const ELECTRIC: [usize; 17] = [4, 5, 16, 18, 26, 27, 28, 29, 30, 31, 33, 34, 35, 36, 37, 38, 39];

fn present<const N: usize>(instruments: &Histogram<N>) -> Vec<f64> {
    instruments.bins().iter().map(|&notes| f64::from(u8::from(notes > 0.0))).collect()
}

pub(crate) const CATALOG: &[Entry] = catalog! {
    "I-1" "Pitched Instruments Present"
        "1 for each program, 0 to 127, that plays a note, else 0."
        many(128, |f| present(&f.instrumentation.programs));
    "I-2" "Unpitched Instruments Present"
        "1 for each drum, 35 to 81, that is played, else 0."
        many(DRUMS, |f| present(&f.instrumentation.drums));
    "I-3" "Note Prevalence of Pitched Instruments"
        "Share of all notes that each program plays."
        many(128, |f| f.instrumentation.shares(&f.instrumentation.programs));
    "I-4" "Note Prevalence of Unpitched Instruments"
        "Share of all notes that are played on each drum."
        many(DRUMS, |f| f.instrumentation.shares(&f.instrumentation.drums));
    "I-5" "Time Prevalence of Pitched Instruments"
        "Share of the piece's seconds in which each program sounds."
        many(128, |f| f.channels.programs.iter().map(|program| program.seconds / f.times.duration).collect());
    "I-6" "Variability of Note Prevalence of Pitched Instruments"
        "Standard deviation of the shares of the programs that play."
        one(|f| f.instrumentation.variability(&f.instrumentation.programs));
    "I-7" "Variability of Note Prevalence of Unpitched Instruments"
        "Standard deviation of the shares of the drums that are played."
        one(|f| f.instrumentation.variability(&f.instrumentation.drums));
    "I-8" "Number of Pitched Instruments"
        "Programs that play."
        one(|f| f.instrumentation.programs.used_count());
    "I-9" "Number of Unpitched Instruments"
        "Drums that are played."
        one(|f| f.instrumentation.drums.used_count());
    "I-10" "Unpitched Percussion Instrument Prevalence"
        "Share of all notes that are drums."
        one(|f| f.instrumentation.drums.total() / f.instrumentation.notes);
    "I-11" "String Keyboard Prevalence"
        "Share of all notes played by pianos, harpsichord and clavinet (0-7)."
        one(|f| f.instrumentation.played(0..=7));
    "I-12" "Acoustic Guitar Prevalence"
        "Share of all notes played by acoustic guitars (24, 25)."
        one(|f| f.instrumentation.played(24..=25));
    "I-13" "Electric Guitar Prevalence"
        "Share of all notes played by electric guitars (26-31)."
        one(|f| f.instrumentation.played(26..=31));
    "I-14" "Violin Prevalence"
        "Share of all notes played by violin or fiddle (40, 110)."
        one(|f| f.instrumentation.played([40, 110]));
    "I-15" "Saxophone Prevalence"
        "Share of all notes played by saxophones (64-67)."
        one(|f| f.instrumentation.played(64..=67));
    "I-16" "Brass Prevalence"
        "Share of all notes played by brass, saxophones among them (56-67)."
        one(|f| f.instrumentation.played(56..=67));
    "I-17" "Woodwinds Prevalence"
        "Share of all notes played by woodwinds (68-75)."
        one(|f| f.instrumentation.played(68..=75));
    "I-18" "Orchestral Strings Prevalence"
        "Share of all notes played by orchestral strings (40-46)."
        one(|f| f.instrumentation.played(40..=46));
    "I-19" "String Ensemble Prevalence"
        "Share of all notes played by string ensembles (48-51)."
        one(|f| f.instrumentation.played(48..=51));
    "I-20" "Electric Instrument Prevalence"
        "Share of all notes played by electric instruments that are no synthesizers (4, 5, 16, 18, 26-31, 33-39)."
        one(|f| f.instrumentation.played(ELECTRIC));
};
