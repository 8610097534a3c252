-- Comments on the type midi_analysis and its columns. library.sql copies them to the relations that have
-- the same columns.

COMMENT ON TYPE midi_analysis IS 'Analysis of one piece of music, from its MIDI file alone';

-- file
COMMENT ON COLUMN midi_analysis.format IS
    'SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns';
COMMENT ON COLUMN midi_analysis.ticks_per_quarter IS
    'Ticks per quarter note; NULL if the file counts time in SMPTE frames';
COMMENT ON COLUMN midi_analysis.track_count IS
    'Number of tracks in the file, which may differ from the number in its header';
COMMENT ON COLUMN midi_analysis.event_count IS
    'Number of events of any kind';
COMMENT ON COLUMN midi_analysis.note_count IS
    'Number of notes: note-on events with a velocity above zero';
COMMENT ON COLUMN midi_analysis.size_bytes IS
    'Size of the file in bytes, before decompression';
COMMENT ON COLUMN midi_analysis.warnings IS
    'Each repair made while reading the file, in words; empty for an undamaged file';

-- time
COMMENT ON COLUMN midi_analysis.duration_s IS
    'Duration in seconds, to the end of the last note';
COMMENT ON COLUMN midi_analysis.duration_beats IS
    'Duration in quarter notes; NULL if the file counts time in SMPTE frames';
COMMENT ON COLUMN midi_analysis.bar_count IS
    'Number of bars: estimated if the notes do not follow the declared bars, in 4/4 if none are declared; NULL without beats';
COMMENT ON COLUMN midi_analysis.bpm IS
    'Tempo in quarter notes per minute, median over time: declared if the notes follow it, else estimated; NULL with too few notes';
COMMENT ON COLUMN midi_analysis.beat_bpm IS
    'Beats per minute as a listener taps them: dotted quarter notes in 6/8, half notes in 2/2';
COMMENT ON COLUMN midi_analysis.bpm_confidence IS
    'Probability that bpm is the tempo of the music, from 0 to 1';
COMMENT ON COLUMN midi_analysis.bpm_declared IS
    'Declared tempo in quarter notes per minute, median over time; NULL if the file declares none';
COMMENT ON COLUMN midi_analysis.bpm_min IS
    'Slowest declared tempo in which music sounds, in quarter notes per minute; NULL if the file declares none';
COMMENT ON COLUMN midi_analysis.bpm_max IS
    'Fastest declared tempo in which music sounds, in quarter notes per minute; NULL if the file declares none';
COMMENT ON COLUMN midi_analysis.tempo_change_count IS
    'Number of changes of the declared tempo while music sounds';

-- meter
COMMENT ON COLUMN midi_analysis.time_signature_numerator IS
    'Beats per bar: of the meter declared for the longest time, or estimated if the file declares none or the notes contradict a declared 4/4; NULL with too few notes';
COMMENT ON COLUMN midi_analysis.time_signature_denominator IS
    'Note value of the beat in this meter: 4 is a quarter note';
COMMENT ON COLUMN midi_analysis.time_signature_confidence IS
    'Probability of an estimated meter, from 0 to 1, or of a declared 4/4 whose beats are estimated; NULL for another declared one';
COMMENT ON COLUMN midi_analysis.time_signature_declared IS
    'Whether the file declares this meter';
COMMENT ON COLUMN midi_analysis.time_signature_change_count IS
    'Number of changes of the declared meter while music sounds';

-- key
COMMENT ON COLUMN midi_analysis.key_signature IS
    'Key estimated from the notes, such as C major or F# minor; NULL with fewer than three pitch classes';
COMMENT ON COLUMN midi_analysis.key_confidence IS
    'Probability that this is the key, from 0 to 1';
COMMENT ON COLUMN midi_analysis.key_alternatives IS
    'Up to three other keys that the piece may be in, the likeliest first; empty if no other is likely or there is no key';
COMMENT ON COLUMN midi_analysis.key_alternative_shares IS
    'Probability of each of key_alternatives, from 0.05 upwards';
