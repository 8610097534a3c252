//! `midi_pipeline_version`: the version of the loaded library, for bug reports.

use pgrx::pg_sys;
use pgrx::prelude::*;

#[pg_extern(stable, parallel_safe)]
fn midi_pipeline_version() -> TableIterator<
    'static,
    (name!(version, &'static str), name!(git_revision, &'static str), name!(postgresql, String)),
> {
    TableIterator::once((
        env!("CARGO_PKG_VERSION"),
        env!("MIDI_PIPELINE_GIT_REVISION"),
        pg_sys::PG_VERSION.to_string_lossy().into_owned(),
    ))
}
