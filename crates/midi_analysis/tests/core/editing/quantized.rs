//! Notes on a grid.

use midi_analysis::write::Quantize;
use midi_analysis::{Note, TimeSignature};
use proptest::prelude::*;

use super::{edited, music, notes, played, said};
use crate::support::{QUARTER, analyze, melody, meta, note, placed, read, smf, tempo};

const BAR: u32 = 4 * QUARTER as u32;

fn to(grid: &str) -> Quantize {
    Quantize::new(grid.parse().expect("a grid"))
}

fn quantized(bytes: &[u8], how: &Quantize) -> Vec<u8> {
    edited(bytes, |piece, file| file.quantize(piece, how)).0
}

fn starts(bytes: &[u8]) -> Vec<u32> {
    notes(bytes).iter().map(|note| note.start).collect()
}

/// Eighth notes of a tune, each so many ticks off, above chords that change with the bars.
fn sloppy(off: impl Fn(u32) -> i32) -> Vec<u8> {
    let tune = (0..64_u32).map(|at| {
        let pitch = [72, 76, 79, 76, 74, 72, 71, 74][at as usize % 8];
        (((BAR + at * 48) as i32 + off(at)) as u32, 40, 0, pitch)
    });
    let chords = (0..8_u32).flat_map(|bar| {
        let root = [48, 53, 55, 48][bar as usize % 4];
        [0, 4, 7].map(|above| (BAR + bar * BAR, BAR, 1, root + above))
    });
    let conductor = [tempo(0, 100.0), meta(0, 0x58, &[4, 2, 24, 8])].concat();
    let tracks = [tune.collect::<Vec<_>>(), chords.collect()].map(|notes| placed(&notes));
    smf(1, &[&[conductor], &tracks[..]].concat())
}

/// Where the notes of the tune start, counted from its first bar.
fn tune(bytes: &[u8]) -> Vec<i32> {
    let tune = notes(bytes).into_iter().filter(|note| note.channel == 0);
    tune.map(|note| note.start as i32 - BAR as i32).collect()
}

proptest! {
    // Each case takes analyses of the music.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_note_is_kept_and_on_the_grid(file in music()) {
        let piece = read(&file);
        let is_metric = piece.tempo_spans().expect("spans").all(|span| span.bpm.is_some());
        if !is_metric && piece.beats().expect("beats").len() < 2 {
            return Ok(());
        }
        let there = quantized(&file, &to("1/16"));
        let pitches = |bytes: &[u8]| {
            let mut all: Vec<_> = notes(bytes).iter().map(|n| (n.pitch, n.velocity, n.channel)).collect();
            all.sort_unstable();
            all
        };
        prop_assert_eq!(pitches(&there), pitches(&file));
        prop_assert!(notes(&there).iter().all(|note| note.end > note.start));
    }

    #[test]
    fn order_is_kept(file in music()) {
        let piece = read(&file);
        let is_metric = piece.tempo_spans().expect("spans").all(|span| span.bpm.is_some());
        if is_metric {
            let begun = |bytes: &[u8]| -> Vec<(u16, u8)> {
                read(bytes).notes().expect("notes").map(|n| (n.note.track, n.note.pitch)).collect()
            };
            let of_track = |all: Vec<(u16, u8)>, track| -> Vec<u8> {
                all.into_iter().filter(|each| each.0 == track).map(|each| each.1).collect()
            };
            let there = quantized(&file, &to("1/8"));
            for track in 0..4 {
                prop_assert_eq!(of_track(begun(&there), track), of_track(begun(&file), track));
            }
        }
    }
}

#[test]
fn notes_near_the_grid_go_to_it_and_the_tempo_stays() {
    let file = sloppy(|at| [3, -4, 5, 0, -2][at as usize % 5]);
    let there = quantized(&file, &to("1/8"));
    assert_eq!(tune(&there), (0..64).map(|at| 48 * at).collect::<Vec<_>>());
    assert_eq!(said(&there, 0), said(&file, 0));
    assert_eq!(notes(&there).len(), notes(&file).len());
}

#[test]
fn half_of_the_strength_is_half_of_the_way() {
    let file = sloppy(|at| [0, 6, 0, -6][at as usize % 4]);
    let there = quantized(&file, &to("1/8").strength(0.5));
    let expected: Vec<i32> = (0..64).map(|at| 48 * at + [0, 3, 0, -3][at as usize % 4]).collect();
    assert_eq!(tune(&there), expected);
    assert_eq!(quantized(&file, &to("1/8").strength(0.0)), file);
}

#[test]
fn swing_delays_every_second_eighth_note() {
    let there = quantized(&sloppy(|_| 0), &to("1/8").swing(2.0 / 3.0));
    assert_eq!(tune(&there)[..4], [0, 64, 96, 96 + 64]);
}

