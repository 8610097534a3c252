//! The grammar of the query language, and its parser.
//!
//! ```text
//! query      = { term }, separated by white space
//! term       = ["-"] ( field ":" value { "," value } | phrase | word )
//! value      = [ ">=" | "<=" | ">" | "<" | "=" ] text | [ text ] ".." [ text ]
//! text       = phrase | anything without white space, comma and quote
//! phrase     = quote, anything without quote, quote
//! field      = letters and "_"
//! ```

use std::fmt;

use winnow::combinator::{alt, opt, preceded, separated};
use winnow::error::{ContextError, ErrMode, StrContext};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stream};
use winnow::token::{literal, take_till, take_while};

use super::error::{Error, ErrorKind};
use crate::text::boundary;

/// Longest query in bytes: hundreds of words, and no more than PostgreSQL can plan in a short time.
const LONGEST_QUERY: usize = 10_000;

/// The messages where a value is missing, and what a minus sign excludes.
const MISSING_VALUE: &str = "missing value";
const MISSING_WORD: &str = "missing word";

type Input<'a> = LocatingSlice<&'a str>;

/// A piece of text, and its offset in the query in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Text<'a> {
    pub(super) at: usize,
    pub(super) text: &'a str,
    pub(super) quoted: bool,
}

/// A condition, or the order of the results.
#[derive(Debug, PartialEq)]
pub(super) struct Term<'a> {
    pub(super) negated: bool,
    pub(super) kind: TermKind<'a>,
}

#[derive(Debug, PartialEq)]
pub(super) enum TermKind<'a> {
    Words(Text<'a>),
    Field { name: Text<'a>, values: Vec<Value<'a>> },
}

/// A value of a field.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'a> {
    Compared(Comparison, Text<'a>),
    Range(Option<Text<'a>>, Option<Text<'a>>),
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted { write!(f, "\"{}\"", self.text) } else { f.write_str(self.text) }
    }
}

/// As it is written.
impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negated { "-" } else { "" })?;
        match &self.kind {
            TermKind::Words(text) => text.fmt(f),
            TermKind::Field { name, values } => {
                let values: Vec<_> = values.iter().map(ToString::to_string).collect();
                write!(f, "{name}:{}", values.join(","))
            }
        }
    }
}

/// As it is written.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compared(comparison, text) => {
                f.write_str(match comparison {
                    Comparison::Equal => "",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                })?;
                text.fmt(f)
            }
            Self::Range(start, end) => {
                start.iter().try_for_each(|start| start.fmt(f))?;
                f.write_str("..")?;
                end.iter().try_for_each(|end| end.fmt(f))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Parses a query into its terms.
///
/// # Errors
/// If the query is too long, or does not follow the grammar.
pub(super) fn parse(query: &str) -> Result<Vec<Term<'_>>, Error> {
    if query.len() > LONGEST_QUERY {
        return Err(too_long(query));
    }
    let mut input = LocatingSlice::new(query);
    let mut terms = Vec::new();
    loop {
        space(&mut input);
        if input.is_empty() {
            return Ok(terms);
        }
        let parsed =
            term.parse_next(&mut input).and_then(|term| end_of_term(&mut input).map(|()| term));
        terms.push(parsed.map_err(|error| syntax_error(&input, &error))?);
    }
}

/// A text as a value, in quotes where it would be read as another.
pub(super) fn quoted(text: &str) -> String {
    let is_read = |value: &Value<'_>| matches!(value, Value::Compared(Comparison::Equal, read) if read.text == text);
    let is_value = |term: &Term<'_>| matches!(&term.kind, TermKind::Field { values, .. } if values.iter().all(is_read));
    let query = format!("field:{text}");
    if parse(&query).is_ok_and(|terms| terms.len() == 1 && terms.iter().all(is_value)) {
        return text.to_owned();
    }
    format!("\"{text}\"")
}

fn space(input: &mut Input<'_>) {
    let skipped: Result<&str, ErrMode<ContextError>> =
        take_while(0.., char::is_whitespace).parse_next(input);
    debug_assert!(skipped.is_ok());
}

fn term<'a>(input: &mut Input<'a>) -> ModalResult<Term<'a>> {
    let negated = opt(literal("-")).parse_next(input)?.is_some();
    let kind =
        alt((field, phrase.map(TermKind::Words), word.map(TermKind::Words))).parse_next(input)?;
    Ok(Term { negated, kind })
}

fn field<'a>(input: &mut Input<'a>) -> ModalResult<TermKind<'a>> {
    let at = input.current_token_start();
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    let name = (take_while(1.., is_name), literal(":")).parse_next(input)?.0;
    let values = separated(1.., value, literal(",")).parse_next(input)?;
    Ok(TermKind::Field { name: Text { at, text: name, quoted: false }, values })
}

