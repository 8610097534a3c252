-- Comments on the functions.

-- One piece of music
COMMENT ON FUNCTION midi_analyze(content bytea) IS
    'Analyzes one piece of music, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_analyze(path text) IS
    'Analyzes one piece of music, given a MIDI file on the server';
COMMENT ON FUNCTION midi_analyze(file_id bigint) IS
    'Analyzes one piece of music, given a file of the library';
COMMENT ON FUNCTION midi_notes(content bytea) IS
    'Notes of a piece in order of time, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_notes(path text) IS
    'Notes of a piece in order of time, given a MIDI file on the server';
COMMENT ON FUNCTION midi_notes(file_id bigint) IS
    'Notes of a piece in order of time, given a file of the library';
COMMENT ON FUNCTION midi_events(content bytea) IS
    'All events of a piece, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_events(path text) IS
    'All events of a piece, given a MIDI file on the server';
COMMENT ON FUNCTION midi_events(file_id bigint) IS
    'All events of a piece, given a file of the library';
COMMENT ON FUNCTION midi_tracks(content bytea) IS
    'Tracks of a piece, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_tracks(path text) IS
    'Tracks of a piece, given a MIDI file on the server';
COMMENT ON FUNCTION midi_tracks(file_id bigint) IS
    'Tracks of a piece, given a file of the library';
COMMENT ON FUNCTION midi_tempo_map(content bytea) IS
    'Spans of constant tempo and meter in a piece, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_tempo_map(path text) IS
    'Spans of constant tempo and meter in a piece, given a MIDI file on the server';
COMMENT ON FUNCTION midi_tempo_map(file_id bigint) IS
    'Spans of constant tempo and meter in a piece, given a file of the library';
COMMENT ON FUNCTION midi_beats(content bytea) IS
    'Beats of a piece, declared if the notes follow them, else estimated, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_beats(path text) IS
    'Beats of a piece, declared if the notes follow them, else estimated, given a MIDI file on the server';
COMMENT ON FUNCTION midi_beats(file_id bigint) IS
    'Beats of a piece, declared if the notes follow them, else estimated, given a file of the library';
COMMENT ON FUNCTION midi_keys(content bytea) IS
    'Keys of a piece over time, estimated, each with its confidence, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_keys(path text) IS
    'Keys of a piece over time, estimated, each with its confidence, given a MIDI file on the server';
COMMENT ON FUNCTION midi_keys(file_id bigint) IS
    'Keys of a piece over time, estimated, each with its confidence, given a file of the library';
COMMENT ON FUNCTION midi_chords(content bytea) IS
    'Chords of a piece, estimated, as Harte symbols and roman numerals, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_chords(path text) IS
    'Chords of a piece, estimated, as Harte symbols and roman numerals, given a MIDI file on the server';
COMMENT ON FUNCTION midi_chords(file_id bigint) IS
    'Chords of a piece, estimated, as Harte symbols and roman numerals, given a file of the library';
COMMENT ON FUNCTION midi_sections(content bytea) IS
    'Sections of a piece, estimated, with the letters by which they repeat, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_sections(path text) IS
    'Sections of a piece, estimated, with the letters by which they repeat, given a MIDI file on the server';
COMMENT ON FUNCTION midi_sections(file_id bigint) IS
    'Sections of a piece, estimated, with the letters by which they repeat, given a file of the library';
COMMENT ON FUNCTION midi_parts(content bytea) IS
    'Parts of a piece with their roles, such as bass or pad, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_parts(path text) IS
    'Parts of a piece with their roles, such as bass or pad, given a MIDI file on the server';
COMMENT ON FUNCTION midi_parts(file_id bigint) IS
    'Parts of a piece with their roles, such as bass or pad, given a file of the library';
COMMENT ON FUNCTION midi_melody(content bytea) IS
    'Melody of a piece, the line that a listener would sing, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_melody(path text) IS
    'Melody of a piece, the line that a listener would sing, given a MIDI file on the server';
COMMENT ON FUNCTION midi_melody(file_id bigint) IS
    'Melody of a piece, the line that a listener would sing, given a file of the library';
