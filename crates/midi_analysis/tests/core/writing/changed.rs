//! Files in another format, with ticks of another length, and with other texts.

use midi_analysis::write::{File, Message, MetaKind};
use midi_analysis::{Division, ErrorKind, Options, Piece};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{changed, messages, notes};
use crate::support::{header, melody, meta, program, read, smf, tempo, track};

fn in_format(bytes: &[u8], format: u8) -> Vec<u8> {
    changed(bytes, |file| file.set_format(format, &Options::default()))
}

fn with_division(bytes: &[u8], word: u16) -> Vec<u8> {
    let division = Division::of_word(word).expect("a division");
    changed(bytes, |file| file.set_division(division, &Options::default()))
}

fn format_and_tracks(bytes: &[u8]) -> (u8, usize) {
    let piece = read(bytes);
    let file = File::of(&piece).expect("it can be read");
    (file.format, file.tracks.len())
}

/// The seconds at which notes start.
fn seconds(bytes: &[u8]) -> Vec<f64> {
    let piece = Piece::read(bytes, &Options::default()).expect("a file");
    piece.notes().expect("notes").map(|timed| timed.start_s).collect()
}

/// The port, channel and pitch of each note.
fn places(bytes: &[u8]) -> Vec<(u8, u8, u8)> {
    let piece = read(bytes);
    let notes = piece.notes().expect("notes").map(|timed| timed.note);
    let mut places: Vec<_> = notes.map(|note| (note.port, note.channel, note.pitch)).collect();
    places.sort_unstable();
    places
}

proptest! {
    #[test]
    fn notes_stay_in_another_format(lines in vec(vec(0..128_u8, 1..20), 1..16)) {
        let tracks: Vec<_> =
            (0..).zip(&lines).map(|(channel, pitches)| melody(channel, pitches)).collect();
        let together = smf(1, &tracks);
        let one = in_format(&together, 0);
        prop_assert_eq!(format_and_tracks(&one), (0, 1));
        prop_assert_eq!(notes(&one), notes(&together));
        let divided = in_format(&one, 1);
        prop_assert_eq!(format_and_tracks(&divided), (1, lines.len() + 1));
        prop_assert_eq!(notes(&divided), notes(&together));
        prop_assert!(in_format(&divided, 0) == one);
    }

    #[test]
    fn ticks_that_can_be_divided_come_back(pitches in vec(0..128_u8, 1..50), factor in 1..300_u16) {
        let file = smf(1, &[melody(0, &pitches)]);
        let finer = with_division(&file, 96 * factor);
        prop_assert!(with_division(&finer, 96) == file);
    }

    #[test]
    fn music_stays_at_its_seconds(
        tempos in vec((1..2_000_u32, 100_000..1_000_000_u32), 0..20),
        pitches in vec(0..128_u8, 1..40),
    ) {
        let tempos: Vec<u8> = tempos
            .iter()
            .flat_map(|&(delta, us)| meta(delta, 0x51, &us.to_be_bytes()[1..]))
            .collect();
        let file = smf(1, &[tempos, melody(0, &pitches)]);
        // 25 frames a second of 40 ticks: milliseconds.
        let timed = with_division(&file, 0xe728);
        let back = with_division(&timed, 960);
        for other in [&timed, &back] {
            for (before, after) in seconds(&file).iter().zip(seconds(other)) {
                prop_assert!((before - after).abs() <= 0.0015, "{} and {}", before, after);
            }
        }
    }
}

#[test]
fn a_tick_between_two_goes_to_the_nearest() {
    let file = smf(0, &[[vec![3], melody(0, &[60])[1..].to_vec()].concat()]);
    // 3 of 96 ticks are 1.5 of 48, and 1 of 32; 99 are 49.5, and 33.
    assert_eq!(notes(&with_division(&file, 48))[0][..2], [2, 50]);
    assert_eq!(notes(&with_division(&file, 32))[0][..2], [1, 33]);
}

