//! Errors in a query.

/// Why a query was rejected, and where.
#[derive(Debug, PartialEq)]
pub(super) struct Error {
    /// Offset in the query, in bytes.
    pub(super) at: usize,
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    pub(super) hint: String,
    /// Queries of which one was meant.
    pub(super) meant: Vec<String>,
    /// What is shown where none of these is understood.
    example: Option<&'static str>,
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
    pub(super) fn new(
        at: usize,
        kind: ErrorKind,
        message: String,
        hint: impl Into<String>,
    ) -> Self {
        Self { at, kind, message, hint: hint.into(), meant: Vec::new(), example: None }
    }

    pub(super) fn value(at: usize, message: String, hint: impl Into<String>) -> Self {
        Self::new(at, ErrorKind::Value, message, hint)
    }

    /// That one of these queries is written instead, or a condition as the example.
    pub(super) fn instead(self, meant: Vec<String>, example: &'static str) -> Self {
        Self { meant, example: Some(example), ..self }
    }

    /// The error whose hint begins with what to write: those of the queries that are understood, or the example.
    pub(super) fn checked(mut self, is_understood: impl Fn(&str) -> bool) -> Self {
        let Some(example) = self.example.take() else { return self };
        self.meant.retain(|query| is_understood(query));
        let what = match &self.meant[..] {
            [] => {
                format!("Conditions are written as in {example}, with quotes around several words.")
            }
            meant => format!("Write {}.", meant.join(" or ")),
        };
        self.hint = format!("{what} {}", self.hint);
        self
    }

    /// The column of the query, in characters from 1.
    pub(super) fn column(&self, query: &str) -> usize {
        query.char_indices().take_while(|(at, _)| *at < self.at).count() + 1
    }
}
