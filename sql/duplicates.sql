-- Files with the same music, each pair both ways, so that a condition on file_id finds all that are
-- the same as a file. Near duplicates are those whose signatures share a band, by the index if there
-- is one, and are alike.

CREATE VIEW midi_duplicates AS
SELECT
    f.id AS file_id,
    f.path,
    o.id AS other_file_id,
    o.path AS other_path,
    'exact' AS kind,
    1::real AS similarity
FROM midi_files f
JOIN midi_files o ON o.content_hash = f.content_hash AND o.id <> f.id
WHERE f.state IN ('imported', 'duplicate')
  AND o.state IN ('imported', 'duplicate')
UNION ALL
SELECT f.id, f.path, o.id, o.path, 'near', s.similarity
FROM midi_files f
JOIN musical_metadata m ON m.content_hash = f.content_hash
JOIN musical_metadata n
    ON midi_signature_bands(n.signature) && midi_signature_bands(m.signature)
    AND n.content_hash <> m.content_hash
CROSS JOIN LATERAL (
    SELECT midi_signature_similarity(m.signature, n.signature) AS similarity OFFSET 0) s
JOIN midi_files o ON o.content_hash = n.content_hash
WHERE f.state IN ('imported', 'duplicate')
  AND o.state IN ('imported', 'duplicate')
  AND s.similarity >= 0.25;
