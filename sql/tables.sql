-- The library's type and tables. Loaded first: the functions return the type.
--
-- The schema that the extension is made in may hold what others have made there before. Every function
-- and operator that a definition looks up is therefore named with its schema, here and in the other
-- files: what is found at CREATE EXTENSION is what is run ever after. Names of types are found in
-- pg_catalog first, and the extension's own are new, or CREATE EXTENSION fails.

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
    markers                     text[],
    copyright                   text,
    text_encoding               text,
    -- judgement
    complexity                  real,
    complexity_parts            real[],
    tags                        text[],
    -- search
    embedding                 real[],
    melody_ngrams               integer[],
    melody_lines                bytea,
    fingerprint                   integer[]
);

CREATE TABLE midi_files (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path           text NOT NULL,
    archive_member text,
    -- A path may be longer than a B-tree entry.
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
    -- what the path says, whatever the music says
    name_bpm       real,
    name_key       text,
    tags           text[] NOT NULL DEFAULT '{}'
);

-- How many names contain a text is told from a sample of names: with a hundred, one that happens to
-- would make it one in a hundred, and the planner go through all files in order.
ALTER TABLE midi_files ALTER COLUMN filename SET STATISTICS 1000;

CREATE TABLE musical_metadata (
    content_hash     bytea PRIMARY KEY,
    LIKE midi_analysis,
    analyzer_version integer NOT NULL
);

-- They do not compress, and statistics of hundreds of n-grams a row take long and tell little.
ALTER TABLE musical_metadata
    ALTER COLUMN melody_ngrams SET STORAGE EXTERNAL,
    ALTER COLUMN melody_ngrams SET STATISTICS 0,
    ALTER COLUMN melody_lines SET STORAGE EXTERNAL,
    ALTER COLUMN melody_lines SET STATISTICS 0;

CREATE TABLE midi_import_errors (
    -- What a logical subscriber tells rows by.
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job            bigint,
    path           text NOT NULL,
    archive_member text,
    kind           text NOT NULL,
    reason         text NOT NULL,
    at             timestamptz NOT NULL
);

-- The tables of jobs and schedules are written by the extension alone, whoever calls it, since what is
-- in them is done as the role that they name: the trigger midi_guard (guard.sql) sees to it.
--
-- A role is written down by its name, which a dump takes along, and by its number, which means nothing
-- elsewhere. The number is what counts; it is there only in rows that the extension has written in this
-- database, and not in what was restored. It is no regrole, since a dump of that fails to be restored
-- where the role is missing.

-- midi_import_progress shows it.
CREATE TABLE midi_import_jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text NOT NULL,
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
    -- Since when a worker has been at it without a break, and how many files were done by then.
    resumed_at  timestamptz,
    resumed_done bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    error       text,
    defer_indexes boolean NOT NULL DEFAULT false,
    -- Which indexes it has dropped, and how they differ from what sql/indexes.sql says of them: data,
    -- which is put into statements as names and values.
    deferred_indexes jsonb
);

-- The files that a job has found, a batch a row, until the job ends.
CREATE TABLE midi_import_chunks (
    job      bigint NOT NULL REFERENCES midi_import_jobs ON DELETE CASCADE,
    chunk    bigint NOT NULL,
    worker   integer,
    done     boolean NOT NULL DEFAULT false,
    -- Below the source; empty for the source itself.
    names    text[] NOT NULL,
    sizes    bigint[] NOT NULL,
    -- Microseconds of the Unix epoch.
    modified bigint[] NOT NULL,
    -- How many of these are written, and how many members of the next one, which is an archive.
    entries  integer NOT NULL DEFAULT 0,
    members  bigint NOT NULL DEFAULT 0,
    -- How often it was claimed without anything of it being written.
    attempts integer NOT NULL DEFAULT 0,
    -- What the listing alone has settled, and why; NULL for a file that is to be read.
    states   text[] NOT NULL,
    kinds    text[] NOT NULL,
    reasons  text[] NOT NULL,
    PRIMARY KEY (job, chunk)
);

-- A role sees its own schedules, or those of a role that it has the rights of; the owner of the database
-- sees all of them. One that was restored is its role's by name, and rests until that role schedules it
-- anew.
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
    -- NULL for one that is over.
    next_at   timestamptz,
    last_job  bigint,
    -- Since it last ran: how often it could not, when and why.
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

-- Without this a dump would hold the extension but none of the user's rows.
SELECT pg_catalog.pg_extension_config_dump('midi_files', '');
SELECT pg_catalog.pg_extension_config_dump('midi_files_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('musical_metadata', '');
SELECT pg_catalog.pg_extension_config_dump('midi_import_errors', '');
SELECT pg_catalog.pg_extension_config_dump('midi_import_errors_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('midi_schedules', '');
-- A job that is under way is one of this server, and so are its chunks.
SELECT pg_catalog.pg_extension_config_dump('midi_import_jobs',
    $$WHERE state OPERATOR(pg_catalog.=) ANY ('{finished,cancelled,failed}'::pg_catalog.text[])$$);
SELECT pg_catalog.pg_extension_config_dump('midi_import_jobs_id_seq', '');
