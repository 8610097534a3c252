//! Parts as files, and files as parts.

use midi_analysis::write::{File, SplitPart, split};
use midi_analysis::{Error, Options, Piece};
use proptest::prelude::*;

use super::{edited, music, notes, played, refusal, said};
use crate::support::{analyze, melody, meta, placed, program, read, smf, tempo};

fn parts(bytes: &[u8]) -> Vec<SplitPart> {
    let mut parts = Vec::new();
    split(&read(bytes), |part| {
        parts.push(part);
        Ok(())
    })
    .expect("parts");
    parts
}

fn joined(contents: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    let options = Options::default();
    let pieces: Vec<Piece<'_>> = contents.iter().map(|content| read(content)).collect();
    let files = pieces.iter().map(|piece| File::of(piece).expect("a file")).collect();
    File::join(files, &options)?.to_bytes(&options)
}

fn contents(bytes: &[u8]) -> Vec<Vec<u8>> {
    parts(bytes).into_iter().map(|part| part.bytes).collect()
}

/// Start, end, pitch, velocity, program, and whether it is a drum.
fn sounds(bytes: &[u8]) -> Vec<(u32, u32, u8, u8, u8, bool)> {
    let mut sounds: Vec<_> = notes(bytes)
        .iter()
        .map(|n| (n.start, n.end, n.pitch, n.velocity, n.program, n.is_drum()))
        .collect();
    sounds.sort_unstable();
    sounds
}

proptest! {
    #[test]
    fn split_and_merged_again_it_has_every_note(file in music()) {
        let again = joined(&contents(&file)).expect("a file");
        prop_assert_eq!(sounds(&again), sounds(&file));
    }

    #[test]
    fn every_note_is_in_one_part(file in music()) {
        let mut all: Vec<_> = contents(&file).iter().flat_map(|part| played(part)).collect();
        all.sort_by_key(|&(start, end, pitch, velocity)| (start, pitch, end, velocity));
        prop_assert_eq!(all, played(&file));
    }

    #[test]
    fn parts_have_the_numbers_that_their_description_gives(file in music()) {
        let split: Vec<_> = parts(&file).iter().map(|p| (p.channel, p.is_drum)).collect();
        let described = read(&file).parts().expect("parts");
        let described: Vec<_> = described.iter().map(|p| (p.channel, p.is_drum)).collect();
        prop_assert_eq!(split, described);
    }

    #[test]
    fn with_all_of_its_parts_a_file_is_the_same(file in music()) {
        let numbers: Vec<u32> = (1..=parts(&file).len() as u32).collect();
        let (kept, ()) = edited(&file, |piece, file| file.keep_parts(piece, &numbers));
        prop_assert_eq!(played(&kept), played(&file));
        if file[9] != 2 {
            prop_assert!(kept == file);
        }
    }
}

/// Three tracks: what is of the piece, a piano in two hands on one channel, and drums.
fn band() -> Vec<u8> {
    let conductor = [meta(0, 3, b"Song"), tempo(0, 100.0), meta(0, 5, b"la")].concat();
    let right = [meta(0, 3, b"Right"), program(0, 1), melody(0, &[72, 74, 76, 77])].concat();
    let left = [meta(0, 3, b"Left"), melody(0, &[48, 50, 52, 53])].concat();
    smf(1, &[conductor, right, left, melody(9, &[36, 38, 36, 38])])
}

#[test]
fn a_part_has_its_name_and_all_that_it_sounds_by() {
    let parts = parts(&band());
    let names: Vec<_> =
        parts.iter().map(|p| (p.number, &p.name[..], p.channel, p.is_drum)).collect();
    assert_eq!(names, [(1, "Right", 0, false), (2, "Left", 0, false), (3, "Drums", 9, true)]);
    // The program of the left hand stands in the track of the right one.
    assert!(notes(&parts[1].bytes).iter().all(|note| note.program == 1));
    assert_eq!(analyze(&parts[1].bytes).tempo.bpm_declared, Some(100.0));
    // The lyrics go with each part, and the name of the right hand does not.
    assert!(said(&parts[2].bytes, 0).iter().any(|event| event.contains("MetaKind(5)")));
    assert_eq!(said(&parts[2].bytes, 1).len(), 8);
    assert_eq!(read(&parts[2].bytes).tracks().expect("tracks").len(), 2);
}

#[test]
fn one_track_of_many_channels_is_divided() {
    let together = [(0, 96, 0, 60), (0, 192, 1, 48), (0, 20, 9, 38), (96, 96, 0, 62)];
    let file = smf(0, &[placed(&together)]);
    let found: Vec<_> =
        parts(&file).iter().map(|part| (part.channel, played(&part.bytes).len())).collect();
    assert_eq!(found, [(0, 2), (1, 1), (9, 1)]);
}

