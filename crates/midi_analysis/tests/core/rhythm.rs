//! Tempo, meter and beats, declared and estimated.

use crate::support::{QUARTER, analyze, melody, meta, note, placed, read, smf, tempo};
use midi_analysis::{Beat, Meter, Rhythm, TimeSignature};

const Q: u32 = QUARTER as u32;
const TIME_SIGNATURE: u8 = 0x58;
const SIX_EIGHT: [u8; 4] = [6, 3, 36, 8];
const THREE_FOUR: [u8; 4] = [3, 2, 24, 8];
const FOUR_FOUR: [u8; 4] = [4, 2, 24, 8];

fn rhythm(file: &[u8]) -> Rhythm {
    analyze(file).rhythm
}

fn meter(file: &[u8]) -> Meter {
    analyze(file).meter
}

fn beats_of(file: &[u8]) -> Vec<Beat> {
    read(file).beats().expect("the file has notes").collect::<Vec<_>>()
}

fn one_track(events: &[Vec<u8>]) -> Vec<u8> {
    smf(0, &[events.concat()])
}

/// Quarters and eighths over a bass on every beat of `beat` ticks, each note a little early or
/// late as in a performance.
fn played_by_hand(beat: u32) -> Vec<u8> {
    let mut notes = Vec::new();
    for index in 0..64_u32 {
        let start = 100 + index * beat;
        notes.push((start + index * 7 % 3, 72 + (index * 5 % 7) as u8));
        notes.push((start + index * 5 % 3, 40 + (index % 4) as u8));
        if index % 2 == 1 {
            notes.push((start + beat / 2 + index % 2, 74));
        }
    }
    notes.sort_unstable();
    let mut last = 0;
    let mut events = Vec::new();
    for (start, pitch) in notes {
        let start = start.max(last);
        events.extend(note(start - last, 0, pitch, 1));
        last = start + 1;
    }
    events
}

/// A low note on the first of every three quarters, and a chord on the other two.
fn waltz() -> Vec<u8> {
    let chord = |root: u8| {
        let tone = |delta: u32, pitch: u8| [vec![delta as u8, 0x90, pitch, 60]].concat();
        let off = |delta: u32, pitch: u8| vec![delta as u8, 0x80, pitch, 0];
        [tone(0, root), tone(0, root + 4), off(Q, root), off(0, root + 4)].concat()
    };
    let bar = |root: u8| [note(0, 0, root - 24, Q), chord(root), chord(root)].concat();
    [60, 65, 67, 60, 65, 67].repeat(6).into_iter().flat_map(bar).collect()
}

#[test]
fn a_declared_tempo_that_the_notes_follow_is_the_tempo() {
    let piece = rhythm(&one_track(&[tempo(0, 90.0), melody(0, &[60, 62, 64, 65].repeat(8))]));
    assert_eq!((piece.bpm, piece.beat_bpm), (Some(90.0), Some(90.0)));
    assert!(piece.bpm_confidence.is_some_and(|confidence| confidence > 0.9));
}

#[test]
fn a_performance_off_the_default_grid_gets_its_own_tempo() {
    // 118 ticks of 1/192 s: 97.6 beats a minute, whatever the file declares.
    for declared in [Vec::new(), tempo(0, 120.0)] {
        let piece = rhythm(&one_track(&[declared, played_by_hand(118)]));
        let bpm = piece.bpm.expect("64 beats");
        assert!((bpm / 97.6 - 1.0).abs() < 0.04, "{bpm}");
    }
}

#[test]
fn estimated_beats_fall_on_the_notes() {
    let found = beats_of(&one_track(&[played_by_hand(118)]));
    let near = |row: &&Beat| {
        let phase = (row.start_s - 100.0 / 192.0) / (118.0 / 192.0);
        (phase - phase.round()).abs() < 0.1
    };
    assert!(found.len() > 56, "{}", found.len());
    assert!(found.iter().filter(near).count() * 10 >= found.len() * 9);
}

