//! `midi_tuning_advice`: recommended settings of the server.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error;
use crate::pg::caller::Caller;
use crate::pg::guc;
use crate::pg::spi;
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
    let schema = caller.schema();
    let size = |table: &str| {
        let sql = "SELECT pg_catalog.pg_total_relation_size($1::pg_catalog.regclass)";
        let name = schema.dot(table);
        // A read-only statement, because a standby allows no other.
        let sizes = Spi::connect(|client| {
            spi::select(client, sql, Some(1), &[name.into()], |row| row.get::<i64>(1))
        });
        let size = sizes.map_err(error::statement)?.into_iter().flatten().next();
        Ok::<_, ErrorReport>(size.unwrap_or_default().unsigned_abs())
    };
    let connections = guc::get(c"max_connections").and_then(|value| value.parse().ok());
    let server = Server {
        connections: connections.unwrap_or(100),
        library: size("midi_files")? + size("musical_metadata")? + size("musical_search")?,
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
