//! The search for one member of an archive.

use std::cell::Cell;

use super::error::Result;
use super::reading::Visitor;

/// The member that is looked for: the one of a name that so many others of the name precede.
pub(super) struct Wanted<'a> {
    name: &'a str,
    /// How many members of the name are still to come before it.
    before: u32,
    /// Set when it has been read, so that the rest of the archive need not be.
    is_found: &'a Cell<bool>,
    /// The member's bytes, or why they could not be read.
    pub(super) content: Option<Result<Vec<u8>>>,
}

impl<'a> Wanted<'a> {
    /// The `number`th member of a name, counted from 1.
    pub(super) fn new(name: &'a str, number: u32, is_found: &'a Cell<bool>) -> Self {
        Self { name, before: number.saturating_sub(1), is_found, content: None }
    }
}

impl Visitor for Wanted<'_> {
    fn admit(&mut self, name: String) -> Option<String> {
        if name != self.name || self.is_found.get() {
            return None;
        }
        match self.before {
            0 => Some(name),
            _ => {
                self.before -= 1;
                None
            }
        }
    }

    fn take(&mut self, _name: String, content: Result<Vec<u8>>) {
        self.content = Some(content);
        self.is_found.set(true);
    }
}
