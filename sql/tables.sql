-- The type and the tables of the library. This file is loaded first, because functions return the type.
--
-- The schema of the extension may already contain objects of other users. So every function and operator
-- in a definition is qualified with its schema, here and in the other files: CREATE EXTENSION stores
-- what it finds for good. Type names need no schema: pg_catalog is searched first, and CREATE EXTENSION
-- fails if one of the extension's own types already exists.

DO $$
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE EXCEPTION 'midi_pipeline needs a database whose encoding is UTF8, not %',
                pg_catalog.getdatabaseencoding()
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'Create one: CREATE DATABASE music ENCODING ''UTF8'' TEMPLATE template0.';
    END IF;
END
$$;

-- A session may have an older library than the one that these files came with: a server keeps what it has preloaded.
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

CREATE TYPE midi_analysis AS (
    -- file
    format                      smallint,
    ticks_per_quarter           integer,
    track_count                 integer,
    event_count                 integer,
    note_count                  integer,
    size_bytes                  bigint,
    warnings                    text[],
    -- time
    duration_s                  double precision,
    duration_beats              double precision,
    bar_count                   integer,
    bpm                         double precision,
    beat_bpm                    double precision,
    bpm_confidence              real,
    bpm_declared                double precision,
    bpm_min                     double precision,
    bpm_max                     double precision,
    tempo_change_count          integer,
    -- meter
    time_signature_numerator    smallint,
    time_signature_denominator  smallint,
    time_signature_confidence   real,
    time_signature_declared     boolean,
    time_signature_change_count integer,
    -- key
    key_signature               text,
    key_confidence              real,
    key_alternatives            text[],
    key_alternative_shares      real[],
    key_declared                text,
    key_change_count            integer,
    pitch_class_histogram       real[],
    -- pitch
    pitch_min                   smallint,
    pitch_max                   smallint,
    pitch_mean                  real,
    ambitus                     smallint,
    -- texture
    polyphony_max               integer,
    polyphony_mean              real,
    note_density                real,
    velocity_min                smallint,
    velocity_max                smallint,
    velocity_mean               real,
    velocity_stddev             real,
    -- timing
    is_quantized                boolean,
    timing_deviation_ms         real,
    swing_ratio                 real,
    syncopation                 real,
    -- structure
    loop_bars                   smallint,
    repeated_share              real,
    section_count               integer,
    form                        text,
    -- harmony
    chord_types                 text[],
    chord_progression           text[],
    chord_moments               bytea,
    chord_count                 integer,
    chords_per_bar              real,
    -- instruments
    instruments                 smallint[],
    instrument_names            text[],
    instrument_families         text[],
    has_drums                   boolean,
    drum_notes                  smallint[],
    drum_pieces                 text[],
    drum_pattern                text,
    drum_fill_bars              integer[],
    -- controllers
    controllers                 smallint[],
    controller_data             jsonb,
    pitch_bend_count            integer,
    has_sustain                 boolean,
    -- text
    track_names                 text[],
    lyrics                      text,
    lyrics_language             text,
    markers                     text[],
    title                       text,
    artist                      text,
    copyright                   text,
    text_encoding               text,
    -- judgement
    complexity                  real,
    complexity_parts            real[],
    tags                        text[],
    -- search
    embedding                   real[],
    melody_ngrams               integer[],
    melody_lines                bytea,
    fingerprint                 integer[]
);

-- What melodies and progressions are looked for in: the left sides of the operator @~.
CREATE TYPE midi_melody_index AS (ngrams integer[], lines bytea);
CREATE TYPE midi_harmony_index AS (progression text[], moments bytea);

CREATE TABLE midi_files (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path           text NOT NULL,
    archive_member text,
    -- A path may be too long for a B-tree index.
    path_digest    bytea NOT NULL,
    archive_digest bytea,
    filename       text NOT NULL,
    size_bytes     bigint,
    modified_at    timestamptz,
    content_hash   bytea,
    state          text NOT NULL
        CHECK (state OPERATOR(pg_catalog.=) ANY (
            '{imported,duplicate,failed,skipped,vanished,archive}'::text[])),
    error          text,
    imported_at    timestamptz,
    analyzed_at    timestamptz,
    -- from the path alone, whatever the music is
    name_bpm       real,
    name_key       text,
    tags           text[] NOT NULL DEFAULT '{}',
    vanished_at    timestamptz
);

-- The planner estimates from a sample of names how many names contain a text. With the default sample of
-- 100, a single match makes it expect one file in a hundred, and scan all files in order. A larger one than this makes
-- ANALYZE, which runs again and again while a library grows, take seconds.
ALTER TABLE midi_files ALTER COLUMN filename SET STATISTICS 300;

