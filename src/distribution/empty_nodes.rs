//! That the other nodes have no rows of their own in tables that are to be distributed: nobody would find them again.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus::{self, Answer};
use crate::error;
use crate::pg::caller::Schema;

/// Checks that these tables have no rows on the other nodes.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE` where one has; those of the statement.
pub(super) fn require(
    client: &mut SpiClient<'_>,
    schema: &Schema,
    tables: &[&CStr],
) -> Result<(), ErrorReport> {
    if tables.is_empty() {
        return Ok(());
    }
    let name = |table: &&CStr| schema.dot(&table.to_string_lossy());
    let any: Vec<_> =
        tables.iter().map(|table| format!("EXISTS (SELECT FROM {})", name(table))).collect();
    for Answer { node, result } in
        citus::on_others(client, &format!("SELECT {}", any.join(" OR ")))?
    {
        match result.map_err(|reason| error::node_fails(&node, &reason))?.as_str() {
            "f" => (),
            _ => return Err(error::node_has_rows(&node)),
        }
    }
    Ok(())
}
