//! Rows of `midi_files` that lie by their content: on the node where the music is, so that searches join them there.
//!
//! Such a row moves when its file gets another content. A file whose content is not known, as one that cannot be read or an
//! archive, lies by the digest of its location, which stands in for the hash. No index knows that a location is on one node
//! alone: imports that run on several nodes at once, and read different contents of one file, leave a row each. They are
//! known by that, the file is read again by the next import, and one row is left.

use ahash::AHashMap;
use pgrx::pg_sys::{BYTEAARRAYOID, Oid};
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use super::datums::{hash, hashes};
use super::hash::Hash;
use super::statements;
use crate::pg::caller::Schema;
use crate::pg::spi::execute;

/// The contents of the rows of the locations with the digests $1.
const RECORDED: &str = "
    SELECT f.path_digest, f.content_hash FROM @schema@.midi_files f
    WHERE f.path_digest OPERATOR(pg_catalog.=) ANY ($1)";

// Its state says that of another content, and is written next.
/// Copies the rows of the locations with the digests $1 to their new contents $2.
const COPY: &str = "
    INSERT INTO @schema@.midi_files
        (id, path, archive_member, path_digest, archive_digest, filename, size_bytes, modified_at, content_hash, state,
         error, imported_at, analyzed_at, name_bpm, name_key, tags, vanished_at)
    OVERRIDING SYSTEM VALUE
    SELECT f.id, f.path, f.archive_member, f.path_digest, f.archive_digest, f.filename, f.size_bytes, f.modified_at,
           u.content_hash, 'failed', f.error, f.imported_at, f.analyzed_at, f.name_bpm, f.name_key, f.tags, f.vanished_at
    FROM @schema@.midi_files f
    JOIN unnest($1, $2) AS u (path_digest, content_hash) ON u.path_digest OPERATOR(pg_catalog.=) f.path_digest
    ON CONFLICT DO NOTHING";

/// Deletes the rows of the locations with the digests $1 that have other contents than $2.
const DELETE: &str = "
    DELETE FROM @schema@.midi_files f
    USING unnest($1, $2) AS u (path_digest, content_hash)
    WHERE f.path_digest OPERATOR(pg_catalog.=) u.path_digest
      AND f.content_hash OPERATOR(pg_catalog.<>) u.content_hash";

/// The prepared statements.
pub(super) struct Moving<'conn> {
    recorded: PreparedStatement<'conn>,
    copy: PreparedStatement<'conn>,
    delete: PreparedStatement<'conn>,
}

impl<'conn> Moving<'conn> {
    /// Prepares the statements for the tables in `schema`.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn prepare(client: &SpiClient<'conn>, schema: &Schema) -> SpiResult<Self> {
        let prepare = |sql: &str, types: &[Oid]| statements::prepare(client, sql, schema, types);
        Ok(Self {
            recorded: prepare(RECORDED, &[BYTEAARRAYOID])?,
            copy: prepare(COPY, &[BYTEAARRAYOID, BYTEAARRAYOID])?,
            delete: prepare(DELETE, &[BYTEAARRAYOID, BYTEAARRAYOID])?,
        })
    }

    /// Moves the rows of the locations with these digests to where their contents lie, of which none is NULL afterwards: an
    /// unknown one is that which was recorded, or what stands in for it.
    pub(super) fn make_way(
        &self,
        client: &mut SpiClient<'conn>,
        digests: &[Hash],
        contents: &mut [Option<Hash>],
    ) -> SpiResult<()> {
        let rows = execute(client, &self.recorded, [hashes(digests)], |row| {
            Ok(hash(row, 1)?.zip(hash(row, 2)?))
        })?;
        let mut recorded: AHashMap<Hash, Vec<Hash>> = AHashMap::new();
        for (digest, content) in rows.into_iter().flatten() {
            recorded.entry(digest).or_default().push(content);
        }
        let (mut moved, mut targets) = (Vec::new(), Vec::new());
        for (digest, content) in digests.iter().zip(contents) {
            let recorded = recorded.get(digest).map_or(&[][..], Vec::as_slice);
            let known = recorded.iter().find(|hash| *hash != digest);
            let target = *content.get_or_insert_with(|| *known.unwrap_or(digest));
            if recorded.iter().any(|hash| *hash != target) {
                moved.push(*digest);
                targets.push(target);
            }
        }
        if !moved.is_empty() {
            for statement in [&self.copy, &self.delete] {
                execute(client, statement, [hashes(&moved), hashes(&targets)], |_| Ok(()))?;
            }
        }
        Ok(())
    }
}