COMMENT ON FUNCTION midi_lyrics(content bytea) IS
    'Lyrics of a piece, syllable by syllable, with their time and line, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_lyrics(path text) IS
    'Lyrics of a piece, syllable by syllable, with their time and line, given a MIDI file on the server';
COMMENT ON FUNCTION midi_lyrics(file_id bigint) IS
    'Lyrics of a piece, syllable by syllable, with their time and line, given a file of the library';
COMMENT ON FUNCTION
    midi_piano_roll(content bytea, from_bar integer, to_bar integer, width integer, height integer, color_by text) IS
    'Piano roll of a piece as SVG, all bars by default, coloured by track, channel, instrument or pitch, given the bytes of its MIDI file';
COMMENT ON FUNCTION
    midi_piano_roll(path text, from_bar integer, to_bar integer, width integer, height integer, color_by text) IS
    'Piano roll of a piece as SVG, all bars by default, coloured by track, channel, instrument or pitch, given a MIDI file on the server';
COMMENT ON FUNCTION
    midi_piano_roll(file_id bigint, from_bar integer, to_bar integer, width integer, height integer, color_by text) IS
    'Piano roll of a piece as SVG, all bars by default, coloured by track, channel, instrument or pitch, given a file of the library';
COMMENT ON FUNCTION midi_page(content bytea) IS
    'HTML page of a piece: piano roll, player, what is known and how surely, chords over bars, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_page(path text) IS
    'HTML page of a piece: piano roll, player, what is known and how surely, chords over bars, given a MIDI file on the server';
COMMENT ON FUNCTION midi_page(file_id bigint) IS
    'HTML page of a piece: piano roll, player, what is known and how surely, chords over bars, given a file of the library';
COMMENT ON FUNCTION midi_features(content bytea) IS
    'Features of jSymbolic 2.2 of a piece, NULL if it has nothing to measure, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_features(path text) IS
    'Features of jSymbolic 2.2 of a piece, NULL if it has nothing to measure, given a MIDI file on the server';
COMMENT ON FUNCTION midi_features(file_id bigint) IS
    'Features of jSymbolic 2.2 of a piece, NULL if it has nothing to measure, given a file of the library';
COMMENT ON FUNCTION midi_content(file_id bigint) IS
    'Bytes of a file of the library: those kept in midi_contents, or those of the file on the server if its hash is still the recorded one';
COMMENT ON FUNCTION midi_feature_catalog() IS
    'Features of midi_features: code in the manual of jSymbolic 2.2, name, number of values and definition';
COMMENT ON FUNCTION midi_to_jsonb(analysis midi_analysis) IS
    'An analysis as jsonb; IMMUTABLE, for generated columns and indexes';
COMMENT ON CAST (midi_analysis AS jsonb) IS
    'midi_analyze(content)::jsonb; IMMUTABLE, for generated columns and indexes';

-- Files that are written
COMMENT ON FUNCTION midi_header(content bytea) IS
    'Format, division and number of tracks of a file, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_header(path text) IS
    'Format, division and number of tracks of a file, given a MIDI file on the server';
COMMENT ON FUNCTION midi_header(file_id bigint) IS
    'Format, division and number of tracks of a file, given a file of the library';
COMMENT ON FUNCTION midi_repair(content bytea) IS
    'A sound standard MIDI file of what was read, byte for byte the same if it was one, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_repair(path text) IS
    'A sound standard MIDI file of what was read, byte for byte the same if it was one, given a MIDI file on the server';
COMMENT ON FUNCTION midi_repair(file_id bigint) IS
    'A sound standard MIDI file of what was read, byte for byte the same if it was one, given a file of the library';
COMMENT ON FUNCTION midi_convert(content bytea, format integer, division integer) IS
    'A MIDI file in format 0 or 1, with another division (ticks in a quarter note, or SMPTE time where negative), or both, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_convert(path text, format integer, division integer) IS
    'A MIDI file in format 0 or 1, with another division (ticks in a quarter note, or SMPTE time where negative), or both, given a MIDI file on the server';
