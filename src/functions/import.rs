//! `midi_import`, `midi_catalog` and `midi_reanalyze`: music into the library.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::access::locate;
use crate::error::given;
use crate::import::{Summary, import_content, import_source};
use crate::pg::caller::Caller;
use crate::pg::transaction;
use crate::settings::{self, Depth, Extent, Keep};
use crate::{error, files, rights};

/// The maximum length of a name in bytes, the same as of a member of an archive.
const MAX_NAME: usize = 65_535;

type Row = (i64, i64, i64, i64, i64, i64, i64, f64, f64);

returning! {
    (
        name!(found, i64),
        name!(imported, i64),
        name!(duplicate, i64),
        name!(unchanged, i64),
        name!(failed, i64),
        name!(skipped, i64),
        name!(vanished, i64),
        name!(seconds, f64),
        name!(files_per_second, f64),
    ):

    #[pg_extern(name = "midi_import", volatile, parallel_unsafe, requires = ["tables"])]
    fn midi_import_source(source: Option<&str>, caller: Caller<'_>) {
        import(c"midi_import()", source, &caller).map(TableIterator::once)
    }

    // A source has no such arguments: it would take midi_import('name', 'content') for itself.
    #[pg_extern(name = "midi_import", volatile, parallel_unsafe, requires = ["tables"])]
    fn midi_import_content(
        name: Option<&str>,
        content: Option<&[u8]>,
        depth: default!(Option<&str>, "NULL"),
        keep: default!(Option<bool>, "NULL"),
        parts: default!(Option<bool>, "NULL"),
        caller: Caller<'_>,
    ) {
        let (name, content) = (given(name, "name")?, given(content, "content")?);
        let extent = extent(depth, keep, parts)?;
        import_piece(name, content, extent, &caller).map(TableIterator::once)
    }

    // This one and the next are the same as midi_import, with the settings that sql/grants.sql gives to them.
    #[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
    fn midi_catalog(source: Option<&str>, caller: Caller<'_>) {
        import(c"midi_catalog()", source, &caller).map(TableIterator::once)
    }

    #[pg_extern(volatile, parallel_unsafe, requires = ["tables"])]
    fn midi_reanalyze(source: Option<&str>, caller: Caller<'_>) {
        import(c"midi_reanalyze()", source, &caller).map(TableIterator::once)
    }
}

/// Imports a file or directory of the server on behalf of `function`.
fn import(function: &CStr, source: Option<&str>, caller: &Caller<'_>) -> Result<Row, ErrorReport> {
    transaction::require_writable(function);
    let source = given(source, "source")?;
    let located = locate(source)?;
    rights::require_importing(&caller.schema(), settings::extent())?;
    let source_error = |problem: &files::FileError| error::file(problem, source);
    import_source(located, &caller.schema(), source_error).map(|summary| row(&summary))
}

/// How much of a piece is stored: as given, and otherwise as set.
fn extent(
    depth: Option<&str>,
    keep: Option<bool>,
    parts: Option<bool>,
) -> Result<Extent, ErrorReport> {
    let set = settings::extent();
    Ok(Extent {
        depth: depth.map(Depth::of).transpose()?.unwrap_or(set.depth),
        keep: keep.map_or(set.keep, |keep| if keep { Keep::On } else { Keep::Off }),
        parts: parts.unwrap_or(set.parts),
    })
}

/// Imports a piece that a client has sent.
fn import_piece(
    name: &str,
    content: &[u8],
    extent: Extent,
    caller: &Caller<'_>,
) -> Result<Row, ErrorReport> {
    transaction::require_writable(c"midi_import()");
    if name.len() > MAX_NAME {
        return Err(error::name_too_long("piece", MAX_NAME));
    }
    rights::require_importing(&caller.schema(), extent)?;
    import_content(name, content, extent, &caller.schema()).map(|summary| row(&summary))
}

fn row(summary: &Summary) -> Row {
    let counts = &summary.counts;
    (
        counts.found(),
        counts.imported,
        counts.duplicate,
        counts.unchanged,
        counts.failed,
        counts.skipped,
        counts.vanished,
        summary.seconds,
        counts.found() as f64 / summary.seconds.max(1e-6),
    )
}
