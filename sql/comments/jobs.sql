-- Comments on the tables and views of jobs and schedules.

COMMENT ON TABLE midi_import_jobs IS
    'Import jobs, one row each, written by the extension only; users query midi_import_progress';
COMMENT ON COLUMN midi_import_jobs.id IS 'Number of the job';
COMMENT ON COLUMN midi_import_jobs.source IS
    'What is imported, as given in the call; NULL for a job of midi_deepen';
COMMENT ON COLUMN midi_import_jobs.role IS 'Name of the role that started the job; its workers run as this role';
COMMENT ON COLUMN midi_import_jobs.role_oid IS
    'OID of that role; NULL if the extension in this database did not write the row, as after a restore';
COMMENT ON COLUMN midi_import_jobs.workers IS 'Number of processes that share the job';
COMMENT ON COLUMN midi_import_jobs.settings IS 'Settings of the calling session, which the workers use';
COMMENT ON COLUMN midi_import_jobs.state IS 'pending, running, finished, cancelled or failed';
COMMENT ON COLUMN midi_import_jobs.walked IS 'Whether all files are listed';
COMMENT ON COLUMN midi_import_jobs.begun IS 'How often the job was started or restarted';
COMMENT ON COLUMN midi_import_jobs.attempts IS
    'How often the job was restarted since it last wrote a batch';
COMMENT ON COLUMN midi_import_jobs.found IS 'Number of files listed so far';
COMMENT ON COLUMN midi_import_jobs.imported IS 'Number of files with a content that is new to the library';
COMMENT ON COLUMN midi_import_jobs.duplicate IS 'Number of files with a content that was already in the library';
COMMENT ON COLUMN midi_import_jobs.unchanged IS 'Number of files that have not changed since the last import';
COMMENT ON COLUMN midi_import_jobs.failed IS 'Number of files that could not be read or analyzed';
COMMENT ON COLUMN midi_import_jobs.skipped IS 'Number of files excluded by a rule';
COMMENT ON COLUMN midi_import_jobs.vanished IS 'Number of files of an earlier import that no longer exist';
COMMENT ON COLUMN midi_import_jobs.created_at IS 'When midi_import_start or midi_deepen was called';
COMMENT ON COLUMN midi_import_jobs.started_at IS 'When the first worker started';
COMMENT ON COLUMN midi_import_jobs.resumed_at IS 'When the workers last started or restarted';
COMMENT ON COLUMN midi_import_jobs.resumed_done IS 'Number of files that were done at that time';
COMMENT ON COLUMN midi_import_jobs.finished_at IS 'When the job ended, in any state';
COMMENT ON COLUMN midi_import_jobs.error IS 'Why the job failed or was cancelled';
COMMENT ON COLUMN midi_import_jobs.defer_indexes IS
    'Whether the job drops secondary indexes and creates them again at its end';
COMMENT ON COLUMN midi_import_jobs.deferred_indexes IS
    'The indexes that the job has dropped, with their settings; NULL if none are dropped';

COMMENT ON TABLE midi_import_chunks IS
    'Files of the running jobs, one row per batch; empty if no job is running';
COMMENT ON COLUMN midi_import_chunks.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_chunks.chunk IS 'Number of the batch in the job';
COMMENT ON COLUMN midi_import_chunks.worker IS 'Worker that has claimed the batch; NULL if none has';
COMMENT ON COLUMN midi_import_chunks.done IS 'Whether the rows of its files are written';
COMMENT ON COLUMN midi_import_chunks.names IS 'Paths of the files, relative to the source';
COMMENT ON COLUMN midi_import_chunks.sizes IS 'Sizes of the files in bytes';
COMMENT ON COLUMN midi_import_chunks.modified IS
    'Modification times of the files, in microseconds since 1970-01-01 UTC';
COMMENT ON COLUMN midi_import_chunks.entries IS 'Number of files and archives whose rows are written';
COMMENT ON COLUMN midi_import_chunks.members IS
    'Number of members of the next archive whose rows are written';
COMMENT ON COLUMN midi_import_chunks.attempts IS
    'How often the batch was claimed since one of its rows was last written';
COMMENT ON COLUMN midi_import_chunks.states IS
    'State that the listing alone has determined; NULL for a file that has to be read';
COMMENT ON COLUMN midi_import_chunks.kinds IS 'Kind of problem that led to this state';
COMMENT ON COLUMN midi_import_chunks.reasons IS 'Description of the problem';