COMMENT ON FUNCTION midi_convert(file_id bigint, format integer, division integer) IS
    'A MIDI file in format 0 or 1, with another division (ticks in a quarter note, or SMPTE time where negative), or both, given a file of the library';
COMMENT ON FUNCTION midi_set_text(content bytea, kind text, value text, track integer) IS
    'A MIDI file with another title, copyright, track_name or instrument_name, in UTF-8; without it if the value is empty, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_set_text(path text, kind text, value text, track integer) IS
    'A MIDI file with another title, copyright, track_name or instrument_name, in UTF-8; without it if the value is empty, given a MIDI file on the server';
COMMENT ON FUNCTION midi_set_text(file_id bigint, kind text, value text, track integer) IS
    'A MIDI file with another title, copyright, track_name or instrument_name, in UTF-8; without it if the value is empty, given a file of the library';
COMMENT ON FUNCTION midi_transpose(content bytea, semitones integer, keep_drums boolean) IS
    'A MIDI file whose notes, key pressure and key signatures are some semitones higher, or lower where negative, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_transpose(path text, semitones integer, keep_drums boolean) IS
    'A MIDI file whose notes, key pressure and key signatures are some semitones higher, or lower where negative, given a MIDI file on the server';
COMMENT ON FUNCTION midi_transpose(file_id bigint, semitones integer, keep_drums boolean) IS
    'A MIDI file whose notes, key pressure and key signatures are some semitones higher, or lower where negative, given a file of the library';
COMMENT ON FUNCTION midi_transpose(content bytea, key text, keep_drums boolean) IS
    'A MIDI file in another key such as Am, from five semitones lower to six higher, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_transpose(path text, key text, keep_drums boolean) IS
    'A MIDI file in another key such as Am, from five semitones lower to six higher, given a MIDI file on the server';
COMMENT ON FUNCTION midi_transpose(file_id bigint, key text, keep_drums boolean) IS
    'A MIDI file in another key such as Am, from five semitones lower to six higher, given a file of the library';
COMMENT ON FUNCTION midi_set_tempo(content bytea, bpm double precision, stretch boolean) IS
    'A MIDI file at a tempo in quarter notes a minute, faster or slower; or without stretch, at the speed that it had, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_set_tempo(path text, bpm double precision, stretch boolean) IS
    'A MIDI file at a tempo in quarter notes a minute, faster or slower; or without stretch, at the speed that it had, given a MIDI file on the server';
COMMENT ON FUNCTION midi_set_tempo(file_id bigint, bpm double precision, stretch boolean) IS
    'A MIDI file at a tempo in quarter notes a minute, faster or slower; or without stretch, at the speed that it had, given a file of the library';
COMMENT ON FUNCTION midi_quantize(content bytea, grid text, strength double precision, swing double precision) IS
    'A MIDI file whose notes are on a grid over its beats; beats that are found become those of the file, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_quantize(path text, grid text, strength double precision, swing double precision) IS
    'A MIDI file whose notes are on a grid over its beats; beats that are found become those of the file, given a MIDI file on the server';
COMMENT ON FUNCTION midi_quantize(file_id bigint, grid text, strength double precision, swing double precision) IS
    'A MIDI file whose notes are on a grid over its beats; beats that are found become those of the file, given a file of the library';
COMMENT ON FUNCTION midi_trim(content bytea, from_bar integer, to_bar integer) IS
    'Some bars of a MIDI file, numbered as midi_beats does, with all that is in force where they begin, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_trim(path text, from_bar integer, to_bar integer) IS
    'Some bars of a MIDI file, numbered as midi_beats does, with all that is in force where they begin, given a MIDI file on the server';
COMMENT ON FUNCTION midi_trim(file_id bigint, from_bar integer, to_bar integer) IS
    'Some bars of a MIDI file, numbered as midi_beats does, with all that is in force where they begin, given a file of the library';
COMMENT ON FUNCTION midi_split(content bytea) IS
    'Each part of a piece as a MIDI file, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_split(path text) IS
    'Each part of a piece as a MIDI file, given a MIDI file on the server';
COMMENT ON FUNCTION midi_split(file_id bigint) IS
    'Each part of a piece as a MIDI file, given a file of the library';
