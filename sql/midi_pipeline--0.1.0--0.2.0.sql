-- From 0.1.0 to 0.2.0. What it leaves is what a new installation of 0.2.0 has (tests/tests/upgrade.rs compares them), with
-- columns in the same order. Columns are added by IF NOT EXISTS, because Citus adds them on its own as well. All names are
-- qualified, as in the other files (sql/tables.sql).

-- Who owns functions, views and tables of the extension may have put code of their own into them, which would run here as
-- a superuser. So this file calls no function and reads no view that was there before, and writes no table.

-- A session may have an older library than the one that this file came with: a server keeps what it has preloaded.
CREATE FUNCTION midi_loaded_library() RETURNS TABLE (version text, git_revision text, postgresql text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'midi_pipeline_version_wrapper';
DO $$
DECLARE
    loaded  text := (SELECT l.version FROM midi_loaded_library() l);
    created text := (SELECT e.extversion FROM pg_catalog.pg_extension e
                     WHERE e.extname OPERATOR(pg_catalog.=) 'midi_pipeline');
BEGIN
    IF loaded OPERATOR(pg_catalog.<>) created THEN
        RAISE EXCEPTION 'the loaded library is midi_pipeline %, and these are the objects of %', loaded, created
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Connect again; restart the server if shared_preload_libraries has midi_pipeline.';
    END IF;
END
$$;
DROP FUNCTION midi_loaded_library();

-- Views that are replaced lose their options, which may be what row security depends on. The end of this file gives them
-- back.
DO $$
BEGIN
    PERFORM pg_catalog.set_config(
        'midi_upgrade.options', COALESCE(pg_catalog.jsonb_object_agg(c.relname, c.reloptions)::text, '{}'), true)
    FROM pg_catalog.pg_class c
    WHERE c.oid OPERATOR(pg_catalog.=)
              ANY (ARRAY['midi_library', 'midi_import_progress', 'midi_duplicates']::regclass[])
      AND c.reloptions IS NOT NULL;
END
$$;

-- ADD COLUMN IF NOT EXISTS would take a column of a user's own for that of the extension. Every column that is added to a
-- table stands here.
DO $$
DECLARE
    own record;
BEGIN
    FOR own IN
        SELECT a.attrelid::pg_catalog.regclass AS relation, a.attname AS name,
               pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
        FROM (VALUES ('midi_files', 'vanished_at', 'timestamptz')) AS added (relation, name, type)
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) added.relation::pg_catalog.regclass
         AND a.attname OPERATOR(pg_catalog.=) added.name::pg_catalog.name
        WHERE NOT a.attisdropped
          AND a.atttypid OPERATOR(pg_catalog.<>) added.type::pg_catalog.regtype
    LOOP
        RAISE EXCEPTION '% has a column % of type %, and this version adds one of that name', own.relation, own.name, own.type
            USING ERRCODE = 'duplicate_column',
                  HINT = pg_catalog.format('Rename it first: ALTER TABLE %s RENAME COLUMN %I TO ...', own.relation, own.name);
    END LOOP;
END
$$;

-- Argument names

-- Its argument had the name of that of midi_find_melody(melody text), so that a call by names meant either. No statement gives
-- an argument another name, and a function that is dropped and created again loses the rights that were granted or revoked,
-- and cannot be dropped where views use it.
DO $$
DECLARE
    called text := (
        SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, 0), ', ')
        FROM pg_catalog.pg_depend d
        LEFT JOIN pg_catalog.pg_rewrite r
            ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::regclass
            AND r.oid OPERATOR(pg_catalog.=) d.objid
        LEFT JOIN pg_catalog.pg_proc p
            ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
            AND p.oid OPERATOR(pg_catalog.=) d.objid
        LEFT JOIN pg_catalog.pg_policy y
            ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_policy'::regclass
            AND y.oid OPERATOR(pg_catalog.=) d.objid
        WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
          AND d.refobjid OPERATOR(pg_catalog.=) 'midi_find_melody(integer[],integer)'::pg_catalog.regprocedure
          AND pg_catalog.concat(r.ev_action, p.prosqlbody, y.polqual, y.polwithcheck)
              OPERATOR(pg_catalog.~) ':name melody :argnumber');
BEGIN
    -- They would go on, and their definitions, in a dump, could not be read any more.
    IF called IS NOT NULL THEN
        RAISE EXCEPTION 'the argument of midi_find_melody(melody integer[]) is called pitches from 0.2.0 on, and these name it: %', called
            USING ERRCODE = 'dependent_objects_still_exist',
                  HINT = 'Write them with the argument by its place, without a name, and update the extension then.';
    END IF;
END
$$;
UPDATE pg_catalog.pg_proc
SET proargnames = pg_catalog.array_replace(proargnames, 'melody'::text, 'pitches'::text)
WHERE oid OPERATOR(pg_catalog.=) 'midi_find_melody(integer[],integer)'::pg_catalog.regprocedure;
COMMENT ON FUNCTION midi_find_melody(pitches integer[], max_results integer) IS
    'Finds files with a melody, given as MIDI pitches, in any key and with a note wrong, missing or added; best first';

-- Privileges

-- Functions that read files of the server say which membership a role lacks, and so everyone may call them. Where privileges
-- were changed, they stay as they are. Another owner is no change, and is the grantor of all.
DO $$
DECLARE
    reader regprocedure;
