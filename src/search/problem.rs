//! What is wrong with a query.

/// Why a query cannot be understood, and where.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    /// Byte of the query.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// The line is not written as one should be.
    Syntax,
    /// It is, but a name or a value in it means nothing.
    Value,
    /// There is more of it than is read.
    Length,
}

impl Problem {
    pub(super) fn value(at: usize, message: String, hint: impl Into<String>) -> Self {
        Self { at, kind: Kind::Value, message, hint: hint.into() }
    }

    /// The column of the query that it is in, from 1.
    pub(crate) fn column(&self, query: &str) -> usize {
        query.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }
}
