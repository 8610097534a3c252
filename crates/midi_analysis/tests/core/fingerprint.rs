//! Fingerprints of the same music in other bytes, and of other music.

use crate::support::{QUARTER, analyze, quantity, smf};
use midi_analysis::{
    FINGERPRINT_LENGTH, FingerprintIndex, fingerprint_bands, fingerprint_similarity,
};
use proptest::prelude::*;

/// One note: the quarter in which it begins, its length in quarters, channel, pitch.
type Struck = (f64, f64, u8, u8);

/// Pseudo-random numbers, the same in every run.
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    })
}

/// A melody over a bass, unrelated to those of another seed.
fn piece(seed: u64, bars: usize) -> Vec<Struck> {
    let mut notes = Vec::new();
    let mut random = numbers(seed);
    let mut next = |most: usize| random.next().expect("never interrupted") % most;
    for bar in 0..bars {
        let start = 4.0 * bar as f64;
        notes.push((start, 2.0, 1, 36 + next(12) as u8));
        notes.push((start + 2.0, 2.0, 1, 36 + next(12) as u8));
        let mut at = 0.0;
        while at < 4.0 {
            let length = [0.5, 1.0, 0.25, 1.5][next(4)];
            notes.push((start + at, length, 0, 60 + next(20) as u8));
            at += length;
        }
    }
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    notes
}

/// The notes as a file, one track for each channel in the order given, with that many ticks in a quarter.
fn file(notes: &[Struck], channels: &[u8], quarter: f64) -> Vec<u8> {
    let track = |channel: &u8| {
        let mut events: Vec<(u32, [u8; 3])> = Vec::new();
        for &(start, length, _, pitch) in notes.iter().filter(|note| note.2 == *channel) {
            let tick = |quarters: f64| (quarters * quarter).round() as u32;
            events.push((tick(start), [0x90 | channel, pitch, 80]));
            events.push((tick(start + length).max(tick(start) + 1), [0x80 | channel, pitch, 0]));
        }
        events.sort_by_key(|&(tick, event)| (tick, event[0]));
        let mut now = 0;
        let mut bytes = Vec::new();
        for (tick, event) in events {
            bytes.extend(quantity(tick - now));
            bytes.extend(event);
            now = tick;
        }
        bytes
    };
    smf(1, &channels.iter().map(track).collect::<Vec<_>>())
}

fn plain(notes: &[Struck]) -> Vec<u8> {
    file(notes, &[0, 1, 9], QUARTER.into())
}

fn fingerprint(file: &[u8]) -> Option<Vec<i32>> {
    analyze(file).fingerprint
}

fn similarity(a: &[u8], b: &[u8]) -> f32 {
    let [a, b] = [a, b].map(|file| fingerprint(file).expect("a fingerprint"));
    fingerprint_similarity(&a, &b).expect("two valid fingerprints")
}

fn share_a_band(a: &[u8], b: &[u8]) -> bool {
    let [a, b] = [a, b].map(|file| fingerprint_bands(&fingerprint(file).expect("a fingerprint")));
    a.iter().any(|band| b.contains(band))
}

#[test]
fn the_same_music_in_other_bytes_has_the_same_fingerprint() {
    let notes = piece(1, 40);
    let original = plain(&notes);
    let up: Vec<_> = notes.iter().map(|&(s, l, c, p)| (s, l, c, p + 5)).collect();
    let doubled: Vec<_> =
        notes.iter().flat_map(|&(s, l, c, p)| [(s, l, c, p), (s, l, 2, p)]).collect();
    for (what, variant) in [
        ("transposed", plain(&up)),
        ("tracks in another order", file(&notes, &[1, 0], QUARTER.into())),
        ("another resolution", file(&notes, &[0, 1], 96.0)),
        ("twice as slow in ticks", file(&notes, &[0, 1], 2.0 * f64::from(QUARTER))),
        ("doubled", file(&doubled, &[0, 1, 2], QUARTER.into())),
    ] {
        assert_eq!(fingerprint(&variant), fingerprint(&original), "{what}");
    }
}

