-- Rows number :low to below :high of a library, made from the tables seed_files, seed_music and seed_search. For scripts/bench.
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attrelid = 'musical_metadata'::regclass) AS columns,
       string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attrelid = 'musical_search'::regclass) AS search
FROM pg_attribute
WHERE attrelid IN ('musical_metadata'::regclass, 'musical_search'::regclass)
  AND attnum > 0 AND NOT attisdropped AND attname <> 'content_hash' \gset
SELECT count(*) AS seeds FROM seed_files \gset
INSERT INTO musical_metadata (content_hash, :columns)
SELECT sha256(convert_to('content ' || n, 'UTF8')), :columns
FROM generate_series(:low, :high - 1) AS n JOIN seed_music ON number = n % :seeds;
INSERT INTO musical_search (content_hash, :search)
SELECT sha256(convert_to('content ' || n, 'UTF8')), :search
FROM generate_series(:low, :high - 1) AS n JOIN seed_search ON number = n % :seeds;
INSERT INTO midi_files (path, path_digest, filename, size_bytes, modified_at, content_hash, state, imported_at,
                        analyzed_at, name_bpm, name_key, tags)
SELECT new.path, sha256(convert_to(new.path, 'UTF8')), filename, size_bytes, modified_at,
       sha256(convert_to('content ' || n, 'UTF8')), state, imported_at, analyzed_at, name_bpm, name_key, tags
FROM generate_series(:low, :high - 1) AS n JOIN seed_files s ON number = n % :seeds,
LATERAL (SELECT '/synthetic/' || n || '/' || s.filename) AS new (path);
VACUUM (ANALYZE) musical_metadata, musical_search, midi_files;
