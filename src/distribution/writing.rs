//! What an import minds where the library is distributed.

use std::ffi::CStr;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::{guc, transaction};

/// In which order Citus writes to the shards of a table.
const ORDER: &CStr = c"citus.multi_shard_modify_mode";

/// Conflicts with all that writes music, on all nodes.
const LOCK: &str = "LOCK TABLE @schema@.musical_metadata IN SHARE ROW EXCLUSIVE MODE";

/// Whether this server has Citus, so that there may be other nodes.
pub(crate) fn has_nodes() -> bool {
    guc::get(ORDER).is_some()
}

/// Makes this process write one shard after the other, for as long as it lives. A batch is written in the order of its
/// contents, so that batches of several processes do not wait for each other in a circle; so must their shards be.
pub(crate) fn write_in_order() {
    if has_nodes() {
        guc::set(ORDER, c"sequential");
    }
}

/// Runs `work`, which changes tables or indexes several times in a transaction. Citus refuses that where it has done a
/// part of it in this process, or several parts at once.
pub(crate) fn changing_tables<R>(work: impl FnOnce() -> R) -> R {
    guc::with_settings(|settings| {
        if has_nodes() {
            settings.set(ORDER, c"sequential");
            settings.set(c"citus.enable_local_execution", c"off");
        }
        work()
    })
}

/// Waits for the imports of other nodes, and blocks them until the transaction ends: those of this node are held off by a
/// lock, which other nodes do not see.
///
/// # Errors
/// Where the library is distributed and the transaction sees only what was committed before it; those of the statements.
pub(crate) fn hold_off_other_nodes(
    client: &mut SpiClient<'_>,
    schema: &Schema,
) -> Result<(), ErrorReport> {
    if !citus::is_distributed(client, schema).map_err(error::statement)? {
        return Ok(());
    }
    if transaction::uses_one_snapshot() {
        return Err(error::writes_nodes_in_one_snapshot());
    }
    let lock = fill(LOCK, &[("schema", schema.quoted())]);
    client.update(lock.as_str(), None, &[]).map(drop).map_err(error::statement)
}
