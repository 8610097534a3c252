//! The target `archives`; most inputs get correct checksums.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use midi_analysis_fuzz::archives;

fuzz_target!(|bytes: &[u8]| archives::check(bytes));

fuzz_mutator!(|bytes: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let size = fuzzer_mutate(bytes, size, max_size);
    if seed % 4 > 0 {
        archives::repair(&mut bytes[..size]);
    }
    size
});
