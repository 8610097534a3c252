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

-- The life of a library

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