BEGIN
    FOR reader IN
        SELECT p.oid
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_init_privs i
            ON i.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
        JOIN pg_catalog.pg_depend d
            ON d.classid OPERATOR(pg_catalog.=) i.classoid AND d.objid OPERATOR(pg_catalog.=) i.objoid
            AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::regclass
            AND d.refobjid OPERATOR(pg_catalog.=) e.oid
        JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) i.objoid
        WHERE e.extname OPERATOR(pg_catalog.=) 'midi_pipeline'
          AND p.proname OPERATOR(pg_catalog.<>) 'midi_tuning_advice'
          AND ARRAY(SELECT CASE WHEN g.grantee OPERATOR(pg_catalog.=) g.grantor THEN 'owner' ELSE g.grantee::text END
                    FROM pg_catalog.aclexplode(p.proacl) g ORDER BY 1)
              OPERATOR(pg_catalog.=)
              ARRAY(SELECT CASE WHEN g.grantee OPERATOR(pg_catalog.=) g.grantor THEN 'owner' ELSE g.grantee::text END
                    FROM pg_catalog.aclexplode(i.initprivs) g ORDER BY 1)
          AND 'pg_read_server_files'::regrole::oid OPERATOR(pg_catalog.=)
              ANY (ARRAY(SELECT g.grantee FROM pg_catalog.aclexplode(i.initprivs) g))
    LOOP
        EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', reader);
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM pg_read_server_files', reader);
    END LOOP;
END
$$;

-- Searches and their operators

CREATE FUNCTION midi_search_count(query text) RETURNS bigint
STABLE PARALLEL RESTRICTED LANGUAGE c AS 'MODULE_PATHNAME', 'midi_search_count_wrapper';
COMMENT ON FUNCTION midi_search_count(query text) IS
    'The number of files that a query of midi_search finds';

