//! What nothing was changed in.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use midi_analysis::write::{Event, File};
use midi_analysis::{Limits, Options, Piece};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{events, notes, written};
use crate::support::{ended, header, melody, meta, smf, track};

/// A quantity, by some bytes longer than it must be.
fn padded(value: u32, padding: usize) -> Vec<u8> {
    let least = (1..4).find(|&width| value >> (7 * width) == 0).unwrap_or(4);
    let width = (least + padding).min(4);
    (0..width)
        .rev()
        .map(|at| (value >> (7 * at)) as u8 & 0x7f | if at > 0 { 0x80 } else { 0 })
        .collect()
}

/// An event from its status on: the status, and what follows it.
fn sound_event() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let counted = |first: Vec<u8>, data: Vec<u8>, padding: usize| {
        [first, padded(data.len() as u32, padding), data].concat()
    };
    let message = (0x80..0xf0_u8, 0..128_u8, 0..128_u8).prop_map(|(status, a, b)| {
        (status, if matches!(status >> 4, 0xc | 0xd) { vec![a] } else { vec![a, b] })
    });
    let text = (1..10_u8, vec(any::<u8>(), 0..200), 0..4_usize)
        .prop_map(move |(kind, data, padding)| (0xff, counted(vec![kind], data, padding)));
    let numbers = prop_oneof![
        Just((0x00, vec![0, 7])),
        Just((0x20, vec![3])),
        Just((0x21, vec![1])),
        any::<[u8; 3]>().prop_map(|tempo| (0x51, tempo.to_vec())),
        Just((0x54, vec![0x61, 2, 3, 4, 50])),
        any::<[u8; 4]>().prop_map(|meter| (0x58, meter.to_vec())),
        any::<[u8; 2]>().prop_map(|key| (0x59, key.to_vec())),
        vec(any::<u8>(), 0..20).prop_map(|data| (0x60, data)),
        vec(any::<u8>(), 0..20).prop_map(|data| (0x7f, data)),
    ];
    let numbers = (numbers, 0..4_usize)
        .prop_map(move |((kind, data), padding)| (0xff, counted(vec![kind], data, padding)));
    let sysex = (vec(0..128_u8, 0..50), 0..4_usize).prop_map(move |(data, padding)| {
        (0xf0, counted(Vec::new(), [&data[..], &[0xf7]].concat(), padding))
    });
    let escape = (vec(any::<u8>(), 0..10), 0..4_usize)
        .prop_map(move |(data, padding)| (0xf7, counted(Vec::new(), data, padding)));
    prop_oneof![8 => message, 1 => text, 1 => numbers, 1 => sysex, 1 => escape]
}

/// The events of a track, whose statuses and times are written in any way that is allowed.
fn sound_track() -> impl Strategy<Value = Vec<u8>> {
    let event = (sound_event(), 0..0x0fff_u32, 0..4_usize, any::<bool>());
    vec(event, 0..60).prop_map(|events| {
        let (mut bytes, mut running) = (Vec::new(), None);
        for ((status, rest), delta, padding, explicit) in events {
            bytes.extend(padded(delta, padding));
            if explicit || status >= 0xf0 || running != Some(status) {
                bytes.push(status);
            }
            bytes.extend(rest);
            running = (status < 0xf0).then_some(status);
        }
        bytes
    })
}

/// A chunk of a program's own, or none.
fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let id = prop_oneof![Just(*b"XFIH"), Just(*b"XFKM"), Just(*b"Acme"), Just(*b"A b1")];
    (any::<bool>(), id, vec(any::<u8>(), 0..40)).prop_map(|(is_there, id, content)| {
        let length = (content.len() as u32).to_be_bytes();
        if is_there { [&id[..], &length, &content].concat() } else { Vec::new() }
    })
}

fn sound_file() -> impl Strategy<Value = Vec<u8>> {
    let division = prop_oneof![Just(1_u16), Just(480), Just(0x7fff), Just(0xe728), Just(0xe350)];
    let tracks = vec((chunk(), sound_track()), 1..5);
    (0..3_u16, division, tracks, chunk()).prop_map(|(format, division, tracks, last)| {
        let tracks = if format == 0 { &tracks[..1] } else { &tracks };
        let body = tracks.iter().flat_map(|(chunk, events)| [chunk.clone(), track(&ended(events))]);
        let body: Vec<u8> = body.flatten().collect();
        [header(format, tracks.len() as u16, division), body, last].concat()
    })
}

