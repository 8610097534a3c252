//! The settings that bind everyone: which directories may be read, and what one file may cost. Only
//! superusers may change them. Main thread only.
//!
//! They hold in spite of two things. A client may set such a setting before the library is loaded, when
//! PostgreSQL does not know yet who may: it then hides what the administrator has set, and is refused
//! when the library is loaded, which leaves the default, and that is no limit at all. So where what was
//! set was not taken, the limit is unknown, and what it limits is refused. And a job takes along what
//! held for its caller, while the administrator may lower a limit later: both hold, the stricter first.

use std::cell::RefCell;
use std::ffi::{CStr, CString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use midi_analysis::Limits;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::prelude::*;
use serde_json::Value;

use crate::pg::guc::{self, Source};
use crate::settings::parse_directories;
use crate::{archive, error};

static ALLOWED_DIRECTORIES: GucSetting<Option<CString>> =
    GucSetting::<Option<CString>>::new(Some(c""));
static MAX_FILE_SIZE_KB: GucSetting<i32> = GucSetting::<i32>::new(64 * 1024);
static MAX_EVENTS: GucSetting<i32> = GucSetting::<i32>::new(5_000_000);
static MAX_ARCHIVE_SIZE_KB: GucSetting<i32> = GucSetting::<i32>::new(16 * 1024 * 1024);

/// A limit, and what is known of it.
struct Limit {
    name: &'static CStr,
    /// Where the value came from that was not taken when the library was loaded; 0 for none.
    refused: AtomicU32,
    /// Where the value came from that was.
    taken: AtomicU32,
}

static DIRECTORIES: Limit = Limit::named(c"midi_pipeline.allowed_directories");
static FILE_SIZE: Limit = Limit::named(c"midi_pipeline.max_file_size");
static EVENTS: Limit = Limit::named(c"midi_pipeline.max_events");
static ARCHIVE_SIZE: Limit = Limit::named(c"midi_pipeline.max_archive_size");

impl Limit {
    const fn named(name: &'static CStr) -> Self {
        Self { name, refused: AtomicU32::new(0), taken: AtomicU32::new(0) }
    }

    /// Has the setting defined, and notes whether what was set before is taken.
    fn define(&'static self, define: impl FnOnce(&'static CStr)) {
        let before = guc::source_at_rest(self.name);
        define(self.name);
        let taken = guc::source_at_rest(self.name);
        let refused = before.filter(|before| taken != Some(*before));
        self.refused.store(refused.map_or(0, |source| source.0), Ordering::Relaxed);
        self.taken.store(taken.map_or(0, |source| source.0), Ordering::Relaxed);
    }

    /// Raises `ERRCODE_INSUFFICIENT_PRIVILEGE` where a client has hidden the limit, and
    /// `ERRCODE_CONFIG_FILE_ERROR` where its value is none, until there is one.
    fn require_known(&self) {
        let [refused, taken] =
            [&self.refused, &self.taken].map(|source| Source(source.load(Ordering::Relaxed)));
        let is_unset = || guc::source_at_rest(self.name).is_none_or(|source| source.is_default());
        // A worker of a query takes over its leader's settings after it has loaded the library. What the
        // leader has none for, though it is set for this process, was refused there.
        let leader_lacks = || guc::is_parallel_worker() && !taken.is_default() && is_unset();
        if refused.is_clients() || refused.is_default() && leader_lacks() {
            error::limit_hidden_by_client(&self.name.to_string_lossy()).report(PgLogLevel::ERROR);
        }
        if !refused.is_default() && is_unset() {
            error::limit_is_invalid(&self.name.to_string_lossy()).report(PgLogLevel::ERROR);
        }
    }
}

