//! What a job takes over from its caller: settings, and limits that apply besides those of its own process. The caller of a
//! job of another node is in a session of a third process, whose limits apply as well.

use std::ffi::{CStr, CString};

use pgrx::pg_sys::panic::ErrorReport;
use serde_json::{Map, Value};

use super::extent::{DEPTH_NAME, Depth, KEEP_NAME, PARTS_NAME};
use super::limits;
use crate::error;
use crate::pg::guc;

/// The settings that a job takes over from its caller, in addition to the limits.
const RECORDED: [&CStr; 6] = [
    c"midi_pipeline.threads",
    c"midi_pipeline.batch_size",
    c"midi_pipeline.reanalyze",
    DEPTH_NAME,
    KEEP_NAME,
    PARTS_NAME,
];

/// The limits of a session on another node, among the settings of a job.
const ELSEWHERE: &str = "elsewhere";

/// The settings that a job takes over, with their current values; of `midi_pipeline.depth` with this one, if it is given.
pub(crate) fn recorded(depth: Option<Depth>) -> Value {
    let value = |name: &CStr| match depth {
        Some(depth) if name == DEPTH_NAME => Value::from(depth.name()),
        _ => Value::from(guc::get(name).unwrap_or_default()),
    };
    let named = |name: &'static CStr| (name.to_string_lossy().into_owned(), value(name));
    let mut settings: Map<String, Value> = RECORDED.into_iter().map(named).collect();
    settings.extend(limits::recorded());
    settings.extend(limits::others().map(|limits| (ELSEWHERE.to_owned(), limits.into())));
    settings.into()
}

/// Sets what [`recorded`] returned, for the rest of the session.
pub(crate) fn restore(recorded: &Value) {
    for name in RECORDED {
        let value = recorded[&*name.to_string_lossy()].as_str().map(CString::new);
        if let Some(Ok(value)) = value {
            guc::set(name, &value);
        }
    }
    limits::restrict(recorded);
    if let Some(elsewhere) = recorded.get(ELSEWHERE) {
        limits::restrict(elsewhere);
    }
}

/// Does `work` with the settings that [`recorded`] returned in a session on another node. Its limits apply besides those here;
/// what it lacks stays as it is.
///
/// # Errors
/// `ERRCODE_INVALID_PARAMETER_VALUE` where it has something else; those of `work`.
pub(crate) fn with<R>(
    recorded: &Value,
    work: impl FnOnce() -> Result<R, ErrorReport>,
) -> Result<R, ErrorReport> {
    let all = recorded.as_object().ok_or_else(|| error::no_settings(None))?;
    guc::with_settings(|settings| {
        let mut limits = limits::Given::default();
        for (name, value) in all {
            let setting =
                RECORDED.into_iter().find(|setting| setting.to_bytes() == name.as_bytes());
            let text = value.as_str().and_then(|text| CString::new(text).ok());
            match (setting, text) {
                (Some(setting), Some(text)) => settings.set(setting, &text),
                _ if limits.take(name, value) => {}
                _ => return Err(error::no_settings(Some(name))),
            }
        }
        limits.during(work)
    })
}
