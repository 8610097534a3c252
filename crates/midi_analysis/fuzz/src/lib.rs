//! What the fuzz targets hold to be true of any bytes.
//!
//! Each module is a target, whose `check` panics where something does not hold. They are plain functions:
//! libFuzzer calls them with what it makes up (`fuzz_targets/`), a test on a stable toolchain with the
//! seeds.

// What the extension has that needs no PostgreSQL, of which each is asked only a part.
#[allow(dead_code, reason = "the walk of archives is checked, not what an import makes of it")]
#[path = "../../../../src/archive/mod.rs"]
mod archive;
#[allow(dead_code, unused_imports, reason = "archives need the names of files, and not the files")]
#[path = "../../../../src/files/mod.rs"]
mod files;
#[path = "../../../../src/text.rs"]
mod text;

pub mod analyze;
pub mod archives;
pub mod mutate;
pub mod queries;
pub mod rows;
pub mod search;
pub mod structured;

use midi_analysis::{Limits, Options};

/// A target: its name, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 6] = [
    ("analyze", analyze::check),
    ("structured", structured::check),
    ("rows", rows::check),
    ("search", search::check),
    ("queries", queries::check),
    ("archives", archives::check),
];

/// What one file may cost here.
const LIMITS: Limits = Limits { max_bytes: 1 << 20, max_events: 100_000 };

fn options() -> Options<'static> {
    Options::default().limits(LIMITS)
}

fn never() -> bool {
    false
}

/// A number that the bytes determine and that is no pattern of theirs (FNV-1a), by which a check does one
/// of many things.
fn hash(bytes: &[u8]) -> usize {
    let mixed = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (mixed ^ mixed >> 32) as usize
}
