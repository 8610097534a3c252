-- Comments on everything that a user meets with \d+ and \df+.

COMMENT ON TYPE midi_analysis IS 'What is known of one piece of music, from its MIDI file alone';

COMMENT ON COLUMN midi_analysis.format IS
    'SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns';
COMMENT ON COLUMN midi_analysis.ticks_per_quarter IS
    'Ticks in a quarter note; NULL where time is counted in SMPTE frames';
COMMENT ON COLUMN midi_analysis.track_count IS
    'Tracks found, whatever the header says';
COMMENT ON COLUMN midi_analysis.event_count IS
    'Events of every kind';
COMMENT ON COLUMN midi_analysis.note_count IS
    'Notes: every note-on of a velocity above zero';
COMMENT ON COLUMN midi_analysis.size_bytes IS
    'Size of the file in bytes, before decompression';
COMMENT ON COLUMN midi_analysis.warnings IS
    'Each repair that reading took, in words; empty for a sound file';
COMMENT ON COLUMN midi_analysis.duration_s IS
    'Length in seconds, to the end of the last note';
COMMENT ON COLUMN midi_analysis.duration_beats IS
    'Length in quarter notes; NULL where time is counted in SMPTE frames';
COMMENT ON COLUMN midi_analysis.bar_count IS
    'Bars: those heard where they are not the declared ones, in 4/4 where none are; NULL where there are no beats';
COMMENT ON COLUMN midi_analysis.bpm IS
    'Tempo in quarter notes a minute, median over time: declared where the notes follow it, else as heard; NULL with too few notes';
COMMENT ON COLUMN midi_analysis.beat_bpm IS
    'Beats a minute as a listener taps them: dotted quarters in 6/8, halves in 2/2';
COMMENT ON COLUMN midi_analysis.bpm_confidence IS
    'Probability that bpm is the tempo of the music, from 0 to 1';
COMMENT ON COLUMN midi_analysis.bpm_declared IS
    'Declared tempo in quarter notes a minute: median over time; NULL where none is declared';
COMMENT ON COLUMN midi_analysis.bpm_min IS
    'Slowest declared tempo that sounds, in quarter notes a minute; NULL where none is declared';
COMMENT ON COLUMN midi_analysis.bpm_max IS
    'Fastest declared tempo that sounds, in quarter notes a minute; NULL where none is declared';
COMMENT ON COLUMN midi_analysis.tempo_change_count IS
    'Changes of the declared tempo while the music sounds';
COMMENT ON COLUMN midi_analysis.time_signature_numerator IS
    'Beats in a bar: declared for longest, or heard where nothing is declared or a declared 4/4 is contradicted; NULL with too few notes';
COMMENT ON COLUMN midi_analysis.time_signature_denominator IS
    'Note value of the beat in that meter: 4 is a quarter note';
COMMENT ON COLUMN midi_analysis.time_signature_confidence IS
    'Probability of a meter that is heard, from 0 to 1; NULL where it is the declared one';
COMMENT ON COLUMN midi_analysis.time_signature_declared IS
    'Whether that meter is what the file declares';
COMMENT ON COLUMN midi_analysis.time_signature_change_count IS
    'Changes of the declared meter while the music sounds';
COMMENT ON COLUMN midi_analysis.key_signature IS
    'Key as heard in the notes, such as C major or F# minor; NULL with fewer than three pitch classes';
COMMENT ON COLUMN midi_analysis.key_confidence IS
    'Probability that this is the key, from 0 to 1';
COMMENT ON COLUMN midi_analysis.key_declared IS
    'First key that the file declares, if it does: often a default that nobody set';
COMMENT ON COLUMN midi_analysis.key_change_count IS
    'Changes of key, as heard; NULL without a key';
COMMENT ON COLUMN midi_analysis.pitch_class_histogram IS
    'Share of each pitch class, C to B, weighted by duration; NULL without pitched notes';
COMMENT ON COLUMN midi_analysis.pitch_min IS
    'Lowest MIDI pitch, drums left out: 60 is middle C';
COMMENT ON COLUMN midi_analysis.pitch_max IS
    'Highest MIDI pitch, drums left out';
