-- Only the extension and superusers may write the tables of jobs and schedules. Jobs and schedules run as
-- the role in their row, so whoever could write these tables, even as a member of pg_write_all_data,
-- could act as any role. Row security is not enough: it does not apply to roles with BYPASSRLS.
--
-- The triggers are ENABLE ALWAYS, so that session_replication_role does not disable them. Before the
-- extension reads or writes these tables with the privileges of their owner, it checks that the triggers
-- exist and are enabled, and rejects any other trigger (src/jobs/tables.rs).

CREATE FUNCTION midi_guard() RETURNS trigger LANGUAGE c AS 'MODULE_PATHNAME', 'midi_guard';
REVOKE ALL ON FUNCTION midi_guard() FROM PUBLIC;

CREATE TRIGGER midi_guard BEFORE INSERT OR UPDATE OR DELETE ON midi_import_jobs
    FOR EACH ROW EXECUTE FUNCTION midi_guard();
CREATE TRIGGER midi_guard BEFORE INSERT OR UPDATE OR DELETE ON midi_import_chunks
    FOR EACH ROW EXECUTE FUNCTION midi_guard();
CREATE TRIGGER midi_guard BEFORE INSERT OR UPDATE OR DELETE ON midi_schedules
    FOR EACH ROW EXECUTE FUNCTION midi_guard();
ALTER TABLE midi_import_jobs ENABLE ALWAYS TRIGGER midi_guard;
ALTER TABLE midi_import_chunks ENABLE ALWAYS TRIGGER midi_guard;
ALTER TABLE midi_schedules ENABLE ALWAYS TRIGGER midi_guard;

CREATE TRIGGER midi_guard_all BEFORE TRUNCATE ON midi_import_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION midi_guard();
CREATE TRIGGER midi_guard_all BEFORE TRUNCATE ON midi_import_chunks
    FOR EACH STATEMENT EXECUTE FUNCTION midi_guard();
CREATE TRIGGER midi_guard_all BEFORE TRUNCATE ON midi_schedules
    FOR EACH STATEMENT EXECUTE FUNCTION midi_guard();
ALTER TABLE midi_import_jobs ENABLE ALWAYS TRIGGER midi_guard_all;
ALTER TABLE midi_import_chunks ENABLE ALWAYS TRIGGER midi_guard_all;
ALTER TABLE midi_schedules ENABLE ALWAYS TRIGGER midi_guard_all;
