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
    m.bpm_declared,
    m.bpm_min,
    m.bpm_max,
    m.tempo_change_count,
    m.time_signature_numerator,
    m.time_signature_denominator,
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
    m.instruments,
    m.instrument_names,
    m.instrument_families,
    m.has_drums,
    m.drum_notes,
    m.controllers,
    m.pitch_bend_count,
    m.has_sustain,
    m.track_names,
    m.lyrics,
    m.markers,
    m.copyright,
    m.note_count,
    m.track_count,
    m.format,
    m.size_bytes,
    m.warnings,
    f.content_hash
FROM midi_files f
JOIN musical_metadata m USING (content_hash)
WHERE f.state IN ('imported', 'duplicate');

-- The jobs of the role that asks, or of a role that it has the rights of; all of them for the owner
-- of the database.
CREATE VIEW midi_import_progress WITH (security_barrier) AS
SELECT
    j.id AS job,
    j.source,
    j.state,
    j.found,
    p.done,
    j.imported,
    j.duplicate,
    j.unchanged,
    j.failed,
    j.skipped,
    j.vanished,
    r.files_per_second,
    CASE WHEN j.state = 'running' AND j.walked AND r.files_per_second > 0
        THEN pg_catalog.make_interval(secs => (j.found - p.done) / r.files_per_second)
    END AS eta,
    j.started_at,
    j.finished_at,
    j.error
FROM midi_import_jobs j,
LATERAL (
    SELECT j.imported + j.duplicate + j.unchanged + j.failed + j.skipped + j.vanished AS done
) AS p,
LATERAL (
    SELECT (p.done - j.resumed_done) / NULLIF(EXTRACT(
        epoch FROM COALESCE(j.finished_at, pg_catalog.clock_timestamp()) - j.resumed_at
    )::float8, 0) AS files_per_second
) AS r
WHERE pg_catalog.pg_has_role(j.role, 'USAGE')
   OR pg_catalog.pg_has_role(
        (SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
        'USAGE');
