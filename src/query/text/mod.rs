//! The query language of `midi_search`: `bpm:120..130 key:C,G -tag:rock sort:-complexity moonlight`.
//!
//! `grammar` parses a query into terms. `fields` lists the fields that a term may name, and `values`
//! reads their values. `plan` turns the terms into one SQL `statement` with parameters, for which
//! `conditions` writes the conditions; `unquoted` refuses values that end too early, which `completed` and `continued` know,
//! and `miswritten` words that are conditions. `needs` checks the rights to what it reads. `run` executes it, and `advice`
//! says why it may have found nothing, and with `meant` what words may be meant as. Text from the user is only ever the value of
//! a parameter; every name in the statement is a constant of `plan`, `conditions` or `fields`.

mod advice;
mod completed;
mod conditions;
mod continued;
mod error;
mod fields;
mod grammar;
mod meant;
mod miswritten;
mod needs;
mod plan;
mod run;
mod statement;
#[cfg(test)]
mod tests;
mod unquoted;
mod values;

pub(crate) use run::{Library, count, find, show};

/// A condition with each field, as a user writes it.
#[cfg(any(test, feature = "pg_test"))]
pub(crate) fn query_examples() -> impl Iterator<Item = &'static str> {
    fields::FIELDS.iter().map(|field| field.example)
}
