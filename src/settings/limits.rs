//! The limits for everyone: which directories may be read, and how much one file may cost. Only superusers
//! may change them. They are read on the main thread only.
//!
//! A client may set such a setting before the library is loaded, while PostgreSQL does not know yet who may
//! set it. The client's value then hides the administrator's. When the library is loaded it is refused, and
//! the default stays, which is no limit at all. So if a value was refused, the limit is unknown, and everything
//! that it limits is an error.
//!
//! A job takes over the limits of its caller, and the administrator may lower a limit later. Then the strictest
//! of them applies.

use std::cell::RefCell;
use std::ffi::{CStr, CString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use midi_analysis::Limits;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::prelude::*;
use serde_json::{Map, Value};

use super::list::parse_directories;
use crate::pg::guc::{self, Source};
use crate::{archive, error};

static ALLOWED_DIRECTORIES: GucSetting<Option<CString>> =
    GucSetting::<Option<CString>>::new(Some(c""));
static MAX_FILE_SIZE_KB: GucSetting<i32> = GucSetting::<i32>::new(64 * 1024);
static MAX_EVENTS: GucSetting<i32> = GucSetting::<i32>::new(5_000_000);
static MAX_ARCHIVE_SIZE_KB: GucSetting<i32> = GucSetting::<i32>::new(16 * 1024 * 1024);

/// A limit, and whether its value is known.
struct Limit {
    name: &'static CStr,
    /// The source of the value that was refused when the library was loaded; 0 if none was.
    refused: AtomicU32,
    /// The source of the value that was accepted.
    accepted: AtomicU32,
}

static DIRECTORIES: Limit = Limit::named(c"midi_pipeline.allowed_directories");
static FILE_SIZE: Limit = Limit::named(c"midi_pipeline.max_file_size");
static EVENTS: Limit = Limit::named(c"midi_pipeline.max_events");
static ARCHIVE_SIZE: Limit = Limit::named(c"midi_pipeline.max_archive_size");

impl Limit {
    const fn named(name: &'static CStr) -> Self {
        Self { name, refused: AtomicU32::new(0), accepted: AtomicU32::new(0) }
    }

    /// Defines the setting, and notes whether a value that was set before is accepted.
    fn define(&'static self, define: impl FnOnce(&'static CStr)) {
        let before = guc::reset_source(self.name);
        define(self.name);
        let accepted = guc::reset_source(self.name);
        let refused = before.filter(|before| accepted != Some(*before));
        self.refused.store(refused.map_or(0, |source| source.0), Ordering::Relaxed);
        self.accepted.store(accepted.map_or(0, |source| source.0), Ordering::Relaxed);
    }

    /// Raises `ERRCODE_INSUFFICIENT_PRIVILEGE` if a client has hidden the limit, and
    /// `ERRCODE_CONFIG_FILE_ERROR` if its value is invalid and was not corrected since.
    fn require_known(&self) {
        let [refused, accepted] =
            [&self.refused, &self.accepted].map(|source| Source(source.load(Ordering::Relaxed)));
        let is_unset = || guc::reset_source(self.name).is_none_or(|source| source.is_default());
        // A worker of a parallel query takes over its leader's settings after it has loaded the library. If
        // the leader has no value although one is set for this process, the value was refused there.
        let leader_lacks = || guc::is_parallel_worker() && !accepted.is_default() && is_unset();
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
            c"Lists the directories below which server files may be read, separated by commas.",
            c"Applies to everyone, including superusers. If the list is empty, all directories are allowed.",
            &ALLOWED_DIRECTORIES,
            GucContext::Suset,
            |value| parse_directories(value).map(drop),
        );
    });
    FILE_SIZE.define(|name| {
        GucRegistry::define_int_guc(
            name,
            c"Sets the size of the largest file that is analyzed, before and after decompression.",
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
            c"Sets the largest number of MIDI events that are read from one file.",
            c"Limits the memory that one file can take.",
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
            c"Sets the largest size of the content of one archive, decompressed.",
            c"A larger archive fails at that point. Limits the time that one archive can take.",
            &MAX_ARCHIVE_SIZE_KB,
            1,
            i32::MAX,
            GucContext::Suset,
            GucFlags::UNIT_KB,
        );
    });
}

