-- Pairs of files with the same music, each pair in both orders, so that a condition on file_id finds all
-- duplicates of a file. Near duplicates have fingerprints that share a band, which an index can look up,
-- and are similar enough. All pairs at once are found faster by midi_duplicate_pairs.
--
-- Which file of a pair to keep is one order of all files, so that the pairs of a group agree: undamaged ones first, then
-- those with more notes, outside of archives, with shorter paths, and those that the library had first. Copies of one
-- content differ in the last three alone.

CREATE VIEW midi_duplicates AS
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
