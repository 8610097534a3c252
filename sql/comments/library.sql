-- Comments on the tables and views of the library.

COMMENT ON TABLE midi_files IS 'Files that imports have found, one row per path';
COMMENT ON COLUMN midi_files.id IS 'Number of the file';
COMMENT ON COLUMN midi_files.path IS
    'Canonical path on the server, or the name given with the content; bytes that are not UTF-8 are written as \xHH, and a directory that cannot be read ends in a slash';
COMMENT ON COLUMN midi_files.archive_member IS
    'Name of the file in the archive at path, with " (2)" added to the second file of the same name; NULL for a file outside archives';
COMMENT ON COLUMN midi_files.path_digest IS
    'SHA-256 of path, or of path, a zero byte and archive_member; for the unique index';
COMMENT ON COLUMN midi_files.archive_digest IS
    'SHA-256 of the path of the archive; NULL for a file outside archives';
COMMENT ON COLUMN midi_files.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_files.size_bytes IS 'Size in bytes when the file was last read';
COMMENT ON COLUMN midi_files.modified_at IS
    'Modification time when the file was last read; set it to NULL to have the next import read the file again';
COMMENT ON COLUMN midi_files.content_hash IS
    'SHA-256 of the content when the file was last read, equal to sha256(content); in a library distributed with replicate_files => false, path_digest where there is none';
COMMENT ON COLUMN midi_files.state IS
    'imported: its content was new; duplicate: its content was already in the library; failed: see error; skipped: excluded by a rule, see error; vanished: the file no longer exists; archive: its members have their own rows';
COMMENT ON COLUMN midi_files.error IS 'Why the file failed or was skipped';
COMMENT ON COLUMN midi_files.imported_at IS 'When the file was first imported';
COMMENT ON COLUMN midi_files.analyzed_at IS 'When the file last added a content to the library';
COMMENT ON COLUMN midi_files.name_bpm IS
    'Tempo in the path, in quarter notes per minute; NULL if the path has none or several';
COMMENT ON COLUMN midi_files.name_key IS
    'Key in the path, spelled as in key_signature; NULL if the path has none or several';
COMMENT ON COLUMN midi_files.tags IS
    'Words for genre, mood, role and instrument in the names of the file and its folders';
COMMENT ON COLUMN midi_files.vanished_at IS
    'When an import last found that the file no longer existed; it may be there again, as state says';

COMMENT ON TABLE musical_metadata IS
    'Analyses of the distinct contents, one row per content however many files have it';
COMMENT ON COLUMN musical_metadata.content_hash IS 'SHA-256 of the content, equal to sha256(content)';
COMMENT ON COLUMN musical_metadata.analyzer_version IS 'Version of the analysis that produced the row';
COMMENT ON COLUMN musical_metadata.depth IS
    'catalog: what reading the file tells, so that all else is NULL; full: what listening to the music tells as well';

COMMENT ON TABLE musical_search IS
    'What searches need of the distinct contents, one row per full row of musical_metadata; a row without one there is not used';
COMMENT ON COLUMN musical_search.content_hash IS 'SHA-256 of the content, as in musical_metadata';

COMMENT ON TABLE midi_contents IS
    'Bytes of the distinct contents that imports have kept; a row stays until it is deleted here';
COMMENT ON COLUMN midi_contents.content_hash IS 'SHA-256 of the content, as in midi_files';
COMMENT ON COLUMN midi_contents.content IS 'The bytes of the MIDI file';
COMMENT ON TABLE midi_parts_library IS
    'Parts of the distinct contents whose parts imports have stored, as midi_parts returns them; a row without one in musical_metadata is not used';
COMMENT ON COLUMN midi_parts_library.content_hash IS 'SHA-256 of the content, as in musical_metadata';
COMMENT ON COLUMN midi_parts_library.part_no IS 'Number of the part, from 1, by track, port and channel';
COMMENT ON COLUMN midi_parts_library.track IS 'Index of its track, from 0; of its first note, if it is spread over several';
COMMENT ON COLUMN midi_parts_library.port IS 'Port of its channel, from 0';
COMMENT ON COLUMN midi_parts_library.channel IS 'MIDI channel of its first note, from 0';
COMMENT ON COLUMN midi_parts_library.program IS 'General MIDI program of its first note, from 0; NULL for drums';
COMMENT ON COLUMN midi_parts_library.name IS 'Name of its track, which may be that of the piece';
COMMENT ON COLUMN midi_parts_library.role IS
    'melody, bass, chords, arpeggio, pad, counter-melody, drums, percussion or effect';
