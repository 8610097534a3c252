//! Chords of small pieces, as a musician would name them.

use crate::support::{QUARTER, analyze, ended, header, melody, note, quantity, read, smf, track};
use midi_analysis::{Chord, ChordSpan, Harmony, PitchClass, Quality};

const Q: u32 = QUARTER as u32;
const BAR: u32 = 4 * Q;
const C: [u8; 3] = [48, 64, 67];
const F: [u8; 3] = [53, 65, 69];
const G7: [u8; 4] = [43, 62, 65, 71];

/// Notes that begin and end together, on channel 1.
fn block(pitches: &[u8], ticks: u32) -> Vec<u8> {
    let ons = pitches.iter().flat_map(|&pitch| [0, 0x90, pitch, 80]);
    let mut events: Vec<u8> = ons.collect();
    for (index, &pitch) in pitches.iter().enumerate() {
        events.extend(quantity(if index == 0 { ticks } else { 0 }));
        events.extend([0x80, pitch, 0]);
    }
    events
}

fn rows(file: &[u8]) -> Vec<ChordSpan> {
    read(file).chords().expect("the file has notes")
}

fn in_short(file: &[u8]) -> Harmony {
    analyze(file).harmony
}

fn bars(chords: &[&[u8]]) -> Vec<u8> {
    smf(0, &[chords.iter().flat_map(|pitches| block(pitches, BAR)).collect()])
}

fn symbols(file: &[u8]) -> Vec<String> {
    rows(file).iter().map(ChordSpan::symbol).collect()
}

#[test]
fn a_cadence_is_named_degree_by_degree() {
    let file = bars(&[&C, &F, &G7, &C]);
    assert_eq!(symbols(&file), ["C:maj", "F:maj", "G:7", "C:maj"]);
    let found = rows(&file);
    let roman: Vec<_> = found.iter().filter_map(ChordSpan::roman).collect();
    assert_eq!(roman, ["I", "IV", "V7", "I"]);
    assert_eq!(found[2].start_beat, Some(8.0));
    assert_eq!((found[2].start_s, found[2].end_s), (4.0, 6.0));
}

#[test]
fn the_summary_counts_chords_and_reduces_the_progression() {
    let harmony = in_short(&bars(&[&C, &C, &F, &G7, &C]));
    assert_eq!(harmony.chord_progression, ["I", "IV", "V", "I"]);
    assert_eq!(harmony.chord_types, [Quality::Major, Quality::DominantSeventh]);
    assert_eq!((harmony.chord_count, harmony.chords_per_bar), (Some(4), Some(0.8)));
}

#[test]
fn a_third_in_the_bass_is_an_inversion() {
    let first_inversion: &[u8] = &[40, 60, 64, 67, 72];
    let file = bars(&[&C, &F, first_inversion, &G7, &C]);
    assert_eq!(symbols(&file), ["C:maj", "F:maj", "C:maj/3", "G:7", "C:maj"]);
    let found = rows(&file);
    let Chord { root, bass, .. } = found[2].chord;
    assert_eq!((root, bass), (PitchClass::new(0), PitchClass::new(4)));
}

#[test]
fn sevenths_and_suspensions_have_their_names() {
    let qualities: [(&[u8], &str); 8] = [
        (&[48, 64, 67, 71], "C:maj7"),
        (&[50, 62, 65, 69, 72], "D:min7"),
        (&[47, 62, 65, 69], "B:hdim7"),
        // Its root is the leading tone of C major, whichever the bass is.
        (&[44, 59, 62, 65], "B:dim7/bb7"),
        (&[48, 64, 68], "C:aug"),
        (&[50, 64, 69], "D:sus2"),
        (&[43, 60, 62, 67], "G:sus4"),
        (&[45, 52, 57, 64], "A:5"),
    ];
    for (pitches, symbol) in qualities {
        let found = symbols(&bars(&[&C, &F, &C, &G7, pitches]));
        let last = found.last().expect("chords");
        assert_eq!(last, symbol);
    }
}

#[test]
fn an_arpeggio_is_its_chord() {
    let broken: Vec<u8> = [[48, 55, 64, 67], [41, 57, 60, 65], [43, 59, 62, 67], [48, 55, 64, 67]]
        .iter()
        .flat_map(|tones| melody(0, tones))
        .collect();
    assert_eq!(symbols(&smf(0, &[broken])), ["C:maj", "F:maj", "G:maj", "C:maj"]);
}

#[test]
fn a_scale_in_one_voice_spells_no_chord_of_every_note() {
    let scale = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 60];
    assert!(rows(&smf(0, &[melody(0, &scale)])).len() <= 4);
}

#[test]
fn drums_and_unisons_have_no_chords() {
    for file in [smf(0, &[melody(9, &[36, 38, 42, 38])]), smf(0, &[melody(0, &[60, 72, 60, 48])])] {
        assert!(rows(&file).is_empty());
        assert_eq!(in_short(&file), Harmony::default());
    }
}

#[test]
fn a_long_rest_ends_a_chord() {
    let later = [quantity(4 * BAR), vec![0x90, 48, 80], quantity(BAR), vec![0x80, 48, 0]].concat();
    let file = smf(0, &[block(&C, BAR), [later, block(&C, BAR)].concat()]);
    let found = rows(&file);
    assert_eq!(found[0].end_s, 2.0, "{found:?}");
    assert!(found[1].start_s >= 8.0, "{found:?}");
}

#[test]
fn flat_keys_spell_flats_and_sharp_keys_sharps() {
    let up = |chord: &[u8], semitones: u8| chord.iter().map(|pitch| pitch + semitones).collect();
    let cadence = |semitones: u8| -> Vec<String> {
        let moved: Vec<Vec<u8>> =
            [&C[..], &F, &G7, &C].iter().map(|chord| up(chord, semitones)).collect();
        symbols(&bars(&moved.iter().map(Vec::as_slice).collect::<Vec<_>>()))
    };
    assert_eq!(cadence(3), ["Eb:maj", "Ab:maj", "Bb:7", "Eb:maj"]);
    assert_eq!(cadence(4), ["E:maj", "A:maj", "B:7", "E:maj"]);
}

#[test]
fn smpte_time_has_chords_but_no_beats() {
    // 25 frames of 40 ticks: 1,000 ticks a second.
    let track = track(&ended(&[block(&C, 2_000), block(&F, 2_000), block(&C, 2_000)].concat()));
    let found = rows(&[header(0, 1, 0xe728), track].concat());
    assert_eq!(found.iter().map(ChordSpan::symbol).collect::<Vec<_>>()[..2], ["C:maj", "F:maj"]);
    assert!(found.iter().all(|row| row.start_beat.is_none()));
}

#[test]
fn chords_at_the_largest_tick_are_in_order() {
    let far = note(0x0fff_ffff, 0, 60, 0x0fff_ffff);
    let file = smf(1, &[far.repeat(9), [far.clone(), block(&C, 0), block(&G7, 1)].concat()]);
    let found = rows(&file);
    assert!(found.iter().all(|row| row.start_s <= row.end_s && row.end_s.is_finite()));
}
