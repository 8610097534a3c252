//! The SQL statements of the job store. They run with a `search_path` of their own. `@schema@` stands for
//! the extension's schema.

/// The extension's schema, its tables with the names $1 in that order, the owner of the first one, the
/// function of their triggers, and whether that function is the library's and its owner has the rights of
/// the tables' owner, so that nobody with fewer rights can replace it. This statement runs with the
/// caller's `search_path`.
pub(super) const EXTENSION: &str = "
    SELECT n.oid, n.nspname::pg_catalog.text, t.tables, t.owner, p.oid,
           l.lanname OPERATOR(pg_catalog.=) 'c'
           AND p.prosrc OPERATOR(pg_catalog.=) 'midi_guard'
           AND pg_catalog.pg_has_role(p.proowner, t.owner, 'USAGE')
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    JOIN pg_catalog.pg_proc p ON p.pronamespace OPERATOR(pg_catalog.=) n.oid
        AND p.proname OPERATOR(pg_catalog.=) 'midi_guard'
        AND p.pronargs OPERATOR(pg_catalog.=) 0
    JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
    CROSS JOIN LATERAL (
        SELECT pg_catalog.array_agg(c.oid ORDER BY c.ordinal) AS tables,
               (pg_catalog.array_agg(c.relowner ORDER BY c.ordinal))[1] AS owner
        FROM (
            SELECT oid, relowner,
                   pg_catalog.array_position($1, relname::pg_catalog.text) AS ordinal
            FROM pg_catalog.pg_class
            WHERE relnamespace OPERATOR(pg_catalog.=) n.oid
              AND relname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1)
        ) AS c
        HAVING pg_catalog.count(*) OPERATOR(pg_catalog.=) pg_catalog.cardinality($1)
    ) AS t
    WHERE e.extname OPERATOR(pg_catalog.=) 'midi_pipeline'";

/// Creates a job that imports $1 as the role $2 with $3 workers and the settings $4; $5: without secondary
/// indexes.
pub(super) const CREATE: &str = "
    INSERT INTO @schema@.midi_import_jobs
        (source, role, role_oid, workers, settings, defer_indexes)
    VALUES ($1, (SELECT rolname FROM pg_roles WHERE oid = $2), $2, $3, $4, $5)
    RETURNING id";

/// Jobs, to be followed by a condition and [`IN_ORDER`]. The role of a restored job counts as missing, and
/// so does a role whose rights the owner of the tables does not have: the owner could have forged the row.
pub(super) const JOBS: &str = "
    SELECT j.id, j.source, j.role_oid, j.state, j.workers, j.walked, j.attempts, j.settings,
           r.oid IS NOT NULL, j.xmin, j.defer_indexes, j.deferred_indexes IS NOT NULL
    FROM @schema@.midi_import_jobs j
    LEFT JOIN pg_roles r ON r.oid = j.role_oid AND pg_has_role(r.oid, 'USAGE')
    WHERE ";

/// Follows the condition of [`JOBS`].
pub(super) const IN_ORDER: &str = " ORDER BY j.id";

/// The condition that the job j has the number $1, and the role $2 may see it.
pub(super) const VISIBLE: &str = "j.id = $1 AND (
    pg_has_role($2, j.role_oid, 'USAGE')
    OR pg_has_role($2, (SELECT datdba FROM pg_database WHERE datname = current_database()),
                   'USAGE'))";

/// Whether the current role, which is the owner of the tables, has the rights of the role $1.
pub(super) const OWNER_HAS_RIGHTS: &str = "SELECT pg_has_role($1::oid, 'USAGE')";

/// The condition that the job j has not ended, or has not been cleaned up.
pub(super) const UNDER_WAY: &str = "(j.state IN ('pending', 'running')
    OR j.deferred_indexes IS NOT NULL
    OR EXISTS (SELECT FROM @schema@.midi_import_chunks c WHERE c.job = j.id))";

/// Whether the role $1 may log in.
pub(super) const MAY_LOG_IN: &str = "SELECT rolcanlogin FROM pg_roles WHERE oid = $1";

/// Starts the job $1, unless it has ended; $2: this start is counted. Returns the number of starts. The
/// state is checked again here, because the worker may have read it before a concurrent end of the job,
/// for which this statement waits.
pub(super) const BEGIN: &str = "
    UPDATE @schema@.midi_import_jobs SET
        state = 'running',
        started_at = COALESCE(started_at, clock_timestamp()),
        begun = begun + $2::int,
        attempts = attempts + $2::int,
        resumed_at = CASE WHEN $2 THEN clock_timestamp() ELSE resumed_at END,
        resumed_done = CASE
            WHEN $2 THEN imported + duplicate + unchanged + failed + skipped + vanished
            ELSE resumed_done END
    WHERE id = $1 AND state IN ('pending', 'running')
    RETURNING begun, role, current_database()::text";