#[test]
fn ticks_beyond_the_last_are_refused() {
    let late = [vec![0xff, 0xff, 0xff, 0x7f], vec![0xb0, 7, 100], melody(0, &[60])].concat();
    let file = smf(0, &[late]);
    let piece = read(&file);
    let mut file = File::of(&piece).expect("it can be read");
    let error = file.set_division(Division::Metrical(32_000), &Options::default());
    assert_eq!(error.expect_err("too late").kind(), ErrorKind::Unwritable);
}

#[test]
fn the_end_of_a_note_comes_before_the_next_one_of_another_track() {
    // The second track ends its note where the first begins one of the same pitch.
    let first = [vec![96, 0x90, 60, 80], vec![96, 0x80, 60, 0]].concat();
    let file = smf(1, &[first, melody(0, &[60])]);
    assert_eq!(notes(&in_format(&file, 0)), [[0, 96, 0, 60, 80], [96, 192, 0, 60, 80]]);
}

#[test]
fn independent_tracks_follow_one_another() {
    let tracks = [melody(0, &[60, 62]), melody(0, &[64])]
        .map(|events| track(&[&events[..], &[0x60, 0xff, 0x2f, 0]].concat()));
    let file = [header(2, 2, 96), tracks.concat()].concat();
    for format in [0, 1] {
        let other = in_format(&file, format);
        assert_eq!(notes(&other), notes(&file));
        assert_eq!(notes(&other)[2][0], 3 * 96);
    }
}

#[test]
fn notes_stay_on_their_ports() {
    let port = |number| meta(0, 0x21, &[number]);
    let named = |name: &[u8]| meta(0, 9, name);
    let files = [
        smf(1, &[[port(0), melody(0, &[60])].concat(), [port(1), melody(0, &[67])].concat()]),
        smf(1, &[[port(1), melody(0, &[60, 62])].concat(), [port(3), melody(0, &[67])].concat()]),
        // The port changes within the track.
        smf(1, &[[port(1), melody(0, &[60]), port(2), melody(0, &[67])].concat()]),
        smf(1, &[[program(0, 5), named(b"A"), melody(0, &[60])].concat(), melody(0, &[67])]),
        smf(1, &[program(0, 40), [port(1), melody(0, &[60])].concat()]),
    ];
    for file in files {
        let one = in_format(&file, 0);
        assert_eq!(places(&one), places(&file));
        assert_eq!(places(&in_format(&one, 1)), places(&file));
    }
}

#[test]
fn settings_without_a_port_stay_with_those_who_play() {
    let port = meta(0, 0x21, &[1]);
    let file = smf(1, &[program(0, 40), [port, melody(0, &[60])].concat()]);
    let programs = |bytes: &[u8]| {
        let piece = read(bytes);
        piece.notes().expect("notes").map(|timed| timed.note.program).collect::<Vec<_>>()
    };
    assert_eq!(programs(&file), [40]);
    assert_eq!(programs(&in_format(&file, 0)), [40]);
}

#[test]
fn what_is_of_a_channel_goes_to_its_track() {
    let prefixed = [meta(0, 0x20, &[1]), meta(0, 3, b"Bass"), meta(0, 0x51, &[7, 0xa1, 0x20])];
    let events = [meta(0, 3, b"Song"), prefixed.concat(), melody(0, &[60]), melody(1, &[40])];
    let divided = in_format(&smf(0, &[events.concat()]), 1);
    assert_eq!(format_and_tracks(&divided), (1, 3));
    let name = |text: &'static [u8]| (0, Message::meta(MetaKind::TRACK_NAME, text));
    let common = messages(&divided, 0);
    assert_eq!(common, [name(b"Song"), (0, Message::tempo(500_000))]);
    assert_eq!(messages(&divided, 2)[1], name(b"Bass"));
}

#[test]
fn chunks_of_other_programs_stay_around_the_tracks() {
    let chunk = |id: &[u8; 4]| [&id[..], &[0, 0, 0, 2, 1, 2]].concat();
    let tracks =
        [melody(0, &[60]), melody(1, &[62])].map(|events| smf(0, &[events])[14..].to_vec());
    let file = [header(1, 2, 96), chunk(b"Head"), tracks.concat(), chunk(b"Tail")].concat();
    let one = in_format(&file, 0);
    assert!(one[14..].starts_with(&chunk(b"Head")) && one.ends_with(&chunk(b"Tail")));
}

