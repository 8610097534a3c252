-- Generated columns need IMMUTABLE functions. PostgreSQL's to_jsonb is STABLE, because for some types its
-- result depends on settings. For this type it depends on two settings, which the function sets. It
-- cannot be an overload of to_jsonb: to_jsonb(record) would become ambiguous in the queries of everyone.

CREATE FUNCTION midi_to_jsonb(analysis midi_analysis) RETURNS jsonb
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
SET extra_float_digits = 1
SET bytea_output = hex
AS 'to_jsonb';

CREATE CAST (midi_analysis AS jsonb) WITH FUNCTION midi_to_jsonb(midi_analysis);
