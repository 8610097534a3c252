-- Privileges. Everyone may execute functions, which is the default. Those that read files of the server check themselves that
-- the role has the privileges of pg_read_server_files, and say so where it has not: PostgreSQL would only name the function.

-- It shows properties of the machine.
REVOKE ALL ON FUNCTION midi_tuning_advice() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION midi_tuning_advice() TO pg_read_server_files, pg_monitor;

-- An import runs with the privileges of its caller.
GRANT SELECT, INSERT, UPDATE, DELETE
    ON midi_files, musical_metadata, musical_search, midi_parts_library, midi_import_errors
    TO pg_read_server_files;
-- Nothing can make a deleted content again, so an import only adds.
GRANT SELECT, INSERT ON midi_contents TO pg_read_server_files;
GRANT SELECT ON midi_library, midi_name_disagreements TO pg_read_server_files;
GRANT SELECT ON midi_library_tags, midi_library_instruments, midi_library_chord_types TO pg_read_server_files;
GRANT SELECT ON midi_library_music TO pg_read_server_files;
GRANT SELECT ON midi_duplicates TO pg_read_server_files;
GRANT SELECT ON midi_distribution TO pg_read_server_files, pg_monitor;

-- It shows the extension, not the music.
GRANT SELECT ON midi_index_profiles TO PUBLIC;

-- They show each role its own jobs and schedules (sql/views.sql, sql/status.sql, the policy of midi_schedules).
GRANT SELECT ON midi_pipeline_status, midi_import_workers, midi_import_progress, midi_schedules TO PUBLIC;

-- The functions are midi_import(source) with these settings.
ALTER FUNCTION midi_catalog(source text) SET midi_pipeline.depth TO catalog;
ALTER FUNCTION midi_reanalyze(source text) SET midi_pipeline.reanalyze TO on;

-- These functions read few rows by an index. The planner cannot know: the sets of n-grams are not known
-- when it plans, and its estimates for them are far too high.
ALTER FUNCTION midi_find_melody(melody text, max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
ALTER FUNCTION midi_find_melody(pitches integer[], max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
ALTER FUNCTION midi_find_melody(content bytea, max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