COMMENT ON COLUMN midi_parts_library.note_count IS 'Number of its notes';
COMMENT ON COLUMN midi_parts_library.first_bar IS
    'Bar in which its first note begins, from 1, as in midi_beats; NULL if no beats are known';
COMMENT ON COLUMN midi_parts_library.bars IS 'Bars from its first note to its last';
COMMENT ON COLUMN midi_parts_library.loop_bars IS 'Bars of the loop that it repeats; NULL if it has none';
COMMENT ON COLUMN midi_parts_library.pitch_min IS 'Lowest MIDI pitch; NULL for drums';
COMMENT ON COLUMN midi_parts_library.pitch_max IS 'Highest MIDI pitch; NULL for drums';
COMMENT ON COLUMN midi_parts_library.polyphony IS 'Most notes at once; NULL for drums';
COMMENT ON COLUMN midi_parts_library.key IS
    'Key of the piece in most of its notes; NULL for drums, percussion and effects';
COMMENT ON COLUMN midi_parts_library.is_drum IS 'Whether it is played by drums';

COMMENT ON TABLE midi_import_errors IS
    'Problems of imports, one row each; an unchanged problem is recorded once';
COMMENT ON COLUMN midi_import_errors.id IS 'Number of the problem';
COMMENT ON COLUMN midi_import_errors.job IS 'Job that had the problem; NULL for midi_import()';
COMMENT ON COLUMN midi_import_errors.path IS 'Path of the file or directory, as in midi_files';
COMMENT ON COLUMN midi_import_errors.archive_member IS 'Name in the archive, as in midi_files';
COMMENT ON COLUMN midi_import_errors.kind IS
    'Short name of the kind of problem; unavailable: a temporary problem, and the row of the file was kept';
COMMENT ON COLUMN midi_import_errors.reason IS 'Description of the problem';
COMMENT ON COLUMN midi_import_errors.at IS 'When the problem was recorded';

COMMENT ON VIEW midi_name_disagreements IS
    'Files whose names contain another key or tempo than their music has';
COMMENT ON COLUMN midi_name_disagreements.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_name_disagreements.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_name_disagreements.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_name_disagreements.name_key IS 'Key in the path';
COMMENT ON COLUMN midi_name_disagreements.key_signature IS 'Key estimated from the notes';
COMMENT ON COLUMN midi_name_disagreements.key_confidence IS
    'Probability that the estimated key is right, from 0 to 1';
COMMENT ON COLUMN midi_name_disagreements.key_relation IS
    'relative: the same notes (C major, A minor); parallel: the same tonic; other; NULL if the keys agree or one is unknown';
COMMENT ON COLUMN midi_name_disagreements.name_bpm IS 'Tempo in the path';
COMMENT ON COLUMN midi_name_disagreements.bpm IS 'Tempo of the music';
COMMENT ON COLUMN midi_name_disagreements.bpm_relation IS
    'Relation of the tempos if they differ by over 2 %: the one in the name is double, half or other; NULL if they agree or one is unknown';

COMMENT ON VIEW midi_library IS 'Files in the library with the analyses of their contents';
COMMENT ON COLUMN midi_library.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_library.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_library.archive_member IS 'Name in the archive, as in midi_files';
COMMENT ON COLUMN midi_library.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_library.depth IS
    'catalog or full, as in musical_metadata';
COMMENT ON COLUMN midi_library.content_hash IS 'SHA-256 of the content, which copies of a file share';

-- A column of midi_analysis has the same comment in every relation.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT relation, a.attname, pg_catalog.col_description(c.oid, a.attnum) AS comment
        FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped,
        pg_catalog.unnest(ARRAY['musical_metadata', 'musical_search', 'midi_library']::regclass[]) AS relation
        WHERE t.oid OPERATOR(pg_catalog.=) 'midi_analysis'::regtype
          AND EXISTS (SELECT FROM pg_catalog.pg_attribute b
                      WHERE b.attrelid OPERATOR(pg_catalog.=) relation
                        AND b.attname OPERATOR(pg_catalog.=) a.attname)
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L',
                                  other.relation, other.attname, other.comment);
    END LOOP;
END
$$;

COMMENT ON COLUMN midi_library.tags IS 'Distinct tags of the path and of the content';
COMMENT ON COLUMN midi_library.name_tags IS 'Tags of the path; a condition on them can use an index';
COMMENT ON COLUMN midi_library.music_tags IS 'Tags of the content; a condition on them can use an index';
COMMENT ON COLUMN midi_library.name_bpm IS 'Tempo in the path, as in midi_files';
COMMENT ON COLUMN midi_library.damage IS
    'Kinds of damage that the warnings tell of, without numbers and places, in alphabetical order; empty for an undamaged file';