#[test]
fn a_listener_taps_dotted_quarters_in_six_eight() {
    let six_eight = meta(0, TIME_SIGNATURE, &SIX_EIGHT);
    let file = one_track(&[six_eight, tempo(0, 90.0), melody(0, &[60; 12])]);
    let piece = rhythm(&file);
    assert_eq!((piece.bpm, piece.beat_bpm), (Some(90.0), Some(60.0)));
    let meter = meter(&file);
    assert_eq!(meter.signature, Some(TimeSignature::new(6, 8)));
    assert!(meter.declared && meter.confidence.is_none());
    let found = beats_of(&file);
    assert_eq!(found.len(), 8);
    assert!((found[1].start_s - 1.0).abs() < 1e-5);
    assert_eq!((found[1].start_tick, found[1].beat_in_bar), (144, 2));
}

#[test]
fn declared_bars_of_three_begin_every_third_beat() {
    let file = one_track(&[meta(0, TIME_SIGNATURE, &THREE_FOUR), melody(0, &[60; 9])]);
    let downbeats: Vec<bool> = beats_of(&file).iter().map(|beat| beat.is_downbeat).collect();
    assert_eq!(downbeats, [true, false, false].repeat(3));
}

#[test]
fn a_waltz_without_a_time_signature_is_estimated_in_three() {
    let file = one_track(&[waltz()]);
    let meter = meter(&file);
    assert_eq!((meter.signature, meter.declared), (Some(TimeSignature::new(3, 4)), false));
    assert!(meter.confidence.is_some_and(|confidence| confidence > 0.5));
    let downbeats = beats_of(&file).into_iter().filter(|beat| beat.is_downbeat);
    assert!(downbeats.map(|beat| beat.start_tick).all(|tick| tick % (3 * Q) == 0));
}

#[test]
fn bars_that_nothing_divides_stay_as_they_are_declared() {
    for bars in [16, 64, 128, 200_u32] {
        let chord = |bar: u32| [48, 52, 55].map(|pitch| (bar * 4 * Q, 4 * Q - 20, 0, pitch));
        let chords: Vec<_> = (0..bars).flat_map(chord).collect();
        let declared = [tempo(0, 120.0), meta(0, TIME_SIGNATURE, &FOUR_FOUR)].concat();
        let meter = meter(&one_track(&[declared, placed(&chords)]));
        assert_eq!(meter.signature, Some(TimeSignature::new(4, 4)), "{bars} bars");
        assert!(meter.declared, "{bars} bars");
    }
}

#[test]
fn a_waltz_under_a_default_four_four_is_estimated_in_three_at_any_tempo() {
    for bpm in [80.0, 100.0, 140.0, 180.0] {
        let file = one_track(&[tempo(0, bpm), meta(0, TIME_SIGNATURE, &FOUR_FOUR), waltz()]);
        assert_eq!(meter(&file).signature, Some(TimeSignature::new(3, 4)), "at {bpm}");
    }
}

#[test]
fn three_notes_have_no_tempo_unless_one_is_declared() {
    let file = one_track(&[melody(0, &[60, 62, 64])]);
    let (silent, meter) = (rhythm(&file), meter(&file));
    assert_eq!((silent.bpm, silent.bpm_confidence), (None, None));
    assert_eq!((meter.signature, meter.confidence), (None, None));
    let declared = rhythm(&one_track(&[tempo(0, 90.0), melody(0, &[60, 62, 64])]));
    assert_eq!(declared.bpm, Some(90.0));
}

#[test]
fn a_piece_that_lasts_for_years_has_a_bounded_grid() {
    let slow =
        one_track(&[tempo(0, 4.0), note(0x0fff_ffff, 0, 60, 0x0fff_ffff), melody(0, &[60; 40])]);
    assert!(beats_of(&slow).len() <= 1 << 16);
}
