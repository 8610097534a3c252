//! `midi_damage`: what was damaged in a file, by kind.
//!
//! It is derived from the warnings and not stored, so that what an older version has analyzed has it too, and that no type
//! changes under the tables of users.

use std::collections::BTreeSet;

use midi_analysis::damage_kind;
use pgrx::datum::Array;
use pgrx::prelude::*;

use crate::pg::interrupts::polled;

#[pg_extern(immutable, strict, parallel_safe)]
fn midi_damage(warnings: Array<'_, &str>) -> Vec<String> {
    let kinds: BTreeSet<_> = polled(warnings.iter()).flatten().map(damage_kind).collect();
    kinds.into_iter().map(str::to_owned).collect()
}
