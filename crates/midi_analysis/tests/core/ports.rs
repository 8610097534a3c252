//! Ports: each has 16 channels of its own, with their own programs, controllers and drums.

use midi_analysis::Note;

use crate::support::{QUARTER, analyze, melody, meta, placed, program, read, smf};

const NUMBER: u8 = 0x21;
const DEVICE: u8 = 0x09;

fn port(number: u8) -> Vec<u8> {
    meta(0, NUMBER, &[number])
}

fn device(name: &str) -> Vec<u8> {
    meta(0, DEVICE, name.as_bytes())
}

fn notes(tracks: &[Vec<u8>]) -> Vec<Note> {
    read(&smf(1, tracks)).notes().expect("notes").map(|timed| timed.note).collect()
}

/// Port and program of the notes of each track that has any.
fn played(tracks: &[Vec<u8>]) -> Vec<(u16, u8, u8)> {
    let mut played: Vec<(u16, u8, u8)> =
        notes(tracks).iter().map(|note| (note.track, note.port, note.program)).collect();
    played.sort_unstable();
    played.dedup();
    played
}

#[test]
fn a_program_holds_for_the_channel_of_its_port() {
    let tracks = [
        [port(0), program(0, 40)].concat(),
        [port(1), program(0, 73)].concat(),
        [port(0), melody(0, &[72, 74])].concat(),
        [port(1), melody(0, &[48, 50])].concat(),
    ];
    assert_eq!(played(&tracks), [(2, 0, 40), (3, 1, 73)]);
}

#[test]
fn a_track_begins_on_port_0() {
    let tracks = [[port(1), program(0, 40)].concat(), melody(0, &[60])];
    assert_eq!(played(&tracks), [(1, 0, 0)]);
    let tracks = [
        program(0, 40),
        [port(0), melody(0, &[60])].concat(),
        [port(1), melody(0, &[60])].concat(),
    ];
    assert_eq!(played(&tracks), [(1, 0, 40), (2, 1, 0)]);
}

#[test]
fn settings_without_a_port_are_for_the_one_that_plays() {
    let tracks = [program(0, 40), [port(1), melody(0, &[60])].concat()];
    assert_eq!(played(&tracks), [(1, 1, 40)]);
    let silent = [port(2), program(0, 9)].concat();
    let tracks = [program(0, 40), [port(1), melody(0, &[60])].concat(), silent];
    assert_eq!(played(&tracks), [(1, 1, 40)]);
    let tracks = [program(0, 40), melody(0, &[60]), [port(1), melody(0, &[60])].concat()];
    assert_eq!(played(&tracks), [(1, 0, 40), (2, 1, 0)], "a port of its own");
}

#[test]
fn the_program_of_a_port_may_come_from_a_later_track() {
    let tracks = [
        [port(1), melody(2, &[60, 62])].concat(),
        [port(0), program(2, 5)].concat(),
        [port(1), program(2, 6)].concat(),
    ];
    assert_eq!(played(&tracks), [(0, 1, 6)]);
}

#[test]
fn a_track_s_own_program_comes_first() {
    let other = [vec![QUARTER as u8 / 2], vec![0xc0, 9]].concat();
    let tracks =
        [[port(3), program(0, 1), melody(0, &[60, 62])].concat(), [port(3), other].concat()];
    assert_eq!(played(&tracks), [(0, 3, 1)]);
}

#[test]
fn a_track_may_go_on_on_another_port_and_come_back() {
    let one = [
        port(0),
        program(0, 10),
        port(1),
        program(0, 20),
        melody(0, &[60]),
        port(0),
        melody(0, &[62]),
        port(1),
        melody(0, &[64]),
    ];
    let found = notes(&[one.concat()]);
    let found: Vec<_> = found.iter().map(|note| (note.pitch, note.port, note.program)).collect();
    assert_eq!(found, [(60, 1, 20), (62, 0, 10), (64, 1, 20)]);
}

#[test]
fn a_port_that_is_named_after_the_program_holds_for_it_too() {
    let tracks = [
        [program(0, 40), port(1)].concat(),
        [melody(0, &[60])].concat(),
        [port(1), melody(0, &[48])].concat(),
    ];
    assert_eq!(played(&tracks), [(1, 0, 0), (2, 1, 40)]);
}

#[test]
fn a_port_without_a_number_says_nothing() {
    let tracks =
        [[meta(0, NUMBER, &[]), program(0, 40)].concat(), [port(0), melody(0, &[60])].concat()];
    assert_eq!(played(&tracks), [(1, 0, 40)]);
}

#[test]
fn a_channel_prefix_is_no_port() {
    let tracks = [[meta(0, 0x20, &[1]), program(0, 40)].concat(), melody(0, &[60])];
    assert_eq!(played(&tracks), [(1, 0, 40)]);
}

