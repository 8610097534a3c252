//! The language of `midi_search`: any line becomes a statement, or an error with a position.

// The modules of it that need no PostgreSQL. Their items are visible to their parent only, so they are
// included here.
#[path = "../../../../src/query/text/completed.rs"]
mod completed;
#[path = "../../../../src/query/text/conditions.rs"]
mod conditions;
#[path = "../../../../src/query/text/continued.rs"]
mod continued;
#[path = "../../../../src/query/text/error.rs"]
mod error;
#[path = "../../../../src/query/text/fields.rs"]
mod fields;
#[path = "../../../../src/query/text/grammar.rs"]
mod grammar;
#[path = "../../../../src/query/text/meant.rs"]
mod meant;
#[path = "../../../../src/query/text/miswritten.rs"]
mod miswritten;
#[path = "../../../../src/query/text/plan.rs"]
mod plan;
#[path = "../../../../src/query/text/statement.rs"]
mod statement;
#[path = "../../../../src/query/text/unquoted.rs"]
mod unquoted;
#[path = "../../../../src/query/text/values.rs"]
mod values;

use error::{Error, ErrorKind};
use grammar::Term;
use statement::{Parameter, Schemas, Statement};

use crate::hash;
use crate::text::boundary;

/// A word that is in no SQL.
const MARKER: &str = "zqxj";
/// Most bytes of a line that is read.
const LONGEST_LINE: usize = 10_000;
/// Most bytes of an error message.
const LONGEST_MESSAGE: usize = 1_000;
const LONGEST_HINT: usize = 2_000;
const MOST_RESULTS: i64 = 10;

/// Panics where a line becomes neither a sound statement nor a sound error.
pub fn check(bytes: &[u8]) {
    let line = String::from_utf8_lossy(bytes);
    is_parsed(&line);
    is_parsed(&marked(&line));
}

/// The line with the marker put in somewhere.
fn marked(line: &str) -> String {
    let at = boundary(line, hash(line.as_bytes()) % (line.len() + 1));
    let (before, after) = line.split_at(at);
    [before, MARKER, after].concat()
}

/// What words may be meant as is a query.
fn is_understood(terms: &[Term<'_>], schemas: &Schemas) {
    let all: Vec<_> = meant::surely(terms).into_iter().chain(meant::all(terms)).collect();
    for number in 0..terms.len() {
        assert!(all.iter().filter(|meant| meant.has(number)).count() < 2, "told once");
    }
    for meant in all {
        assert!(!meant.words.is_empty());
        meant.conditions.iter().for_each(|condition| is_query(condition, schemas));
    }
    assert!(meant::connective(terms, true).is_some() || meant::connective(terms, false).is_none());
}

/// What a user is told to write is a query.
fn is_query(text: &str, schemas: &Schemas) {
    let terms = plan::read(text);
    let statement = terms.and_then(|terms| Statement::count(&terms, schemas));
    assert!(statement.is_ok(), "{text}: {:?}", statement.err());
}

fn is_parsed(line: &str) {
    let schemas = Schemas {
        library: "\"a {} library\"".to_owned(),
        trigrams: hash(line.as_bytes()).is_multiple_of(2).then(|| "\"{library}\"".to_owned()),
        columns: "l.*".to_owned(),
    };
    let all_heard = line.len().is_multiple_of(2);
    let statements = plan::read(line).and_then(|terms| {
        let statement = Statement::new(&terms, MOST_RESULTS, &schemas, all_heard)?;
        let count = Statement::count(&terms, &schemas);
        is_understood(&terms, &schemas);
        Ok((statement, count.unwrap_or_else(|_| panic!("what is found can be counted"))))
    });
    match statements {
        Ok((statement, count)) => {
            assert!(line.len() <= LONGEST_LINE);
            finds_rows(&statement, &is_sound(line, &statement));
            let sql = is_sound(line, &count);
            assert!(sql.starts_with("SELECT count(*)\nFROM \"a {} library\".midi_library l"));
        }
        Err(error) => {
            has_position_and_hint(line, &error);
            error.meant.iter().for_each(|query| is_query(query, &schemas));
        }
    }
}

/// Returns the SQL.
fn is_sound(line: &str, statement: &Statement<'_>) -> String {
    let mut next = 0;
    let numbers = std::cell::RefCell::new(Vec::new());
    let sql = statement.write(|number, _| {
        numbers.borrow_mut().push(number);
        format!("${}", number + 1)
    });
    for number in numbers.into_inner() {
        assert_eq!(number, next, "each value has one parameter, in order");
        next += 1;
    }
    assert_eq!(next, statement.parameters.len());
    // The text of the query is in the values only.
    assert!(sql.is_ascii() && !sql.to_ascii_lowercase().contains(MARKER));
    assert!(
        !sql.contains('\'') && !sql.contains('\\') && !sql.contains(';') && !sql.contains("--")
    );
    // Names of schemas are inserted unchanged, with their braces.
    assert!(!sql.contains(".%>)") || sql.contains("OPERATOR(\"{library}\".%>)"));
    assert_eq!(sql.matches('(').count(), sql.matches(')').count());
    for parameter in &statement.parameters {
        has_value(line, parameter);
    }
    sql
}

fn finds_rows(statement: &Statement<'_>, sql: &str) {
    assert!(sql.starts_with("SELECT l.*\nFROM (\nSELECT l.file_id"));
    assert!(sql.contains("\nFROM \"a {} library\".midi_library l\n"));
    let next = statement.parameters.len();
    // The rows that are found, as many as wanted, and then all of their columns.
    let (_, whole) = sql.split_once(&format!("\nLIMIT ${next}\n) AS found\n")).expect("a limit");
    assert!(whole.starts_with("JOIN \"a {} library\".midi_library l USING (file_id)\nORDER BY "));
    assert_eq!(statement.parameters.last(), Some(&Parameter::Integer(MOST_RESULTS)));
}

fn has_value(line: &str, parameter: &Parameter) {
    match parameter {
        Parameter::Integer(_) => {}
        Parameter::Real(value) => assert!(value.is_finite()),
        // At most twice as long, since ILIKE needs its wildcards escaped.
        Parameter::Text(value) => assert!(!value.is_empty() && value.len() <= 2 * line.len() + 2),
        Parameter::Texts(values) => assert!(!values.is_empty()),
        Parameter::Smallints(values) => {
            assert!(!values.is_empty() && values.iter().all(|program| (0..128).contains(program)));
        }
    }
}

fn has_position_and_hint(line: &str, error: &Error) {
    let Error { at, kind, message, hint, .. } = error;
    assert!(line.is_char_boundary(*at), "{at} is within a character of {line:?}");
    assert!((1..=line.chars().count() + 1).contains(&error.column(line)));
    assert_eq!(*kind == ErrorKind::Length, line.len() > LONGEST_LINE);
    assert!(!message.is_empty() && message.len() <= LONGEST_MESSAGE);
    assert!(!hint.is_empty() && hint.len() <= LONGEST_HINT);
}
