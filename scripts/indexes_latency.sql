-- Percentiles of the times of searches, with the indexes that exist and, for one search of each kind, without the indexes of
-- the profiles: rows of a table in Markdown, for scripts/indexes. Every search asks for something that the library has,
-- chosen by a seed. With the indexes it runs once to warm up before it is measured.

SELECT setseed(0.25) \g /dev/null

CREATE TEMP TABLE calls (kind text, call text);

-- Two conditions of different kinds, both true for a piece of the library, and an order.
INSERT INTO calls
SELECT '`midi_search`, two filters and a sort', format('SELECT * FROM midi_search(%L)',
    concat_ws(' ', a.term, b.term, (ARRAY['sort:bpm', 'sort:-complexity', 'sort:duration', 'sort:-notes'])[1 + floor(4 * random())::int]))
FROM (SELECT * FROM musical_metadata TABLESAMPLE bernoulli (1) REPEATABLE (1) WHERE bpm IS NOT NULL LIMIT 200) AS m,
LATERAL (SELECT ARRAY[
    format('key:"%s"', m.key_signature),
    format('bpm:%s..%s', floor(m.bpm), floor(m.bpm) + 2),
    format('instrument:%s', m.instruments[1]),
    format('meter:%s/%s', m.time_signature_numerator, m.time_signature_denominator),
    format('duration:%s..%s', floor(m.duration_s), floor(m.duration_s) + 5),
    format('chord:%s', m.chord_types[cardinality(m.chord_types)]),
    format('drums:%s', CASE WHEN m.has_drums THEN 'yes' ELSE 'no' END),
    format('bars:%s..%s', m.bar_count, m.bar_count + 4)] AS terms, floor(8 * random())::int AS one, floor(7 * random())::int AS other) AS t,
LATERAL (SELECT t.terms[1 + t.one] AS term) AS a,
LATERAL (SELECT t.terms[1 + (t.one + 1 + t.other) % 8] AS term) AS b;

INSERT INTO calls
SELECT '`midi_similar`, the nearest 20', format('SELECT * FROM midi_similar(%s, 20)', id)
FROM (SELECT id FROM midi_files TABLESAMPLE bernoulli (1) REPEATABLE (2) WHERE state = 'imported' LIMIT 100) AS f;

INSERT INTO calls
SELECT '`midi_compatible`, the best 20', format('SELECT * FROM midi_compatible(%s, 20)', id)
FROM (SELECT id FROM midi_files TABLESAMPLE bernoulli (1) REPEATABLE (4) WHERE state = 'imported' LIMIT 100) AS f;

-- Melodies of the library, in another key and with one wrong note.
INSERT INTO calls
SELECT format('`midi_find_melody`, %s notes', notes), format('SELECT * FROM midi_find_melody(%L::integer[])', ARRAY(
    SELECT get_byte(pitches, first + i) + 3 + CASE WHEN i = (number * 7) % notes THEN 1 + number % 3 ELSE 0 END
    FROM generate_series(0, notes - 1) AS i ORDER BY i))
FROM (
    SELECT (row_number() OVER (ORDER BY content_hash))::integer AS number,
           -- The pitches of the first line, which has fewer than 128 notes.
           substring(melody_lines FROM 3 FOR get_byte(melody_lines, 0)) AS pitches
    FROM (SELECT content_hash, melody_lines FROM musical_search ORDER BY content_hash LIMIT 100) AS pieces
) AS pieces,
LATERAL unnest('{8,10,12}'::integer[]) AS notes,
LATERAL (SELECT number * 11 % (length(pitches) - notes) AS first) AS place;

-- Chord progressions of the library, some with a wildcard in the middle.
INSERT INTO calls
SELECT format('`midi_find_progression`, %s chords', length), format('SELECT * FROM midi_find_progression(%L)', CASE
    WHEN number % 4 = 0 THEN overlay(array_to_string(chords, ' ') PLACING '?' FROM strpos(array_to_string(chords, ' '), ' ') + 1 FOR length(chords[2]))
    ELSE array_to_string(chords, ' ') END)
FROM (SELECT row_number() OVER (ORDER BY content_hash) AS number, chord_progression
      FROM (SELECT content_hash, chord_progression FROM musical_metadata ORDER BY content_hash DESC LIMIT 100) AS pieces) AS pieces,
LATERAL unnest('{3,4}'::integer[]) AS length,
LATERAL (SELECT chord_progression[1 + number % 12:number % 12 + length] AS chords) AS run;

INSERT INTO calls
SELECT '`midi_duplicates` of a file', format('SELECT * FROM midi_duplicates WHERE file_id = %s', id)
FROM (SELECT id FROM midi_files TABLESAMPLE bernoulli (1) REPEATABLE (3) WHERE state = 'imported' LIMIT 100) AS f;

INSERT INTO calls VALUES ('`midi_duplicate_pairs`, all files', 'SELECT * FROM midi_duplicate_pairs()');

CREATE FUNCTION pg_temp.milliseconds(call text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz;
BEGIN
    start := clock_timestamp();
    EXECUTE call;
    RETURN 1000 * extract(epoch FROM clock_timestamp() - start);
END $$;

CREATE TEMP TABLE timings AS
SELECT kind, call, (ARRAY[pg_temp.milliseconds(call), pg_temp.milliseconds(call)])[2] AS ms,
       row_number() OVER (PARTITION BY kind) AS number
FROM calls;

BEGIN;
SELECT count(*) FROM midi_drop_indexes('default') \g /dev/null
CREATE TEMP TABLE without AS
SELECT kind, number, pg_temp.milliseconds(call) AS ms FROM timings WHERE number = 1;
SELECT format('| %s | %s | %s | %s | %s | %s |', kind, count(t.ms),
              round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms))::numeric, 1),
              round((percentile_cont(0.95) WITHIN GROUP (ORDER BY t.ms))::numeric, 1),
              round((percentile_cont(0.5) WITHIN GROUP (ORDER BY w.ms))::numeric, 1),
              round((percentile_cont(0.5) WITHIN GROUP (ORDER BY w.ms) / percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms))::numeric))
FROM timings t LEFT JOIN without w USING (kind, number)
GROUP BY kind
ORDER BY kind;
ROLLBACK;