COMMENT ON COLUMN midi_analysis.pitch_mean IS
    'Mean MIDI pitch, drums left out';
COMMENT ON COLUMN midi_analysis.ambitus IS
    'Semitones from the lowest pitch to the highest';
COMMENT ON COLUMN midi_analysis.polyphony_max IS
    'Most notes that sound at once';
COMMENT ON COLUMN midi_analysis.polyphony_mean IS
    'Mean number of notes that sound at once, over the time in which any does';
COMMENT ON COLUMN midi_analysis.note_density IS
    'Notes a second';
COMMENT ON COLUMN midi_analysis.velocity_min IS
    'Softest velocity, 1 to 127';
COMMENT ON COLUMN midi_analysis.velocity_max IS
    'Loudest velocity, 1 to 127';
COMMENT ON COLUMN midi_analysis.velocity_mean IS
    'Mean velocity';
COMMENT ON COLUMN midi_analysis.velocity_stddev IS
    'Standard deviation of the velocities';
COMMENT ON COLUMN midi_analysis.is_quantized IS
    'Whether its onsets stand on the file''s grid; NULL with fewer than eight onsets';
COMMENT ON COLUMN midi_analysis.timing_deviation_ms IS
    'Mean distance of the notes from the nearest sixteenth or triplet of the beat, in milliseconds; NULL without beats';
COMMENT ON COLUMN midi_analysis.swing_ratio IS
    'Length of the first of two eighths (or sixteenths) to that of the second: 1 is straight, 2 triplets; NULL with few pairs';
COMMENT ON COLUMN midi_analysis.syncopation IS
    'Weighted note-to-beat distance of Gómez et al. 2005: 0 where all notes are on the beat; NULL without beats';
COMMENT ON COLUMN midi_analysis.loop_bars IS
    'Bars of the loop that it goes round in; NULL where it does not';
COMMENT ON COLUMN midi_analysis.repeated_share IS
    'Share of its bars that repeat an earlier one, from 0 to 1; NULL without two bars';
COMMENT ON COLUMN midi_analysis.chord_types IS
    'Distinct qualities of its chords, such as maj, min7 or sus4, the one that sounds longest first';
COMMENT ON COLUMN midi_analysis.chord_progression IS
    'Roman numerals of its chords in the key that holds, none twice in a row, the first thousand';
COMMENT ON COLUMN midi_analysis.chord_moments IS
    'When, in which bar and key, and with which qualities each of these sounds, packed: for midi_find_progression';
COMMENT ON COLUMN midi_analysis.chord_count IS
    'Chords heard; NULL where none is';
COMMENT ON COLUMN midi_analysis.chords_per_bar IS
    'Chords heard in a bar on average; NULL without chords or bars';
COMMENT ON COLUMN midi_analysis.instruments IS
    'General MIDI programs that play notes, 0 to 127';
COMMENT ON COLUMN midi_analysis.instrument_names IS
    'General MIDI names of those programs';
COMMENT ON COLUMN midi_analysis.instrument_families IS
    'General MIDI families of those programs';
COMMENT ON COLUMN midi_analysis.has_drums IS
    'Whether the percussion channel plays';
COMMENT ON COLUMN midi_analysis.drum_notes IS
    'MIDI pitches of the percussion that plays: 36 is the bass drum';
COMMENT ON COLUMN midi_analysis.drum_pieces IS
    'Pieces of the drum kit that play: kick, snare, clap, hi-hat, open hi-hat, tom, crash, ride, cowbell, percussion';
COMMENT ON COLUMN midi_analysis.drum_pattern IS
    'The one-bar drum pattern that comes most often, a line a piece, x where it is struck; NULL without drums or beats';
COMMENT ON COLUMN midi_analysis.drum_fill_bars IS
    'Numbers of the bars that hold a drum fill, from 1';
COMMENT ON COLUMN midi_analysis.controllers IS
    'Numbers of the controllers that are used';
COMMENT ON COLUMN midi_analysis.controller_data IS
    'For each controller its name, count, minimum, maximum and mean';
COMMENT ON COLUMN midi_analysis.pitch_bend_count IS
    'Pitch bend events';
