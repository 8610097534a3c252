//! Errors in a query.

/// Why a query was rejected, and where.
#[derive(Debug, PartialEq)]
pub(super) struct Error {
    /// Offset in the query, in bytes.
    pub(super) at: usize,
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    pub(super) hint: String,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ErrorKind {
    /// The query does not follow the grammar.
    Syntax,
    /// A field does not exist, or a value is not one of its field.
    Value,
    /// The query is too long.
    Length,
}

impl Error {
    pub(super) fn value(at: usize, message: String, hint: impl Into<String>) -> Self {
        Self { at, kind: ErrorKind::Value, message, hint: hint.into() }
    }

    /// The column of the query, in characters from 1.
    pub(super) fn column(&self, query: &str) -> usize {
        query.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }
}
