//! The SQL functions, one family a file. Each is thin: it checks its arguments, calls the core, a query
//! or an import, and returns rows.

// pgrx takes the columns of a result from the signature, and does not resolve type aliases.
#![allow(clippy::type_complexity)]

#[macro_use]
mod forms;

pub(crate) mod analyze;
pub(crate) mod compatible;
pub(crate) mod content;
pub(crate) mod damage;
pub(crate) mod distribution;
mod duplicates;
pub(crate) mod edit;
mod event_data;
mod event_rows;
pub(crate) mod events;
pub(crate) mod features;
pub(crate) mod from_events;
pub(crate) mod from_notes;
pub(crate) mod harmony;
pub(crate) mod import;
mod index_choice;
pub(crate) mod indexes;
pub(crate) mod jobs;
pub(crate) mod launcher;
pub(crate) mod lyrics;
pub(crate) mod melody;
pub(crate) mod midi_out;
pub(crate) mod notes;
pub(crate) mod part_files;
pub(crate) mod parts;
pub(crate) mod pictures;
pub(crate) mod progression;
pub(crate) mod removal;
pub(crate) mod report;
pub(crate) mod rhythm;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod sections;
pub(crate) mod similar;
pub(crate) mod tunes;
pub(crate) mod tuning;
pub(crate) mod version;
pub(crate) mod words;