COMMENT ON COLUMN midi_analysis.has_sustain IS
    'Whether the sustain pedal is used';
COMMENT ON COLUMN midi_analysis.track_names IS
    'Names of the tracks that have one';
COMMENT ON COLUMN midi_analysis.lyrics IS
    'Lyrics, joined in the order of time';
COMMENT ON COLUMN midi_analysis.markers IS
    'Markers and cue points';
COMMENT ON COLUMN midi_analysis.copyright IS
    'Copyright notice';
COMMENT ON COLUMN midi_analysis.text_encoding IS
    'Encoding in which the texts were read';
COMMENT ON COLUMN midi_analysis.complexity IS
    'How complex it is, 0 to 100: 25 pitch + 25 rhythm + 20 harmony + 20 polyphony + 10 change, of complexity_parts';
COMMENT ON COLUMN midi_analysis.complexity_parts IS
    'Pitch, rhythm, harmony, polyphony and change, from 0 to 1 each';
COMMENT ON COLUMN midi_analysis.tags IS
    'Words of genre, mood, role and instrument in track names, markers and first texts, and what the notes plainly are: solo piano, drums only, monophonic, lyrics, karaoke';
COMMENT ON COLUMN midi_analysis.embedding IS
    'What it is like, as 66 numbers: harmony, bass, rhythm, melody, instruments; NULL without a key';
COMMENT ON COLUMN midi_analysis.melody_ngrams IS
    'Distinct n-grams of the melody and up to two more lines, from every other note on: seven intervals modulo the octave, as digits to the base 12';
COMMENT ON COLUMN midi_analysis.melody_lines IS
    'Those lines, packed: pitch, time and bar of each note, for midi_find_melody';
COMMENT ON COLUMN midi_analysis.fingerprint IS
    'What the same music has in other bytes, 64 numbers: see midi_fingerprint_similarity; NULL where too little happens';

COMMENT ON TABLE midi_files IS 'Every file that an import has found: one row a path';
COMMENT ON COLUMN midi_files.id IS 'Number of the file';
COMMENT ON COLUMN midi_files.path IS
    'Canonical path on the server, or the name given with the content; bytes that are not UTF-8 stand as \xHH, and a directory that cannot be read ends in a slash';
COMMENT ON COLUMN midi_files.path_digest IS 'SHA-256 of the path, or of path, zero byte and archive_member; for the unique index';
COMMENT ON COLUMN midi_files.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_files.size_bytes IS 'Size in bytes when last read';
COMMENT ON COLUMN midi_files.modified_at IS
    'Time of the last change when last read; NULL makes the next import read the file again';
COMMENT ON COLUMN midi_files.content_hash IS 'SHA-256 of the content when last read, as sha256(content) gives it';
COMMENT ON COLUMN midi_files.state IS
    'imported: the content was new; duplicate: it was known already; failed: see error; skipped: a rule left it out, see error; vanished: it is no more; archive: its members have rows of their own';
COMMENT ON COLUMN midi_files.error IS 'Why the file failed or was skipped';
COMMENT ON COLUMN midi_files.imported_at IS 'When the file first came into the library';
COMMENT ON COLUMN midi_files.analyzed_at IS 'When the file last brought a content into the library';
COMMENT ON COLUMN midi_files.name_bpm IS
    'Tempo that the path names, in quarter notes a minute; NULL where it names none, or several';
COMMENT ON COLUMN midi_files.name_key IS
    'Key that the path names, spelled as key_signature is; NULL where it names none, or several';
COMMENT ON COLUMN midi_files.tags IS
    'Words of genre, mood, role and instrument in the file''s name and those of its folders';

COMMENT ON TABLE musical_metadata IS 'Every distinct content: one row however many copies there are';
COMMENT ON COLUMN musical_metadata.content_hash IS 'SHA-256 of the content, as sha256(content) gives it';
COMMENT ON COLUMN musical_metadata.analyzer_version IS 'Version of the analysis that made the row';

COMMENT ON TABLE midi_import_errors IS
    'Problems of imports, one row each; a problem that stays the same is told once';
