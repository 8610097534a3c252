//! The numbers that a node gives to files, problems and jobs, of which no other gives the same.

use pgrx::pg_sys::Oid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::spi::SpiClient;

use super::citus;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::sql::{fill, literal};
use crate::pg::{role, spi};

/// Lets a node give the numbers that start with that of its group, so that no two nodes give the same; to jobs those of a
/// million. None is given twice: not even that of a sequence that was set and has given none yet.
const OWN_NUMBERS: &str = "SELECT ARRAY[@set@] FROM pg_dist_local_group g WHERE g.groupid > 0";
const SET: &str = "setval(@literal@, greatest(@first@, (SELECT last_value + is_called::integer FROM @name@)), false)";

/// The sequences, each with the first number of a node.
const SEQUENCES: [(&str, &str); 3] = [
    ("midi_files_id_seq", "(g.groupid::bigint << 48) + 1"),
    ("midi_import_errors_id_seq", "(g.groupid::bigint << 48) + 1"),
    ("midi_import_jobs_id_seq", "g.groupid * 1000000::bigint + 1"),
];

/// The owner of the files.
const OWNER: &str = "SELECT relowner FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) $1";

/// Whether this node gives numbers of its own.
const HAS_OWN: &str = "
    SELECT s.last_value >= g.groupid::bigint << 48 FROM @schema@.midi_files_id_seq s, pg_dist_local_group g";

/// Lets each other node give numbers of its own to files, problems and jobs; this one has those from 1 on.
///
/// # Errors
/// Where a node cannot; those of the statement.
pub(super) fn give(client: &mut SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    let set = SEQUENCES.map(|(sequence, first)| {
        let name = schema.dot(sequence);
        fill(SET, &[("literal", &*literal(&name)), ("first", first), ("name", &*name)])
    });
    citus::change_others(client, &fill(OWN_NUMBERS, &[("set", &*set.join(", "))]))
}

/// Checks that this node gives numbers of its own, where the library is distributed. One that was added does not yet.
///
/// # Errors
/// `ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE`; those of the statements.
pub(crate) fn require_own(client: &SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    if !citus::is_distributed(client, schema).map_err(error::statement)? {
        return Ok(());
    }
    let files = schema.table(c"midi_files").into();
    let owner = spi::select(client, OWNER, Some(1), &[files], |row| row.get::<Oid>(1));
    let owner = owner.map_err(error::statement)?.into_iter().flatten().next();
    let sql = fill(HAS_OWN, &[("schema", schema.quoted())]);
    // Who may import need not be allowed to read a sequence.
    let has_own = role::with_rights_of(owner.unwrap_or(Oid::INVALID), || {
        spi::select(client, &sql, Some(1), &[], |row| row.get::<bool>(1))
    });
    match has_own.map_err(error::statement)?.first() {
        Some(Some(true)) => Ok(()),
        _ => Err(error::node_is_new()),
    }
}
