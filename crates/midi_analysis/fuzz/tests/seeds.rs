//! The targets without libFuzzer, on the seeds and on some mutations of them.

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

/// Stands in for libFuzzer's mutation: changes one byte.
fn another_byte(bytes: &mut [u8], size: usize, _: usize) -> usize {
    let mut rng = fastrand::Rng::with_seed(size as u64 + u64::from(bytes[0]));
    if size > 0 {
        bytes[rng.usize(..size)] = rng.u8(..);
    }
    size
}

#[test]
fn the_seeds_pass_the_checks() {
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
fn crossing_two_pieces_gives_a_piece() {
    let pieces = seeds("structured");
    let mut out = vec![0; 64 << 10];
    for (number, pair) in pieces.windows(2).enumerate() {
        let size = mutate::cross(&pair[0], &pair[1], &mut out, number as u32);
        let both = pair.iter().all(|piece| File::read(piece).is_some());
        assert_eq!(File::read(&out[..size]).is_some(), both);
    }
}

#[test]
fn an_archive_with_corrected_checksums_passes_its_check() {
    for mut seed in seeds("archives") {
        archives::repair(&mut seed);
        archives::check(&seed);
    }
}