-- Searches refuse NULL, which they took for nothing to find.
ALTER FUNCTION midi_search(text, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_search_sql(text, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_find_melody(text, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_find_melody(integer[], integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_find_melody(bytea, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_find_progression(text, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_similar(bigint, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_similar_to(bytea, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_compatible(bigint, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_compatible(bytea, integer) CALLED ON NULL INPUT;
ALTER FUNCTION midi_duplicate_pairs(real) CALLED ON NULL INPUT;
CREATE TYPE midi_melody_index AS (ngrams integer[], lines bytea);
CREATE TYPE midi_harmony_index AS (progression text[], moments bytea);
COMMENT ON TYPE midi_melody_index IS
    'What melodies are looked for in: the n-grams and the lines of a piece, as in musical_search';
COMMENT ON COLUMN midi_melody_index.ngrams IS 'As melody_ngrams in musical_search';
COMMENT ON COLUMN midi_melody_index.lines IS 'As melody_lines in musical_search';
COMMENT ON TYPE midi_harmony_index IS
    'What progressions are looked for in: the chords of a piece with their qualities, as in midi_library';
COMMENT ON COLUMN midi_harmony_index.progression IS 'As chord_progression in midi_library';
COMMENT ON COLUMN midi_harmony_index.moments IS 'As chord_moments in midi_library';

CREATE FUNCTION midi_has_tune(ngrams integer[], lines bytea, tune text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'midi_has_tune_wrapper';
CREATE FUNCTION midi_tune_grams(tune text) RETURNS integer[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'midi_tune_grams_wrapper';
CREATE FUNCTION midi_tune_support(internal) RETURNS internal
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'midi_tune_support_wrapper';
CREATE FUNCTION midi_progression_runs(progression text, in_minor boolean) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'midi_progression_runs_wrapper';

ALTER FUNCTION midi_has_tune(ngrams integer[], lines bytea, tune text) SUPPORT midi_tune_support;

-- The runs are looked up in an index, and are known when a statement is planned. A piece may have them apart from each other.
CREATE FUNCTION midi_has_progression(chord_progression text[], chord_moments bytea, progression text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (midi_progression_grams(chord_progression) OPERATOR(pg_catalog.@>) midi_progression_runs(progression, false)
        OR midi_progression_grams(chord_progression) OPERATOR(pg_catalog.@>) midi_progression_runs(progression, true))
    AND midi_progression_position(chord_progression, chord_moments, progression, false) IS NOT NULL;

CREATE FUNCTION midi_has_tune(melody midi_melody_index, tune text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN midi_has_tune((melody).ngrams, (melody).lines, tune);

CREATE FUNCTION midi_has_progression(harmony midi_harmony_index, progression text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN midi_has_progression((harmony).progression, (harmony).moments, progression);

CREATE OPERATOR @~ (
    FUNCTION = midi_has_tune,
    LEFTARG = midi_melody_index,
    RIGHTARG = text,
    RESTRICT = pg_catalog.contsel,
    JOIN = pg_catalog.contjoinsel
);

CREATE OPERATOR @~ (
    FUNCTION = midi_has_progression,
    LEFTARG = midi_harmony_index,
    RIGHTARG = text,
    RESTRICT = pg_catalog.contsel,
    JOIN = pg_catalog.contjoinsel
);

COMMENT ON FUNCTION midi_progression_runs(progression text, in_minor boolean) IS
    'Runs of chords that a piece with the progression has; with in_minor as minor keys name them, NULL if they are the same';
COMMENT ON FUNCTION midi_has_progression(chord_progression text[], chord_moments bytea, progression text) IS
    'Whether a piece has a progression such as ii V7 I, in any key: a condition on columns of midi_library';
COMMENT ON FUNCTION midi_has_progression(harmony midi_harmony_index, progression text) IS
    'Whether a piece has a progression such as ii V7 I, in any key: the operator @~';
COMMENT ON OPERATOR @~ (midi_harmony_index, text) IS
    'Has the progression, as midi_find_progression finds it with score 1';
COMMENT ON FUNCTION midi_has_tune(ngrams integer[], lines bytea, tune text) IS
    'Whether a piece has a melody, in any key and with a note wrong, missing or added: a condition on columns of musical_search';
COMMENT ON FUNCTION midi_has_tune(melody midi_melody_index, tune text) IS
    'Whether a piece has a melody, in any key and with a note wrong, missing or added: the operator @~';
COMMENT ON OPERATOR @~ (midi_melody_index, text) IS
    'Has the melody, as midi_find_melody finds it';
COMMENT ON FUNCTION midi_tune_grams(tune text) IS
    'N-grams of which every piece with the melody has at least one, for the index';
COMMENT ON FUNCTION midi_tune_support(internal) IS
    'What the planner knows about midi_has_tune: the index, and that few pieces have a melody';

-- Damage and monitoring

CREATE FUNCTION midi_damage(warnings text[]) RETURNS text[]
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c AS 'MODULE_PATHNAME', 'midi_damage_wrapper';
COMMENT ON FUNCTION midi_damage(warnings text[]) IS
    'Kinds of damage that the warnings of midi_analyze tell of, without numbers and places, in alphabetical order';
CREATE OR REPLACE VIEW midi_library AS
SELECT
    f.id AS file_id,
    f.path,
    f.archive_member,
    f.filename,
    m.duration_s,
    m.duration_beats,
    m.bar_count,
    m.bpm,
    m.beat_bpm,
    m.bpm_confidence,
    m.bpm_declared,
    m.bpm_min,
    m.bpm_max,
    m.tempo_change_count,
    m.time_signature_numerator,
    m.time_signature_denominator,
    m.time_signature_confidence,
    m.time_signature_declared,
    m.time_signature_change_count,
    m.key_signature,
    m.key_confidence,
    m.key_alternatives,
    m.key_alternative_shares,
    m.key_declared,
    m.key_change_count,
    m.pitch_min,
    m.pitch_max,
    m.pitch_mean,
    m.ambitus,
    m.polyphony_max,
    m.polyphony_mean,
    m.note_density,
    m.velocity_min,
    m.velocity_max,
    m.velocity_mean,
    m.velocity_stddev,
    m.is_quantized,
    m.timing_deviation_ms,
    m.swing_ratio,
    m.syncopation,
    m.loop_bars,
    m.repeated_share,
    m.section_count,
    m.form,
    m.chord_types,
    m.chord_progression,
    -- A subquery rather than a join: it is evaluated for the rows of a result alone.
    (SELECT s.chord_moments FROM musical_search s
     WHERE s.content_hash OPERATOR(pg_catalog.=) m.content_hash) AS chord_moments,
    m.chord_count,
    m.chords_per_bar,
    m.instruments,
    m.instrument_names,
    m.instrument_families,
    m.has_drums,
    m.drum_notes,
    m.drum_pieces,
    m.drum_pattern,
    m.drum_fill_bars,
    m.controllers,
    m.pitch_bend_count,
    m.has_sustain,
    m.track_names,
    m.lyrics,
    m.lyrics_language,
    m.markers,
    m.title,
    m.artist,
    m.copyright,
    m.complexity,
    m.complexity_parts,
    ARRAY(SELECT DISTINCT tag
          FROM pg_catalog.unnest(f.tags OPERATOR(pg_catalog.||) m.tags) AS tag
          ORDER BY tag) AS tags,
    f.tags AS name_tags,
    m.tags AS music_tags,
    f.name_bpm,
    f.name_key,
    m.note_count,
    m.track_count,
    m.format,
    m.size_bytes,
    m.warnings,
    m.depth,
    m.content_hash,
    -- Derived, so that it is there of what an older version has analyzed. A condition `warnings <> '{}'` beside one on
    -- it uses musical_metadata_damaged_idx, which has the few rows that are damaged.
    midi_damage(m.warnings) AS damage
FROM midi_files f
JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[]);
COMMENT ON COLUMN midi_library.damage IS
    'Kinds of damage that the warnings tell of, without numbers and places, in alphabetical order; empty for an undamaged file';

-- All jobs, with their workers. No role is granted it: the views on it show each role what it may see. Each worker holds an
-- advisory lock of the class 19785 for as long as it lives, with the numbers of its job and of itself, and one of them that
-- of the number 0 while it lists the source; the SQL functions for advisory locks cannot take locks of this class. A
-- standby does not see the locks of its primary.
CREATE VIEW midi_import_states AS
WITH here AS (
    SELECT d.oid, d.datdba
    FROM pg_catalog.pg_database d
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
), alive AS MATERIALIZED (
    SELECT
        l.classid,
        pg_catalog.array_agg(l.objid::bigint::integer ORDER BY l.objid)
            FILTER (WHERE l.objid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid) AS numbers,
        pg_catalog.array_agg(l.pid ORDER BY l.objid)
            FILTER (WHERE l.objid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid) AS pids
    FROM pg_catalog.pg_locks l, here
    WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
      AND l.objsubid OPERATOR(pg_catalog.=) 19785::smallint
      AND l.database OPERATOR(pg_catalog.=) here.oid
      AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
      AND l.granted
    GROUP BY l.classid
)
SELECT
    j.id AS job,
    j.source,
    s.state,
    j.found,
    p.done,
    j.imported,
    j.duplicate,
    j.unchanged,
    j.failed,
    j.skipped,
    j.vanished,
    r.files_per_second,
    CASE WHEN s.state OPERATOR(pg_catalog.=) 'running' AND j.walked
            AND r.files_per_second OPERATOR(pg_catalog.>) 0::pg_catalog.float8
        THEN pg_catalog.make_interval(secs =>
            (j.found OPERATOR(pg_catalog.-) p.done)::pg_catalog.float8
            OPERATOR(pg_catalog./) r.files_per_second)
    END AS eta,
    j.started_at,
    j.finished_at,
    j.error,
    j.workers,
    a.numbers AS worker_numbers,
    a.pids AS worker_pids,
    pg_catalog.pg_has_role(j.role_oid, 'USAGE')
        OR j.role_oid IS NULL AND j.role OPERATOR(pg_catalog.=) CURRENT_USER::text
        OR pg_catalog.pg_has_role((SELECT here.datdba FROM here), 'USAGE') AS is_shown
FROM midi_import_jobs j
LEFT JOIN alive a
    ON a.classid OPERATOR(pg_catalog.=) ((j.id OPERATOR(pg_catalog.&) 4294967295)::pg_catalog.oid),
LATERAL (
    SELECT CASE
        WHEN j.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running'])
            AND NOT pg_catalog.pg_is_in_recovery()
            AND a.classid IS NULL
            THEN 'interrupted'
        ELSE j.state
    END AS state
) AS s,
LATERAL (
    SELECT j.imported OPERATOR(pg_catalog.+) j.duplicate OPERATOR(pg_catalog.+) j.unchanged
        OPERATOR(pg_catalog.+) j.failed OPERATOR(pg_catalog.+) j.skipped
        OPERATOR(pg_catalog.+) j.vanished AS done
) AS p,
LATERAL (
    SELECT pg_catalog.date_part('epoch',
        COALESCE(j.finished_at, pg_catalog.clock_timestamp())
        OPERATOR(pg_catalog.-) j.resumed_at) AS elapsed
) AS t,
LATERAL (
    SELECT CASE WHEN s.state OPERATOR(pg_catalog.<>) 'interrupted'
            AND t.elapsed OPERATOR(pg_catalog.>) 0::pg_catalog.float8
        THEN (p.done OPERATOR(pg_catalog.-) j.resumed_done)::pg_catalog.float8
            OPERATOR(pg_catalog./) t.elapsed
    END AS files_per_second
) AS r;

-- The jobs of the current role and of roles whose privileges it has; all jobs for the owner of the database.
CREATE OR REPLACE VIEW midi_import_progress WITH (security_barrier) AS
SELECT
    s.job,
    s.source,
    s.state,
    s.found,
    s.done,
    s.imported,
    s.duplicate,
    s.unchanged,
    s.failed,
    s.skipped,
    s.vanished,
    s.files_per_second,
    s.eta,
    s.started_at,
    s.finished_at,
    s.error
FROM midi_import_states s
WHERE s.is_shown;

CREATE FUNCTION midi_launcher()
RETURNS TABLE (preloaded boolean, enabled boolean, pid integer, next_check timestamptz)
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c AS 'MODULE_PATHNAME', 'midi_launcher_wrapper';
-- The planner expects 1,000 rows of a function that returns a table.
ALTER FUNCTION midi_launcher() ROWS 1;
ALTER FUNCTION midi_pipeline_version() ROWS 1;

-- What the pipeline is doing: one row, and one row a worker. Everyone may read them: they show the jobs that
-- midi_import_progress shows, and the schedules of the same roles. Who may read all statistics of the server sees how many
-- jobs, workers and schedules there are of all roles, and nothing else of them. A standby does not see its primary's workers.

CREATE VIEW midi_import_workers WITH (security_barrier) AS
SELECT
    s.job,
    w.worker,
    s.source,
    w.pid,
    a.backend_start AS since,
    a.wait_event_type,
    a.wait_event,
    pg_catalog.pg_blocking_pids(w.pid) AS blocked_by
FROM midi_import_states s
CROSS JOIN LATERAL ROWS FROM (
    pg_catalog.unnest(s.worker_numbers), pg_catalog.unnest(s.worker_pids)
) AS w(worker, pid)
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) w.pid
WHERE s.is_shown
  AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running']);

CREATE VIEW midi_pipeline_status WITH (security_barrier) AS
WITH jobs AS MATERIALIZED (
    SELECT s.*
    FROM midi_import_states s
    WHERE s.is_shown OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
), all_schedules AS (
    -- The owner of this view is that of the table, whom its policy does not bind.
    SELECT
        s.*,
        pg_catalog.pg_has_role(s.role_oid, 'USAGE')
            OR s.role_oid IS NULL AND s.role OPERATOR(pg_catalog.=) CURRENT_USER::text
            OR pg_catalog.pg_has_role(
                (SELECT d.datdba FROM pg_catalog.pg_database d
                 WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()), 'USAGE') AS is_shown,
        s.last_error IS NOT NULL
            OR EXISTS (SELECT FROM midi_import_jobs j
                       WHERE j.id OPERATOR(pg_catalog.=) s.last_job
                         AND j.state OPERATOR(pg_catalog.=) 'failed') AS is_failing,
        -- A schedule is looked at within seconds of its time where there is a slot for the process that does it.
        s.role_oid IS NOT NULL AND s.next_at OPERATOR(pg_catalog.<)
            (pg_catalog.now() OPERATOR(pg_catalog.-) '1 minute'::interval) AS is_overdue
    FROM midi_schedules s
), schedules AS MATERIALIZED (
    SELECT s.*
    FROM all_schedules s
    WHERE s.is_shown OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
), problems AS (
    -- What is counted for those who may read statistics tells them nothing of the paths and errors of others.
    SELECT j.finished_at AS at, 'job ' OPERATOR(pg_catalog.||) j.job::text AS what, j.error
    FROM jobs j WHERE j.is_shown AND j.state OPERATOR(pg_catalog.=) 'failed'
    UNION ALL
    SELECT s.failed_at, 'schedule ' OPERATOR(pg_catalog.||) s.name, s.last_error
    FROM schedules s WHERE s.is_shown AND s.last_error IS NOT NULL
), last_problem AS (
    SELECT * FROM problems p ORDER BY p.at DESC NULLS LAST LIMIT 1
)
SELECT
    v.version AS library_version,
    (SELECT e.extversion FROM pg_catalog.pg_extension e
     WHERE e.extname OPERATOR(pg_catalog.=) 'midi_pipeline') AS extension_version,
    r.is_standby,
    l.preloaded AS is_preloaded,
    l.enabled AS is_enabled,
    (SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.pid OPERATOR(pg_catalog.=) l.pid) AS launcher_pid,
    l.next_check,
    j.pending AS jobs_pending,
    j.running AS jobs_running,
    j.interrupted AS jobs_interrupted,
    j.finished AS jobs_finished,
    j.failed AS jobs_failed,
    j.cancelled AS jobs_cancelled,
    CASE WHEN NOT r.is_standby THEN w.running END AS workers_running,
    CASE WHEN NOT r.is_standby THEN GREATEST(j.wanted OPERATOR(pg_catalog.-) w.running, 0::bigint) END AS workers_missing,
    CASE WHEN NOT r.is_standby THEN w.blocked END AS workers_blocked,
    j.files_left,
    j.files_per_second,
    s.schedules,
    s.failing AS schedules_failing,
    s.overdue AS schedules_overdue,
    s.next_run,
    p.at AS last_error_at,
    p.what AS last_error_of,
    p.error AS last_error
FROM midi_pipeline_version() v
CROSS JOIN midi_launcher() l
CROSS JOIN (SELECT pg_catalog.pg_is_in_recovery() AS is_standby) AS r
CROSS JOIN (
    SELECT
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'pending') AS pending,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'running') AS running,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'interrupted') AS interrupted,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'finished') AS finished,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'failed') AS failed,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'cancelled') AS cancelled,
        COALESCE(pg_catalog.sum(o.workers) FILTER (WHERE o.finished_at IS NULL), 0::bigint) AS wanted,
        COALESCE(pg_catalog.sum(o.found OPERATOR(pg_catalog.-) o.done)
                 FILTER (WHERE o.finished_at IS NULL), 0::numeric)::bigint AS files_left,
        pg_catalog.sum(o.files_per_second) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'running')
            AS files_per_second
    FROM jobs o
) AS j
CROSS JOIN (
    SELECT
        pg_catalog.count(*) AS running,
        pg_catalog.count(*) FILTER (
            WHERE pg_catalog.pg_blocking_pids(o.pid) OPERATOR(pg_catalog.<>) ARRAY[]::integer[]) AS blocked
    FROM jobs j
    CROSS JOIN LATERAL pg_catalog.unnest(j.worker_pids) AS o(pid)
    WHERE j.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running'])
) AS w
CROSS JOIN (
    SELECT
        pg_catalog.count(*) AS schedules,
        pg_catalog.count(*) FILTER (WHERE o.is_failing) AS failing,
        pg_catalog.count(*) FILTER (WHERE o.is_overdue) AS overdue,
        pg_catalog.min(o.next_at) FILTER (WHERE o.role_oid IS NOT NULL) AS next_run
    FROM schedules o
) AS s
LEFT JOIN last_problem p ON true;

COMMENT ON VIEW midi_import_states IS
    'Import jobs of all roles with their workers, for the views midi_import_progress, midi_import_workers and midi_pipeline_status';
-- Its first columns are those of midi_import_progress.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT attname, pg_catalog.col_description(attrelid, attnum) AS comment
        FROM pg_catalog.pg_attribute
        WHERE attrelid OPERATOR(pg_catalog.=) 'midi_import_progress'::regclass
          AND NOT attisdropped AND attnum OPERATOR(pg_catalog.>) 0::smallint
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_import_states.%I IS %L',
                                  other.attname, other.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN midi_import_states.workers IS 'Number of workers that the job was started with';
COMMENT ON COLUMN midi_import_states.worker_numbers IS 'Numbers of the workers that live; NULL if none does';
COMMENT ON COLUMN midi_import_states.worker_pids IS 'Process IDs of these workers, in the same order';
COMMENT ON COLUMN midi_import_states.is_shown IS 'Whether the current role may see the job';

COMMENT ON VIEW midi_import_workers IS
    'Workers of the jobs in midi_import_progress, one row each';
COMMENT ON COLUMN midi_import_workers.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_workers.worker IS 'Number of the worker in the job, from 1';
COMMENT ON COLUMN midi_import_workers.source IS 'What the job imports; NULL for a job of midi_deepen';
COMMENT ON COLUMN midi_import_workers.pid IS 'Process ID, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.since IS
    'When the process started; NULL, as are the next two, where pg_stat_activity hides it from the current role';
COMMENT ON COLUMN midi_import_workers.wait_event_type IS 'What kind of event it waits for, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.wait_event IS 'Which event it waits for, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.blocked_by IS 'Process IDs of the sessions whose locks it waits for; empty if it waits for none';

COMMENT ON VIEW midi_pipeline_status IS
    'State of the pipeline, one row: versions, launcher, jobs, workers, schedules and the last error of the current role, or all for the owner of the database; members of pg_read_all_stats see the numbers of all';
COMMENT ON COLUMN midi_pipeline_status.library_version IS 'Version of the loaded library';
COMMENT ON COLUMN midi_pipeline_status.extension_version IS
    'Version of the SQL objects; after an update of the package it is older until ALTER EXTENSION midi_pipeline UPDATE';
COMMENT ON COLUMN midi_pipeline_status.is_standby IS 'Whether the server is a standby, on which no jobs run';
COMMENT ON COLUMN midi_pipeline_status.is_preloaded IS
    'Whether shared_preload_libraries has midi_pipeline, which schedules need';
COMMENT ON COLUMN midi_pipeline_status.is_enabled IS 'The setting midi_pipeline.enabled';
COMMENT ON COLUMN midi_pipeline_status.launcher_pid IS 'Process ID of the launcher; NULL if none runs';
COMMENT ON COLUMN midi_pipeline_status.next_check IS
    'When the launcher checks this database next; NULL if it has not checked it yet, or there is no launcher';
COMMENT ON COLUMN midi_pipeline_status.jobs_pending IS 'Number of jobs that have not begun';
COMMENT ON COLUMN midi_pipeline_status.jobs_running IS 'Number of jobs under way';
COMMENT ON COLUMN midi_pipeline_status.jobs_interrupted IS
    'Number of jobs that have not ended and have no worker, because the server was restarted or has no free slot for one';
COMMENT ON COLUMN midi_pipeline_status.jobs_finished IS 'Number of jobs that have finished';
COMMENT ON COLUMN midi_pipeline_status.jobs_failed IS 'Number of jobs that have failed';
COMMENT ON COLUMN midi_pipeline_status.jobs_cancelled IS 'Number of jobs that were cancelled';
COMMENT ON COLUMN midi_pipeline_status.workers_running IS
    'Number of workers of these jobs; NULL, as are the next two, on a standby, which does not see those of its primary';
COMMENT ON COLUMN midi_pipeline_status.workers_missing IS
    'How many fewer these are than the jobs have asked for: some have ended, or max_worker_processes is used up';
COMMENT ON COLUMN midi_pipeline_status.workers_blocked IS 'Number of workers that wait for the lock of another session';
COMMENT ON COLUMN midi_pipeline_status.files_left IS 'Number of files that jobs under way have listed and not done yet';
COMMENT ON COLUMN midi_pipeline_status.files_per_second IS 'Sum of the mean rates of the running jobs; NULL if none runs';
COMMENT ON COLUMN midi_pipeline_status.schedules IS 'Number of schedules';
COMMENT ON COLUMN midi_pipeline_status.schedules_failing IS
    'Number of schedules that could not run the last time, or whose last job has failed';
COMMENT ON COLUMN midi_pipeline_status.schedules_overdue IS
    'Number of schedules whose time was more than a minute ago: no launcher, or no free slot of max_worker_processes';
COMMENT ON COLUMN midi_pipeline_status.next_run IS 'When a schedule is due next';
COMMENT ON COLUMN midi_pipeline_status.last_error_at IS 'When the last job failed or a schedule last could not run';
COMMENT ON COLUMN midi_pipeline_status.last_error_of IS 'Which job or schedule that was';
COMMENT ON COLUMN midi_pipeline_status.last_error IS 'Why';

COMMENT ON FUNCTION midi_launcher() IS
    'Whether the library is preloaded and schedules are enabled, the last launcher, and its next check of this database';

-- They show each role its own jobs.
GRANT SELECT ON midi_pipeline_status, midi_import_workers TO PUBLIC;

-- So do these. Where privileges were changed, they stay as they are.
DO $$
DECLARE
    shown regclass;
BEGIN
    FOR shown IN
        SELECT c.oid
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_init_privs i
            ON i.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
            AND i.objoid OPERATOR(pg_catalog.=) c.oid AND i.objsubid OPERATOR(pg_catalog.=) 0
        WHERE c.oid OPERATOR(pg_catalog.=) ANY (ARRAY['midi_import_progress', 'midi_schedules']::regclass[])
          AND ARRAY(SELECT pg_catalog.concat(
                               CASE WHEN g.grantee OPERATOR(pg_catalog.=) g.grantor THEN 'owner' ELSE g.grantee::text END,
                               ' ', g.privilege_type)
                    FROM pg_catalog.aclexplode(c.relacl) g ORDER BY 1)
              OPERATOR(pg_catalog.=)
              ARRAY(SELECT pg_catalog.concat(
                               CASE WHEN g.grantee OPERATOR(pg_catalog.=) g.grantor THEN 'owner' ELSE g.grantee::text END,
                               ' ', g.privilege_type)
                    FROM pg_catalog.aclexplode(i.initprivs) g ORDER BY 1)
    LOOP
        EXECUTE pg_catalog.format('GRANT SELECT ON %s TO PUBLIC', shown);
        EXECUTE pg_catalog.format('REVOKE SELECT ON %s FROM pg_read_server_files', shown);
    END LOOP;
END
$$;

-- The life of a library

ALTER TABLE midi_files ADD COLUMN IF NOT EXISTS vanished_at timestamptz;
COMMENT ON COLUMN midi_files.vanished_at IS
    'When an import last found that the file no longer existed; it may be there again, as state says';

CREATE FUNCTION midi_forget(source text) RETURNS TABLE (files bigint, problems bigint)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_forget_wrapper';
CREATE FUNCTION midi_prune(older_than interval) RETURNS TABLE (files bigint, problems bigint, music bigint, contents bigint)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_prune_wrapper';
COMMENT ON FUNCTION midi_forget(source text) IS
    'Takes a file, a folder with all below it, or an archive out of the library, whether it still exists or not; its music stays until midi_prune. Returns the number of its rows in midi_files and in midi_import_errors';
COMMENT ON FUNCTION midi_prune(older_than interval) IS
    'Removes the files that vanished longer ago than given, with their problems, and all music that no path has any more, with its kept contents; returns the numbers of files, of rows of midi_import_errors, of pieces and of contents';
COMMENT ON FUNCTION midi_import(source text) IS
    'Imports a MIDI file, or all those in a directory or an archive, on the server, in the transaction of the call: one that is interrupted keeps nothing, unlike a job of midi_import_start';

-- What acts refuses NULL, which it took for nothing to do.
ALTER FUNCTION midi_import(text) CALLED ON NULL INPUT;
ALTER FUNCTION midi_catalog(text) CALLED ON NULL INPUT;
ALTER FUNCTION midi_reanalyze(text) CALLED ON NULL INPUT;
ALTER FUNCTION midi_deepen(integer, boolean) CALLED ON NULL INPUT;
ALTER FUNCTION midi_import_cancel(bigint) CALLED ON NULL INPUT;
ALTER FUNCTION midi_unschedule(text) CALLED ON NULL INPUT;
ALTER FUNCTION midi_drop_indexes(text) CALLED ON NULL INPUT;

CREATE TABLE midi_index_choice (
    chosen  boolean PRIMARY KEY DEFAULT true CHECK (chosen),
    profile text NOT NULL CHECK (profile OPERATOR(pg_catalog.=) ANY ('{default,search,all}'::text[]))
);
SELECT pg_catalog.pg_extension_config_dump('midi_index_choice', '');
COMMENT ON TABLE midi_index_choice IS
    'Profile of the indexes that midi_create_indexes makes without an argument, in one row; none: search';
COMMENT ON COLUMN midi_index_choice.chosen IS 'Always true';
COMMENT ON COLUMN midi_index_choice.profile IS
    'The largest profile that midi_create_indexes has created and midi_drop_indexes has left';
-- What there is was chosen.
INSERT INTO midi_index_choice (profile)
SELECT p.profile
FROM (VALUES
    ('all',
        '{musical_search_embedding_hnsw_idx,midi_files_filename_lower_idx,musical_metadata_controllers_idx,
          musical_metadata_counts_idx}'::text[]),
    ('search',
        '{midi_files_tags_idx,musical_metadata_tags_idx,midi_files_words_idx,musical_metadata_words_idx,
          midi_files_filename_trgm_idx,musical_metadata_chord_types_idx,musical_metadata_progression_idx,
          musical_metadata_meter_idx,musical_metadata_duration_idx,musical_metadata_bars_idx,
          musical_metadata_notes_idx,musical_metadata_complexity_idx,musical_metadata_damaged_idx,
          musical_search_embedding_idx,musical_search_melody_ngrams_idx,musical_search_fingerprint_idx,
          midi_parts_library_role_idx}')
) AS p (profile, indexes)
WHERE EXISTS (
    SELECT FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
    WHERE x.indisvalid AND c.relname OPERATOR(pg_catalog.=) ANY (p.indexes)
      AND x.indrelid OPERATOR(pg_catalog.=)
          ANY (ARRAY['midi_files', 'musical_metadata', 'musical_search', 'midi_parts_library']::regclass[]))
ORDER BY p.profile LIMIT 1;
CREATE OR REPLACE FUNCTION midi_create_indexes(profile text DEFAULT NULL)
    RETURNS TABLE (index_name text, profile text, outcome text, reason text, definition text)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_create_indexes_wrapper';
COMMENT ON FUNCTION midi_create_indexes(profile text) IS
    'Creates the missing indexes of a profile (default, search, all); without one, of the largest that was created before, or else of search; returns the outcome for each index';

CREATE OR REPLACE VIEW midi_duplicates AS
SELECT
    f.id AS file_id,
    f.path,
    o.id AS other_file_id,
    o.path AS other_path,
    'exact' AS kind,
    1::real AS similarity,
    CASE WHEN ROW(f.archive_member IS NOT NULL, pg_catalog.length(f.path), f.id)
              OPERATOR(pg_catalog.<) ROW(o.archive_member IS NOT NULL, pg_catalog.length(o.path), o.id)
         THEN f.id ELSE o.id END AS keeper
FROM midi_files f
JOIN midi_files o ON o.content_hash OPERATOR(pg_catalog.=) f.content_hash
                 AND o.id OPERATOR(pg_catalog.<>) f.id
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
  AND o.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
UNION ALL
SELECT
    one.id,
    one.path,
    other.id,
    other.path,
    'near',
    midi_fingerprint_similarity(one.fingerprint, other.fingerprint),
    -- The numbers of notes are exchanged, because more are better.
    CASE WHEN ROW(COALESCE(one.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(other.note_count, 0),
                  one.archive_member IS NOT NULL, pg_catalog.length(one.path), one.id)
              OPERATOR(pg_catalog.<)
              ROW(COALESCE(other.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(one.note_count, 0),
                  other.archive_member IS NOT NULL, pg_catalog.length(other.path), other.id)
         THEN one.id ELSE other.id END
-- Each side is joined by itself, by the contents, so that a library in shards can be asked for one side and then for the
-- other. A row that has been deleted from musical_metadata counts for nothing.
FROM (
    SELECT f.id, f.path, f.archive_member, s.content_hash, s.fingerprint, m.warnings, m.note_count
    FROM musical_search s
    JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) s.content_hash
    JOIN midi_files f ON f.content_hash OPERATOR(pg_catalog.=) s.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])) AS one
JOIN (
    SELECT f.id, f.path, f.archive_member, s.content_hash, s.fingerprint, m.warnings, m.note_count
    FROM musical_search s
    JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) s.content_hash
    JOIN midi_files f ON f.content_hash OPERATOR(pg_catalog.=) s.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])) AS other
    ON midi_fingerprint_bands(other.fingerprint) OPERATOR(pg_catalog.&&) midi_fingerprint_bands(one.fingerprint)
   AND other.content_hash OPERATOR(pg_catalog.<>) one.content_hash
WHERE midi_fingerprint_similarity(one.fingerprint, other.fingerprint) OPERATOR(pg_catalog.>=) 0.25::float8;
COMMENT ON COLUMN midi_duplicates.keeper IS
    'Number of the file of both to keep: undamaged before damaged, then with more notes, outside an archive, with a shorter path, imported first';
COMMENT ON FUNCTION midi_find_progression(progression text, max_results integer) IS
    'Finds files with a progression such as ii V I, in any key: with score 1 as given, with score 0.5 in a loop that starts at another chord; equal scores by file_id, of which the first found count';
COMMENT ON FUNCTION midi_similar(file_id bigint, max_results integer) IS
    'Files whose music is most similar to that of a file in the library, nearest first, equal distances by file_id';
COMMENT ON FUNCTION midi_similar_to(content bytea, max_results integer) IS
    'Files whose music is most similar to a piece, nearest first, equal distances by file_id, given the bytes of its MIDI file';

-- The view midi_library_music has all columns of midi_library, and so it comes last.

CREATE VIEW midi_library_music AS
SELECT
    s.embedding,
    ROW(s.melody_ngrams, s.melody_lines)::midi_melody_index AS melody,
    ROW(l.chord_progression, s.chord_moments)::midi_harmony_index AS harmony,
    l.*
FROM midi_library l
JOIN musical_search s ON s.content_hash OPERATOR(pg_catalog.=) l.content_hash;

GRANT SELECT ON midi_library_music TO pg_read_server_files;
COMMENT ON VIEW midi_library_music IS
    'midi_library with what melodies, progressions and likeness are found by, for conditions and orders of your own';
-- The other columns are those of midi_library.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) AS comment
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) 'midi_library'::regclass
          AND a.attnum OPERATOR(pg_catalog.>) 0::int2
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_library_music.%I IS %L', other.attname, other.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN midi_library_music.embedding IS
    'Vector of the harmony, bass, rhythm, melody and instruments, to be compared by <->, as in musical_search';
