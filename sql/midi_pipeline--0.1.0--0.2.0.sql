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

-- Its argument had the name of that of midi_find_melody(melody text), so that a call by names meant either. No statement gives
-- an argument another name, and a function that is dropped and created again loses the rights that were granted or revoked,
-- and cannot be dropped where views use it.
UPDATE pg_catalog.pg_proc
SET proargnames = pg_catalog.array_replace(proargnames, 'melody'::text, 'pitches'::text)
WHERE oid OPERATOR(pg_catalog.=) 'midi_find_melody(integer[],integer)'::pg_catalog.regprocedure;
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

ALTER TABLE midi_files ADD COLUMN IF NOT EXISTS vanished_at timestamptz;
COMMENT ON COLUMN midi_files.vanished_at IS
    'When an import last found that the file no longer existed; it may be there again, as state says';

CREATE FUNCTION midi_forget(source text) RETURNS TABLE (files bigint, problems bigint)
    STRICT VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_forget_wrapper';
CREATE FUNCTION midi_prune(older_than interval) RETURNS TABLE (files bigint, music bigint, contents bigint)
    STRICT VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_prune_wrapper';
COMMENT ON FUNCTION midi_forget(source text) IS
    'Takes a file, a folder with all below it, or an archive out of the library, whether it still exists or not; its music stays until midi_prune. Returns the number of its rows in midi_files and in midi_import_errors';
COMMENT ON FUNCTION midi_prune(older_than interval) IS
    'Removes the files that vanished longer ago than given, and all music that no path has any more, with its kept contents; returns the numbers of files, of pieces and of contents';
COMMENT ON FUNCTION midi_import(source text) IS
    'Imports a MIDI file, or all those in a directory or an archive, on the server, in the transaction of the call: one that is interrupted keeps nothing, unlike a job of midi_import_start';

CREATE TABLE midi_index_choice (
    chosen  boolean PRIMARY KEY DEFAULT true CHECK (chosen),
    profile text NOT NULL CHECK (profile OPERATOR(pg_catalog.=) ANY ('{default,search,all}'::text[]))
);
SELECT pg_catalog.pg_extension_config_dump('midi_index_choice', '');
COMMENT ON TABLE midi_index_choice IS
    'Profile of the indexes that midi_create_indexes makes without an argument, in one row; none: search';
COMMENT ON COLUMN midi_index_choice.chosen IS 'Always true';
COMMENT ON COLUMN midi_index_choice.profile IS
    'The largest profile that midi_create_indexes has created and midi_drop_indexes has left';
-- What there is was chosen.
INSERT INTO midi_index_choice (profile)
SELECT p.profile FROM midi_index_profiles p
WHERE p.state OPERATOR(pg_catalog.=) 'built' AND p.profile OPERATOR(pg_catalog.<>) 'default'
ORDER BY p.profile LIMIT 1;
CREATE OR REPLACE FUNCTION midi_create_indexes(profile text DEFAULT NULL)
    RETURNS TABLE (index_name text, profile text, outcome text, reason text, definition text)
    VOLATILE PARALLEL UNSAFE LANGUAGE c AS 'MODULE_PATHNAME', 'midi_create_indexes_wrapper';
COMMENT ON FUNCTION midi_create_indexes(profile text) IS
    'Creates the missing indexes of a profile (default, search, all); without one, of the largest that was created before, or else of search; returns the outcome for each index';

CREATE OR REPLACE VIEW midi_duplicates AS
SELECT
    f.id AS file_id,
    f.path,
    o.id AS other_file_id,
    o.path AS other_path,
    'exact' AS kind,
    1::real AS similarity,
    CASE WHEN ROW(f.archive_member IS NOT NULL, pg_catalog.length(f.path), f.id)
              OPERATOR(pg_catalog.<) ROW(o.archive_member IS NOT NULL, pg_catalog.length(o.path), o.id)
         THEN f.id ELSE o.id END AS keeper
FROM midi_files f
JOIN midi_files o ON o.content_hash OPERATOR(pg_catalog.=) f.content_hash
                 AND o.id OPERATOR(pg_catalog.<>) f.id
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
  AND o.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
UNION ALL
SELECT f.id, f.path, o.id, o.path, 'near', near.similarity,
    -- The numbers of notes are exchanged, because more are better.
    CASE WHEN ROW(COALESCE(a.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(b.note_count, 0),
                  f.archive_member IS NOT NULL, pg_catalog.length(f.path), f.id)
              OPERATOR(pg_catalog.<)
              ROW(COALESCE(b.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(a.note_count, 0),
                  o.archive_member IS NOT NULL, pg_catalog.length(o.path), o.id)
         THEN f.id ELSE o.id END
FROM midi_files f
JOIN musical_search m ON m.content_hash OPERATOR(pg_catalog.=) f.content_hash
-- Fingerprints are compared before paths are looked up: few of those that share a band are similar.
CROSS JOIN LATERAL (
    SELECT n.content_hash, midi_fingerprint_similarity(m.fingerprint, n.fingerprint) AS similarity
    FROM musical_search n
    WHERE midi_fingerprint_bands(n.fingerprint)
          OPERATOR(pg_catalog.&&) midi_fingerprint_bands(m.fingerprint)
      AND n.content_hash OPERATOR(pg_catalog.<>) m.content_hash
    OFFSET 0) near
JOIN midi_files o ON o.content_hash OPERATOR(pg_catalog.=) near.content_hash
-- A row that has been deleted from musical_metadata counts for nothing.
JOIN musical_metadata a ON a.content_hash OPERATOR(pg_catalog.=) m.content_hash
JOIN musical_metadata b ON b.content_hash OPERATOR(pg_catalog.=) near.content_hash
WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
  AND o.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])
  AND near.similarity OPERATOR(pg_catalog.>=) 0.25::float8;
COMMENT ON COLUMN midi_duplicates.keeper IS
    'Number of the file of both to keep: undamaged before damaged, then with more notes, outside an archive, with a shorter path, imported first';
COMMENT ON FUNCTION midi_find_progression(progression text, max_results integer) IS
    'Finds files with a progression such as ii V I, in any key: with score 1 as given, with score 0.5 in a loop that starts at another chord; equal scores by file_id, of which the first found count';
COMMENT ON FUNCTION midi_similar(file_id bigint, max_results integer) IS
    'Files whose music is most similar to that of a file in the library, nearest first, equal distances by file_id';
COMMENT ON FUNCTION midi_similar_to(content bytea, max_results integer) IS
    'Files whose music is most similar to a piece, nearest first, equal distances by file_id, given the bytes of its MIDI file';

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
