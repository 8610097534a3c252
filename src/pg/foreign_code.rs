//! Tables that are written with the rights of whoever imports, looked at before: what would be run by it
//! must be of those who have the importer's rights.
//!
//! A table's owner may have functions of his called by whoever writes to it, in defaults, constraints,
//! policies and indexes; and so may everyone whom GRANT ALL has given TRIGGER, by triggers. As whom a
//! trigger was made nobody has written down. So it is judged by its function; what a condition calls is
//! anyone's, and builtin functions suffice to have any SQL run. REFERENCES, which comes with GRANT ALL as
//! well, goes as far, by a foreign key that cascades into a table with triggers.

use pgrx::pg_catalog::pg_proc::PgProc;
use pgrx::pg_sys;

use super::{relation, role};

/// What would be run by writing to a table, with rights that its author has not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ForeignCode {
    /// Whatever the owner of the table likes.
    Owner,
    /// The function of the trigger of this name.
    Trigger(String),
    /// The condition of the trigger of this name.
    Condition(String),
    /// A trigger of the table of this name, whose rows follow those of this one.
    Reference(String),
}

/// Looks for code of others that writing to a table would run as the current role, and holds off whoever
/// would add some, until the transaction ends. A role that may not write there runs none, and holds off
/// nobody.
pub(crate) fn of(table: pg_sys::Oid) -> Option<ForeignCode> {
    if !may_write(table) {
        return None;
    }
    relation::look_at(table, of_table).or_else(|| of_cascades(table))
}

/// What whoever owns a table, or may make triggers there, has run by those who write to it.
fn of_table(
    class: &pg_sys::FormData_pg_class,
    triggers: &[pg_sys::Trigger],
) -> Option<ForeignCode> {
    if !has_our_rights(class.relowner) {
        return Some(ForeignCode::Owner);
    }
    let mut own = triggers.iter().filter(|trigger| !trigger.tgisinternal);
    own.find_map(|trigger| {
        if !trigger.tgqual.is_null() {
            Some(ForeignCode::Condition(relation::trigger_name(trigger)))
        } else {
            is_foreign(trigger).then(|| ForeignCode::Trigger(relation::trigger_name(trigger)))
        }
    })
}

/// What a row that is deleted or given another key has run by foreign keys that refer to it. They change
/// the rows that refer to it as the owner of those; but what triggers do after that is done as who began.
fn of_cascades(table: pg_sys::Oid) -> Option<ForeignCode> {
    let mut tables = vec![table];
    let mut next = 0;
    while let Some(&table) = tables.get(next) {
        let is_first = next == 0;
        let (code, further) = relation::look_at(table, |class, triggers| {
            let further = triggers.iter().filter(|trigger| is_cascade(trigger));
            let further: Vec<_> = further.map(|trigger| trigger.tgconstrrelid).collect();
            let is_hidden = class.relkind as u8 == pg_sys::RELKIND_PARTITIONED_TABLE
                && !has_our_rights(class.relowner);
            let mut after = triggers.iter().filter(|trigger| {
                !trigger.tgisinternal && trigger.tgtype & pg_sys::TRIGGER_TYPE_BEFORE as i16 == 0
            });
            let is_foreign = !is_first && (is_hidden || after.any(is_foreign));
            (is_foreign.then(|| ForeignCode::Reference(relation::name(class))), further)
        });
        if code.is_some() {
            return code;
        }
        for table in further {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        next += 1;
    }
    None
}

/// Whether a trigger is that of a foreign key which changes the rows that refer to a row.
fn is_cascade(trigger: &pg_sys::Trigger) -> bool {
    let actions = [
        pg_sys::F_RI_FKEY_CASCADE_DEL,
        pg_sys::F_RI_FKEY_CASCADE_UPD,
        pg_sys::F_RI_FKEY_SETNULL_DEL,
        pg_sys::F_RI_FKEY_SETNULL_UPD,
        pg_sys::F_RI_FKEY_SETDEFAULT_DEL,
        pg_sys::F_RI_FKEY_SETDEFAULT_UPD,
    ];
    trigger.tgisinternal && actions.contains(&trigger.tgfoid.to_u32())
}

/// Whether a trigger's function is of a role that has not the rights of the current one, and would be run
/// with these; a SECURITY DEFINER function has its owner's rights, whoever has it run.
fn is_foreign(trigger: &pg_sys::Trigger) -> bool {
    let function = PgProc::new(trigger.tgfoid);
    !function.is_some_and(|function| function.prosecdef() || has_our_rights(function.proowner()))
}

/// Whether the current role may write to a table, to all of its columns or to some.
fn may_write(table: pg_sys::Oid) -> bool {
    let role = role::current();
    let right = (pg_sys::ACL_INSERT | pg_sys::ACL_UPDATE | pg_sys::ACL_DELETE) as pg_sys::AclMode;
    // SAFETY: look-ups by OID within a transaction; of a table that is no more the first is an ERROR.
    unsafe {
        pg_sys::pg_class_aclcheck(table, role, right) == pg_sys::AclResult::ACLCHECK_OK
            || pg_sys::pg_attribute_aclcheck_all(
                table,
                role,
                right,
                pg_sys::AclMaskHow::ACLMASK_ANY,
            ) == pg_sys::AclResult::ACLCHECK_OK
    }
}

/// Whether a role could do whatever the current one can.
fn has_our_rights(other: pg_sys::Oid) -> bool {
    // SAFETY: reads the role caches, within a transaction.
    unsafe { pg_sys::has_privs_of_role(other, role::current()) }
}
