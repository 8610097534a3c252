//! Small pieces whose description is obvious to a musician.

use crate::support::{QUARTER, analyze, melody, meta, note, program, read, smf, tempo};
use midi_analysis::{Analysis, KeySignature, Mode, TimeSignature};

const Q: u32 = QUARTER as u32;
const A_MINOR_TUNE: [u8; 12] = [69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69, 69];
const TEXT: u8 = 1;
const COPYRIGHT: u8 = 2;
const TRACK_NAME: u8 = 3;
const LYRIC: u8 = 5;
const MARKER: u8 = 6;

fn analysed(file: &[u8]) -> Analysis {
    analyze(file)
}

fn one_track(events: &[Vec<u8>]) -> Vec<u8> {
    smf(0, &[events.concat()])
}

#[test]
fn a_piece_in_a_minor_is_not_called_c_major() {
    let declared_c_major = meta(0, 0x59, &[0, 0]);
    let piece = analysed(&one_track(&[declared_c_major, melody(0, &A_MINOR_TUNE)]));
    assert_eq!(piece.key.estimated, "A minor".parse().ok());
    assert_eq!(piece.key.declared, KeySignature::new(0, Mode::Major));
    assert!(piece.key.confidence.is_some_and(|confidence| (0.5..=1.0).contains(&confidence)));
}

#[test]
fn a_transposed_piece_keeps_its_mode() {
    let up_a_third: Vec<u8> = A_MINOR_TUNE.iter().map(|pitch| pitch + 4).collect();
    let piece = analysed(&one_track(&[melody(0, &up_a_third)]));
    assert_eq!(piece.key.estimated, "C# minor".parse().ok());
}

#[test]
fn two_pitch_classes_say_nothing_of_a_key() {
    let piece = analysed(&one_track(&[melody(0, &[60, 67, 60, 72])]));
    assert_eq!((piece.key.estimated, piece.key.confidence), (None, None));
    let histogram = piece.key.pitch_class_histogram.expect("pitched notes");
    assert_eq!((histogram[0], histogram[7]), (0.75, 0.25));
}

#[test]
fn drums_alone_have_no_pitch_key_or_polyphony() {
    let piece = analysed(&one_track(&[melody(9, &[36, 38, 42, 38])]));
    assert!(piece.instruments.has_drums);
    assert_eq!(piece.instruments.drum_notes, [36, 38, 42]);
    assert!(piece.instruments.programs.is_empty());
    assert_eq!(piece.pitch, None);
    assert_eq!(piece.key.estimated, None);
    assert_eq!(piece.key.pitch_class_histogram, None);
    assert_eq!((piece.texture.polyphony_max, piece.texture.polyphony_mean), (None, None));
    assert_eq!(piece.texture.velocity_mean, 80.0);
}

#[test]
fn the_range_is_that_of_the_pitched_notes() {
    let piece = analysed(&one_track(&[melody(0, &[48, 60, 84]), melody(9, &[35])]));
    let pitch = piece.pitch.expect("pitched notes");
    assert_eq!((pitch.min, pitch.max, pitch.ambitus, pitch.mean), (48, 84, 36, 64.0));
}

#[test]
fn undeclared_tempo_and_meter_are_null_and_default_to_120_in_four_four() {
    let file = one_track(&[melody(0, &[60, 62, 64, 65, 67])]);
    let piece = analysed(&file);
    assert_eq!((piece.tempo.bpm_declared, piece.tempo.bpm_min), (None, None));
    assert_eq!((piece.meter.signature, piece.meter.declared), (None, false));
    assert_eq!((piece.tempo.duration_s, piece.tempo.duration_beats), (2.5, Some(5.0)));
    assert_eq!(piece.meter.bar_count, Some(2));
    let map = read(&file).tempo_spans().expect("the file has notes").collect::<Vec<_>>();
    assert_eq!(
        (map.len(), map[0].bpm, map[0].time_signature),
        (1, Some(120.0), Some(TimeSignature::new(4, 4)))
    );
}

