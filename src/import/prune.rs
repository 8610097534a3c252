//! What removes files that have vanished, and music that no path has any more.
//!
//! An import that finds a content in the library writes its path alone. So a prune must not run between the two: it waits
//! for imports, and refuses to run beside the workers of a job, which look in one transaction and write in the next.

use std::ffi::CStr;
use std::time::{Duration, Instant};

use pgrx::datum::Interval;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::pg_sys::{BYTEAARRAYOID, INT8ARRAYOID, INTERVALOID};
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::datums::{hash, hashes};
use super::foreign_code;
use super::hash::Hash;
use super::removal::{delete, ids, require_rights};
use super::statements::prepare;
use crate::distribution;
use crate::error;
use crate::pg::caller::Schema;
use crate::pg::lock::{self, Alive};
use crate::pg::spi::{Argument, for_each, select};
use crate::pg::wait_event::Wait;
use crate::pg::{guc, interrupts, transaction};

/// Whether the age $1 is negative.
const IS_NEGATIVE: &str = "SELECT $1 OPERATOR(pg_catalog.<) '0'::pg_catalog.interval";

// Of what 0.1.0 has found to have vanished no time is known.
/// The files that vanished before the age $1, or at all if that is 0.
const VANISHED: &str = "
    SELECT f.id FROM @schema@.midi_files f
    WHERE f.state OPERATOR(pg_catalog.=) 'vanished'
      AND ($1 OPERATOR(pg_catalog.=) '0'::pg_catalog.interval
           OR f.vanished_at OPERATOR(pg_catalog.<=) (pg_catalog.now() OPERATOR(pg_catalog.-) $1))";

// A row counts whatever its state is: one that has vanished or failed has the content that the path had last. The first
// part of a piece stands for all.
/// The contents that no path has.
const UNUSED: &str = "
    SELECT c.content_hash FROM (
        SELECT m.content_hash FROM @schema@.musical_metadata m
        UNION SELECT s.content_hash FROM @schema@.musical_search s
        UNION SELECT p.content_hash FROM @schema@.midi_parts_library p WHERE p.part_no OPERATOR(pg_catalog.=) 1
        UNION SELECT k.content_hash FROM @schema@.midi_contents k) AS c
    WHERE NOT EXISTS (
        SELECT FROM @schema@.midi_files f WHERE f.content_hash OPERATOR(pg_catalog.=) c.content_hash)";

/// Deletes the rows of `midi_files` with the ids $1 and the problems of these files, and counts both.
const DELETE_FILES: &str = "
    WITH files AS (
        DELETE FROM @schema@.midi_files f
        WHERE f.id OPERATOR(pg_catalog.=) ANY ($1) RETURNING f.path, f.archive_member
    ), problems AS (
        DELETE FROM @schema@.midi_import_errors e USING files f
        WHERE e.path OPERATOR(pg_catalog.=) f.path
          AND COALESCE(e.archive_member, '') OPERATOR(pg_catalog.=) COALESCE(f.archive_member, '')
        RETURNING e.id
    )
    SELECT (SELECT pg_catalog.count(*) FROM files), (SELECT pg_catalog.count(*) FROM problems)";

/// Deletes all that is stored of the contents $1, and counts the analyses and the kept contents.
const DELETE_MUSIC: &str = "
    WITH music AS (
        DELETE FROM @schema@.musical_metadata m
        WHERE m.content_hash OPERATOR(pg_catalog.=) ANY ($1) RETURNING m.content_hash
    ), search AS (
        DELETE FROM @schema@.musical_search s WHERE s.content_hash OPERATOR(pg_catalog.=) ANY ($1)
    ), parts AS (
        DELETE FROM @schema@.midi_parts_library p WHERE p.content_hash OPERATOR(pg_catalog.=) ANY ($1)
    ), contents AS (
        DELETE FROM @schema@.midi_contents k
        WHERE k.content_hash OPERATOR(pg_catalog.=) ANY ($1) RETURNING k.content_hash
    )
    SELECT (SELECT pg_catalog.count(*) FROM music), (SELECT pg_catalog.count(*) FROM contents)";

