-- What the pipeline is doing: one row, and one row a worker. Everyone may read them: they show the jobs that
-- midi_import_progress shows, and the schedules of the same roles. Who may read all statistics of the server sees how many
-- jobs, workers and schedules there are of all roles, and nothing else of them. A standby does not see its primary's workers.

CREATE VIEW midi_import_workers WITH (security_barrier) AS
SELECT
    s.job,
    w.worker,
    s.source,
    w.pid,
    a.backend_start AS since,
    a.wait_event_type,
    a.wait_event,
    pg_catalog.pg_blocking_pids(w.pid) AS blocked_by
FROM midi_import_states s
CROSS JOIN LATERAL ROWS FROM (
    pg_catalog.unnest(s.worker_numbers), pg_catalog.unnest(s.worker_pids)
) AS w(worker, pid)
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) w.pid
WHERE s.is_shown
  AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running']);

-- The planner expects 1,000 rows of a function that returns a table.
ALTER FUNCTION midi_launcher() ROWS 1;
ALTER FUNCTION midi_pipeline_version() ROWS 1;

CREATE VIEW midi_pipeline_status WITH (security_barrier) AS
WITH jobs AS MATERIALIZED (
    SELECT s.*
    FROM midi_import_states s
    WHERE s.is_shown OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
), all_schedules AS (
    -- The owner of this view is that of the table, whom its policy does not bind.
    SELECT
        s.*,
        pg_catalog.pg_has_role(s.role_oid, 'USAGE')
            OR s.role_oid IS NULL AND s.role OPERATOR(pg_catalog.=) CURRENT_USER::text
            OR pg_catalog.pg_has_role(
                (SELECT d.datdba FROM pg_catalog.pg_database d
                 WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()), 'USAGE') AS is_shown,
        s.last_error IS NOT NULL
            OR EXISTS (SELECT FROM midi_import_jobs j
                       WHERE j.id OPERATOR(pg_catalog.=) s.last_job
                         AND j.state OPERATOR(pg_catalog.=) 'failed') AS is_failing,
        -- A schedule is looked at within seconds of its time where there is a slot for the process that does it.
        s.role_oid IS NOT NULL AND s.next_at OPERATOR(pg_catalog.<)
            (pg_catalog.now() OPERATOR(pg_catalog.-) '1 minute'::interval) AS is_overdue
    FROM midi_schedules s
), schedules AS MATERIALIZED (
    SELECT s.*
    FROM all_schedules s
    WHERE s.is_shown OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
), problems AS (
    -- What is counted for those who may read statistics tells them nothing of the paths and errors of others.
    SELECT j.finished_at AS at, 'job ' OPERATOR(pg_catalog.||) j.job::text AS what, j.error
    FROM jobs j WHERE j.is_shown AND j.state OPERATOR(pg_catalog.=) 'failed'
    UNION ALL
    SELECT s.failed_at, 'schedule ' OPERATOR(pg_catalog.||) s.name, s.last_error
    FROM schedules s WHERE s.is_shown AND s.last_error IS NOT NULL
), last_problem AS (
    SELECT * FROM problems p ORDER BY p.at DESC NULLS LAST LIMIT 1
)
SELECT
    v.version AS library_version,
    (SELECT e.extversion FROM pg_catalog.pg_extension e
     WHERE e.extname OPERATOR(pg_catalog.=) 'midi_pipeline') AS extension_version,
    r.is_standby,
    l.preloaded AS is_preloaded,
    l.enabled AS is_enabled,
    (SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.pid OPERATOR(pg_catalog.=) l.pid) AS launcher_pid,
    l.next_check,
    j.pending AS jobs_pending,
    j.running AS jobs_running,
    j.interrupted AS jobs_interrupted,
    j.finished AS jobs_finished,
    j.failed AS jobs_failed,
    j.cancelled AS jobs_cancelled,
    CASE WHEN NOT r.is_standby THEN w.running END AS workers_running,
    CASE WHEN NOT r.is_standby THEN GREATEST(j.wanted OPERATOR(pg_catalog.-) w.running, 0::bigint) END AS workers_missing,
    CASE WHEN NOT r.is_standby THEN w.blocked END AS workers_blocked,
    j.files_left,
    j.files_per_second,
    s.schedules,
    s.failing AS schedules_failing,
    s.overdue AS schedules_overdue,
    s.next_run,
    p.at AS last_error_at,
    p.what AS last_error_of,
    p.error AS last_error
FROM midi_pipeline_version() v
CROSS JOIN midi_launcher() l
CROSS JOIN (SELECT pg_catalog.pg_is_in_recovery() AS is_standby) AS r
CROSS JOIN (
    SELECT
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'pending') AS pending,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'running') AS running,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'interrupted') AS interrupted,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'finished') AS finished,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'failed') AS failed,
        pg_catalog.count(*) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'cancelled') AS cancelled,
        COALESCE(pg_catalog.sum(o.workers) FILTER (WHERE o.finished_at IS NULL), 0::bigint) AS wanted,
        COALESCE(pg_catalog.sum(o.found OPERATOR(pg_catalog.-) o.done)
                 FILTER (WHERE o.finished_at IS NULL), 0::numeric)::bigint AS files_left,
        pg_catalog.sum(o.files_per_second) FILTER (WHERE o.state OPERATOR(pg_catalog.=) 'running')
            AS files_per_second
    FROM jobs o
) AS j
CROSS JOIN (
    SELECT
        pg_catalog.count(*) AS running,
        pg_catalog.count(*) FILTER (
            WHERE pg_catalog.pg_blocking_pids(o.pid) OPERATOR(pg_catalog.<>) ARRAY[]::integer[]) AS blocked
    FROM jobs j
    CROSS JOIN LATERAL pg_catalog.unnest(j.worker_pids) AS o(pid)
    WHERE j.state OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running'])
) AS w
CROSS JOIN (
    SELECT
        pg_catalog.count(*) AS schedules,
        pg_catalog.count(*) FILTER (WHERE o.is_failing) AS failing,
        pg_catalog.count(*) FILTER (WHERE o.is_overdue) AS overdue,
        pg_catalog.min(o.next_at) FILTER (WHERE o.role_oid IS NOT NULL) AS next_run
    FROM schedules o
) AS s
LEFT JOIN last_problem p ON true;
