//! Tables and their triggers.

use std::ffi::CStr;

use pgrx::pg_sys::{self, Oid};

use super::require::require_transaction;
use super::role;

/// A table, as the catalogs describe it.
pub(crate) struct Relation {
    pub(crate) name: String,
    pub(crate) owner: Oid,
    pub(crate) kind: Kind,
    pub(crate) has_rules: bool,
    /// Whether other tables inherit from it, or did before the last ANALYZE.
    pub(crate) has_subclasses: bool,
    pub(crate) triggers: Vec<Trigger>,
}

/// The kind of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    PartitionedTable,
    Other,
}

/// A trigger of a table.
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) function: Oid,
    /// Whether PostgreSQL made it, for a foreign key or another constraint.
    pub(crate) is_internal: bool,
    /// The other table of the foreign key that it belongs to.
    pub(crate) other_table: Oid,
    /// Whether it has a WHEN condition.
    pub(crate) has_condition: bool,
    /// Whether it fires whatever `session_replication_role` is.
    pub(crate) fires_always: bool,
    /// Whether it is only for updates of certain columns.
    pub(crate) is_for_columns: bool,
    events: i16,
}

impl Trigger {
    /// Whether it fires before the event.
    pub(crate) fn is_before(&self) -> bool {
        self.events & pg_sys::TRIGGER_TYPE_BEFORE as i16 != 0
    }

    /// Whether it fires before each row that is inserted, updated or deleted.
    pub(crate) fn is_before_every_row(&self) -> bool {
        let wanted = pg_sys::TRIGGER_TYPE_ROW
            | pg_sys::TRIGGER_TYPE_BEFORE
            | pg_sys::TRIGGER_TYPE_INSERT
            | pg_sys::TRIGGER_TYPE_UPDATE
            | pg_sys::TRIGGER_TYPE_DELETE;
        self.events == wanted as i16
    }

    /// Whether it belongs to a foreign key and changes the referring rows when a referenced one changes.
    pub(crate) fn is_cascade(&self) -> bool {
        let actions = [
            pg_sys::F_RI_FKEY_CASCADE_DEL,
            pg_sys::F_RI_FKEY_CASCADE_UPD,
            pg_sys::F_RI_FKEY_SETNULL_DEL,
            pg_sys::F_RI_FKEY_SETNULL_UPD,
            pg_sys::F_RI_FKEY_SETDEFAULT_DEL,
            pg_sys::F_RI_FKEY_SETDEFAULT_UPD,
        ];
        self.is_internal && actions.contains(&self.function.to_u32())
    }
}

/// Locks a table as for writing, which keeps it and its triggers as they are until the transaction ends,
/// and describes it.
///
/// Raises an ERROR if there is no such table.
pub(crate) fn lock(table: Oid) -> Relation {
    require_transaction();
    // SAFETY: an open relation has its class and, if it has triggers, their descriptor. Both are copied
    // before anything else can read invalidation messages, upon which PostgreSQL would rebuild them.
    unsafe {
        let relation = pg_sys::table_open(table, pg_sys::RowExclusiveLock as i32);
        let class = &*(*relation).rd_rel;
        let triggers = (*relation).trigdesc.as_ref().map_or(&[][..], |triggers| {
            std::slice::from_raw_parts(triggers.triggers, triggers.numtriggers as usize)
        });
        let kind = match class.relkind as u8 {
            pg_sys::RELKIND_RELATION => Kind::Table,
            pg_sys::RELKIND_PARTITIONED_TABLE => Kind::PartitionedTable,
            _ => Kind::Other,
        };
        let described = Relation {
            name: text(class.relname.data.as_ptr()),
            owner: class.relowner,
            kind,
            has_rules: class.relhasrules,
            has_subclasses: class.relhassubclass,
            triggers: triggers.iter().map(|trigger| Trigger::of(trigger)).collect(),
        };
        pg_sys::table_close(relation, pg_sys::NoLock as i32);
        described
    }
}