#[test]
fn what_is_on_the_grid_is_not_touched() {
    let pedals =
        [vec![0, 0xb0, 64, 127], melody(0, &[60, 62, 64, 65].repeat(8)), vec![0, 0xb0, 64, 0]];
    let file = smf(0, &[[meta(0, 0x58, &[4, 2, 24, 8]), pedals.concat()].concat()]);
    assert_eq!(quantized(&file, &to("1/16")), file);
}

#[test]
fn what_is_between_notes_moves_with_them() {
    let quarter = u32::from(QUARTER);
    // The first note is five ticks late, the second one three early; a pedal is in the middle between them.
    let events = [
        note(5, 0, 60, 40),
        vec![2, 0xb0, 64, 127],
        note(quarter - 50, 0, 62, 50),
        note(49, 0, 60, quarter),
        melody(0, &[60; 30]),
    ];
    let file = smf(0, &[[meta(0, 0x58, &[4, 2, 24, 8]), events.concat()].concat()]);
    let there = quantized(&file, &to("1/4"));
    let pedal =
        said(&there, 0).into_iter().find(|event| event.contains("[64, 127]")).expect("a pedal");
    assert!(pedal.starts_with("46 "), "{pedal}");
}

#[test]
fn a_note_that_another_one_joins_at_its_point_still_sounds() {
    let grace = placed(&[(0, 10, 0, 62), (10, 86, 0, 60)]);
    let file = smf(0, &[[meta(0, 0x58, &[4, 2, 24, 8]), grace, melody(0, &[60; 30])].concat()]);
    let there = quantized(&file, &to("1/4"));
    assert_eq!(played(&there)[..2], [(0, 96, 60, 80), (0, 12, 62, 80)]);
}

/// A tune in quarter and eighth notes, played with a tempo that changes from beat to beat.
fn rubato() -> (Vec<u8>, Vec<(f64, bool)>) {
    let (mut tick, mut notes, mut beats) = (100.0_f64, Vec::new(), Vec::new());
    for beat in 0..64_u32 {
        let length = 90.0 + 14.0 * f64::from(beat).sin();
        beats.push((tick / 192.0, beat % 4 == 0));
        for half in [0.0, 0.5].into_iter().take(1 + beat as usize % 2) {
            let start = (tick + half * length).round() as u32;
            notes.push((
                start,
                (length / 2.5) as u32,
                0,
                [60, 64, 67, 72, 71, 67, 65, 62][beat as usize % 8],
            ));
        }
        tick += length;
    }
    (smf(0, &[placed(&notes)]), beats)
}

#[test]
fn beats_that_are_known_become_those_of_the_file() {
    let (file, beats) = rubato();
    let how = to("1/8");
    let common = TimeSignature::new(4, 4);
    let (there, ()) = edited(&file, |piece, file| file.quantize_over(piece, &beats, common, &how));
    // One beat of silence comes before the first one.
    let expected: Vec<u32> = (0..64_u32)
        .flat_map(|beat| (0..1 + beat % 2).map(move |half| 480 * (beat + 1) + 240 * half))
        .collect();
    assert_eq!(starts(&there), expected);
    let seconds = |bytes: &[u8]| -> Vec<f64> {
        read(bytes).notes().expect("notes").map(|timed| timed.start_s).collect()
    };
    // How long the last beat lasts nobody knows.
    for (before, after) in seconds(&file).iter().zip(seconds(&there)).take(95) {
        assert!((before - after).abs() < 0.01, "{before} {after}");
    }
    let bars: Vec<Option<u32>> =
        read(&there).notes().expect("notes").map(|timed| timed.bar).collect();
    assert_eq!(bars.last(), Some(&Some(17)));
    assert_eq!(analyze(&there).meter.signature, Some(common));
}

#[test]
fn music_that_is_played_freely_is_on_beats_after_that() {
    let (file, _) = rubato();
    let found = read(&file).beats().expect("beats").len();
    assert!(found > 32, "{found} beats are found");
    let there = quantized(&file, &to("1/8"));
    assert_eq!(notes(&there).len(), notes(&file).len());
    assert!(starts(&there).iter().all(|start| start % 240 == 0));
    let is_exact = |note: &Note| note.start.is_multiple_of(480);
    assert!(notes(&there).iter().filter(|note| is_exact(note)).count() >= 60);
}

#[test]
fn too_few_beats_are_refused() {
    let file = smf(0, &[melody(0, &[60; 8])]);
    let refused = super::refusal(&file, |piece, file| {
        file.quantize_over(piece, &[(1.0, true)], TimeSignature::new(4, 4), &to("1/8"))
    });
    assert_eq!(refused, "not_there: no beats are declared or found");
}

#[test]
fn music_on_the_declared_grid_keeps_its_meter_whatever_meter_is_heard() {
    // Three notes, again and again: that may be heard as 3/8.
    let notes: Vec<_> = (0..48_u32).map(|at| (at * 48, 40, 0, 60 + (at % 3 * 4) as u8)).collect();
    let file = smf(0, &[[meta(0, 0x58, &[4, 2, 24, 8]), tempo(0, 120.0), placed(&notes)].concat()]);
    assert!(quantized(&file, &to("1/8")) == file);
}