COMMENT ON TABLE midi_schedules IS
    'Recurring imports, one row each: those of the current role, or all for the owner of the database';
COMMENT ON COLUMN midi_schedules.name IS 'Name of the schedule';
COMMENT ON COLUMN midi_schedules.source IS 'What is imported, as given in the call';
COMMENT ON COLUMN midi_schedules.every IS 'Interval between two runs; NULL for a schedule with a cron expression';
COMMENT ON COLUMN midi_schedules.cron IS 'Cron expression; NULL for a schedule with an interval';
COMMENT ON COLUMN midi_schedules.time_zone IS 'Time zone of the cron expression';
COMMENT ON COLUMN midi_schedules.workers IS 'Number of processes that share each run';
COMMENT ON COLUMN midi_schedules.role IS 'Name of the role that created the schedule; its runs use this role';
COMMENT ON COLUMN midi_schedules.role_oid IS
    'OID of that role; NULL after a restore: the schedule does not run until the role calls midi_schedule again';
COMMENT ON COLUMN midi_schedules.settings IS 'Settings of the calling session, which the runs use';
COMMENT ON COLUMN midi_schedules.next_at IS 'Time of the next run; NULL if there is none';
COMMENT ON COLUMN midi_schedules.last_job IS 'Job of the last run';
COMMENT ON COLUMN midi_schedules.failures IS 'Number of failures to run since the last run';
COMMENT ON COLUMN midi_schedules.failed_at IS 'Time of the last failure; NULL after a successful run';
COMMENT ON COLUMN midi_schedules.last_error IS 'Error of the last failure; NULL after a successful run';

COMMENT ON VIEW midi_import_progress IS
    'Progress of import jobs: those of the current role, or all for the owner of the database';
COMMENT ON COLUMN midi_import_progress.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_progress.done IS
    'Number of files done: the sum of the next six columns';
COMMENT ON COLUMN midi_import_progress.files_per_second IS
    'Mean rate since the job started or last resumed';
COMMENT ON COLUMN midi_import_progress.eta IS
    'Estimated time to the end at this rate; NULL until all files are listed';

-- A column of midi_import_jobs has the same comment in midi_import_progress.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT attname, pg_catalog.col_description(attrelid, attnum) AS comment
        FROM pg_catalog.pg_attribute a
        WHERE attrelid OPERATOR(pg_catalog.=) 'midi_import_jobs'::regclass
          AND NOT attisdropped AND attnum OPERATOR(pg_catalog.>) 0::smallint
          AND EXISTS (SELECT FROM pg_catalog.pg_attribute b
                      WHERE b.attrelid OPERATOR(pg_catalog.=) 'midi_import_progress'::regclass
                        AND b.attname OPERATOR(pg_catalog.=) a.attname)
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_import_progress.%I IS %L',
                                  other.attname, other.comment);
    END LOOP;
END
$$;

COMMENT ON COLUMN midi_import_progress.state IS
    'pending, running, finished, cancelled or failed; interrupted if a job that has not ended has no worker';

COMMENT ON FUNCTION midi_guard() IS
    'Trigger function that allows only the extension to write the tables of jobs and schedules';

COMMENT ON VIEW midi_import_states IS
    'Import jobs of all roles with their workers, for the views midi_import_progress, midi_import_workers and midi_pipeline_status';
-- Its first columns are those of midi_import_progress.
DO $$
DECLARE
    other record;
BEGIN
    FOR other IN
        SELECT attname, pg_catalog.col_description(attrelid, attnum) AS comment
        FROM pg_catalog.pg_attribute
        WHERE attrelid OPERATOR(pg_catalog.=) 'midi_import_progress'::regclass
          AND NOT attisdropped AND attnum OPERATOR(pg_catalog.>) 0::smallint
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON COLUMN midi_import_states.%I IS %L',
                                  other.attname, other.comment);
    END LOOP;
END
$$;
COMMENT ON COLUMN midi_import_states.workers IS 'Number of workers that the job was started with';
COMMENT ON COLUMN midi_import_states.worker_numbers IS 'Numbers of the workers that live; NULL if none does';
COMMENT ON COLUMN midi_import_states.worker_pids IS 'Process IDs of these workers, in the same order';
COMMENT ON COLUMN midi_import_states.is_shown IS 'Whether the current role may see the job';

COMMENT ON VIEW midi_import_workers IS
    'Workers of the jobs in midi_import_progress, one row each';
