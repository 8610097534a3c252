//! Checks that the tables of jobs and schedules are as the extension created them. The extension reads and
//! writes them with the rights of their owner, so no code of anyone else may run then, and no rows of
//! anyone else may be trusted.

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::pg::relation::{self, Kind, Relation, Trigger};

/// Why a table must not be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Defect {
    /// It is not a table.
    Kind,
    /// It has another owner than the tables beside it.
    Owner,
    Rules,
    /// Other tables inherit from it, whose rows would be read with its own.
    Children,
    /// It has a trigger of this name.
    Trigger(String),
    /// The trigger that keeps others from writing is missing, or does not always fire.
    Unguarded,
}

/// Looks for a defect of a table, and locks the table so that it gets none until the transaction ends.
/// `guard` is the function of the trigger that each table must have, `family` the tables that may refer to
/// each other.
pub(super) fn check(table: Oid, owner: Oid, guard: Oid, family: &[Oid]) -> Option<Defect> {
    defect(&relation::lock(table), owner, guard, family)
}

fn defect(table: &Relation, owner: Oid, guard: Oid, family: &[Oid]) -> Option<Defect> {
    if table.kind != Kind::Table {
        return Some(Defect::Kind);
    }
    if table.owner != owner {
        return Some(Defect::Owner);
    }
    if table.has_rules {
        return Some(Defect::Rules);
    }
    if table.has_subclasses {
        return Some(Defect::Children);
    }
    let is_ours = |trigger: &Trigger| {
        if trigger.is_internal {
            family.contains(&trigger.other_table)
        } else {
            trigger.function == guard
        }
    };
    if let Some(trigger) = table.triggers.iter().find(|trigger| !is_ours(trigger)) {
        return Some(Defect::Trigger(trigger.name.clone()));
    }
    let is_guard = |trigger: &Trigger| {
        trigger.function == guard
            && trigger.is_before_every_row()
            && trigger.fires_always
            && !trigger.has_condition
            && !trigger.is_for_columns
    };
    (!table.triggers.iter().any(is_guard)).then_some(Defect::Unguarded)
}

impl Defect {
    /// The error for a table of this name.
    pub(super) fn error(&self, table: &str) -> ErrorReport {
        let (what, hint) = match self {
            Self::Kind => {
                ("It is not a table.".to_owned(), "Create the extension again.".to_owned())
            }
            Self::Owner => (
                "It has another owner than midi_import_jobs.".to_owned(),
                format!("Give it the same owner: ALTER TABLE {table} OWNER TO ..."),
            ),
            Self::Rules => ("It has rules.".to_owned(), "Drop them with DROP RULE.".to_owned()),
            Self::Children => (
                "Other tables inherit from it.".to_owned(),
                "Detach them with ALTER TABLE ... NO INHERIT, then ANALYZE it.".to_owned(),
            ),
            Self::Trigger(name) => (
                format!("It has the trigger \"{name}\"."),
                "Drop the trigger, or the foreign key that it belongs to.".to_owned(),
            ),
            Self::Unguarded => (
                "Its trigger midi_guard does not always fire.".to_owned(),
                format!("Run ALTER TABLE {table} ENABLE ALWAYS TRIGGER midi_guard."),
            ),
        };
        ErrorReport::new(
            PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
            format!("table \"{table}\" is not as midi_pipeline created it"),
            "jobs",
        )
        .set_detail(format!("{what} The table is read and written with the rights of its owner."))
        .set_hint(hint)
    }
}
