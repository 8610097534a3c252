//! Timing, repetition, drums and complexity of pieces whose values are known.

use crate::support::{QUARTER, analyze, meta, placed, program, read, smf, tempo};
use midi_analysis::Analysis;

const Q: u32 = QUARTER as u32;
const BAR: u32 = 4 * Q;
const SIXTEENTH: u32 = Q / 4;
const DRUMS: u8 = 9;
const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];

type Notes = Vec<(u32, u32, u8, u8)>;

fn described(notes: &[(u32, u32, u8, u8)]) -> Analysis {
    let file = smf(0, &[[meta(0, 0x58, &FOUR_FOUR), tempo(0, 100.0), placed(notes)].concat()]);
    analyze(&file)
}

/// Pseudo-random numbers below `bound`, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u32
    }
}

#[test]
fn notes_on_the_grid_are_quantized_and_a_performance_is_not() {
    let grid: Notes = (0..64).map(|i| (i * SIXTEENTH, 10, 0, 60 + (i % 5) as u8)).collect();
    let piece = described(&grid);
    assert_eq!(piece.timing.is_quantized, Some(true));
    assert_eq!(piece.timing.deviation_ms, Some(0.0));
    // The whole piece slightly late, as after a grace note: still quantised.
    let late: Notes = grid.iter().map(|&(t, l, c, p)| (t + 5, l, c, p)).collect();
    assert_eq!(described(&late).timing.is_quantized, Some(true));
    let mut dice = Dice(1);
    let played: Notes = grid.iter().map(|&(t, l, c, p)| (t + dice.below(10), l, c, p)).collect();
    assert_eq!(described(&played).timing.is_quantized, Some(false));
    assert_eq!(described(&grid[..7]).timing.is_quantized, None);
}

#[test]
fn the_swing_ratio_is_the_one_that_was_played() {
    for (first, second) in [(48, 48), (58, 38), (64, 32), (72, 24)] {
        assert_eq!(first + second, Q);
        let pair = |beat: u32| [(beat * Q, 20, 0, 60), (beat * Q + first, 20, 0, 64)];
        let piece = described(&(0..32).flat_map(pair).collect::<Notes>());
        let ratio = piece.timing.swing_ratio.expect("pairs of eighths");
        assert!((ratio - first as f32 / second as f32).abs() < 0.1, "{ratio} for {first}:{second}");
    }
    // Triplets are no swing, and quarter notes have no ratio.
    let triplets: Notes = (0..96).map(|i| (i * 32, 20, 0, 60)).collect();
    assert_eq!(described(&triplets).timing.swing_ratio, None);
    let quarters: Notes = (0..32).map(|i| (i * Q, 20, 0, 60)).collect();
    assert_eq!(described(&quarters).timing.swing_ratio, None);
}

#[test]
fn sixteenths_swing_where_eighths_are_straight() {
    let beat = |beat: u32| [0, 30, 48, 78].map(|tick| (beat * Q + tick, 10, DRUMS, 42));
    let ratio = described(&(0..32).flat_map(beat).collect::<Notes>()).timing.swing_ratio;
    assert!((ratio.expect("pairs of sixteenths") - 30.0 / 18.0).abs() < 0.1, "{ratio:?}");
}

/// Onsets of a timeline with that many pulses in four beats, played twice.
fn syncopation(intervals: &[u32]) -> f32 {
    let pulses: u32 = intervals.iter().sum();
    let onsets = intervals.iter().scan(0, |at, step| {
        let onset = *at;
        *at += step;
        Some(onset)
    });
    let bar: Vec<u32> = onsets.map(|pulse| pulse * BAR / pulses).collect();
    let notes: Notes =
        (0..4).flat_map(|n| bar.iter().map(move |tick| (n * BAR + tick, 10, 0, 60))).collect();
    described(&notes).timing.syncopation.expect("beats")
}

