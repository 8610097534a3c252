-- Privileges. Everyone may execute the functions that take content, which is the default for functions.
-- Functions that read files of the server are for members of pg_read_server_files; they also check the
-- membership themselves, so that a mistaken GRANT gives no access.

REVOKE ALL ON FUNCTION midi_analyze(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_notes(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_events(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_header(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_repair(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_split(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_tracks(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_tempo_map(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_keys(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_chords(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_beats(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_sections(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_melody(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_lyrics(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_features(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION
    midi_piano_roll(path text, from_bar integer, to_bar integer, width integer, height integer, color_by text)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_page(path text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_import(source text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_catalog(source text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_reanalyze(source text) FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_import_start(source text, workers integer, defer_indexes boolean, depth text)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION midi_deepen(workers integer, defer_indexes boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION
    midi_schedule(name text, source text, every interval, cron text, workers integer, depth text)
    FROM PUBLIC;

GRANT EXECUTE ON FUNCTION midi_analyze(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_notes(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_events(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_header(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_repair(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_split(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_tracks(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_tempo_map(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_keys(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_chords(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_beats(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_sections(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_melody(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_lyrics(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_features(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION
    midi_piano_roll(path text, from_bar integer, to_bar integer, width integer, height integer, color_by text)
    TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_page(path text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_import(source text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_catalog(source text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_reanalyze(source text) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_import_start(source text, workers integer, defer_indexes boolean, depth text)
    TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION midi_deepen(workers integer, defer_indexes boolean) TO pg_read_server_files;
GRANT EXECUTE ON FUNCTION
    midi_schedule(name text, source text, every interval, cron text, workers integer, depth text)
    TO pg_read_server_files;

-- It shows properties of the machine.
REVOKE ALL ON FUNCTION midi_tuning_advice() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION midi_tuning_advice() TO pg_read_server_files, pg_monitor;

-- An import runs with the privileges of its caller.
GRANT SELECT, INSERT, UPDATE, DELETE ON midi_files, musical_metadata, musical_search, midi_import_errors
    TO pg_read_server_files;
-- Nothing can make a deleted content again, so an import only adds.
GRANT SELECT, INSERT ON midi_contents TO pg_read_server_files;
GRANT SELECT ON midi_library, midi_name_disagreements, midi_import_progress, midi_schedules
    TO pg_read_server_files;
GRANT SELECT ON midi_library_tags, midi_library_instruments, midi_library_chord_types TO pg_read_server_files;
GRANT SELECT ON midi_duplicates TO pg_read_server_files;

-- It shows the extension, not the music.
GRANT SELECT ON midi_index_profiles TO PUBLIC;

-- The functions are midi_import(source) with these settings.
ALTER FUNCTION midi_catalog(source text) SET midi_pipeline.depth TO catalog;
ALTER FUNCTION midi_reanalyze(source text) SET midi_pipeline.reanalyze TO on;

-- These functions read few rows by an index. The planner cannot know: the sets of n-grams are not known
-- when it plans, and its estimates for them are far too high.
ALTER FUNCTION midi_find_melody(melody text, max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
ALTER FUNCTION midi_find_melody(melody integer[], max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
ALTER FUNCTION midi_find_melody(content bytea, max_results integer)
    SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off;
