-- The queries that scripts/try shows after the import.
\pset footer off
\pset null '-'

\echo Files found, by their states
SELECT found, imported, duplicate, unchanged, failed, skipped, vanished, round(seconds::numeric, 2) AS seconds
FROM midi_import(:'folder');

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

\echo Files that could not be read, and why
SELECT filename, error FROM midi_files WHERE state = 'failed' ORDER BY path LIMIT 5;