COMMENT ON COLUMN midi_import_errors.id IS 'Number of the problem';
COMMENT ON COLUMN midi_import_errors.job IS 'Job that met the problem; NULL for a direct call';
COMMENT ON COLUMN midi_import_errors.path IS 'Path of the file or directory, as in midi_files';
COMMENT ON COLUMN midi_import_errors.kind IS
    'Short stable name of the kind of problem; unavailable: it may pass, and what was known of the file stays';
COMMENT ON COLUMN midi_import_errors.reason IS 'The reason in words';
COMMENT ON COLUMN midi_import_errors.at IS 'When it was recorded';

COMMENT ON VIEW midi_name_disagreements IS
    'Files in the library whose names say another key or tempo than their music';
COMMENT ON COLUMN midi_name_disagreements.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_name_disagreements.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_name_disagreements.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_name_disagreements.name_key IS 'Key that the path names';
COMMENT ON COLUMN midi_name_disagreements.key_signature IS 'Key as heard in the notes';
COMMENT ON COLUMN midi_name_disagreements.key_confidence IS
    'Probability that the key heard is right, from 0 to 1';
COMMENT ON COLUMN midi_name_disagreements.key_relation IS
    'relative: the same notes (C major, A minor); parallel: the same tonic; other; NULL where the keys agree or one is unknown';
COMMENT ON COLUMN midi_name_disagreements.name_bpm IS 'Tempo that the path names';
COMMENT ON COLUMN midi_name_disagreements.bpm IS 'Tempo of the music';
COMMENT ON COLUMN midi_name_disagreements.bpm_relation IS
    'The name''s tempo is double, half or other than the file''s by over 2 %; NULL where they agree or one is unknown';

COMMENT ON VIEW midi_library IS 'The music: every file in the library with what is known of its content';
COMMENT ON COLUMN midi_library.file_id IS 'Number of the file in midi_files';
COMMENT ON COLUMN midi_library.path IS 'Path of the file, as in midi_files';
COMMENT ON COLUMN midi_library.filename IS 'Last component of the path';
COMMENT ON COLUMN midi_library.content_hash IS 'SHA-256 of the content, shared by copies of one file';

-- The columns of midi_analysis mean the same wherever they stand.
DO $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT relation, a.attname, pg_catalog.col_description(c.oid, a.attnum) AS comment
        FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped,
        pg_catalog.unnest(ARRAY['musical_metadata', 'midi_library']::regclass[]) AS relation
        WHERE t.oid OPERATOR(pg_catalog.=) 'midi_analysis'::regtype
          AND EXISTS (SELECT FROM pg_catalog.pg_attribute b
                      WHERE b.attrelid OPERATOR(pg_catalog.=) relation
                        AND b.attname OPERATOR(pg_catalog.=) a.attname)
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L',
                                  place.relation, place.attname, place.comment);
    END LOOP;
END
$$;

COMMENT ON COLUMN midi_library.tags IS 'Tags of the name and of the content, each once';
COMMENT ON COLUMN midi_library.name_tags IS 'Tags of the name alone; by the index where there is one';
COMMENT ON COLUMN midi_library.music_tags IS 'Tags of the content alone; by the index where there is one';
COMMENT ON COLUMN midi_library.name_bpm IS 'Tempo that the path names, as in midi_files';
COMMENT ON COLUMN midi_library.name_key IS 'Key that the path names, as in midi_files';
COMMENT ON COLUMN midi_files.archive_member IS
    'Name of the file, as the archive that path names has it, and " (2)" where it is the second of that name; NULL for a file of its own';
COMMENT ON COLUMN midi_files.archive_digest IS 'SHA-256 of the archive''s path, for a member';
COMMENT ON COLUMN midi_import_errors.archive_member IS 'Name within the archive, as in midi_files';
COMMENT ON COLUMN midi_library.archive_member IS 'Name within the archive, as in midi_files';
COMMENT ON COLUMN midi_import_chunks.attempts IS
    'How often it was claimed without anything of it being written';
COMMENT ON COLUMN midi_import_chunks.entries IS 'How many of the files and archives are written';
COMMENT ON COLUMN midi_import_chunks.members IS
    'Of the archive that comes next: how many members are written';