COMMENT ON COLUMN midi_analysis.key_declared IS
    'First key that the file declares, often a default of the software; NULL if it declares none';
COMMENT ON COLUMN midi_analysis.key_change_count IS
    'Number of changes of the estimated key; NULL without a key';
COMMENT ON COLUMN midi_analysis.pitch_class_histogram IS
    'Share of each pitch class, C to B, weighted by duration; NULL without pitched notes';

-- pitch
COMMENT ON COLUMN midi_analysis.pitch_min IS
    'Lowest MIDI pitch without drums: 60 is middle C';
COMMENT ON COLUMN midi_analysis.pitch_max IS
    'Highest MIDI pitch without drums';
COMMENT ON COLUMN midi_analysis.pitch_mean IS
    'Mean MIDI pitch without drums';
COMMENT ON COLUMN midi_analysis.ambitus IS
    'Semitones from the lowest to the highest pitch';

-- texture
COMMENT ON COLUMN midi_analysis.polyphony_max IS
    'Maximum number of simultaneous notes';
COMMENT ON COLUMN midi_analysis.polyphony_mean IS
    'Mean number of simultaneous notes, over the time in which any sounds';
COMMENT ON COLUMN midi_analysis.note_density IS
    'Notes per second';
COMMENT ON COLUMN midi_analysis.velocity_min IS
    'Lowest velocity, 1 to 127';
COMMENT ON COLUMN midi_analysis.velocity_max IS
    'Highest velocity, 1 to 127';
COMMENT ON COLUMN midi_analysis.velocity_mean IS
    'Mean velocity';
COMMENT ON COLUMN midi_analysis.velocity_stddev IS
    'Standard deviation of the velocities';

-- timing
COMMENT ON COLUMN midi_analysis.is_quantized IS
    'Whether the onsets are on the grid of the file; NULL with fewer than eight onsets';
COMMENT ON COLUMN midi_analysis.timing_deviation_ms IS
    'Mean distance of the notes from the nearest sixteenth note or triplet of the beat, in milliseconds; NULL without beats';
COMMENT ON COLUMN midi_analysis.swing_ratio IS
    'Ratio of the durations in pairs of eighth (or sixteenth) notes, first to second: 1 is straight, 2 is triplets; NULL with few pairs';
COMMENT ON COLUMN midi_analysis.syncopation IS
    'Weighted note-to-beat distance of Gómez et al. 2005: 0 if all notes are on the beat; NULL without beats';

-- structure
COMMENT ON COLUMN midi_analysis.loop_bars IS
    'Length in bars of the loop that the piece repeats; NULL if it does not loop';
COMMENT ON COLUMN midi_analysis.repeated_share IS
    'Share of the bars that repeat an earlier bar, from 0 to 1; NULL with fewer than two bars';
COMMENT ON COLUMN midi_analysis.section_count IS
    'Number of sections, as in midi_sections';
COMMENT ON COLUMN midi_analysis.form IS
    'Labels of the sections, such as AABA: those that are alike have one letter; A'' is a varied repeat of A';

-- harmony
COMMENT ON COLUMN midi_analysis.chord_types IS
    'Distinct chord qualities, such as maj, min7 or sus4, by total duration, longest first';
COMMENT ON COLUMN midi_analysis.chord_progression IS
    'Roman numerals of the chords in the key of the moment, without repetitions; the first thousand';
COMMENT ON COLUMN midi_analysis.chord_moments IS
    'Time, bar, key and qualities of each chord in chord_progression, in a binary format; for midi_find_progression';
COMMENT ON COLUMN midi_analysis.chord_count IS
    'Number of chords estimated; NULL without chords';
COMMENT ON COLUMN midi_analysis.chords_per_bar IS
    'Mean number of chords per bar; NULL without chords or bars';

-- instruments
COMMENT ON COLUMN midi_analysis.instruments IS
    'General MIDI programs that play notes, 0 to 127';
