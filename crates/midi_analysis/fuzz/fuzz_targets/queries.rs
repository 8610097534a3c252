//! The target `queries`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| midi_analysis_fuzz::queries::check(bytes));
