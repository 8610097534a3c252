//! The extension's settings, each with a typed getter. They are read on the main thread only.

mod limits;
mod list;
mod recorded;

use std::ffi::{CStr, CString};
use std::num::NonZeroUsize;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting, PostgresGucEnum};
use pgrx::pg_sys::panic::ErrorReport;

use crate::error;
use crate::pg::guc;
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
const DEPTH_NAME: &CStr = c"midi_pipeline.depth";
static DEPTH: GucSetting<Depth> = GucSetting::<Depth>::new(Depth::Full);
const KEEP_NAME: &CStr = c"midi_pipeline.keep_content";
static KEEP: GucSetting<Keep> = GucSetting::<Keep>::new(Keep::Off);
const PARTS_NAME: &CStr = c"midi_pipeline.parts";
static PARTS: GucSetting<bool> = GucSetting::<bool>::new(false);

/// How much an import finds out about a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PostgresGucEnum)]
pub(crate) enum Depth {
    /// What reading its file tells.
    #[name = c"catalog"]
    Catalog,
    /// What listening to the music tells as well.
    #[name = c"full"]
    Full,
}

impl Depth {
    /// The depth of this name in SQL.
    ///
    /// # Errors
    /// `ERRCODE_INVALID_PARAMETER_VALUE`.
    pub(crate) fn of(name: &str) -> Result<Self, ErrorReport> {
        let depths = [Self::Catalog, Self::Full];
        depths
            .into_iter()
            .find(|depth| depth.name() == name)
            .ok_or_else(|| error::no_such_depth(name))
    }

    /// Its name in SQL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Full => "full",
        }
    }
}

/// Which contents an import keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PostgresGucEnum)]
pub(crate) enum Keep {
    /// None.
    #[name = c"off"]
    Off,
    /// Those of members of archives.
    #[name = c"archives"]
    Archives,
    /// All.
    #[name = c"on"]
    On,
}

impl Keep {
    /// Whether the content of a file is kept, which may be a member of an archive.
    pub(crate) fn applies_to(self, is_member: bool) -> bool {
        match self {
            Self::Off => false,
            Self::Archives => is_member,
            Self::On => true,
        }
    }
}

/// How much of a piece an import stores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) depth: Depth,
    pub(crate) keep: Keep,
    /// Whether its parts are stored, where it is analyzed in full.
    pub(crate) parts: bool,
}

impl Extent {
    /// Whether parts are asked for where they can be told.
    pub(crate) fn has_parts(self) -> bool {
        self.parts && self.depth == Depth::Full
    }
}

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
    define_extent();
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

/// Defines how much of a piece imports store.
fn define_extent() {
    GucRegistry::define_enum_guc(
        DEPTH_NAME,
        c"Sets how much imports find out about a piece.",
        c"catalog stores what reading the file tells, full what listening to the music tells as well.",
        &DEPTH,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_enum_guc(
        KEEP_NAME,
        c"Sets which contents imports keep in the database.",
        c"archives keeps those of files in archives, on keeps all.",
        &KEEP,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        PARTS_NAME,
        c"Stores the parts of each piece in imports.",
        c"They are rows of midi_parts_library. Imports at depth catalog store none.",
        &PARTS,
        GucContext::Userset,
        GucFlags::default(),
    );
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

/// How much of a piece imports store.
pub(crate) fn extent() -> Extent {
    Extent { depth: DEPTH.get(), keep: KEEP.get(), parts: PARTS.get() }
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