COMMENT ON COLUMN midi_analysis.instrument_names IS
    'General MIDI names of these programs';
COMMENT ON COLUMN midi_analysis.instrument_families IS
    'General MIDI families of these programs';
COMMENT ON COLUMN midi_analysis.has_drums IS
    'Whether drums play: on a channel that the file declares to be one of drums, else on channel 10, or on any channel that its notes, its name, or where they leave it open the name of the file, show to be one of drums';
COMMENT ON COLUMN midi_analysis.drum_notes IS
    'MIDI pitches of the percussion notes: 36 is the bass drum';
COMMENT ON COLUMN midi_analysis.drum_pieces IS
    'Pieces of the drum kit that play: kick, snare, clap, hi-hat, open hi-hat, tom, crash, ride, cowbell, percussion';
COMMENT ON COLUMN midi_analysis.drum_pattern IS
    'Most frequent one-bar drum pattern, a line for each piece of the kit, x for a hit; NULL without drums or beats';
COMMENT ON COLUMN midi_analysis.drum_fill_bars IS
    'Numbers of the bars that contain a drum fill, from 1';

-- controllers
COMMENT ON COLUMN midi_analysis.controllers IS
    'Numbers of the controllers that the file uses';
COMMENT ON COLUMN midi_analysis.controller_data IS
    'Name, count, minimum, maximum and mean of each controller';
COMMENT ON COLUMN midi_analysis.pitch_bend_count IS
    'Number of pitch bend events';
COMMENT ON COLUMN midi_analysis.has_sustain IS
    'Whether the file uses the sustain pedal';

-- text
COMMENT ON COLUMN midi_analysis.track_names IS
    'Names of the tracks that have one';
COMMENT ON COLUMN midi_analysis.lyrics IS
    'Lyrics with their lines: of voices that sing together one after the other, each once';
COMMENT ON COLUMN midi_analysis.lyrics_language IS
    'Language of the lyrics that the file declares, as an ISO 639-1 code';
COMMENT ON COLUMN midi_analysis.markers IS
    'Markers, such as the names of sections, in order of time';
COMMENT ON COLUMN midi_analysis.title IS
    'Title of the song that the file declares: Soft Karaoke, RP-026, RMID, Yamaha XF; not the name of a track';
COMMENT ON COLUMN midi_analysis.artist IS
    'Artist or author that the file declares in the same places';
COMMENT ON COLUMN midi_analysis.copyright IS
    'Copyright notice';
COMMENT ON COLUMN midi_analysis.text_encoding IS
    'Encoding in which most of the texts were found to be: US-ASCII, or a name of the WHATWG Encoding Standard or of IANA';

-- judgement
COMMENT ON COLUMN midi_analysis.complexity IS
    'Complexity from 0 to 100: 25 pitch + 25 rhythm + 20 harmony + 20 polyphony + 10 change, of complexity_parts';
COMMENT ON COLUMN midi_analysis.complexity_parts IS
    'Complexity of pitch, rhythm, harmony, polyphony and change, from 0 to 1 each';
COMMENT ON COLUMN midi_analysis.tags IS
    'Words for genre, mood, role and instrument in track names, markers and first texts; and tags from the notes: solo piano, drums only, monophonic, lyrics, karaoke';

-- search
COMMENT ON COLUMN midi_analysis.embedding IS
    'Vector of 66 numbers that describe harmony, bass, rhythm, melody and instruments, for comparing pieces; NULL without a key';
COMMENT ON COLUMN midi_analysis.melody_ngrams IS
    'Distinct n-grams of the melody and up to two more lines, starting at every second note: seven intervals modulo the octave, as digits to the base 12';
COMMENT ON COLUMN midi_analysis.melody_lines IS
    'Pitch, time and bar of each note in these lines, in a binary format; for midi_find_melody';
COMMENT ON COLUMN midi_analysis.fingerprint IS
    '64 hashes that identify the same music in other files, see midi_fingerprint_similarity; NULL with too few notes';
