//! What a query reads. The rights to it are checked before it runs, because PostgreSQL refuses a view without saying
//! which column of it is read.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;

use super::error::Error;
use super::fields::{Field, Kind, TEXTS};
use super::grammar::{Term, TermKind};
use super::plan::sort_columns_of;
use crate::pg::caller::Schema;
use crate::rights;

/// Columns of `midi_library`, and relations beside it.
pub(super) struct Needs {
    columns: Vec<&'static str>,
    relations: Vec<&'static CStr>,
}

impl Needs {
    /// What these terms need. Conditions on a part need its relation alone.
    ///
    /// # Errors
    /// If the query is not valid.
    pub(super) fn of(terms: &[Term<'_>]) -> Result<Self, Error> {
        let mut needs = Self { columns: vec!["file_id"], relations: Vec::new() };
        let mut in_part = false;
        for term in terms {
            let (field, values) = match &term.kind {
                TermKind::Words(_) => {
                    needs.columns.push("filename");
                    needs.columns.extend(TEXTS);
                    continue;
                }
                TermKind::Field { name, values } => (Field::named(name.text, name.at)?, values),
            };
            if in_part && field.column_of_part().is_some() {
                continue;
            }
            in_part |= field.kind == Kind::Part && !term.negated;
            needs.columns.extend(field.columns());
            needs.relations.extend(field.other_relation());
            if field.kind == Kind::Sort {
                let sorted = sort_columns_of(values, term.negated)?;
                needs.columns.extend(sorted.into_iter().map(|(_, column)| column.name));
            }
        }
        let mut seen = Vec::new();
        needs.columns.retain(|column| {
            let is_new = !seen.contains(column);
            seen.push(column);
            is_new
        });
        Ok(needs)
    }

    /// Checks that the current role may read it.
    ///
    /// # Errors
    /// `ERRCODE_INSUFFICIENT_PRIVILEGE`.
    pub(super) fn require(&self, schema: &Schema) -> Result<(), ErrorReport> {
        rights::require_reading(schema, &[c"midi_library"])?;
        rights::require_reading(schema, &self.relations)?;
        rights::require_columns(schema, c"midi_library", &self.columns)
    }
}
