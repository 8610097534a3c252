-- Where the tables of the library lie. Citus has no objects here that a view could name where it is not installed.

CREATE VIEW midi_distribution AS
SELECT p.table_name, p.kind, p.distributed_by, p.node, p.shards, p.bytes
FROM midi_placements() p;
