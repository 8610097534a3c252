-- Who may write the tables of jobs and schedules: the extension, and superusers. What is in them is done
-- as the role that they name, so that who could write them, be it as a member of pg_write_all_data,
-- would be anyone. Row security would not do: it does not bind those who bypass it.
--
-- ENABLE ALWAYS, so that the session setting session_replication_role does not put it out of force. The
-- extension looks whether the triggers are there and in force before it reads or writes these tables
-- with the rights of their owner, and refuses any other trigger (src/jobs/tables.rs).

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
