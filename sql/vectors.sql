-- The nearest vectors: the operator of distance, and the index that is scanned in its order.

CREATE ACCESS METHOD midi_vectors TYPE INDEX HANDLER midi_vectors_handler;

CREATE OPERATOR <-> (
    FUNCTION = midi_distance,
    LEFTARG = real[],
    RIGHTARG = real[],
    COMMUTATOR = <->
);

CREATE OPERATOR CLASS midi_embedding_ops DEFAULT FOR TYPE real[] USING midi_vectors AS
    OPERATOR 1 <-> (real[], real[]) FOR ORDER BY pg_catalog.float_ops;
