-- Indexes. First those that imports need, which belong to no profile.

-- Look up a file by its path: once for each file of an import.
CREATE UNIQUE INDEX midi_files_path_digest_idx ON midi_files (path_digest);

-- Look up the members of an archive: once for each archive of an import.
CREATE INDEX midi_files_archive_digest_idx ON midi_files (archive_digest)
    WHERE archive_digest IS NOT NULL;

-- The rows to which listening would add something, for the searches that say how many there are. All its entries are
-- equal, which PostgreSQL stores in a few bytes each.
CREATE INDEX musical_metadata_depth_idx ON musical_metadata (depth) WHERE depth OPERATOR(pg_catalog.=) 'catalog';

-- Look up a batch that no worker has claimed: once for each batch of a job.
CREATE INDEX midi_import_chunks_free_idx ON midi_import_chunks (job, attempts, chunk)
    WHERE NOT done AND worker IS NULL;

-- The largest profile that midi_create_indexes has created, for the call after a restore: a dump has no index of an
-- extension's table. It is a name, never SQL, in one row at most.
CREATE TABLE midi_index_choice (
    chosen  boolean PRIMARY KEY DEFAULT true CHECK (chosen),
    profile text NOT NULL CHECK (profile OPERATOR(pg_catalog.=) ANY ('{default,search,all}'::text[]))
);
SELECT pg_catalog.pg_extension_config_dump('midi_index_choice', '');

