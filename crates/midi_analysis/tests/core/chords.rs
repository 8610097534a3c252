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

/// Pitches of a chord: its bass from the second octave up, the other tones close above a gap.
fn voiced(root: u8, tones: &[u8], inversion: usize, gap: u8) -> Vec<u8> {
    let above = |lowest: u8, class: u8| lowest + (class + 12 - lowest % 12) % 12;
    let bass = above(40, (root + tones[inversion]) % 12);
    let others = tones.iter().enumerate().filter(|&(index, _)| index != inversion);
    let mut pitches: Vec<u8> =
        others.map(|(_, tone)| above(bass + gap, (root + tone) % 12)).collect();
    pitches.sort_unstable();
    [vec![bass], pitches].concat()
}

#[test]
fn a_chord_alone_has_its_name_on_every_root_in_every_voicing() {
    // Those that sound like others with their root in the bass are left to these.
    let kinds: [(&[u8], usize, &str); 27] = [
        (&[0, 4, 7], 0, "maj"),
        (&[0, 4, 7], 1, "maj/3"),
        (&[0, 4, 7], 2, "maj/5"),
        (&[0, 3, 7], 0, "min"),
        (&[0, 3, 7], 1, "min/b3"),
        (&[0, 3, 7], 2, "min/5"),
        (&[0, 3, 6], 0, "dim"),
        (&[0, 3, 6], 1, "dim/b3"),
        (&[0, 4, 8], 0, "aug"),
        (&[0, 2, 7], 0, "sus2"),
        (&[0, 5, 7], 0, "sus4"),
        (&[0, 4, 7, 10], 0, "7"),
        (&[0, 4, 7, 10], 1, "7/3"),
        (&[0, 4, 7, 10], 2, "7/5"),
        (&[0, 4, 7, 10], 3, "7/b7"),
        (&[0, 4, 7, 11], 0, "maj7"),
        (&[0, 4, 7, 11], 1, "maj7/3"),
        (&[0, 4, 7, 11], 2, "maj7/5"),
        (&[0, 4, 7, 11], 3, "maj7/7"),
        (&[0, 3, 7, 10], 0, "min7"),
        (&[0, 3, 7, 11], 0, "minmaj7"),
        (&[0, 3, 7, 11], 1, "minmaj7/b3"),
        (&[0, 3, 6, 10], 0, "hdim7"),
        (&[0, 3, 6, 9], 0, "dim7"),
        (&[0, 4, 7, 9], 0, "maj6"),
        (&[0, 3, 7, 9], 0, "min6"),
        (&[0, 4, 7, 2], 0, "maj(9)"),
    ];
    for (tones, inversion, name) in kinds {
        for (root, gap) in (0..12).flat_map(|root| [1, 8, 12].map(|gap| (root, gap))) {
            let pitches = voiced(root, tones, inversion, gap);
            let found = rows(&bars(&[&pitches, &pitches]));
            let [span] = &found[..] else { panic!("{pitches:?}, {name}: {found:?}") };
            let symbol = span.symbol();
            let (letter, quality) = symbol.split_once(':').expect("a quality");
            assert_eq!(quality, name, "{letter}, {pitches:?}");
            assert_eq!(span.chord.root, PitchClass::new(root), "{symbol}, {pitches:?}");
        }
    }
}

#[test]
fn lead_sheets_name_chords_by_letter_suffix_and_bass() {
    let kinds: [(&[u8], usize, &str); 8] = [
        (&[0, 4, 7], 0, "C"),
        (&[0, 4, 7, 10], 1, "C7/E"),
        (&[0, 3, 7], 0, "Cm"),
        (&[0, 3, 7, 10], 0, "Cm7"),
        (&[0, 3, 7, 11], 0, "Cm(maj7)"),
        (&[0, 3, 6, 10], 0, "Cø7"),
        (&[0, 3, 6, 9], 0, "C°7"),
        (&[0, 4, 7, 11], 0, "Cmaj7"),
    ];
    for (tones, inversion, name) in kinds {
        let pitches = voiced(0, tones, inversion, 12);
        assert_eq!(rows(&bars(&[&pitches, &pitches]))[0].name(), name);
    }
}

#[test]
fn a_fifth_alone_is_one_whichever_tone_is_the_bass() {
    assert_eq!(symbols(&bars(&[&[48, 55, 60]])), ["C:5"]);
    assert_eq!(symbols(&bars(&[&[43, 48, 55]])), ["C:5/5"]);
}

#[test]
fn a_diminished_seventh_leads_to_the_tonic_and_alone_is_named_from_its_bass() {
    let leading: &[u8] = &[44, 59, 62, 65];
    assert_eq!(symbols(&bars(&[&C, &F, &G7, &C, leading, &C]))[4], "B:dim7/bb7");
    assert_eq!(rows(&bars(&[leading]))[0].chord.root, PitchClass::new(8));
}

#[test]
fn chords_under_a_melody_keep_their_names() {
    // The melody passes through notes between those of the chords.
    let chords: [&[u8]; 4] = [&[48, 55, 64], &[53, 57, 60], &[43, 59, 62], &[48, 55, 64]];
    let accompaniment: Vec<u8> = chords.iter().flat_map(|pitches| block(pitches, BAR)).collect();
    let tune = [76, 77, 79, 81, 77, 79, 77, 76, 74, 76, 74, 71, 72, 74, 76, 72];
    let file = smf(1, &[accompaniment, melody(1, &tune)]);
    assert_eq!(symbols(&file), ["C:maj", "F:maj", "G:maj", "C:maj"]);
}

#[test]
fn the_tones_of_a_seventh_in_turn_are_its_chord() {
    let broken: Vec<u8> =
        [43, 47, 50, 53].repeat(4).chunks(4).flat_map(|tones| melody(0, tones)).collect();
    assert_eq!(symbols(&smf(0, &[broken])), ["G:7"]);
}