/// Defines the settings; called once, from `_PG_init`.
pub(crate) fn define() {
    DIRECTORIES.define(|name| {
        guc::define_list(
            name,
            c"Directories below which server files may be read, separated by commas.",
            c"Applies to everyone, superusers included. Empty means no restriction beyond the roles.",
            &ALLOWED_DIRECTORIES,
            GucContext::Suset,
            |value| parse_directories(value).map(drop),
        );
    });
    FILE_SIZE.define(|name| {
        GucRegistry::define_int_guc(
            name,
            c"Largest file that is analyzed, before and after decompression.",
            c"Larger files are skipped by an import and refused by the other functions.",
            &MAX_FILE_SIZE_KB,
            1,
            1024 * 1024,
            GucContext::Suset,
            GucFlags::UNIT_KB,
        );
    });
    EVENTS.define(|name| {
        GucRegistry::define_int_guc(
            name,
            c"Most MIDI events that are read from one file.",
            c"Bounds the memory that one file can take.",
            &MAX_EVENTS,
            1,
            100_000_000,
            GucContext::Suset,
            GucFlags::default(),
        );
    });
    ARCHIVE_SIZE.define(|name| {
        GucRegistry::define_int_guc(
            name,
            c"Most that is read of one archive, decompressed.",
            c"An archive that holds more fails at that point. Bounds the time that one can take.",
            &MAX_ARCHIVE_SIZE_KB,
            1,
            i32::MAX,
            GucContext::Suset,
            GucFlags::UNIT_KB,
        );
    });
}

/// The directories below which files may be read: lists, below each of which a file has to lie; none where
/// there is no restriction.
pub(crate) fn allowed_directories() -> Vec<Vec<PathBuf>> {
    let now = current().directories;
    let then = TAKEN_ALONG.with_borrow(|limits| limits.as_ref().map(|l| l.directories.clone()));
    [Some(now), then]
        .into_iter()
        .flatten()
        .map(|list| parse_directories(list.as_bytes()).expect("the check hook accepted the value"))
        .filter(|directories| !directories.is_empty())
        .collect()
}

/// What one file may cost.
pub(crate) fn limits() -> Limits {
    let limits = in_force();
    Limits { max_bytes: limits.file_size_kb as usize * 1024, max_events: limits.events as usize }
}

/// What one archive may cost.
pub(crate) fn archive_limits() -> archive::Limits {
    let limits = in_force();
    archive::Limits {
        member: limits.file_size_kb as usize * 1024,
        total: limits.archive_size_kb as u64 * 1024,
    }
}

/// Values of the settings.
#[derive(Clone)]
struct Values {
    directories: String,
    file_size_kb: i32,
    events: i32,
    archive_size_kb: i32,
}

thread_local! {
    /// What held for the caller of the job that this process works on.
    static TAKEN_ALONG: RefCell<Option<Values>> = const { RefCell::new(None) };
}

fn current() -> Values {
    for limit in [&DIRECTORIES, &FILE_SIZE, &EVENTS, &ARCHIVE_SIZE] {
        limit.require_known();
    }
    Values {
        directories: ALLOWED_DIRECTORIES.get().unwrap_or_default().to_string_lossy().into_owned(),
        file_size_kb: MAX_FILE_SIZE_KB.get(),
        events: MAX_EVENTS.get(),
        archive_size_kb: MAX_ARCHIVE_SIZE_KB.get(),
    }
}

/// The numbers that hold now and, in a job, held for its caller: the least of each.
fn in_force() -> Values {
    let now = current();
    TAKEN_ALONG.with_borrow(|then| match then {
        None => now,
        Some(then) => Values {
            file_size_kb: now.file_size_kb.min(then.file_size_kb),
            events: now.events.min(then.events),
            archive_size_kb: now.archive_size_kb.min(then.archive_size_kb),
            ..now
        },
    })
}

/// What a job is to take along: the values that hold now, by the names of their settings.
pub(crate) fn recorded() -> impl Iterator<Item = (&'static CStr, Value)> {
    let Values { directories, file_size_kb, events, archive_size_kb } = current();
    [
        (DIRECTORIES.name, directories.into()),
        (FILE_SIZE.name, file_size_kb.into()),
        (EVENTS.name, events.into()),
        (ARCHIVE_SIZE.name, archive_size_kb.into()),
    ]
    .into_iter()
}

/// Has what [`recorded`] answered hold as well, for the rest of this process. What is not there, or is
/// none, is taken for nothing allowed.
pub(crate) fn take_along(recorded: &Value) {
    let value = |limit: &Limit| &recorded[&*limit.name.to_string_lossy()];
    let number = |limit| value(limit).as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or(1);
    let directories = value(&DIRECTORIES).as_str();
    let directories = directories.filter(|list| parse_directories(list.as_bytes()).is_ok());
    let values = Values {
        directories: directories.unwrap_or("/dev/null/nowhere").to_owned(),
        file_size_kb: number(&FILE_SIZE).max(1),
        events: number(&EVENTS).max(1),
        archive_size_kb: number(&ARCHIVE_SIZE).max(1),
    };
    TAKEN_ALONG.set(Some(values));
}