/// Figures 8 and 11 of Gómez, Melvin, Rappaport & Toussaint 2005.
#[test]
fn syncopation_is_that_of_the_paper() {
    for (name, intervals, distance) in [
        ("shiko", [4, 2, 4, 2, 4].as_slice(), 6.0 / 5.0),
        ("son", &[3, 3, 4, 2, 4], 14.0 / 5.0),
        ("rumba", &[3, 4, 3, 2, 4], 18.0 / 5.0),
        ("soukous", &[3, 3, 4, 1, 5], 18.0 / 5.0),
        ("gahu", &[3, 3, 4, 4, 2], 18.0 / 5.0),
        ("bossa-nova", &[3, 3, 4, 3, 3], 20.0 / 5.0),
        ("soli", &[2, 2, 2, 2, 1, 2, 1], 15.0 / 7.0),
        ("tambú", &[2, 2, 2, 1, 2, 2, 1], 15.0 / 7.0),
        ("bembé", &[2, 2, 1, 2, 2, 2, 1], 21.0 / 7.0),
        ("bembé-2", &[1, 2, 2, 1, 2, 2, 2], 15.0 / 7.0),
        ("yoruba", &[2, 2, 1, 2, 2, 1, 2], 21.0 / 7.0),
        ("tonada", &[2, 1, 2, 1, 2, 2, 2], 15.0 / 7.0),
        ("asaadua", &[2, 2, 2, 1, 2, 1, 2], 15.0 / 7.0),
        ("sorsonet", &[1, 1, 2, 2, 2, 2, 2], 21.0 / 7.0),
        ("bemba", &[2, 1, 2, 2, 2, 1, 2], 15.0 / 7.0),
    ] {
        let found = syncopation(intervals);
        assert!((found - distance).abs() < 1e-3, "{name}: {found}, and {distance} in the paper");
    }
}

/// A bar of chords, a bass and a drum beat.
fn bar(dice: &mut Dice) -> Notes {
    let mut notes = vec![(0, Q, DRUMS, 36), (2 * Q, Q, DRUMS, 36), (Q, Q, DRUMS, 38)];
    for _ in 0..4 {
        let at = dice.below(16) * SIXTEENTH;
        notes.push((at, SIXTEENTH, 0, 48 + dice.below(24) as u8));
        notes.push((at, SIXTEENTH, 1, 30 + dice.below(12) as u8));
    }
    notes.extend((0..8).map(|eighth| (eighth * Q / 2, 10, 2, 60 + dice.below(12) as u8)));
    notes
}

#[test]
fn the_period_of_a_loop_is_found_under_variations() {
    let (mut found, mut loops) = (0, 0);
    for period in [1, 2, 4, 8] {
        for seed in 0..50 {
            let mut dice = Dice(seed * 4 + u64::from(period));
            let bars: Vec<Notes> = (0..period).map(|_| bar(&mut dice)).collect();
            let mut notes = Notes::new();
            for index in 0..4 * period {
                for &(at, ticks, channel, pitch) in &bars[(index % period) as usize] {
                    // One note in eight differs in each repetition.
                    let pitch = if dice.below(8) == 0 { 40 + dice.below(40) as u8 } else { pitch };
                    notes.push((index * BAR + at, ticks, channel, pitch));
                }
            }
            loops += 1;
            found += i32::from(described(&notes).repetition.loop_bars == Some(period as u8));
        }
    }
    assert!(found * 100 >= loops * 95, "{found} of {loops}");
}

#[test]
fn music_that_never_repeats_is_no_loop() {
    let mut dice = Dice(9);
    let notes: Notes =
        (0..256).map(|i| (i * SIXTEENTH * 2, 20, 0, 36 + dice.below(60) as u8)).collect();
    let piece = described(&notes).repetition;
    assert_eq!((piece.loop_bars, piece.repeated_share), (None, Some(0.0)));
}

/// Kick, snare and hi-hat over some bars, a tom roll in the last of every four.
fn beat() -> Notes {
    let mut notes = Notes::new();
    for bar in 0..8 {
        let at = |sixteenth: u32| bar * BAR + sixteenth * SIXTEENTH;
        notes.extend([0, 8].map(|cell| (at(cell), 10, DRUMS, 36)));
        notes.extend([4, 12].map(|cell| (at(cell), 10, DRUMS, 38)));
        notes.extend((0..8).map(|eighth| (at(eighth * 2), 10, DRUMS, 42)));
        if bar % 4 == 3 {
            notes.extend([12, 13, 14, 15].map(|cell| (at(cell), 10, DRUMS, 45)));
        }
    }
    notes
}

#[test]
fn the_drum_pattern_is_written_out_and_its_fills_are_found() {
    let drums = described(&beat()).drums;
    assert_eq!(drums.pieces, ["kick", "snare", "hi-hat", "tom"]);
    assert_eq!(
        drums.pattern.as_deref(),
        Some("kick x.......x.......\nsnare ....x.......x...\nhi-hat x.x.x.x.x.x.x.x.")
    );
    assert_eq!(drums.fill_bars, [4, 8]);
    let none = described(&(0..16).map(|i| (i * Q, Q, 0, 60)).collect::<Notes>()).drums;
    assert_eq!((none.pieces.len(), none.pattern), (0, None));
}

