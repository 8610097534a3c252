//! Sections of pieces whose form is known.

use crate::support::{QUARTER, analyze, meta, placed, read, smf, tempo};
use midi_analysis::Section;

const Q: u32 = QUARTER as u32;
const BAR: u32 = 4 * Q;
const DRUMS: u8 = 9;
const KICK: u8 = 36;
const SNARE: u8 = 38;
const HAT: u8 = 42;
const TOM: u8 = 45;
const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];

type Notes = Vec<(u32, u32, u8, u8)>;

/// Pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u32
    }
}

/// Degrees of the major scale in semitones, over two octaves.
const SCALE: [u8; 15] = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23, 24];
/// Rhythms of a bar, in eighths.
const RHYTHMS: [&[u32]; 6] =
    [&[2, 2, 2, 2], &[3, 1, 2, 2], &[1, 1, 2, 1, 1, 2], &[4, 2, 2], &[2, 1, 1, 4], &[3, 3, 2]];

/// A phrase of a tune over chords, which ends with a long note and a rest. The same kind gives the same phrase.
fn phrase(song: u64, kind: char, bars: u32, key: u8) -> Notes {
    let mut dice = Dice(song.wrapping_mul(7_919).wrapping_add(u64::from(kind) * 104_729));
    let (first, second) = (dice.below(6) as usize, dice.below(6) as usize);
    let home = 3 + dice.below(6) as i32;
    let mut notes = Notes::new();
    for bar in 0..bars {
        let last = bar + 1 == bars;
        let root = if last { 0 } else { [0, 3, 4, 5, 1][dice.below(5) as usize] };
        for third in [0, 2, 4] {
            let pitch = 48 + key + SCALE[root + third];
            notes.push((bar * BAR, BAR - 4, 1, pitch));
        }
        notes.push((bar * BAR, BAR - 4, 2, 36 + key + SCALE[root]));
        let rhythm = match (last, bar % 2) {
            (true, _) => &[4][..],
            (_, 0) => RHYTHMS[first],
            _ => RHYTHMS[second],
        };
        let mut at = bar * BAR;
        for eighths in rhythm {
            let degree = (home + dice.below(5) as i32 - 2).clamp(0, 14) as usize;
            let length = eighths * Q / 2;
            notes.push((at, length - 4, 0, 67 + key + SCALE[degree]));
            at += length;
        }
    }
    notes
}

/// Parts one after the other.
fn joined(parts: &[(Notes, u32)]) -> Notes {
    let mut notes = Notes::new();
    let mut from = 0;
    for (part, bars) in parts {
        notes.extend(
            part.iter().map(|&(at, length, channel, pitch)| (from + at, length, channel, pitch)),
        );
        from += bars * BAR;
    }
    notes
}

/// A song of phrases of eight bars.
fn song(number: u64, form: &str) -> Notes {
    let part = |kind| (phrase(number, kind, 8, 0), 8);
    joined(&form.chars().map(part).collect::<Vec<_>>())
}

fn file(notes: &[(u32, u32, u8, u8)]) -> Vec<u8> {
    smf(0, &[[meta(0, 0x58, &FOUR_FOUR), tempo(0, 100.0), placed(notes)].concat()])
}

fn form(notes: &[(u32, u32, u8, u8)]) -> String {
    analyze(&file(notes)).form.letters
}

fn sections(notes: &[(u32, u32, u8, u8)]) -> Vec<Section> {
    read(&file(notes)).sections().expect("notes").to_vec()
}

/// The bars at which the sections begin.
fn starts(sections: &[Section]) -> Vec<u32> {
    sections.iter().filter_map(|section| section.start_bar).collect()
}

#[test]
fn songs_of_phrases_have_the_form_in_which_they_were_made() {
    for made in ["A", "AB", "AABA", "AABB"] {
        for number in 0..6 {
            let sections = sections(&song(number, made));
            let form: String = sections.iter().map(|section| &*section.label).collect();
            assert_eq!(form, made, "song {number}");
            let phrases: Vec<u32> = (0..made.len() as u32).map(|phrase| 8 * phrase + 1).collect();
            assert_eq!(starts(&sections), phrases, "{made}, song {number}");
        }
    }
}

#[test]
fn most_rondos_and_songs_of_verse_and_chorus_have_their_form() {
    for (made, least) in [("ABACA", 7), ("ABCDEF", 7), ("ABABCB", 6)] {
        let forms: Vec<String> = (0..8).map(|number| form(&song(number, made))).collect();
        let right = forms.iter().filter(|form| **form == made).count();
        assert!(right >= least, "{made}: {forms:?}");
    }
}

#[test]
fn choruses_of_twelve_bars_are_sections() {
    for number in 0..6 {
        let choruses = vec![(phrase(number, 'A', 12, 0), 12); 4];
        let sections = sections(&joined(&choruses));
        assert_eq!(starts(&sections), [1, 13, 25, 37], "song {number}");
        assert!(sections.iter().all(|section| section.label == "A" && section.bars == Some(12)));
    }
}