-- The indexes for queries, each with its profile, its definition and a query that uses it.
-- midi_create_indexes creates those of a profile and of the profiles before it: default, search, all.
-- A definition is a format string: %1$I is the schema of the library, %2$I that of the extension in
-- `requires`. It is written as pg_get_indexdef writes it, so that the two can be compared.
CREATE VIEW midi_index_profiles AS
WITH indexes (index_name, profile, relation, requires, definition, comment, serves) AS (VALUES

    ('midi_files_content_hash_idx', 'default', 'midi_files'::regclass, NULL,
     $$btree (content_hash) INCLUDE (id) WHERE (state = ANY ('{imported,duplicate}'::text[]))$$,
     'Files with a given content',
     $$SELECT path FROM midi_library WHERE content_hash = sha256('example')$$),

    -- Most searches have two conditions and an order. These indexes contain the columns that most of them name, and the
    -- hash by which files are found, so that rows are looked up for the result alone.
    ('musical_metadata_key_bpm_idx', 'default', 'musical_metadata', NULL,
     'btree (key_signature, bpm) INCLUDE (content_hash, duration_s, bar_count, note_count, complexity, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'Music in a key and a range of tempos',
     $$SELECT * FROM midi_library WHERE key_signature = 'A minor' AND bpm BETWEEN 118 AND 119$$),

    ('musical_metadata_bpm_idx', 'default', 'musical_metadata', NULL,
     'btree (bpm) INCLUDE (content_hash, key_signature, duration_s, bar_count, note_count, complexity, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'Music in a range of tempos',
     $$SELECT * FROM midi_library WHERE bpm BETWEEN 118 AND 118.5$$),

    ('musical_metadata_instruments_idx', 'default', 'musical_metadata', NULL,
     'gin (instruments)',
     'Music with given instruments, by @> or &&',
     $$SELECT * FROM midi_library WHERE instruments @> '{40,105}'$$),

    ('midi_files_failed_idx', 'default', 'midi_files', NULL,
     $$btree (id) WHERE (state = 'failed'::text)$$,
     'Files that failed',
     $$SELECT path, error FROM midi_files WHERE state = 'failed'$$),

    ('midi_files_analyzed_at_idx', 'default', 'midi_files', NULL,
     'brin (analyzed_at)',
     'Files added since a given time, which are stored in this order',
     $$SELECT path FROM midi_files WHERE analyzed_at > '2024-06-30'$$),

    -- Indexes on names and tags leave out vanished files, as the view does: a folder that is moved vanishes at once, and
    -- would be in each index twice.
    ('midi_files_tags_idx', 'search', 'midi_files', NULL,
     $$gin (tags) WHERE (state = ANY ('{imported,duplicate}'::text[]))$$,
     'Files with given tags of their paths, by @> or &&',
     $$SELECT * FROM midi_library WHERE name_tags @> '{polka}'$$),

    ('musical_metadata_tags_idx', 'search', 'musical_metadata', NULL,
     'gin (tags)',
     'Music with given tags of its content, by @> or &&',
     $$SELECT * FROM midi_library WHERE music_tags @> '{waltz}'$$),

    ('midi_files_words_idx', 'search', 'midi_files', NULL,
     $$gin (%1$I.midi_words(ARRAY[filename])) WHERE (state = ANY ('{imported,duplicate}'::text[]))$$,
     'Words in file names',
     $$SELECT * FROM midi_library WHERE midi_words(ARRAY[filename]) @@ midi_words_query('moonlight sonata')$$),

    ('musical_metadata_words_idx', 'search', 'musical_metadata', NULL,
     'gin (%1$I.midi_words(((track_names || markers) || ARRAY[lyrics, title, artist, copyright])))',
     'Words in the texts of the music',
     $$SELECT * FROM midi_library WHERE midi_words(track_names || markers || ARRAY[lyrics, title, artist, copyright]) @@ midi_words_query('gently down')$$),

    ('midi_files_filename_trgm_idx', 'search', 'midi_files', 'pg_trgm',
     $$gin (filename %2$I.gin_trgm_ops) WHERE (state = ANY ('{imported,duplicate}'::text[]))$$,
     'Parts of file names, and similar spellings',
     $$SELECT * FROM midi_library WHERE filename ILIKE '%oonlight so%'$$),

    ('musical_metadata_chord_types_idx', 'search', 'musical_metadata', NULL,
     'gin (chord_types)',
     'Music with given chord qualities, by @> or &&',
     $$SELECT * FROM midi_library WHERE chord_types @> '{minmaj7}'$$),

    ('musical_metadata_progression_idx', 'search', 'musical_metadata', NULL,
     'gin (%1$I.midi_progression_grams(chord_progression))',
     'Music with given chord progressions',
     $$SELECT * FROM midi_library WHERE midi_progression_grams(chord_progression) @> '{#iv bIII bvi}'$$),

    ('musical_metadata_meter_idx', 'search', 'musical_metadata', NULL,
     'btree (time_signature_numerator, time_signature_denominator)',
     'Music in a meter',
     $$SELECT * FROM midi_library WHERE time_signature_numerator = 7 AND time_signature_denominator = 8$$),

    ('musical_metadata_duration_idx', 'search', 'musical_metadata', NULL,
     'btree (duration_s) INCLUDE (content_hash, key_signature, bpm, bar_count, note_count, complexity, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'Music of a given duration',
     $$SELECT * FROM midi_library WHERE duration_s BETWEEN 60 AND 61$$),

    ('musical_metadata_bars_idx', 'search', 'musical_metadata', NULL,
     'btree (bar_count) INCLUDE (content_hash, key_signature, bpm, duration_s, note_count, complexity, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'Music with a given number of bars',
     $$SELECT * FROM midi_library WHERE bar_count = 12$$),

    ('musical_metadata_notes_idx', 'search', 'musical_metadata', NULL,
     'btree (note_count) INCLUDE (content_hash, key_signature, bpm, duration_s, bar_count, complexity, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'Music with a given number of notes',
     $$SELECT * FROM midi_library WHERE note_count BETWEEN 4000 AND 4005$$),

    ('musical_metadata_complexity_idx', 'search', 'musical_metadata', NULL,
     'btree (complexity) INCLUDE (content_hash, key_signature, bpm, duration_s, bar_count, note_count, time_signature_numerator, time_signature_denominator, has_drums, instruments, chord_types)',
     'The most complex music first',
     $$SELECT * FROM midi_library ORDER BY complexity DESC LIMIT 20$$),

    ('musical_metadata_damaged_idx', 'search', 'musical_metadata', NULL,
     $$btree (content_hash) WHERE (warnings <> '{}'::text[])$$,
     'Music from damaged files',
     $$SELECT filename, warnings FROM midi_library WHERE warnings <> '{}'$$),

    ('musical_search_embedding_idx', 'search', 'musical_search', NULL,
     'midi_vectors (embedding)',
     'Most similar music, for midi_similar',
     $$SELECT content_hash FROM musical_search ORDER BY embedding <-> array_fill(0.2::real, '{66}') LIMIT 20$$),

    ('musical_search_embedding_hnsw_idx', 'all', 'musical_search', 'vector',
     'hnsw (((embedding)::%2$I.vector(66)) %2$I.vector_l2_ops)',
     'Most similar music, for midi_similar, by pgvector, which misses a few and takes a tenth of the time',
     $$SELECT content_hash FROM musical_search WHERE embedding IS NOT NULL ORDER BY (embedding::vector(66)) <-> array_fill(0.2::real, '{66}')::vector(66) LIMIT 20$$),

    ('musical_search_melody_ngrams_idx', 'search', 'musical_search', NULL,
     'midi_postings (melody_ngrams)',
     'Music with given n-grams of its melody, for midi_find_melody',
     $$SELECT content_hash FROM musical_search WHERE melody_ngrams @> '{32393098}'$$),

    ('musical_search_fingerprint_idx', 'search', 'musical_search', NULL,
     'midi_postings (%1$I.midi_fingerprint_bands(fingerprint))',
     'The same music in other files, for midi_duplicates',
     $$SELECT other_path, kind, similarity FROM midi_duplicates WHERE file_id = 4711$$),

    ('midi_parts_library_role_idx', 'search', 'midi_parts_library', NULL,
     'btree (role, loop_bars, bars) INCLUDE (content_hash, note_count, pitch_min, pitch_max, polyphony)',
     'Parts with a role, a loop and a length',
     $$SELECT content_hash FROM midi_parts_library WHERE role = 'bass' AND loop_bars = 4 AND key = 'A minor'$$),

    ('midi_files_filename_lower_idx', 'all', 'midi_files', NULL,
     $$btree (lower(filename)) WHERE (state = ANY ('{imported,duplicate}'::text[]))$$,
     'Files by name, without regard to case',
     $$SELECT * FROM midi_library WHERE lower(filename) = 'moonlight sonata 4711.mid'$$),

    ('musical_metadata_controllers_idx', 'all', 'musical_metadata', NULL,
     'gin (controller_data jsonb_path_ops)',
     'Music by its controller data',
     $$SELECT content_hash FROM musical_metadata WHERE controller_data @> '{"71": {"min": 3}}'$$),

    ('musical_metadata_counts_idx', 'all', 'musical_metadata', 'bloom',
     'bloom (ticks_per_quarter, track_count, event_count, tempo_change_count)',
     'Music with a given combination of counts, such as exports of one score',
     $$SELECT content_hash FROM musical_metadata WHERE ticks_per_quarter = 480 AND track_count = 7 AND event_count = 4321$$)
)
SELECT
    i.index_name,
    i.profile,
    i.relation,
    i.requires,
    i.comment,
    i.serves,
    pg_catalog.format('CREATE INDEX %I ON %s USING %s', i.index_name, i.relation,
        pg_catalog.format(i.definition, n.nspname, COALESCE(r.nspname, n.nspname))) AS definition,
    CASE
        WHEN x.indisvalid THEN 'built'
        WHEN x.indexrelid IS NOT NULL THEN 'invalid'
        ELSE 'missing'
    END AS state
FROM indexes i
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.relation
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
LEFT JOIN pg_catalog.pg_extension e ON e.extname OPERATOR(pg_catalog.=) i.requires
LEFT JOIN pg_catalog.pg_namespace r ON r.oid OPERATOR(pg_catalog.=) e.extnamespace
LEFT JOIN pg_catalog.pg_class b ON b.relname OPERATOR(pg_catalog.=) i.index_name
                               AND b.relnamespace OPERATOR(pg_catalog.=) c.relnamespace
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid OPERATOR(pg_catalog.=) b.oid
                               AND x.indrelid OPERATOR(pg_catalog.=) i.relation
-- The index of pgvector is listed where pgvector is installed in the database, which only superusers can do.
WHERE i.index_name OPERATOR(pg_catalog.<>) 'musical_search_embedding_hnsw_idx' OR e.oid IS NOT NULL;