COMMENT ON INDEX midi_files_archive_digest_idx IS 'Which members has this archive?';

COMMENT ON TABLE midi_import_jobs IS
    'Jobs, one row each, written by the extension alone; midi_import_progress is the view to use';
COMMENT ON COLUMN midi_import_jobs.id IS 'Number of the job';
COMMENT ON COLUMN midi_import_jobs.source IS 'What is imported, as the caller wrote it';
COMMENT ON COLUMN midi_import_jobs.role IS 'Name of the role that called, as which the workers act';
COMMENT ON COLUMN midi_import_jobs.role_oid IS
    'Number of that role; NULL in what was not written by this database''s extension, such as a restored row';
COMMENT ON COLUMN midi_import_jobs.workers IS 'Processes that share the job';
COMMENT ON COLUMN midi_import_jobs.settings IS 'Settings of the caller, which hold in the workers';
COMMENT ON COLUMN midi_import_jobs.state IS 'pending, running, finished, cancelled or failed';
COMMENT ON COLUMN midi_import_jobs.walked IS 'Whether all files are listed';
COMMENT ON COLUMN midi_import_jobs.begun IS 'How often work was begun or begun anew';
COMMENT ON COLUMN midi_import_jobs.attempts IS
    'How often work was begun anew since a batch was last written';
COMMENT ON COLUMN midi_import_jobs.found IS 'Files listed so far';
COMMENT ON COLUMN midi_import_jobs.imported IS 'Files with a content new to the library';
COMMENT ON COLUMN midi_import_jobs.duplicate IS 'Files with a content that was known';
COMMENT ON COLUMN midi_import_jobs.unchanged IS 'Files as they were at the last import';
COMMENT ON COLUMN midi_import_jobs.failed IS 'Files that could not be read or analyzed';
COMMENT ON COLUMN midi_import_jobs.skipped IS 'Files that a rule left out';
COMMENT ON COLUMN midi_import_jobs.vanished IS 'Files of an earlier import that are no more';
COMMENT ON COLUMN midi_import_jobs.created_at IS 'When midi_import_start was called';
COMMENT ON COLUMN midi_import_jobs.started_at IS 'When the first worker began';
COMMENT ON COLUMN midi_import_jobs.resumed_at IS 'Since when it has been worked on without a break';
COMMENT ON COLUMN midi_import_jobs.resumed_done IS 'Files that were done by then';
COMMENT ON COLUMN midi_import_jobs.finished_at IS 'When it ended, in whatever state';
COMMENT ON COLUMN midi_import_jobs.error IS 'Why it failed or was cancelled';
COMMENT ON COLUMN midi_import_jobs.defer_indexes IS
    'Whether secondary indexes are dropped and made again at the end';
COMMENT ON COLUMN midi_import_jobs.deferred_indexes IS
    'The indexes that it has dropped, and what was set for each; NULL when they are there';

COMMENT ON TABLE midi_import_chunks IS
    'Files of the jobs under way, a batch a row; empty when no job is';
COMMENT ON COLUMN midi_import_chunks.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_chunks.chunk IS 'Number of the batch within the job';
COMMENT ON COLUMN midi_import_chunks.worker IS 'Worker that has claimed it; NULL if nobody has';
COMMENT ON COLUMN midi_import_chunks.done IS 'Whether its files are written';
COMMENT ON COLUMN midi_import_chunks.names IS 'Paths of the files below the source';
COMMENT ON COLUMN midi_import_chunks.sizes IS 'Their sizes in bytes';
COMMENT ON COLUMN midi_import_chunks.modified IS
    'Their times of last change, in microseconds of the Unix epoch';
COMMENT ON COLUMN midi_import_chunks.states IS
    'What the listing alone has settled; NULL for a file that is to be read';
COMMENT ON COLUMN midi_import_chunks.kinds IS 'The kind of problem that settled it';
COMMENT ON COLUMN midi_import_chunks.reasons IS 'The reason in words';

COMMENT ON TABLE midi_schedules IS
    'Imports that recur, one row each: those of the role that asks, all for the database''s owner';
