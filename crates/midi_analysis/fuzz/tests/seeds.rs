//! The targets without libFuzzer: what holds of any bytes holds of the seeds, and of what the mutators
//! first make of them.

use std::fs;
use std::path::{Path, PathBuf};

use midi_analysis_fuzz::{TARGETS, archives, mutate, structured};
use midi_testkit::smf::File;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let seeds: Vec<_> = paths.iter().map(|path| fs::read(path).expect("a file")).collect();
    assert!(!seeds.is_empty(), "{folder:?} has no seed");
    seeds
}

/// A mutation of bytes as libFuzzer has them, and enough for a test: one byte becomes another.
fn another_byte(bytes: &mut [u8], size: usize, _: usize) -> usize {
    let mut rng = fastrand::Rng::with_seed(size as u64 + u64::from(bytes[0]));
    if size > 0 {
        bytes[rng.usize(..size)] = rng.u8(..);
    }
    size
}

#[test]
fn what_holds_of_any_bytes_holds_of_the_seeds() {
    for (target, check) in TARGETS {
        for seed in seeds(target) {
            check(&seed);
        }
    }
}

#[test]
fn a_mutated_piece_is_read_as_it_is_written() {
    let mut bytes = vec![0; 8 << 10];
    for (number, seed) in seeds("structured").into_iter().enumerate() {
        let mut size = seed.len().min(bytes.len());
        bytes[..size].copy_from_slice(&seed[..size]);
        for step in 0..8 {
            let chosen = (number * 100 + step) as u32;
            size = mutate::smf(&mut bytes, size, 8 << 10, chosen, &another_byte);
            structured::check(&bytes[..size]);
        }
    }
}

#[test]
fn pieces_cross_to_whole_pieces() {
    let pieces = seeds("structured");
    let mut out = vec![0; 64 << 10];
    for (number, pair) in pieces.windows(2).enumerate() {
        let size = mutate::cross(&pair[0], &pair[1], &mut out, number as u32);
        let both = pair.iter().all(|piece| File::read(piece).is_some());
        assert_eq!(File::read(&out[..size]).is_some(), both);
    }
}

#[test]
fn an_archive_is_read_the_better_for_a_right_checksum() {
    for mut seed in seeds("archives") {
        archives::repair(&mut seed);
        archives::check(&seed);
    }
}
