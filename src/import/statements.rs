//! The SQL statements of an import. Tables, functions and operators are qualified with their schemas,
//! because the caller's `search_path` is not trusted. `@schema@` stands for the extension's schema.

use pgrx::pg_sys::{BYTEAARRAYOID, INT4OID, INT8ARRAYOID, INT8OID, Oid, TEXTARRAYOID, TEXTOID};

use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use crate::pg::caller::Schema;
use crate::pg::spi;
use crate::pg::sql::fill;
use crate::pg::transaction;
use crate::settings::{Extent, Keep};

/// A statement.
pub(super) struct Statement {
    pub(super) sql: &'static str,
    /// The types of its parameters.
    pub(super) types: &'static [Oid],
}

/// Prepares a statement on the tables in `schema`.
///
/// # Errors
/// Those of SPI.
pub(super) fn prepare<'conn>(
    client: &SpiClient<'conn>,
    sql: &str,
    schema: &Schema,
    types: &[Oid],
) -> SpiResult<PreparedStatement<'conn>> {
    spi::prepare(client, &fill(sql, &[("schema", schema.quoted())]), types)
}

/// Whether the row m of `musical_metadata` need not be made again: it is of version $2 of the analyzer or
/// later if it is full, and of version $3 or later if it is not.
const ANALYZED: &str = "
    m.analyzer_version OPERATOR(pg_catalog.>=)
        CASE WHEN m.depth OPERATOR(pg_catalog.=) 'full' THEN $2 ELSE $3 END";

/// The rows of the locations with the digests $1, and whether each is a member of an archive.
pub(super) const KNOWN: Statement = Statement {
    sql: "
    SELECT f.path_digest, f.size_bytes, f.modified_at, f.content_hash, f.state, f.error,
           f.archive_digest IS NOT NULL
    FROM @schema@.midi_files f
    WHERE f.path_digest OPERATOR(pg_catalog.=) ANY ($1)",
    types: &[BYTEAARRAYOID],
};

/// Whether the parts of the row m of `musical_metadata` are stored. What has no notes has no parts.
const HAS_PARTS: &str = "
    (m.note_count OPERATOR(pg_catalog.=) 0 OR
     (SELECT true FROM @schema@.midi_parts_library p
      WHERE p.content_hash OPERATOR(pg_catalog.=) m.content_hash
        AND p.part_no OPERATOR(pg_catalog.=) 1) IS NOT NULL)";

/// The same as [`ANALYZED`], and where parts are asked for also whether it has them. Without parts to store, a role
/// needs no right to their table.
pub(super) fn analyzed(extent: Extent, schema: &str) -> String {
    match extent.has_parts() {
        true => format!("{ANALYZED} AND {}", fill(HAS_PARTS, &[("schema", schema)])),
        false => ANALYZED.to_owned(),
    }
}

// A subquery would be asked of a shard, which knows no table but itself.
/// The same where music is written: $7 are those of the contents that have parts.
pub(super) fn analyzed_of_written(extent: Extent) -> String {
    match extent.has_parts() {
        true => format!("{ANALYZED} AND {IS_AMONG_THOSE_WITH_PARTS}"),
        false => ANALYZED.to_owned(),
    }
}

const IS_AMONG_THOSE_WITH_PARTS: &str = "
    (m.note_count OPERATOR(pg_catalog.=) 0 OR m.content_hash OPERATOR(pg_catalog.=) ANY ($7))";

/// Those of the contents $1 that are [`ANALYZED`].
pub(super) const CONTENTS: Statement = Statement {
    sql: "
    SELECT m.content_hash FROM @schema@.musical_metadata m
    WHERE m.content_hash OPERATOR(pg_catalog.=) ANY ($1)
      AND @analyzed@",
    types: &[BYTEAARRAYOID, INT4OID, INT4OID],
};

/// Those of the contents $1 that are kept.
pub(super) const KEPT: Statement = Statement {
    sql: "
    SELECT c.content_hash FROM @schema@.midi_contents c
    WHERE c.content_hash OPERATOR(pg_catalog.=) ANY ($1)",
    types: &[BYTEAARRAYOID],
};

/// How what [`CONTENTS`] finds is locked, where a path is to be recorded for it: with one snapshot, a transaction would not notice otherwise that the music has been
/// pruned since, and record a path for music that is gone.
pub(super) fn lock() -> &'static str {
    if transaction::uses_one_snapshot() { " FOR KEY SHARE OF m" } else { "" }
}