#[test]
fn the_declared_tempo_is_the_median_over_time() {
    // Two quarters at 60 last 2 s, eight at 240 last 2 s, one at 120 lasts 0.5 s.
    let fast = [tempo(0, 240.0), melody(0, &[60; 8])].concat();
    let piece = analysed(&one_track(&[
        tempo(0, 60.0),
        melody(0, &[60; 2]),
        fast,
        tempo(0, 120.0),
        melody(0, &[60]),
    ]));
    assert_eq!(piece.tempo.duration_s, 4.5);
    assert_eq!(piece.tempo.bpm_declared, Some(120.0));
    assert_eq!((piece.tempo.bpm_min, piece.tempo.bpm_max), (Some(60.0), Some(240.0)));
    assert_eq!(piece.tempo.tempo_change_count, 2);
}

#[test]
fn a_tempo_after_the_last_note_does_not_count() {
    let piece = analysed(&one_track(&[tempo(0, 90.0), melody(0, &[60, 62]), tempo(Q, 300.0)]));
    assert_eq!((piece.tempo.bpm_max, piece.tempo.tempo_change_count), (Some(90.0), 0));
}

#[test]
fn the_last_of_two_tempos_at_one_tick_holds() {
    let piece = analysed(&one_track(&[tempo(0, 60.0), tempo(0, 120.0), melody(0, &[60, 62])]));
    assert_eq!((piece.tempo.duration_s, piece.tempo.tempo_change_count), (1.0, 0));
}

#[test]
fn a_tempo_map_in_its_own_track_governs_all_tracks() {
    let piece = analysed(&smf(1, &[tempo(0, 60.0), melody(0, &[60, 62])]));
    assert_eq!(piece.tempo.duration_s, 2.0);
}

#[test]
fn smpte_time_has_seconds_but_no_beats() {
    // 25 frames of 40 ticks: 1,000 ticks a second.
    let track = crate::support::track(&crate::support::ended(&note(500, 0, 60, 1_500)));
    let file = [crate::support::header(0, 1, 0xe728), track].concat();
    let piece = analysed(&file);
    assert_eq!((piece.tempo.duration_s, piece.tempo.duration_beats), (2.0, None));
    assert_eq!((piece.meter.bar_count, piece.file.ticks_per_quarter), (None, None));
    let rows = read(&file).notes().expect("the file has notes").collect::<Vec<_>>();
    assert_eq!((rows[0].start_s, rows[0].bar, rows[0].beat), (0.5, None, None));
}

#[test]
fn the_meter_is_the_one_that_holds_longest() {
    let waltz = meta(0, 0x58, &[3, 2, 24, 8]);
    let jig = meta(0, 0x58, &[6, 3, 24, 8]);
    let file = one_track(&[waltz, melody(0, &[60; 6]), jig, melody(0, &[62; 12])]);
    let piece = analysed(&file);
    assert_eq!(piece.meter.signature, Some(TimeSignature::new(6, 8)));
    assert_eq!((piece.meter.change_count, piece.meter.bar_count), (1, Some(6)));
    let rows = read(&file).notes().expect("the file has notes").collect::<Vec<_>>();
    assert_eq!((rows[4].bar, rows[4].beat), (Some(2), Some(2.0)));
    assert_eq!((rows[7].bar, rows[7].beat), (Some(3), Some(3.0)));
}

#[test]
fn bars_begin_anew_where_the_meter_changes() {
    let three = meta(0, 0x58, &[3, 2, 24, 8]);
    let file = one_track(&[melody(0, &[60; 6]), three, melody(0, &[62; 3])]);
    let rows = read(&file).notes().expect("the file has notes").collect::<Vec<_>>();
    assert_eq!((rows[5].bar, rows[5].beat), (Some(2), Some(2.0)));
    assert_eq!((rows[6].bar, rows[6].beat), (Some(3), Some(1.0)));
}

#[test]
fn polyphony_counts_notes_that_sound_together() {
    let chord: Vec<u8> = [60, 64, 67].iter().flat_map(|&key| [0, 0x90, key, 70]).collect();
    let release: Vec<u8> = [(Q as u8, 60), (0, 64), (0, 67)]
        .iter()
        .flat_map(|&(dt, key)| [dt, 0x80, key, 0])
        .collect();
    let piece = analysed(&one_track(&[chord, release, melody(0, &[72])]));
    assert_eq!((piece.texture.polyphony_max, piece.texture.polyphony_mean), (Some(3), Some(2.0)));
    assert_eq!(piece.texture.note_density, 4.0);
}

