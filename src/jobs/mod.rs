//! Imports in the background, which commit batch by batch.
//!
//! A job is a row of `midi_import_jobs`. Its files are listed once, a batch a row, in
//! `midi_import_chunks`; its workers claim these, and what they write commits together with the
//! counts. A worker holds a lock as long as it lives, so that the claims of a dead one are known
//! and made free. So a job that was cut off goes on at the first batch that was not committed,
//! whoever starts its workers again: the server, after it has recovered or a worker was terminated;
//! the launcher, after a start of the server; or the next call that looks after jobs.
//!
//! The functions and the workers act as the role that called; only the job's own bookkeeping
//! (`ledger`) has the rights of the extension's owner.

mod chunk;
mod control;
mod ending;
mod guard;
mod index_statements;
mod indexes;
mod integrity;
mod ledger;
mod order;
mod process;
mod share;
mod staff;
mod statements;
mod tables;
mod walk;
mod worker;

pub(crate) use control::{cancel, create, require_own_process, start, wait, with_ledger};
pub(crate) use ledger::{Ledger, NewJob};
use staff::MAX_WORKERS;
pub(crate) use staff::{Prospect, check_workers, resume_all};
