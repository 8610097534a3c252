//! `midi_tuning_advice`: recommended settings of the server.

use std::collections::HashMap;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::distribution::{self, Placement};
use crate::pg::caller::Caller;
use crate::pg::guc;
use crate::tuning::{Machine, Server, advise};

#[pg_extern(stable, strict, parallel_restricted, requires = ["tables"])]
fn midi_tuning_advice(
    caller: Caller<'_>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(setting, String),
            name!(current, Option<String>),
            name!(advised, String),
            name!(why, String),
        ),
    >,
    ErrorReport,
> {
    let connections = guc::get(c"max_connections").and_then(|value| value.parse().ok());
    let server = Server {
        connections: connections.unwrap_or(100),
        library: largest_share(&distribution::placements(&caller.schema())?),
    };
    let machine = Machine::inspect(&guc::data_directory());
    let rows: Vec<_> = advise(&machine, &server)
        .into_iter()
        .map(|advice| {
            let current = std::ffi::CString::new(advice.setting).ok();
            let current = current.and_then(|name| guc::get(&name));
            (advice.setting.to_owned(), current, advice.advised, advice.why)
        })
        .collect();
    Ok(TableIterator::new(rows))
}

/// The bytes that searches read, on the node with most of them.
fn largest_share(placements: &[Placement]) -> u64 {
    let searched = ["midi_files", "musical_metadata", "musical_search"];
    let mut shares: HashMap<Option<&str>, u64> = HashMap::new();
    for placement in placements.iter().filter(|placement| searched.contains(&&*placement.table)) {
        let bytes = placement.bytes.unwrap_or_default().unsigned_abs();
        *shares.entry(placement.node.as_deref()).or_default() += bytes;
    }
    shares.into_values().max().unwrap_or_default()
}