#[test]
fn devices_are_ports_where_no_number_is_given() {
    let tracks = [
        [device("SC-88 A"), program(0, 40)].concat(),
        [device("SC-88 B"), program(0, 73)].concat(),
        [device("SC-88 B"), melody(0, &[48])].concat(),
        [device("SC-88 A"), melody(0, &[72])].concat(),
    ];
    assert_eq!(played(&tracks), [(2, 1, 73), (3, 0, 40)]);
}

#[test]
fn settings_without_a_device_are_for_the_first_that_plays() {
    let tracks = [
        program(0, 40),
        [device("A"), melody(0, &[60])].concat(),
        [device("B"), program(0, 9), melody(0, &[60])].concat(),
    ];
    assert_eq!(played(&tracks), [(1, 0, 40), (2, 1, 9)]);
    let tracks = [[device("A"), program(0, 40)].concat(), melody(0, &[60])];
    assert_eq!(played(&tracks), [(1, 0, 40)], "settings of a device without notes");
}

#[test]
fn tracks_without_a_device_that_play_are_on_a_port_of_their_own() {
    let tracks = [
        program(0, 40),
        [device("Port B"), program(0, 73)].concat(),
        melody(0, &[72]),
        [device("Port B"), melody(0, &[48])].concat(),
    ];
    assert_eq!(played(&tracks), [(2, 0, 40), (3, 1, 73)]);
}

#[test]
fn a_number_comes_before_a_device_and_tells_which_it_is() {
    let tracks = [
        [port(5), device("Synth"), program(0, 40)].concat(),
        [device("Synth"), port(5), melody(0, &[60])].concat(),
        [device("Synth"), melody(0, &[62])].concat(),
        [device("Other"), program(0, 7), melody(0, &[64])].concat(),
    ];
    assert_eq!(played(&tracks), [(1, 5, 40), (2, 5, 40), (3, 6, 7)]);
}

#[test]
fn a_port_select_in_an_escape_counts_from_one() {
    let select = |number: u8| vec![0, 0xf7, 2, 0xf5, number];
    let track =
        [select(2), program(0, 30), select(1), melody(0, &[60]), select(2), melody(0, &[62])];
    assert_eq!(played(&[track.concat()]), [(0, 0, 0), (0, 1, 30)]);
}

#[test]
fn channel_ten_of_each_port_plays_drums() {
    let tracks = [
        [port(0), melody(0, &[60, 64, 67])].concat(),
        [port(1), melody(9, &[36, 38, 42])].concat(),
        [port(0), melody(9, &[49])].concat(),
    ];
    assert!(notes(&tracks).iter().all(|note| note.is_drum() == (note.channel == 9)));
    assert_eq!(analyze(&smf(1, &tracks)).instruments.drum_notes, [36, 38, 42, 49]);
}

#[test]
fn drums_are_heard_on_one_port_of_a_track_that_alternates() {
    let kit = [[36, 42], [42, 42], [38, 42], [42, 46]].concat().repeat(4);
    let tune = [60, 62, 64, 65, 67, 69, 71, 72].repeat(4);
    let both = kit.iter().zip(&tune).map(|(&drum, &pitch)| {
        [meta(0, 0x03, b"Drums B"), port(1), melody(4, &[drum]), port(0), melody(4, &[pitch])]
            .concat()
    });
    let found = notes(&[both.collect::<Vec<_>>().concat()]);
    assert!(found.iter().all(|note| note.is_drum() == (note.port == 1)));
}

#[test]
fn the_melody_of_two_ports_on_one_channel_is_one_of_them() {
    let tune = [72, 74, 76, 77, 79, 77, 76, 74, 72, 71, 72, 74, 76, 74, 72, 72];
    let low = [36_u8, 36, 43, 43, 36, 36, 43, 43, 36, 36, 43, 43, 36, 36, 43, 36];
    let track = [port(0), melody(0, &tune)].concat();
    let both = smf(1, &[track, [port(1), melody(0, &low)].concat()]);
    let melody: Vec<u8> = read(&both).melody().expect("a melody").map(|note| note.pitch).collect();
    assert_eq!(melody, tune);
}

#[test]
fn features_count_the_channels_of_all_ports() {
    let track = |number: u8| [port(number), placed(&chord())].concat();
    let file = smf(1, &[0, 1, 2].map(track));
    let features = read(&file).features().expect("features");
    let most =
        features.into_iter().find(|feature| feature.name == "Maximum Number of Independent Voices");
    assert_eq!(most.and_then(|feature| feature.value), Some(vec![48.0]));
}

fn chord() -> Vec<(u32, u32, u8, u8)> {
    (0..16).map(|channel| (0, QUARTER.into(), channel, 60 + channel)).collect()
}