/// Roots of a blues by bar.
const BLUES: [u8; 12] = [0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7];

/// Choruses of a blues: chords on every beat or held, a bass of roots and fifths, and drums.
fn blues(choruses: u32, key: u8, beats: u32) -> Notes {
    let mut notes = Notes::new();
    for bar in 0..12 * choruses {
        let (at, root) = (bar * BAR, key + BLUES[bar as usize % 12]);
        for beat in 0..4 {
            let low = if beat % 2 == 0 { 36 } else { 43 };
            notes.push((at + beat * Q, Q - 4, 2, low + root));
            notes.push((at + beat * Q, Q / 4, DRUMS, if beat % 2 == 0 { KICK } else { SNARE }));
        }
        for beat in (0..4).step_by(4 / beats as usize) {
            let chord =
                [0, 4, 7, 10].map(|up| (at + beat * Q, 4 / beats * Q - 4, 1, 52 + root + up));
            notes.extend(chord);
        }
    }
    notes
}

#[test]
fn a_blues_is_choruses_of_twelve_bars() {
    for choruses in [2, 3, 5] {
        for (key, beats) in [(0, 1), (3, 2), (7, 4)] {
            let sections = sections(&blues(choruses, key, beats));
            let begin: Vec<u32> = (0..choruses).map(|chorus| 12 * chorus + 1).collect();
            assert_eq!(starts(&sections), begin, "{choruses} choruses, key {key}, {beats} chords");
            assert!(sections.iter().all(|section| section.label == "A"), "{sections:?}");
        }
    }
}

#[test]
fn sections_that_alternate_are_not_taken_together() {
    for made in ["ABAB", "ABAC"] {
        let forms: Vec<String> = (0..8).map(|number| form(&song(number, made))).collect();
        let right = forms.iter().filter(|form| **form == made).count();
        assert!(right >= 7, "{made}: {forms:?}");
    }
}

#[test]
fn few_sections_amid_a_piece_are_shorter_than_four_bars() {
    for made in ["AABA", "ABACA", "ABABCB", "ABCABC"] {
        for number in 10..16 {
            let sections = sections(&song(number, made));
            let short = sections.iter().filter(|section| section.bars < Some(4)).count();
            assert_eq!(short, 0, "{made}, song {number}: {sections:?}");
        }
    }
}

#[test]
fn a_varied_repeat_has_a_prime() {
    for number in 0..4 {
        let theme = phrase(number, 'A', 8, 0);
        let mut varied = theme.clone();
        // Every other note of the melody is another.
        let melody = varied.iter_mut().filter(|(_, _, channel, _)| *channel == 0);
        melody.step_by(2).for_each(|(_, _, _, pitch)| *pitch += 1);
        let parts = [theme.clone(), varied, phrase(number, 'B', 8, 0), theme];
        assert_eq!(form(&joined(&parts.map(|part| (part, 8)))), "AA'BA", "song {number}");
    }
}

#[test]
fn a_repeat_in_another_key_has_the_same_letter() {
    let transposed = |number: u64| {
        let parts = [('A', 0), ('B', 0), ('B', 2), ('B', 2)];
        form(&joined(&parts.map(|(kind, key)| (phrase(number, kind, 8, key), 8))))
    };
    // The estimate of the key may miss a change.
    let right = (0..8).filter(|&number| transposed(number) == "ABB'B'").count();
    assert!(right >= 6, "{right} of 8");
}

#[test]
fn a_last_chorus_in_a_higher_key_is_a_varied_one() {
    for number in 0..8 {
        let parts = [('A', 0), ('B', 0), ('A', 0), ('B', 0), ('B', 1)];
        let parts = parts.map(|(kind, key)| (phrase(number, kind, 8, key), 8));
        assert_eq!(form(&joined(&parts)), "ABABB'", "song {number}");
    }
}

/// A period of eight bars, whose second phrase begins as the first and ends otherwise.
fn period(song: u64, kind: char) -> Notes {
    let first = phrase(song, kind, 4, 0);
    let other = phrase(song + 100, kind, 4, 0);
    let begins = first.iter().filter(|note| note.0 < 2 * BAR);
    let ends = other.iter().filter(|note| note.0 >= 2 * BAR);
    let second = begins.chain(ends).copied().collect();
    joined(&[(first.clone(), 4), (second, 4)])
}

#[test]
fn the_phrases_of_a_period_are_one_section() {
    for made in ["AABA", "ABACA", "ABAB"] {
        let forms: Vec<String> = (0..8)
            .map(|number| {
                form(&joined(
                    &made.chars().map(|kind| (period(number, kind), 8)).collect::<Vec<_>>(),
                ))
            })
            .collect();
        let right = forms.iter().filter(|form| **form == made).count();
        assert!(right >= 6, "{made}: {forms:?}");
    }
}

