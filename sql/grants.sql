-- Privileges. Everyone may execute the functions that take content, which is the default for functions.
-- Functions that read files of the server are for members of pg_read_server_files; they also check the
-- membership themselves, so that a mistaken GRANT gives no access.

REVOKE ALL ON FUNCTION
    midi_analyze(path text),
    midi_notes(path text),
    midi_events(path text),
    midi_tracks(path text),
    midi_tempo_map(path text),
    midi_parts(path text),
    midi_keys(path text),
    midi_chords(path text),
    midi_beats(path text),
    midi_sections(path text),
    midi_melody(path text),
    midi_lyrics(path text),
    midi_features(path text),
    midi_piano_roll(path text, from_bar integer, to_bar integer, width integer, height integer, color_by text),
    midi_page(path text),
    midi_header(path text),
    midi_repair(path text),
    midi_convert(path text, format integer, division integer),
    midi_set_text(path text, kind text, value text, track integer),
    midi_transpose(path text, semitones integer, keep_drums boolean),
    midi_transpose(path text, key text, keep_drums boolean),
    midi_set_tempo(path text, bpm double precision, stretch boolean),
    midi_quantize(path text, grid text, strength double precision, swing double precision),
    midi_trim(path text, from_bar integer, to_bar integer),
    midi_split(path text),
    midi_keep_parts(path text, parts integer[]),
    midi_import(source text),
    midi_catalog(source text),
    midi_reanalyze(source text),
    midi_import_start(source text, workers integer, defer_indexes boolean, depth text),
    midi_deepen(workers integer, defer_indexes boolean),
    midi_schedule(name text, source text, every interval, cron text, workers integer, depth text)
FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    midi_analyze(path text),
    midi_notes(path text),
    midi_events(path text),
    midi_tracks(path text),
    midi_tempo_map(path text),
    midi_parts(path text),
    midi_keys(path text),
    midi_chords(path text),
    midi_beats(path text),
    midi_sections(path text),
    midi_melody(path text),
    midi_lyrics(path text),
    midi_features(path text),
    midi_piano_roll(path text, from_bar integer, to_bar integer, width integer, height integer, color_by text),
    midi_page(path text),
    midi_header(path text),
    midi_repair(path text),
    midi_convert(path text, format integer, division integer),
    midi_set_text(path text, kind text, value text, track integer),
    midi_transpose(path text, semitones integer, keep_drums boolean),
    midi_transpose(path text, key text, keep_drums boolean),
    midi_set_tempo(path text, bpm double precision, stretch boolean),
    midi_quantize(path text, grid text, strength double precision, swing double precision),
    midi_trim(path text, from_bar integer, to_bar integer),
    midi_split(path text),
    midi_keep_parts(path text, parts integer[]),
    midi_import(source text),
    midi_catalog(source text),
    midi_reanalyze(source text),
    midi_import_start(source text, workers integer, defer_indexes boolean, depth text),
    midi_deepen(workers integer, defer_indexes boolean),
    midi_schedule(name text, source text, every interval, cron text, workers integer, depth text)
TO pg_read_server_files;

-- It shows properties of the machine.
REVOKE ALL ON FUNCTION midi_tuning_advice() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION midi_tuning_advice() TO pg_read_server_files, pg_monitor;

-- An import runs with the privileges of its caller.
GRANT SELECT, INSERT, UPDATE, DELETE
    ON midi_files, musical_metadata, musical_search, midi_parts_library, midi_import_errors
    TO pg_read_server_files;
-- Nothing can make a deleted content again, so an import only adds.
GRANT SELECT, INSERT ON midi_contents TO pg_read_server_files;
GRANT SELECT ON midi_library, midi_name_disagreements, midi_import_progress, midi_schedules
    TO pg_read_server_files;
GRANT SELECT ON midi_library_tags, midi_library_instruments, midi_library_chord_types TO pg_read_server_files;
GRANT SELECT ON midi_library_music TO pg_read_server_files;
GRANT SELECT ON midi_duplicates TO pg_read_server_files;

-- It shows the extension, not the music.
GRANT SELECT ON midi_index_profiles TO PUBLIC;

-- They show each role its own jobs (sql/status.sql).
GRANT SELECT ON midi_pipeline_status, midi_import_workers TO PUBLIC;

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