-- What only functions read, in three quarters of the bytes of an analysis. In a table of its own it does not slow down
-- those who read the rest. A row without one in musical_metadata counts for nothing: searches look there as well.
CREATE TABLE musical_search (
    content_hash  bytea PRIMARY KEY,
    chord_moments bytea,
    embedding     real[],
    melody_ngrams integer[],
    melody_lines  bytea,
    fingerprint   integer[]
);

-- These columns do not compress. A row is in one piece as long as it fits on a page: moving its values to a table of
-- their own takes longer than writing them. Statistics on hundreds of n-grams per row are slow and useless.
ALTER TABLE musical_search
    SET (toast_tuple_target = 8160),
    ALTER COLUMN chord_moments SET STORAGE EXTERNAL,
    ALTER COLUMN chord_moments SET STATISTICS 0,
    ALTER COLUMN embedding SET STORAGE EXTERNAL,
    ALTER COLUMN melody_ngrams SET STORAGE EXTERNAL,
    ALTER COLUMN melody_ngrams SET STATISTICS 0,
    ALTER COLUMN melody_lines SET STORAGE EXTERNAL,
    ALTER COLUMN melody_lines SET STATISTICS 0,
    ALTER COLUMN fingerprint SET STORAGE EXTERNAL;

-- All other columns of an analysis. They come last, so that ALTER TABLE ... ADD COLUMN in an upgrade gives the same
-- order as a new table.
DO $$
BEGIN
    EXECUTE (
        SELECT pg_catalog.format(
            $sql$
            CREATE TABLE musical_metadata (
                content_hash     bytea PRIMARY KEY,
                analyzer_version integer NOT NULL,
                depth            text NOT NULL DEFAULT 'full'
                    CHECK (depth OPERATOR(pg_catalog.=) ANY ('{catalog,full}'::text[])),
                %s
            )$sql$,
            pg_catalog.string_agg(
                pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), ', '
                ORDER BY a.attnum))
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) 'midi_analysis'::regclass
          AND a.attname OPERATOR(pg_catalog.<>) ALL (
              SELECT s.attname FROM pg_catalog.pg_attribute s
              WHERE s.attrelid OPERATOR(pg_catalog.=) 'musical_search'::regclass));
END
$$;

-- Nearly all 8s below are of 6/8, 7/8 and the like: without this the planner expects a fiftieth of the pieces in them.
CREATE STATISTICS musical_metadata_meter_stats (mcv)
    ON time_signature_numerator, time_signature_denominator FROM musical_metadata;

-- The bytes of contents, where imports are to keep them. Nothing can make them again, unlike an analysis. So a row stays
-- when that of musical_metadata is deleted, which has a content analyzed anew.
CREATE TABLE midi_contents (
    content_hash bytea PRIMARY KEY,
    content      bytea NOT NULL
);
ALTER TABLE midi_contents ALTER COLUMN content SET STATISTICS 0;
DO $$
BEGIN
    ALTER TABLE midi_contents ALTER COLUMN content SET COMPRESSION lz4;
EXCEPTION
    -- A server may have been built without lz4.
    WHEN feature_not_supported THEN NULL;
END
$$;
-- The parts of contents, where imports are to store them. They are written with the row of musical_metadata and count for
-- nothing without it, as those of musical_search.
CREATE TABLE midi_parts_library (
    content_hash bytea NOT NULL,
    part_no      integer NOT NULL,
    track        integer NOT NULL,
    port         smallint NOT NULL,
    channel      smallint NOT NULL,
    program      smallint,
    name         text,
    role         text NOT NULL
        CHECK (role OPERATOR(pg_catalog.=) ANY (
            '{melody,bass,chords,arpeggio,pad,counter-melody,drums,percussion,effect}'::text[])),
    note_count   integer NOT NULL,
    first_bar    integer,
    bars         integer,
    loop_bars    smallint,
    pitch_min    smallint,
    pitch_max    smallint,
    polyphony    integer,
    key          text,
    is_drum      boolean NOT NULL,
    PRIMARY KEY (content_hash, part_no)
);

CREATE TABLE midi_import_errors (
    -- The replica identity for logical replication.
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job            bigint,
    path           text NOT NULL,
    archive_member text,
    kind           text NOT NULL,
    reason         text NOT NULL,
    at             timestamptz NOT NULL
);

-- Only the extension writes the tables of jobs and schedules, whoever calls it, because jobs run as the
-- role in their row. The trigger midi_guard (guard.sql) enforces this.
--
-- A role is stored by name, which is still valid after a restore, and by OID, which is not. Only the OID
-- grants anything: it is set only in rows that the extension has written in this database, and is NULL
-- in restored rows. The column is no regrole, because a dump with a regrole cannot be restored if the
-- role is missing.