#[test]
fn a_loop_that_goes_round_without_change_has_no_primes() {
    for bars in [4, 6, 8, 12] {
        for number in 0..4 {
            let repeats = vec![(phrase(number, 'A', bars, 0), bars); 12];
            // All parts in one.
            let notes: Notes = joined(&repeats)
                .iter()
                .map(|&(at, length, _, pitch)| (at, length, 0, pitch))
                .collect();
            let form = form(&notes);
            assert!(!form.contains('\''), "{bars} bars, song {number}: {form}");
        }
    }
}

#[test]
fn a_last_bar_in_which_a_piece_closes_makes_no_variation() {
    for number in 0..4 {
        let mut notes = joined(&vec![(phrase(number, 'A', 12, 0), 12); 3]);
        notes.extend([0, 4, 7].map(|third| (36 * BAR, BAR, 1, 48 + third)));
        assert_eq!(form(&notes), "AAA", "song {number}");
    }
}

#[test]
fn a_phrase_and_its_repeat_are_two_sections() {
    let phrases = [('A', 8), ('A', 8), ('B', 8), ('B', 8)];
    for number in 0..6 {
        let parts = phrases.map(|(kind, bars)| (phrase(number, kind, bars, 0), bars));
        assert_eq!(starts(&sections(&joined(&parts))), [1, 9, 17, 25], "song {number}");
    }
}

#[test]
fn a_short_loop_that_goes_on_is_one_section() {
    for bars in [1, 2, 4] {
        for number in 0..4 {
            let repeats = vec![(phrase(number, 'A', bars, 0), bars); 32 / bars as usize];
            let sections = sections(&joined(&repeats));
            assert_eq!(sections.len(), 1, "{bars} bars, song {number}");
            assert_eq!((sections[0].start_bar, sections[0].bars), (Some(1), Some(32)));
        }
    }
}

#[test]
fn a_long_loop_of_plain_chords_is_one_section() {
    for bars in [24, 32, 48, 64, 128] {
        let mut notes = Notes::new();
        for bar in 0..bars {
            let root = [0, 9, 5, 7][bar as usize % 4];
            notes.extend([0, 4, 7].map(|third| (bar * BAR, BAR - 20, 1, 48 + root + third)));
            notes.extend((0..8).map(|eighth| (bar * BAR + eighth * Q / 2, 20, 2, 36 + root)));
        }
        assert_eq!(form(&notes), "A", "{bars} bars");
    }
}

/// A rock beat with a fill at the end of every so many bars.
fn beat(bars: u32, fills: u32) -> Notes {
    let mut notes = Notes::new();
    for bar in 0..bars {
        let from = bar * BAR;
        notes.extend((0..8).map(|eighth| (from + eighth * Q / 2, 20, DRUMS, HAT)));
        notes.extend([0, 2].map(|beat| (from + beat * Q, 20, DRUMS, KICK)));
        notes.extend([1, 3].map(|beat| (from + beat * Q, 20, DRUMS, SNARE)));
        if (bar + 1) % fills == 0 {
            notes.extend((8..16).map(|sixteenth| (from + sixteenth * Q / 4, 20, DRUMS, TOM)));
        }
    }
    notes
}

#[test]
fn a_beat_with_fills_is_one_section() {
    for (bars, fills) in [(32, 64), (16, 4), (32, 8), (64, 16)] {
        assert_eq!(form(&beat(bars, fills)), "A", "{bars} bars, a fill every {fills}");
    }
}

#[test]
fn sections_follow_each_other_from_the_first_note_to_the_last() {
    // After two bars of silence.
    let notes: Notes =
        song(1, "AABA").iter().map(|&(at, l, c, p)| (at + 2 * BAR, l, c, p)).collect();
    let sections = sections(&notes);
    assert_eq!(starts(&sections), [3, 11, 19, 27]);
    assert!(sections.windows(2).all(|pair| pair[0].end_s == pair[1].start_s));
    let bar_s = 2.4;
    for (section, begins) in sections.iter().zip([2.0, 10.0, 18.0, 26.0]) {
        assert!((section.start_s - begins * bar_s).abs() < 1e-6, "{section:?}");
    }
    let analysis = analyze(&file(&notes));
    assert_eq!((analysis.form.section_count, &*analysis.form.letters), (4, "AABA"));
    assert_eq!(sections[3].end_s, analysis.tempo.duration_s);
}

#[test]
fn a_piece_without_beats_is_one_section() {
    let notes = [(0, 100, 0, 60), (100, 200, 0, 64)];
    let file = smf(0, &[placed(&notes)]);
    let piece = read(&file);
    let sections = piece.sections().expect("notes");
    assert_eq!((sections.len(), &*sections[0].label, sections[0].section_no), (1, "A", 1));
}
