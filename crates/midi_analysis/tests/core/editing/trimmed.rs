//! Some bars.

use proptest::prelude::*;

use super::{edited, music, notes, played, refusal, said};
use crate::support::{QUARTER, analyze, melody, meta, read, tempo};

const BAR: u32 = 4 * QUARTER as u32;

/// A file of tracks in 4/4.
fn smf(format: u16, tracks: &[Vec<u8>]) -> Vec<u8> {
    let mut tracks = tracks.to_vec();
    tracks[0] = [meta(0, 0x58, &[4, 2, 24, 8]), std::mem::take(&mut tracks[0])].concat();
    crate::support::smf(format, &tracks)
}

fn trimmed(bytes: &[u8], from: u32, to: Option<u32>) -> Vec<u8> {
    edited(bytes, |piece, file| file.trim(piece, from, to)).0
}

proptest! {
    #[test]
    fn what_sounds_in_the_bars_is_kept_and_cut(file in music(), from in 1..5_u32, more in 0..4_u32) {
        let piece = read(&file);
        let bars: Vec<_> = piece.beats().expect("beats").filter(|beat| beat.is_downbeat).collect();
        let begin = |bar: u32| bars.iter().find(|beat| beat.bar == bar).map(|beat| beat.start_tick);
        let (Some(start), Some(end)) = (begin(from), begin(from + more + 1)) else { return Ok(()) };
        let there = trimmed(&file, from, Some(from + more));
        let mut kept: Vec<_> = played(&file)
            .into_iter()
            .filter(|&(begin, stop, ..)| begin < end && stop > start)
            .map(|(begin, stop, pitch, velocity)| {
                (begin.max(start) - start, stop.min(end) - start, pitch, velocity)
            })
            .collect();
        kept.sort_by_key(|&(begin, end, pitch, velocity)| (begin, pitch, end, velocity));
        let found = if kept.is_empty() { Vec::new() } else { played(&there) };
        prop_assert_eq!(found, kept);
    }

    #[test]
    fn all_bars_are_the_same_music(file in music()) {
        let piece = read(&file);
        let has_bars = piece.beats().expect("beats").any(|beat| beat.is_downbeat);
        if has_bars || piece.tempo_spans().expect("spans").all(|span| span.bpm.is_some()) {
            prop_assert_eq!(notes(&trimmed(&file, 0, None)).len(), notes(&file).len());
        }
    }
}

#[test]
fn all_that_is_in_force_is_set_where_the_bars_begin() {
    let setup = [
        meta(0, 3, b"Lead"),
        vec![0, 0xf0, 5, 0x7e, 0x7f, 9, 1, 0xf7],
        tempo(0, 100.0),
        meta(0, 0x59, &[2, 0]),
        meta(0, 5, b"la"),
        vec![0, 0xb0, 0, 8, 0, 0xb0, 32, 1, 0, 0xc0, 40, 0, 0xb0, 7, 90, 0, 0xb0, 7, 100],
        vec![0, 0xb0, 101, 0, 0, 0xb0, 100, 0, 0, 0xb0, 6, 12, 0, 0xe0, 0, 80, 0, 0xd0, 9],
        vec![0, 0xb0, 64, 127, 0, 0xb0, 121, 0, 0, 0xb0, 1, 33],
    ];
    let file = smf(0, &[[setup.concat(), melody(0, &[60, 62, 64, 65].repeat(4))].concat()]);
    let there = trimmed(&file, 2, Some(2));
    let events = said(&there, 0);
    let before: Vec<&str> = events
        .iter()
        .take_while(|event| !event.contains("NoteOn"))
        .map(|event| &event[2..])
        .collect();
    assert_eq!(
        before,
        [
            "Meta(MetaKind(3), [76, 101, 97, 100])",
            "Sysex([126, 127, 9, 1, 247])",
            "Meta(MetaKind(81), [9, 39, 192])",
            "Meta(MetaKind(88), [4, 2, 24, 8])",
            "Meta(MetaKind(89), [2, 0])",
            "Channel(ControlChange [0, 8] on 0)",
            "Channel(ControlChange [32, 1] on 0)",
            "Channel(ProgramChange [40] on 0)",
            "Channel(ControlChange [1, 33] on 0)",
            "Channel(ControlChange [7, 100] on 0)",
            "Channel(ControlChange [101, 0] on 0)",
            "Channel(ControlChange [100, 0] on 0)",
            "Channel(ControlChange [6, 12] on 0)",
        ]
    );
    assert_eq!(played(&there), played(&smf(0, &[melody(0, &[60, 62, 64, 65])])));
    assert_eq!(analyze(&there).file.note_count, 4);
}

