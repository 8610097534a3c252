-- The files whose music is in the library, with the music: the relation to use in a query.

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
    m.chord_types,
    m.chord_progression,
    m.chord_moments,
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
    m.markers,
    m.copyright,
    m.complexity,
    m.complexity_parts,
    ARRAY(SELECT DISTINCT tag FROM pg_catalog.unnest(f.tags || m.tags) AS tag ORDER BY tag) AS tags,
    f.tags AS name_tags,
    m.tags AS music_tags,
    f.name_bpm,
    f.name_key,
    m.note_count,
    m.track_count,
    m.format,
    m.size_bytes,
    m.warnings,
    f.content_hash
FROM midi_files f
JOIN musical_metadata m USING (content_hash)
WHERE f.state IN ('imported', 'duplicate');

-- Where the name of a file and its music say different keys or tempos.

CREATE VIEW midi_name_disagreements AS
WITH keys (name, tonic, is_minor) AS (
    VALUES ('C major', 0, false), ('Db major', 1, false), ('D major', 2, false),
           ('Eb major', 3, false), ('E major', 4, false), ('F major', 5, false),
           ('F# major', 6, false), ('G major', 7, false), ('Ab major', 8, false),
           ('A major', 9, false), ('Bb major', 10, false), ('B major', 11, false),
           ('C minor', 0, true), ('C# minor', 1, true), ('D minor', 2, true),
           ('Eb minor', 3, true), ('E minor', 4, true), ('F minor', 5, true),
           ('F# minor', 6, true), ('G minor', 7, true), ('G# minor', 8, true),
           ('A minor', 9, true), ('Bb minor', 10, true), ('B minor', 11, true)
), compared AS (
    SELECT
        f.id AS file_id,
        f.path,
        f.filename,
        f.name_key,
        m.key_signature,
        m.key_confidence,
        CASE
            WHEN f.name_key = m.key_signature THEN NULL
            WHEN named.tonic = heard.tonic THEN 'parallel'
            WHEN named.is_minor AND NOT heard.is_minor AND heard.tonic = (named.tonic + 3) % 12
                THEN 'relative'
            WHEN heard.is_minor AND NOT named.is_minor AND named.tonic = (heard.tonic + 3) % 12
                THEN 'relative'
            WHEN heard.tonic IS NOT NULL AND named.tonic IS NOT NULL THEN 'other'
        END AS key_relation,
        f.name_bpm,
        m.bpm,
        CASE
            WHEN pg_catalog.abs(f.name_bpm / m.bpm - 1) <= 0.02 THEN NULL
            WHEN pg_catalog.abs(f.name_bpm / m.bpm - 2) <= 0.04 THEN 'double'
            WHEN pg_catalog.abs(f.name_bpm / m.bpm - 0.5) <= 0.01 THEN 'half'
            WHEN f.name_bpm / m.bpm > 0 THEN 'other'
        END AS bpm_relation
    FROM midi_files f
    JOIN musical_metadata m USING (content_hash)
    LEFT JOIN keys named ON named.name = f.name_key
    LEFT JOIN keys heard ON heard.name = m.key_signature
    WHERE f.state IN ('imported', 'duplicate')
      AND (f.name_key IS NOT NULL OR f.name_bpm IS NOT NULL)
)
SELECT *
FROM compared
WHERE key_relation IS NOT NULL OR bpm_relation IS NOT NULL;

-- The jobs of the role that asks, or of a role that it has the rights of; all of them for the owner
-- of the database. Each worker holds a lock of the class 19785, which SQL's own functions do not
-- reach, for as long as it lives. A standby does not see the locks of the server that it follows.
CREATE VIEW midi_import_progress WITH (security_barrier) AS
WITH here AS (
    SELECT d.oid, d.datdba
    FROM pg_catalog.pg_database d
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
), alive AS MATERIALIZED (
    SELECT l.classid
    FROM pg_catalog.pg_locks l, here
    WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
      AND l.objsubid OPERATOR(pg_catalog.=) 19785::smallint
      AND l.database OPERATOR(pg_catalog.=) here.oid
      AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
      AND l.granted
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
    j.error
FROM midi_import_jobs j,
LATERAL (
    SELECT CASE
        WHEN j.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running'])
            AND NOT pg_catalog.pg_is_in_recovery()
            AND NOT (
                ((j.id OPERATOR(pg_catalog.&) 4294967295)::pg_catalog.oid)
                OPERATOR(pg_catalog.=) ANY (SELECT a.classid FROM alive a))
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
) AS r
WHERE pg_catalog.pg_has_role(j.role, 'USAGE')
   OR pg_catalog.pg_has_role((SELECT here.datdba FROM here), 'USAGE');