COMMENT ON COLUMN midi_library_music.melody IS
    'Melodic lines, for the operator @~: melody @~ ''E4 D4 C4 D4 E4 E4''';
COMMENT ON COLUMN midi_library_music.harmony IS
    'Chords with their qualities, for the operator @~: harmony @~ ''ii V7 I''';

-- The duplicates of one file, and what they cost.

ALTER FUNCTION midi_fingerprint_bands(integer[]) COST 100;

CREATE FUNCTION midi_duplicates_of(file_id bigint, min_similarity real DEFAULT 0.25)
    RETURNS TABLE (file_id bigint, path text, kind text, similarity real)
    STABLE PARALLEL RESTRICTED LANGUAGE c AS 'MODULE_PATHNAME', 'midi_duplicates_of_wrapper';
COMMENT ON FUNCTION midi_duplicates_of(file_id bigint, min_similarity real) IS
    'Other files with the same music as a file in the library: exact copies, then near duplicates, the most similar first';

-- A library on several machines.

CREATE FUNCTION midi_distribute(shards integer DEFAULT NULL, replicate_files boolean DEFAULT NULL)
    RETURNS TABLE (table_name text, rows_moved bigint)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_distribute_wrapper';
CREATE FUNCTION midi_placements()
    RETURNS TABLE (table_name text, kind text, distributed_by text, node text, shards bigint, bytes bigint)
    VOLATILE STRICT PARALLEL RESTRICTED LANGUAGE c AS 'MODULE_PATHNAME', 'midi_placements_wrapper';