// unnest with several arrays is a part of the grammar, so it needs no schema; it expands the composite
// type into columns.
/// Adds the contents $1 with the analyses $4 of depth $6 by analyzer version $5, and returns those that are new or
/// renewed: those that are not [`analyzed_of_written`]. The parameters are of the types `bytea[]`, `integer`, `integer`,
/// `midi_analysis[]`, `integer`, `text` and `bytea[]`.
///
/// A row of `musical_search` that is there already belonged to music that somebody has deleted, or that is renewed.
pub(super) const PUT_MUSIC: &str = "
    WITH u (content_hash, @all@) AS MATERIALIZED (
        SELECT * FROM unnest($1, $4)
    ), added AS (
        INSERT INTO @schema@.musical_metadata AS m (content_hash, @columns@, analyzer_version, depth)
        SELECT u.content_hash, @columns@, $5, $6 FROM u
        ON CONFLICT (content_hash) DO UPDATE SET
            @assignments@, analyzer_version = EXCLUDED.analyzer_version, depth = EXCLUDED.depth
        WHERE NOT (@analyzed@)
        RETURNING content_hash
    ), searched AS (
        INSERT INTO @schema@.musical_search (content_hash, @search@)
        SELECT u.content_hash, @search@ FROM u
        WHERE $6 OPERATOR(pg_catalog.=) 'full'
          AND u.content_hash OPERATOR(pg_catalog.=) ANY (SELECT added.content_hash FROM added)
        ON CONFLICT (content_hash) DO UPDATE SET @replace@
    )
    SELECT added.content_hash FROM added";

/// Keeps the contents $1, whose bytes are $2.
pub(super) const PUT_CONTENTS: Statement = Statement {
    sql: "
    INSERT INTO @schema@.midi_contents (content_hash, content)
    SELECT u.content_hash, u.content FROM unnest($1, $2) AS u (content_hash, content)
    ON CONFLICT DO NOTHING",
    types: &[BYTEAARRAYOID, BYTEAARRAYOID],
};

/// Records problems: the paths $1, kinds $2, reasons $3 and members $5, found by the job $4.
pub(super) const PUT_ERRORS: Statement = Statement {
    sql: "
    INSERT INTO @schema@.midi_import_errors (job, path, archive_member, kind, reason, at)
    SELECT $4, u.path, u.archive_member, u.kind, u.reason, pg_catalog.now()
    FROM unnest($1, $2, $3, $5) AS u (path, kind, reason, archive_member)",
    types: &[TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, INT8OID, TEXTARRAYOID],
};

/// The number of members, of each of the archives whose locations have the digests $1.
pub(super) const COUNT_MEMBERS: Statement = Statement {
    sql: "
    SELECT f.archive_digest, pg_catalog.count(*)
    FROM @schema@.midi_files f
    WHERE f.archive_digest OPERATOR(pg_catalog.=) ANY ($1)
      AND f.state OPERATOR(pg_catalog.<>) 'vanished'
    GROUP BY f.archive_digest",
    types: &[BYTEAARRAYOID],
};

/// The contents of the members that the library has, of the archives whose locations have the digests $1.
pub(super) const MEMBER_CONTENTS: Statement = Statement {
    sql: "
    SELECT f.archive_digest, f.content_hash
    FROM @schema@.midi_files f
    WHERE f.archive_digest OPERATOR(pg_catalog.=) ANY ($1)
      AND f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')",
    types: &[BYTEAARRAYOID],
};

// The sum prevents a scan of the whole table by its primary key.
/// Up to 50,000 members that have not vanished, of the archives whose locations have the digests $1, with
/// ids greater than $2.
pub(super) const MEMBERS: Statement = Statement {
    sql: "
    SELECT f.id, f.path_digest, f.archive_digest
    FROM @schema@.midi_files f
    WHERE f.archive_digest OPERATOR(pg_catalog.=) ANY ($1)
      AND f.state OPERATOR(pg_catalog.<>) 'vanished'
      AND f.id OPERATOR(pg_catalog.>) $2
    ORDER BY f.id OPERATOR(pg_catalog.+) 0::pg_catalog.int8
    LIMIT 50000",
    types: &[BYTEAARRAYOID, INT8OID],
};

/// The files below the prefix $1 that have not vanished.
pub(super) const RECORDED: Statement = Statement {
    sql: "
    SELECT f.id, COALESCE(f.archive_digest, f.path_digest), f.path, f.size_bytes, f.modified_at, f.state,
           f.archive_digest IS NOT NULL
    FROM @schema@.midi_files f
    WHERE pg_catalog.starts_with(f.path, $1)
      AND f.state OPERATOR(pg_catalog.<>) 'vanished'",
    types: &[TEXTOID],
};