/// A file with a name, a notice and the start of a bar.
fn named() -> Vec<u8> {
    let first = [meta(0, 0, &[0, 1]), meta(0, 2, b"old notice"), tempo(0, 100.0)].concat();
    let second =
        [program(0, 3), meta(5, 3, b"old"), melody(0, &[60]), meta(0, 3, b"older")].concat();
    smf(1, &[first, second, meta(0, 2, b"another notice")])
}

#[test]
fn a_name_takes_the_place_of_the_old_one() {
    let file = changed(&named(), |file| file.set_text(1, MetaKind::TRACK_NAME, "Übung 琴"));
    let found = messages(&file, 1);
    assert_eq!(found[1], (5, Message::meta(MetaKind::TRACK_NAME, "Übung 琴".as_bytes())));
    assert_eq!(found.len(), messages(&named(), 1).len() - 1);
    assert_eq!(notes(&file), notes(&named()));
    let tracks = read(&file).tracks().expect("notes");
    assert_eq!(tracks[1].name.as_deref(), Some("Übung 琴"));
}

#[test]
fn a_name_that_was_not_there_stands_at_the_start() {
    let file = changed(&named(), |file| file.set_text(0, MetaKind::TRACK_NAME, "Song"));
    let kinds: Vec<_> = messages(&file, 0)
        .into_iter()
        .filter_map(|(_, message)| match message {
            Message::Meta(kind, _) => Some(kind),
            _ => None,
        })
        .collect();
    let [number, notice] = [MetaKind::SEQUENCE_NUMBER, MetaKind::COPYRIGHT];
    assert_eq!(kinds, [number, notice, MetaKind::TRACK_NAME, MetaKind::TEMPO]);
}

#[test]
fn a_file_has_one_copyright_notice() {
    let file = changed(&named(), |file| file.set_text(0, MetaKind::COPYRIGHT, "© 2026"));
    let copyright = read(&file).analysis().expect("notes").texts.copyright;
    assert_eq!(copyright.as_deref(), Some("© 2026"));
    let none = changed(&named(), |file| file.set_text(0, MetaKind::COPYRIGHT, ""));
    assert_eq!(read(&none).analysis().expect("notes").texts.copyright, None);
}

#[test]
fn names_of_channels_are_not_those_of_the_track() {
    let prefixed = [meta(0, 0x20, &[1]), meta(0, 3, b"Bass"), melody(1, &[40])].concat();
    let file = smf(0, &[[meta(0, 3, b"Song"), prefixed].concat()]);
    let file = changed(&file, |file| file.set_text(0, MetaKind::TRACK_NAME, "Lied"));
    let names = read(&file).analysis().expect("notes").texts.track_names;
    assert_eq!(names, ["Lied", "Bass"]);
}

#[test]
fn a_track_that_is_not_there_has_no_name() {
    let bytes = named();
    let piece = read(&bytes);
    let mut file = File::of(&piece).expect("it can be read");
    let error = file.set_text(3, MetaKind::TRACK_NAME, "x").expect_err("three tracks");
    assert_eq!(error.to_string(), "no track 3: the file has 3 tracks, from 0 on");
}

#[test]
fn a_new_text_is_read_as_it_was_set_beside_texts_in_other_encodings() {
    let japanese = b"\x83\x73\x83\x41\x83\x6d \x83\x78\x81\x5b\x83\x58";
    let russian = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0";
    let western = b"Fl\xfbte \xe0 bec, premi\xe8re";
    for old in [&japanese[..], russian, western] {
        for new in ["Übung", "Été", "Привет", "ピアノ", "琴", "é", "Señor ñandú"] {
            let bytes =
                smf(1, &[meta(0, 3, b"x"), [meta(0, 3, old), melody(0, &[60, 62])].concat()]);
            let file = changed(&bytes, |file| file.set_text(0, MetaKind::TRACK_NAME, new));
            let names = read(&file).analysis().expect("notes").texts.track_names;
            assert_eq!(names[0], new, "beside {}", names[1]);
            let before = read(&bytes).analysis().expect("notes").texts.track_names;
            assert_eq!(names[1], before[1]);
        }
    }
}
