-- Comments on the indexes, and on the view and the functions that go with them.

COMMENT ON VIEW midi_index_profiles IS
    'Indexes of the library: definition, a query that uses each, and whether each exists';
COMMENT ON COLUMN midi_index_profiles.index_name IS 'Name of the index';
COMMENT ON COLUMN midi_index_profiles.profile IS
    'default, search or all: the smallest profile with the index; each profile includes the ones before it';
COMMENT ON COLUMN midi_index_profiles.relation IS 'Table of the index';
COMMENT ON COLUMN midi_index_profiles.requires IS 'Extension that the index needs';
COMMENT ON COLUMN midi_index_profiles.comment IS 'Purpose of the index';
COMMENT ON COLUMN midi_index_profiles.serves IS 'A query that uses the index';
COMMENT ON COLUMN midi_index_profiles.definition IS 'Statement that creates the index';
COMMENT ON COLUMN midi_index_profiles.state IS
    'built, missing, or invalid after a CREATE INDEX CONCURRENTLY that failed';

COMMENT ON TABLE midi_index_choice IS
    'Profile of the indexes that midi_create_indexes makes without an argument, in one row; none: search';
COMMENT ON COLUMN midi_index_choice.chosen IS 'Always true';
COMMENT ON COLUMN midi_index_choice.profile IS
    'The largest profile that midi_create_indexes has created and midi_drop_indexes has left';

COMMENT ON INDEX midi_files_path_digest_idx IS 'Look up a file by its path, in imports';
COMMENT ON INDEX midi_files_archive_digest_idx IS 'Look up the members of an archive, in imports';
COMMENT ON INDEX musical_metadata_depth_idx IS 'Count what is only cataloged, in searches';
COMMENT ON INDEX midi_import_chunks_free_idx IS 'Look up a batch that no worker has claimed, in jobs';

COMMENT ON FUNCTION midi_words(texts text[]) IS
    'Words of texts for full text search, without regard to case, as the indexes store them';
COMMENT ON FUNCTION midi_words_query(phrase text, prefix boolean) IS
    'Query for a phrase in midi_words; with prefix, the last word also matches words that start with it';