#[test]
fn a_note_that_ends_where_the_next_begins_is_monophony() {
    let piece = analysed(&one_track(&[melody(0, &[60, 62, 64])]));
    assert_eq!((piece.texture.polyphony_max, piece.texture.polyphony_mean), (Some(1), Some(1.0)));
}

#[test]
fn a_program_change_in_another_track_counts() {
    let piece = analysed(&smf(1, &[program(3, 40), melody(3, &[60, 62])]));
    assert_eq!(piece.instruments.programs, [40]);
    assert_eq!(piece.instruments.names, ["Violin"]);
    assert_eq!(piece.instruments.families, ["Strings"]);
}

#[test]
fn tracks_on_one_channel_keep_their_own_programs() {
    let flute = [program(0, 73), melody(0, &[72])].concat();
    let bass = [program(0, 33), melody(0, &[36])].concat();
    let file = smf(1, &[flute, bass]);
    assert_eq!(analysed(&file).instruments.programs, [33, 73]);
    let rows = read(&file).tracks().expect("the file has notes");
    assert_eq!((&rows[0].programs[..], &rows[1].programs[..]), (&[73][..], &[33][..]));
}

#[test]
fn a_program_without_notes_is_no_instrument() {
    let piece = analysed(&one_track(&[program(5, 56), melody(0, &[60])]));
    assert_eq!(piece.instruments.programs, [0]);
}

#[test]
fn controllers_are_counted_by_number() {
    let pedal: Vec<u8> = [127, 0].iter().flat_map(|&value| [0, 0xb0, 64, value]).collect();
    let volume = vec![0, 0xb0, 7, 100];
    let bend = vec![0, 0xe0, 0, 64];
    let piece = analysed(&one_track(&[pedal, volume, bend, melody(0, &[60])]));
    assert_eq!(piece.controllers.used.iter().map(|used| used.number).collect::<Vec<_>>(), [7, 64]);
    assert!(piece.controllers.has_sustain);
    assert_eq!(piece.controllers.pitch_bend_count, 1);
    let used = piece.controllers.used.iter();
    let used: Vec<_> = used.map(|c| (c.name, c.count, c.min, c.max, c.mean)).collect();
    assert_eq!(used, [("Channel Volume", 1, 100, 100, 100.0), ("Damper Pedal", 2, 0, 127, 63.5)]);
}

#[test]
fn a_damper_pedal_that_stays_up_is_no_sustain() {
    let piece = analysed(&one_track(&[vec![0, 0xb0, 64, 0], melody(0, &[60])]));
    assert!(!piece.controllers.has_sustain);
}

#[test]
fn texts_are_sorted_by_their_kind() {
    let texts = [
        meta(0, TRACK_NAME, b"Tune"),
        meta(0, COPYRIGHT, b"(c) nobody"),
        meta(0, MARKER, b"Verse"),
        meta(0, TEXT, b"a remark"),
    ];
    let piece = analysed(&one_track(&[texts.concat(), melody(0, &[60])]));
    assert_eq!(piece.texts.track_names, ["Tune"]);
    assert_eq!(piece.texts.copyright.as_deref(), Some("(c) nobody"));
    assert_eq!(piece.texts.markers, ["Verse"]);
    assert_eq!((piece.texts.lyrics, piece.texts.encoding), (None, Some("US-ASCII")));
}

#[test]
fn lyrics_of_notation_programs_are_joined_by_their_hyphens() {
    let words: Vec<u8> = ["Al-", "le", "mei-", "ne"]
        .iter()
        .flat_map(|word| meta(0, LYRIC, word.as_bytes()))
        .collect();
    let piece = analysed(&one_track(&[words, melody(0, &[60])]));
    assert_eq!(piece.texts.lyrics.as_deref(), Some("Alle meine"));
}

#[test]
fn karaoke_texts_are_lyrics_with_their_lines() {
    let words: Vec<u8> = ["@KMIDI KARAOKE FILE", "@TTitle", "\\Row, ", "row", "/gent", "ly"]
        .iter()
        .flat_map(|word| meta(0, TEXT, word.as_bytes()))
        .collect();
    let piece = analysed(&one_track(&[words, melody(0, &[60])]));
    assert_eq!(piece.texts.lyrics.as_deref(), Some("Row, row\ngently"));
}

