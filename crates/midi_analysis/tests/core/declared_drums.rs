//! Drums that a file declares: part modes, banks and resets, by port, channel and time.

use midi_analysis::Note;

use crate::support::{QUARTER, analyze, melody, meta, program, read, smf};

const KIT: [u8; 8] = [36, 42, 38, 42, 36, 42, 38, 46];
const TUNE: [u8; 8] = [60, 64, 67, 72, 65, 69, 72, 77];

const GM_ON: &[u8] = &[0x7e, 0x7f, 0x09, 0x01, 0xf7];
const GM2_ON: &[u8] = &[0x7e, 0x7f, 0x09, 0x03, 0xf7];
const GS_RESET: &[u8] = &[0x41, 0x10, 0x42, 0x12, 0x40, 0x00, 0x7f, 0x00, 0x41, 0xf7];
const XG_ON: &[u8] = &[0x43, 0x10, 0x4c, 0x00, 0x00, 0x7e, 0x00, 0xf7];

fn sysex(bytes: &[u8]) -> Vec<u8> {
    [&[0, 0xf0, bytes.len() as u8], bytes].concat()
}

fn escape(bytes: &[u8]) -> Vec<u8> {
    [&[0, 0xf7, bytes.len() as u8], bytes].concat()
}

/// Sets the mode of the part in a GS block.
fn gs_part(block: u8, map: u8) -> Vec<u8> {
    sysex(&[0x41, 0x10, 0x42, 0x12, 0x40, 0x10 | block, 0x15, map, 0, 0xf7])
}

fn xg_part(part: u8, mode: u8) -> Vec<u8> {
    sysex(&[0x43, 0x10, 0x4c, 0x08, part, 0x07, mode, 0xf7])
}

fn bank(channel: u8, bank: u8) -> Vec<u8> {
    vec![0, 0xb0 | channel, 0, bank]
}

fn voice(channel: u8, number: u8, preset: u8) -> Vec<u8> {
    [bank(channel, number), program(channel, preset)].concat()
}

fn notes(tracks: &[Vec<u8>]) -> Vec<Note> {
    read(&smf(1, tracks)).notes().expect("notes").map(|timed| timed.note).collect()
}