#[test]
fn the_first_file_gives_the_tempo_and_beats_coincide() {
    let first = smf(0, &[[tempo(0, 100.0), melody(0, &[60; 8])].concat()]);
    let second = midi_testkit::smf::bytes::file(
        0,
        480,
        &[[tempo(0, 150.0), midi_testkit::smf::bytes::line(3, &[48; 8], 480)].concat()],
    );
    let both = joined(&[first, second]).expect("a file");
    let piece = read(&both);
    assert_eq!(analyze(&both).tempo.bpm_declared, Some(100.0));
    let starts: Vec<u32> = piece.notes().expect("notes").map(|timed| timed.note.start).collect();
    assert_eq!(starts[..4], [0, 0, 480, 480]);
}

#[test]
fn files_on_one_channel_get_channels_of_their_own() {
    let line = |program_number, pitch| {
        smf(0, &[[program(0, program_number), melody(0, &[pitch; 4])].concat()])
    };
    let files: Vec<_> = (0..40).map(|number| line(number, 30 + number)).collect();
    let all = joined(&files).expect("a file");
    let mut programs: Vec<_> = notes(&all).iter().map(|note| (note.pitch, note.program)).collect();
    programs.dedup();
    programs.sort_unstable();
    programs.dedup();
    assert_eq!(programs, (0..40).map(|number| (30 + number, number)).collect::<Vec<_>>());
    // 15 channels of each port, without that of drums.
    let ports: std::collections::BTreeSet<u8> = notes(&all).iter().map(|note| note.port).collect();
    assert_eq!(ports.len(), 3);
    assert!(notes(&all).iter().all(|note| !note.is_drum()));
}

#[test]
fn texts_of_all_parts_are_said_once() {
    let again = joined(&contents(&band())).expect("a file");
    let tracks = read(&again).tracks().expect("tracks").len();
    let said: Vec<String> = (0..tracks).flat_map(|track| said(&again, track)).collect();
    let count = |what: &str| said.iter().filter(|event| event.contains(what)).count();
    assert_eq!((count("MetaKind(5)"), count("MetaKind(81)")), (1, 1));
}

#[test]
fn parts_that_are_not_there_are_refused() {
    for numbers in [&[0][..], &[4], &[1, 9]] {
        let refused = refusal(&band(), |piece, file| file.keep_parts(piece, numbers));
        assert!(refused.starts_with("not_there: there is no part"), "{refused}");
    }
    let refused = refusal(&band(), |piece, file| file.keep_parts(piece, &[]));
    assert!(refused.starts_with("not_there: no part is asked for"), "{refused}");
    assert_eq!(joined(&[]).expect_err("no file").kind().name(), "unwritable");
    assert_eq!(joined(&[band()]).expect("a file"), band());
}

#[test]
fn files_that_name_channels_in_sysex_messages_keep_them_on_another_port() {
    // Channel 10 plays drums by a GS message.
    let drums: Vec<u8> = vec![0, 0xf0, 10, 0x41, 0x10, 0x42, 0x12, 0x40, 0x1a, 0x15, 1, 0x10, 0xf7];
    let drums = smf(0, &[[drums, melody(10, &[36, 38])].concat()]);
    let tune = smf(0, &[melody(10, &[60, 62])]);
    let both = joined(&[tune, drums]).expect("a file");
    let sounds: Vec<_> = notes(&both).iter().map(|n| (n.pitch, n.channel, n.is_drum())).collect();
    assert_eq!(sounds, [(36, 10, true), (60, 10, false), (38, 10, true), (62, 10, false)]);
}

#[test]
fn channels_of_a_port_are_used_before_another_is() {
    let one = smf(0, &[melody(0, &[60])]);
    let many = joined(&vec![one.clone(); 300]).expect("20 ports");
    let ports = notes(&many).iter().map(|note| note.port).max();
    assert_eq!((notes(&many).len(), ports), (300, Some(19)));
    assert!(refusal_of(&joined(&vec![one; 1_921])).contains("128 ports"));
}

#[test]
fn chunks_that_come_last_still_do() {
    let with_chunk = [smf(0, &[melody(0, &[60])]), b"XFIH\0\0\0\x01x".to_vec()].concat();
    let both = joined(&[with_chunk.clone(), with_chunk]).expect("a file");
    assert!(both.ends_with(b"XFIH\0\0\0\x01x"));
    assert_eq!(both.windows(4).filter(|id| id == b"XFIH").count(), 1);
}

fn refusal_of(result: &Result<Vec<u8>, Error>) -> String {
    result.as_ref().expect_err("too much").to_string()
}
