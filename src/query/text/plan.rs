//! From the terms of a query to its SQL statement.
//!
//! Conditions are on columns that `midi_library` takes unchanged from the tables below it, so the
//! planner can use the indexes of those tables.

use super::error::{Error, ErrorKind};
use super::fields::{Field, Kind, is_not_null};
use super::grammar::{Term, TermKind, Value, parse};
use super::statement::{Parameter, Schemas, Statement};
use super::values;
use crate::text::shown;

/// Most terms of a query and most values of a term: the time to plan grows with both.
const MAX_TERMS: usize = 32;
const MAX_VALUES: usize = 100;

/// A column to sort by.
struct SortColumn {
    name: &'static str,
    descending: bool,
}

impl<'a> Statement<'a> {
    /// The statement that returns the rows of `midi_library` that match a query; `all_heard`: no piece is only
    /// cataloged.
    ///
    /// # Errors
    /// If the query is not valid.
    pub(super) fn new(
        query: &str,
        max_results: i64,
        schemas: &'a Schemas,
        all_heard: bool,
    ) -> Result<Self, Error> {
        let terms = parse(query)?;
        limit(&terms)?;
        let mut statement = Self::empty(schemas);
        statement.add("SELECT l.*\nFROM {library}.midi_library l", []);
        let mut start = "\nWHERE ";
        let (mut sort_columns, mut words, mut not_null) = (Vec::new(), Vec::new(), Vec::new());
        for term in &terms {
            let (field, values) = match &term.kind {
                TermKind::Words(text) => {
                    statement.add(start, []);
                    statement.words(text, term.negated)?;
                    if !term.negated {
                        words.push(text.text.to_owned());
                    }
                    start = "\n  AND ";
                    continue;
                }
                TermKind::Field { name, values } => (Field::named(name.text, name.at)?, values),
            };
            if field.kind == Kind::Sort {
                for (field, column) in sort_columns_of(values, term.negated)? {
                    statement.asks_for_heard |= field.is_heard();
                    sort_columns.push(column);
                }
                continue;
            }
            statement.asks_for_heard |= field.is_heard();
            statement.add(start, []);
            start = "\n  AND ";
            statement.add("(", []);
            statement.condition(field, values, term.negated)?;
            statement.add(if term.negated { ") IS NOT TRUE" } else { ")" }, []);
            if !term.negated {
                not_null.extend(field.column());
            }
        }
        let is_not_null = |column| not_null.contains(&column) || is_not_null(column, all_heard);
        statement.order_by(&sort_columns, words, is_not_null);
        statement.add("\nLIMIT {}", [Parameter::Integer(max_results)]);
        Ok(statement)
    }

    /// Sorts by the columns asked for, if any; else by how well the file name matches the words, if
    /// any; then by file_id. Rows without a value come last. NULLS LAST is left out where a column
    /// `is_not_null`, so that an index can be scanned backward for DESC.
    fn order_by(
        &mut self,
        columns: &[SortColumn],
        words: Vec<String>,
        is_not_null: impl Fn(&'static str) -> bool,
    ) {
        self.add("\nORDER BY ", []);
        for column in columns {
            self.add("l.", []);
            self.add(column.name, []);
            self.add(
                match column.descending {
                    false => ", ",
                    true if is_not_null(column.name) => " DESC, ",
                    true => " DESC NULLS LAST, ",
                },
                [],
            );
        }
        if columns.is_empty() && !words.is_empty() {
            for (number, word) in words.into_iter().enumerate() {
                self.add(if number > 0 { " + " } else { "" }, []);
                self.rank(word);
            }
            self.add(" DESC, ", []);
        }
        self.add("l.file_id", []);
    }

    /// How well the name of a file matches a word.
    fn rank(&mut self, word: String) {
        self.add(
            "ts_rank({library}.midi_words(ARRAY[l.filename]), {library}.midi_words_query({}, true))",
            [Parameter::Text(word.clone())],
        );
        if self.schemas.trigrams.is_some() {
            self.add(" + {trigrams}.word_similarity({}, l.filename)", [Parameter::Text(word)]);
        }
    }
}

/// The fields that a term of the field `sort` names, with their columns.
fn sort_columns_of(
    values: &[Value<'_>],
    negated: bool,
) -> Result<Vec<(&'static Field, SortColumn)>, Error> {
    let column = |value| {
        let text = values::plain(value)?;
        let (name, descending) = match text.text.strip_prefix('-') {
            Some(name) => (name, !negated),
            None => (text.text, negated),
        };
        let at = text.at + text.text.len() - name.len();
        let field = Field::named(name, at)?;
        let column = field.column().ok_or_else(|| {
            let message = format!("cannot sort by field \"{}\"", shown(name));
            Error::value(at, message, "Sort by a numeric field, by name or by key.")
        })?;
        Ok((field, SortColumn { name: column, descending }))
    };
    values.iter().map(column).collect()
}

fn limit(terms: &[Term<'_>]) -> Result<(), Error> {
    let too_many = |at, what: &str, most: usize| Error {
        at,
        kind: ErrorKind::Value,
        message: format!("too many {what}"),
        hint: format!("The maximum is {most}."),
    };
    if let Some(term) = terms.get(MAX_TERMS) {
        let at = match &term.kind {
            TermKind::Words(text) | TermKind::Field { name: text, .. } => text.at,
        };
        return Err(too_many(at, "conditions", MAX_TERMS));
    }
    for term in terms {
        match &term.kind {
            TermKind::Field { name, values } if values.len() > MAX_VALUES => {
                return Err(too_many(name.at, "values", MAX_VALUES));
            }
            _ => {}
        }
    }
    Ok(())
}