#[test]
fn fingerprints_stay_similar_when_notes_are_lost_and_differ_for_other_music() {
    let notes = piece(2, 60);
    let original = plain(&notes);
    let lost: Vec<_> =
        notes.iter().enumerate().filter(|(i, _)| i % 20 != 7).map(|(_, n)| *n).collect();
    let cut: Vec<_> =
        notes.iter().filter(|note| note.0 > 12.0 && note.0 < 228.0).copied().collect();
    for (what, variant) in [("lost", plain(&lost)), ("cut", plain(&cut))] {
        let similarity = similarity(&original, &variant);
        assert!(similarity > 0.4, "{what}: {similarity}");
        assert!(share_a_band(&original, &variant), "{what}");
    }
    for seed in 3..30 {
        let other = plain(&piece(seed, 60));
        assert!(similarity(&original, &other) < 0.1, "{seed}");
        assert!(!share_a_band(&original, &other), "{seed}");
    }
}

#[test]
fn another_performance_is_not_the_same() {
    let notes = piece(4, 60);
    // Each phrase of four bars has a tempo of its own.
    let tempos: Vec<f64> = numbers(5).take(15).map(|n| 0.8 + (n % 400) as f64 / 1_000.0).collect();
    let played: Vec<_> = notes
        .iter()
        .map(|&(start, length, channel, pitch)| {
            let phrase = (start / 16.0) as usize;
            let before: f64 = tempos[..phrase].iter().map(|tempo| 16.0 * tempo).sum();
            let now = before + (start - 16.0 * phrase as f64) * tempos[phrase];
            (now, length, channel, pitch)
        })
        .collect();
    let similarity = similarity(&plain(&notes), &plain(&played));
    assert!(similarity < 0.25, "{similarity}");
}

#[test]
fn a_piece_of_few_notes_has_no_fingerprint() {
    let scale: Vec<Struck> = (0..16).map(|i| (f64::from(i), 1.0, 0, 60 + i as u8)).collect();
    let repeated: Vec<Struck> = (0..4_000).map(|i| (f64::from(i), 1.0, 0, 60)).collect();
    let beat = |bars: u32| -> Vec<Struck> {
        let struck = |i: u32| (f64::from(i) / 2.0, 0.25, 9, [36, 42, 38, 42][i as usize % 4]);
        (0..8 * bars).map(struck).collect()
    };
    for (what, notes) in [("scale", scale), ("one note", repeated), ("beat", beat(4))] {
        assert_eq!(fingerprint(&plain(&notes)), None, "{what}");
    }
}

#[test]
fn drums_alone_have_a_fingerprint_that_depends_on_the_beat() {
    let drums = |seed: u64| -> Vec<Struck> {
        let mut random = numbers(seed);
        let mut struck = |i: u32| {
            let drum = [36, 38, 42, 46, 49][random.next().expect("never interrupted") % 5];
            (f64::from(i) / 4.0, 0.1, 9, drum)
        };
        (0..400).map(&mut struck).collect()
    };
    let original = plain(&drums(1));
    let slower = file(&drums(1), &[9], 2.0 * f64::from(QUARTER));
    assert_eq!(fingerprint(&original), fingerprint(&slower));
    assert!(similarity(&original, &plain(&drums(2))) < 0.25);
}

#[test]
fn a_loop_differs_from_a_hundred_repetitions_of_it() {
    let once = piece(6, 8);
    let times = |count: u32| -> Vec<Struck> {
        let again =
            |n: u32| once.iter().map(move |&(s, l, c, p)| (s + 32.0 * f64::from(n), l, c, p));
        (0..count).flat_map(again).collect()
    };
    assert!(similarity(&plain(&times(1)), &plain(&times(100))) < 0.25);
}

