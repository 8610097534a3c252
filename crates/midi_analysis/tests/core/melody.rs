//! The melody of small pieces: the line that a listener would sing.

use crate::support::{
    QUARTER, ended, header, melody as line, note, placed, program, quantity, read, smf, track,
};
use midi_analysis::MelodyNote;

const Q: u32 = QUARTER as u32;
const TUNE: [u8; 8] = [67, 69, 71, 72, 74, 72, 71, 69];

fn rows(file: &[u8]) -> Vec<MelodyNote> {
    read(file).melody().expect("the file has notes").collect::<Vec<_>>()
}

fn pitches(file: &[u8]) -> Vec<u8> {
    rows(file).iter().map(|row| row.pitch).collect()
}

fn tune() -> Vec<u8> {
    TUNE.to_vec()
}

/// Two pitches together, for a quarter.
fn dyad(low: u8, high: u8) -> Vec<u8> {
    let on = [0, 0x90, low, 80, 0, 0x90, high, 80].to_vec();
    [on, quantity(Q), vec![0x80, low, 0, 0, 0x80, high, 0]].concat()
}

#[test]
fn the_melody_is_found_in_any_track_among_its_accompaniment() {
    let chords: Vec<u8> = (0..8).flat_map(|_| dyad(52, 55)).collect();
    let bass = [program(2, 33), line(2, &[36, 43, 36, 43, 36, 43, 36, 43])].concat();
    let tune_line = line(1, &TUNE);
    let drums = line(9, &[42; 32]);
    for tracks in [
        [tune_line.clone(), chords.clone(), bass.clone(), drums.clone()],
        [drums, bass, chords, tune_line],
    ] {
        assert_eq!(pitches(&smf(1, &tracks)), tune());
    }
}

#[test]
fn the_melody_of_one_polyphonic_part_is_its_upper_line() {
    let hands: Vec<u8> = TUNE.iter().flat_map(|&pitch| dyad(48, pitch)).collect();
    assert_eq!(pitches(&smf(0, &[hands])), tune());
}

#[test]
fn accompaniment_between_long_notes_is_not_melody() {
    // Half notes above, an offbeat quarter below each.
    let bar = |pitch: u8| -> Vec<u8> {
        let on = vec![0, 0x90, pitch, 80];
        [on, quantity(Q), vec![0x90, 48, 80], quantity(Q), vec![0x80, 48, 0, 0, 0x80, pitch, 0]]
            .concat()
    };
    let file = smf(0, &[TUNE.iter().flat_map(|&pitch| bar(pitch)).collect()]);
    assert_eq!(pitches(&file), tune());
}

#[test]
fn the_melody_has_one_note_at_a_time() {
    let overlapping = [0, 0x90, 60, 80, 96, 0x90, 64, 80, 96, 0x90, 67, 80, 96, 0x90, 72, 80];
    let found = rows(&smf(0, &[overlapping.to_vec()]));
    assert_eq!(found.len(), 4);
    for pair in found.windows(2) {
        assert!(pair[0].start_s + pair[0].duration_s <= pair[1].start_s + 1e-9);
    }
    assert_eq!(found[1].start_beat, Some(1.0));
}

#[test]
fn a_bass_is_the_melody_only_where_it_is_alone() {
    let bass = [program(2, 33), line(2, &[36, 38, 40, 41, 43, 45, 47, 48])].concat();
    assert_eq!(pitches(&smf(0, &[bass])).len(), 8);
}

#[test]
fn drums_or_three_notes_give_no_melody() {
    assert!(rows(&smf(0, &[line(9, &[36, 38, 42, 38])])).is_empty());
    assert!(rows(&smf(0, &[line(0, &[60, 62, 64])])).is_empty());
}

#[test]
fn smpte_time_has_a_melody_but_no_beats() {
    let track = track(&ended(&line(0, &TUNE)));
    let found = rows(&[header(0, 1, 0xe728), track].concat());
    assert_eq!(found.len(), 8);
    assert!(found.iter().all(|row| row.start_beat.is_none()));
}

#[test]
fn melody_notes_at_the_largest_tick_are_in_order() {
    let far = note(0x0fff_ffff, 0, 60, 0x0fff_ffff).repeat(12);
    let found = rows(&smf(1, &[far.clone(), far]));
    assert!(found.iter().all(|row| row.duration_s >= 0.0 && row.start_s.is_finite()));
}

