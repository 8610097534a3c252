//! Quantised or played by hand, by timing alone.

use midi_analysis::Analysis;

use crate::support::{QUARTER, analyze, meta, placed, smf, tempo};

const Q: u32 = QUARTER as u32;
const EIGHTH: u32 = Q / 2;
const TAG: &str = "expressive performance";

type Notes = Vec<(u32, u32, u8, u8)>;

/// Ticks that a hand is early or late, at most; a tick is 5 ms.
const DEVIATION: u32 = 5;

/// Pseudo-random numbers below a bound, the same in every run.
fn dice() -> impl FnMut(u32) -> u32 {
    let mut state = 7_u64;
    move |bound| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(bound)) as u32
    }
}

/// Eighths, the pitch going up and down.
fn eighths(channel: u8, count: u32) -> Notes {
    (0..count).map(|n| (n * EIGHTH, EIGHTH / 2, channel, 60 + (n % 5) as u8)).collect()
}

fn by_hand(notes: &Notes) -> Notes {
    let mut dice = dice();
    notes.iter().map(|&(t, l, c, p)| (t + 10 + dice(2 * DEVIATION), l, c, p)).collect()
}

fn analysed(notes: &Notes) -> Analysis {
    analyze(&smf(0, &[[tempo(0, 120.0), placed(notes)].concat()]))
}

fn is_tagged(analysis: &Analysis) -> bool {
    analysis.tags.contains(&TAG)
}

#[test]
fn playing_of_one_loudness_is_expressive_by_its_timing() {
    let played = analysed(&by_hand(&eighths(0, 128)));
    assert_eq!(played.texture.velocity_stddev, 0.0);
    assert_eq!((played.timing.is_quantized, is_tagged(&played)), (Some(false), true));
    let quantised = analysed(&eighths(0, 128));
    assert_eq!((quantised.timing.is_quantized, is_tagged(&quantised)), (Some(true), false));
}

#[test]
fn a_part_played_by_hand_over_quantised_parts_is_found() {
    let backing = [eighths(1, 128), eighths(2, 128), eighths(9, 128)].concat();
    let solo = by_hand(&eighths(0, 128));
    let mixed = analysed(&[backing.clone(), solo].concat());
    assert!(is_tagged(&mixed));
    assert!(!is_tagged(&analysed(&backing)));
}

#[test]
fn notes_that_follow_a_changing_tempo_exactly_are_quantised_on_any_grid() {
    // The same seconds twice: under a tempo map, and as ticks of a grid of their own at 480 a quarter.
    let beats_ms = [500, 515, 490, 505, 520, 480, 510, 495];
    let mut onsets_ms = vec![];
    let mut now = 0;
    for beat in beats_ms.repeat(16) {
        onsets_ms.extend([now, now + beat / 2]);
        now += beat;
    }
    let notes: Notes = onsets_ms
        .iter()
        .enumerate()
        .map(|(n, ms)| (ms * 960 / 1_000, 100, 0, 60 + (n % 7) as u8))
        .collect();
    let file =
        midi_testkit::smf::bytes::file(0, 480, &[[tempo(0, 120.0), placed(&notes)].concat()]);
    let blind = analyze(&file);
    assert_eq!((blind.timing.is_quantized, is_tagged(&blind)), (Some(true), false));
    let mut map = Vec::new();
    for (n, beat) in beats_ms.repeat(16).iter().enumerate() {
        let delta = if n == 0 { 0 } else { Q };
        map.extend(meta(delta, 0x51, &(beat * 1_000).to_be_bytes()[1..]));
    }
    let declared = analyze(&smf(1, &[map, placed(&eighths(0, 256))]));
    assert_eq!(declared.timing.is_quantized, blind.timing.is_quantized);
    assert_eq!(is_tagged(&declared), is_tagged(&blind));
}

#[test]
fn drummers_are_told_from_machines_and_are_no_expressive_pitches() {
    let beat: Notes = eighths(9, 128).iter().map(|&(t, l, c, p)| (t, l, c, p - 24)).collect();
    assert_eq!(analysed(&beat).timing.is_quantized, Some(true));
    let played = analysed(&by_hand(&beat));
    assert_eq!((played.timing.is_quantized, is_tagged(&played)), (Some(false), false));
}
