//! The extension's settings, each with a typed getter. They are read on the main thread only.

mod extent;
mod limits;
mod list;
mod recorded;

use std::ffi::CString;
use std::num::NonZeroUsize;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};

use crate::pg::guc;
pub(crate) use extent::{Depth, Extent, Keep, extent};
pub(crate) use limits::{allowed_directories, archive_limits, limits};
use list::parse_list;
pub(crate) use recorded::{recorded, restore, with};

/// More threads than this would only wait for the disk and for the one writer.
const MAX_THREADS: i32 = 64;

static THREADS: GucSetting<i32> = GucSetting::<i32>::new(0);
static ENABLED: GucSetting<bool> = GucSetting::<bool>::new(true);
static DATABASES: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static BATCH_SIZE: GucSetting<i32> = GucSetting::<i32>::new(1000);
static REANALYZE: GucSetting<bool> = GucSetting::<bool>::new(false);

/// Defines every setting; called once, from `_PG_init`.
pub(crate) fn define() {
    GucRegistry::define_int_guc(
        c"midi_pipeline.threads",
        c"Sets the number of threads that read and analyze files during an import.",
        c"0 means one for each processor core.",
        &THREADS,
        0,
        MAX_THREADS,
        GucContext::Userset,
        GucFlags::default(),
    );
    limits::define();
    GucRegistry::define_int_guc(
        c"midi_pipeline.batch_size",
        c"Sets the largest number of files in a batch of an import.",
        c"A batch also ends at 4 MB of file content.",
        &BATCH_SIZE,
        1,
        10_000,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        c"midi_pipeline.reanalyze",
        c"Analyzes files again in imports if an older version of the analyzer analyzed them.",
        c"Such files are read again, even if they have not changed.",
        &REANALYZE,
        GucContext::Userset,
        GucFlags::default(),
    );
    extent::define();
    GucRegistry::define_bool_guc(
        c"midi_pipeline.enabled",
        c"Runs schedules.",
        c"Jobs that are running continue. Takes effect at a reload.",
        &ENABLED,
        GucContext::Sighup,
        GucFlags::default(),
    );
    guc::define_list(
        c"midi_pipeline.databases",
        c"Lists the databases whose schedules are run, separated by commas; an empty list means all.",
        c"Requires the library in shared_preload_libraries. Takes effect at a reload.",
        &DATABASES,
        GucContext::Sighup,
        |value| parse_list(value).map(drop),
    );
    guc::reserve_prefix(c"midi_pipeline");
}

/// The number of threads of an import, at least 1.
pub(crate) fn threads() -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    match THREADS.get() {
        0 => cores().min(MAX_THREADS as usize),
        threads => threads as usize,
    }
}

/// The largest number of files in a batch, at least 1.
pub(crate) fn batch_size() -> usize {
    BATCH_SIZE.get() as usize
}

/// Whether imports analyze files again that an older version has analyzed.
pub(crate) fn reanalyze() -> bool {
    REANALYZE.get()
}

/// Whether schedules are run.
pub(crate) fn enabled() -> bool {
    ENABLED.get()
}

/// The databases whose schedules are run; an empty list means all.
pub(crate) fn databases() -> Vec<CString> {
    let value = DATABASES.get().unwrap_or_default();
    let names = parse_list(value.as_bytes()).expect("the check hook accepted the value");
    names.into_iter().filter_map(|name| CString::new(name).ok()).collect()
}

/// The session's time zone.
pub(crate) fn time_zone() -> String {
    guc::get(c"TimeZone").unwrap_or_default()
}