COMMENT ON COLUMN midi_library.name_key IS 'Key in the path, as in midi_files';

COMMENT ON TYPE midi_melody_index IS
    'What melodies are looked for in: the n-grams and the lines of a piece, as in musical_search';
COMMENT ON COLUMN midi_melody_index.ngrams IS 'As melody_ngrams in musical_search';
COMMENT ON COLUMN midi_melody_index.lines IS 'As melody_lines in musical_search';
COMMENT ON TYPE midi_harmony_index IS
    'What progressions are looked for in: the chords of a piece with their qualities, as in midi_library';
COMMENT ON COLUMN midi_harmony_index.progression IS 'As chord_progression in midi_library';
COMMENT ON COLUMN midi_harmony_index.moments IS 'As chord_moments in midi_library';

COMMENT ON VIEW midi_library_music IS
    'midi_library with what melodies, progressions and likeness are found by, for conditions and orders of your own';
-- The other columns are those of midi_library.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) AS comment
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) 'midi_library'::regclass
          AND a.attnum OPERATOR(pg_catalog.>) 0::int2
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_library_music.%I IS %L', other.attname, other.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN midi_library_music.embedding IS
    'Vector of the harmony, bass, rhythm, melody and instruments, to be compared by <->, as in musical_search';
COMMENT ON COLUMN midi_library_music.melody IS
    'Melodic lines, for the operator @~: melody @~ ''E4 D4 C4 D4 E4 E4''';
COMMENT ON COLUMN midi_library_music.harmony IS
    'Chords with their qualities, for the operator @~: harmony @~ ''ii V7 I''';

COMMENT ON VIEW midi_library_tags IS 'Tags of the files in the library, one row each: those of the path and those of the content';
COMMENT ON COLUMN midi_library_tags.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_library_tags.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_library_tags.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_library_tags.tag IS 'One of the tags in midi_library';

COMMENT ON VIEW midi_library_instruments IS 'Instruments of the files in the library, one row each; drums are no instrument';
COMMENT ON COLUMN midi_library_instruments.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_library_instruments.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_library_instruments.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_library_instruments.program IS 'Program of General MIDI, from 0 to 127';
COMMENT ON COLUMN midi_library_instruments.instrument IS 'Its name in General MIDI';

COMMENT ON VIEW midi_library_chord_types IS 'Kinds of chords of the files in the library, one row each';
COMMENT ON COLUMN midi_library_chord_types.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_library_chord_types.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_library_chord_types.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_library_chord_types.chord_type IS 'One of the chord_types in midi_library';

COMMENT ON VIEW midi_duplicates IS
    'Pairs of files with the same music, each pair in both orders: exact copies, and near duplicates with other bytes';
COMMENT ON COLUMN midi_duplicates.file_id IS 'Number of a file in midi_files';
COMMENT ON COLUMN midi_duplicates.path IS 'Path of this file';
COMMENT ON COLUMN midi_duplicates.other_file_id IS 'Number of a file with the same music';
COMMENT ON COLUMN midi_duplicates.other_path IS 'Path of that file';
COMMENT ON COLUMN midi_duplicates.kind IS
    'exact: the same bytes; near: the same music in another key, tempo, track order or export, or with notes missing';
COMMENT ON COLUMN midi_duplicates.keeper IS
    'Number of the file of both to keep: undamaged before damaged, then with more notes, outside an archive, with a shorter path, imported first';
COMMENT ON COLUMN midi_duplicates.similarity IS
    '1 for exact; for near the similarity of the fingerprints, 0.25 or more';

COMMENT ON STATISTICS musical_metadata_meter_stats IS 'How often meters occur, for the planner';

COMMENT ON VIEW midi_distribution IS
    'Tables of the library, with the nodes on which they lie';
COMMENT ON COLUMN midi_distribution.table_name IS 'Name of the table';
COMMENT ON COLUMN midi_distribution.kind IS
    'distributed by rows, reference on each node as a whole, or local to this node';
COMMENT ON COLUMN midi_distribution.distributed_by IS 'Column whose hash tells on which node a row lies';
COMMENT ON COLUMN midi_distribution.node IS 'Name and port of the node; NULL for a table that is local';
COMMENT ON COLUMN midi_distribution.shards IS 'Number of shards on the node; NULL for a table that is local';
COMMENT ON COLUMN midi_distribution.bytes IS 'Size on the node, with indexes; NULL where it does not answer';