COMMENT ON FUNCTION midi_keep_parts(content bytea, parts integer[]) IS
    'A MIDI file without all parts but these, numbered as midi_split does, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_keep_parts(path text, parts integer[]) IS
    'A MIDI file without all parts but these, numbered as midi_split does, given a MIDI file on the server';
COMMENT ON FUNCTION midi_keep_parts(file_id bigint, parts integer[]) IS
    'A MIDI file without all parts but these, numbered as midi_split does, given a file of the library';
COMMENT ON FUNCTION midi_merge(contents bytea[]) IS
    'One MIDI file of several, played together, at the tempo of the first';
COMMENT ON AGGREGATE midi_from_notes(
    track integer, channel integer, program integer, pitch integer, velocity integer, start_tick bigint,
    duration_ticks bigint, division integer, bpm double precision
) IS
    'A MIDI file of rows as midi_notes returns them, with the ticks in a quarter note and the quarter notes a minute';
COMMENT ON FUNCTION midi_from_notes_add(
    state internal, track integer, channel integer, program integer, pitch integer, velocity integer,
    start_tick bigint, duration_ticks bigint, division integer, bpm double precision
) IS
    'Adds a row to the state of midi_from_notes';
COMMENT ON FUNCTION midi_from_notes_file(state internal) IS
    'The file of the state of midi_from_notes';
COMMENT ON AGGREGATE midi_from_events(
    track integer, tick bigint, kind text, channel smallint, data jsonb, division integer
) IS
    'A MIDI file of rows as midi_events returns them, with the division that midi_header shows';
COMMENT ON FUNCTION midi_from_events_add(
    state internal, track integer, tick bigint, kind text, channel smallint, data jsonb, division integer
) IS
    'Adds a row to the state of midi_from_events';
COMMENT ON FUNCTION midi_from_events_file(state internal) IS
    'The file of the state of midi_from_events';

-- Imports
COMMENT ON FUNCTION midi_import(source text) IS
    'Imports a MIDI file, or all those in a directory or an archive, on the server, in the transaction of the call: one that is interrupted keeps nothing, unlike a job of midi_import_start';
COMMENT ON FUNCTION midi_import(name text, content bytea, depth text, keep boolean, parts boolean) IS
    'Imports one piece under a name, given the bytes of its MIDI file, as deeply as given (catalog or full); keep: whether its bytes are kept; parts: whether its parts are stored';
COMMENT ON FUNCTION midi_catalog(source text) IS
    'Imports like midi_import(source), and stores what reading the files tells; a later import adds what listening tells';
COMMENT ON FUNCTION midi_reanalyze(source text) IS
    'Imports like midi_import(source), and analyzes again what an older version of the analyzer has analyzed';
COMMENT ON FUNCTION
    midi_import_start(source text, workers integer, defer_indexes boolean, depth text) IS
    'Starts an import in the background, which commits batch by batch; returns the number of the job';
COMMENT ON FUNCTION midi_deepen(workers integer, defer_indexes boolean) IS
    'Starts to add in the background what listening tells of all pieces that are only cataloged, those last modified first; returns the number of the job';
COMMENT ON FUNCTION midi_forget(source text) IS
    'Takes a file, a folder with all below it, or an archive out of the library, whether it still exists or not; its music stays until midi_prune. Returns the number of its rows in midi_files and in midi_import_errors';
COMMENT ON FUNCTION midi_prune(older_than interval) IS
    'Removes the files that vanished longer ago than given, with their problems, and all music that no path has any more, with its kept contents; returns the numbers of files, of rows of midi_import_errors, of pieces and of contents';
COMMENT ON FUNCTION midi_import_cancel(job bigint) IS
    'Cancels a job, keeping what it has committed; returns true if the job had not ended';
COMMENT ON FUNCTION midi_import_wait(job bigint, timeout interval) IS
    'Waits for the end of a job, at most for the timeout; returns the state of the job';
COMMENT ON FUNCTION
    midi_schedule(name text, source text, every interval, cron text, workers integer, depth text) IS
    'Schedules a recurring import, which the launcher starts; returns the time of the first run';
