//! Imports in the background, which commit batch by batch.
//!
//! A job is a row of `midi_import_jobs`. Its files are listed once, into chunks, which are the rows of
//! `midi_import_chunks`. Its workers claim chunks, and commit what they write together with the counts and
//! the position in the chunk. A worker holds a lock as long as it exists, so the claims of a dead worker
//! are recognized and released. A job that was interrupted therefore continues at the first batch that was
//! not committed, whoever starts its workers again: the server, after its recovery or after a worker was
//! terminated; the launcher, after the server was started; or the next call that checks the jobs.
//!
//! The functions and the workers act as the role that started the job. Only the job store has the rights
//! of the extension's owner.
//!
//! `control` is the session's side: starting, cancelling and waiting. `launch` starts workers. `run` is
//! what a worker does: `listing`, then its `share` of the chunks, then `ending`.

mod chunk;
mod chunk_rows;
mod control;
mod ending;
mod guard;
mod index_statements;
mod indexes;
mod integrity;
mod job;
mod launch;
mod limits;
mod listing;
mod log;
mod order;
mod process;
mod retries;
mod run;
mod share;
mod source;
mod statements;
mod store;
mod tables;
mod worker;

pub(crate) use control::{cancel, create, require_own_process, start, wait};
pub(crate) use index_statements::OWNERS;
pub(crate) use job::NewJob;
pub(crate) use launch::{Activity, resume_all};
pub(crate) use limits::check_workers;
pub(crate) use store::{JobStore, with_store};
