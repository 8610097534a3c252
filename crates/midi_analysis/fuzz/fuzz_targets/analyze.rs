//! The target `analyze`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| midi_analysis_fuzz::analyze::check(bytes));
