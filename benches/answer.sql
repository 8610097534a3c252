-- How many pieces of :folder are in A minor over 120 BPM, in a database that has nothing yet. For scripts/bench --peers.
CREATE EXTENSION midi_pipeline;
SET midi_pipeline.depth = :depth;
SELECT found, failed FROM midi_import(:'folder') \gset
SELECT count(*), :found, :failed, :found FROM midi_library WHERE :key = 'A minor' AND :bpm > 120;
