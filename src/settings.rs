//! The extension's settings, each behind a typed getter. Main thread only.

use std::ffi::{CStr, CString, OsString};
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use serde_json::Value;

use crate::limits;
pub(crate) use crate::limits::{allowed_directories, archive_limits, limits};
use crate::pg::guc;
use crate::text;

/// More threads than this wait for the disk and for the one writer rather than help.
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
        c"Threads that read and analyze files during an import.",
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
        c"Most files that an import handles in one batch.",
        c"A batch also ends at 32 MB of file content.",
        &BATCH_SIZE,
        1,
        10_000,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        c"midi_pipeline.reanalyze",
        c"Whether imports analyze anew what an older version of the analyzer has analyzed.",
        c"Such files are read again, even if they have not changed.",
        &REANALYZE,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        c"midi_pipeline.enabled",
        c"Whether the launcher runs schedules.",
        c"Jobs that are under way go on. Takes effect at a reload.",
        &ENABLED,
        GucContext::Sighup,
        GucFlags::default(),
    );
    guc::define_list(
        c"midi_pipeline.databases",
        c"Databases that the launcher looks after, separated by commas; all of them where empty.",
        c"Needs the library in shared_preload_libraries. Takes effect at a reload.",
        &DATABASES,
        GucContext::Sighup,
        |value| parse_list(value).map(drop),
    );
    guc::reserve_prefix(c"midi_pipeline");
}

/// Threads for an import, at least one.
pub(crate) fn threads() -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    match THREADS.get() {
        0 => cores().min(MAX_THREADS as usize),
        threads => threads as usize,
    }
}

/// Most files in a batch, at least one.
pub(crate) fn batch_size() -> usize {
    BATCH_SIZE.get() as usize
}

/// Whether imports analyze anew what an older version has analyzed.
pub(crate) fn reanalyze() -> bool {
    REANALYZE.get()
}

/// Whether schedules are run.
pub(crate) fn enabled() -> bool {
    ENABLED.get()
}

/// The databases that the launcher looks after; none stands for all of them.
pub(crate) fn databases() -> Vec<CString> {
    let value = DATABASES.get().unwrap_or_default();
    let names = parse_list(value.as_bytes()).expect("the check hook accepted the value");
    names.into_iter().filter_map(|name| CString::new(name).ok()).collect()
}

/// The session's time zone.
pub(crate) fn time_zone() -> String {
    guc::get(c"TimeZone").unwrap_or_default()
}

/// The settings that a job takes along from its caller, beside the limits.
const RECORDED: [&CStr; 3] =
    [c"midi_pipeline.threads", c"midi_pipeline.batch_size", c"midi_pipeline.reanalyze"];

/// What a job is to take along: the values that hold now.
pub(crate) fn recorded() -> Value {
    let value = |name: &CStr| Value::from(guc::get(name).unwrap_or_default());
    let settings = RECORDED.iter().map(|&name| (name, value(name))).chain(limits::recorded());
    settings.map(|(name, value)| (name.to_string_lossy().into_owned(), value)).collect()
}

/// Has what [`recorded`] answered hold, for the rest of the session.
pub(crate) fn restore(recorded: &Value) {
    for name in RECORDED {
        let value = recorded[&*name.to_string_lossy()].as_str().map(CString::new);
        if let Some(Ok(value)) = value {
            guc::set(name, &value);
        }
    }
    limits::take_along(recorded);
}

/// Parses a comma-separated list of absolute directories.
///
/// # Errors
/// The reason in words, for the error's detail.
pub(crate) fn parse_directories(list: &[u8]) -> Result<Vec<PathBuf>, String> {
    let elements = parse_list(list)?;
    match elements.iter().find(|element| !element.starts_with(b"/")) {
        Some(element) => {
            let element = String::from_utf8_lossy(element);
            Err(format!("\"{}\" is not an absolute path.", text::shown(&element)))
        }
        None => Ok(elements.into_iter().map(OsString::from_vec).map(PathBuf::from).collect()),
    }
}

/// Most elements of a list: each directory is looked up whenever a path is.
const MOST_ELEMENTS: usize = 1_000;

/// Parses a comma-separated list. As elsewhere in PostgreSQL, an element may stand in double
/// quotes, within which a double quote is doubled.
///
/// # Errors
/// The reason in words, for the error's detail.
pub(crate) fn parse_list(list: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut elements = Vec::new();
    let mut rest = list.trim_ascii_start();
    if rest.is_empty() {
        return Ok(elements);
    }
    loop {
        let (element, after) = match rest.strip_prefix(b"\"") {
            Some(quoted) => quoted_element(quoted).ok_or("A double quote is not closed.")?,
            None => {
                let end = rest.iter().position(|&byte| byte == b',').unwrap_or(rest.len());
                (rest[..end].trim_ascii_end().to_vec(), &rest[end..])
            }
        };
        if element.is_empty() {
            return Err("A name is missing beside a comma.".to_owned());
        }
        if elements.len() == MOST_ELEMENTS {
            return Err(format!("There are more than {MOST_ELEMENTS} names."));
        }
        elements.push(element);
        rest = match after.trim_ascii_start().split_first() {
            None => return Ok(elements),
            Some((b',', rest)) => rest.trim_ascii_start(),
            Some(_) => return Err("A comma is missing after a closing quote.".to_owned()),
        };
    }
}

fn quoted_element(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut element = Vec::new();
    loop {
        let quote = rest.iter().position(|&byte| byte == b'"')?;
        element.extend_from_slice(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                element.push(b'"');
                rest = after;
            }
            None => return Some((element, rest)),
        }
    }
}