// The planner chooses between one pass over both tables and a look-up for each file by how many files are below the
// prefix.
/// Those of the files below the prefix $1 whose music is [`ANALYZED`] and [`kept`].
pub(super) const COMPLETE: Statement = Statement {
    sql: "
    SELECT f.id
    FROM @schema@.midi_files f
    JOIN @schema@.musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
    WHERE pg_catalog.starts_with(f.path, $1)
      AND f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
      AND @analyzed@
      AND @kept@",
    types: &[TEXTOID, INT4OID, INT4OID],
};

/// Whether the content of the music m of the file f is kept, or need not be. Without contents to keep, a role needs no
/// right to their table.
pub(super) fn kept(keep: Keep, schema: &str) -> String {
    let is_kept = fill(IS_KEPT, &[("schema", schema)]);
    match keep {
        Keep::Off => "true".to_owned(),
        Keep::Archives => format!("(f.archive_digest IS NULL OR {is_kept})"),
        Keep::On => is_kept,
    }
}

const IS_KEPT: &str = "
    (SELECT true FROM @schema@.midi_contents c
     WHERE c.content_hash OPERATOR(pg_catalog.=) m.content_hash) IS NOT NULL";

/// Up to 50,000 files and members whose music is only cataloged, the last modified first: those modified before the
/// time $1, or then with an id less than $2. What a client has sent was never modified.
pub(super) const PAGE_CATALOGED: &str = "
    SELECT f.id, f.path, f.size_bytes, f.modified_at
    FROM @schema@.midi_files f
    JOIN @schema@.musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
    WHERE m.depth OPERATOR(pg_catalog.=) 'catalog'
      AND f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
      AND ROW(f.modified_at, f.id) OPERATOR(pg_catalog.<) ROW(COALESCE($1, 'infinity'), $2)
    ORDER BY f.modified_at DESC, f.id DESC
    LIMIT 50000";

/// Counts the pieces whose music is only cataloged and in no file, because a client has sent it. Records them with the
/// kind $2 and the reason $3 as problems of the job $1, except for those of which an earlier job has done so.
pub(super) const SKIP_SENT: &str = "
    WITH known AS (
        SELECT f.path, f.content_hash, f.modified_at IS NULL AS is_sent
        FROM @schema@.midi_files f
        JOIN @schema@.musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
        WHERE m.depth OPERATOR(pg_catalog.=) 'catalog'
          AND f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}')
    ), sent AS MATERIALIZED (
        SELECT s.path FROM known s
        WHERE s.is_sent AND NOT EXISTS (
            SELECT FROM known k
            WHERE k.content_hash OPERATOR(pg_catalog.=) s.content_hash AND NOT k.is_sent)
    ), told AS MATERIALIZED (
        SELECT s.path FROM sent s
        JOIN @schema@.midi_import_errors e ON e.path OPERATOR(pg_catalog.=) s.path
        WHERE e.kind OPERATOR(pg_catalog.=) $2
    ), recorded AS (
        INSERT INTO @schema@.midi_import_errors (job, path, kind, reason, at)
        SELECT $1, s.path, $2, $3, pg_catalog.now() FROM sent s
        WHERE NOT EXISTS (SELECT FROM told t WHERE t.path OPERATOR(pg_catalog.=) s.path)
    )
    SELECT pg_catalog.count(*) FROM sent";

/// Whether the file f is in none of the directories $2.
pub(super) const OUTSIDE: &str = "
    NOT EXISTS (SELECT FROM pg_catalog.unnest($2) AS u (directory)
                WHERE pg_catalog.starts_with(f.path, u.directory))";

/// That a file vanishes at the time of the transaction, where that is recorded: the tables of 0.1.0 have no column for it.
pub(super) fn vanished_now(is_recorded: bool) -> &'static str {
    if is_recorded { ", vanished_at = pg_catalog.now()" } else { "" }
}

/// Marks the files with the ids $1 that are [`OUTSIDE`] the directories $2 as vanished, and returns them.
pub(super) const VANISH: Statement = Statement {
    sql: "
    UPDATE @schema@.midi_files f SET state = 'vanished', error = NULL@now@
    WHERE f.id OPERATOR(pg_catalog.=) ANY ($1)
      AND @outside@
    RETURNING f.id",
    types: &[INT8ARRAYOID, TEXTARRAYOID],
};

/// Deletes the rows with the ids $1 that are [`OUTSIDE`] the directories $2.
pub(super) const FORGET: Statement = Statement {
    sql: "
    DELETE FROM @schema@.midi_files f
    WHERE f.id OPERATOR(pg_catalog.=) ANY ($1)
      AND @outside@",
    types: &[INT8ARRAYOID, TEXTARRAYOID],
};