#[test]
fn texts_of_many_encodings_come_out_as_unicode() {
    let named = |bytes: &[u8]| {
        let texts = analysed(&one_track(&[meta(0, TRACK_NAME, bytes), melody(0, &[60])])).texts;
        (texts.track_names.concat(), texts.encoding.unwrap_or_default())
    };
    assert_eq!(named("Größe".as_bytes()), ("Größe".to_owned(), "UTF-8"));
    assert_eq!(named(b"Fr\xe8re Jacques, d\xe9j\xe0 vu").0, "Frère Jacques, déjà vu");
    let japanese = b"\x82\xb3\x82\xad\x82\xe7 \x82\xb3\x82\xad\x82\xe7 \x96\xee\x8d\xe2";
    assert_eq!(named(japanese), ("さくら さくら 矢坂".to_owned(), "Shift_JIS"));
    let russian = b"\xcf\xee\xe4\xec\xee\xf1\xea\xee\xe2\xed\xfb\xe5 \xe2\xe5\xf7\xe5\xf0\xe0";
    assert_eq!(named(russian), ("Подмосковные вечера".to_owned(), "windows-1251"));
}

#[test]
fn names_hold_no_nul_and_are_capped() {
    let long = [b"a\0b\x07".as_slice(), &[b'x'; 5_000]].concat();
    let piece = analysed(&one_track(&[meta(0, TRACK_NAME, &long), melody(0, &[60])]));
    let name = &piece.texts.track_names[0];
    assert!(name.starts_with("abxx"));
    assert_eq!(name.chars().count(), 255);
}

#[test]
fn patterns_of_format_2_follow_one_another() {
    let piece = analysed(&smf(2, &[melody(0, &[60, 62]), melody(0, &[64])]));
    assert_eq!((piece.tempo.duration_beats, piece.file.format), (Some(3.0), 2));
}

#[test]
fn overlapping_notes_of_one_pitch_end_in_the_order_they_began() {
    let events = [
        vec![0, 0x90, 60, 80],
        vec![48, 0x90, 60, 80],
        vec![48, 0x80, 60, 0],
        vec![48, 0x80, 60, 0],
    ];
    let rows = read(&one_track(&events)).notes().expect("the file has notes").collect::<Vec<_>>();
    let spans: Vec<_> = rows.iter().map(|row| (row.note.start, row.note.duration())).collect();
    assert_eq!(spans, [(0, 96), (48, 96)]);
}

#[test]
fn a_note_without_note_off_does_not_take_that_of_a_later_one() {
    let grace = vec![0, 0x80, 60, 0, 0, 0x90, 60, 80];
    let file = one_track(&[note(0, 0, 72, Q), grace, note(Q, 0, 60, Q), note(Q, 0, 60, Q)]);
    let rows: Vec<_> = read(&file).notes().expect("the file has notes").collect();
    let spans: Vec<_> = rows
        .iter()
        .filter(|row| row.note.pitch == 60)
        .map(|row| (row.note.start, row.note.duration()))
        .collect();
    assert_eq!(spans, [(96, 96), (192, 96), (384, 96)]);
}

#[test]
fn a_hanging_last_note_does_not_last_as_long_as_its_track() {
    let late_end = meta(100 * Q, TEXT, b"x");
    let piece = analysed(&one_track(&[melody(0, &[60]), vec![0, 0x90, 64, 80], late_end]));
    assert_eq!(piece.tempo.duration_beats, Some(5.0));
    assert_eq!(piece.file.warnings.len(), 1);
}

#[test]
fn all_notes_off_ends_only_notes_without_note_off() {
    let all_off = vec![48, 0xb0, 123, 0];
    let held = [vec![0, 0x90, 60, 80], all_off.clone(), vec![48, 0x80, 60, 0]];
    assert_eq!(analysed(&one_track(&held)).tempo.duration_beats, Some(1.0));
    let unended = [vec![0, 0x90, 60, 80], all_off, meta(960, TEXT, b"x")];
    assert_eq!(analysed(&one_track(&unended)).tempo.duration_beats, Some(0.5));
}
