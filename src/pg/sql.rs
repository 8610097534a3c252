//! Names and values in the text of statements.
//!
//! Statements are constants of the source except for a few names, such as that of the library's schema, which may
//! be any name: `it's`, `@schema@`, `"`. A name is quoted once, at its origin, and inserted into a statement by
//! [`fill`], which never scans inserted text.

use std::ffi::{CStr, CString};

use pgrx::pg_sys;

/// A name as SQL needs it, quoted if necessary.
pub(crate) fn name(name: &str) -> String {
    let name = CString::new(name).unwrap_or_default();
    // SAFETY: the string lives through the call, which returns it or a palloc'd one.
    let quoted = unsafe { CStr::from_ptr(pg_sys::quote_identifier(name.as_ptr())) };
    quoted.to_string_lossy().into_owned()
}

/// A string constant, which does not depend on `standard_conforming_strings`.
pub(crate) fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// The template with each `@part@` replaced by its text, in one pass from left to right.
///
/// # Panics
/// If a part is not given, which is a bug.
pub(crate) fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        match placeholder(from) {
            Some(part) => {
                let found = parts.iter().find(|(given, _)| *given == part);
                let (_, text) = found.unwrap_or_else(|| panic!("no @{part}@ is given"));
                filled.push_str(text);
                rest = &from[part.len() + 2..];
            }
            // An operator, such as @>.
            None => {
                filled.push('@');
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The name of the placeholder with which a text begins.
fn placeholder(text: &str) -> Option<&str> {
    let name = text.strip_prefix('@')?;
    let end = name.find(|c: char| !c.is_ascii_lowercase())?;
    (end > 0 && name[end..].starts_with('@')).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::{fill, literal};

    #[test]
    fn inserted_text_is_not_scanned_again() {
        let parts = [("schema", "\"@extension@\""), ("extension", "\"@schema@ $1 '\"")];
        let filled = fill("SELECT @schema@.a @> @extension@.b, '{a@b}' @@ @schema@.c@", &parts);
        assert_eq!(
            filled,
            "SELECT \"@extension@\".a @> \"@schema@ $1 '\".b, '{a@b}' @@ \"@extension@\".c@"
        );
    }

    #[test]
    fn a_literal_keeps_quotes_and_backslashes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("\\'"), "E'\\\\'''");
    }
}
