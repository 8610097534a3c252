-- Fills a library with `:rows` made-up pieces, spread as real ones are, or nearly. Each number gives the same piece at
-- any time. Used by scripts/indexes and by the tests of the indexes; never part of the extension.

-- Phrases of 48 notes that tunes are made of: a walk over the notes of a scale, mostly by steps, packed and cut into
-- n-grams as midi_analyze does it. Pieces share phrases, and phrases the turns that every tune has.
CREATE FUNCTION pg_temp.phrase(number integer, OUT line bytea, OUT ngrams integer[]) LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT integer[] := '{0,0,0,0,0,1,1,1,1,1,1,-1,-1,-1,-1,-1,-1,-1,2,2,2,-2,-2,-2,3,-3,4,-4,5,7}';
    scale CONSTANT integer[] := '{0,2,4,5,7,9,11}';
    degree integer := 14 + floor(14 * random());
    step integer := 0;
    pitch integer;
    last integer;
    code integer := 0;
    pitches text := '';
BEGIN
    FOR note IN 1..48 LOOP
        IF random() > 0.15 THEN
            step := steps[1 + floor(30 * random())::int];
        END IF;
        degree := degree + CASE WHEN degree + step BETWEEN 7 AND 34 THEN step ELSE -step END;
        pitch := 36 + 12 * (degree / 7) + scale[1 + degree % 7];
        pitches := pitches || to_hex(pitch);
        code := coalesce(code % 2985984 * 12 + (pitch - last + 120) % 12, 0);
        IF note >= 8 AND note % 2 = 0 THEN
            ngrams[note / 2 - 3] := code;
        END IF;
        last := pitch;
    END LOOP;
    -- A note every half second, a bar every four seconds.
    line := '\x3036' || decode(pitches || repeat('650164646464646464', 6), 'hex');
END
$$;
-- Neither distinct nor in order, which would take long; the index accepts both.
CREATE AGGREGATE pg_temp.joined(integer[]) (SFUNC = array_cat, STYPE = integer[]);
SELECT setseed(0.5);
CREATE TEMP TABLE phrases AS
SELECT n AS id, line, ngrams FROM generate_series(1, :rows / 2 + 1) AS n, LATERAL pg_temp.phrase(n);
ALTER TABLE phrases ADD PRIMARY KEY (id);
ANALYZE phrases;

SELECT setseed(0.5);

-- Embeddings that those of pieces lie between: spread along six directions as real ones are, and a little off them.
CREATE TEMP TABLE directions AS
SELECT place, ARRAY(SELECT 0.43 * (random() - 0.5) + 0 * place FROM generate_series(1, 6)) AS parts
FROM generate_series(1, 66) AS place;
CREATE TEMP TABLE likes AS
SELECT n AS id, ARRAY(
    SELECT 0.08 + 0.11 * (random() - 0.5) + (SELECT sum(part * axis) FROM unnest(parts, axes) AS u (part, axis))
    FROM generate_series(1, 66) AS places (place),
    LATERAL (SELECT directions.parts AS axes FROM directions WHERE directions.place = places.place) AS axis
    ORDER BY place) AS numbers
FROM generate_series(1, 3000) AS n,
LATERAL (SELECT ARRAY(SELECT 2 * spread * (random() + random() + random() - 1.5) + 0 * n
                      FROM unnest('{0.22,0.17,0.14,0.11,0.09,0.08}'::float8[]) AS spread) AS parts) AS place;
ALTER TABLE likes ADD PRIMARY KEY (id);

INSERT INTO midi_files (path, path_digest, filename, size_bytes, content_hash, state, imported_at, analyzed_at, tags)
SELECT '/music/' || i % 1000 || '/' || name, sha256(('path ' || i)::bytea), name, 10000 + i % 5000,
       CASE WHEN i % 500 <> 0 THEN sha256(i::text::bytea) END,
       CASE WHEN i % 500 = 0 THEN 'failed' ELSE 'imported' END,
       at, at,
       CASE WHEN i % 997 = 0 THEN '{polka}'::text[] WHEN i % 3 = 0 THEN '{pop}' ELSE '{}' END
