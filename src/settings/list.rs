//! Settings that are lists.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::text::shown;

/// Parses a comma-separated list of absolute directories.
///
/// # Errors
/// The reason, for the error's DETAIL.
pub(super) fn parse_directories(list: &[u8]) -> Result<Vec<PathBuf>, String> {
    let elements = parse_list(list)?;
    match elements.iter().find(|element| !element.starts_with(b"/")) {
        Some(element) => {
            let element = String::from_utf8_lossy(element);
            Err(format!("\"{}\" is not an absolute path.", shown(&element)))
        }
        None => Ok(elements.into_iter().map(OsString::from_vec).map(PathBuf::from).collect()),
    }
}

/// The largest number of elements: each directory is resolved whenever a path is.
const MAX_ELEMENTS: usize = 1_000;

/// Parses a comma-separated list. As elsewhere in PostgreSQL, an element may be enclosed in double
/// quotes, in which a double quote is written twice.
///
/// # Errors
/// The reason, for the error's DETAIL.
pub(super) fn parse_list(list: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut elements = Vec::new();
    let mut rest = list.trim_ascii_start();
    if rest.is_empty() {
        return Ok(elements);
    }
    loop {
        let (element, after) = match rest.strip_prefix(b"\"") {
            Some(quoted) => quoted_element(quoted).ok_or("A double quote is not closed.")?,
            None => {
                let end = rest.iter().position(|&byte| byte == b',').unwrap_or(rest.len());
                (rest[..end].trim_ascii_end().to_vec(), &rest[end..])
            }
        };
        if element.is_empty() {
            return Err("A name is missing before or after a comma.".to_owned());
        }
        if elements.len() == MAX_ELEMENTS {
            return Err(format!("There are more than {MAX_ELEMENTS} names."));
        }
        elements.push(element);
        rest = match after.trim_ascii_start().split_first() {
            None => return Ok(elements),
            Some((b',', rest)) => rest.trim_ascii_start(),
            Some(_) => return Err("A comma is missing after a closing quote.".to_owned()),
        };
    }
}

fn quoted_element(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut element = Vec::new();
    loop {
        let quote = rest.iter().position(|&byte| byte == b'"')?;
        element.extend_from_slice(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                element.push(b'"');
                rest = after;
            }
            None => return Some((element, rest)),
        }
    }
}