COMMENT ON COLUMN midi_schedules.name IS 'Name of the schedule';
COMMENT ON COLUMN midi_schedules.source IS 'What is imported, as the caller wrote it';
COMMENT ON COLUMN midi_schedules.every IS 'Time from one run to the next; NULL where cron says it';
COMMENT ON COLUMN midi_schedules.cron IS 'Cron expression; NULL where every says it';
COMMENT ON COLUMN midi_schedules.time_zone IS 'Time zone of the cron expression';
COMMENT ON COLUMN midi_schedules.workers IS 'Processes that share each run';
COMMENT ON COLUMN midi_schedules.role IS 'Name of the role that called, as which the runs act';
COMMENT ON COLUMN midi_schedules.role_oid IS
    'Number of that role; NULL in a restored row, which rests until that role schedules it anew';
COMMENT ON COLUMN midi_schedules.settings IS 'Settings of the caller, which hold in the runs';
COMMENT ON COLUMN midi_schedules.next_at IS 'When it is due next; NULL for one that is over';
COMMENT ON COLUMN midi_schedules.last_job IS 'Job of the last run';
COMMENT ON COLUMN midi_schedules.failures IS 'How often it could not run since it last did';
COMMENT ON COLUMN midi_schedules.failed_at IS 'When it could not; NULL once it has run again';
COMMENT ON COLUMN midi_schedules.last_error IS 'Why it could not; NULL once it has run again';

COMMENT ON VIEW midi_import_progress IS
    'How the jobs are getting on: those of the role that asks, all for the database''s owner';
COMMENT ON COLUMN midi_import_progress.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_progress.done IS 'Files that have their state: the sum of the next six';
COMMENT ON COLUMN midi_import_progress.files_per_second IS
    'Mean rate since the work was begun or last resumed';
COMMENT ON COLUMN midi_import_progress.eta IS
    'Time to the end at that rate; NULL until all files are listed';
DO $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT attname, pg_catalog.col_description(attrelid, attnum) AS comment
        FROM pg_catalog.pg_attribute a
        WHERE attrelid OPERATOR(pg_catalog.=) 'midi_import_jobs'::regclass
          AND NOT attisdropped AND attnum OPERATOR(pg_catalog.>) 0::smallint
          AND EXISTS (SELECT FROM pg_catalog.pg_attribute b
                      WHERE b.attrelid OPERATOR(pg_catalog.=) 'midi_import_progress'::regclass
                        AND b.attname OPERATOR(pg_catalog.=) a.attname)
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_import_progress.%I IS %L',
                                  place.attname, place.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN midi_import_progress.state IS
    'pending, running, finished, cancelled or failed; interrupted where no worker is at it';

COMMENT ON VIEW midi_index_profiles IS
    'The indexes of the library: what each is, the query it serves, and whether it is there';
COMMENT ON COLUMN midi_index_profiles.index_name IS 'Name of the index';
COMMENT ON COLUMN midi_index_profiles.profile IS
    'default, search or all: the smallest profile that has it; each holds the ones before it';
COMMENT ON COLUMN midi_index_profiles.relation IS 'Table that it is on';
COMMENT ON COLUMN midi_index_profiles.requires IS 'Extension that it needs';
COMMENT ON COLUMN midi_index_profiles.comment IS 'What it is for, in words';
COMMENT ON COLUMN midi_index_profiles.serves IS 'A query that it serves';
COMMENT ON COLUMN midi_index_profiles.definition IS 'The statement that makes it';
COMMENT ON COLUMN midi_index_profiles.state IS
    'built, missing, or invalid: left by a CREATE INDEX CONCURRENTLY that failed';

COMMENT ON INDEX midi_files_path_digest_idx IS 'Is this path known?';
COMMENT ON INDEX midi_import_chunks_free_idx IS 'Which batch of files is nobody''s yet?';

COMMENT ON FUNCTION midi_analyze(content bytea) IS
    'Describes one piece of music, from the bytes of its MIDI file';
COMMENT ON FUNCTION midi_analyze(path text) IS
    'Describes one piece of music, from a MIDI file on the server';
COMMENT ON FUNCTION midi_notes(content bytea) IS
    'Notes of one piece, in order of time, from the bytes of its MIDI file';