FROM generate_series(1, :rows) AS i,
LATERAL (SELECT timestamptz '2024-01-01' + i * interval '182 days' / :rows AS at) AS time,
LATERAL (SELECT concat_ws(' ',
    (ARRAY['Blue','Red','Green','Silver','Golden','Quiet','Broken','Distant','Summer','Winter','Little','Last'])[1 + i * 7 % 12],
    (ARRAY['River','Road','Train','Garden','Dance','Song','Letter','Window','Harbour','Morning','Night','Rain','Waltz'])[1 + i * 5 % 13],
    CASE WHEN i % 4711 = 0 THEN 'Moonlight Sonata' END, i) || '.mid' AS name) AS named;

CREATE TEMP TABLE music (content_hash bytea, analyzer_version integer, LIKE midi_analysis);
INSERT INTO music (content_hash, format, ticks_per_quarter, track_count, event_count, note_count, size_bytes,
    warnings, duration_s, duration_beats, bar_count, bpm, beat_bpm, tempo_change_count, time_signature_numerator,
    time_signature_denominator, key_signature, chord_types, chord_progression, chord_moments, chord_count, instruments,
    instrument_names, instrument_families, has_drums, controllers, controller_data, track_names, lyrics, markers,
    copyright, complexity, tags, embedding, melody_ngrams, melody_lines, fingerprint, analyzer_version)
SELECT sha256(i::text::bytea), 1, CASE i % 3 WHEN 0 THEN 96 ELSE 480 END, 1 + (random() * 15)::int,
       (random() * 20000)::int, (random() * 10000)::int, 10000 + i % 5000,
       CASE WHEN i % 300 = 0 THEN '{track cut short}'::text[] ELSE '{}' END,
       random() * 400, random() * 800, (random() * 200)::int, bpm, bpm, (random() * random() * 30)::int,
       CASE WHEN i % 50 = 0 THEN 7 WHEN i % 5 = 0 THEN 3 ELSE 4 END, CASE WHEN i % 50 = 0 THEN 8 ELSE 4 END,
       (ARRAY['C','Db','D','Eb','E','F','F#','G','Ab','A','Bb','B'])[1 + floor(random() * 12)::int]
           || CASE WHEN random() < 0.3 THEN ' minor' ELSE ' major' END,
       CASE WHEN i % 100 = 0 THEN '{maj,min,minmaj7}'::text[] WHEN i % 3 = 0 THEN '{maj,min,7}' ELSE '{maj}' END,
       CASE WHEN i % 10 = 0 THEN '{I,V,vi,IV,I,V,vi,IV,I,V,vi,IV,I,V,vi,IV,IV,I,V,vi,IV,I,V,I}'::text[] ELSE
       ARRAY(SELECT (ARRAY['I','ii','iii','IV','V','vi','vii','bVII','bIII','iv','#iv','bvi'])
                    [1 + floor(12 * power(random(), 2) + 0 * i)::int] FROM generate_series(1, 24)) END,
       substring(moments, 1 + i % 97 * 10, 240), 24, CASE WHEN i % 200 = 0 THEN ARRAY[programs, 40, 105] ELSE ARRAY[programs, 0] END::smallint[], '{}', '{}', random() < 0.5, '{7,71}',
       jsonb_build_object('7', jsonb_build_object('name', 'Channel Volume', 'min', i % 128),
                          '71', jsonb_build_object('name', 'Timbre', 'min', i % 127)),
       ARRAY['Track ' || i % 20, (ARRAY['Melody','Bass','Drums','Strings'])[1 + i % 4]],
       CASE WHEN i % 1999 = 0 THEN 'Row, row, row your boat, gently down the stream' END, '{}',
       CASE WHEN i % 10 = 0 THEN 'Somebody ' || i % 700 END, random() * 100,
       CASE WHEN i % 250 = 0 THEN '{waltz}'::text[] ELSE '{pop}' END,
       ARRAY(SELECT (one + (other - one) * nearer)::real
             FROM unnest((SELECT numbers FROM likes WHERE id = mix[1]), (SELECT numbers FROM likes WHERE id = mix[2])) AS u (one, other)),
       melody.ngrams, melody.lines,
       -- Each fiftieth is the one before it in other bytes; a style of ten thousand has a slot in four in common.
       ARRAY(SELECT hashint8(slot + CASE WHEN hashint8(slot + 64 * same) % 4 = 0 THEN 64 * (same % 100) ELSE 64000 * same END)
             FROM generate_series(1, 64) AS slot), 1
