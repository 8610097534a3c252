//! The SQL functions, one family a file. Each is thin: it checks, calls the core or the import, and
//! hands rows back.
//!
//! A function with two forms shares one SQL name: the `content` form is open to everyone and
//! IMMUTABLE, the `path` form reads the server's files.

// pgrx reads the columns of a result off the signature, where no alias may stand.
#![allow(clippy::type_complexity)]

pub(crate) mod analyze;
pub(crate) mod duplicates;
pub(crate) mod features;
pub(crate) mod find;
pub(crate) mod hear;
pub(crate) mod import;
pub(crate) mod indexes;
pub(crate) mod inspect;
pub(crate) mod jobs;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod similar;
pub(crate) mod tuning;
pub(crate) mod version;

use midi_analysis::Limits;
use pgrx::pg_sys::panic::ErrorReport;

use crate::pg::caller::Caller;
use crate::pg::interrupts;
use crate::pg::table::{Columns, Table};
use crate::{access, error, settings};

/// What the core's readers have in common.
type CoreReader<T> = fn(&[u8], &Limits, &dyn Fn() -> bool) -> Result<T, midi_analysis::Error>;

/// What those have in common that hand on rows.
type RowReader<R> =
    fn(&[u8], &Limits, &dyn Fn() -> bool, &mut dyn FnMut(R)) -> Result<(), midi_analysis::Error>;

fn from_content<T>(read: CoreReader<T>, content: &[u8]) -> Result<T, ErrorReport> {
    read(content, &settings::limits(), &interrupts::poll)
        .map_err(|problem| error::content(&problem, None))
}

fn from_path<T>(read: CoreReader<T>, path: &str) -> Result<T, ErrorReport> {
    read(&bytes_at(path)?, &settings::limits(), &interrupts::poll)
        .map_err(|problem| error::content(&problem, Some(path)))
}

/// A table of the rows that `read` hands on, as the columns they are made.
fn table_from_content<R, Row: Columns>(
    caller: &Caller<'_>,
    read: RowReader<R>,
    content: &[u8],
    columns: fn(R) -> Row,
) -> Result<Table<'static, Row>, ErrorReport> {
    let mut table = Table::new(caller)?;
    each_from_content(read, content, &mut |row| table.put(columns(row)))?;
    Ok(table)
}

fn each_from_content<R>(
    read: RowReader<R>,
    content: &[u8],
    each: &mut dyn FnMut(R),
) -> Result<(), ErrorReport> {
    read(content, &settings::limits(), &interrupts::poll, each)
        .map_err(|problem| error::content(&problem, None))
}

/// The same of a server file.
fn table_from_path<R, Row: Columns>(
    caller: &Caller<'_>,
    read: RowReader<R>,
    path: &str,
    columns: fn(R) -> Row,
) -> Result<Table<'static, Row>, ErrorReport> {
    let bytes = bytes_at(path)?;
    let mut table = Table::new(caller)?;
    let mut each = |row| table.put(columns(row));
    read(&bytes, &settings::limits(), &interrupts::poll, &mut each)
        .map_err(|problem| error::content(&problem, Some(path)))?;
    Ok(table)
}

fn bytes_at(path: &str) -> Result<Vec<u8>, ErrorReport> {
    access::read(path, settings::limits().max_bytes)
}