COMMENT ON FUNCTION midi_notes(path text) IS
    'Notes of one piece, in order of time, from a MIDI file on the server';
COMMENT ON FUNCTION midi_events(content bytea) IS
    'Events of one piece, every one of them, from the bytes of its MIDI file';
COMMENT ON FUNCTION midi_events(path text) IS
    'Events of one piece, every one of them, from a MIDI file on the server';
COMMENT ON FUNCTION midi_tracks(content bytea) IS
    'Tracks of one piece, from the bytes of its MIDI file';
COMMENT ON FUNCTION midi_tracks(path text) IS
    'Tracks of one piece, from a MIDI file on the server';
COMMENT ON FUNCTION midi_keys(content bytea) IS
    'The keys that a piece passes through, as heard, each with its confidence';
COMMENT ON FUNCTION midi_keys(path text) IS
    'The keys that a piece on the server passes through, as heard, each with its confidence';
COMMENT ON FUNCTION midi_chords(content bytea) IS
    'The chords of a piece, as heard: Harte symbols, and degrees in its key';
COMMENT ON FUNCTION midi_chords(path text) IS
    'The chords of a piece on the server, as heard: Harte symbols, and degrees in its key';
COMMENT ON FUNCTION midi_beats(content bytea) IS
    'The beats of a piece: the declared ones where they are the music''s, else those heard';
COMMENT ON FUNCTION midi_beats(path text) IS
    'The beats of a piece on the server: the declared ones where they are the music''s, else those heard';
COMMENT ON FUNCTION midi_melody(content bytea) IS
    'The line of a piece that a listener would sing';
COMMENT ON FUNCTION midi_melody(path text) IS
    'The line of a piece on the server that a listener would sing';
COMMENT ON FUNCTION midi_find_melody(melody text, max_results integer) IS
    'Files with a melody, given as note names or MIDI pitches, in any key, with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_find_melody(melody integer[], max_results integer) IS
    'Files with a melody, given as MIDI pitches, in any key, with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_find_melody(content bytea, max_results integer) IS
    'Files with the melody of a MIDI file, up to 64 notes of it, in any key, with a note wrong, missing or added; best first';
COMMENT ON FUNCTION midi_features(content bytea) IS
    'The features of jSymbolic 2.2 of one piece, from the bytes of its MIDI file; NULL where it has nothing to measure';
COMMENT ON FUNCTION midi_features(path text) IS
    'The features of jSymbolic 2.2 of one piece on the server; NULL where it has nothing to measure';
COMMENT ON FUNCTION midi_feature_catalog() IS
    'What midi_features gives: code in the manual of jSymbolic 2.2, name, number of values and definition of each feature';
COMMENT ON FUNCTION midi_tempo_map(content bytea) IS
    'Spans of one tempo and one meter in one piece, from the bytes of its MIDI file';
COMMENT ON FUNCTION midi_tempo_map(path text) IS
    'Spans of one tempo and one meter in one piece, from a MIDI file on the server';
COMMENT ON FUNCTION midi_import(source text) IS
    'Imports a MIDI file, or all those below a directory or in an archive, from the server';
COMMENT ON FUNCTION midi_import(name text, content bytea) IS
    'Imports one piece from the bytes of its MIDI file into the library, under a name';
COMMENT ON FUNCTION midi_reanalyze(source text) IS
    'Imports a file or directory, and analyzes anew what an older version of the analyzer has analyzed';
COMMENT ON FUNCTION midi_similar(file_id bigint, max_results integer) IS
    'The files of the library whose music is most like that of a file, nearest first';
COMMENT ON FUNCTION midi_similar_to(content bytea, max_results integer) IS
    'The files of the library whose music is most like that of a MIDI file''s bytes, nearest first';
COMMENT ON FUNCTION midi_embedding_axes(embedding real[]) IS
    'An embedding along the six axes in which pieces differ most, for an index; NULL where it is none';
COMMENT ON FUNCTION midi_distance(a real[], b real[]) IS
    'Euclidean distance of two embeddings: 0 for the same, under 1.5 for any';
