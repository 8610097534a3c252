-- What midi_find_melody takes in a library of tests/synthesize.sql, for melodies of 8, 10 and 12 notes of its pieces,
-- transposed, with one wrong note: the median and the 95th percentile of :queries each, and one without the index, in
-- milliseconds, as rows of a table. Used by scripts/indexes.
\pset tuples_only on
\pset format unaligned
\pset fieldsep ' | '

CREATE TEMP TABLE melodies AS
SELECT notes, number, ARRAY(
    SELECT get_byte(pitches, first + i) + 3 + CASE WHEN i = (number * 7) % notes THEN 1 + number % 3 ELSE 0 END
    FROM generate_series(0, notes - 1) AS i ORDER BY i
) AS melody
FROM (
    SELECT (row_number() OVER (ORDER BY content_hash))::integer AS number,
           -- The pitches of the first line, which has fewer than 128 notes.
           substring(melody_lines FROM 3 FOR get_byte(melody_lines, 0)) AS pitches
    FROM (SELECT content_hash, melody_lines FROM musical_metadata ORDER BY content_hash LIMIT :queries) AS pieces
) AS pieces,
LATERAL unnest('{8,10,12}'::integer[]) AS notes,
LATERAL (SELECT number * 11 % (length(pitches) - notes) AS first) AS place;

CREATE FUNCTION pg_temp.milliseconds(melody integer[]) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    PERFORM count(*) FROM midi_find_melody(melody);
    RETURN extract(epoch FROM clock_timestamp() - began) * 1000;
END
$$;

-- Once before, so that everything is in the cache.
SELECT NULL FROM melodies WHERE pg_temp.milliseconds(melody) < 0;
CREATE TEMP TABLE indexed AS
SELECT notes, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY pg_temp.milliseconds(melody)) AS ms
FROM melodies GROUP BY notes;
BEGIN;
DROP INDEX musical_metadata_melody_ngrams_idx;
CREATE TEMP TABLE sequential AS
SELECT notes, pg_temp.milliseconds(melody) AS ms FROM melodies WHERE number = 1;
SELECT concat_ws(' | ', '| ' || notes, round(i.ms[1]::numeric, 1), round(i.ms[2]::numeric, 1), round(s.ms::numeric) || ' |')
FROM indexed i JOIN sequential s USING (notes) ORDER BY notes;
ROLLBACK;