COMMENT ON COLUMN midi_import_workers.job IS 'Number of the job';
COMMENT ON COLUMN midi_import_workers.worker IS 'Number of the worker in the job, from 1';
COMMENT ON COLUMN midi_import_workers.source IS 'What the job imports; NULL for a job of midi_deepen';
COMMENT ON COLUMN midi_import_workers.pid IS 'Process ID, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.since IS
    'When the process started; NULL, as are the next two, where pg_stat_activity hides it from the current role';
COMMENT ON COLUMN midi_import_workers.wait_event_type IS 'What kind of event it waits for, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.wait_event IS 'Which event it waits for, as in pg_stat_activity';
COMMENT ON COLUMN midi_import_workers.blocked_by IS 'Process IDs of the sessions whose locks it waits for; empty if it waits for none';

COMMENT ON VIEW midi_pipeline_status IS
    'State of the pipeline, one row: versions, launcher, jobs, workers, schedules and the last error of the current role, or all for the owner of the database; members of pg_read_all_stats see the numbers of all';
COMMENT ON COLUMN midi_pipeline_status.library_version IS 'Version of the loaded library';
COMMENT ON COLUMN midi_pipeline_status.extension_version IS
    'Version of the SQL objects; after an update of the package it is older until ALTER EXTENSION midi_pipeline UPDATE';
COMMENT ON COLUMN midi_pipeline_status.is_standby IS 'Whether the server is a standby, on which no jobs run';
COMMENT ON COLUMN midi_pipeline_status.is_preloaded IS
    'Whether shared_preload_libraries has midi_pipeline, which schedules need';
COMMENT ON COLUMN midi_pipeline_status.is_enabled IS 'The setting midi_pipeline.enabled';
COMMENT ON COLUMN midi_pipeline_status.launcher_pid IS 'Process ID of the launcher; NULL if none runs';
COMMENT ON COLUMN midi_pipeline_status.next_check IS
    'When the launcher checks this database next; NULL if it has not checked it yet, or there is no launcher';
COMMENT ON COLUMN midi_pipeline_status.jobs_pending IS 'Number of jobs that have not begun';
COMMENT ON COLUMN midi_pipeline_status.jobs_running IS 'Number of jobs under way';
COMMENT ON COLUMN midi_pipeline_status.jobs_interrupted IS
    'Number of jobs that have not ended and have no worker, because the server was restarted or has no free slot for one';
COMMENT ON COLUMN midi_pipeline_status.jobs_finished IS 'Number of jobs that have finished';
COMMENT ON COLUMN midi_pipeline_status.jobs_failed IS 'Number of jobs that have failed';
COMMENT ON COLUMN midi_pipeline_status.jobs_cancelled IS 'Number of jobs that were cancelled';
COMMENT ON COLUMN midi_pipeline_status.workers_running IS
    'Number of workers of these jobs; NULL, as are the next two, on a standby, which does not see those of its primary';
COMMENT ON COLUMN midi_pipeline_status.workers_missing IS
    'How many fewer these are than the jobs have asked for: some have ended, or max_worker_processes is used up';
COMMENT ON COLUMN midi_pipeline_status.workers_blocked IS 'Number of workers that wait for the lock of another session';
COMMENT ON COLUMN midi_pipeline_status.files_left IS 'Number of files that jobs under way have listed and not done yet';
COMMENT ON COLUMN midi_pipeline_status.files_per_second IS 'Sum of the mean rates of the running jobs; NULL if none runs';
COMMENT ON COLUMN midi_pipeline_status.schedules IS 'Number of schedules';
COMMENT ON COLUMN midi_pipeline_status.schedules_failing IS
    'Number of schedules that could not run the last time, or whose last job has failed';
COMMENT ON COLUMN midi_pipeline_status.schedules_overdue IS
    'Number of schedules whose time was more than a minute ago: no launcher, or no free slot of max_worker_processes';
COMMENT ON COLUMN midi_pipeline_status.next_run IS 'When a schedule is due next';
COMMENT ON COLUMN midi_pipeline_status.last_error_at IS 'When the last job failed or a schedule last could not run';
COMMENT ON COLUMN midi_pipeline_status.last_error_of IS 'Which job or schedule that was';
COMMENT ON COLUMN midi_pipeline_status.last_error IS 'Why';

COMMENT ON FUNCTION midi_launcher() IS
    'Whether the library is preloaded and schedules are enabled, the last launcher, and its next check of this database';
