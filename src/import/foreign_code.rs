//! Checks that writing to a table with the rights of an importer runs only code of roles that have these
//! rights anyway.
//!
//! The owner of a table can have functions called by whoever writes to it, in defaults, constraints,
//! policies and indexes. So can every role that has TRIGGER by GRANT ALL, with triggers. The catalogs do
//! not say who created a trigger, so a trigger is judged by the owner of its function. A trigger's
//! condition may have been written by anyone, and builtin functions are enough to run any SQL.
//! REFERENCES, which GRANT ALL includes as well, allows the same with a foreign key that cascades into a
//! table with triggers.

use std::ffi::CStr;

use pgrx::pg_catalog::pg_proc::PgProc;
use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::caller::Schema;
use crate::pg::relation::{self, Kind, Relation, Trigger};
use crate::pg::role;

/// The tables that an import writes to, in the order in which they are locked.
const WRITTEN: [&CStr; 6] = [
    c"midi_files",
    c"musical_metadata",
    c"musical_search",
    c"midi_parts_library",
    c"midi_contents",
    c"midi_import_errors",
];

/// Code that writing to a table would run with rights that its author does not have.
#[derive(Debug, PartialEq, Eq)]
enum ForeignCode {
    /// Whatever the owner of the table wants.
    Owner,
    /// The function of the trigger of this name.
    Trigger(String),
    /// The condition of the trigger of this name.
    Condition(String),
    /// A trigger of the table of this name, which refers to this one by a foreign key that cascades.
    Reference(String),
}

/// Checks that writing to the tables runs only code of roles with the current role's rights. That of partitions is not
/// seen, so a table may have none.
///
/// Locks the tables so that nobody adds some until the transaction ends. A role that may not write to a table runs none
/// there, and locks nothing.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`, and `ERRCODE_FEATURE_NOT_SUPPORTED` for a partitioned table.
pub(super) fn refuse(schema: &Schema) -> Result<(), ErrorReport> {
    for name in WRITTEN {
        let table = schema.table(name);
        if !relation::may_write(table) {
            continue;
        }
        let relation = relation::lock(table);
        if relation.kind == Kind::PartitionedTable {
            return Err(error::partitioned_table(&relation.name));
        }
        if let Some(code) = in_table(&relation).or_else(|| in_cascades(table)) {
            return Err(code.error(&name.to_string_lossy()));
        }
    }
    Ok(())
}

/// The code that the owner of a table, or a role that may create triggers there, has run by those who write
/// to it.
fn in_table(table: &Relation) -> Option<ForeignCode> {
    if !has_our_rights(table.owner) {
        return Some(ForeignCode::Owner);
    }
    let mut own = table.triggers.iter().filter(|trigger| !trigger.is_internal);
    own.find_map(|trigger| {
        if trigger.has_condition {
            Some(ForeignCode::Condition(trigger.name.clone()))
        } else {
            is_foreign(trigger).then(|| ForeignCode::Trigger(trigger.name.clone()))
        }
    })
}

/// The code that is run when a foreign key cascades. The referring rows are changed as the owner of their
/// table, but the triggers after that run as the role whose statement it was.
fn in_cascades(table: Oid) -> Option<ForeignCode> {
    let mut tables = vec![table];
    let mut next = 0;
    while let Some(&table) = tables.get(next) {
        let is_first = next == 0;
        let relation = relation::lock(table);
        // The triggers of partitions are not seen here.
        let is_hidden = relation.kind == Kind::PartitionedTable && !has_our_rights(relation.owner);
        let mut after =
            relation.triggers.iter().filter(|trigger| !trigger.is_internal && !trigger.is_before());
        if !is_first && (is_hidden || after.any(is_foreign)) {
            return Some(ForeignCode::Reference(relation.name));
        }
        for trigger in relation.triggers.iter().filter(|trigger| trigger.is_cascade()) {
            if !tables.contains(&trigger.other_table) {
                tables.push(trigger.other_table);
            }
        }
        next += 1;
    }
    None
}

/// Whether a trigger's function belongs to a role that does not have the rights of the current one, and
/// would run with them. A SECURITY DEFINER function has its owner's rights, whoever calls it.
fn is_foreign(trigger: &Trigger) -> bool {
    let function = PgProc::new(trigger.function);
    !function.is_some_and(|function| function.prosecdef() || has_our_rights(function.proowner()))
}

/// Whether a role could do whatever the current one can.
fn has_our_rights(other: Oid) -> bool {
    role::has_rights_of(other, role::current())
}

impl ForeignCode {
    /// The error for an import that would write to a table of this name.
    pub(super) fn error(&self, table: &str) -> ErrorReport {
        let (message, hint) = match self {
            Self::Owner => (
                format!(
                    "the owner of table \"{table}\" does not have the rights of the current role"
                ),
                "Import as the owner, have a superuser own the table, or grant the current role to the \
                 owner.",
            ),
            Self::Trigger(name) => (
                format!(
                    "the function of trigger \"{name}\" on table \"{table}\" belongs to a role that does \
                     not have the rights of the current role"
                ),
                "Drop the trigger, give its function to a role that has the rights of those who import, or \
                 make it SECURITY DEFINER.",
            ),
            Self::Reference(name) => (
                format!(
                    "table \"{name}\", which references table \"{table}\", has triggers of a role that \
                     does not have the rights of the current role"
                ),
                "Drop these triggers, give their functions to a role that has the rights of those who \
                 import, or create the foreign key without a cascading action.",
            ),
            Self::Condition(name) => (
                format!(
                    "trigger \"{name}\" on table \"{table}\" has a WHEN condition, which any role may \
                     have written"
                ),
                "Create the trigger without WHEN, and put the condition into its function.",
            ),
        };
        let code = PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
        ErrorReport::new(code, message, "import")
            .set_detail(
                "The call would run code of another role with the rights of the current role.",
            )
            .set_hint(hint)
    }
}