#[test]
fn complexity_rises_with_each_of_its_parts() {
    let scale = |pitches: &[u8], step: fn(u32) -> u32, voices: u32| {
        let mut at = 0;
        let mut notes = Notes::new();
        for i in 0..96_u32 {
            for voice in 0..voices {
                let pitch = pitches[i as usize % pitches.len()] + 12 * voice as u8;
                notes.push((at, 24, voice as u8, pitch));
            }
            at += step(i);
        }
        described(&notes).complexity
    };
    let even = |_| 24;
    let uneven = |i: u32| [24, 48, 12, 36, 72][i as usize % 5];
    let plain = scale(&[60, 62], even, 1);
    assert!(plain.parts.iter().all(|part| (0.0..=1.0).contains(part)), "{plain:?}");
    let chromatic = scale(&[60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71], even, 1);
    assert!(chromatic.parts[0] > plain.parts[0] && chromatic.total > plain.total);
    let rhythmic = scale(&[60, 62], uneven, 1);
    assert!(rhythmic.parts[1] > plain.parts[1] && rhythmic.total > plain.total);
    let thick = scale(&[60, 62], even, 4);
    assert!(thick.parts[3] > plain.parts[3] && thick.total > plain.total);
}

#[test]
fn one_note_gives_nulls_and_no_guesses() {
    let piece = described(&[(0, Q, 0, 60)]);
    assert_eq!((piece.timing.is_quantized, piece.timing.swing_ratio), (None, None));
    assert_eq!((piece.repetition.loop_bars, piece.repetition.repeated_share), (None, None));
    assert_eq!(piece.complexity.total, 0.0);
    let file = smf(0, &[[program(0, 5), placed(&[(0, Q, 0, 60)])].concat()]);
    assert!(read(&file).analysis().is_ok());
}

#[test]
fn banks_make_drums_off_channel_ten() {
    let line = |channel: u8| -> Vec<u8> {
        let notes: Notes = (0..32)
            .map(|i| (i * SIXTEENTH, 10, channel, [60, 64, 67, 72][i as usize % 4]))
            .collect();
        placed(&notes)
    };
    let has_drums = |track: Vec<u8>| {
        let piece = analyze(&smf(0, &[track]));
        (piece.instruments.has_drums, piece.pitch.is_none())
    };
    let bank = |channel: u8, bank: u8| vec![0, 0xb0 | channel, 0, bank, 0, 0xc0 | channel, 0];
    assert_eq!(has_drums(line(0)), (false, false));
    assert_eq!(has_drums([bank(3, 120), line(3)].concat()), (true, true));
    assert_eq!(has_drums([bank(2, 120), line(3)].concat()), (false, false));
    assert_eq!(has_drums([bank(3, 1), line(3)].concat()), (false, false));
}

fn distance(a: &Analysis, b: &Analysis) -> f32 {
    let (a, b) = (a.embedding.as_ref().expect("a key"), b.embedding.as_ref().expect("a key"));
    assert_eq!(
        (a.len(), b.len()),
        (midi_analysis::EMBEDDING_LENGTH, midi_analysis::EMBEDDING_LENGTH)
    );
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

#[test]
fn an_embedding_ignores_transposition_and_tempo_and_separates_other_music() {
    let tune = [60_u8, 64, 67, 72, 71, 67, 65, 62, 64, 60, 59, 60, 65, 69, 67, 64, 62, 59, 60, 60];
    let with = |shift: u8, q: u32| -> Analysis {
        let notes: Notes = (0..60).map(|i| (i * q, q, 0, tune[i as usize % 20] + shift)).collect();
        described(&notes)
    };
    let plain = with(0, Q);
    assert!(distance(&plain, &with(5, Q)) < 0.01);
    assert!(distance(&plain, &with(7, Q)) < 0.01);
    let other: Notes = (0..60).map(|i| (i * Q / 2, Q / 2, 0, 48 + (i * 5 % 24) as u8)).collect();
    assert!(distance(&plain, &described(&other)) > 0.2);
    assert_eq!(described(&beat()).embedding, None);
}
