-- Conditions on the music of a piece, and their operator. PostgreSQL puts the bodies of those in SQL in place of their calls,
-- and sees the columns in them: so it can use the indexes of these.

ALTER FUNCTION midi_has_tune(ngrams integer[], lines bytea, tune text) SUPPORT midi_tune_support;

-- The runs are looked up in an index, and are known when a statement is planned. A piece may have them apart from each other.
CREATE FUNCTION midi_has_progression(chord_progression text[], chord_moments bytea, progression text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (midi_progression_grams(chord_progression) OPERATOR(pg_catalog.@>) midi_progression_runs(progression, false)
        OR midi_progression_grams(chord_progression) OPERATOR(pg_catalog.@>) midi_progression_runs(progression, true))
    AND midi_progression_position(chord_progression, chord_moments, progression, false) IS NOT NULL;

CREATE FUNCTION midi_has_tune(melody midi_melody_index, tune text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN midi_has_tune((melody).ngrams, (melody).lines, tune);

CREATE FUNCTION midi_has_progression(harmony midi_harmony_index, progression text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN midi_has_progression((harmony).progression, (harmony).moments, progression);

CREATE OPERATOR @~ (
    FUNCTION = midi_has_tune,
    LEFTARG = midi_melody_index,
    RIGHTARG = text,
    RESTRICT = pg_catalog.contsel,
    JOIN = pg_catalog.contjoinsel
);

CREATE OPERATOR @~ (
    FUNCTION = midi_has_progression,
    LEFTARG = midi_harmony_index,
    RIGHTARG = text,
    RESTRICT = pg_catalog.contsel,
    JOIN = pg_catalog.contjoinsel
);
