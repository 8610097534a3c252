//! The SQL of an import. Tables and operators carry their schemas, because the caller's
//! `search_path` is not to be trusted; `@schema@` stands for the extension's.

// A scalar subquery is looked up in the index for each row; of an EXISTS the planner may make a hash
// of the whole table, at every batch anew.
/// What is known of the paths with the digests $1; music of an analyzer before version $2 does not
/// count.
pub(super) const KNOWN: &str = "
    SELECT f.path_digest, f.size_bytes, f.modified_at, f.content_hash, f.state, f.error,
           (SELECT true FROM @schema@.musical_metadata m
            WHERE m.content_hash OPERATOR(pg_catalog.=) f.content_hash
               AND m.analyzer_version OPERATOR(pg_catalog.>=) $2)
    FROM @schema@.midi_files f
    WHERE f.path_digest OPERATOR(pg_catalog.=) ANY ($1)";

/// Which of the contents $1 are analyzed, by version $2 or later.
pub(super) const CONTENTS: &str = "
    SELECT content_hash FROM @schema@.musical_metadata
    WHERE content_hash OPERATOR(pg_catalog.=) ANY ($1)
      AND analyzer_version OPERATOR(pg_catalog.>=) $2";

// An unnest of several arrays is always PostgreSQL's own, and spreads the composite one.
/// Adds the contents $1 with the analyses $2 by analyzer version $3, and answers which are new.
pub(super) const PUT_MUSIC: &str = "
    INSERT INTO @schema@.musical_metadata (content_hash, @columns@, analyzer_version)
    SELECT u.*, $3 FROM unnest($1, $2) AS u
    ON CONFLICT (content_hash) DO @conflict@
    RETURNING content_hash";

/// What becomes of a content that is there.
pub(super) const KEEP_MUSIC: &str = "NOTHING";

/// What becomes of a content that is there, where an older version has analyzed it.
pub(super) const RENEW_MUSIC: &str = "
    UPDATE SET @assignments@, analyzer_version = EXCLUDED.analyzer_version
    WHERE musical_metadata.analyzer_version OPERATOR(pg_catalog.<) EXCLUDED.analyzer_version";

/// Adds the files that the arrays describe, or replaces what is said of them.
pub(super) const PUT_FILES: &str = "
    INSERT INTO @schema@.midi_files AS f
        (path, archive_member, path_digest, archive_digest, filename, size_bytes, modified_at,
         content_hash, state, error, imported_at, analyzed_at, name_bpm, name_key, tags)
    SELECT u.path, u.archive_member, u.path_digest, u.archive_digest, u.filename, u.size_bytes,
           u.modified_at, u.content_hash, u.state, u.error,
           CASE WHEN u.imported THEN pg_catalog.now() END,
           CASE WHEN u.imported THEN pg_catalog.now() END, u.name_bpm, u.name_key,
           pg_catalog.string_to_array(u.tags, ',')
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        AS u (path, path_digest, filename, size_bytes, modified_at, content_hash, state, error,
              imported, archive_member, archive_digest, name_bpm, name_key, tags)
    ON CONFLICT (path_digest) DO UPDATE SET
        size_bytes = COALESCE(EXCLUDED.size_bytes, f.size_bytes),
        modified_at = EXCLUDED.modified_at,
        content_hash = COALESCE(EXCLUDED.content_hash, f.content_hash),
        state = CASE
            -- Another import has brought in the same file while this one read it.
            WHEN EXCLUDED.state OPERATOR(pg_catalog.=) 'duplicate'
             AND f.state OPERATOR(pg_catalog.=) 'imported'
             AND f.content_hash OPERATOR(pg_catalog.=) EXCLUDED.content_hash THEN f.state
            ELSE EXCLUDED.state END,
        error = EXCLUDED.error,
        imported_at = COALESCE(f.imported_at, EXCLUDED.imported_at),
        analyzed_at = COALESCE(EXCLUDED.analyzed_at, f.analyzed_at),
        name_bpm = EXCLUDED.name_bpm,
        name_key = EXCLUDED.name_key,
        tags = EXCLUDED.tags";

/// Records problems: paths $1, kinds $2, reasons $3, met by the job $4 in the members $5.
pub(super) const PUT_ERRORS: &str = "
    INSERT INTO @schema@.midi_import_errors (job, path, archive_member, kind, reason, at)
    SELECT $4, u.path, u.archive_member, u.kind, u.reason, pg_catalog.now()
    FROM unnest($1, $2, $3, $5) AS u (path, kind, reason, archive_member)";

/// Of each of the archives whose paths have the digests $1: how many members are there, and whether one
/// of them has lost its music; music of an analyzer before version $2 does not count.
pub(super) const COUNT_MEMBERS: &str = "
    SELECT f.archive_digest,
           pg_catalog.count(*) FILTER (WHERE f.state OPERATOR(pg_catalog.<>) 'vanished'),
           pg_catalog.bool_or(
               f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}') AND (
                   SELECT true FROM @schema@.musical_metadata m
                   WHERE m.content_hash OPERATOR(pg_catalog.=) f.content_hash
                     AND m.analyzer_version OPERATOR(pg_catalog.>=) $2) IS NULL)
    FROM @schema@.midi_files f
    WHERE f.archive_digest OPERATOR(pg_catalog.=) ANY ($1)
    GROUP BY f.archive_digest";

// The sum keeps the planner from going through the whole table in the order of its key.
/// Fifty thousand members that have not vanished of the archives whose paths have the digests $1, from
/// the one after id $2.
pub(super) const MEMBERS: &str = "
    SELECT f.id, f.path_digest, f.archive_digest
    FROM @schema@.midi_files f
    WHERE f.archive_digest OPERATOR(pg_catalog.=) ANY ($1)
      AND f.state OPERATOR(pg_catalog.<>) 'vanished'
      AND f.id OPERATOR(pg_catalog.>) $2
    ORDER BY f.id OPERATOR(pg_catalog.+) 0::pg_catalog.int8
    LIMIT 50000";

/// Ten thousand files below the prefix $2, from the one after id $1.
pub(super) const PAGE_BELOW: &str = "
    SELECT id, COALESCE(archive_digest, path_digest), path, state OPERATOR(pg_catalog.=) 'archive'
    FROM @schema@.midi_files
    WHERE id OPERATOR(pg_catalog.>) $1
      AND pg_catalog.starts_with(path, $2)
      AND state OPERATOR(pg_catalog.<>) 'vanished'
    ORDER BY id
    LIMIT 10000";

/// Marks the files with the ids $1 as vanished.
pub(super) const VANISH: &str = "
    UPDATE @schema@.midi_files SET state = 'vanished', error = NULL
    WHERE id OPERATOR(pg_catalog.=) ANY ($1)";

/// Deletes the rows with the ids $1.
pub(super) const FORGET: &str = "
    DELETE FROM @schema@.midi_files WHERE id OPERATOR(pg_catalog.=) ANY ($1)";
