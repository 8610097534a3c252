//! From the terms of a query to its SQL statement.
//!
//! Conditions are on columns that `midi_library` takes unchanged from the tables below it, so the
//! planner can use the indexes of those tables.

use super::conditions::OfPart;
use super::error::Error;
use super::fields::{Field, Kind, is_not_null};
use super::grammar::{Term, TermKind, Value, parse};
use super::statement::{Parameter, Schemas, Statement};
use super::{miswritten, unquoted, values};
use crate::text::shown;

/// Most terms of a query and most values of a term: the time to plan grows with both.
const MAX_TERMS: usize = 32;
const MAX_VALUES: usize = 100;

/// What results are sorted by.
struct Key {
    value: KeyValue,
    /// Its direction, as SQL.
    direction: &'static str,
}

enum KeyValue {
    Column(&'static str),
    /// How well the file name matches these words.
    Rank(Vec<String>),
}

impl<'a> Statement<'a> {
    /// The statement that returns the rows of `midi_library` that match a query; `all_heard`: no piece is only
    /// cataloged.
    ///
    /// The rows are found by the columns that conditions and order name, which an index may contain; the others are
    /// looked up for the rows of the result alone.
    ///
    /// # Errors
    /// If the query is not valid.
    pub(super) fn new(
        terms: &[Term<'_>],
        max_results: i64,
        schemas: &'a Schemas,
        all_heard: bool,
    ) -> Result<Self, Error> {
        let mut statement = Self::empty(schemas);
        let keys = statement.keys(terms, all_heard)?;
        statement.add("SELECT {columns}\nFROM (\nSELECT l.file_id", []);
        statement.key_columns(&keys);
        statement.add("\nFROM {library}.midi_library l", []);
        statement.conditions(terms)?;
        statement.order_by(&keys);
        statement.add("\nLIMIT {}", [Parameter::Integer(max_results)]);
        statement.add("\n) AS found\nJOIN {library}.midi_library l USING (file_id)", []);
        statement.order_by(&keys);
        Ok(statement)
    }

    /// The statement that counts the rows that match a query.
    ///
    /// # Errors
    /// If the query is not valid.
    pub(super) fn count(terms: &[Term<'_>], schemas: &'a Schemas) -> Result<Self, Error> {
        // The order does not matter, but is checked.
        Self::empty(schemas).keys(terms, true)?;
        let mut statement = Self::empty(schemas);
        statement.add("SELECT count(*)\nFROM {library}.midi_library l", []);
        statement.conditions(terms)?;
        Ok(statement)
    }

    /// The columns asked for, if any; else how well the file name matches the words, if any. Rows without a value come
    /// last. NULLS LAST is left out where a column is never NULL or has a condition, so that an index can be scanned
    /// backward for DESC.
    fn keys(&mut self, terms: &[Term<'_>], all_heard: bool) -> Result<Vec<Key>, Error> {
        let (mut columns, mut words, mut not_null) = (Vec::new(), Vec::new(), Vec::new());
        let mut in_part = false;
        for term in terms {
            match &term.kind {
                TermKind::Words(text) if !term.negated => words.push(text.text.to_owned()),
                TermKind::Words(_) => {}
                TermKind::Field { name, values } => {
                    let field = Field::named(name.text, name.at)?;
                    if field.kind == Kind::Sort {
                        for (field, column) in sort_columns_of(values, term.negated)? {
                            self.asks_for_heard |= field.is_heard();
                            columns.push(column);
                        }
                    } else if !term.negated {
                        in_part |= field.kind == Kind::Part;
                        let of_piece = !in_part || field.column_of_part().is_none();
                        not_null.extend(field.column().filter(|_| of_piece));
                    }
                }
            }
        }
        let key = |SortColumn { name, descending }| {
            let is_not_null = not_null.contains(&name) || is_not_null(name, all_heard);
            let direction = match (descending, is_not_null) {
                (false, _) => "",
                (true, true) => " DESC",
                (true, false) => " DESC NULLS LAST",
            };
            Key { value: KeyValue::Column(name), direction }
        };
        let mut keys: Vec<_> = columns.into_iter().map(key).collect();
        if keys.is_empty() && !words.is_empty() {
            keys.push(Key { value: KeyValue::Rank(words), direction: " DESC" });
        }
        Ok(keys)
    }

    /// The conditions of the terms, if any.
    fn conditions(&mut self, terms: &[Term<'_>]) -> Result<(), Error> {
        let (mut start, mut in_part) = ("\nWHERE ", false);
        for (number, term) in terms.iter().enumerate() {
            let (field, values) = match &term.kind {
                TermKind::Words(text) => {
                    self.add(start, []);
                    self.words(text, term.negated)?;
                    start = "\n  AND ";
                    continue;
                }
                TermKind::Field { name, values } => (Field::named(name.text, name.at)?, values),
            };
            if field.kind == Kind::Sort || in_part && field.column_of_part().is_some() {
                continue;
            }
            self.asks_for_heard |= field.is_heard();
            self.asks_for_parts |= field.kind == Kind::Part && !term.negated;
            self.add(start, []);
            start = "\n  AND ";
            self.add("(", []);
            match field.kind {
                Kind::Part if term.negated => self.part(values, &[])?,
                Kind::Part => {
                    in_part = true;
                    self.part(values, &of_part(&terms[number + 1..])?)?;
                }
                _ => self.condition(field, values, term.negated)?,
            }
            self.add(if term.negated { ") IS NOT TRUE" } else { ")" }, []);
        }
        Ok(())
    }

    /// The keys as columns, whose names have the keys' numbers.
    fn key_columns(&mut self, keys: &[Key]) {
        for (number, key) in keys.iter().enumerate() {
            self.add(", ", []);
            match &key.value {
                KeyValue::Column(name) => {
                    self.add("l.", []);
                    self.add(name, []);
                }
                KeyValue::Rank(words) => {
                    for (number, word) in words.iter().enumerate() {
                        self.add(if number > 0 { " + " } else { "" }, []);
                        self.rank(word);
                    }
                }
            }
            self.add(" AS key_", []);
            self.add_number(number + 1);
        }
    }

    /// Sorts by the keys, then by file_id.
    fn order_by(&mut self, keys: &[Key]) {
        self.add("\nORDER BY ", []);
        for (number, key) in keys.iter().enumerate() {
            self.add("key_", []);
            self.add_number(number + 1);
            self.add(key.direction, []);
            self.add(", ", []);
        }
        self.add("file_id", []);
    }

    /// How well the name of a file matches a word.
    fn rank(&mut self, word: &str) {
        self.add(
            "ts_rank({library}.midi_words(ARRAY[l.filename]), {library}.midi_words_query({}, true))",
            [Parameter::Text(word.to_owned())],
        );
        if self.schemas.trigrams.is_some() {
            self.add(
                " + {trigrams}.word_similarity({}, l.filename)",
                [Parameter::Text(word.to_owned())],
            );
        }
    }
}

/// The conditions on a part: those of the terms that follow it, up to the next part.
fn of_part<'t>(later: &'t [Term<'t>]) -> Result<Vec<OfPart<'t>>, Error> {
    let mut of_part = Vec::new();
    for Term { negated, kind } in later {
        let TermKind::Field { name, values } = kind else { continue };
        let (field, negated) = (Field::named(name.text, name.at)?, *negated);
        if field.kind == Kind::Part && !negated {
            break;
        }
        of_part.extend(field.column_of_part().map(|column| OfPart { column, values, negated }));
    }
    Ok(of_part)
}

/// A column to sort by.
pub(super) struct SortColumn {
    pub(super) name: &'static str,
    descending: bool,
}

/// The fields that a term of the field `sort` names, with their columns.
pub(super) fn sort_columns_of(
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

/// The terms of a query.
///
/// # Errors
/// If the query does not follow the grammar, is too long, has values that go on after a space, or words that are meant as
/// conditions. The hint tells to write nothing that is not understood.
pub(super) fn read(query: &str) -> Result<Vec<Term<'_>>, Error> {
    terms(query).map_err(|error| error.checked(is_understood))
}

/// Whether a query is one, and short enough to be shown: no other is told to a user.
pub(super) fn is_understood(query: &str) -> bool {
    let schemas = Schemas::default();
    let statement = || Statement::new(&terms(query)?, 0, &schemas, true).map(drop);
    shown(query) == query && statement().is_ok()
}

fn terms(query: &str) -> Result<Vec<Term<'_>>, Error> {
    let terms = parse(query)?;
    limit(&terms)?;
    miswritten::check(&terms)?;
    unquoted::check(&terms)?;
    Ok(terms)
}

fn limit(terms: &[Term<'_>]) -> Result<(), Error> {
    let too_many = |at, what: &str, most: usize| {
        Error::value(at, format!("too many {what}"), format!("The maximum is {most}."))
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
