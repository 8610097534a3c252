//! Brings files into the library, batch by batch.
//!
//! A `listing` lists the files below a source. `batches` makes batches of file lists, and of the members
//! of the `archives` in them. The `driver` takes these batches and moves each through the `pipeline`, where
//! it is read, analyzed and written. What is `recorded` is compared with the files, so that unchanged ones are not
//! looked at any further, and those that do not exist any more are found. `vanished` does that for members of archives.
//!
//! A direct import (`direct`) and a worker of a job (`crate::jobs`) use the same driver. They differ in
//! where the file lists come from and in when they commit. A job that completes the music of a library has
//! no source: it reads the files that are `cataloged`, wherever they are.
//!
//! `forget` and `prune` take out of the library what imports have brought into it.

mod archive_reader;
mod archives;
mod batch;
mod batches;
mod cataloged;
mod content;
mod datums;
mod decision;
mod direct;
mod driver;
mod entry;
mod file_list;
mod file_rows;
mod foreign_code;
mod forget;
mod hash;
mod listing;
mod location;
mod moving;
mod outcome;
mod parts;
mod pipeline;
mod pool;
mod portion;
mod problem;
mod progress;
mod prune;
mod recorded;
mod removal;
mod rows;
mod statements;
mod store;
mod stored;
mod summary;
mod vanished;
mod walk;

pub(crate) use cataloged::Cataloged;
pub(crate) use content::import_content;
pub(crate) use decision::Admits;
pub(crate) use direct::import_source;
pub(crate) use driver::{Driver, Step};
pub(crate) use entry::{Candidate, Disposition, Entry};
pub(crate) use file_list::{FileList, FileLists, Position};
pub(crate) use forget::forget;
pub(crate) use hash::{Hash, sha256};
pub(crate) use listing::Listing;
pub(crate) use location::Location;
pub(crate) use outcome::{Counts, Outcome};
pub(crate) use pool::Pool;
pub(crate) use portion::Portion;
pub(crate) use problem::Problem;
pub(crate) use prune::prune;
pub(crate) use recorded::Recorded;
pub(crate) use store::Store;
pub(crate) use summary::Summary;
