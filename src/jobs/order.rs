//! What a worker of a job is given when the server starts it.

use pgrx::pg_sys::{self, Oid};

/// What a worker of a job is given when the server starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The role as which it connects.
    pub(crate) role: Oid,
    pub(crate) job: i64,
    /// Its number among the job's workers, from 1 on.
    pub(crate) worker: i32,
    /// The transaction or the savepoint in which the job was created; 0 if that is committed.
    pub(crate) transaction: u32,
}

impl Order {
    /// The order as text, for a worker of `database`.
    pub(super) fn to_text(self, database: Oid) -> String {
        let Self { role, job, worker, transaction } = self;
        format!("{database} {role} {job} {worker} {transaction}")
    }

    /// The database and the order of which `text` is the text; `None` for the text of another version of
    /// the library.
    pub(super) fn parse(text: &str) -> Option<(Oid, Self)> {
        let mut fields = text.split(' ');
        let mut number = || fields.next()?.parse::<i64>().ok();
        let mut oid = || Some(pg_sys::Oid::from(u32::try_from(number()?).ok()?));
        let (database, role) = (oid()?, oid()?);
        let order = Self {
            role,
            job: number()?,
            worker: number()?.try_into().ok()?,
            transaction: number()?.try_into().ok()?,
        };
        Some((database, order))
    }
}
