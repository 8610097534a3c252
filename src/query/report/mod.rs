//! What a report shows of the library: the counts of a few statements, each of which reads the library once.
//!
//! They read the tables, not `midi_library`, so that row security binds. Where a view is read it is joined with the tables
//! that it shows. Whoever may write the tables may have written any values, so what comes here is bounded: texts are cut,
//! and lists have a length.

mod damage;
mod files;
mod library;
mod music;
mod names;
mod pieces;

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiResult;

use self::library::Library;
use crate::pg::caller::Schema;
use crate::pg::{guc, role};
use crate::render::report::facts::Facts;
use crate::{error, rights};

/// What it reads.
const READ: [&CStr; 4] =
    [c"midi_files", c"musical_metadata", c"midi_import_errors", c"midi_name_disagreements"];

/// Reads what a report shows.
///
/// # Errors
/// Those of the statements, such as a missing privilege.
pub(crate) fn facts(schema: &Schema) -> Result<Facts, ErrorReport> {
    rights::require_reading_all(schema, &READ)?;
    let read = || {
        guc::with_settings(|settings| {
            // It would take longer than it gains: there are many statements.
            settings.set(c"jit", c"off");
            Spi::connect(|client| collect(&Library { client, schema }))
        })
    };
    role::with_pinned_path(read).map_err(error::statement)
}

fn collect(library: &Library<'_>) -> SpiResult<Facts> {
    let files = files::files(library)?;
    let music = music::music(library)?;
    Ok(Facts {
        written: files::written(library)?,
        copies: files::copies(library)?,
        damage: damage::damage(library, &files)?,
        names: names::names(library, &files)?,
        slowest: pieces::slowest(library)?,
        fastest: pieces::fastest(library)?,
        strangest: pieces::strangest(library, &music, files.in_library())?,
        latest: pieces::latest(library)?,
        files,
        music,
    })
}
