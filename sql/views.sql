-- The view to query: the files whose content is in the library, with the analyses of their contents.

CREATE VIEW midi_library AS
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

-- The same with what melodies, progressions and likeness are found by. That is as large as all the rest, and so no part of
-- midi_library, all of whose columns people read; and it is joined, so that its indexes can be used. Its own columns come
-- first, so that columns may be added to midi_library.
CREATE VIEW midi_library_music AS
SELECT
    s.embedding,
    ROW(s.melody_ngrams, s.melody_lines)::midi_melody_index AS melody,
    ROW(l.chord_progression, s.chord_moments)::midi_harmony_index AS harmony,
    l.*
FROM midi_library l
JOIN musical_search s ON s.content_hash OPERATOR(pg_catalog.=) l.content_hash;

-- One row a tag, an instrument and a kind of chord of each file, for programs that filter and count rows and know no
-- arrays.

-- Tags of the music come second, where they are not among those of the path: so neither has to be sorted.
CREATE VIEW midi_library_tags AS
SELECT f.id AS file_id, f.path, f.filename, tag
FROM midi_files f
JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash,
pg_catalog.unnest(f.tags) AS tag
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
UNION ALL
SELECT f.id, f.path, f.filename, tag
FROM midi_files f
JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash,
pg_catalog.unnest(m.tags) AS tag
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
  AND tag OPERATOR(pg_catalog.<>) ALL (f.tags);

CREATE VIEW midi_library_instruments AS
SELECT f.id AS file_id, f.path, f.filename, played.program, played.instrument
FROM midi_files f
JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash,
ROWS FROM (pg_catalog.unnest(m.instruments), pg_catalog.unnest(m.instrument_names)) AS played (program, instrument)
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[]);

CREATE VIEW midi_library_chord_types AS
SELECT f.id AS file_id, f.path, f.filename, chord_type
FROM midi_files f
JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash,
pg_catalog.unnest(m.chord_types) AS chord_type
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[]);

-- Files whose names contain another key or tempo than their music has.

CREATE VIEW midi_name_disagreements AS
-- The tonic of the relative key is listed rather than computed: qualified operators have no precedence
-- over each other, which makes arithmetic hard to read.
WITH keys (name, tonic, is_minor, relative) AS (
    VALUES ('C major', 0, false, 9), ('Db major', 1, false, 10), ('D major', 2, false, 11),
           ('Eb major', 3, false, 0), ('E major', 4, false, 1), ('F major', 5, false, 2),
           ('F# major', 6, false, 3), ('G major', 7, false, 4), ('Ab major', 8, false, 5),
           ('A major', 9, false, 6), ('Bb major', 10, false, 7), ('B major', 11, false, 8),
           ('C minor', 0, true, 3), ('C# minor', 1, true, 4), ('D minor', 2, true, 5),
           ('Eb minor', 3, true, 6), ('E minor', 4, true, 7), ('F minor', 5, true, 8),
           ('F# minor', 6, true, 9), ('G minor', 7, true, 10), ('G# minor', 8, true, 11),
           ('A minor', 9, true, 0), ('Bb minor', 10, true, 1), ('B minor', 11, true, 2)
), compared AS (
    SELECT
        f.id AS file_id,
        f.path,
        f.filename,
        f.name_key,
        m.key_signature,
        m.key_confidence,
        CASE
            WHEN f.name_key OPERATOR(pg_catalog.=) m.key_signature THEN NULL
            WHEN named.tonic OPERATOR(pg_catalog.=) estimated.tonic THEN 'parallel'
            WHEN named.is_minor AND NOT estimated.is_minor
                 AND estimated.tonic OPERATOR(pg_catalog.=) named.relative THEN 'relative'
            WHEN estimated.is_minor AND NOT named.is_minor
                 AND named.tonic OPERATOR(pg_catalog.=) estimated.relative THEN 'relative'
            WHEN estimated.tonic IS NOT NULL AND named.tonic IS NOT NULL THEN 'other'
        END AS key_relation,
        f.name_bpm,
        m.bpm,
        CASE
            WHEN pg_catalog.abs(ratio.bpm OPERATOR(pg_catalog.-) 1::float8)
                 OPERATOR(pg_catalog.<=) 0.02::float8 THEN NULL
            WHEN pg_catalog.abs(ratio.bpm OPERATOR(pg_catalog.-) 2::float8)
                 OPERATOR(pg_catalog.<=) 0.04::float8 THEN 'double'
            WHEN pg_catalog.abs(ratio.bpm OPERATOR(pg_catalog.-) 0.5::float8)
                 OPERATOR(pg_catalog.<=) 0.01::float8 THEN 'half'
            WHEN ratio.bpm OPERATOR(pg_catalog.>) 0::float8 THEN 'other'
        END AS bpm_relation
    FROM midi_files f
    JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
    LEFT JOIN keys named ON named.name OPERATOR(pg_catalog.=) f.name_key
    LEFT JOIN keys estimated ON estimated.name OPERATOR(pg_catalog.=) m.key_signature
    -- What is no tempo has no relation to another.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN m.bpm OPERATOR(pg_catalog.>=) 1::float8
                    THEN f.name_bpm OPERATOR(pg_catalog./) m.bpm END AS bpm) AS ratio
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
      AND (f.name_key IS NOT NULL OR f.name_bpm IS NOT NULL)
)
SELECT *
FROM compared
WHERE key_relation IS NOT NULL OR bpm_relation IS NOT NULL;

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
CREATE VIEW midi_import_progress WITH (security_barrier) AS
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