/// Written once more, it is the same: the first time has left no damage. All its events are there.
fn is_whole(bytes: &[u8]) {
    let options = Options::default().max_bytes(1 << 20).max_events(50_000);
    let Ok(piece) = Piece::read(bytes, &options) else { return };
    let Ok(file) = File::of(&piece) else { return };
    let first = file.to_bytes(&options).expect("what was read can be written");
    let second = written(&first);
    assert!(first == second, "{} and {} bytes", first.len(), second.len());
    assert_eq!(events(bytes), events(&first));
}

proptest! {
    #[test]
    fn a_sound_file_is_written_byte_for_byte(file in sound_file()) {
        prop_assert!(written(&file) == file);
    }

    #[test]
    fn any_events_are_written_as_they_were_read(bytes in vec(any::<u8>(), 0..2_000)) {
        is_whole(&[header(1, 1, 96), track(&bytes)].concat());
        is_whole(&[header(0, 2, 0xe350), track(&ended(&bytes)), track(&bytes)].concat());
    }

    #[test]
    fn a_damaged_file_is_written_whole(
        file in sound_file(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = file;
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        is_whole(&file);
        is_whole(&file[..cut.index(file.len())]);
    }
}

#[test]
fn a_file_is_written_without_what_it_was_wrapped_in() {
    let file = smf(1, &[melody(0, &[60, 62, 64])]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&file).expect("memory");
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let form = [b"RMIDdata", &length(&file)[..], &file].concat();
    let riff = [b"RIFF", &length(&form)[..], &form].concat();
    for wrapped in [gzip.finish().expect("memory"), riff, [b"junk", &file[..]].concat()] {
        assert_eq!(written(&wrapped), file);
    }
}

#[test]
fn damage_is_gone_and_the_music_is_there() {
    let sound = smf(1, &[melody(0, &[60, 62, 64, 65]), melody(1, &[48, 50])]);
    let without_end = &sound[..sound.len() - 4];
    let mut miscounted = sound.clone();
    miscounted[11] = 7;
    let mut long_track = sound.clone();
    long_track[21] += 9;
    let as_text = sound.iter().flat_map(|&byte| char::from(byte).to_string().into_bytes());
    let as_text: Vec<u8> = as_text.collect();
    for damaged in [without_end, &miscounted, &long_track, &as_text] {
        assert!(!crate::support::analyze(damaged).file.warnings.is_empty());
        let repaired = written(damaged);
        assert_eq!(crate::support::analyze(&repaired).file.warnings, [""; 0]);
        assert_eq!(notes(&repaired), notes(&sound));
    }
}

#[test]
fn several_tracks_are_not_of_format_0() {
    let tracks = [melody(0, &[60, 62]), melody(1, &[64, 65])];
    let repaired = written(&smf(0, &tracks));
    assert_eq!(repaired, smf(1, &tracks));
}

#[test]
fn an_early_end_of_track_is_left_out() {
    let early = [melody(0, &[60, 62]), vec![0, 0xff, 0x2f, 0], melody(0, &[64; 120])].concat();
    let file = smf(0, &[early]);
    let repaired = written(&file);
    assert_eq!(repaired, smf(0, &[[melody(0, &[60, 62]), melody(0, &[64; 120])].concat()]));
}

#[test]
fn a_time_of_more_than_28_bits_is_bridged() {
    let longest = [0xff, 0xff, 0xff, 0x7f];
    let early_end = [&longest[..], &[0xff, 0x2f, 0], &longest].concat();
    let file = smf(0, &[[early_end, melody(0, &[60; 120])[1..].to_vec()].concat()]);
    let repaired = written(&file);
    assert_eq!(notes(&repaired), notes(&file));
    assert_eq!(notes(&file)[0][0], 2 * 0x0fff_ffff);
}

#[test]
fn what_is_read_keeps_to_its_limits_and_can_be_stopped() {
    let file = smf(1, &[melody(0, &[60; 3_000]), meta(0, 3, b"a name")]);
    let piece = Piece::read(&file, &Options::default()).expect("a file");
    let whole = File::of(&piece).expect("it can be read");
    assert_eq!(whole.event_count(), piece.events().expect("events").count());
    let limits = Limits::DEFAULT.max_events(whole.event_count() - 1);
    let few = Options::default().limits(limits);
    let piece = Piece::read(&file, &few).expect("it is read later");
    assert_eq!(File::of(&piece).expect_err("one too many").kind().name(), "too_large");
    let stopped = || true;
    let stop = Options::default().interrupted(&stopped);
    assert_eq!(whole.to_bytes(&stop).expect_err("a stop").kind().name(), "interrupted");
}

#[test]
fn an_event_takes_24_bytes() {
    assert_eq!(size_of::<Event<'_>>(), 24);
}
