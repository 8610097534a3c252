-- How well midi_find_melody finds the source of an excerpt. Each file gives one transposed excerpt for each number of notes
-- and each kind of error: from its melody, and from the track named :track, of which it takes the highest of simultaneous
-- notes. A copy of the content counts as the file. The same files give the same excerpts.

-- A pseudo-random number from 0 to count - 1, determined by the key.
CREATE FUNCTION pg_temp.pick(key text, count integer) RETURNS integer LANGUAGE sql AS $$
    SELECT (('x' || substr(md5(key), 1, 7))::bit(28)::integer % count)
$$;

CREATE TEMP TABLE lines AS
SELECT 'melody' AS source, f.id, f.content_hash, array_agg(m.pitch::integer ORDER BY m.note_no) AS pitches
FROM midi_files f, midi_melody(f.path) AS m
WHERE f.state = 'imported' AND f.archive_member IS NULL
GROUP BY f.id;

INSERT INTO lines
SELECT 'track', id, content_hash, array_agg(pitch ORDER BY start_tick)
FROM (
    SELECT f.id, f.content_hash, n.start_tick, max(n.pitch)::integer AS pitch
    FROM midi_files f, midi_tracks(f.path) AS t, midi_notes(f.path) AS n
    WHERE f.state = 'imported' AND f.archive_member IS NULL AND t.name = nullif(:'track', '') AND n.track = t.track
    GROUP BY f.id, n.start_tick
) AS highest
GROUP BY id, content_hash;

CREATE TEMP TABLE excerpts AS
SELECT source, id, content_hash, notes, error,
       ARRAY(SELECT pitch + pg_temp.pick(key || ' key', 11) - 5 FROM unnest(
           CASE error
               WHEN 'none' THEN tune
               WHEN 'wrong' THEN tune[:at - 1] || tune[at] + (ARRAY[-4,-3,-2,-1,1,2,3,4])[1 + pg_temp.pick(key || ' by', 8)] || tune[at + 1:]
               WHEN 'missing' THEN tune[:at - 1] || tune[at + 1:]
               WHEN 'added' THEN tune[:at] || tune[at] + (ARRAY[-2,-1,1,2])[1 + pg_temp.pick(key || ' by', 4)] || tune[at + 1:]
           END) AS pitch) AS tune
FROM lines,
LATERAL unnest('{8,12,20}'::integer[]) AS notes,
LATERAL unnest('{none,wrong,missing,added}'::text[]) AS error,
LATERAL (SELECT concat_ws(' ', encode(content_hash, 'hex'), notes, error) AS key) AS keyed,
LATERAL (SELECT pitches[first:first + notes - 1] AS tune
         FROM (SELECT 1 + pg_temp.pick(key || ' from', greatest(cardinality(pitches) - notes + 1, 1)) AS first) AS f) AS excerpt,
-- A missing or added note is neither the first nor the last.
LATERAL (SELECT CASE WHEN error = 'wrong' THEN 1 + pg_temp.pick(key || ' at', notes)
                     ELSE 2 + pg_temp.pick(key || ' at', notes - 2) END AS at) AS place
WHERE cardinality(pitches) >= notes;
DELETE FROM excerpts WHERE 0 > ANY (tune) OR 127 < ANY (tune);

-- The rank of the file in the results, and the duration of the query in milliseconds.
CREATE FUNCTION pg_temp.ask(tune integer[], hash bytea, OUT place bigint, OUT ms double precision) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
    files bigint[];
BEGIN
    files := ARRAY(SELECT file_id FROM midi_find_melody(tune, 20));
    ms := extract(epoch FROM clock_timestamp() - began) * 1000;
    SELECT min(array_position(files, f.id)) INTO place FROM midi_files f WHERE f.content_hash = hash AND f.id = ANY (files);
END
$$;

SELECT source, notes, error, count(*) AS excerpts,
       round(avg((place = 1 IS TRUE)::integer), 4) AS top_1, round(avg((place <= 10 IS TRUE)::integer), 4) AS top_10,
       round(avg(coalesce(1.0 / place, 0)), 4) AS mrr,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p50_ms,
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p95_ms
FROM excerpts, pg_temp.ask(tune, content_hash)
GROUP BY source, notes, error
ORDER BY source, notes, array_position('{none,wrong,missing,added}', error);
