//! The target `search`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| midi_analysis_fuzz::search::check(bytes));
