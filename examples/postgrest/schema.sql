-- A schema for PostgREST and pg_graphql: what of a library the web may see, with the rights of the caller and without paths.

CREATE ROLE api_anonymous NOLOGIN;
CREATE ROLE api_authenticator LOGIN NOINHERIT IN ROLE api_anonymous;
-- No request works for longer, whatever it asks.
ALTER ROLE api_authenticator SET statement_timeout = '5s';

CREATE SCHEMA api;
COMMENT ON SCHEMA api IS 'A music library: pieces, and what finds them. @graphql({"inflect_names": true, "max_rows": 100})';

CREATE VIEW api.pieces WITH (security_invoker) AS
SELECT file_id AS id, filename, title, artist, key_signature AS key, bpm, duration_s, bar_count,
       instrument_names AS instruments, chord_progression, complexity, tags
FROM midi_library
-- midi_library reads the tables with the rights of its owner. This is read with those of the caller: where midi_files has
-- policies, they hold here and in all functions below.
WHERE EXISTS (SELECT FROM midi_files f WHERE f.id = file_id);
COMMENT ON VIEW api.pieces IS
    'Pieces of music, one for each file. @graphql({"primary_key_columns": ["id"], "totalCount": {"enabled": true}})';

-- Each function has a name of its own and returns rows of the view. So PostgREST filters, sorts and counts what it returns
-- like the view, and pg_graphql makes a collection of it.

CREATE FUNCTION api.search(query text, max_results integer DEFAULT 100) RETURNS SETOF api.pieces
STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT p.* FROM midi_search(query, max_results) WITH ORDINALITY AS s JOIN api.pieces p ON p.id = s.file_id
    ORDER BY s.ordinality;
END;
COMMENT ON FUNCTION api.search IS 'Finds pieces by a query such as: bpm:120..130 key:C,G drums:yes tag:rock';

CREATE FUNCTION api.find_melody(melody text, max_results integer DEFAULT 20) RETURNS SETOF api.pieces
STABLE PARALLEL RESTRICTED ROWS 20
BEGIN ATOMIC
    SELECT p.* FROM midi_find_melody(melody, max_results) WITH ORDINALITY AS s JOIN api.pieces p ON p.id = s.file_id
    ORDER BY s.ordinality;
END;
COMMENT ON FUNCTION api.find_melody IS 'Finds pieces with a melody such as E4 E4 F4 G4 G4 F4, in any key, best first';

CREATE FUNCTION api.similar_pieces(id bigint, max_results integer DEFAULT 20) RETURNS SETOF api.pieces
STABLE PARALLEL RESTRICTED ROWS 20
BEGIN ATOMIC
    SELECT p.* FROM midi_similar(id, max_results) WITH ORDINALITY AS s JOIN api.pieces p ON p.id = s.file_id
    ORDER BY s.ordinality;
END;
COMMENT ON FUNCTION api.similar_pieces IS 'Pieces whose music is most similar to that of a piece, nearest first';

-- PostgREST hands the body of a request, sent as application/octet-stream, to a function whose one argument is a bytea
-- without a name.
CREATE FUNCTION api.analyze(bytea) RETURNS jsonb
IMMUTABLE PARALLEL SAFE
RETURN midi_to_jsonb(midi_analyze($1));
COMMENT ON FUNCTION api.analyze IS 'What music is in a MIDI file, which is the body of the request';

-- The name of the domain is the media type of the answer. Anonymous callers see the pieces whose contents are kept.
CREATE DOMAIN api."text/html" AS text;
CREATE FUNCTION api.page(id bigint) RETURNS api."text/html"
PARALLEL RESTRICTED
RETURN midi_page(id);
COMMENT ON FUNCTION api.page IS 'A page of a piece with its piano roll and a player';

GRANT USAGE ON SCHEMA api TO api_anonymous;
GRANT SELECT ON api.pieces TO api_anonymous;
GRANT SELECT ON musical_metadata, musical_search, midi_contents TO api_anonymous;
-- Without the columns that tell where files are, because searches by them would tell it letter by letter.
DO $$ BEGIN
    EXECUTE (SELECT string_agg(format('GRANT SELECT (%I) ON %s TO api_anonymous', attname, attrelid::regclass), ';')
             FROM pg_attribute
             WHERE attrelid IN ('midi_library'::regclass, 'midi_library_music'::regclass, 'midi_files'::regclass)
               AND attnum > 0 AND NOT attisdropped AND attname !~ 'path|^archive_|^error$');
END $$;
