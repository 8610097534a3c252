//! How much of a piece an import finds out and stores.

use std::ffi::CStr;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting, PostgresGucEnum};
use pgrx::pg_sys::panic::ErrorReport;

use crate::error;

pub(super) const DEPTH_NAME: &CStr = c"midi_pipeline.depth";
static DEPTH: GucSetting<Depth> = GucSetting::<Depth>::new(Depth::Full);
pub(super) const KEEP_NAME: &CStr = c"midi_pipeline.keep_content";
static KEEP: GucSetting<Keep> = GucSetting::<Keep>::new(Keep::Off);
pub(super) const PARTS_NAME: &CStr = c"midi_pipeline.parts";
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

/// Defines the settings; called once, from `_PG_init`.
pub(super) fn define() {
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

/// How much of a piece imports store.
pub(crate) fn extent() -> Extent {
    Extent { depth: DEPTH.get(), keep: KEEP.get(), parts: PARTS.get() }
}