fn value<'a>(input: &mut Input<'a>) -> ModalResult<Value<'a>> {
    alt((compared, open_range, range_or_text)).parse_next(input)
}

fn compared<'a>(input: &mut Input<'a>) -> ModalResult<Value<'a>> {
    let comparison = alt((
        literal(">=").value(Comparison::GreaterOrEqual),
        literal("<=").value(Comparison::LessOrEqual),
        literal(">").value(Comparison::Greater),
        literal("<").value(Comparison::Less),
        literal("=").value(Comparison::Equal),
    ))
    .parse_next(input)?;
    Ok(Value::Compared(comparison, text(input)?))
}

fn open_range<'a>(input: &mut Input<'a>) -> ModalResult<Value<'a>> {
    preceded(literal(".."), text).map(|end| Value::Range(None, Some(end))).parse_next(input)
}

fn range_or_text<'a>(input: &mut Input<'a>) -> ModalResult<Value<'a>> {
    let first = text(input)?;
    if first.quoted {
        return Ok(Value::Compared(Comparison::Equal, first));
    }
    Ok(match first.text.split_once("..") {
        Some((start, end)) => {
            let part =
                |at, text: &'a str| (!text.is_empty()).then_some(Text { at, text, quoted: false });
            Value::Range(part(first.at, start), part(first.at + start.len() + 2, end))
        }
        None => Value::Compared(Comparison::Equal, first),
    })
}

/// The text of a value. It is required: what comes before it in the grammar admits nothing else.
fn text<'a>(input: &mut Input<'a>) -> ModalResult<Text<'a>> {
    let bare =
        |input: &mut Input<'a>| bounded(input, |c: char| c.is_whitespace() || c == ',' || c == '"');
    let text = alt((phrase, bare)).parse_next(input);
    text.map_err(|error| match error {
        ErrMode::Backtrack(_) => cut(MISSING_VALUE),
        error => error,
    })
}

fn word<'a>(input: &mut Input<'a>) -> ModalResult<Text<'a>> {
    let word = bounded(input, |c: char| c.is_whitespace() || c == '"');
    word.map_err(|_| cut(MISSING_WORD))
}

fn bounded<'a>(input: &mut Input<'a>, end: impl Fn(char) -> bool) -> ModalResult<Text<'a>> {
    let at = input.current_token_start();
    let text = take_till(1.., end).parse_next(input)?;
    Ok(Text { at, text, quoted: false })
}

fn phrase<'a>(input: &mut Input<'a>) -> ModalResult<Text<'a>> {
    let (start, at) = (input.checkpoint(), input.current_token_start());
    let text = preceded(literal("\""), take_till(0.., '"')).parse_next(input)?;
    let closed: ModalResult<&str> = literal("\"").parse_next(input);
    if closed.is_err() || text.trim().is_empty() {
        input.reset(&start);
        let message =
            if closed.is_err() { "unterminated quoted string" } else { "empty quoted string" };
        return Err(cut(message));
    }
    Ok(Text { at, text, quoted: true })
}

/// A term ends at white space, or at the end of the query.
fn end_of_term(input: &mut Input<'_>) -> ModalResult<()> {
    match input.chars().next() {
        Some(next) if !next.is_whitespace() => Err(cut("missing space")),
        _ => Ok(()),
    }
}

fn too_long(query: &str) -> Error {
    Error::new(
        boundary(query, LONGEST_QUERY),
        ErrorKind::Length,
        format!("the query is longer than {LONGEST_QUERY} bytes"),
        "Use fewer conditions, or write them in SQL, as a query on midi_library.",
    )
}

/// An error with this message, which ends the parse.
fn cut(message: &'static str) -> ErrMode<ContextError> {
    let mut error = ContextError::new();
    error.push(StrContext::Label(message));
    ErrMode::Cut(error)
}

fn syntax_error(input: &Input<'_>, error: &ErrMode<ContextError>) -> Error {
    let context = match error {
        ErrMode::Cut(error) | ErrMode::Backtrack(error) => error.context().next(),
        ErrMode::Incomplete(_) => None,
    };
    let message = match context {
        Some(StrContext::Label(message)) => *message,
        _ => "syntax error",
    };
    let hint = match message {
        MISSING_VALUE => {
            "A value follows without a space, as in bpm:120 and key:C,Am. Quote a word that has a colon."
        }
        MISSING_WORD => {
            "A minus sign excludes the word or condition that follows without a space, as in -tag:rock. Quote a name \
             that has one between its words."
        }
        _ => {
            "A query consists of words, \"phrases\" and conditions such as bpm:120..130 key:\"A minor\" -tag:rock \
             sort:-bars, with spaces between."
        }
    };
    Error::new(input.current_token_start(), ErrorKind::Syntax, message.to_owned(), hint)
}
