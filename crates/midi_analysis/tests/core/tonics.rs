//! Tonics that a scale does not tell: blues, vamps in the modes, loops that fit two keys, music without a key.

use midi_analysis::{Key, KeySummary};

use crate::support::{QUARTER, analyze, placed, smf};

const Q: u32 = QUARTER as u32;
const BAR: u32 = 4 * Q;
const CHORDS: u8 = 0;
const BASS: u8 = 1;
const LEAD: u8 = 2;
const BLUES: [u8; 12] = [0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0];
const SEVENTH: &[u8] = &[0, 4, 7, 10];
const MAJOR: &[u8] = &[0, 4, 7];
const MINOR: &[u8] = &[0, 3, 7];

type Notes = Vec<(u32, u32, u8, u8)>;
type Bar = (u8, &'static [u8]);

fn key(notes: &Notes) -> KeySummary {
    analyze(&smf(0, &[placed(notes)])).key
}

fn tonic(key: &KeySummary) -> usize {
    key.estimated.expect("a key").tonic.index()
}

fn named(name: &str) -> Key {
    name.parse().expect("a key")
}

/// Bars of held chords over their roots, from a tonic.
fn held(tonic: u8, bars: &[Bar]) -> Notes {
    let mut notes = Notes::new();
    for (start, &(root, tones)) in (0..).step_by(BAR as usize).zip(bars) {
        notes.push((start, BAR, BASS, 36 + (tonic + root) % 12));
        notes.extend(
            tones.iter().map(|tone| (start, BAR, CHORDS, 55 + (tonic + root + tone + 5) % 12)),
        );
    }
    notes
}

/// A bass in quarter notes that walks up and down each chord.
fn walking(tonic: u8, roots: &[u8]) -> Notes {
    let steps = [0, 4, 7, 9, 10, 9, 7, 4];
    let bar = |(bar, root): (u32, &u8)| {
        let from = 33 + (tonic + 12 - 9 + root) % 12;
        (0..4).map(move |beat| {
            let step = steps[(bar % 2 * 4 + beat) as usize];
            (bar * BAR + beat * Q, Q, BASS, from + step)
        })
    };
    (0..).zip(roots).flat_map(bar).collect()
}

/// Fifths and sixths in shuffled eighths on each root.
fn boogie(tonic: u8, roots: &[u8]) -> Notes {
    let bar = |(bar, root): (u32, &u8)| {
        let from = 40 + (tonic + 8 + root) % 12;
        (0..8).flat_map(move |eighth| {
            let start = bar * BAR + eighth / 2 * Q + eighth % 2 * (Q * 2 / 3);
            let above = if eighth / 2 % 2 == 1 { 9 } else { 7 };
            [(start, Q / 4, CHORDS, from), (start, Q / 4, CHORDS, from + above)]
        })
    };
    (0..).zip(roots).flat_map(bar).collect()
}

/// A lick of the blues scale over every second bar.
fn licks(tonic: u8, bars: u32) -> Notes {
    let lick = [12, 10, 7, 6, 5, 3, 0, 0];
    (0..bars)
        .step_by(2)
        .flat_map(|bar| (0..8).zip(lick).map(move |(n, above)| (bar * BAR + n * Q / 2, above)))
        .map(|(start, above)| (start, Q / 2, LEAD, 60 + tonic + above))
        .collect()
}

#[test]
fn a_blues_of_sevenths_is_in_the_key_of_its_first_degree() {
    for tonic_class in 0..12 {
        let roots = BLUES.repeat(2);
        let turned: Vec<u8> = roots[..23].iter().copied().chain([7]).collect();
        for roots in [&roots, &turned] {
            let chords: Vec<Bar> = roots.iter().map(|&root| (root, SEVENTH)).collect();
            let comped = held(tonic_class, &chords);
            let walked = [comped.clone(), walking(tonic_class, roots)].concat();
            let sung = [walked.clone(), licks(tonic_class, roots.len() as u32)].concat();
            let shuffled = boogie(tonic_class, roots);
            for notes in [&comped, &walked, &sung, &shuffled] {
                let key = key(notes);
                assert_eq!(tonic(&key), usize::from(tonic_class), "{key:?}");
            }
            assert_eq!(key(&comped).estimated, Some(Key::from_index(tonic_class.into())));
        }
    }
}

#[test]
fn other_forms_of_the_blues_are_in_the_first_degree_too() {
    let eight_bars = [0, 7, 5, 5, 0, 7, 0, 7].map(|root| (root, SEVENTH));
    assert_eq!(tonic(&key(&held(9, &eight_bars.repeat(2)))), 9);
    let quick = [0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7].map(|root| (root, SEVENTH));
    assert_eq!(tonic(&key(&held(4, &quick.repeat(2)))), 4);
    let minor: Vec<Bar> = [0, 0, 0, 0, 5, 5, 0, 0, 8, 7, 0, 0]
        .map(|root| (root, if root % 5 == 0 { MINOR } else { SEVENTH }))
        .to_vec();
    assert_eq!(key(&held(9, &minor.repeat(2))).estimated, Some(named("A minor")));
}

#[test]
fn over_a_walking_bass_the_chords_of_a_blues_need_no_root() {
    const VOICINGS: [&[u8]; 2] = [&[4, 10, 14], &[4, 7, 10, 14]];
    for tonic_class in 0..12 {
        let roots = BLUES.repeat(2);
        for tones in VOICINGS {
            let chords: Vec<Bar> = roots.iter().map(|&root| (root, tones)).collect();
            let mut notes = held(tonic_class, &chords);
            notes.retain(|&(_, _, part, _)| part != BASS);
            notes.extend(walking(tonic_class, &roots));
            let key = key(&notes);
            assert_eq!(tonic(&key), usize::from(tonic_class), "{tones:?} {key:?}");
        }
    }
}

#[test]
fn chords_borrowed_from_the_minor_key_leave_a_major_tonic_its_key() {
    let loops: [&[Bar]; 5] = [
        &[(0, MAJOR), (8, MAJOR), (10, MAJOR), (0, MAJOR)],
        &[(8, MAJOR), (10, MAJOR), (0, MAJOR), (0, MAJOR)],
        &[(0, MAJOR), (0, MAJOR), (8, MAJOR), (10, MAJOR)],
        &[(0, MAJOR), (3, MAJOR), (5, MAJOR), (0, MAJOR)],
        &[(0, MAJOR), (5, MAJOR), (5, MINOR), (0, MAJOR)],
    ];
    for bars in loops {
        for tonic in [0, 3, 8] {
            for times in [2, 4] {
                let key = key(&held(tonic, &bars.repeat(times)));
                assert_eq!(key.estimated, Some(Key::from_index(tonic.into())), "{bars:?} {key:?}");
            }
        }
    }
}

#[test]
fn a_vamp_is_in_the_key_of_the_chord_that_it_begins_with() {
    let vamps: [(&[Bar], bool); 6] = [
        (&[(0, MINOR), (5, MAJOR)], true),
        (&[(0, MINOR), (5, SEVENTH)], true),
        (&[(0, MINOR), (10, MAJOR)], true),
        (&[(0, MAJOR), (10, MAJOR)], false),
        (&[(0, MAJOR), (10, MAJOR), (5, MAJOR), (0, MAJOR)], false),
        (&[(0, SEVENTH)], false),
    ];
    for (bars, is_minor) in vamps {
        for tonic in [2, 7, 9] {
            let right = Key::from_index(tonic + if is_minor { 12 } else { 0 });
            assert_eq!(key(&held(tonic as u8, &bars.repeat(8))).estimated, Some(right), "{bars:?}");
        }
    }
}

#[test]
fn over_a_drone_the_melody_tells_the_mode() {
    let modes = [
        ([0, 2, 3, 5, 7, 9, 10], true),
        ([0, 2, 3, 5, 7, 8, 10], true),
        ([0, 2, 4, 5, 7, 9, 10], false),
        ([0, 2, 4, 5, 7, 9, 11], false),
    ];
    let degrees = [0, 2, 4, 5, 4, 2, 1, 2, 4, 6, 5, 4, 2, 1, 0, 0];
    for (scale, is_minor) in modes {
        for tonic in [0_u8, 4, 9] {
            let mut notes = Notes::new();
            for phrase in 0..6 {
                let start = phrase * 16 * Q;
                notes.extend([36, 43].map(|low| (start, 16 * Q, BASS, low + tonic)));
                let line =
                    (0..).zip(degrees).map(|(n, degree)| (start + n * Q, Q, LEAD, scale[degree]));
                notes.extend(
                    line.map(|(at, long, part, above)| (at, long, part, 60 + tonic + above)),
                );
            }
            let right = Key::from_index(usize::from(tonic) + if is_minor { 12 } else { 0 });
            assert_eq!(key(&notes).estimated, Some(right), "{scale:?}");
        }
    }
}

#[test]
fn where_two_keys_fit_the_other_is_an_alternative() {
    let bars: [Bar; 4] = [(9, MINOR), (5, MAJOR), (0, MAJOR), (7, MAJOR)];
    let key = key(&held(0, &bars.repeat(4)));
    let pair = [named("A minor"), named("C major")];
    let estimated = key.estimated.expect("a key");
    let other = key.alternatives.first().expect("an alternative");
    assert!(pair.contains(&estimated) && pair.contains(&other.key), "{key:?}");
    assert!(key.confidence.is_some_and(|confidence| confidence < 0.9 && confidence > other.share));
    let sum: f32 = key.alternatives.iter().map(|share| share.share).sum();
    assert!(key.confidence.is_some_and(|confidence| confidence + sum <= 1.001), "{key:?}");
}

#[test]
fn a_minor_seventh_may_be_a_sixth_of_the_relative_major() {
    let line = [57, 60, 64, 67, 69, 67, 64, 60].repeat(4);
    let notes = (0..).step_by(Q as usize).zip(line).map(|(at, pitch)| (at, Q, 0, pitch)).collect();
    let key = key(&notes);
    let mut possible = key.alternatives.iter().map(|share| share.key).chain(key.estimated);
    assert!(possible.any(|key| key == named("A minor")), "{key:?}");
    let mut possible = key.alternatives.iter().map(|share| share.key).chain(key.estimated);
    assert!(possible.any(|key| key == named("C major")), "{key:?}");
}

#[test]
fn a_cadence_leaves_no_alternative() {
    let bars: [Bar; 4] = [(0, MAJOR), (5, MAJOR), (7, SEVENTH), (0, MAJOR)];
    let key = key(&held(3, &bars.repeat(4)));
    assert_eq!(key.estimated, Some(named("Eb major")));
    assert!(key.confidence.is_some_and(|confidence| confidence > 0.85), "{key:?}");
    assert!(key.alternatives.is_empty(), "{key:?}");
}

#[test]
fn music_without_a_key_has_no_confident_one() {
    let row = [0, 11, 3, 4, 8, 7, 9, 5, 6, 1, 2, 10];
    let line = |classes: &[u8]| -> Notes {
        (0..).step_by(Q as usize).zip(classes).map(|(at, class)| (at, Q, 0, 60 + class)).collect()
    };
    let inverted = row.map(|class| (12 - class) % 12);
    let whole_tones = [0, 2, 4, 6, 8, 10].repeat(8);
    let octatonic = [0, 1, 3, 4, 6, 7, 9, 10].repeat(6);
    let chromatic: Vec<u8> = (0..48).map(|n| n % 12).collect();
    for classes in [&[row, inverted].concat()[..], &whole_tones, &octatonic, &chromatic] {
        let key = key(&line(classes));
        assert!(key.confidence.is_none_or(|confidence| confidence < 0.5), "{key:?}");
    }
    assert_eq!(key(&line(&[9; 16])).estimated, None);
    assert!(key(&line(&[9; 16])).alternatives.is_empty());
}