/// Eight bars of a song, each note with its start and length in half quarters.
const SONG: [(u32, u32, u8); 28] = [
    (0, 2, 64),
    (2, 1, 65),
    (3, 1, 67),
    (4, 4, 69),
    (8, 2, 67),
    (10, 1, 65),
    (11, 1, 64),
    (12, 4, 62),
    (16, 2, 60),
    (18, 2, 64),
    (20, 2, 67),
    (22, 2, 65),
    (24, 6, 64),
    (32, 2, 64),
    (34, 1, 65),
    (35, 1, 67),
    (36, 4, 72),
    (40, 2, 71),
    (42, 1, 69),
    (43, 1, 67),
    (44, 2, 69),
    (46, 2, 65),
    (48, 2, 67),
    (50, 2, 64),
    (52, 2, 62),
    (54, 2, 59),
    (56, 4, 60),
    (60, 4, 60),
];
/// The roots of its bars, of eight half quarters each.
const ROOTS: [u8; 8] = [0, 7, 9, 0, 0, 5, 7, 0];

/// The song, some semitones higher, and an accompaniment on the same channel: for each bar notes of (start, length,
/// pitch) in half quarters.
fn accompanied(up: i8, bar: impl Fn(u8) -> Vec<(u32, u32, u8)>) -> (Vec<u8>, Vec<u8>) {
    let half = Q / 2;
    let tune: Vec<_> = SONG.iter().map(|&(s, l, p)| (s, l, p.saturating_add_signed(up))).collect();
    let bars = ROOTS.iter().enumerate().flat_map(|(number, &root)| {
        bar(root).into_iter().map(move |(s, l, p)| (8 * number as u32 + s, l, p))
    });
    let notes: Vec<_> =
        tune.iter().copied().chain(bars).map(|(s, l, p)| (s * half, l * half, 0, p)).collect();
    (smf(0, &[placed(&notes)]), tune.into_iter().map(|(.., pitch)| pitch).collect())
}

/// The triad of a root in C major, in an octave.
fn triad(root: u8, octave: u8) -> [u8; 3] {
    let third = if root == 9 { 3 } else { 4 };
    [octave + root, octave + root + third, octave + root + 7]
}

#[test]
fn a_melody_is_told_from_the_patterns_below_it() {
    let alberti = |root| {
        let [low, middle, high] = triad(root, 36);
        (0..8).map(|n| (n, 1, [low, high, middle, high][n as usize % 4])).collect::<Vec<_>>()
    };
    let stride = |root| {
        let chord = triad(root, 36);
        let beat = |n: u32| -> Vec<_> {
            if n.is_multiple_of(4) {
                vec![(n, 2, 36 + root)]
            } else {
                chord.map(|p| (n, 2, p)).to_vec()
            }
        };
        [0, 2, 4, 6].into_iter().flat_map(beat).collect::<Vec<_>>()
    };
    let held = |root| triad(root, 36).map(|pitch| (0, 8, pitch)).to_vec();
    for up in [0, 5, 12] {
        for (file, tune) in
            [accompanied(up, alberti), accompanied(up, stride), accompanied(up, held)]
        {
            assert_eq!(pitches(&file), tune);
        }
    }
}

#[test]
fn octaves_below_a_melody_do_not_hide_it() {
    let half = Q / 2;
    let notes: Vec<_> = SONG
        .iter()
        .flat_map(|&(s, l, p)| [(s * half, l * half, 0, p), (s * half, l * half, 0, p - 12)])
        .collect();
    let tune: Vec<u8> = SONG.iter().map(|&(.., pitch)| pitch).collect();
    assert_eq!(pitches(&smf(0, &[placed(&notes)])), tune);
}

#[test]
fn a_melody_below_its_accompaniment_is_found() {
    let above = |root| {
        let chord = triad(root, 72);
        [0, 2, 4, 6]
            .into_iter()
            .flat_map(|n| chord.map(|pitch| (n + 1, 1, pitch)))
            .collect::<Vec<_>>()
    };
    let (file, tune) = accompanied(-12, above);
    let found = pitches(&file);
    // All but the four notes that begin with three higher ones.
    let right = found.iter().filter(|pitch| tune.contains(pitch)).count();
    assert!(right + 4 >= tune.len() && right == found.len(), "{found:?}");
}

#[test]
fn a_right_hand_with_chords_keeps_the_melody_from_the_left_hand() {
    const SONG: [u8; 24] = [
        76, 76, 77, 79, 79, 77, 76, 74, 72, 72, 74, 76, 76, 74, 74, 76, 76, 77, 79, 79, 77, 76, 74,
        72,
    ];
    for filled in [1, 2, 4] {
        let (mut right, mut left) = (Vec::new(), Vec::new());
        for (beat, &pitch) in (0..).zip(&SONG) {
            let root = if beat % 8 < 4 { 48 } else { 43 };
            right.push((beat * Q, Q, 0, pitch));
            if beat % filled == 0 {
                right.extend([16, 19].map(|up| (beat * Q, Q, 0, root + up)));
            }
            left.extend([(beat * Q, Q / 2, 1, root), (beat * Q + Q / 2, Q / 2, 1, root + 7)]);
        }
        let found = pitches(&smf(1, &[placed(&right), placed(&left)]));
        assert_eq!(found, SONG, "chords on every {filled} beats");
    }
}