-- Users query the view midi_import_progress.
CREATE TABLE midi_import_jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- NULL: the files of the library whose music is only cataloged.
    source      text,
    role        text NOT NULL,
    role_oid    oid,
    workers     integer NOT NULL,
    settings    jsonb NOT NULL,
    state       text NOT NULL DEFAULT 'pending'
        CHECK (state OPERATOR(pg_catalog.=) ANY (
            '{pending,running,finished,cancelled,failed}'::text[])),
    walked      boolean NOT NULL DEFAULT false,
    begun       integer NOT NULL DEFAULT 0,
    attempts    integer NOT NULL DEFAULT 0,
    found       bigint NOT NULL DEFAULT 0,
    imported    bigint NOT NULL DEFAULT 0,
    duplicate   bigint NOT NULL DEFAULT 0,
    unchanged   bigint NOT NULL DEFAULT 0,
    failed      bigint NOT NULL DEFAULT 0,
    skipped     bigint NOT NULL DEFAULT 0,
    vanished    bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
    started_at  timestamptz,
    -- When the workers last started, and how many files were done at that time.
    resumed_at  timestamptz,
    resumed_done bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    error       text,
    defer_indexes boolean NOT NULL DEFAULT false,
    -- The indexes that the job has dropped, and how they differ from their definitions in
    -- sql/indexes.sql. It contains names and values, never SQL text.
    deferred_indexes jsonb
);

-- The files that a job has found, one row per batch, until the job ends.
CREATE TABLE midi_import_chunks (
    job      bigint NOT NULL REFERENCES midi_import_jobs ON DELETE CASCADE,
    chunk    bigint NOT NULL,
    worker   integer,
    done     boolean NOT NULL DEFAULT false,
    -- Relative to the source; empty for the source itself.
    names    text[] NOT NULL,
    sizes    bigint[] NOT NULL,
    -- Microseconds since 1970-01-01 UTC.
    modified bigint[] NOT NULL,
    -- Number of files whose rows are written, and of members of the next file, if it is an archive.
    entries  integer NOT NULL DEFAULT 0,
    members  bigint NOT NULL DEFAULT 0,
    -- Number of claims since one of its rows was last written.
    attempts integer NOT NULL DEFAULT 0,
    -- State that the listing alone has determined, and why; NULL for a file that has to be read.
    states   text[] NOT NULL,
    kinds    text[] NOT NULL,
    reasons  text[] NOT NULL,
    PRIMARY KEY (job, chunk)
);

-- A role sees its own schedules and those of roles whose privileges it has; the owner of the database
-- sees all. A restored schedule belongs to its role by name, and does not run until that role calls
-- midi_schedule again.
CREATE TABLE midi_schedules (
    name      text PRIMARY KEY,
    source    text NOT NULL,
    every     interval,
    cron      text,
    time_zone text NOT NULL,
    workers   integer NOT NULL,
    role      text NOT NULL,
    role_oid  oid,
    settings  jsonb NOT NULL,
    -- NULL if there is no next run.
    next_at   timestamptz,
    last_job  bigint,
    -- Failures to run since the last run: number, time and error of the last one.
    failures   integer NOT NULL DEFAULT 0,
    failed_at  timestamptz,
    last_error text,
    CHECK (pg_catalog.num_nonnulls(every, cron) OPERATOR(pg_catalog.=) 1)
);
ALTER TABLE midi_schedules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON midi_schedules FOR SELECT USING (
    pg_catalog.pg_has_role(role_oid, 'USAGE')
    OR role_oid IS NULL AND role OPERATOR(pg_catalog.=) CURRENT_USER::text
    OR pg_catalog.pg_has_role(
        (SELECT datdba FROM pg_catalog.pg_database
         WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()),
        'USAGE')
);

-- Without this, a dump would contain the extension but none of the rows.
SELECT pg_catalog.pg_extension_config_dump('midi_files', '');
SELECT pg_catalog.pg_extension_config_dump('midi_files_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('musical_metadata', '');
SELECT pg_catalog.pg_extension_config_dump('musical_search', '');
SELECT pg_catalog.pg_extension_config_dump('midi_contents', '');
SELECT pg_catalog.pg_extension_config_dump('midi_parts_library', '');
SELECT pg_catalog.pg_extension_config_dump('midi_import_errors', '');
SELECT pg_catalog.pg_extension_config_dump('midi_import_errors_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('midi_schedules', '');
-- Jobs that have not ended, and their chunks, belong to this server and are not dumped.
SELECT pg_catalog.pg_extension_config_dump('midi_import_jobs',
    $$WHERE state OPERATOR(pg_catalog.=) ANY ('{finished,cancelled,failed}'::pg_catalog.text[])$$);
SELECT pg_catalog.pg_extension_config_dump('midi_import_jobs_id_seq', '');
