-- How high midi_similar ranks other performances of a piece. PIECES is the path of a file with lines `filename<TAB>piece`;
-- each file that shares its piece with another is a query.

\set pieces `echo "$PIECES"`
SELECT :'pieces' <> '' AS given \gset
\if :given
CREATE TEMP TABLE pieces (filename text, piece text);
\set load '\\copy pieces FROM ' :'pieces'
:load

CREATE TEMP TABLE asked AS
SELECT f.id, p.piece
FROM midi_files f JOIN pieces p USING (filename)
WHERE f.state IN ('imported', 'duplicate')
  AND EXISTS (SELECT FROM pieces o JOIN midi_files g USING (filename)
              WHERE o.piece = p.piece AND g.content_hash <> f.content_hash AND g.state IN ('imported', 'duplicate'));

-- The rank of the first file of the same piece in the results, and the duration of the query in milliseconds.
CREATE FUNCTION pg_temp.ask(file bigint, wanted text, OUT place bigint, OUT ms double precision) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
    files bigint[];
BEGIN
    files := ARRAY(SELECT file_id FROM midi_similar(file, 20));
    ms := extract(epoch FROM clock_timestamp() - began) * 1000;
    SELECT min(array_position(files, f.id)) INTO place
    FROM midi_files f JOIN pieces USING (filename) WHERE piece = wanted AND f.id = ANY (files);
END
$$;

SELECT count(*) AS files, round(avg((place = 1 IS TRUE)::integer), 4) AS top_1,
       round(avg((place <= 10 IS TRUE)::integer), 4) AS top_10, round(avg(coalesce(1.0 / place, 0)), 4) AS mrr,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p50_ms,
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p95_ms
FROM asked, pg_temp.ask(id, piece);
\else
\echo PIECES is not set: skipped
\endif