CREATE FUNCTION midi_import_on_nodes(
    source text, workers integer DEFAULT 1, nodes text[] DEFAULT NULL, depth text DEFAULT NULL)
    RETURNS TABLE (node text, part integer, job bigint)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_import_on_nodes_wrapper';
CREATE FUNCTION midi_import_part(
    source text, part integer, of integer, workers integer DEFAULT 1, depth text DEFAULT NULL,
    settings jsonb DEFAULT NULL)
    RETURNS bigint
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_import_part_wrapper';
CREATE FUNCTION midi_node_imports()
    RETURNS TABLE (
        node text, job bigint, source text, state text, found bigint, done bigint, imported bigint, duplicate bigint,
        unchanged bigint, failed bigint, skipped bigint, vanished bigint, error text)
    VOLATILE STRICT PARALLEL RESTRICTED LANGUAGE c AS 'MODULE_PATHNAME', 'midi_node_imports_wrapper';

CREATE VIEW midi_distribution AS
SELECT p.table_name, p.kind, p.distributed_by, p.node, p.shards, p.bytes
FROM midi_placements() p;

COMMENT ON COLUMN midi_files.content_hash IS
    'SHA-256 of the content when the file was last read, equal to sha256(content); in a library distributed with replicate_files => false, path_digest where there is none';
