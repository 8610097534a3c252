-- The rows whose arrays of integers have some elements: the index, for the operators that PostgreSQL has.

CREATE ACCESS METHOD midi_postings TYPE INDEX HANDLER midi_postings_handler;

CREATE OPERATOR CLASS midi_integers_ops DEFAULT FOR TYPE integer[] USING midi_postings AS
    OPERATOR 1 pg_catalog.@> (anyarray, anyarray),
    OPERATOR 2 pg_catalog.&& (anyarray, anyarray);
