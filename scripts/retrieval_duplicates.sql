-- How well midi_duplicates distinguishes variants of a piece from other music. The variants are those that the program `variants`
-- of crates/testkit writes: `cargo run --release -p midi_testkit --features generators --bin variants FOLDER OUT 1`, then
-- `scripts/retrieval OUT`. A file's folder is the kind of its variant, its name that of its piece.

CREATE TEMP TABLE variants AS
SELECT f.id, f.filename AS piece, (regexp_match(f.path, '/([^/]+)/[^/]+$'))[1] AS variant, m.fingerprint IS NULL AS no_fingerprint
FROM midi_files f JOIN musical_search m USING (content_hash)
WHERE f.state IN ('imported', 'duplicate') AND f.archive_member IS NULL;
DELETE FROM variants v WHERE NOT EXISTS (
    SELECT FROM variants o WHERE o.piece = v.piece AND o.variant = 'original');

\timing on
CREATE TEMP TABLE found AS SELECT file_id, other_file_id, similarity FROM midi_duplicates;
\timing off

\echo Variants found from their originals; without a fingerprint, only exact copies are found
SELECT v.variant, count(*) AS files, count(*) FILTER (WHERE v.no_fingerprint OR o.no_fingerprint) AS no_fingerprint,
       round(avg((d.file_id IS NOT NULL)::integer), 4) AS recall,
       round(avg((d.file_id IS NOT NULL)::integer) FILTER (WHERE NOT v.no_fingerprint AND NOT o.no_fingerprint), 4) AS recall_fingerprint,
       round(min(d.similarity)::numeric, 2) AS least, round(avg(d.similarity)::numeric, 2) AS mean
FROM variants v JOIN variants o ON o.piece = v.piece AND o.variant = 'original'
LEFT JOIN found d ON d.file_id = o.id AND d.other_file_id = v.id
WHERE v.variant <> 'original'
GROUP BY ROLLUP (v.variant) ORDER BY v.variant;

\echo All pairs of variants: recall over those with fingerprints, precision over those found
WITH pairs AS (
    SELECT count(*) AS wanted FROM variants a JOIN variants b ON a.piece = b.piece AND a.id <> b.id
    WHERE NOT a.no_fingerprint AND NOT b.no_fingerprint
), judged AS (
    SELECT count(*) AS found, count(*) FILTER (WHERE a.piece = b.piece) AS right
    FROM found JOIN variants a ON a.id = file_id JOIN variants b ON b.id = other_file_id
)
SELECT wanted, found, judged.right, round(judged.right / nullif(wanted, 0)::numeric, 4) AS recall,
       round(judged.right / nullif(found, 0)::numeric, 4) AS precision
FROM pairs, judged;

\echo Different pieces reported as duplicates, to be checked by ear
SELECT round(similarity::numeric, 2) AS similarity, a.piece, b.piece AS other
FROM found JOIN variants a ON a.id = file_id JOIN variants b ON b.id = other_file_id
WHERE a.variant = 'original' AND b.variant = 'original' AND a.piece < b.piece
ORDER BY similarity DESC, a.piece LIMIT 20;

CREATE FUNCTION pg_temp.look(file bigint) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    PERFORM * FROM midi_duplicates WHERE file_id = file;
    RETURN extract(epoch FROM clock_timestamp() - began) * 1000;
END
$$;

\echo The duplicates of one file
SELECT count(*) AS files, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p50_ms,
       round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms)::numeric, 1) AS p95_ms
FROM (SELECT pg_temp.look(id) AS ms FROM (SELECT id FROM midi_files ORDER BY md5(id::text) LIMIT 200) AS picked) AS looks;
