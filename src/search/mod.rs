//! The language of `midi_search`: `bpm:120..130 key:C,G -tag:rock sort:-complexity moonlight`.
//!
//! `grammar` reads a line into terms, `fields` knows what may stand before a colon, `values` what may
//! stand after it, `plan` makes one SQL `statement` with parameters of them, `run` has PostgreSQL
//! answer it. What a user writes only ever becomes the value of a parameter; all names in the statement come
//! from `plan` and `fields`.

mod fields;
mod grammar;
mod plan;
mod run;
mod statement;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use run::{find, show};

/// Why a query cannot be understood, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Trouble {
    /// Byte of the query.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// The line is not written as one should be.
    Syntax,
    /// It is, but a name or a value in it means nothing.
    Value,
    /// There is more of it than is read.
    Length,
}

impl Trouble {
    fn value(at: usize, message: String, hint: impl Into<String>) -> Self {
        Self { at, kind: Kind::Value, message, hint: hint.into() }
    }

    /// The column of the query that it is in, from 1.
    pub(crate) fn column(&self, query: &str) -> usize {
        query.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }
}
