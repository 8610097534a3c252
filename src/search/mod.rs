//! The language of `midi_search`: `bpm:120..130 key:C,G -tag:rock sort:-complexity moonlight`.
//!
//! `grammar` reads a line into terms, `fields` knows what may stand before a colon, `values` what may
//! stand after it, `plan` makes one SQL `statement` with parameters of them, `run` has PostgreSQL
//! answer it. What a user writes only ever becomes the value of a parameter; all names in the statement come
//! from `plan` and `fields`.

mod fields;
mod grammar;
mod plan;
mod problem;
mod run;
mod statement;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use problem::{Kind, Problem};
pub(crate) use run::{find, show};