/// Releases the unfinished chunks of the job $1 that its worker $2 has claimed; $3: the attempt is not
/// counted.
pub(super) const RELEASE: &str = "
    UPDATE @schema@.midi_import_chunks
    SET worker = NULL, attempts = greatest(attempts - $3::int, 0)
    WHERE job = $1 AND worker = $2 AND NOT done";

/// Locks the unfinished chunks of the job $1 that its workers $2 have claimed.
pub(super) const HOLD: &str = "
    SELECT chunk, worker FROM @schema@.midi_import_chunks
    WHERE job = $1 AND worker = ANY ($2) AND NOT done
    FOR UPDATE SKIP LOCKED";

/// Releases the chunks $2 of the job $1.
pub(super) const RELEASE_CHUNKS: &str = "
    UPDATE @schema@.midi_import_chunks SET worker = NULL
    WHERE job = $1 AND chunk = ANY ($2)";

/// The workers of the job $1 that have claimed unfinished chunks.
pub(super) const HOLDERS: &str = "
    SELECT DISTINCT worker FROM @schema@.midi_import_chunks
    WHERE job = $1 AND NOT done AND worker IS NOT NULL";

/// Adds the chunk $2 to the job $1.
pub(super) const ADD_CHUNK: &str = "
    INSERT INTO @schema@.midi_import_chunks
        (job, chunk, names, sizes, modified, states, kinds, reasons)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The number of the last chunk of the job $1.
pub(super) const LAST_CHUNK: &str = "
    SELECT max(chunk) FROM @schema@.midi_import_chunks WHERE job = $1";

/// Adds $2 to the number of files found by the job $1; $3: there are no others. A file that is found counts
/// as progress.
pub(super) const FOUND: &str = "
    UPDATE @schema@.midi_import_jobs SET
        found = found + $2,
        walked = walked OR $3,
        attempts = CASE WHEN $2 > 0 OR $3 AND NOT walked THEN 0 ELSE attempts END
    WHERE id = $1";

/// Claims the next free chunk of the job $1 for its worker $2.
pub(super) const CLAIM: &str = "
    WITH free AS (
        SELECT job, chunk FROM @schema@.midi_import_chunks
        WHERE job = $1 AND NOT done AND worker IS NULL
        ORDER BY attempts, chunk LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE @schema@.midi_import_chunks c SET worker = $2, attempts = c.attempts + 1
    FROM free WHERE c.job = free.job AND c.chunk = free.chunk
    RETURNING c.chunk, c.names, c.sizes, c.modified, c.states, c.kinds, c.reasons,
              c.entries, c.members, c.attempts";

/// Marks the chunk $2 of the job $1 as done.
pub(super) const DONE: &str = "
    UPDATE @schema@.midi_import_chunks SET done = true WHERE job = $1 AND chunk = $2";

/// Records that $3 files and archives of the chunk $2 of the job $1 are written, and $4 members of the next
/// archive.
pub(super) const REACHED: &str = "
    UPDATE @schema@.midi_import_chunks SET entries = $3, members = $4, attempts = 1
    WHERE job = $1 AND chunk = $2";

/// Adds to the counts of the job $1.
pub(super) const COUNT: &str = "
    UPDATE @schema@.midi_import_jobs SET
        imported = imported + $2, duplicate = duplicate + $3, unchanged = unchanged + $4,
        failed = failed + $5, skipped = skipped + $6, vanished = vanished + $7,
        attempts = CASE WHEN $2 + $3 + $4 + $5 + $6 + $7 > 0 THEN 0 ELSE attempts END
    WHERE id = $1";

/// The names in up to 100 chunks of the job $1 with numbers greater than $2.
pub(super) const NAMES: &str = "
    SELECT chunk, names FROM @schema@.midi_import_chunks
    WHERE job = $1 AND chunk > $2 ORDER BY chunk LIMIT 100";

/// Whether all chunks of the job $1 are done.
pub(super) const ALL_DONE: &str = "
    SELECT NOT EXISTS (SELECT FROM @schema@.midi_import_chunks WHERE job = $1 AND NOT done)";

/// Ends the job $1 in the state $2 with the error $3, unless it has ended, and notifies listeners. The
/// notification has only the number and the state, since any role may listen.
pub(super) const END: &str = "
    WITH ended AS (
        UPDATE @schema@.midi_import_jobs
        SET state = $2, error = $3, finished_at = clock_timestamp(),
            started_at = COALESCE(started_at, clock_timestamp())
        WHERE id = $1 AND state IN ('pending', 'running')
        RETURNING id, state, role
    )
    SELECT role, current_database()::text,
           pg_notify('midi_import', jsonb_build_object('job', id, 'state', state)::text)
    FROM ended";

/// Deletes the chunks of the job $1.
pub(super) const CLEAR: &str = "DELETE FROM @schema@.midi_import_chunks WHERE job = $1";
