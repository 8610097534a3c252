-- The queries that scripts/try shows after the import.
\pset footer off
\pset null '-'

\echo Files found, by their states
SELECT found, imported, duplicate, unchanged, failed, skipped, vanished, round(seconds::numeric, 2) AS seconds
FROM midi_import(:'folder');

SELECT EXISTS (SELECT FROM midi_library) AS has_pieces \gset
\if :has_pieces

\echo Pieces: key, tempo and length
SELECT filename, key_signature, round(bpm) AS bpm,
       time_signature_numerator || '/' || time_signature_denominator AS meter,
       round(duration_s::numeric, 1) AS seconds, note_count AS notes
FROM midi_library
ORDER BY filename
LIMIT 10;

\echo The most frequent instruments
SELECT instrument, count(*) AS pieces
FROM midi_library, unnest(instrument_names) AS instrument
GROUP BY instrument
ORDER BY pieces DESC, instrument
LIMIT 8;

\echo The most frequent keys
SELECT key_signature, count(*) AS pieces, round(avg(bpm)::numeric) AS mean_bpm
FROM midi_library
WHERE key_signature IS NOT NULL
GROUP BY key_signature
ORDER BY pieces DESC, key_signature
LIMIT 8;

\echo Lyrics
SELECT filename, left(regexp_replace(lyrics, '\s+', ' ', 'g'), 60) AS lyrics
FROM midi_library
WHERE lyrics IS NOT NULL
ORDER BY filename
LIMIT 5;

\else
\echo The library is empty: no file there could be read as MIDI.
\echo Run scripts/try with a folder that has some, or without one, for the pieces that come with the project.
\echo
\endif

\echo Files that could not be read, and why
SELECT filename, error FROM midi_files WHERE state = 'failed' ORDER BY path LIMIT 5;

-- Queries that find something in this library, as its pieces are.
\if :has_pieces
\echo Queries to try on this library
\pset tuples_only on
\pset format unaligned
WITH kind (place, query) AS (
    -- The first notes of a melody.
    (SELECT 1, format('SELECT path, bar FROM midi_find_melody(%L);', string_agg(
                      (ARRAY['C','C#','D','Eb','E','F','F#','G','Ab','A','Bb','B'])[n.pitch % 12 + 1] || n.pitch / 12 - 1, ' '
                      ORDER BY n.note_no))
     FROM (SELECT file_id FROM midi_library WHERE note_count BETWEEN 50 AND 5000 ORDER BY (lyrics IS NULL), file_id LIMIT 1)
              AS piece,
          midi_melody(piece.file_id) AS n
     WHERE n.note_no <= 9
     HAVING count(*) = 9)
    UNION ALL
    -- The most frequent key with the most frequent instrument in it.
    (SELECT 2, format('SELECT filename, round(bpm) AS bpm FROM midi_search(%L);',
                      format('key:"%s" instrument:"%s" sort:-complexity', l.key_signature, instrument))
     FROM midi_library l, unnest(l.instrument_names) AS instrument
     WHERE l.key_signature IS NOT NULL
     GROUP BY l.key_signature, instrument
     ORDER BY count(*) DESC, l.key_signature, instrument
     LIMIT 1)
    UNION ALL
    -- The most frequent beginning of a progression.
    (SELECT 3, format('SELECT path, bar, key FROM midi_find_progression(%L);',
                      array_to_string(chord_progression[1:4], ' '))
     FROM midi_library
     WHERE cardinality(chord_progression) >= 4 AND array_position(chord_progression[1:4], NULL) IS NULL
     GROUP BY chord_progression[1:4]
     ORDER BY count(*) DESC, chord_progression[1:4]
     LIMIT 1)
    UNION ALL
    -- A piece that has a near one, which is no copy of it.
    (SELECT 4, format('SELECT path, distance FROM midi_similar(%s);', piece.file_id)
     FROM (SELECT file_id, content_hash FROM midi_library_music WHERE embedding IS NOT NULL ORDER BY file_id LIMIT 20)
              AS piece,
          midi_similar(piece.file_id, 5) AS near
          JOIN midi_library l ON l.file_id = near.file_id
     WHERE l.content_hash <> piece.content_hash AND near.distance < 0.3
     ORDER BY near.distance, piece.file_id
     LIMIT 1)
    UNION ALL
    (SELECT 5, 'SELECT filename, note_count FROM midi_search(''sort:-notes'');')
)
SELECT '    ' || query FROM kind ORDER BY place LIMIT 3;
\endif

-- What is in the library, as a page.
\o :report
SELECT midi_library_report();
\o