impl Trigger {
    /// # Safety
    /// The trigger must be one of an open relation.
    unsafe fn of(trigger: &pg_sys::Trigger) -> Self {
        Self {
            // SAFETY: a trigger has a name.
            name: unsafe { text(trigger.tgname) },
            function: trigger.tgfoid,
            is_internal: trigger.tgisinternal,
            other_table: trigger.tgconstrrelid,
            has_condition: !trigger.tgqual.is_null(),
            fires_always: trigger.tgenabled as u8 == pg_sys::TRIGGER_FIRES_ALWAYS,
            is_for_columns: trigger.tgnattr != 0,
            events: trigger.tgtype,
        }
    }
}

/// # Safety
/// The string must end in NUL.
unsafe fn text(string: *const std::ffi::c_char) -> String {
    // SAFETY: by the contract of this function.
    unsafe { CStr::from_ptr(string) }.to_string_lossy().into_owned()
}

/// Whether the current role may write to a table, to all of its columns or to some.
pub(crate) fn may_write(table: Oid) -> bool {
    let rights = pg_sys::ACL_INSERT | pg_sys::ACL_UPDATE | pg_sys::ACL_DELETE;
    has_right(table, rights, pg_sys::AclMaskHow::ACLMASK_ANY)
}

/// Whether the current role may read the rows of a table and delete them.
pub(crate) fn may_delete(table: Oid) -> bool {
    has_right(table, pg_sys::ACL_DELETE, pg_sys::AclMaskHow::ACLMASK_ALL) && may_read(table)
}

/// What may be granted on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Select,
    Insert,
    Update,
    Delete,
}

impl Right {
    /// Its name in GRANT.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// Whether the current role has a right to a table, or to each of its columns.
pub(crate) fn has(table: Oid, right: Right) -> bool {
    let right = match right {
        Right::Select => pg_sys::ACL_SELECT,
        Right::Insert => pg_sys::ACL_INSERT,
        Right::Update => pg_sys::ACL_UPDATE,
        Right::Delete => pg_sys::ACL_DELETE,
    };
    has_right(table, right, pg_sys::AclMaskHow::ACLMASK_ALL)
}

/// What PostgreSQL calls a relation of its kind, in messages.
pub(crate) fn kind(relation: Oid) -> &'static str {
    require_transaction();
    // SAFETY: a look-up by OID within a transaction.
    match unsafe { pg_sys::get_rel_relkind(relation) } as u8 {
        pg_sys::RELKIND_VIEW => "view",
        _ => "table",
    }
}

/// Whether the current role may read all columns of a table.
pub(crate) fn may_read(table: Oid) -> bool {
    has(table, Right::Select)
}

/// Whether the current role may read a table, or some of its columns.
pub(crate) fn may_read_some(table: Oid) -> bool {
    has_right(table, pg_sys::ACL_SELECT, pg_sys::AclMaskHow::ACLMASK_ANY)
}

/// Whether the current role may read a column of a table. No column is said to be readable that does not exist.
pub(crate) fn may_read_column(table: Oid, column: &CStr) -> bool {
    require_transaction();
    let (role, right) = (role::current(), pg_sys::ACL_SELECT as pg_sys::AclMode);
    // SAFETY: look-ups by OID within a transaction; the name ends in NUL.
    unsafe {
        let number = pg_sys::get_attnum(table, column.as_ptr());
        number > 0
            && (pg_sys::pg_class_aclcheck(table, role, right) == pg_sys::AclResult::ACLCHECK_OK
                || pg_sys::pg_attribute_aclcheck(table, number, role, right)
                    == pg_sys::AclResult::ACLCHECK_OK)
    }
}

/// Whether the current role has one of these rights to a table, or to `how` many of its columns.
fn has_right(table: Oid, rights: u32, how: pg_sys::AclMaskHow::Type) -> bool {
    require_transaction();
    let (role, right) = (role::current(), rights as pg_sys::AclMode);
    // SAFETY: look-ups by OID within a transaction; the first raises an ERROR if the table does not exist.
    unsafe {
        pg_sys::pg_class_aclcheck(table, role, right) == pg_sys::AclResult::ACLCHECK_OK
            || pg_sys::pg_attribute_aclcheck_all(table, role, right, how)
                == pg_sys::AclResult::ACLCHECK_OK
    }
}
