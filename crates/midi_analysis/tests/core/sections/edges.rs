//! What comes before the form and after it, single bars, and choruses that differ but in their chords.

use super::{BAR, BLUES, DRUMS, Dice, HAT, Notes, Q, form, joined, phrase, sections, song, starts};

/// A chord that is held, over its root.
fn held(length: u32) -> Notes {
    [0, 4, 7]
        .map(|third| (0, length, 1, 48 + third))
        .into_iter()
        .chain([(0, length, 2, 36)])
        .collect()
}

/// A song of phrases of eight bars, with something before and after it.
fn framed(number: u64, made: &str, before: (Notes, u32), after: (Notes, u32)) -> Notes {
    let bars = 8 * made.len() as u32;
    joined(&[before, (song(number, made), bars), after])
}

const NOTHING: (Notes, u32) = (Notes::new(), 0);

#[test]
fn the_last_chord_belongs_to_the_last_section() {
    for made in ["AABA", "ABAB", "AABB"] {
        for number in 0..6 {
            for length in [BAR / 2, BAR, 2 * BAR - 20] {
                let notes = framed(number, made, NOTHING, (held(length), 2));
                let sections = sections(&notes);
                let form: String = sections.iter().map(|section| &*section.label).collect();
                assert_eq!(form, made, "song {number}, {length} ticks");
                assert_eq!(starts(&sections), [1, 9, 17, 25], "{made}, song {number}");
                assert_eq!(sections[3].bars, Some(8 + length.div_ceil(BAR)), "song {number}");
            }
        }
    }
}

#[test]
fn a_count_in_belongs_to_the_first_section() {
    for number in 0..6 {
        for bars in [1, 2] {
            let hats = (0..4 * bars).map(|beat| (beat * Q, 20, DRUMS, HAT)).collect();
            let sections = sections(&framed(number, "AABA", (hats, bars), NOTHING));
            let form: String = sections.iter().map(|section| &*section.label).collect();
            assert_eq!(form, "AABA", "song {number}, {bars} bars");
            assert_eq!(starts(&sections), [1, 9 + bars, 17 + bars, 25 + bars], "song {number}");
            assert_eq!(sections[0].bars, Some(8 + bars), "song {number}");
        }
    }
}

#[test]
fn an_introduction_and_an_ending_of_four_bars_are_sections() {
    let right = (0..8).filter(|&number| {
        let part = |kind| (phrase(number, kind, 4, 0), 4);
        form(&framed(number, "AABA", part('I'), part('O'))) == "ABBCBD"
    });
    let right = right.count();
    assert!(right >= 6, "{right} of 8");
}

#[test]
fn a_single_bar_belongs_to_a_neighbour() {
    for made in ["AABA", "ABAB", "ABACA"] {
        for number in 0..6 {
            // A bar of drums after the second section.
            let fill = (0..16).map(|slot| (slot * Q / 4, 20, DRUMS, 41 + slot as u8 / 4)).collect();
            let (first, rest) = made.split_at(2);
            let bars = 8 * rest.len() as u32;
            let parts = [(song(number, first), 16), (fill, 1), (song(number, rest), bars)];
            let sections = sections(&joined(&parts));
            assert!(sections.iter().all(|section| section.bars > Some(1)), "{made}: {sections:?}");
        }
    }
}

/// A blues with a walking bass, chords on the second and the fourth beat, and another melody in each chorus.
fn walking_blues(number: u64, choruses: u32, key: u8) -> Notes {
    let mut dice = Dice(number);
    let mut notes = Notes::new();
    for bar in 0..12 * choruses {
        let (at, root) = (bar * BAR, key + BLUES[bar as usize % 12]);
        let walk =
            [[0, 4, 7, 9], [0, 4, 7, 10], [0, 7, 10, 7], [0, 2, 3, 4]][dice.below(4) as usize];
        for (beat, up) in (0..).zip(walk) {
            notes.push((at + beat * Q, Q - 4, 2, 36 + root + up));
        }
        for beat in [1, 3] {
            notes.extend([4, 7, 10].map(|up| (at + beat * Q, Q / 2, 1, 52 + root + up)));
        }
        for eighth in (0..8).filter(|eighth| eighth % 3 != 1) {
            let up = [0, 3, 5, 7, 10, 12][dice.below(6) as usize];
            notes.push((at + eighth * Q / 2, Q / 2 - 4, 0, 67 + key + up));
        }
    }
    notes
}

#[test]
fn choruses_over_the_same_changes_have_one_letter() {
    for (number, choruses) in [(0, 3), (1, 4), (2, 4), (3, 5)] {
        for key in [0, 5, 10] {
            let sections = sections(&walking_blues(number, choruses, key));
            let begin: Vec<u32> = (0..choruses).map(|chorus| 12 * chorus + 1).collect();
            assert_eq!(starts(&sections), begin, "{choruses} choruses, key {key}");
            let form: Vec<&str> = sections.iter().map(|section| &*section.label).collect();
            assert_eq!(form[0], "A");
            assert!(form[1..].iter().all(|label| *label == "A'"), "{form:?}");
        }
    }
}