COMMENT ON FUNCTION midi_unschedule(name text) IS
    'Removes a schedule, but does not end a running job of it; returns true if the schedule existed';

-- Search
COMMENT ON FUNCTION midi_search(query text, max_results integer) IS
    'Finds music by a query such as: bpm:120..130 key:C,G drums:yes tag:rock progression:"ii V I" sort:-complexity moonlight';
COMMENT ON FUNCTION midi_search_count(query text) IS
    'The number of files that a query of midi_search finds';
COMMENT ON FUNCTION midi_search_sql(query text, max_results integer) IS
    'The SQL statement that midi_search runs, with its values as literals';
COMMENT ON FUNCTION midi_find_melody(melody text, max_results integer) IS
    'Finds files with a melody, given as note names or MIDI pitches, in any key and with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_find_melody(pitches integer[], max_results integer) IS
    'Finds files with a melody, given as MIDI pitches, in any key and with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_find_melody(content bytea, max_results integer) IS
    'Finds files with the melody of a MIDI file, of which it uses up to 64 notes, in any key and with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_find_progression(progression text, max_results integer) IS
    'Finds files with a progression such as ii V I, in any key: with score 1 as given, with score 0.5 in a loop that starts at another chord; equal scores by file_id, of which the first found count';
COMMENT ON FUNCTION midi_progression_grams(progression text[]) IS
    'Runs of one, two and three chords in a progression, as the index stores them';
COMMENT ON FUNCTION
    midi_progression_position(progression text[], moments bytea, wanted text, rotated boolean) IS
    'Position, from 1, at which the wanted progression starts in a piece; with rotated, at which the piece loops through a rotation of it';
COMMENT ON FUNCTION midi_progression_runs(progression text, in_minor boolean) IS
    'Runs of chords that a piece with the progression has; with in_minor as minor keys name them, NULL if they are the same';
COMMENT ON FUNCTION midi_has_progression(chord_progression text[], chord_moments bytea, progression text) IS
    'Whether a piece has a progression such as ii V7 I, in any key: a condition on columns of midi_library';
COMMENT ON FUNCTION midi_has_progression(harmony midi_harmony_index, progression text) IS
    'Whether a piece has a progression such as ii V7 I, in any key: the operator @~';
COMMENT ON OPERATOR @~ (midi_harmony_index, text) IS
    'Has the progression, as midi_find_progression finds it with score 1';
COMMENT ON FUNCTION midi_has_tune(ngrams integer[], lines bytea, tune text) IS
    'Whether a piece has a melody, in any key and with a note wrong, missing or added: a condition on columns of musical_search';
COMMENT ON FUNCTION midi_has_tune(melody midi_melody_index, tune text) IS
    'Whether a piece has a melody, in any key and with a note wrong, missing or added: the operator @~';
COMMENT ON OPERATOR @~ (midi_melody_index, text) IS
    'Has the melody, as midi_find_melody finds it';
COMMENT ON FUNCTION midi_tune_grams(tune text) IS
    'N-grams of which every piece with the melody has at least one, for the index';
COMMENT ON FUNCTION midi_tune_support(internal) IS
    'What the planner knows about midi_has_tune: the index, and that few pieces have a melody';
COMMENT ON FUNCTION midi_similar(file_id bigint, max_results integer) IS
    'Files whose music is most similar to that of a file in the library, nearest first, equal distances by file_id';
COMMENT ON FUNCTION midi_similar_to(content bytea, max_results integer) IS
    'Files whose music is most similar to a piece, nearest first, equal distances by file_id, given the bytes of its MIDI file';
COMMENT ON FUNCTION midi_compatible(file_id bigint, max_results integer) IS
    'Files that can be played together with a file in the library: its key or one next to it, its tempo, double or half of it; best first';
COMMENT ON FUNCTION midi_compatible(content bytea, max_results integer) IS
    'Files that can be played together with a piece, given the bytes of its MIDI file: its key or one next to it, its tempo, double or half of it; best first';
COMMENT ON FUNCTION midi_duplicate_pairs(min_similarity real) IS
    'All pairs of files with the same music, each once: copies with the first file of their content, near duplicates by the first files of both contents';
