//! PostgreSQL's C interface, and the only place where `unsafe` is allowed. Each file makes one subject safe to use,
//! and refers to nothing above this module: what is specific to the extension is handed in.
//!
//! Only the main thread may call PostgreSQL. pgrx checks this in every call of a C function, and panics on another
//! thread. Functions that need a transaction check that there is one. Macros such as `entry_point!` expand to unsafe
//! code in other modules, but the reasons why it is sound are here.
#![allow(unsafe_code)]

pub(crate) mod access;
pub(crate) mod aggregate;
pub(crate) mod allocator;
pub(crate) mod array;
pub(crate) mod at_commit;
pub(crate) mod bytea;
pub(crate) mod caller;
pub(crate) mod catalog;
pub(crate) mod database;
pub(crate) mod exit;
pub(crate) mod full_text;
pub(crate) mod guc;
mod index_method;
mod index_pages;
pub(crate) mod interrupts;
pub(crate) mod jsonb;
mod list;
pub(crate) mod lock;
pub(crate) mod memory;
mod nodes;
pub(crate) mod panic;
pub(crate) mod postings;
mod receiver;
pub(crate) mod relation;
mod require;
mod result;
pub(crate) mod role;
pub(crate) mod row;
pub(crate) mod shared_state;
pub(crate) mod signal;
pub(crate) mod spi;
pub(crate) mod sql;
pub(crate) mod support;
pub(crate) mod table;
mod temp_file;
pub(crate) mod text;
pub(crate) mod transaction;
pub(crate) mod trigger;
pub(crate) mod vectors;
pub(crate) mod wait_event;
pub(crate) mod worker;