/// The directories below which files may be read, as lists: a file must be below a directory of each list.
/// Without a list there is no restriction.
pub(crate) fn allowed_directories() -> Vec<Vec<PathBuf>> {
    let now = current().directories;
    let others = OTHERS.with_borrow(|others| {
        others.iter().map(|limits| limits.directories.clone()).collect::<Vec<_>>()
    });
    others
        .into_iter()
        .chain([now])
        .map(|list| parse_directories(list.as_bytes()).expect("the check hook accepted the value"))
        .filter(|directories| !directories.is_empty())
        .collect()
}

/// The limits for one file.
pub(crate) fn limits() -> Limits {
    let limits = in_force();
    Limits::DEFAULT
        .max_bytes(limits.file_size_kb as usize * 1024)
        .max_events(limits.events as usize)
}

/// The limits for one archive.
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

impl Values {
    fn named(self) -> Map<String, Value> {
        [
            (DIRECTORIES.name, self.directories.into()),
            (FILE_SIZE.name, self.file_size_kb.into()),
            (EVENTS.name, self.events.into()),
            (ARCHIVE_SIZE.name, self.archive_size_kb.into()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .collect()
    }
}

thread_local! {
    /// The limits that apply besides those of this process: of the callers of the job that it works on, or of a session on
    /// another node that starts one here.
    static OTHERS: RefCell<Vec<Values>> = const { RefCell::new(Vec::new()) };
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

/// The lowest numbers of the current ones and the others that apply.
fn in_force() -> Values {
    OTHERS.with_borrow(|others| {
        others.iter().fold(current(), |now, other| Values {
            file_size_kb: now.file_size_kb.min(other.file_size_kb),
            events: now.events.min(other.events),
            archive_size_kb: now.archive_size_kb.min(other.archive_size_kb),
            ..now
        })
    })
}

/// The limits that a job takes over, with their current values.
pub(super) fn recorded() -> Map<String, Value> {
    current().named()
}

/// The limits of the session on another node that starts a job here.
pub(super) fn others() -> Option<Map<String, Value>> {
    OTHERS.with_borrow(|others| others.first().cloned()).map(Values::named)
}

/// Applies the limits that [`recorded`] returned as well, for the rest of this process. A missing or invalid
/// limit allows nothing.
pub(super) fn restrict(recorded: &Value) {
    let nothing = Values {
        directories: "/dev/null/nowhere".to_owned(),
        file_size_kb: 1,
        events: 1,
        archive_size_kb: 1,
    };
    let mut given = Given(Some(nothing));
    for limit in [&DIRECTORIES, &FILE_SIZE, &EVENTS, &ARCHIVE_SIZE] {
        let name = limit.name.to_string_lossy();
        given.take(&name, &recorded[&*name]);
    }
    OTHERS.with_borrow_mut(|others| others.extend(given.0));
}

/// Limits of another session.
#[derive(Default)]
pub(super) struct Given(Option<Values>);

impl Given {
    /// Takes a limit that [`recorded`] returned; false for anything else.
    pub(super) fn take(&mut self, name: &str, value: &Value) -> bool {
        let values = self.0.get_or_insert_with(current);
        let is = |limit: &Limit| limit.name.to_bytes() == name.as_bytes();
        if is(&DIRECTORIES) {
            let list = value.as_str().filter(|list| parse_directories(list.as_bytes()).is_ok());
            return list.map(|list| values.directories = list.to_owned()).is_some();
        }
        let number = value.as_i64().and_then(|n| i32::try_from(n).ok()).filter(|&n| n > 0);
        let place = [
            (&FILE_SIZE, &mut values.file_size_kb),
            (&EVENTS, &mut values.events),
            (&ARCHIVE_SIZE, &mut values.archive_size_kb),
        ];
        let place = place.into_iter().find(|(limit, _)| is(limit));
        place.zip(number).map(|((_, place), number)| *place = number).is_some()
    }

    /// Applies them while `work` is done.
    pub(super) fn during<R>(self, work: impl FnOnce() -> R) -> R {
        struct Applied(usize);
        impl Drop for Applied {
            fn drop(&mut self) {
                OTHERS.with_borrow_mut(|others| others.truncate(self.0));
            }
        }
        let _applied = OTHERS.with_borrow_mut(|others| {
            let before = others.len();
            others.extend(self.0);
            Applied(before)
        });
        work()
    }
}