COMMENT ON FUNCTION midi_duplicates_of(file_id bigint, min_similarity real) IS
    'Other files with the same music as a file in the library: exact copies, then near duplicates, the most similar first';
COMMENT ON FUNCTION midi_library_report() IS
    'What is in the library, as an HTML page in one file: keys, tempos, instruments, tags, copies, damage, and a search box';
COMMENT ON ACCESS METHOD midi_vectors IS
    'Index of embeddings, scanned in the order of their distance from another';
COMMENT ON FUNCTION midi_vectors_handler(internal) IS
    'Routines of the access method midi_vectors';
COMMENT ON OPERATOR <-> (real[], real[]) IS
    'Euclidean distance of two embeddings';
COMMENT ON OPERATOR FAMILY midi_embedding_ops USING midi_vectors IS
    'Operators of distance of embeddings';
COMMENT ON OPERATOR CLASS midi_embedding_ops USING midi_vectors IS
    'Embeddings in the order of their distance';
COMMENT ON ACCESS METHOD midi_postings IS
    'Index of the elements of arrays of integers, for @> and &&';
COMMENT ON FUNCTION midi_postings_handler(internal) IS
    'Routines of the access method midi_postings';
COMMENT ON OPERATOR FAMILY midi_integers_ops USING midi_postings IS
    'Operators of elements of arrays of integers';
COMMENT ON OPERATOR CLASS midi_integers_ops USING midi_postings IS
    'Elements of arrays of integers';
COMMENT ON FUNCTION midi_distance(a real[], b real[]) IS
    'Euclidean distance of two embeddings: 0 if they are equal, less than 1.5 for any two';
COMMENT ON FUNCTION midi_fingerprint_similarity(a integer[], b integer[]) IS
    'Similarity of two fingerprints, 0 to 1: pieces with 0.25 or more are the same music';
COMMENT ON FUNCTION midi_fingerprint_bands(fingerprint integer[]) IS
    'Hashes of which two fingerprints of the same music share at least one, as the index stores them';

-- Administration
COMMENT ON FUNCTION midi_create_indexes(profile text) IS
    'Creates the missing indexes of a profile (default, search, all); without one, of the largest that was created before, or else of search; returns the outcome for each index';
COMMENT ON FUNCTION midi_drop_indexes(profile text) IS
    'Drops the indexes of a profile and of the larger profiles; returns those dropped';
COMMENT ON FUNCTION midi_tuning_advice() IS
    'Recommended server settings for this machine and this library, with reasons';
COMMENT ON FUNCTION midi_pipeline_version() IS
    'Version and source revision of the loaded library, and the PostgreSQL version it was built for';

COMMENT ON FUNCTION midi_damage(warnings text[]) IS
    'Kinds of damage that the warnings of midi_analyze tell of, without numbers and places, in alphabetical order';

-- Several machines
COMMENT ON FUNCTION midi_distribute(shards integer, replicate_files boolean) IS
    'Distributes the library over the nodes of Citus, by content: as many shards as given, or two for each node. The rows of files go to all nodes, or with replicate_files => false to where their music lies. May be called again when nodes were added. Returns the number of rows of each table that it moved';
COMMENT ON FUNCTION midi_placements() IS
    'Tables of the library, with the nodes on which they lie';
COMMENT ON FUNCTION midi_import_on_nodes(source text, workers integer, nodes text[], depth text) IS
    'Starts an import in parts, one on each node of a distributed library, or on those given as name:port, each with so many workers. Each node must see the source under the same path. The jobs run on if the caller rolls back. Returns them';
COMMENT ON FUNCTION midi_import_part(source text, part integer, of integer, workers integer, depth text, settings jsonb) IS
    'Starts an import of one of several parts of a source in the background: of so many imports with the same number of parts, each takes other files. Settings are those of a session on another node, whose limits apply too. Returns the number of the job';
COMMENT ON FUNCTION midi_node_imports() IS
    'Imports in the background on all nodes of a distributed library, as midi_import_progress shows them on each; the state is unknown where a node does not answer, and the node is NULL without Citus';