#[test]
fn damaged_fingerprints_have_no_bands_and_no_similarity() {
    for damaged in
        [vec![], vec![1], vec![0; FINGERPRINT_LENGTH - 1], vec![0; FINGERPRINT_LENGTH + 1]]
    {
        assert!(fingerprint_bands(&damaged).is_empty());
        assert_eq!(fingerprint_similarity(&damaged, &damaged), None);
        assert_eq!(fingerprint_similarity(&damaged, &[0; FINGERPRINT_LENGTH]), None);
    }
}

proptest! {
    #[test]
    fn any_numbers_can_be_compared(a in prop::collection::vec(any::<i32>(), FINGERPRINT_LENGTH), b in prop::collection::vec(-65_536..65_536_i32, FINGERPRINT_LENGTH)) {
        for (one, other) in [(&a, &b), (&b, &a), (&a, &a), (&b, &b)] {
            let similarity = fingerprint_similarity(one, other).expect("two of the right length");
            prop_assert!((0.0..=1.0).contains(&similarity));
            prop_assert!(fingerprint_bands(one).len() <= 32);
        }
    }
}

fn index(fingerprints: &[[i32; FINGERPRINT_LENGTH]]) -> FingerprintIndex {
    FingerprintIndex::new(fingerprints.to_vec(), &|| false).expect("not stopped")
}

/// A fingerprint of other music for each seed, with times that ascend.
fn of_other_music(seed: u64) -> [i32; FINGERPRINT_LENGTH] {
    let hashes: Vec<usize> = numbers(seed).take(FINGERPRINT_LENGTH).collect();
    std::array::from_fn(|slot| (((hashes[slot] as u32) << 16) | (slot as u32 * 1_000)) as i32)
}

#[test]
fn an_index_of_fingerprints_finds_every_similar_pair_with_a_common_band() {
    // Families of a piece and variants that lost ever more of its slots.
    let all: Vec<_> = (0..400_u64)
        .map(|number| {
            let (mut piece, other) = (of_other_music(number / 8), of_other_music(1_000 + number));
            let lost = 8 * (number % 8) as usize;
            piece[..lost].copy_from_slice(&other[..lost]);
            piece
        })
        .collect();
    let index = index(&all);
    assert_eq!(index.fingerprints(), all);
    let mut pairs = 0;
    for (number, one) in all.iter().enumerate() {
        let bands = fingerprint_bands(one);
        let expected: Vec<_> = (0..number)
            .filter_map(|before| {
                let other = &all[before];
                let there = fingerprint_similarity(one, other).expect("a fingerprint");
                let back = fingerprint_similarity(other, one).expect("a fingerprint");
                let shared = fingerprint_bands(other).iter().any(|band| bands.contains(band));
                (shared && there.max(back) >= 0.25).then_some((before, there.max(back)))
            })
            .collect();
        pairs += expected.len();
        assert_eq!(index.similar(one, number, 0.25), expected, "{number}");
    }
    assert!((700..1_300).contains(&pairs), "{pairs}");
}

#[test]
fn of_thousands_of_equal_fingerprints_each_is_compared_with_the_first_few() {
    let one = of_other_music(1);
    let index = index(&vec![one; 3_000]);
    for (number, expected) in [(0, 0), (1, 1), (400, 400), (2_999, 512)] {
        let similar = index.similar(&one, number, 0.25);
        assert_eq!(similar, (0..expected).map(|first| (first, 1.0)).collect::<Vec<_>>());
    }
}

#[test]
fn building_an_index_of_fingerprints_can_be_stopped_at_any_time() {
    let all: Vec<_> = (0..20_000).map(of_other_music).collect();
    let calls = std::cell::Cell::new(0);
    let stop_after = |most: usize| {
        calls.set(0);
        FingerprintIndex::new(all.clone(), &|| {
            calls.set(calls.get() + 1);
            calls.get() > most
        })
    };
    assert!(stop_after(usize::MAX).is_some());
    let whole = calls.get();
    assert!(whole > 40, "{whole}");
    for most in [0, 1, 3, whole / 2, whole - 1] {
        assert!(stop_after(most).is_none(), "{most}");
    }
}
