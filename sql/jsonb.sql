-- PostgreSQL's own to_jsonb is only STABLE, since for some types it depends on settings, and so is
-- no part of a generated column. For this type it depends on one setting, which is held here.

CREATE FUNCTION to_jsonb(analysis midi_analysis) RETURNS jsonb
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
SET extra_float_digits = 1
AS 'to_jsonb';
