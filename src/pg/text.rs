//! Text from a file as PostgreSQL's `text` and `jsonb`, which cannot contain U+0000. It is replaced by
//! U+FFFD, the replacement character.

use std::borrow::Cow;

use pgrx::datum::IntoDatum;
use pgrx::pg_sys;
use serde_json::Value;

/// A `text` value without U+0000.
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The value for a text that may contain U+0000.
    pub(crate) fn new(text: &'a str) -> Self {
        Self(if text.contains('\0') { clean(text).into() } else { text.into() })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(if text.contains('\0') { clean(&text) } else { text }.into())
    }
}

impl IntoDatum for Text<'_> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        self.as_str().into_datum()
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TEXTOID
    }
}

/// The text without U+0000.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// The JSON value without U+0000 in strings and names.
pub(crate) fn clean_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => items.iter().map(clean_json).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (clean(name), clean_json(value))).collect()
        }
        other => other.clone(),
    }
}
