//! Bars of music whose beats are estimated: they begin with the music, and agree with the meter.

use crate::support::{QUARTER, meta, placed, read, smf, tempo};
use midi_analysis::{Analysis, Beat, TimeSignature};
use proptest::prelude::*;

const TIME_SIGNATURE: u8 = 0x58;
const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];
const DRUMS: u8 = 9;
const BARS: u32 = 24;

/// What accompanies the melody.
#[derive(Clone, Copy, Debug)]
enum Style {
    /// Chords that are held, over a bass on the first beat.
    Held,
    /// Broken chords in eighths.
    Broken,
    /// A bass on strong beats, chords on the others.
    Oompah,
    /// Bass drum, snare and cymbals, with a bass and chords that are held.
    Rock,
    /// The same with beats in two of which the second is short.
    Shuffle,
}

/// A song whose beats come at `bpm`, in ticks of a file in which 120 is the tempo.
#[derive(Clone, Copy, Debug)]
struct Song {
    bpm: f64,
    beats_in_bar: u32,
    style: Style,
    /// Beats before the first bar.
    upbeat: u32,
    /// Seconds before the first beat.
    silence: f64,
    /// Ticks by which a note may be early or late.
    loose: u32,
    /// By how much the tempo rises and falls.
    rubato: f64,
    declares_common_time: bool,
}

const SONG: Song = Song {
    bpm: 132.0,
    beats_in_bar: 4,
    style: Style::Rock,
    upbeat: 0,
    silence: 0.0,
    loose: 0,
    rubato: 0.0,
    declares_common_time: false,
};

impl Song {
    const fn tick_s() -> f64 {
        0.5 / QUARTER as f64
    }

    /// The seconds of a beat, from the first one.
    fn seconds(self, beat: f64) -> f64 {
        let phrase = 0.25 * beat / f64::from(self.beats_in_bar);
        let swayed = self.rubato
            * f64::from(self.beats_in_bar)
            * (1.0 - (phrase * std::f64::consts::TAU).cos());
        self.silence + (beat + swayed) * 60.0 / self.bpm
    }

    fn file(self) -> Vec<u8> {
        let (mut notes, mut dice) = (Vec::new(), 11_u32);
        let mut put = |beat: f64, beats: f64, channel: u8, pitch: u8| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let off = f64::from((dice >> 16) % (2 * self.loose + 1)) - f64::from(self.loose);
            let start = self.seconds(beat) / Self::tick_s();
            let length = self.seconds(beat + beats * 0.9) / Self::tick_s() - start;
            notes.push(((start + off).round().max(0.0) as u32, length as u32, channel, pitch));
        };
        let second = if matches!(self.style, Style::Shuffle) { 2.0 / 3.0 } else { 0.5 };
        for beat in 0..self.upbeat {
            put(beat.into(), 1.0, 0, 67 + beat as u8);
        }
        for bar in 0..BARS {
            let root = [60_u8, 57, 65, 55, 62, 55, 60, 64][bar as usize % 8];
            let from = f64::from(self.upbeat + bar * self.beats_in_bar);
            let bar_beats = f64::from(self.beats_in_bar);
            for beat in 0..self.beats_in_bar {
                let at = from + f64::from(beat);
                put(at, 0.5, 0, root + [12, 16, 14, 19][beat as usize]);
                if (bar + beat) % self.beats_in_bar > 1 {
                    put(at + second, 0.3, 0, root + 17);
                }
                let is_strong = beat == 0 || (self.beats_in_bar == 4 && beat == 2);
                match self.style {
                    Style::Held if beat == 0 => {
                        [0, 4, 7].iter().for_each(|step| put(at, bar_beats, 1, root + step));
                        put(at, bar_beats, 2, root - 24);
                    }
                    Style::Held => {}
                    Style::Broken => {
                        put(at, 0.5, 1, if beat == 0 { root - 12 } else { root });
                        put(at + second, 0.5, 1, root + if beat % 2 == 0 { 4 } else { 7 });
                    }
                    Style::Oompah if is_strong => {
                        put(at, 1.0, 2, root - if beat == 0 { 24 } else { 17 });
                    }
                    Style::Oompah => [0, 4, 7].iter().for_each(|step| put(at, 0.5, 1, root + step)),
                    Style::Rock | Style::Shuffle => {
                        if beat == 0 {
                            [0, 4, 7].iter().for_each(|step| put(at, bar_beats, 1, root + step));
                        }
                        put(at, 1.0, 2, root - if beat == 0 { 24 } else { 17 });
                        put(at, 0.2, DRUMS, if is_strong { 36 } else { 38 });
                        put(at, 0.2, DRUMS, 42);
                        put(at + second, 0.2, DRUMS, 42);
                    }
                }
            }
        }
        notes.sort_unstable();
        let declared = if self.declares_common_time {
            [meta(0, TIME_SIGNATURE, &FOUR_FOUR), tempo(0, 120.0)].concat()
        } else {
            Vec::new()
        };
        smf(0, &[[declared, placed(&notes)].concat()])
    }
}

fn heard(file: &[u8]) -> (Analysis, Vec<Beat>) {
    let piece = read(file);
    (piece.analysis().expect("notes"), piece.beats().expect("beats").collect())
}

/// Beats in a bar of a meter: of three of its note values where it is compound.
fn beats_in_bar(meter: TimeSignature) -> usize {
    match meter.numerator {
        numerator @ (6 | 9 | 12) => usize::from(numerator) / 3,
        numerator => numerator.into(),
    }
}

