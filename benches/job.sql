-- A job that imports :folder with :workers workers, watched to its end. For scripts/bench.
CREATE FUNCTION pg_temp.watch(job bigint, OUT listed float8, OUT peak int, OUT own int) LANGUAGE plpgsql AS $$
DECLARE
    entry midi_import_jobs;
    status text;
BEGIN
    LOOP
        SELECT * INTO entry FROM midi_import_jobs WHERE id = job;
        IF entry.walked AND listed IS NULL THEN
            listed := EXTRACT(epoch FROM clock_timestamp() - entry.started_at);
        END IF;
        PERFORM pg_stat_clear_snapshot();
        FOR status IN
            SELECT pg_read_file('/proc/' || pid || '/status', 0, 10000, true) FROM pg_stat_activity
            WHERE starts_with(application_name, 'midi_import job')
        LOOP
            peak := GREATEST(peak, substring(status FROM 'VmHWM:\s+(\d+)')::int);
            own := GREATEST(own, substring(status FROM 'VmHWM:\s+(\d+)')::int
                               - substring(status FROM 'RssShmem:\s+(\d+)')::int);
        END LOOP;
        EXIT WHEN entry.state NOT IN ('pending', 'running');
        PERFORM pg_sleep(CASE WHEN listed IS NULL THEN 0.01 ELSE 0.1 END);
    END LOOP;
    IF entry.state <> 'finished' THEN
        RAISE EXCEPTION 'the job is %: %', entry.state, entry.error;
    END IF;
END
$$;
SELECT midi_import_start(:'folder', :workers) AS job \gset
SELECT * FROM pg_temp.watch(:job) \gset
SELECT found, (SELECT sum(size_bytes) FROM midi_files WHERE starts_with(path, :'folder' || '/')),
       EXTRACT(epoch FROM finished_at - created_at), '-', failed, :peak / 1024, :own / 1024, :listed
FROM midi_import_jobs WHERE id = :job;