COMMENT ON FUNCTION midi_distribute(shards integer, replicate_files boolean) IS
    'Distributes the library over the nodes of Citus, by content: as many shards as given, or two for each node. The rows of files go to all nodes, or with replicate_files => false to where their music lies. May be called again when nodes were added. Returns the number of rows of each table that it moved';
COMMENT ON FUNCTION midi_placements() IS
    'Tables of the library, with the nodes on which they lie';
COMMENT ON FUNCTION midi_import_on_nodes(source text, workers integer, nodes text[], depth text) IS
    'Starts an import in parts, one on each node of a distributed library, or on those given as name:port, each with so many workers. Each node must see the source under the same path. The jobs run on if the caller rolls back. Returns them';
COMMENT ON FUNCTION midi_import_part(source text, part integer, of integer, workers integer, depth text, settings jsonb) IS
    'Starts an import of one of several parts of a source in the background: of so many imports with the same number of parts, each takes other files. Settings are those of a session on another node, whose limits apply too. Returns the number of the job';
COMMENT ON FUNCTION midi_node_imports() IS
    'Imports in the background on all nodes of a distributed library, as midi_import_progress shows them on each; the state is unknown where a node does not answer, and the node is NULL without Citus';
COMMENT ON VIEW midi_distribution IS
    'Tables of the library, with the nodes on which they lie';
