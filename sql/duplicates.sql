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
SELECT
    one.id,
    one.path,
    other.id,
    other.path,
    'near',
    midi_fingerprint_similarity(one.fingerprint, other.fingerprint),
    -- The numbers of notes are exchanged, because more are better.
    CASE WHEN ROW(COALESCE(one.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(other.note_count, 0),
                  one.archive_member IS NOT NULL, pg_catalog.length(one.path), one.id)
              OPERATOR(pg_catalog.<)
              ROW(COALESCE(other.warnings OPERATOR(pg_catalog.<>) '{}'::text[], true), COALESCE(one.note_count, 0),
                  other.archive_member IS NOT NULL, pg_catalog.length(other.path), other.id)
         THEN one.id ELSE other.id END
-- Each side is joined by itself, by the contents, so that a library in shards can be asked for one side and then for the
-- other. A row that has been deleted from musical_metadata counts for nothing.
FROM (
    SELECT f.id, f.path, f.archive_member, s.content_hash, s.fingerprint, m.warnings, m.note_count
    FROM musical_search s
    JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) s.content_hash
    JOIN midi_files f ON f.content_hash OPERATOR(pg_catalog.=) s.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])) AS one
JOIN (
    SELECT f.id, f.path, f.archive_member, s.content_hash, s.fingerprint, m.warnings, m.note_count
    FROM musical_search s
    JOIN musical_metadata m ON m.content_hash OPERATOR(pg_catalog.=) s.content_hash
    JOIN midi_files f ON f.content_hash OPERATOR(pg_catalog.=) s.content_hash
    WHERE f.state OPERATOR(pg_catalog.=) ANY ('{imported,duplicate}'::text[])) AS other
    ON midi_fingerprint_bands(other.fingerprint) OPERATOR(pg_catalog.&&) midi_fingerprint_bands(one.fingerprint)
   AND other.content_hash OPERATOR(pg_catalog.<>) one.content_hash
WHERE midi_fingerprint_similarity(one.fingerprint, other.fingerprint) OPERATOR(pg_catalog.>=) 0.25::float8;
