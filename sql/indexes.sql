-- The indexes that every library has: profile 'default'. Each with the query that it serves.

-- Is this path known? (every file, at every import)
CREATE UNIQUE INDEX midi_files_path_digest_idx ON midi_files (path_digest);

-- Which files have this content? (midi_library, duplicates)
CREATE INDEX midi_files_content_hash_idx ON midi_files (content_hash);

-- ... WHERE key_signature = 'A minor' AND bpm BETWEEN 118 AND 122
CREATE INDEX musical_metadata_key_bpm_idx ON musical_metadata (key_signature, bpm);

-- ... WHERE bpm BETWEEN 118 AND 122
CREATE INDEX musical_metadata_bpm_idx ON musical_metadata (bpm);

-- ... WHERE instruments @> '{40}'
CREATE INDEX musical_metadata_instruments_idx ON musical_metadata USING gin (instruments);

-- ... WHERE tags @> '{jazz}', of the content
CREATE INDEX musical_metadata_tags_idx ON musical_metadata USING gin (tags);

-- ... WHERE tags @> '{loop}', of the name
CREATE INDEX midi_files_tags_idx ON midi_files USING gin (tags);

-- ... WHERE state = 'failed'
CREATE INDEX midi_files_failed_idx ON midi_files (id) WHERE state = 'failed';

-- ... WHERE analyzed_at > now() - interval '1 day'
CREATE INDEX midi_files_analyzed_at_idx ON midi_files USING brin (analyzed_at);

-- Which members has this archive? (every archive, at every import)
CREATE INDEX midi_files_archive_digest_idx ON midi_files (archive_digest)
    WHERE archive_digest IS NOT NULL;

-- Which batch of files is nobody's yet? (every batch of a job)
CREATE INDEX midi_import_chunks_free_idx ON midi_import_chunks (job, chunk)
    WHERE NOT done AND worker IS NULL;

-- Profile 'search': ... WHERE melody_ngrams @> $1 (midi_find_melody)
CREATE INDEX musical_metadata_melody_ngrams_idx ON musical_metadata USING gin (melody_ngrams);