/// What has rows of files, of their problems and of music.
const TABLES: [&CStr; 6] = [
    c"midi_files",
    c"midi_import_errors",
    c"musical_metadata",
    c"musical_search",
    c"midi_parts_library",
    c"midi_contents",
];

/// How long the workers of a job that has ended may take to leave.
const LEAVING: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What was removed.
pub(crate) struct Pruned {
    /// Rows of `midi_files`.
    pub(crate) files: i64,
    /// Rows of `midi_import_errors`.
    pub(crate) problems: i64,
    /// Rows of `musical_metadata`.
    pub(crate) music: i64,
    /// Rows of `midi_contents`.
    pub(crate) contents: i64,
}

/// Removes files that vanished before the age `older_than` with their problems, then the music that no path has.
///
/// # Errors
/// If the age is negative, a job is under way, or the transaction sees only what was committed before it; where row
/// security would hide rows, so that music seemed to have no path; where the statements would run code of other roles;
/// those of the statements, such as a missing privilege.
pub(crate) fn prune(older_than: Interval, schema: &Schema) -> Result<Pruned, ErrorReport> {
    if transaction::uses_one_snapshot() {
        return Err(error::prunes_in_one_snapshot());
    }
    require_rights(schema, &TABLES)?;
    Spi::connect_mut(|client| {
        let negative = select(client, IS_NEGATIVE, None, &[older_than.into()], |row| row.get(1));
        if negative.map_err(error::statement)?.contains(&Some(true)) {
            return Err(error::negative_age());
        }
        // Workers that leave take the lock of imports once more.
        wait_for_workers(client, schema)?;
        lock::hold_off_all_additions();
        distribution::hold_off_other_nodes(client, schema)?;
        refuse_beside_a_job(client, schema)?;
        foreign_code::refuse(schema)?;
        guc::with_settings(|settings| {
            settings.set(c"row_security", c"off");
            let pruned = remove(client, older_than, schema).map_err(error::statement)?;
            // The locks do not keep a job of another node from looking for music.
            refuse_beside_a_job(client, schema)?;
            Ok(pruned)
        })
    })
}

fn remove(client: &mut SpiClient<'_>, older_than: Interval, schema: &Schema) -> SpiResult<Pruned> {
    let vanished = prepare(client, VANISHED, schema, &[INTERVALOID])?;
    let vanished = ids(client, &vanished, [older_than.into()])?;
    let delete_files = prepare(client, DELETE_FILES, schema, &[INT8ARRAYOID])?;
    let [files, problems] =
        delete(client, &delete_files, &vanished, |ids| Argument::from(ids.to_vec()))?;
    let unused = unused(client, schema)?;
    let delete_music = prepare(client, DELETE_MUSIC, schema, &[BYTEAARRAYOID])?;
    let [music, contents] = delete(client, &delete_music, &unused, hashes)?;
    Ok(Pruned { files, problems, music, contents })
}

/// The contents that no path has: 32 bytes of each.
fn unused(client: &mut SpiClient<'_>, schema: &Schema) -> SpiResult<Vec<Hash>> {
    let statement = prepare(client, UNUSED, schema, &[])?;
    let mut unused = Vec::new();
    for_each(client, &statement, [], |row| {
        unused.extend(hash(row, 1)?);
        Ok(())
    })?;
    Ok(unused)
}

/// Waits until the workers of jobs that have ended have left.
///
/// # Errors
/// If one stays: its job is under way.
fn wait_for_workers(client: &mut SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    let since = Instant::now();
    while let Err(refused) = refuse_beside_a_job(client, schema) {
        if since.elapsed() > LEAVING {
            return Err(refused);
        }
        interrupts::sleep(POLL_INTERVAL, Wait::Workers);
    }
    Ok(())
}

/// # Errors
/// If a job has a worker, here or on another node.
fn refuse_beside_a_job(client: &mut SpiClient<'_>, schema: &Schema) -> Result<(), ErrorReport> {
    if let Some(job) = Alive::read().job() {
        return Err(error::prunes_beside_a_job(job));
    }
    let node = distribution::importing_node(client, schema)?;
    node.map_or(Ok(()), |node| Err(error::prunes_beside_a_job_of_node(&node)))
}