#[test]
fn a_note_that_is_held_over_both_ends_is_cut_at_both() {
    let held = [vec![0, 0x90, 48, 70], vec![0x8c, 0, 0x80, 48, 0]].concat();
    let file = smf(1, &[melody(1, &[60; 16]), held]);
    let there = trimmed(&file, 2, Some(3));
    let low: Vec<_> = notes(&there).into_iter().filter(|note| note.pitch == 48).collect();
    assert_eq!((low.len(), low[0].start, low[0].end, low[0].velocity), (1, 0, 2 * BAR, 70));
    assert_eq!(notes(&there).len(), 9);
}

#[test]
fn a_note_that_ends_where_the_bars_begin_is_not_in_them() {
    let file = smf(0, &[melody(0, &[60; 16])]);
    assert_eq!(played(&trimmed(&file, 2, Some(2))), played(&smf(0, &[melody(0, &[60; 4])])));
}

#[test]
fn the_last_setting_counts_in_whichever_track_it_stands() {
    let settings = [vec![0, 0xc0, 5], vec![0x60, 0xc0, 7]].concat();
    let file = smf(1, &[[vec![0, 0xc0, 20], melody(0, &[60; 8])].concat(), settings]);
    assert!(notes(&trimmed(&file, 2, None)).iter().all(|note| note.program == 7));
}

#[test]
fn bars_that_are_not_there_are_refused() {
    let file = smf(0, &[melody(0, &[60; 16])]);
    for (from, to) in [(5, None), (3, Some(2)), (9, Some(20))] {
        let refused = refusal(&file, |piece, file| file.trim(piece, from, to));
        assert!(refused.starts_with("not_there: bars "), "{refused}");
    }
    assert_eq!(notes(&trimmed(&file, 4, Some(99))).len(), 4);
}

#[test]
fn a_bank_is_that_of_the_program_before_which_it_was_selected() {
    let setup = vec![0, 0xb0, 0, 3, 0, 0xc0, 33, 10, 0xb0, 0, 4];
    let file = smf(0, &[[setup, melody(0, &[60, 62, 64, 65].repeat(4))].concat()]);
    let events = said(&trimmed(&file, 2, Some(2)), 0);
    let of = |text: &str| events.iter().position(|event| event.contains(text)).expect(text);
    assert!(of("[0, 3]") < of("[33]") && of("[33]") < of("[0, 4]"), "{events:#?}");
}

#[test]
fn notes_without_an_end_have_one_where_the_file_ends() {
    let held = [vec![0, 0x90, 40, 66], melody(0, &[60, 62, 64, 65].repeat(4))].concat();
    let events = said(&trimmed(&smf(0, &[held]), 1, None), 0);
    let count = |kind: &str| events.iter().filter(|event| event.contains(kind)).count();
    assert_eq!(count("NoteOn"), 17, "{events:#?}");
    // And the time signature.
    assert_eq!(events.len(), 35);
}

#[test]
fn what_comes_before_the_first_bar_is_told() {
    let late = [vec![0x83, 0x60, 0xb0, 7, 100], melody(0, &[60, 62, 64, 65].repeat(4))].concat();
    let file = smf(0, &[late]);
    let (_, left_out) = edited(&file, |piece, file| file.trim(piece, 1, None));
    let (_, none) = edited(&file, |piece, file| file.trim(piece, 0, None));
    assert_eq!((left_out, none), (0, 0));
}
