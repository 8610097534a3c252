-- Aggregates. The type of their state is internal: only functions of the extension have such values.

CREATE AGGREGATE midi_from_events(
    track integer, tick bigint, kind text, channel smallint, data jsonb, division integer
) (
    SFUNC = midi_from_events_add,
    STYPE = internal,
    FINALFUNC = midi_from_events_file,
    PARALLEL = SAFE
);

CREATE AGGREGATE midi_from_notes(
    track integer, channel integer, program integer, pitch integer, velocity integer, start_tick bigint,
    duration_ticks bigint, division integer, bpm double precision
) (
    SFUNC = midi_from_notes_add,
    STYPE = internal,
    FINALFUNC = midi_from_notes_file,
    PARALLEL = SAFE
);
