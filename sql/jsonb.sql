-- A generated column takes IMMUTABLE functions only. PostgreSQL's to_jsonb is STABLE, since for some
-- types it depends on settings; for this type it depends on two, which are held here. It cannot be
-- an overload of that name: to_jsonb(record) would then be ambiguous in everyone's queries.

CREATE FUNCTION midi_to_jsonb(analysis midi_analysis) RETURNS jsonb
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
SET extra_float_digits = 1
SET bytea_output = hex
AS 'to_jsonb';

CREATE CAST (midi_analysis AS jsonb) WITH FUNCTION midi_to_jsonb(midi_analysis);