COMMENT ON FUNCTION midi_import_start(source text, workers integer, defer_indexes boolean) IS
    'Starts an import in the background, which commits batch by batch; answers the number of the job';
COMMENT ON FUNCTION midi_import_cancel(job bigint) IS
    'Cancels a job; true if it had not ended. What it has committed stays';
COMMENT ON FUNCTION midi_import_wait(job bigint, timeout interval) IS
    'Waits until a job has ended, at most so long, and answers its state';
COMMENT ON FUNCTION
    midi_schedule(name text, source text, every interval, cron text, workers integer) IS
    'Has a source imported time and again, by the launcher; answers when first';
COMMENT ON FUNCTION midi_unschedule(name text) IS
    'Removes a schedule; true if there was one. A job of it that is under way goes on';
COMMENT ON FUNCTION midi_tuning_advice() IS
    'What the server''s settings should be for this machine and this library, with the reasons';
COMMENT ON FUNCTION midi_create_indexes(profile text) IS
    'Makes the indexes of a profile (default, search, all) that are missing, and says what became of each';
COMMENT ON FUNCTION midi_drop_indexes(profile text) IS
    'Drops the indexes of a profile and of the larger ones, and says which';
COMMENT ON FUNCTION midi_words(texts text[]) IS
    'The words of texts for full text search, in any case, as the indexes hold them';
COMMENT ON FUNCTION midi_words_query(phrase text, prefix boolean) IS
    'The query for a phrase in midi_words; with prefix, its last word may go on';
COMMENT ON FUNCTION midi_progression_grams(progression text[]) IS
    'The runs of one, two and three chords in a progression, as the index holds them';
COMMENT ON FUNCTION
    midi_progression_position(progression text[], moments bytea, wanted text, rotated boolean) IS
    'Which chord of a piece begins the progression that is wanted, from 1; with rotated, that begins a rotation which it goes round in';
COMMENT ON FUNCTION midi_find_progression(progression text, max_results integer) IS
    'The pieces that have a progression such as ii V I, in any key: score 1; in a loop that is entered elsewhere: 0.5';
COMMENT ON FUNCTION midi_fingerprint_similarity(a integer[], b integer[]) IS
    'What two fingerprints have in common, 0 to 1: from 0.25 on they are of the same music';
COMMENT ON FUNCTION midi_fingerprint_bands(fingerprint integer[]) IS
    'Numbers of which two fingerprints of the same music share at least one, as the index holds them';
COMMENT ON VIEW midi_duplicates IS
    'Pairs of files with the same music, each pair both ways: exact copies, and near duplicates in other bytes';
COMMENT ON COLUMN midi_duplicates.file_id IS 'Number of a file in midi_files';
COMMENT ON COLUMN midi_duplicates.path IS 'Its path';
COMMENT ON COLUMN midi_duplicates.other_file_id IS 'Number of a file with the same music';
COMMENT ON COLUMN midi_duplicates.other_path IS 'Its path';
COMMENT ON COLUMN midi_duplicates.kind IS
    'exact for the same bytes; near for the same music in another key, tempo, order of tracks, export, or with notes lost';
COMMENT ON COLUMN midi_duplicates.similarity IS '1 for exact; else that of the fingerprints, from 0.25 on';
COMMENT ON FUNCTION midi_search(query text, max_results integer) IS
    'Finds music by a line such as: bpm:120..130 key:C,G drums:yes tag:rock progression:"ii V I" sort:-complexity moonlight';
COMMENT ON FUNCTION midi_search_sql(query text, max_results integer) IS
    'The SQL that midi_search runs, with the values as literals';
COMMENT ON FUNCTION midi_to_jsonb(analysis midi_analysis) IS
    'The row as jsonb; IMMUTABLE, for generated columns and indexes';
COMMENT ON CAST (midi_analysis AS jsonb) IS
    'midi_analyze(content)::jsonb, IMMUTABLE, for generated columns and indexes';
COMMENT ON FUNCTION midi_guard() IS
    'Trigger that keeps the tables of jobs and schedules for the extension to write';
COMMENT ON FUNCTION midi_pipeline_version() IS
    'Version of the loaded library, its source revision, and the PostgreSQL it was built for';