/// Whether meter, bars, their number and the sections are of one mind, for music in one meter.
fn assert_agreement(song: &Song) {
    let file = song.file();
    let (analysis, beats) = heard(&file);
    let meter = analysis.meter.signature.expect("a meter");
    let length = beats_in_bar(meter);
    let bars: Vec<&[Beat]> = beats.chunk_by(|a, b| a.bar == b.bar).collect();
    let beats_in = |length: usize| bars.iter().filter(|bar| bar.len() == length).count() * length;
    let (as_said, others) = (beats_in(length), (1..length).map(beats_in).max());
    assert!(Some(as_said) >= others, "{meter}: {song:?}");
    // Bars may be played too long or too short, but those of an even tempo are not, save the first and the last.
    let least = if song.rubato > 0.0 { 0 } else { beats.len() * 9 / 10 - 2 * length };
    assert!(
        as_said >= least,
        "{as_said} of {} beats are in bars of {meter}: {song:?}",
        beats.len()
    );
    for bar in &bars {
        let positions: Vec<u8> = bar.iter().map(|beat| beat.beat_in_bar).collect();
        let begins = if bar[0].bar == 0 { length + 1 - bar.len() } else { 1 };
        assert!(positions.iter().zip(begins..).all(|(a, b)| usize::from(*a) == b), "{song:?}");
        assert!(bar.len() <= length, "{meter}: {song:?}");
    }
    let last = beats[beats.len() - 1].bar;
    assert_eq!(analysis.meter.bar_count, Some(last), "{song:?}");
    let piece = read(&file);
    for section in piece.sections().expect("sections") {
        let (Some(start), Some(bars)) = (section.start_bar, section.bars) else { continue };
        assert!(start + bars <= last + 1, "{section:?} of {last} bars: {song:?}");
        let begins = beats.iter().find(|beat| beat.bar == start).expect("a bar");
        let off = (section.start_s - begins.start_s).abs();
        // The first section begins with the first note.
        assert!(section.section_no == 1 || off < 0.05, "{section:?} {begins:?}: {song:?}");
    }
}

fn songs() -> impl Strategy<Value = Song> {
    let style = prop_oneof![
        Just(Style::Held),
        Just(Style::Broken),
        Just(Style::Oompah),
        Just(Style::Rock),
        Just(Style::Shuffle),
    ];
    let silence = prop_oneof![2 => Just(0.0), 1 => 0.0..1.5];
    let rubato = prop_oneof![3 => Just(0.0), 1 => 0.02..0.08];
    let shape = (60.0..190.0, prop_oneof![3..=4_u32, Just(4)], style, 0..2_u32);
    (shape, silence, 0..4_u32, rubato, any::<bool>()).prop_map(
        |((bpm, beats_in_bar, style, upbeat), silence, loose, rubato, declares_common_time)| Song {
            bpm,
            beats_in_bar,
            style,
            upbeat,
            silence,
            loose,
            rubato,
            declares_common_time,
        },
    )
}

proptest! {
    #[test]
    fn meter_bars_and_sections_agree(song in songs()) {
        assert_agreement(&song);
    }
}

#[test]
fn music_that_begins_with_the_file_has_its_first_beat_there() {
    for bpm in [71.0, 84.0, 93.0, 110.0, 132.0, 147.0] {
        for silence in [0.0, 0.42] {
            for declares_common_time in [false, true] {
                let song = Song { bpm, silence, declares_common_time, ..SONG };
                let (analysis, beats) = heard(&song.file());
                let first = beats[0];
                assert!((first.start_s - silence).abs() < 0.01, "{first:?} in {song:?}");
                assert_eq!((first.bar, first.beat_in_bar), (1, 1), "{song:?}");
                assert_eq!(analysis.meter.bar_count, Some(BARS), "{song:?}");
            }
        }
    }
}

#[test]
fn an_upbeat_stays_before_the_first_bar() {
    for bpm in [84.0, 110.0, 132.0] {
        let (_, beats) = heard(&Song { bpm, upbeat: 1, ..SONG }.file());
        assert_eq!((beats[0].bar, beats[1].bar), (0, 1), "at {bpm}");
        assert!(beats[1].is_downbeat);
    }
}

#[test]
fn beats_of_a_meter_in_four_are_not_in_bars_of_two() {
    for style in [Style::Rock, Style::Shuffle, Style::Oompah] {
        for bpm in [66.0, 84.0, 104.0, 142.0] {
            assert_agreement(&Song { bpm, style, loose: 2, declares_common_time: true, ..SONG });
        }
    }
}

#[test]
fn a_declared_meter_has_a_probability_where_the_beats_are_estimated() {
    for bpm in [84.0, 132.0] {
        let meter = heard(&Song { bpm, declares_common_time: true, ..SONG }.file()).0.meter;
        assert_eq!((meter.signature, meter.declared), (Some(TimeSignature::new(4, 4)), true));
        assert!(meter.confidence.is_some_and(|confidence| confidence > 0.5), "{meter:?}");
    }
    let meter = heard(&Song { bpm: 120.0, declares_common_time: true, ..SONG }.file()).0.meter;
    assert_eq!((meter.declared, meter.confidence), (true, None));
}

#[test]
fn music_whose_notes_are_a_little_early_on_its_grid_has_a_beat_where_the_file_begins() {
    for ticks in [2.0, 4.0, 6.0] {
        for style in [Style::Rock, Style::Held] {
            let silence = -ticks * Song::tick_s();
            let song = Song { bpm: 120.0, silence, style, ..SONG };
            let (_, beats) = heard(&song.file());
            let (first, second) = (beats[0], beats[1]);
            assert_eq!((first.start_tick, first.bar, first.beat_in_bar), (0, 1, 1), "{song:?}");
            assert!((second.start_s - 0.5 - silence).abs() < 0.02, "{second:?} in {song:?}");
        }
    }
}
