//! Everything that speaks to PostgreSQL's C interface by hand: the only place where `unsafe` is
//! allowed. Each file wraps one subject in functions that are safe to call from the main thread.
#![allow(unsafe_code)]

pub(crate) mod access;
pub(crate) mod allocator;
pub(crate) mod at_commit;
pub(crate) mod caller;
pub(crate) mod catalog;
pub(crate) mod database;
pub(crate) mod exit;
pub(crate) mod guc;
pub(crate) mod interrupts;
pub(crate) mod jsonb;
pub(crate) mod lock;
pub(crate) mod memory;
pub(crate) mod panic;
mod receiver;
pub(crate) mod relation;
pub(crate) mod role;
pub(crate) mod row;
pub(crate) mod shared_state;
pub(crate) mod signal;
pub(crate) mod spi;
pub(crate) mod sql;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod transaction;
pub(crate) mod trigger;
pub(crate) mod worker;
