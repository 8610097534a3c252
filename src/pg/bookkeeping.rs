//! Tables that are read and written with the rights of their owner, looked at before.

use pgrx::pg_sys;

use super::relation;

/// Why a table is not fit to be touched with its owner's rights: code of somebody else's would be run,
/// or rows of somebody else's be believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is something else than a table.
    Kind,
    /// It has another owner than the tables beside it.
    Owner,
    Rules,
    /// Other tables inherit from it, and their rows would be read with its own.
    Heirs,
    /// A trigger of this name.
    Trigger(String),
    /// The trigger that keeps others from writing is not there, or not always in force.
    Unguarded,
}

/// Looks whether a table is fit, and holds off whoever would change that, until the transaction ends.
/// `guard` is the function of the trigger that each has to have, `family` the tables that may refer to
/// each other.
pub(crate) fn hold(
    table: pg_sys::Oid,
    owner: pg_sys::Oid,
    guard: pg_sys::Oid,
    family: &[pg_sys::Oid],
) -> Option<Unfit> {
    relation::look_at(table, |class, triggers| unfitness(class, triggers, owner, guard, family))
}

fn unfitness(
    class: &pg_sys::FormData_pg_class,
    triggers: &[pg_sys::Trigger],
    owner: pg_sys::Oid,
    guard: pg_sys::Oid,
    family: &[pg_sys::Oid],
) -> Option<Unfit> {
    if class.relkind as u8 != pg_sys::RELKIND_RELATION {
        return Some(Unfit::Kind);
    }
    if class.relowner != owner {
        return Some(Unfit::Owner);
    }
    if class.relhasrules {
        return Some(Unfit::Rules);
    }
    if class.relhassubclass {
        return Some(Unfit::Heirs);
    }
    let is_ours = |trigger: &pg_sys::Trigger| {
        if trigger.tgisinternal {
            family.contains(&trigger.tgconstrrelid)
        } else {
            trigger.tgfoid == guard
        }
    };
    if let Some(trigger) = triggers.iter().find(|trigger| !is_ours(trigger)) {
        return Some(Unfit::Trigger(relation::trigger_name(trigger)));
    }
    let on_each_row = (pg_sys::TRIGGER_TYPE_ROW
        | pg_sys::TRIGGER_TYPE_BEFORE
        | pg_sys::TRIGGER_TYPE_INSERT
        | pg_sys::TRIGGER_TYPE_UPDATE
        | pg_sys::TRIGGER_TYPE_DELETE) as i16;
    let is_guarded = triggers.iter().any(|trigger| {
        trigger.tgfoid == guard
            && trigger.tgtype == on_each_row
            && trigger.tgenabled as u8 == pg_sys::TRIGGER_FIRES_ALWAYS
            && trigger.tgqual.is_null()
            && trigger.tgnattr == 0
    });
    (!is_guarded).then_some(Unfit::Unguarded)
}