/// Channels, counted from 1, of which some note is a drum.
fn drums(tracks: &[Vec<u8>]) -> Vec<u8> {
    let mut channels: Vec<u8> =
        notes(tracks).iter().filter(|note| note.is_drum()).map(|note| note.channel + 1).collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// After some events a kit on channel 11, a tune on channel 1 and one on channel 10.
fn band(setup: &[Vec<u8>]) -> Vec<Vec<u8>> {
    vec![setup.concat(), melody(10, &KIT), melody(0, &TUNE), melody(9, &TUNE)]
}

#[test]
fn a_gs_part_mode_makes_a_channel_one_of_drums_or_not() {
    assert_eq!(drums(&band(&[sysex(GS_RESET), gs_part(0xa, 1)])), [10, 11]);
    assert_eq!(drums(&band(&[sysex(GS_RESET), gs_part(0xa, 2), gs_part(0, 0)])), [11]);
    assert_eq!(drums(&band(&[gs_part(0xa, 1)])), [10, 11], "without a reset");
    assert_eq!(drums(&band(&[gs_part(0xa, 1), gs_part(0xa, 0)])), [10]);
    assert_eq!(drums(&band(&[gs_part(1, 1)])), [1, 10]);
    assert_eq!(drums(&band(&[gs_part(0xb, 1)])), [10], "channel 12 is silent");
    assert_eq!(drums(&band(&[gs_part(0xa, 9)])), [10], "there is no such map");
}

#[test]
fn device_numbers_and_checksums_of_gs_do_not_matter() {
    let odd = sysex(&[0x41, 0x00, 0x42, 0x12, 0x40, 0x1a, 0x15, 0x01, 0x55, 0xf7]);
    assert_eq!(drums(&band(&[odd])), [10, 11]);
    let short = sysex(&[0x41, 0x7f, 0x42, 0x12, 0x40, 0x1a, 0x15, 0x01]);
    assert_eq!(drums(&band(&[short])), [10, 11]);
    let longer = sysex(&[0x41, 0x10, 0x42, 0x12, 0x40, 0x1a, 0x14, 0x01, 0x01, 0x00, 0xf7]);
    assert_eq!(drums(&band(&[longer])), [10, 11], "one data set of several addresses");
    let edirol = sysex(&[0x41, 0x10, 0x00, 0x48, 0x12, 0x40, 0x1a, 0x15, 0x02, 0x0f, 0xf7]);
    assert_eq!(drums(&band(&[edirol])), [10, 11]);
    let other_model = sysex(&[0x41, 0x10, 0x16, 0x12, 0x40, 0x1a, 0x15, 0x01, 0x10, 0xf7]);
    assert_eq!(drums(&band(&[other_model])), [10]);
}

#[test]
fn an_xg_part_mode_makes_a_channel_one_of_drums_or_not() {
    assert_eq!(drums(&band(&[sysex(XG_ON), xg_part(10, 1)])), [10, 11]);
    assert_eq!(drums(&band(&[sysex(XG_ON), xg_part(10, 3), xg_part(9, 0)])), [11]);
    assert_eq!(drums(&band(&[xg_part(10, 2), program(10, 0)])), [10, 11], "and a program keeps it");
    let dump = sysex(&[0x43, 0x00, 0x4c, 0, 0x08, 8, 10, 0, 0, 0, 0, 0, 10, 0, 1, 2, 0, 0xf7]);
    assert_eq!(drums(&band(&[dump])), [10, 11], "in a bulk dump");
}

#[test]
fn a_message_may_come_in_packets() {
    let (first, rest) = ([0x41, 0x10, 0x42, 0x12, 0x40, 0x1a], [0x15, 0x01, 0x10, 0xf7]);
    assert_eq!(drums(&band(&[sysex(&first), escape(&rest)])), [10, 11]);
    let between = meta(0, 0x01, b"text");
    assert_eq!(drums(&band(&[sysex(&first), between, escape(&rest)])), [10, 11]);
    assert_eq!(drums(&band(&[escape(&[&[0xf0], &first[..], &rest].concat())])), [10, 11]);
    assert_eq!(drums(&band(&[escape(&rest)])), [10], "an end without a beginning");
    assert_eq!(drums(&[band(&[sysex(&first)]), vec![escape(&rest)]].concat()), [10], "two tracks");
}

#[test]
fn drum_banks_need_a_program_after_them() {
    assert_eq!(drums(&band(&[sysex(XG_ON), voice(10, 127, 0)])), [10, 11]);
    assert_eq!(drums(&band(&[sysex(XG_ON), program(10, 0), bank(10, 127)])), [10]);
    assert_eq!(drums(&band(&[sysex(XG_ON), bank(10, 127), bank(10, 0), program(10, 0)])), [10]);
    assert_eq!(drums(&band(&[sysex(XG_ON), voice(10, 127, 0), program(10, 8)])), [10, 11]);
}

#[test]
fn banks_of_xg_make_drums_and_melodic_channels() {
    for number in [120, 126, 127] {
        assert_eq!(drums(&band(&[sysex(XG_ON), voice(0, number, 100)])), [1, 10]);
    }
    for number in [0, 64] {
        assert_eq!(drums(&band(&[sysex(XG_ON), voice(9, number, 4)])), [0; 0]);
    }
    assert_eq!(drums(&band(&[sysex(XG_ON), voice(9, 127, 0)])), [10]);
    assert_eq!(drums(&band(&[sysex(XG_ON), program(9, 16)])), [10], "no bank is selected");
}

#[test]
fn banks_of_gm2_make_drums_and_melodic_channels() {
    assert_eq!(drums(&band(&[sysex(GM2_ON), voice(10, 120, 0), voice(0, 121, 0)])), [10, 11]);
    assert_eq!(drums(&band(&[sysex(GM2_ON), voice(9, 121, 4)])), [0; 0]);
    assert_eq!(drums(&band(&[voice(9, 121, 4), voice(10, 120, 0)])), [11], "without a reset");
    assert_eq!(drums(&band(&[sysex(GM_ON), voice(9, 121, 4), voice(9, 0, 0)])), [10]);
}

#[test]
fn banks_of_gs_make_no_drums() {
    for number in [8, 120, 121, 126, 127] {
        assert_eq!(drums(&band(&[sysex(GS_RESET), voice(0, number, 0)])), [10]);
        assert_eq!(drums(&band(&[sysex(GS_RESET), voice(9, number, 0)])), [10]);
    }
    let reverb = sysex(&[0x41, 0x10, 0x42, 0x12, 0x40, 0x01, 0x30, 0x04, 0x0b, 0xf7]);
    assert_eq!(drums(&band(&[reverb, voice(10, 127, 0)])), [10], "a file that speaks GS");
    assert_eq!(drums(&band(&[gs_part(0xa, 1), voice(10, 0, 0)])), [10, 11]);
    assert_eq!(drums(&band(&[gs_part(0xb, 1), voice(10, 127, 0)])), [10]);
}

#[test]
fn where_no_standard_is_named_bank_127_is_a_kit_if_it_plays_one() {
    for setup in [vec![], vec![sysex(GM_ON)]] {
        let with = |more: Vec<u8>| drums(&band(&[setup.clone(), vec![more]].concat()));
        assert_eq!(with(voice(10, 127, 0)), [10, 11]);
        assert_eq!(with(voice(10, 126, 1)), [10, 11]);
        assert_eq!(with(voice(0, 127, 0)), [10], "a tune");
        assert_eq!(with(voice(10, 127, 70)), [10], "a bass of the MT-32");
        assert_eq!(with(voice(9, 127, 25)), [10]);
        assert_eq!(with(voice(9, 0, 25)), [10]);
    }
    let chorus = sysex(&[0x43, 0x10, 0x4c, 0x02, 0x01, 0x20, 0x41, 0x00, 0xf7]);
    assert_eq!(drums(&band(&[chorus, voice(0, 127, 0)])), [1, 10], "a file that speaks XG");
}

#[test]
fn a_reset_restores_the_first_state() {
    for reset in [GM_ON, GM2_ON, GS_RESET, XG_ON, &[0x43, 0x10, 0x4c, 0, 0, 0x7f, 0, 0xf7]] {
        let setup = [gs_part(0xa, 1), gs_part(0, 0), voice(0, 127, 0), sysex(reset)];
        assert_eq!(drums(&band(&setup)), [10]);
        assert_eq!(drums(&band(&[bank(10, 127), sysex(reset), program(10, 0)])), [10]);
    }
}

#[test]
fn the_last_reset_says_which_standard_is_in_force() {
    let drums_of = |first: &[u8], last: &[u8]| {
        drums(&band(&[sysex(GM_ON), sysex(first), sysex(last), voice(0, 127, 0)]))
    };
    assert_eq!(drums_of(GS_RESET, XG_ON), [1, 10]);
    assert_eq!(drums_of(XG_ON, GS_RESET), [10]);
}

#[test]
fn declarations_hold_from_their_tick_on_in_all_tracks() {
    let later = |events: Vec<u8>| [&[0x83, 0x00], &events[1..]].concat();
    let tick = 4 * u32::from(QUARTER);
    let turns = |setup: Vec<u8>, at_first: bool| {
        let tracks = [melody(10, &KIT), setup, melody(10, &KIT)];
        for note in notes(&tracks) {
            assert_eq!(note.is_drum(), (note.start >= tick) != at_first, "{note:?}");
        }
    };
    turns(later(gs_part(0xa, 1)), false);
    turns([gs_part(0xa, 1), later(gs_part(0xa, 0))].concat(), true);
    turns([gs_part(0xa, 1), later(sysex(GM_ON))].concat(), true);
    turns([sysex(XG_ON), voice(10, 127, 0), later(voice(10, 0, 0))].concat(), true);
    turns([sysex(XG_ON), bank(10, 127), later(program(10, 0))].concat(), false);
}

#[test]
fn a_declaration_holds_for_its_port() {
    let port = |number: u8| meta(0, 0x21, &[number]);
    let tracks = |setup: Vec<u8>| {
        [setup, [port(0), melody(10, &KIT)].concat(), [port(1), melody(10, &KIT)].concat()]
    };
    let of_port = |setup: Vec<u8>| -> Vec<bool> {
        let notes = notes(&tracks(setup));
        (0..2).map(|port| notes.iter().any(|note| note.port == port && note.is_drum())).collect()
    };
    assert_eq!(of_port(gs_part(0xa, 1)), [true, false]);
    assert_eq!(of_port([port(1), gs_part(0xa, 1)].concat()), [false, true]);
    let other_port = sysex(&[0x41, 0x10, 0x42, 0x12, 0x50, 0x1a, 0x15, 0x01, 0x00, 0xf7]);
    assert_eq!(of_port(other_port), [false, true]);
    assert_eq!(of_port(xg_part(16 + 10, 1)), [false, true]);
    let two = [port(1), gs_part(0xa, 1), port(0), sysex(GS_RESET)].concat();
    assert_eq!(of_port(two), [false, true], "the reset is for the other port");
    assert_eq!(of_port(xg_part(96, 1)), [false, false], "there is no such port");
    let xg = [sysex(XG_ON), port(1), voice(10, 127, 100)].concat();
    assert_eq!(of_port(xg), [false, true], "the standard of the other port");
}

#[test]
fn a_melodic_channel_ten_has_pitches_and_a_key() {
    let tracks = [sysex(GM2_ON), voice(9, 121, 4), melody(9, &TUNE), melody(9, &TUNE)].concat();
    let piece = analyze(&smf(0, &[tracks]));
    assert!(!piece.instruments.has_drums && piece.instruments.drum_notes.is_empty());
    assert_eq!(piece.pitch.map(|pitch| (pitch.min, pitch.max)), Some((60, 77)));
    assert_eq!(piece.instruments.programs, [4]);
    let piece = analyze(&smf(1, &[gs_part(1, 1), melody(0, &KIT)]));
    assert!(piece.instruments.has_drums && piece.pitch.is_none());
    assert_eq!(piece.instruments.drum_notes, [36, 38, 42, 46]);
}

#[test]
fn features_are_the_same_on_whichever_channel_the_drums_play() {
    let features = |setup: Vec<u8>, channel: u8| {
        let file = smf(1, &[setup, melody(0, &TUNE), melody(channel, &KIT)]);
        read(&file).features().expect("the file has notes")
    };
    assert_eq!(features(gs_part(0xa, 1), 10), features(gs_part(0, 1), 9));
    assert_ne!(features(gs_part(0xa, 0), 10), features(gs_part(0, 1), 9));
}
