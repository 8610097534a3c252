-- From 0.1.0 to 0.2.0. What it leaves is what a new installation of 0.2.0 has (tests/tests/upgrade.rs compares them), with
-- columns in the same order. Columns are added by IF NOT EXISTS, because Citus adds them on its own as well. All names are
-- qualified, as in the other files (sql/tables.sql).

-- A session may have an older library than the one that this file came with: a server keeps what it has preloaded.
DO $$
DECLARE
    loaded  text := (SELECT l.version FROM midi_pipeline_version() l);
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

-- Argument names

-- Its argument had the name of that of midi_find_melody(melody text), so that a call by names meant either. It cannot be
-- replaced under another name.
DROP FUNCTION midi_find_melody(integer[], integer);
CREATE FUNCTION midi_find_melody(pitches integer[], max_results integer DEFAULT 20)
RETURNS TABLE (file_id bigint, path text, score double precision, start_s double precision, bar integer)
STRICT STABLE PARALLEL RESTRICTED
SET search_path TO pg_catalog, pg_temp SET enable_seqscan TO off SET jit TO off
LANGUAGE c AS 'MODULE_PATHNAME', 'midi_find_melody_pitches_wrapper';
COMMENT ON FUNCTION midi_find_melody(pitches integer[], max_results integer) IS
    'Finds files with a melody, given as MIDI pitches, in any key and with a note wrong, missing or added; best first';

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

-- Damage and monitoring

-- The life of a library
