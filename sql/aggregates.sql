-- Aggregates. The type of their state is internal: only functions of the extension have such values.

CREATE AGGREGATE midi_from_events(
    track integer, tick bigint, kind text, channel smallint, data jsonb, division integer
) (
    SFUNC = midi_from_events_add,
    STYPE = internal,
    FINALFUNC = midi_from_events_file,
    PARALLEL = SAFE
);