FROM generate_series(1, :rows) AS i,
LATERAL (SELECT CASE WHEN i % 50 = 0 THEN i - 1 ELSE i END::bigint AS same) AS music,
LATERAL (SELECT 60 + 140 * random() + 0 * i AS bpm) AS tempo,
LATERAL (SELECT (127 * random() * random() + 0 * i)::int::smallint AS programs) AS sound,
LATERAL (SELECT ARRAY[1 + floor(3000 * random()), 1 + floor(3000 * random() + 0 * i)]::integer[] AS mix, random() + 0 * i AS nearer) AS like_two,
LATERAL (SELECT ARRAY(SELECT 1 + floor(:rows / 2 * power(random(), 2) + 0 * i)::int FROM generate_series(1, 8)) AS tune) AS chosen,
LATERAL (SELECT pg_temp.joined(ngrams) AS ngrams, string_agg(line, NULL) AS lines FROM phrases WHERE id = ANY (tune)) AS melody,
-- A chord every two seconds, in a bar and a key, with the quality of a triad or of one more.
(SELECT decode(string_agg(
     concat(lpad(to_hex(2000 * n & 255), 2, '0'), lpad(to_hex(2000 * n >> 8 & 255), 2, '0'),
            lpad(to_hex(2000 * n >> 16), 2, '0'), '00', lpad(to_hex(n), 2, '0'), '00', lpad(to_hex(n % 24), 2, '0'),
            lpad(to_hex(n * n * 7919 & n * n * 104729 & 255), 2, '0'), lpad(to_hex(n * n * 15485863::bigint >> 7 & 15), 2, '0'), '00'), '' ORDER BY n), 'hex') AS moments
 FROM generate_series(1, 121) AS n) AS harmony
WHERE i % 500 <> 0;

INSERT INTO musical_metadata (content_hash, format, ticks_per_quarter, track_count, event_count, note_count, size_bytes, warnings, duration_s,
    duration_beats, bar_count, bpm, beat_bpm, tempo_change_count, time_signature_numerator,
    time_signature_denominator, key_signature, chord_types, chord_progression, chord_count, instruments,
    instrument_names, instrument_families, has_drums, controllers, controller_data, track_names, lyrics, markers,
    copyright, complexity, tags, analyzer_version)
SELECT content_hash, format, ticks_per_quarter, track_count, event_count, note_count, size_bytes, warnings, duration_s,
    duration_beats, bar_count, bpm, beat_bpm, tempo_change_count, time_signature_numerator,
    time_signature_denominator, key_signature, chord_types, chord_progression, chord_count, instruments,
    instrument_names, instrument_families, has_drums, controllers, controller_data, track_names, lyrics, markers,
    copyright, complexity, tags, analyzer_version
FROM music;
INSERT INTO musical_search (content_hash, chord_moments, embedding, melody_ngrams, melody_lines, fingerprint)
SELECT content_hash, chord_moments, embedding, melody_ngrams, melody_lines, fingerprint FROM music;

-- Three parts each, which are told apart by their roles alone.
INSERT INTO midi_parts_library (content_hash, part_no, track, port, channel, program, role, note_count, first_bar, bars,
    loop_bars, pitch_min, pitch_max, polyphony, key, is_drum)
SELECT content_hash, part_no, part_no, 0, part_no, CASE WHEN role <> 'drums' THEN 0 END, role, 200, 1, played.bars,
       played.loop_bars,
       CASE WHEN role <> 'drums' THEN 30 END, CASE WHEN role <> 'drums' THEN 90 END,
       CASE WHEN role <> 'drums' THEN 1 END, CASE WHEN role <> 'drums' THEN key_signature END, role = 'drums'
FROM music, generate_series(1, 3) AS part_no,
LATERAL (SELECT (ARRAY['melody','bass','chords','arpeggio','pad','counter-melody','drums','percussion','effect'])
                    [1 + floor(9 * random() * random() + 0 * (part_no + note_count))::int] AS role,
                (ARRAY[NULL,1,2,4,8,16])[1 + floor(6 * random() + 0 * (part_no + note_count))::int] AS loop_bars,
                (4 + 100 * random() + 0 * (part_no + note_count))::int AS bars) AS played;
DROP TABLE music;

VACUUM ANALYZE midi_files, musical_metadata, musical_search, midi_parts_library;