COMMENT ON COLUMN midi_distribution.table_name IS 'Name of the table';
COMMENT ON COLUMN midi_distribution.kind IS
    'distributed by rows, reference on each node as a whole, or local to this node';
COMMENT ON COLUMN midi_distribution.distributed_by IS 'Column whose hash tells on which node a row lies';
COMMENT ON COLUMN midi_distribution.node IS 'Name and port of the node; NULL for a table that is local';
COMMENT ON COLUMN midi_distribution.shards IS 'Number of shards on the node; NULL for a table that is local';
COMMENT ON COLUMN midi_distribution.bytes IS 'Size on the node, with indexes; NULL where it does not answer';

GRANT SELECT ON midi_distribution TO pg_read_server_files, pg_monitor;

-- What is new belongs to the owner of what it reads or is read by, and the options of views are as they were.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT c.oid::regclass AS relation, pg_catalog.pg_get_userbyid(k.relowner) AS keeper
        FROM (VALUES
            ('midi_import_states'::regclass, 'midi_import_progress'::regclass),
            ('midi_import_workers', 'midi_import_progress'),
            ('midi_pipeline_status', 'midi_import_progress'),
            ('midi_distribution', 'midi_library'),
            ('midi_index_choice', 'midi_files'),
            ('midi_library_music', 'midi_library')
        ) AS like_another (relation, other)
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) like_another.relation
        JOIN pg_catalog.pg_class k ON k.oid OPERATOR(pg_catalog.=) like_another.other
        WHERE c.relowner OPERATOR(pg_catalog.<>) k.relowner
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s OWNER TO %I', other.relation, other.keeper);
    END LOOP;
    FOR other IN
        -- midi_library_music shows what midi_library does.
        SELECT v.relation, o.option_name, o.option_value
        FROM pg_catalog.jsonb_each(NULLIF(pg_catalog.current_setting('midi_upgrade.options', true), '')::jsonb) AS s,
            pg_catalog.unnest(CASE s.key WHEN 'midi_library' THEN ARRAY['midi_library', 'midi_library_music']
                                   ELSE ARRAY[s.key] END) AS v(relation),
            pg_catalog.pg_options_to_table(ARRAY(SELECT pg_catalog.jsonb_array_elements_text(s.value))) AS o
    LOOP
        EXECUTE pg_catalog.format('ALTER VIEW %I SET (%I = %L)', other.relation, other.option_name, other.option_value);
    END LOOP;
    RAISE WARNING 'sessions that have used midi_pipeline before keep its former library'
        USING HINT = 'Let them connect again, those of a pool too.';
END
$$;
